"""Made-up recordings: the same from one seed, plausible, marked, and what they say comes out again."""

import csv
import hashlib
import json
from collections import Counter

import numpy as np
import pytest

import overflight
from overflight.cli.app import main
from overflight.detect.columns import columns_of
from overflight.errors import QuestionError
from overflight.geo.sphere import distance_nm
from overflight.registry.airfields import packaged_snapshot
from overflight.registry.types import TypeNeeds
from overflight.study import synth
from overflight.study.synth_motion import PHASES, fly, plan_of
from overflight.study.synth_world import legs_of, world_of

POSITIONS, SEED = 60_000, 7


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return synth.make(tmp_path_factory.mktemp("made") / "traces", POSITIONS, SEED)


@pytest.fixture(scope="module")
def shelf(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    with overflight.open(folder, create=True) as archive:
        for day in made.days:
            archive.add(day, data_kind="synthetic")
        yield archive


@pytest.fixture(scope="module")
def flown():
    """Two dozen aircraft: legs, plan, reports and the world."""
    world, chance = world_of(packaged_snapshot(), TypeNeeds.packaged(), SEED), np.random.default_rng(SEED)
    _, legs = legs_of(world, 0, 24, 0, 2 * 86_400_000, chance)
    plan = plan_of(legs, world.fields, chance)
    return world, legs, plan, fly(legs, plan, world, chance)


def digests(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*")) if file.is_file()
    }  # fmt: skip


def traces(made):
    return [json.loads(file.read_text()) for day in made.days for file in sorted(day.rglob("*.json"))]


def truth(made):
    with made.truth.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(made, tmp_path):
    again = synth.make(tmp_path / "again", POSITIONS, SEED)
    other = synth.make(tmp_path / "other", POSITIONS, SEED + 1)
    assert digests(tmp_path / "again") == digests(made.truth.parent)
    assert digests(tmp_path / "other") != digests(tmp_path / "again")
    assert (again.positions, other.positions) == (POSITIONS, POSITIONS)


def test_more_positions_begin_with_the_same_aircraft(made, tmp_path):
    """What is asked for decides how much is made, never what an aircraft did."""
    less = synth.make(tmp_path / "less", POSITIONS // 2, SEED)
    whole = {(t["icao"], t["timestamp"]): t["trace"] for t in traces(made)}
    for trace in traces(less):
        rows = whole[trace["icao"], trace["timestamp"]]
        assert trace["trace"] == rows[: len(trace["trace"])]


def test_there_are_exactly_as_many_as_asked_for(made):
    assert made.positions == sum(len(t["trace"]) for t in traces(made)) == POSITIONS
    assert made.days == sorted(made.days) and all(day.is_dir() for day in made.days)


def test_everything_is_marked_as_made_up(made, shelf):
    for trace in traces(made):
        assert trace["data_kind"] == trace["desc"] == "synthetic" and "nobody flew" in trace["note"]
        assert 0xB00000 <= int(trace["icao"], 16) <= 0xBFFFFF  # allotted to no state
        assert trace["r"].startswith("SYNTHETIC-") and trace["ownOp"].startswith("Synthetic ")
    assert {row["data_kind"] for row in truth(made)} == {"synthetic"}
    answer = shelf.flights()
    assert {row["data_kind"] for row in answer} == {"synthetic"}
    assert {sign[:4] for row in answer for sign in row["callsigns"]} == {"SYNT"}
    assert all(text.startswith("[synthetic]") for text in answer.sentences()[:20])


def test_speeds_heights_and_times_are_those_of_aircraft(shelf):
    positions = shelf._store.find("positions", [])
    assert positions.num_rows == POSITIONS  # nothing refused, nothing twice
    c = columns_of(positions.sort_by([("address", "ascending"), ("time_ms", "ascending")]).combine_chunks())
    ground = c.on_ground == 1
    assert 0.05 < ground.mean() < 0.5
    assert c.groundspeed_kt[~ground].min() > 100 and c.groundspeed_kt.max() < 650
    assert np.nanmax(c.baro_altitude_ft) < 46_000 and np.nanmin(c.baro_altitude_ft) > -2_000
    assert np.abs(np.nan_to_num(c.vertical_rate_fpm)).max() < 4_000
    hours = np.diff(c.time_ms) / 3_600_000
    way = distance_nm(c.latitude_deg[:-1], c.longitude_deg[:-1], c.latitude_deg[1:], c.longitude_deg[1:])
    near = (np.diff(c.address.astype(np.int64)) == 0) & (hours < 60 / 3_600)
    claimed = (c.groundspeed_kt[1:] + c.groundspeed_kt[:-1]) / 2 * hours
    assert (hours[near] > 0).all()
    # What the speed says and what the places say: apart by the noise of two positions, and rolls and turns.
    assert np.quantile(np.abs(way - claimed)[near], 0.99) < 0.1
    assert np.abs(way - claimed)[near].max() < 1.0


def test_no_report_is_flagged_as_impossible(shelf):
    assert shelf._store.find("position_flags", []).num_rows <= POSITIONS // 10_000


def test_landings_that_were_heard_are_found_where_the_truth_has_them(made, shelf):
    heard = [row for row in truth(made) if int(row["ground_count_destination"]) > 3]
    stops = {(v["icao24"], v["place"]["ident"]): v for v in shelf.visits(min_grade="observed")}
    missed = [row for row in heard if (row["icao24"], row["destination"]) not in stops]
    assert len(heard) > 20 and missed == []


def test_some_landings_are_not_heard_and_some_lines_fall_silent(made, shelf):
    heard = Counter(int(row["ground_count_destination"]) > 0 for row in truth(made))
    assert min(heard[True], heard[False]) > 10
    assert any("silence" in row["flags"] for row in shelf.flights())


def test_a_leg_s_phases_join_and_end_at_its_field(flown):
    world, legs, plan, reports = flown
    assert (plan.lasts_s > 0).all()  # no leg too short for its climb and descent
    ends = plan.from_s + plan.lasts_s
    assert np.allclose(ends[:, :-1], plan.from_s[:, 1:])
    gate = plan.from_nm[:, 9]
    assert np.allclose(gate, plan.reach_nm[:, 3]) and np.allclose(plan.from_nm[:, 12], plan.reach_nm[:, 6])
    for phases, field in (((0, 1, 2, 3), legs.origin), ((10, 11, 12), legs.destination)):
        at = np.isin(reports.phase, phases)
        place = field[reports.leg[at]]
        off = distance_nm(reports.lat[at], reports.lon[at], world.fields.lat[place], world.fields.lon[place])
        assert off.max() < 4 and reports.on_ground[at].all()
    assert set(reports.phase) == set(range(PHASES))


def test_the_antimeridian_and_far_north_do_no_harm(flown):
    _, _, _, reports = flown
    assert (np.abs(reports.lon) <= 180).all() and (np.abs(reports.lat) < 90).all()
    assert ((reports.track_deg >= 0) & (reports.track_deg <= 360)).all()


def test_the_verb_makes_traces_an_archive_or_both(tmp_path, capsys):
    words = ["synth", "--positions", "2000", "--seed", "5"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert "2,000 synthetic positions" in capsys.readouterr().err
    assert main(["--archive", str(tmp_path / "a"), *words]) == 0
    assert (tmp_path / "a.landings.csv").read_bytes() == (tmp_path / "out" / "landings.csv").read_bytes()
    with overflight.open(tmp_path / "a") as archive:
        assert archive.info()["tables"]["positions"]["rows"] == 2_000
        assert {batch["licence"] for batch in archive.info()["batches"]} == {"CC0-1.0"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--positions", "10"], "where to?"),
        (["--positions", "0", "--out", "new"], "at least 1"),
        (["--positions", "10", "--seed", "-1", "--out", "new"], "no seed"),
        (["--positions", "10", "--out", "full"], "not empty"),
        (["--positions", "10", "--archive", "full"], "archive of their own"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OVERFLIGHT_ARCHIVE", str(tmp_path / "mine"))  # which is never written to
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    assert main(["synth", *words]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "mine").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(QuestionError, match="not empty"):
        synth.make(tmp_path, 10, 1)
