import itertools
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import ADDRESS, START_S, borders, derived, fly, row, table, then

from overflight.detect.columns import columns_of
from overflight.detect.crossings import CrossingRules, find_crossings
from overflight.detect.paths import paths_of
from overflight.detect.stays import Legs
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.sphere import destination, interpolate
from overflight.model.grades import FLAG_BITS, PROVES_NOTHING

HIGH = (30_000, 30_000)
NAMES = np.array(borders().idents, dtype=object)


def crossings(rows, over=None, kind="country", flags=None, legs=None):
    """CROSSINGS of the rows taken as one leg, all of them trusted unless `flags` says otherwise."""
    c = columns_of(table(rows))
    n = c.size
    bits = np.zeros(n, np.int64) if flags is None else np.asarray(flags)
    first, last = (np.array([0]), np.array([n - 1])) if legs is None else legs
    k = len(first)
    no, nothing = np.zeros(k, bool), np.full(k, -1)
    leg = Legs(c.address[first], first, last, nothing, nothing, no, no, no)
    ids = [f"flight-{i}" for i in range(k)]

    over = over or borders()
    return find_crossings(
        c, paths_of(c, bits, leg), leg, pa.array(ids, pa.string()), over, CrossingRules(), "test/1", kind
    ).to_pylist()


def regions(rows, **more):
    return [(r["region_ident"], r["entry_grade"], r["exit_grade"]) for r in crossings(rows, **more)]


def box(south, north, west, east, name="box"):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Borders.from_area(Area.from_geojson({"type": "Polygon", "coordinates": [ring]}, name))


# --- against a search of points along the line ------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    lat=st.floats(-75, 75), lon=st.floats(-180, 179.9), course=st.floats(0, 360), count=st.integers(2, 25),
    step_nm=st.floats(3, 160), seed=st.integers(0, 10_000),
)  # fmt: skip
def test_crossings_are_those_that_dense_points_show(lat, lon, course, count, step_nm, seed):
    """Every country at many points along the line has a row, in order; every surer row is at such a point."""
    rng = np.random.default_rng(seed)
    fixes = [(lat, lon)]
    for _ in range(count):
        course += rng.uniform(-25, 25)
        fixes.append(tuple(float(v) for v in destination(*fixes[-1], course, step_nm)))
    polar = [k for k, f in enumerate(fixes) if abs(f[0]) > 80]
    fixes = fixes[: polar[0]] if polar else fixes
    rows = [row(START_S + 600 * k, *f, 30_000, 450, 0, False) for k, f in enumerate(fixes)]
    found = crossings(rows)
    parts = np.arange(0, 1, 0.8 / step_nm)  # a point every 1.5 km: an inferred stay is at least 4 km long
    dense = [interpolate(*a, *b, parts) for a, b in itertools.pairwise(fixes)]
    dense.append((np.array([fixes[-1][0]]), np.array([fixes[-1][1]])))
    points = tuple(np.concatenate(axis) for axis in zip(*dense, strict=True))
    region = borders().region_at(*points)
    deep = borders().nearest_border(*points, 4.0)[0] > 4.0
    there = {r["region_ident"] for r in found}
    assert set(NAMES[region[(region >= 0) & deep]]) <= there
    touched = set(NAMES[region[region >= 0]])
    for r in found:
        assert r["region_ident"] in touched or r["entry_grade"] == "compatible"
        if r["entry_grade"] == "observed":
            assert r["region_ident"] in touched
    # in order: the first deep point of each surely crossed stay comes one after the other
    stays = [
        NAMES[k]
        for k, new in zip(region, np.r_[True, region[1:] != region[:-1]], strict=True)
        if new and k >= 0
    ]
    surer = [r["region_ident"] for r in found if r["entry_grade"] in ("observed", "inferred")]
    walk = iter(stays)
    assert all(ident in walk for ident in surer)
    assert [r["sequence"] for r in found] == list(range(1, len(found) + 1))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), west=st.floats(-170, 165), south=st.floats(-60, 55), size=st.floats(0.2, 5))
def test_a_drawn_box_is_crossed_when_dense_points_lie_inside(data, west, south, size):
    over = box(south, south + size, west, west + size)
    middle = (south + size / 2, west + size / 2)
    fixes = [
        tuple(
            float(v)
            for v in destination(*middle, data.draw(st.floats(0, 360)), data.draw(st.floats(0, 60 * size)))
        )
        for _ in range(data.draw(st.integers(2, 6)))
    ]
    rows = [row(START_S + 900 * k, *f, 30_000, 300, 0, False) for k, f in enumerate(fixes)]
    found = crossings(rows, over=over, kind="area")
    dense = [interpolate(*a, *b, np.arange(400) / 400) for a, b in itertools.pairwise(fixes)]
    points = tuple(np.concatenate(axis) for axis in zip(*dense, strict=True))
    inside = over.region_at(*points) == 0
    entries = int((inside & ~np.r_[False, inside[:-1]]).sum())
    if entries:
        assert len(found) >= entries
    # a corner cut between two of the dense points is the only thing they do not show
    assert len(found) <= entries or any("no_fix_inside" in r["flags"] for r in found)
    fix_inside = [bool(over.region_at([f[0]], [f[1]])[0] == 0) for f in fixes]
    assert any(fix_inside) == any(r["entry_grade"] == "observed" for r in found)


# --- what a row says --------------------------------------------------------------------------------------

BOX = box(48.0, 50.0, 10.0, 12.0)
WEST, EAST = (49.0, 8.0), (49.0, 14.0)


def through(step_s=60.0, **more):
    return fly(WEST, EAST, 300, step_s, alt=HIGH, **more)


def test_a_flight_through_a_box_is_bounded_by_the_fixes_beside_its_edges():
    rows = through()
    (found,) = crossings(rows, over=BOX, kind="area")
    lon = np.array([r["longitude_e7"] for r in rows]) / 1e7
    time = [r["time_ms"] for r in rows]
    first, last = int(np.argmax(lon > 10)), int(np.argmax(lon > 12)) - 1
    assert (found["entry_earliest_ms"], found["entry_latest_ms"]) == (time[first - 1], time[first])
    assert (found["exit_earliest_ms"], found["exit_latest_ms"]) == (time[last], time[last + 1])
    assert (found["entry_grade"], found["exit_grade"]) == ("observed", "observed")
    assert found["entry_longitude_deg"] == pytest.approx(10, abs=1e-3)
    assert found["exit_longitude_deg"] == pytest.approx(12, abs=1e-3)
    assert found["entry_latitude_deg"] == pytest.approx(49.0, abs=0.05)
    assert found["flags"] == [] and found["region_kind"] == "area"


def test_data_that_begin_or_end_inside_have_no_entry_or_exit():
    rows = through()
    (begun,) = crossings(rows[len(rows) // 2 :], over=BOX)
    assert (begun["entry_earliest_ms"], begun["entry_longitude_deg"]) == (None, None)
    assert begun["entry_latest_ms"] == rows[len(rows) // 2]["time_ms"]
    (ended,) = crossings(rows[: len(rows) // 2], over=BOX)
    names = ("exit_earliest_ms", "exit_latest_ms", "exit_latitude_deg", "exit_longitude_deg")
    assert [ended[n] for n in names] == [None] * 4 and ended["exit_grade"] == "unknown"


def test_a_line_drawn_across_a_silence_is_compatible_and_says_so():
    rows = [r for r in through() if not 10 * 10**7 < r["longitude_e7"] < 12 * 10**7]
    late = [r | {"time_ms": r["time_ms"] + 3_600_000} if r["longitude_e7"] > 11 * 10**7 else r for r in rows]
    (found,) = crossings(late, over=BOX)
    assert (found["entry_grade"], found["exit_grade"]) == ("compatible", "compatible")
    assert set(found["flags"]) == {"silence", "no_fix_inside"}
    (quick,) = crossings(rows, over=box(48, 50, 10.9, 11.1))
    assert quick["entry_grade"] == "inferred" and quick["flags"] == ["no_fix_inside"]
    assert (
        quick["entry_latest_ms"]
        == quick["exit_latest_ms"]
        > quick["entry_earliest_ms"]
        == quick["exit_earliest_ms"]
    )


def test_entered_in_a_silence_and_seen_inside_is_observed_with_the_silence_as_interval():
    rows = [r for r in through() if not 9 * 10**7 < r["longitude_e7"] < 11 * 10**7]
    late = [r | {"time_ms": r["time_ms"] + 3_600_000} if r["longitude_e7"] > 10 * 10**7 else r for r in rows]
    (found,) = crossings(late, over=BOX)
    assert found["entry_grade"] == "observed" and found["flags"] == ["silence"]
    assert found["entry_latest_ms"] - found["entry_earliest_ms"] > 3_600_000


def test_in_and_out_again_is_two_crossings_in_order():
    rows = through()
    rows += fly(EAST, WEST, 300, 60, then(rows, 60), HIGH)
    found = crossings(rows, over=BOX)
    assert [r["sequence"] for r in found] == [1, 2]
    assert found[0]["exit_latest_ms"] <= found[1]["entry_earliest_ms"]
    assert len({r["id"] for r in found}) == 2


@pytest.mark.parametrize("word", [w for w in FLAG_BITS if w not in PROVES_NOTHING])
def test_flagged_positions_are_no_part_of_the_line(word):
    rows = through()
    inside = np.array([10 * 10**7 < r["longitude_e7"] < 12 * 10**7 for r in rows])
    (found,) = crossings(rows, over=BOX, flags=np.where(inside, FLAG_BITS[word], 0))
    assert found["entry_grade"] in ("inferred", "compatible") and "no_fix_inside" in found["flags"]


@pytest.mark.parametrize("word", PROVES_NOTHING)
def test_positions_of_poor_integrity_and_documents_are_part_of_the_line_but_prove_nothing(word):
    rows = through()
    found = crossings(rows, over=BOX, flags=np.full(len(rows), FLAG_BITS[word]))
    assert [(r["entry_grade"], r["exit_grade"], r["flags"]) for r in found] == [
        ("compatible", "compatible", ["flagged_positions"])
    ]
    assert found[0]["entry_earliest_ms"] is None and found[0]["exit_latest_ms"] is None
    assert found[0]["entry_latest_ms"] == rows[-1]["time_ms"]


def test_left_where_only_poor_positions_follow_is_not_observed_to_leave():
    rows = through()
    poor = np.array([r["longitude_e7"] > 12 * 10**7 for r in rows])
    (found,) = crossings(rows, over=BOX, flags=np.where(poor, FLAG_BITS["poor_integrity"], 0))
    assert (found["entry_grade"], found["exit_grade"]) == ("observed", "compatible")
    assert found["exit_latest_ms"] is None


def test_every_leg_is_a_line_of_its_own():
    rows = through()
    middle = len(rows) // 2
    found = crossings(rows, over=BOX, legs=(np.array([0, middle]), np.array([middle - 1, len(rows) - 1])))
    assert [r["flight_id"] for r in found] == ["flight-0", "flight-1"]
    assert [r["sequence"] for r in found] == [1, 1]
    assert found[0]["exit_grade"] == "unknown" and found[1]["entry_earliest_ms"] is None


# --- borders with an error --------------------------------------------------------------------------------


def test_countries_come_in_the_order_of_the_line():
    """Vienna to Paris along the 48th parallel."""
    rows = fly((48.2, 16.4), (48.7, 2.4), 450, 60, alt=HIGH)
    sure = [ident for ident, entry, _ in regions(rows) if entry == "observed"]
    assert list(dict.fromkeys(sure)) == ["AT", "DE", "FR"]
    assert all(r["flags"] == [] or r["entry_grade"] != "observed" for r in crossings(rows))


def test_over_the_sea_is_over_no_country():
    assert regions(fly((45.0, -40.0), (46.0, -30.0), 450, 60, alt=HIGH)) == []


def test_a_fix_nearer_to_a_border_than_the_error_is_one_or_the_other():
    """The last fix of the 2016 case: on Israel's side of the Arava, 0.8 km inside Jordan by these shapes."""
    rows = fly((31.3, 34.9), (30.767, 35.283), 300, 60, alt=HIGH)
    last = crossings(rows)[-1]
    assert (last["region_ident"], last["entry_grade"]) == ("JO", "compatible")
    assert last["flags"] == ["near_border:IL"]


def test_along_a_border_a_country_is_not_left_and_entered_at_every_bend():
    """Down the Rhine between Strasbourg and Karlsruhe, a report a second of way."""
    rows = fly((48.60, 7.80), (48.95, 8.22), 300, 5, alt=HIGH)
    found = regions(rows)
    assert len(found) <= 6
    assert (
        all(entry != "observed" for _, entry, _ in found)
        or len({i for i, e, _ in found if e == "observed"}) <= 2
    )


def comb():
    """A box whose northern edge has teeth 0.7 km wide and 3 km deep, good to 2 km."""
    teeth = []
    for k in range(6):
        lon = 11.05 - 0.02 * k
        teeth += [[lon, 50.0], [lon, 49.973], [lon - 0.01, 49.973], [lon - 0.01, 50.0]]
    ring = [[10.0, 48.0], [12.0, 48.0], [12.0, 50.0], *teeth, [10.0, 50.0], [10.0, 48.0]]
    area = Area.from_geojson({"type": "Polygon", "coordinates": [ring]}, "comb")
    return replace(Borders.from_area(area), error_km=2.0)


def test_teeth_of_an_edge_within_the_error_are_neither_left_nor_entered():
    """From deep inside along the teeth and back inside: one stay, seen throughout."""
    way = [(49.5, 10.5), (49.988, 10.9), (49.988, 11.1), (49.5, 11.5)]
    rows = []
    for a, b in pairwise(way):
        rows += fly(a, b, 300, 5, then(rows, 1) if rows else START_S, HIGH)
    line = np.array([(r["latitude_e7"] / 1e7, r["longitude_e7"] / 1e7) for r in rows])
    assert (comb().region_at(line[:, 0], line[:, 1]) == -1).any()
    (found,) = crossings(rows, over=comb())
    assert (found["entry_grade"], found["exit_grade"], found["exit_latest_ms"]) == (
        "observed",
        "unknown",
        None,
    )


def test_a_country_passed_within_the_error_is_said_to_be_possible():
    """1 km off the coast of Cape Greco, never over land."""
    cape = (34.95, 34.09)
    south = tuple(float(v) for v in destination(*cape, 150, 1.6))
    for_away = [tuple(float(v) for v in destination(*south, c, 30)) for c in (240, 60)]
    rows = fly(for_away[0], for_away[1], 300, 10, alt=HIGH)
    idents = {i for i, _, _ in regions(rows)}
    assert "observed" not in {e for _, e, _ in regions(rows)}
    assert idents <= {"CY"}


def test_ids_are_unique_and_name_address_and_region():
    found = derived(fly((48.2, 16.4), (48.7, 2.4), 450, 60, alt=HIGH)).crossings.to_pylist()
    assert len({r["id"] for r in found}) == len(found) > 2
    assert all(r["id"].startswith(f"crossing-{ADDRESS:06x}-{r['region_ident']}-2016") for r in found)


def test_bounds_are_in_order():
    rng = np.random.default_rng(5)
    for seed in range(12):
        at = (float(rng.uniform(35, 60)), float(rng.uniform(-5, 40)))
        rows = []
        for k in range(40):
            rows.append(row(START_S + k * 240, *at, 30_000, 300, 0, False))
            at = tuple(float(v) for v in destination(*at, rng.uniform(0, 360), rng.uniform(2, 20)))
        flags = np.where(rng.uniform(size=40) < 0.2, FLAG_BITS["poor_integrity"], 0)
        for r in crossings(rows, flags=flags):
            low, high = r["entry_earliest_ms"], r["entry_latest_ms"]
            assert low is None or low <= high, seed
            out, gone = r["exit_earliest_ms"], r["exit_latest_ms"]
            assert out is None or gone is None or out <= gone
            assert low is None or out is None or low <= out
            assert gone is None or high <= gone
            if r["entry_grade"] != "observed":
                assert r["exit_grade"] != "observed"


def test_nothing_in_nothing_out():
    assert crossings([], legs=(np.zeros(0, int), np.zeros(0, int))) == []
