"""The pages on methods state every threshold as the rules have it, each with a reason, and every flag."""

import dataclasses
import re
from pathlib import Path

import pytest

from overflight.detect.absence import AbsenceRules
from overflight.detect.candidates import CandidateRules
from overflight.detect.crossings import CrossingRules
from overflight.detect.dark.reach import ReachRules
from overflight.detect.derive import Rules
from overflight.detect.ground import GroundRules
from overflight.detect.integrity import IntegrityRules
from overflight.detect.layers import LayerRules
from overflight.detect.shared import SharedRules
from overflight.detect.stays import StayRules
from overflight.model.grades import FLAG_BITS

PAGES = Path(__file__).parents[2] / "docs" / "method"
RULES = {
    "integrity.md": [IntegrityRules, SharedRules],
    "tracks-and-flights.md": [GroundRules, StayRules],
    "dark-stops-rules.md": [CandidateRules, ReachRules],
    "crossings.md": [CrossingRules],
}
# Of what is worked out when it is asked: no part of the rules by which an archive is derived.
ASKED = {"crossings.md": [LayerRules], "never.md": [AbsenceRules]}
STATED = [(page, r) for pages in (RULES, ASKED) for page, some in pages.items() for r in some]


def thresholds(rules):
    """Fields with a value; rules within rules have a section of their own."""
    return [field for field in dataclasses.fields(rules) if field.default is not dataclasses.MISSING]


def rows_of(page, rules):
    text = (PAGES / page).read_text("utf-8")
    section = text.split(f"## Thresholds of `{rules.__name__}`\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", section, re.M)


@pytest.mark.parametrize(("page", "rules"), STATED)
def test_thresholds_are_those_of_the_rules(page, rules):
    stated = {name: re.sub(r"(?<=\d),(?=\d{3})", "", value) for name, value, _ in rows_of(page, rules)}
    known = {field.name: field.default for field in thresholds(rules)}
    assert list(stated) == list(known)
    for name, value in known.items():
        numbers = tuple(float(part) for part in stated[name].split(", "))
        assert numbers == pytest.approx(value if isinstance(value, tuple) else (value,), rel=1e-4), name


@pytest.mark.parametrize(("page", "rules"), STATED)
def test_every_threshold_has_a_reason(page, rules):
    rows = rows_of(page, rules)
    assert rows[0][2] != "as above"
    assert all(len(reason) > 7 for _, _, reason in rows)


def test_all_rules_have_a_page():
    made = {
        field.default_factory for rules in (Rules, CandidateRules) for field in dataclasses.fields(rules)
    } - {dataclasses.MISSING} | {CandidateRules}
    assert made == {rules for some in RULES.values() for rules in some}


def test_every_flag_is_explained():
    text = (PAGES / "integrity.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \| \D", text.split("## Repeats")[0], re.M) == [
        "stale", "frozen", "teleport", "two_places", "out_of_order", "same_time", "shared_point",
        "shared_circle", "poor_integrity", "marked_spoofed", "processed", "document", "ground_bit_wrong",
    ]  # fmt: skip
    assert all(f"`{word}`" in text for word in FLAG_BITS)


@pytest.mark.parametrize("page", {**RULES, **ASKED})
def test_every_page_says_what_it_cannot_know_and_does_not_do(page):
    text = (PAGES / page).read_text("utf-8")
    assert "## What it cannot know" in text and "## What it does not do yet" in text
