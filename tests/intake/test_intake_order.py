"""The order in which recordings are added, and how they are cut, never shows in what the archive holds."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from intake_samples import FIELDS, START_S, Pilot, added, put_file, states_csv, trace_json

from overflight.intake import context
from overflight.intake.places import footprints_for
from overflight.registry.airfields import Gazetteer

DAY_MIN = 1440
HEXES = ("4c0001", "613133", "738001")
TYPES = (None, "C172", "R44", "B738")
SHARED = (33.81234, 35.48765)  # where everybody is said to be


@pytest.fixture(autouse=True, scope="module")
def quick_places():
    """The packaged lists made ready once: they are the same for every archive here."""
    days = range(START_S // 86_400 - 3, START_S // 86_400 + 40)
    places = footprints_for(Gazetteer.packaged(), days)
    borders = context.Borders.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "gazetteer_of", lambda view: None)
        patch.setattr(context, "footprints_for", lambda gazetteer, days: places)
        patch.setattr(context.Borders, "load", staticmethod(lambda: borders))
        yield


@st.composite
def episodes(draw, pilot):
    """One thing that happens to an aircraft."""
    kind = draw(st.sampled_from(["fly", "fly", "fly", "dark", "stay", "park", "silence", "night", "unseen", "jump",
                                 "shared", "hover", "lone", "rename", "touch"]))  # fmt: skip
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
        pilot.jump(*SHARED)
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
def histories(draw):
    """Reports of a few aircraft, and what is said of their types."""
    reports, types = [], {}
    for icao24 in HEXES[: draw(st.integers(1, 3))]:
        pilot = Pilot(icao24, START_S + draw(st.sampled_from([0, 11.5 * 3600, 30 * 3600])))
        for _ in range(draw(st.integers(1, 9))):
            draw(episodes(pilot))
        reports += pilot.reports
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


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories())
def test_any_split_in_any_order_gives_the_same_tables(story):
    reports, types, intakes = story
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = [[("rows", reports), *(("type", pair) for pair in types.items() if pair[1])]]
        expected = added(folder / "whole", *files_of(folder / "a", whole))
        assert added(folder / "cut", *files_of(folder / "b", intakes)) == expected
