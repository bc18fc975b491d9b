"""The order in which recordings are added, and how they are cut, never shows in what the archive holds."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from intake_samples import (
    FIELDS,
    OPTIONS,
    START_S,
    Pilot,
    Report,
    added,
    hashes,
    put_file,
    states_csv,
    trace_json,
)

from overflight.intake import days, derive, run, shared
from overflight.store.folder import Store

pytestmark = pytest.mark.usefixtures("quick_places")
DAY_MIN = 1440
HEXES = ("4c0001", "613133", "738001")
TYPES = (None, "C172", "R44", "B738")
KINDS = (
    "fly", "fly", "fly", "dark", "stay", "park", "silence", "night", "unseen", "jump", "shared", "hover",
    "lone", "rename", "touch",
)  # fmt: skip
SHARED = (33.81234, 35.48765)  # where everybody is said to be


@st.composite
def episodes(draw, pilot):
    """One thing that happens to an aircraft."""
    kind = draw(st.sampled_from(KINDS))
    every = draw(st.sampled_from([1.0, 4.0, 11.0, 20.0]))
    to = draw(st.integers(0, len(FIELDS) - 1))
    if kind == "fly":
        pilot.fly(to, every, rates=draw(st.booleans()))
    elif kind == "dark":
        pilot.fly(to, every, skip=(draw(st.sampled_from([0.0, 0.5, 0.8])), 1.0))
        pilot.wait(draw(st.sampled_from([20, 45, 200])))
    elif kind == "stay":
        pilot.stay(draw(st.sampled_from([1, 20, 90])), every, said=draw(st.booleans()))
    elif kind == "park":
        pilot.stay(draw(st.sampled_from([600, 3 * DAY_MIN])), 240, said=draw(st.booleans()))
    elif kind == "silence":
        pilot.wait(draw(st.sampled_from([10, 31, 120, 600])))
    elif kind == "night":
        pilot.wait(draw(st.sampled_from([DAY_MIN, 2 * DAY_MIN, 6 * DAY_MIN])))
    elif kind == "unseen":
        pilot.at = to
        pilot.wait(120)
    elif kind == "jump":
        pilot.jump(draw(st.sampled_from([10.0, 40.0])), 20.0, draw(st.sampled_from([1, 6])))
    elif kind == "shared":
        pilot.meet(*SHARED)
    elif kind == "hover":
        pilot.hover(draw(st.integers(1, 3)))
    elif kind == "lone":
        pilot.fly(to, 400.0, rates=draw(st.booleans()))
    elif kind == "rename":
        pilot.callsign = draw(st.sampled_from(["TST2", None, "TST1"]))
    elif kind == "touch":
        pilot.fly(to, 1.0)
        pilot.stay(0.5, 0.5, speed=draw(st.sampled_from([20.0, 80.0])))


@st.composite
def told(draw, icao24):
    """Reports of an aircraft that does what aircraft do."""
    pilot = Pilot(icao24, START_S + draw(st.sampled_from([0, 11.5 * 3600, 30 * 3600])))
    for _ in range(draw(st.integers(1, 9))):
        draw(episodes(pilot))
    return pilot.reports


@st.composite
def scattered(draw, icao24):
    """Few reports of an aircraft with days between them: every report is somebody's neighbour."""
    reports, time_s = [], START_S
    for _ in range(draw(st.integers(1, 16))):
        time_s += 60 * draw(st.sampled_from([1, 2, 10, 25, 40, 200, DAY_MIN, 2 * DAY_MIN, 3 * DAY_MIN]))
        lat, lon, elevation = draw(st.sampled_from(FIELDS))
        reports.append(
            Report(
                icao24,
                time_s,
                lat + draw(st.sampled_from([0.0, 0.0, 0.3])),
                lon,
                elevation + draw(st.sampled_from([0, 0, 3000, 24_000])),
                draw(st.sampled_from([None, 0.0, 8.0, 80.0, 150.0, 300.0])),
                draw(st.sampled_from([None, 45.0])),
                draw(st.sampled_from([None, -1500.0, 0.0, 1500.0])),
                draw(st.sampled_from([None, True, False])),
                draw(st.sampled_from([None, "TST1", "TST2"])),
            )
        )
    return reports


@st.composite
def histories(draw):
    """Reports of a few aircraft, and what is said of their types."""
    reports, types = [], {}
    for icao24 in HEXES[: draw(st.integers(1, 3))]:
        reports += draw(told(icao24) | scattered(icao24))
        types[icao24] = draw(st.sampled_from(TYPES))
    return reports, types


@st.composite
def cuts(draw, reports, types):
    """Intakes: lists of (kind, content) pieces, some of them more than once."""
    count = draw(st.integers(2, 5))
    way = draw(st.sampled_from(["rows", "time", "aircraft", "alternate", "middle"]))
    event(way)
    ordered = sorted(reports, key=lambda r: (r.time_s, r.icao24))
    if way == "rows":
        where = draw(st.lists(st.integers(0, count - 1), min_size=len(ordered), max_size=len(ordered)))
    elif way == "time":
        where = [k * count // len(ordered) for k in range(len(ordered))]
    elif way == "aircraft":
        where = [HEXES.index(r.icao24) % count for r in ordered]
    elif way == "alternate":
        where = [k % count for k in range(len(ordered))]
    else:  # the middle comes late
        low, high = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
        where = [int(low * len(ordered) <= k < high * len(ordered)) for k in range(len(ordered))]
    intakes = [[("rows", [r for r, w in zip(ordered, where, strict=True) if w == k])] for k in range(count)]
    for icao24, designator in types.items():
        if designator:
            draw(st.sampled_from(intakes)).append(("type", (icao24, designator)))
    intakes = draw(st.permutations(intakes))
    return intakes + [draw(st.sampled_from(intakes)) for _ in range(draw(st.integers(0, 1)))]


def files_of(folder, intakes):
    made = []
    for number, pieces in enumerate(intakes):
        paths = []
        for k, (kind, content) in enumerate(pieces):
            if kind == "rows":
                paths.append(put_file(folder, f"{number}-{k}.csv", states_csv(content)))
            else:
                paths.append(put_file(folder, f"{number}-{k}.json", trace_json(content[0], [], t=content[1])))
        made.append(paths)
    return made


@st.composite
def stories(draw):
    reports, types = draw(histories().filter(lambda history: history[0]))
    return reports, types, draw(cuts(reports, types))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories())
def test_any_split_in_any_order_gives_the_same_tables(story):
    reports, types, intakes = story
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = [[("rows", reports), *(("type", pair) for pair in types.items() if pair[1])]]
        expected = added(folder / "whole", *files_of(folder / "a", whole))
        assert added(folder / "cut", *files_of(folder / "b", intakes)) == expected


def assert_order_does_not_show(folder, *intakes):
    """All at once, one after the other, and backwards: the same tables."""
    whole = [[piece for pieces in intakes for piece in pieces]]
    ways = {"whole": whole, "forth": intakes, "back": intakes[::-1], "thrice": [*intakes, *whole, intakes[0]]}
    found = {name: added(folder / name, *files_of(folder / f"{name}-in", way)) for name, way in ways.items()}
    assert found["forth"] == found["whole"]
    assert found["back"] == found["whole"]
    assert found["thrice"] == found["whole"]
    return folder / "whole"


def flight(day, to, icao24=HEXES[0], at=0, **kind):
    pilot = Pilot(icao24, START_S + day * 86_400, at)
    pilot.fly(to, 5.0, **kind)
    return pilot.reports


def slow(day, field=0, icao24=HEXES[0]):
    """One slow report low over a field, without a ground bit: by itself no proof of a stop."""
    lat, lon, elevation = FIELDS[field]
    return Report(icao24, START_S + day * 86_400, lat, lon, elevation, 8.0, 45.0, None, None, "TST1")


def test_a_report_between_two_slow_ones_takes_away_their_witness(tmp_path):
    stood = flight(-3, 0) + flight(-2, 0) + [slow(1), slow(8)] + flight(9, 1) + flight(11, 2, at=1)
    folder = assert_order_does_not_show(tmp_path, [("rows", stood)], [("rows", flight(4.5, 0))])
    with Store.open(folder) as store:
        assert not any(store.find("stops")["seen"].to_pylist())


def test_a_slow_report_days_later_bears_witness_to_one_that_stood_alone(tmp_path):
    stood = flight(-3, 0) + flight(-2, 0) + [slow(1)] + flight(9, 1) + flight(11, 2, at=1)
    folder = assert_order_does_not_show(tmp_path, [("rows", stood)], [("rows", [slow(4.5)])])
    with Store.open(folder) as store:
        assert any(store.find("stops")["seen"].to_pylist())


def test_what_came_after_a_lone_report_tells_whether_it_had_climbed(tmp_path):
    lone = flight(1.02, 2)[:1]
    for late in (flight(3, 2), [lone[0]._replace(time_s=lone[0].time_s + 3 * 86_400, altitude_ft=100.0)]):
        early = flight(-2, 0) + flight(0, 1) + flight(1, 0, at=1) + lone
        folder = tmp_path / str(len(late))
        assert_order_does_not_show(folder, [("rows", early)], [("rows", late)], [("rows", flight(9, 1))])


def test_a_third_aircraft_makes_a_point_shared_and_leaves_types_known(tmp_path):
    """Two aircraft at one point prove nothing; the third one's file flags them too, helicopters included."""
    pieces = []
    for icao24 in HEXES:
        pilot = Pilot(icao24, START_S)
        pilot.fly(1, 5.0)
        pilot.meet(*SHARED)
        pilot.wait(20)
        pilot.hover(4)
        pieces.append([("rows", pilot.reports)])
    pieces[0].append(("type", (HEXES[0], "R44")))
    folder = assert_order_does_not_show(tmp_path, *pieces)
    with Store.open(folder) as store:
        shared = [row for row in store.find("position_flags").to_pylist() if row["flags"] & 32]
        assert len({row["address"] for row in shared}) == 3
        helicopter = [row for row in store.find("stops").to_pylist() if row["address"] == int(HEXES[0], 16)]
        assert not any(row["seen"] for row in helicopter)


def test_a_type_known_later_changes_what_was_a_landing(tmp_path):
    pilot = Pilot(HEXES[0], START_S)
    pilot.fly(1, 5.0)
    pilot.hover(4)
    pilot.wait(30)
    pilot.fly(0, 5.0)
    rows, kind = [("rows", pilot.reports)], [("type", (HEXES[0], "R44"))]
    assert_order_does_not_show(tmp_path, rows, kind)
    seen = {}
    for name, intakes in (("unknown", [rows]), ("helicopter", [rows, kind])):
        added(tmp_path / name, *files_of(tmp_path / f"{name}-in", intakes))
        with Store.open(tmp_path / name) as store:
            seen[name] = any(store.find("stops")["seen"].to_pylist())
    assert seen == {"unknown": True, "helicopter": False}


def test_an_aircraft_without_a_flight_is_derived_anew_when_its_type_is_known(tmp_path):
    """One is told by its stop alone, the other, rolling at a heliport (LLPO), by nothing but flags."""
    parked = [slow(0), slow(0.1), slow(0.2)]
    rolls = Report(HEXES[1], START_S, 32.754167, 35.5425, 731.0, 60.0, 45.0, None, True)
    rolling = [rolls, rolls._replace(time_s=START_S + 30, latitude_deg=32.7545)]
    types = [("type", (icao24, "R44")) for icao24 in HEXES[:2]]
    folder = assert_order_does_not_show(tmp_path, [("rows", parked + rolling)], types)
    with Store.open(folder) as store:
        assert "LLPO" in store.find("stops")["place_ident"].to_pylist()


def test_flights_over_midnight_are_one_flight_whichever_day_comes_first(tmp_path):
    pilot = Pilot(HEXES[0], START_S + 11.5 * 3600, 2)
    pilot.fly(3, 4.0)
    midnight = (START_S // 86_400 + 1) * 86_400
    days = [[r for r in pilot.reports if (r.time_s < midnight) == first] for first in (True, False)]
    assert all(len(part) > 2 for part in days)
    folder = assert_order_does_not_show(tmp_path, *([("rows", part)] for part in days))
    with Store.open(folder) as store:
        assert store.find("flights")["position_count"].to_pylist() == [len(pilot.reports)]


def test_workers_change_nothing(tmp_path, monkeypatch):
    reports = [
        r for k, icao24 in enumerate(HEXES) for r in flight(k, 1, icao24) + flight(k + 2, 0, icao24, 1)
    ]
    way = [[("rows", reports[::2]), ("rows", reports[1::2])]]
    expected = added(tmp_path / "one", *files_of(tmp_path / "in", way))
    monkeypatch.setattr(run, "POOL_BYTES", 0)
    for module in (days, derive, shared):
        monkeypatch.setattr(module, "POOL_ROWS", 0)
    with Store.create(tmp_path / "two") as store:
        paths = [path for intake in files_of(tmp_path / "in", way) for path in intake]
        assert run.add(store, paths, OPTIONS, workers=2).aircraft_derived == len(HEXES)
        assert hashes(store) == expected
