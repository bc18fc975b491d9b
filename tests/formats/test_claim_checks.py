"""What no claim may hold, whatever file it came in (made-up claims)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.clock import day_text, iso_utc
from overflight.formats.claim_checks import fault_of
from overflight.model.claim_times import END_DAY, END_MS, FIRST_DAY, FIRST_MS, within_days, within_ms
from overflight.model.fields import DOCUMENTS

GOOD = dict.fromkeys(one.name for one in DOCUMENTS) | {
    "as_reported": "XY-ABC", "statement": "owner", "value": "Ministry\nof\tExamples", "source": "A paper",
    "grade": "list", "data_kind": "recorded", "address": 0x1FFFFFF, "latitude_deg": -90.0,
    "longitude_deg": 180.0, "since_earliest_ms": FIRST_MS, "since_latest_ms": END_MS,
    "until_earliest_ms": FIRST_MS, "until_latest_ms": END_MS, "published_day": FIRST_DAY,
    "recorded_day": END_DAY - 1, "withdrawn_day": END_DAY - 1,
}  # fmt: skip


def test_a_claim_at_the_ends_of_what_is_allowed_is_kept() -> None:
    assert fault_of(GOOD) is None
    assert fault_of(dict.fromkeys(GOOD) | {"data_kind": "synthetic"}) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"since_latest_ms": (1 << 63) - 1}, "since_latest is outside the years 1900 to 2199"),
        ({"since_earliest_ms": FIRST_MS - 1}, "since_earliest is outside"),
        ({"until_latest_ms": END_MS + 1}, "until_latest is outside"),
        ({"published_day": 99_999_999}, "published is outside"),
        ({"recorded_day": END_DAY}, "recorded is outside"),
        ({"withdrawn_day": FIRST_DAY - 1}, "withdrawn is outside"),
        ({"latitude_deg": float("inf")}, "latitude_deg is not within 90"),
        ({"latitude_deg": 90.5}, "latitude_deg is not within 90"),
        ({"longitude_deg": float("nan")}, "longitude_deg is not within 180"),
        ({"longitude_deg": None}, "a latitude and a longitude"),
        ({"since_earliest_ms": 1, "since_latest_ms": 0}, "since_earliest is after since_latest"),
        ({"until_earliest_ms": 1, "until_latest_ms": 0}, "until_earliest is after until_latest"),
        ({"since_earliest_ms": 1, "until_earliest_ms": 0, "until_latest_ms": 0},
         "since_earliest is after until_latest"),
        ({"published_day": 1, "withdrawn_day": 0}, "published is after withdrawn"),
        ({"data_kind": "real"}, "data_kind is none of"),
        ({"address": 1 << 25}, "more than six hex digits"),
        *(({name: "a\x1b[2Jb"}, f"{name} holds control characters")
          for name in ("as_reported", "value", "source", "title", "quotation", "link", "licence", "place")),
        ({"value": "a\u202eb"}, "value holds control characters"),
    ],
)  # fmt: skip
def test_what_breaks_answers_is_told(change: dict[str, Any], words: str) -> None:
    assert words in (fault_of(GOOD | change) or "")


@given(st.integers(), st.integers())
def test_every_number_has_a_day_and_an_instant_near_it_that_a_calendar_has(day: int, time_ms: int) -> None:
    assert "1900-01-01" <= day_text(within_days(day)) <= "2199-12-31"
    assert "1900-01-01" <= (iso_utc(within_ms(time_ms)) or "") <= "2200-01-01T00:00:00Z"
