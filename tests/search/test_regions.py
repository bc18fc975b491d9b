"""Regions of air traffic control, airspaces and seas as places, with their heights, as of the day."""

import json

import pytest
import skirting

import overflight
from overflight.errors import ArchiveError, QuestionError


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    (folder / "flown.csv").write_text(skirting.csv())
    (folder / "made-up-2020-01-01.geojson").write_text(skirting.region())
    wide = skirting.region(name="Made-up FIR, wider", ceiling="UNL")
    (folder / "made-up-2024-06-01.geojson").write_text(wide)
    (folder / "drawn.openair").write_text(
        "AC Q\nAN Drawn\nAL FL300\nAH FL400\nDP 10:00:00 N 043:00:00 W\nDP 10:00:00 N 040:00:00 W\n"
        "DP 12:00:00 N 040:00:00 W\nDP 12:00:00 N 043:00:00 W\n"
    )
    with overflight.open(folder / "archive", create=True) as archive:
        archive.add(folder / "flown.csv", data_kind="synthetic", licence="CC0")
        for name in ("made-up-2020-01-01.geojson", "made-up-2024-06-01.geojson"):
            archive.add_reference(folder / name, licence="CC0")
        yield archive, folder


@pytest.fixture(scope="module")
def archive(world):
    return world[0]


def who(answer):
    return {row["icao24"]: row for row in answer}


def test_a_region_is_crossed_within_its_heights_and_says_what_it_is(archive):
    answer = archive.crossings(place="fir:XAAA", until="2024-02-13")
    found = who(answer)
    assert set(found) == {"4c0003", "4c0005"}
    region = found["4c0003"]["region"]
    assert (region["kind"], region["ident"], region["error_km"]) == ("fir", "XAAA", 1.0)
    assert region["dataset"] == "airspaces-made-up of 2020-01-01"
    assert region["limits"] == "the ground to FL245"
    text = answer.sentences()[0]
    assert (
        "the flight information region Made-up FIR, XAAA (air traffic control responsibility, not territory"
        in text
    )
    assert found["4c0003"]["entry"]["grade"] == "observed"


def test_who_comes_through_the_ceiling_enters_there(archive):
    low, down = (
        who(archive.crossings(place="fir:XAAA", until="2024-02-13"))[x] for x in ("4c0003", "4c0005")
    )
    assert down["entry"]["earliest"] > low["entry"]["earliest"] and "limit_crossed" in down["flags"]
    # 35,000 ft less 250 a minute: 24,400, the ceiling less its margin, at 42.4 minutes
    assert down["entry"]["latest"][11:16] == "10:43"


def test_the_list_of_the_day_is_used_and_an_earlier_day_is_remarked(archive):
    def asked(since):
        answer = archive.crossings(place="fir:XAAA", since=since)
        return answer.remarks

    later = archive.place("fir:XAAA")
    assert later["name"] == "Made-up FIR, wider"
    assert any("earliest list that holds it" in text for text in asked("2019-01-01"))
    assert not any("earliest list" in text for text in asked("2021-01-01"))
    assert any("also in airspaces-made-up of 2024-06-01" in text for text in asked("2021-01-01"))


def test_one_list_can_be_named(archive):
    with pytest.raises(QuestionError, match="no airspace of that kind"):
        archive.place("fir:XAAA@nobody")
    assert archive.place("fir:XAAA@airspaces-made-up")["ident"] == "XAAA"


def test_a_plain_ident_means_the_region_only_where_nothing_else_is_called_so(archive):
    assert archive.place("XAAA")["kind"] == "fir" == archive.place("xaaa")["kind"]
    assert archive.place("LLOV")["kind"] != "fir"


def test_a_region_by_its_name_and_as_any_airspace(archive):
    assert archive.place("airspace:Made-up FIR")["ident"] == "XAAA"
    with pytest.raises(QuestionError, match="no airspace of that kind is called"):
        archive.place("sector:XAAA")


def test_a_region_that_ends_at_a_level_says_what_lies_above(archive):
    remarks = archive.crossings(place="fir:XAAA", until="2024-02-13").remarks
    assert any("ends at FL245" in text for text in remarks)


def test_heights_asked_for_narrow_any_place(archive):
    box = json.dumps({"type": "Polygon", "coordinates": [skirting.RING]})
    assert set(who(archive.crossings(place=box))) == {"4c0003", "4c0004", "4c0005"}
    assert set(who(archive.crossings(place=box, floor="FL300"))) == {"4c0004"}
    assert set(who(archive.crossings(place=box, floor=18_000, ceiling=21_000))) == {"4c0003"}
    assert set(who(archive.flights(place=box, ceiling="FL210"))) == {"4c0003"}
    text = archive.crossings(place=box, floor="FL300").sentences()[0]
    assert "from 30,000 ft pressure altitude" in text


def test_heights_of_nothing_and_of_an_airfield_are_refused(archive):
    with pytest.raises(QuestionError, match="no floor"):
        archive.crossings(place="LLOV", floor=1_000)
    with pytest.raises(QuestionError, match="is no floor"):
        archive.crossings(place="fir:XAAA", floor="high")
    with pytest.raises(QuestionError, match="not under the ceiling"):
        archive.crossings(place="fir:XAAA", floor=5_000, ceiling=4_000)


def test_above_a_floor_nobody_stands(archive, hand):
    with pytest.raises(QuestionError, match="visits are on the ground"):
        archive.visits(place="DE", floor="FL100")
    assert {row["icao24"] for row in hand.flights(place="GB")} == {"400abc"}
    assert len(hand.flights(place="GB", floor="FL400")) == 0


def test_a_file_of_openair_is_a_place_with_its_heights(world):
    archive, folder = world
    answer = archive.crossings(place=str(folder / "drawn.openair"))
    assert set(who(answer)) == {"4c0004"}
    assert answer[0]["region"]["limits"] == "FL300 to FL400"


def test_which_regions_an_aircraft_passed(archive):
    answer = archive.crossings("4c0003", regions="fir", until="2024-02-13")
    assert [(row["region"]["ident"], row["sequence"]) for row in answer] == [("XAAA", 1)]
    assert len(archive.crossings("4c0001", regions="fir")) == 0
    with pytest.raises(QuestionError, match="of which aircraft"):
        archive.crossings(regions="fir")
    with pytest.raises(QuestionError, match="no region of the kind sector"):
        archive.crossings("4c0003", regions="sector")


def test_without_regions_crossings_stay_countries(archive):
    assert {row["region"]["kind"] for row in archive.crossings("4c0003")} <= {"country"}


def test_a_sea_is_called_computed(archive):
    answer = archive.crossings(place="sea:CY")
    assert any("no legal baseline" in text for text in answer.remarks)
    assert archive.place("sea:CY")["scheme"] == "sea"
    for text in ("sea:CH", "sea:nowhere"):
        with pytest.raises(QuestionError):
            archive.place(text)


def test_a_list_that_may_not_be_published_tells_nothing_in_public(tmp_path):
    (tmp_path / "secret-2020-01-01.geojson").write_text(skirting.region())
    (tmp_path / "flown.csv").write_text(skirting.csv())
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(tmp_path / "flown.csv", data_kind="synthetic", licence="CC0")
        archive.add_reference(tmp_path / "secret-2020-01-01.geojson")
        assert archive.place("fir:XAAA")["ident"] == "XAAA"
        try:
            public = archive.public(publish_receiver_area=True)
        except ArchiveError:
            pytest.fail("nothing derived rests on airspaces")
        with pytest.raises(QuestionError, match="no list of airspaces is loaded"):
            public.place("fir:XAAA")
        assert any("airspaces-secret" in text for text in public.withheld().lists)


def test_an_airspace_with_several_limits_under_one_name_is_not_guessed(tmp_path):
    text = (
        "AC D\nAN Twice\nAL {low}\nAH {high}\nDP 10:00 N 043:00 W\nDP 10:00 N 040:00 W\nDP 12:00 N 040:00 W\n"
    )
    (tmp_path / "two-2020-01-01.txt").write_text(
        text.format(low="GND", high="FL50") + text.format(low="FL50", high="FL90")
    )
    with overflight.open(tmp_path / "archive", create=True) as archive:
        assert archive.add_reference(tmp_path / "two-2020-01-01.txt").total("accepted") == 2
        with pytest.raises(QuestionError, match="several limits"):
            archive.place("airspace:Twice")


def test_another_list_of_the_same_day_is_refused_and_the_same_one_is_known(tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as archive:
        (tmp_path / "made-up-2020-01-01.geojson").write_text(skirting.region())
        assert archive.add_reference(tmp_path / "made-up-2020-01-01.geojson").total("accepted") == 1
        assert archive.add_reference(tmp_path / "made-up-2020-01-01.geojson").total("duplicate") == 1
        (tmp_path / "made-up-2020-01-01.geojson").write_text(skirting.region(name="Other"))
        assert archive.add_reference(tmp_path / "made-up-2020-01-01.geojson").all_refused
