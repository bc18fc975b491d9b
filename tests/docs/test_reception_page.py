"""The page on reception states every threshold as the rules have it."""

import pytest
from test_method_pages import PAGES, rows_of, thresholds

from overflight.detect.coverage import CoverageRules
from overflight.detect.gaps import GapRules
from overflight.detect.near import NearRules
from overflight.search import contract


@pytest.mark.parametrize("rules", [GapRules, NearRules, CoverageRules])
def test_thresholds_are_those_of_the_rules(rules):
    stated = {name: float(value) for name, value, _ in rows_of("reception.md", rules)}
    assert stated == pytest.approx({field.name: field.default for field in thresholds(rules)})
    assert all(len(reason) > 7 for _, _, reason in rows_of("reception.md", rules))


def test_it_says_what_it_cannot_know():
    text = (PAGES / "reception.md").read_text("utf-8")
    assert "## What it cannot know" in text and "## What it does not do yet" in text


def test_a_moving_fix_is_a_fix_and_two_fields_more():
    names = [field.name for field in contract.MOVING]
    assert names == [*(field.name for field in contract.FIX), "groundspeed_kt", "track_deg"]
    text = (PAGES.parent / "contract.md").read_text("utf-8")
    assert "A moving fix is a fix with `groundspeed_kt` and `track_deg`, as sent." in text
