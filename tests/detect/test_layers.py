"""Between floor and ceiling: which positions are, and stays inside an outline cut down to those heights."""

import numpy as np
import pyarrow as pa
import pytest

from overflight.detect.columns import columns_of
from overflight.detect.layers import (
    ABOVE,
    BELOW,
    EVERY_HEIGHT,
    UNDECIDED,
    WITHIN,
    Bound,
    Fixes,
    Layer,
    LayerRules,
    clearance_ft,
    heights,
    within_layer,
)
from overflight.model.fields import CROSSINGS, POSITIONS, schema

RULES = LayerRules()
MINUTE = 60_000


def columns(baro, geo=None, ground=None):
    n = len(baro)
    rows = [
        {
            "address": 1, "time_ms": k * MINUTE, "latitude_e7": 0, "longitude_e7": 0,
            "baro_altitude_ft": baro[k],
            "geo_altitude_ft": None if geo is None else geo[k],
            "on_ground": None if ground is None else ground[k], "stale": False, "new_leg": False,
            "feed": "made", "data_kind": "synthetic",
        }
        for k in range(n)
    ]  # fmt: skip
    blank = dict.fromkeys(schema(POSITIONS).names)
    return columns_of(pa.Table.from_pylist([blank | row for row in rows], schema=schema(POSITIONS)))


def told(layer, *args, **kwargs):
    return heights(layer, columns(*args, **kwargs), RULES).tolist()


def test_without_limits_every_height_is_within():
    assert told(EVERY_HEIGHT, [None, 0, 40_000]) == [WITHIN] * 3


def test_levels_are_told_by_pressure_altitude_but_not_at_the_limit_itself():
    layer = Layer((Bound(10_000, "fl"),), (Bound(20_000, "fl"),))
    assert told(layer, [9_800, 9_950, 10_200, 19_950, 20_200, None]) == [
        BELOW, UNDECIDED, WITHIN, UNDECIDED, ABOVE, UNDECIDED
    ]  # fmt: skip


def test_a_height_above_the_sea_needs_the_geometric_one_or_a_wide_margin():
    ceiling = Layer((), (Bound(5_000, "amsl"),))
    margin = RULES.pressure_margin_ft + RULES.temperature_share * 5_000
    assert told(ceiling, [5_000 + margin + 1, 5_000 + margin - 1, 5_000 - margin - 1]) == [
        ABOVE,
        UNDECIDED,
        WITHIN,
    ]
    assert told(ceiling, [5_000] * 3, [5_600, 5_400, 4_400]) == [ABOVE, UNDECIDED, WITHIN]


def test_above_the_ground_is_never_decided_in_the_air():
    floor, ceiling = Layer((Bound(1_000, "agl"),)), Layer((), (Bound(1_000, "agl"),))
    assert told(floor, [50_000]) == told(ceiling, [500]) == [UNDECIDED]
    assert told(floor, [500], ground=[True]) == [BELOW] and told(ceiling, [500], ground=[True]) == [WITHIN]


def test_a_limit_nobody_understood_decides_nothing():
    assert told(Layer((), (Bound(None, "unknown"),)), [500, 50_000]) == [UNDECIDED] * 2


@pytest.mark.parametrize("baro", [5_000, 15_000, 25_000])
def test_two_layers_hold_what_both_hold(baro):
    one, two = Layer((Bound(10_000, "fl"),)), Layer((), (Bound(20_000, "fl"),))
    both = told(one & two, [baro])
    assert (both == [WITHIN]) == (told(one, [baro]) == told(two, [baro]) == [WITHIN])


def test_clearance_is_how_far_surely_beyond():
    layer = Layer((Bound(10_000, "fl"),), (Bound(20_000, "fl"),))
    assert clearance_ft(layer, columns([5_000, 15_000, 30_000, None]), RULES).tolist() == [4_900, 0, 9_900, 0]


def fixes(inside, height, minutes=None):
    n = len(inside)
    minutes = minutes or list(range(n))
    return Fixes(
        np.zeros(n, np.int64), np.array(minutes, np.int64) * MINUTE, np.arange(n) * 0.1, np.arange(n) * 0.1,
        np.array(inside), np.array(height),
    )  # fmt: skip


def stay(first, last, grade="observed", flags=()):
    """A stay inside the outline between minutes, as detect.crossings tells it; None: open."""

    def ms(minute):
        return None if minute is None else minute * MINUTE

    row = dict.fromkeys(schema(CROSSINGS).names) | {
        "id": "crossing-x", "address": 1, "flight_id": "f", "sequence": 1, "region_kind": "fir",
        "region_ident": "XXXX", "entry_grade": grade, "exit_grade": grade, "entry_earliest_ms": ms(first),
        "entry_latest_ms": ms(first or 0), "exit_earliest_ms": ms(last), "exit_latest_ms": ms(last),
        "entry_latitude_deg": 9.0, "entry_longitude_deg": 9.0, "exit_latitude_deg": 8.0,
        "exit_longitude_deg": 8.0, "flags": list(flags), "data_kind": "synthetic", "rules": "x",
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=schema(CROSSINGS))


def cut(crossing, f, gap_min=30.0):
    rows = within_layer(crossing, f, pa.array(["f"]), gap_min).to_pylist()
    return [
        (r["entry_grade"], *(None if r[n] is None else r[n] // MINUTE for n in (
            "entry_earliest_ms", "entry_latest_ms", "exit_earliest_ms", "exit_latest_ms")), r["flags"])
        for r in rows
    ]  # fmt: skip


def test_a_flight_that_stays_at_the_heights_keeps_its_stay():
    f = fixes([-1, 1, 1, 1, -1], [0] * 5)
    assert cut(stay(0, 4), f) == [("observed", 0, 1, 3, 4, [])]


def test_a_flight_above_all_the_way_has_none():
    assert cut(stay(0, 4), fixes([-1, 1, 1, 1, -1], [1] * 5)) == []


def test_a_descent_into_the_layer_begins_where_it_came_through_the_ceiling():
    (row,) = cut(stay(0, 6), fixes([-1, 1, 1, 1, 1, 1, -1], [1, 1, 1, 0, 0, 0, 0]))
    assert row == ("observed", 2, 3, 5, 6, ["limit_crossed"])


def test_leaving_the_layer_and_coming_back_makes_two_stays_in_order():
    f = fixes([-1, 1, 1, 1, 1, -1], [0, 0, 1, 1, 0, 0])
    made = within_layer(stay(0, 5), f, pa.array(["f"]), 30.0).to_pylist()
    assert [row["sequence"] for row in made] == [1, 2] and len({row["id"] for row in made}) == 2


def test_heights_that_are_not_decided_are_compatible_at_best():
    (row,) = cut(stay(0, 4), fixes([-1, 1, 1, 1, -1], [2] * 5))
    assert row[0] == "compatible" and "height_undecided" in row[-1]


def test_passing_through_between_two_fixes():
    below_to_above = fixes([-1, 1, 1, -1], [-1, -1, 1, 1])
    assert [row[0] for row in cut(stay(0, 3), below_to_above)] == ["inferred"]
    assert cut(stay(0, 3, "inferred"), fixes([-1, -1], [1, 1], [0, 3])) == []  # above before and after
    silent = fixes([-1, -1], [1, 1], [0, 60])
    ((grade, *_, flags),) = cut(stay(0, 60, "compatible"), silent)
    assert grade == "compatible" and "silence" in flags  # it may have come down and gone up again


def test_a_line_through_the_outline_at_the_right_height_keeps_its_grade():
    ((grade, *_),) = cut(stay(0, 3, "inferred", ["no_fix_inside"]), fixes([-1, -1], [0, 0], [0, 3]))
    assert grade == "inferred"


def test_a_fix_of_poor_integrity_proves_nothing():
    ((grade, *_),) = cut(stay(0, 2), fixes([-1, 0, -1], [0, 0, 0]))
    assert grade == "compatible"
