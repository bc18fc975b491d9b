import numpy as np
import pytest
from tracks import ADDRESS, ELEVATION_FT, START_S, A, fields, fly, near, row, stand, table

from overflight.detect.columns import columns_of
from overflight.detect.ground import GroundRules, ground_state
from overflight.detect.integrity import IntegrityRules, flag_positions
from overflight.model.grades import FLAG_BITS

NOWHERE = (45.0, 5.0)


def state(rows, rotor=False, landplane=False, flags=None):
    c = columns_of(table(rows))
    bits = (
        flag_positions(c, IntegrityRules(), np.zeros(c.size, np.int64)) if flags is None else np.array(flags)
    )
    return ground_state(c, bits, fields(), np.full(c.size, rotor), np.full(c.size, landplane), GroundRules())


def slow(place, speed, alt, count=3, ground=False):
    return [row(START_S + 10 * k, *place, alt, speed, 90, ground) for k in range(count)]


def test_a_ground_bit_on_a_field_is_solid():
    found = state(stand(A, START_S, 2))
    assert found.down.all() and found.solid.all() and set(found.field) == {0}


def test_a_landplane_that_stands_still_without_a_ground_bit_is_down_and_may_prove_it():
    found = state(slow(A, 4, 500), landplane=True)
    assert found.down.all() and found.solid.all()


def test_of_unknown_type_it_is_down_but_proves_nothing():
    found = state(slow(A, 4, 500))
    assert found.down.all() and not found.solid.any()


def test_a_landplane_that_rolls_without_a_ground_bit_is_down_but_proves_nothing():
    found = state(slow(A, 30, 500), landplane=True)
    assert found.down.all() and not found.solid.any()


@pytest.mark.parametrize(
    ("rows", "rotor"),
    [
        (slow(A, 0, 500), True),  # a helicopter hovers
        (slow(A, 40, 500), False),  # faster than anything stops
        (slow(A, 20, ELEVATION_FT + 1_600), False),  # far above the field
        (slow(A, 0, None), False),  # no height at all
        (slow(A, 0, 500, count=1), False),  # one slow report may be a bad speed
        (slow(NOWHERE, 0, 500), False),  # no field there
        ([row(START_S, *A, 500, None, 90, False), row(START_S + 9, *A, 500, None, 90, False)], False),
    ],
)
def test_slow_is_not_down(rows, rotor):
    assert not state(rows, rotor=rotor).down.any()


def test_a_helicopter_with_its_ground_bit_is_down():
    assert state(stand(A, START_S, 1), rotor=True).solid.all()


def test_a_height_left_over_from_before_touchdown_is_no_matter_at_taxi_speed():
    found = state(slow(A, 15, 6_000, ground=True))
    assert found.solid.all() and not found.flags.any()


def test_a_ground_bit_at_speed_and_height_over_a_field_is_wrong():
    found = state(slow(A, 120, 6_000, ground=True))
    assert not found.down.any() and set(found.flags) == {FLAG_BITS["ground_bit_wrong"]}


def test_a_landing_roll_is_down():
    assert state(slow(A, 140, 700, ground=True)).solid.all()


def test_a_ground_bit_off_any_field_is_believed_only_at_taxi_speed():
    rolling = state(slow(NOWHERE, 120, 900, ground=True))
    assert not rolling.down.any() and set(rolling.flags) == {FLAG_BITS["ground_bit_wrong"]}
    standing = state(slow(NOWHERE, 5, 900, ground=True))
    assert standing.down.all() and set(standing.field) == {-1} and not standing.solid.any()


@pytest.mark.parametrize("word", FLAG_BITS)
def test_no_flagged_report_is_solid(word):
    assert not state(stand(A, START_S, 1), flags=[FLAG_BITS[word]] * 3).solid.any()


def test_a_neighbour_is_of_the_same_aircraft():
    rows = [*slow(A, 0, 500, count=1), slow(A, 0, 500, count=1)[0] | {"address": ADDRESS + 1}]
    assert not state(rows).down.any()


def test_flying_is_not_down():
    assert not state(fly(A, near(A, 90, 20), 120, 10, alt=(900, 900))).down.any()


def test_nothing_in_nothing_out():
    assert len(state([]).down) == 0
