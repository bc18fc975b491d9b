"""Silences: what is one and what is not, what was reachable, who else was heard, and what is never said."""

import json

import numpy as np
import pytest

import overflight
from made_world import flown, heard_at, written
from overflight.clock import parse_utc
from overflight.errors import QuestionError
from overflight.search.broken import LoadedTime
from overflight.search.loaded import Loaded, LoadedDay

DAY, LATER = "2025-03-03", "2025-03-05"
START = f"{DAY}T08:00:00Z"
LCLK = (34.875, 33.625)
WEST, EAST = (34.0, 25.0), (34.0, 33.0)  # 397 nm: 57 minutes at 420 kt
HERE, THERE = (34.0, 26.0), (34.0, 26.3)


def always(day, hours, minutes):
    """Somebody far away, so that the hours are loaded."""
    return [
        heard_at("aa0009", "ALWAYS", f"{day}T{h:02d}:{m:02d}:00Z", 45.0, 10.0) for h in hours for m in minutes
    ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gaps")
    made = [
        # lost for 42 minutes over the sea, on course all the time
        flown("aa0001", "STRAIGHT", START, [WEST, EAST], silent_min=[(8, 50)]),
        # another stays to be heard where it was lost, lower
        flown("aa0002", "LOITER", START, [HERE, THERE, HERE, THERE, HERE], kt=120, feet=20_000),
        # comes down to Larnaca, and is not heard for two hours before it climbs out again
        flown("aa0003", "DOWN", START, [(34.2, 30.0), LCLK], kt=300, ends=(False, True))[:-8],
        flown("aa0003", "DOWN", f"{DAY}T10:40:00Z", [LCLK, (34.2, 30.0)], kt=300, ends=(True, False))[8:],
        # heads for Gaza and is not heard again that day
        flown("aa0004", "DARK", START, [LCLK, (32.4, 34.2)], kt=300, feet=24_000),
        # two days later: nothing is loaded in between
        [heard_at("aa0005", "PARK", f"{DAY}T20:00:00Z", 40.0, 20.0)],
        [heard_at("aa0005", "PARK", f"{LATER}T06:00:00Z", 41.0, 21.0)],
        always(DAY, range(8, 24), (0, 20, 40)),
        always(LATER, range(7), (0, 20)),
    ]
    with overflight.open(folder / "a", create=True) as opened:
        opened.add(written(folder / "made.csv", *made), data_kind="synthetic")
        yield opened


@pytest.fixture
def hole(archive):
    [row] = archive.gaps("hex:aa0001", until=f"{DAY}T08:50")
    return row


def test_a_hole_in_a_flight(hole):
    assert hole["outcome"] == "in_flight" and hole["flight_before_id"] == hole["flight_after_id"]
    assert hole["duration_s"] == hole["loaded_s"] == 42 * 60 and hole["flags"] == []
    lost, reach = hole["lost"], hole["reach"]
    assert lost["track_deg"] == pytest.approx(92, abs=5)
    assert lost["groundspeed_kt"] == pytest.approx(420, abs=1)
    assert reach["direct_nm"] == pytest.approx(294, abs=8)
    # an ellipse: what is farthest aside follows from the way flown at the speed said
    way = reach["speed_kt"] * hole["duration_s"] / 3600
    assert reach["aside_nm"] == pytest.approx((way**2 - reach["direct_nm"] ** 2) ** 0.5 / 2, abs=0.5)
    assert reach["farthest_nm"] == pytest.approx((way + reach["direct_nm"]) / 2, abs=0.5)


def test_reception_around_the_loss(archive, hole):
    counts = {"before_count": 1, "after_count": 1, "after_no_higher_count": 1}
    assert hole["others"] == {"radius_nm": 25.0, "minutes": 30} | counts
    text = archive.gaps("hex:aa0001").sentences()[0]
    assert "Reception there went on: 1 other aircraft was received" in text
    text = archive.gaps("hex:aa0004").sentences()[0]
    assert "In what is loaded nobody else was received within 25 nm of where it was lost" in text


def test_what_is_never_said(archive):
    for text in archive.gaps().sentences():
        assert "switched off" not in text and "transponder" not in text and "landed" not in text
        assert text.startswith("[synthetic] ") and text.endswith("the data do not say.")


def test_a_stop_in_it_is_named_with_its_chance(archive):
    row = archive.gaps("hex:aa0003")[0]
    assert row["outcome"] == "dark_stop" and row["stop_id"].startswith("stop-aa0003-")
    stop = archive.stop(row["stop_id"])
    assert (row["place"], row["grade"], row["probability"]) == (
        stop["place"],
        stop["grade"],
        stop["probability"],
    )
    flying = [c["probability"] for c in stop["candidates"] if c["outcome"] == "kept_flying"]
    assert [row["kept_flying_probability"]] == flying
    assert row["reach"]["ground_max_s"] < row["duration_s"]


def test_one_without_end_goes_up_to_the_end_of_what_is_loaded(archive):
    row = archive.gaps("hex:aa0004")[0]
    assert (row["outcome"], row["regained"], row["duration_s"]) == ("open", None, None)
    assert row["reach"]["aside_nm"] is None and row["reach"]["ground_max_s"] is None
    assert "in what is loaded it was not received again" in archive.gaps("hex:aa0004").sentences()[0]


def test_time_that_is_not_loaded_is_no_silence(archive):
    [row] = archive.gaps("hex:aa0005")
    assert row["flags"] == ["not_all_loaded"] and row["duration_s"] == 34 * 3600
    assert row["loaded_s"] == pytest.approx(10 * 3600, abs=60)
    assert archive.gaps("hex:aa0005", min_minutes=11 * 60).footer() == "no silence found"
    assert "Of 24 h 00 min of that no recording is loaded." in archive.gaps("hex:aa0005").sentences()[0]


def test_lost_or_regained_at_a_place(archive):
    assert {r["icao24"] for r in archive.gaps(place="circle:34,26.1,24nm")} == {"aa0001", "aa0002"}
    assert {r["icao24"] for r in archive.gaps(place="LCLK", until=f"{DAY}T18:00")} == {"aa0003"}
    assert archive.gaps(place="JP").footer() == "no silence found"


def test_a_course_towards_a_place(archive):
    gaza = json.dumps({"type": "Polygon", "coordinates": [
        [[34.2, 31.3], [34.5, 31.6], [34.55, 31.55], [34.27, 31.22], [34.2, 31.3]]
    ]})  # fmt: skip
    # the first, on course too, is of no known type: a fighter had the time
    assert [r["icao24"] for r in archive.gaps(towards=gaza)] == ["aa0001", "aa0004"]
    assert "aa0004" not in [r["icao24"] for r in archive.gaps(towards="TR")]


def test_only_silences_long_enough_and_in_the_time(archive):
    assert list(archive.gaps("hex:aa0001", min_minutes=43, until=f"{DAY}T08:50")) == []
    assert len(archive.gaps("hex:aa0001", since=f"{DAY}T08:20", until=f"{DAY}T08:30")) == 1
    assert archive.gaps("hex:aa0001", until=f"{DAY}T08:05").footer() == "no silence found"
    with pytest.raises(QuestionError, match="1 or more"):
        archive.gaps(min_minutes=0)
    with pytest.raises(QuestionError, match="up to 527,040"):
        archive.gaps(min_minutes=float("inf"))
    with pytest.raises(QuestionError, match="no least grade"):
        archive.gaps(min_grade="observed")


def test_rows_are_of_the_contract_and_in_order(archive):
    answer = archive.gaps()
    assert answer.table.num_rows == len(answer) and answer.footer() == f"[synthetic] {len(answer)} silences"
    times = [row["lost"]["time"] for row in answer]
    assert times == sorted(times) and len({row["id"] for row in answer}) == len(answer)


def test_what_may_not_be_shown_counts_as_not_received_and_that_is_said(tmp_path):
    with overflight.open(tmp_path / "a", create=True) as shelf:
        shown = flown("aa0001", "SHOWN", START, [WEST, EAST], silent_min=[(8, 50)])
        secret = flown("aa0002", "SECRET", START, [HERE, THERE, HERE, THERE, HERE], kt=120, feet=20_000)
        shelf.add(written(tmp_path / "shown.csv", shown), licence="CC0")
        shelf.add(written(tmp_path / "secret.csv", secret), licence="own terms")
        public = shelf.public(publish_receiver_area=True)
        assert shelf.gaps("hex:aa0001")[0]["others"]["after_count"] == 1
        told = public.gaps("hex:aa0001")
        assert told[0]["others"]["after_count"] == 0
        assert any("may not be shown" in text for text in told.remarks)
        near = {"at": "34,26.1", "time": f"{DAY}T08:05", "within": 20}
        assert {row["icao24"] for row in shelf.near(**near)} == {"aa0001", "aa0002"}
        told = public.near(**near)
        assert {row["icao24"] for row in told} == {"aa0001"}
        assert any("may not be shown" in text for text in told.remarks)
        both = shelf.coverage("circle:34,26,60nm"), public.coverage("circle:34,26,60nm")
        assert [answer[0]["aircraft_count"] for answer in both] == [2, 1]
        assert [bool(answer.remarks) for answer in both] == [False, True]


def test_positions_that_cannot_be_trusted_are_no_end_of_a_silence_and_are_said(tmp_path):
    """Two reports from the other side of the Earth in the middle of the hole."""
    wrong = [heard_at("aa0001", "STRAIGHT", f"{DAY}T08:{m}:00Z", -30.0, -120.0) for m in (25, 31)]
    lines = flown("aa0001", "STRAIGHT", START, [WEST, EAST], silent_min=[(8, 50)])
    with overflight.open(tmp_path / "a", create=True) as opened:
        opened.add(written(tmp_path / "made.csv", lines, wrong), data_kind="synthetic")
        answer = opened.gaps()
        assert (answer[0]["flagged_count"], answer[0]["duration_s"]) == (2, 42 * 60)
        assert "2 positions were received meanwhile that cannot be trusted" in answer.sentences()[0]


def loaded_day(day, hours, aircraft, first, last):
    box, sources, kinds = (0.0, 0.0, 1.0, 1.0), {}, ("synthetic",)
    return LoadedDay(day, 100, aircraft, parse_utc(first), parse_utc(last), tuple(hours), box, sources, kinds)


@pytest.mark.parametrize(("aircraft", "minutes"), [(500, 150), (3, 210)])
def test_an_hour_with_nobody_is_not_loaded_only_where_many_fly(aircraft, minutes):
    """From 07:00 to 10:30 with nothing at all at 08:00 to 09:00."""
    day = loaded_day(DAY, [6, 7, 9, 10], aircraft, f"{DAY}T06:00", f"{DAY}T10:50")
    time = LoadedTime(Loaded("v", (day,), (), {}, (), ()))
    begin, end = time.up_to(np.array([parse_utc(f"{DAY}T07:00"), parse_utc(f"{DAY}T10:30")])).tolist()
    assert end - begin == minutes * 60_000
    assert time.up_to(np.array([parse_utc(f"{LATER}T00:00")]))[0] - begin == (minutes + 20) * 60_000


def test_midnight_between_two_loaded_days_is_loaded():
    first = loaded_day(DAY, range(24), 500, f"{DAY}T00:05", f"{DAY}T23:50")
    second = loaded_day("2025-03-04", range(24), 500, "2025-03-04T00:10", "2025-03-04T23:50")
    time = LoadedTime(Loaded("v", (first, second), (), {}, (), ()))
    begin, end = time.up_to(np.array([parse_utc(f"{DAY}T23:00"), parse_utc("2025-03-04T01:00")])).tolist()
    assert end - begin == 2 * 3_600_000
    assert LoadedTime(Loaded("v", (), (), {}, (), ())).up_to(np.array([0, 1])).tolist() == [0, 0]
