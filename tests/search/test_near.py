"""What was near a place or another aircraft: found by lines, graded by how far apart the fixes are."""

import json

import pytest

import overflight
from made_world import flown, heard_at, written
from overflight.clock import parse_utc
from overflight.errors import QuestionError

DAY = "2025-03-03"
START = f"{DAY}T08:00:00Z"
PLACE = (40.0, 10.0)
LATE = f"{DAY}T08:40:00Z"
NOON = {"at": "40,10", "time": f"{DAY}T08:12"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("near")
    far = "2025-03-03T20:00:00Z"
    made = [
        # past the place, 3 nm south of it, at 08:11 or so
        flown("bb0001", "PAST", START, [(39.95, 8.3), (39.95, 11.7)]),
        # behind it on the same way by a minute, 1,000 ft higher: the two keep company
        flown("bb0002", "WITH", f"{DAY}T08:01:00Z", [(39.95, 8.3), (39.95, 11.7)], feet=36_000),
        # over it, but a fix each 20 minutes
        flown("bb0003", "RARE", f"{DAY}T07:50:00Z", [(40.0, 7.5), (40.0, 14.0)], step_s=1_200),
        # lost long before and heard long after
        [
            heard_at("bb0004", "GONE", f"{DAY}T06:00:00Z", 42.0, 9.0),
            heard_at("bb0004", "GONE", far, 43.0, 12.0),
        ],
        # a hundred miles away all the time
        flown("bb0005", "AWAY", START, [(42.5, 8.3), (42.5, 13.0)]),
        # crosses the first one's way head-on later
        flown("bb0006", "CROSS", f"{DAY}T08:05:00Z", [(39.95, 11.7), (39.95, 9.0)], feet=34_000),
        # heard for the first time half an hour later
        flown("bb0009", "LATE", LATE, [(41.0, 11.0), (42.5, 11.0)]),
        # over longitude 180, both
        flown("bb0007", "DATE", START, [(10.0, 179.0), (10.0, -179.0)]),
        flown("bb0008", "LINE", START, [(10.03, 179.0), (10.03, -179.0)]),
    ]
    with overflight.open(folder / "a", create=True) as opened:
        opened.add(written(folder / "made.csv", *made), data_kind="synthetic")
        yield opened


def near(archive, *names, **asked):
    return {row["icao24"]: row for row in archive.near(*names, **asked)}


def test_what_passed_a_place(archive):
    found = near(archive, within=5, **NOON)
    assert set(found) == {"bb0001", "bb0002", "bb0006"}
    past = found["bb0001"]
    assert past["grade"] == "observed" and past["flight_id"].startswith("flight-bb0001")
    assert past["closest"]["distance_nm"] == pytest.approx(2.3, abs=0.1)  # the great circle bends north
    assert past["closest"]["uncertainty_nm"] < 2 and past["near"]["kind"] == "point"
    assert past["before"]["time"] <= past["closest"]["time"] <= past["after"]["time"]
    assert past["first"] <= past["closest"]["time"] <= past["last"]


def test_what_could_have_been_there_is_counted_and_listed_when_asked(archive):
    answer = archive.near(within=5, **NOON)
    [remark] = [text for text in answer.remarks if "compatible" in text]
    assert remark.startswith("1 more may have been near by their lines; 2 were silent meanwhile")
    found = near(archive, within=5, min_grade="compatible", **NOON)
    rare, gone = found["bb0003"], found["bb0004"]
    assert rare["grade"] == gone["grade"] == "compatible"
    assert rare["closest"]["uncertainty_nm"] > 8 and rare["flags"] == []
    assert gone["flags"] == ["silence"] and gone["closest"]["distance_nm"] is None
    # heard for the first time later: nobody knows where it was before
    late = found["bb0009"]
    assert late["flags"] == ["silence"] and late["before"] is None and late["after"]["time"] == LATE
    [text] = [one for one in archive.near("hex:bb0009", min_grade="compatible", **NOON).sentences()]
    assert "was first received at" in text and "before that it could have been within 5 nm" in text
    assert "bb0005" not in found  # it was seen elsewhere all the time


def test_heights_and_times_are_kept_to(archive):
    level = {"at": "40,10,35000", "time": NOON["time"], "within": 5}
    assert set(near(archive, within_ft=500, **level)) == {"bb0001"}
    assert near(archive, within=5, within_min=2, at="40,10", time=f"{DAY}T09:30") == {}
    assert set(near(archive, "PAST", within=5, **NOON)) == {"bb0001"}


def test_the_company_of_an_aircraft(archive):
    rows = {row["near"]["icao24"]: row for row in archive.near("hex:bb0001", within=8)}
    assert set(rows) == {"bb0002", "bb0006"}
    kept = rows["bb0002"]
    assert kept["closest"]["height_apart_ft"] == pytest.approx(1_000, abs=5)
    assert kept["closest"]["distance_nm"] == pytest.approx(7.0, abs=0.2)  # a minute at 420 kt
    lasted = parse_utc(kept["last"]) - parse_utc(kept["first"])
    assert lasted > 20 * 60_000
    met = rows["bb0006"]
    assert parse_utc(met["last"]) - parse_utc(met["first"]) < 2 * 60_000
    assert met["near"]["callsigns"] == ["CROSS"] and met["near"]["before"]["time"] <= met["closest"]["time"]


def test_of_two_asked_for_each_pair_once(archive):
    both = archive.near(["hex:bb0001", "hex:bb0002"], within=8)
    pairs = [frozenset((row["icao24"], row["near"]["icao24"])) for row in both]
    assert pairs.count(frozenset(("bb0001", "bb0002"))) == 1
    assert len(archive.near("hex:bb0001", other="CROSS", within=8)) == 1
    assert len(archive.near("hex:bb0001", within=8, within_ft=1_500, until=f"{DAY}T08:05")) <= 1


def test_company_over_longitude_180(archive):
    [row] = archive.near("hex:bb0007", within=5)
    assert row["near"]["icao24"] == "bb0008"
    assert row["closest"]["distance_nm"] == pytest.approx(1.8, abs=0.05) and row["grade"] == "observed"


def test_sentences_are_plain_facts(archive):
    texts = [*archive.near(within=5, min_grade="compatible", **NOON).sentences(),
             *archive.near("hex:bb0001", within=8).sentences()]  # fmt: skip
    assert all(text.startswith("[synthetic] An aircraft ") for text in texts)
    assert any("within 8 nm of an aircraft with address bb0002, call sign WITH" in text for text in texts)
    assert any("was not received there" in text for text in texts)
    for word in ("escort", "refuel", "formation", "followed", "intercept"):
        assert not any(word in text for text in texts)


def test_rows_are_of_the_contract(archive):
    answer = archive.near("hex:bb0001", within=8)
    assert answer.table.num_rows == 2 and answer.footer() == "[synthetic] 2 = 2 observed + 0 inferred"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "near what?"),
        ({"at": "forty,ten", "time": DAY}, "is no place"),
        ({"at": "40,10"}, "give --time"),
        ({"at": "40,10", "time": DAY, "within": 0}, "more than 0"),
        ({"at": "40,10", "time": DAY, "within_ft": 500}, "LAT,LON,FEET"),
        ({"at": "40,10", "time": DAY, "place": "FR"}, "takes no place"),
        ({"at": "40,10,nan", "time": DAY}, "is no place"),
        ({"at": "40,10", "time": DAY, "floor": "FL100"}, "floor or ceiling"),
        ({"aircraft": "hex:bb0001", "other": "NOBODY"}, "not found: NOBODY"),
    ],
)
def test_a_question_that_cannot_be_meant(archive, asked, words):
    with pytest.raises(QuestionError, match=words):
        archive.near(**asked)


def test_company_says_that_silences_are_not_looked_at(archive):
    assert any("silences are not looked at" in text for text in archive.near("hex:bb0001").remarks)
    assert not any("silences are not looked at" in text for text in archive.near(**NOON).remarks)


FR24 = "Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction"


def test_a_document_proves_no_nearness(tmp_path):
    """A website's table of positions, 20 of them over the place: no reception that could be checked."""
    begin = parse_utc(START) // 1000
    rows = [
        f'{begin + 60 * k},{DAY}T08:{k:02}:00Z,TST1,"50.0,{10 + 0.15 * k:.3f}",30000,350,90'
        for k in range(20)
    ]
    path = tmp_path / "flown.csv"
    path.write_text("\n".join([FR24, *rows]) + "\n", "utf-8")
    asked = {"at": "50.0,10.75", "time": f"{DAY}T08:05", "within": 1}
    with overflight.open(tmp_path / "a", create=True) as archive:
        archive.add(path, address="4c0001", data_kind="synthetic")
        assert near(archive, **asked) == {}
        [row] = archive.near(min_grade="compatible", **asked)
        assert row["grade"] == "compatible" and row["flags"] == ["document"]
        assert row["closest"]["distance_nm"] < 0.1


def sent(icao24, first_min, places, **more):
    """State records of minutes after START."""
    begin = parse_utc(START) // 1000
    usual = {"altitude": 30_000, "groundspeed": 350, "track": 90, "callsign": "TST1", "icao24": icao24}
    return [
        usual | {"timestamp": (begin + 60 * (first_min + k)) * 1000, "latitude": lat, "longitude": lon} | more
        for k, (lat, lon) in enumerate(places)
    ]


def test_silences_of_every_outcome_could_have_been_there(tmp_path):
    way = [(50.0, 8 + 0.15 * k) for k in range(20)]
    stood = {"altitude": 1500, "groundspeed": 0, "onground": True}
    landed = [*sent("4c0001", 0, way), *sent("4c0001", 150, [(48.3538, 11.7861)] * 15, **stood)]
    begun = sent("4c0002", 50, [(50.0, 11.2 + 0.15 * k) for k in range(20)])
    (tmp_path / "states.json").write_text(json.dumps([*landed, *begun]), "utf-8")
    asked = {"at": "50.0,11.1", "time": f"{DAY}T08:35", "within": 10, "within_min": 10}
    with overflight.open(tmp_path / "a", create=True) as archive:
        archive.add(tmp_path / "states.json", data_kind="synthetic")
        assert [row["outcome"] for row in archive.gaps("hex:4c0001")] == ["landed"]
        found = near(archive, min_grade="compatible", **asked)
        assert {name: row["flags"] for name, row in found.items()} == {
            "4c0001": ["silence"], "4c0002": ["silence"],
        }  # fmt: skip
        assert found["4c0002"]["before"] is None and found["4c0001"]["after"]["on_ground"]
        assert [row["outcome"] for row in archive.gaps("hex:4c0002")] == ["open"]  # no gap before it
        [remark] = archive.near(**asked).remarks
        assert remark.startswith("2 were silent meanwhile")


def test_what_is_withheld_is_asked_of_the_whole_window(archive, monkeypatch):
    hidden = parse_utc(NOON["time"]) - 10 * 60_000
    view = type(archive._sources.view)
    monkeypatch.setattr(view, "withholds", lambda self, since_ms, until_ms: since_ms <= hidden < until_ms)
    for minutes, told in ((15, True), (5, False)):
        remarks = archive.near(within_min=minutes, **NOON).remarks
        assert any("may not be shown" in text for text in remarks) is told
