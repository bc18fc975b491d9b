"""Never entered: excluded only where the aircraft was seen outside and too slow for what nobody saw."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.detect.absence import (
    ENTERED,
    EXCLUDED,
    POSSIBLE,
    AbsenceRules,
    Sight,
    climb_limit,
    find_absence,
    speed_limit,
)
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.fences import Fence
from overflight.geo.sphere import destination, distance_nm, interpolate

RULES = AbsenceRules()
MINUTE = 60_000
BORDERS = Borders.from_area(Area.circle(0.0, 0.0, 60.0))
FENCE = Fence.of(BORDERS, 0)
LIMIT, CLIMB = 600.0, 15_000.0


def sight(minutes, lat, lon, *, height=None, clearance=None, down=None, near=()):
    n = len(minutes)
    inside = np.where(BORDERS.region_at(lat, lon) == 0, 1, -1)
    inside[list(near)] = 0
    return Sight(
        (np.array(minutes) * MINUTE).astype(np.int64), np.array(lat, float), np.array(lon, float), inside,
        np.array(height if height is not None else [0] * n),
        np.array(clearance if clearance is not None else [0.0] * n, float),
        np.array(down if down is not None else [False] * n),
    )  # fmt: skip


def told(s, since=None, until=None, limit=LIMIT):
    since = int(s.time_ms[0]) if since is None else since * MINUTE
    until = int(s.time_ms[-1]) + 1 if until is None else until * MINUTE
    return find_absence(s, FENCE, limit, CLIMB, since, until, RULES)


def outcomes(*args, **kwargs):
    return [one.outcome for one in told(*args, **kwargs)]


def test_far_away_in_short_silences_is_excluded_as_one_stretch():
    (one,) = told(sight([0, 10, 20], [10, 10, 10], [0, 1, 2]))
    assert one.outcome == EXCLUDED and (one.first, one.last) == (0, 2)
    assert 530 < one.nearest_nm <= 540  # 600 nm from the centre, less the radius, less the slack


def test_a_silence_long_enough_to_get_there_and_back_is_possible_in_its_middle():
    (one,) = told(sight([0, 180], [10, 10], [0, 0.1]))
    assert (one.outcome, one.reason) == (POSSIBLE, "silence")
    needed = 540 / LIMIT * 60
    assert one.could_since_ms / MINUTE == pytest.approx(needed, abs=0.5)
    assert one.could_until_ms / MINUTE == pytest.approx(180 - needed, abs=0.5)


def test_slower_aircraft_are_excluded_from_the_same_silence():
    s = sight([0, 180], [10, 10], [0, 0.1])
    assert outcomes(s, limit=300.0) == [EXCLUDED]


def test_seen_inside_is_entered_between_its_first_and_last_fix_there():
    found = told(sight([0, 10, 20, 30], [2, 0.5, 0, 2], [0, 0, 0, 0]))
    assert [one.outcome for one in found] == [POSSIBLE, ENTERED, POSSIBLE]
    assert (found[1].since_ms, found[1].until_ms) == (10 * MINUTE, 20 * MINUTE)
    assert found[0].reason == "inside_at_an_end"


def test_a_single_fix_inside_is_a_moment_of_its_own():
    found = told(sight([0, 10, 20], [2, 0, 2], [0, 0, 0]))
    assert [one.outcome for one in found] == [POSSIBLE, ENTERED, POSSIBLE]
    assert found[1].since_ms == found[1].until_ms == 10 * MINUTE


def test_a_long_silence_between_two_fixes_inside_is_not_called_entered():
    found = told(sight([0, 1, 400, 401], [0, 0, 0, 0], [0, 0.1, 0, 0.1]))
    assert [one.outcome for one in found] == [ENTERED, POSSIBLE, ENTERED]
    assert found[1].reason == "inside_at_an_end"
    assert (found[1].since_ms, found[1].until_ms) == (MINUTE, 400 * MINUTE)


def test_nearer_to_the_border_than_the_error_is_never_excluded():
    (one,) = told(sight([0, 1, 2], [1.01, 1.01, 1.01], [0, 0, 0], near=[1]))
    assert (one.outcome, one.reason) == (POSSIBLE, "near_border")


def test_fixes_that_contradict_each_other_exclude_nothing():
    (one,) = told(sight([0, 1], [10, -10], [0, 0]))
    assert (one.outcome, one.reason) == (POSSIBLE, "impossible_jump")


def test_on_the_ground_before_and_after_is_said_and_still_possible():
    (one,) = told(sight([0, 600], [10, 10], [0, 0], down=[True, True]))
    assert (one.outcome, one.reason) == (POSSIBLE, "silence_on_ground")


def test_above_the_ceiling_is_outside_and_a_dive_takes_time():
    above = {"height": [1, 1, 1], "clearance": [20_000.0] * 3}
    assert outcomes(sight([0, 1, 2], [0, 0, 0], [0, 0.1, 0.2], **above)) == [EXCLUDED]
    assert outcomes(sight([0, 5, 10], [0, 0, 0], [0, 0.1, 0.2], **above)) == [POSSIBLE]


def test_the_time_before_the_first_and_after_the_last_fix():
    found = told(sight([60, 70], [10, 10], [0, 0]), since=-600, until=75)
    assert [one.outcome for one in found] == [POSSIBLE, EXCLUDED, EXCLUDED]
    assert (found[0].first, found[-1].last) == (-1, -1)
    assert found[0].could_until_ms / MINUTE == pytest.approx(60 - 54, abs=0.5)


def test_no_fix_at_all_leaves_everything_possible():
    (one,) = told(sight([], [], []), since=0, until=60)
    assert (one.outcome, one.reason) == (POSSIBLE, "unseen")


def test_fixes_beyond_the_time_asked_about_hold_its_ends():
    s = sight([0, 180], [10, 10], [0, 0.1])
    (one,) = told(s, since=0, until=30)
    assert one.outcome == EXCLUDED and one.until_ms == 30 * MINUTE  # it could not have got there by then
    (one,) = told(s, since=60, until=120)
    assert one.outcome == POSSIBLE and one.could_since_ms == 60 * MINUTE


def test_speed_limits_say_what_they_rest_on():
    assert speed_limit(400.0, "airliner", False, 450.0, RULES)[0] == pytest.approx(400 * 1.15 + 250)
    assert speed_limit(500.0, "combat", True, None, RULES)[0] == 1_700
    fast, why = speed_limit(100.0, "light", False, 700.0, RULES)
    assert fast == pytest.approx(770) and "700 kt" in why


@pytest.mark.parametrize("role", [None, "unknown"])
def test_an_unknown_type_may_be_a_combat_aircraft_unless_a_claim_says_otherwise(role):
    limit, why = speed_limit(None, role, False, None, RULES)
    assert limit == 1_700 and "type not known and nothing says that it is no combat aircraft" in why
    limit, why = speed_limit(None, role, True, None, RULES)
    assert limit == 750 and "civil mark or a register" in why
    assert climb_limit(role, False, RULES) == 60_000 and climb_limit(role, True, RULES) == 15_000
    limit, why = speed_limit(None, "glider", False, None, RULES)
    assert limit == 750 and "speed of its type not known" in why
    assert climb_limit("glider", False, RULES) == 15_000 and climb_limit("combat", True, RULES) == 60_000


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 360),
    st.floats(70, 900),
    st.floats(0, 360),
    st.floats(70, 900),
    st.floats(5, 300),
    st.floats(0, 360),
    st.floats(0, 1),
)
def test_whatever_it_can_have_flown_is_never_excluded(bearing1, far1, bearing2, far2, extra_min, turn, share):
    """An aircraft that did fly through the circle, at the limit or slower, between two fixes."""
    lat1, lon1 = destination(0, 0, bearing1, far1)
    lat2, lon2 = destination(0, 0, bearing2, far2)
    there = destination(0, 0, turn, 60 * share * 0.999)
    way = float(distance_nm(lat1, lon1, *there) + distance_nm(*there, lat2, lon2))
    minutes = way / LIMIT * 60 + extra_min * 0.001
    s = sight([0, minutes], [float(lat1), float(lat2)], [float(lon1), float(lon2)])
    (one,) = told(s)
    assert one.outcome == POSSIBLE
    arrived = float(distance_nm(lat1, lon1, *there)) / LIMIT * 60
    assert one.could_since_ms / MINUTE <= arrived + 0.1 and arrived - 0.1 <= one.could_until_ms / MINUTE


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(1, 59))
def test_cutting_the_time_changes_no_outcome(count, at):
    """A straight flight past the circle, asked about whole or in two parts."""
    lat, lon = interpolate(
        np.full(count, 3.0),
        np.full(count, -10.0),
        np.full(count, 3.0),
        np.full(count, 10.0),
        np.linspace(0, 1, count),
    )
    minutes = np.linspace(0, 150, count)
    s = sight(minutes, lat, lon)
    whole, cut = told(s, 0, 151), told(s, 0, at * 2 + 1) + told(s, at * 2 + 1, 151)

    def lasting(found, name):
        return sum(one.until_ms - one.since_ms for one in found if one.outcome == name)

    assert lasting(cut, ENTERED) == lasting(whole, ENTERED)
    # a part may exclude what the whole leaves open: there was no time to get there before the cut
    assert lasting(cut, POSSIBLE) <= lasting(whole, POSSIBLE)
    assert sum(one.until_ms - one.since_ms for one in cut) == 151 * MINUTE
