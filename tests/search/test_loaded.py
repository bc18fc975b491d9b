"""What the archive holds, and the three sentences for what it does not show."""

import pyarrow as pa
import pytest

import overflight
from overflight.clock import parse_utc
from overflight.model.fields import TABLES, schema
from overflight.model.grades import FLAG_BITS
from overflight.search.loaded import HOUR_MS
from overflight.store.folder import Store

DAY = "2016-04-04"
LSZH, EGLL, LLOV = (47.458, 8.548), (51.471, -0.461), (29.94, 34.936)


def at(clock):
    return parse_utc(f"{DAY}T{clock}Z")


def table(name, rows):
    return pa.Table.from_pylist(rows, schema=schema(TABLES[name]))


def position(address, time_ms, place, **more):
    return {
        "address": address, "time_ms": time_ms, "latitude_e7": round(place[0] * 1e7),
        "longitude_e7": round(place[1] * 1e7), "stale": False, "new_leg": False, "feed": "opensky_states",
        "data_kind": "synthetic", "baro_altitude_ft": 30_000,
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded") / "archive"
    heard = [
        position(1, at("08:00"), LSZH), position(2, at("08:10"), LSZH, on_ground=True),
        position(1, at("11:59"), EGLL, source="mlat"), position(3, at("11:30"), LLOV),
    ]  # fmt: skip
    flag = {name: heard[3][name] for name in ("address", "time_ms", "latitude_e7", "longitude_e7")}
    later = parse_utc("2016-04-06T00:00Z")
    with Store.create(folder) as made, made.writer("add") as writer:
        writer.put(
            "positions", DAY, table("positions", sorted(heard, key=lambda r: (r["address"], r["time_ms"])))
        )
        writer.put(
            "positions",
            "2016-04-06",
            table("positions", [position(1, later, (0, 179)), position(2, later, (1, -179))]),
        )
        writer.put("position_flags", DAY, table("position_flags", [flag | {"flags": FLAG_BITS["teleport"]}]))
        writer.commit()
    with overflight.open(folder) as opened:
        yield opened


def test_days_with_counts_hours_and_extent(archive):
    first, second = archive.loaded().days
    assert (first.day, first.position_count, first.aircraft_count, first.hours) == (DAY, 4, 3, (8, 11))
    assert first.box == pytest.approx((-0.461, 29.94, 34.936, 51.471))
    assert first.sources == {"opensky_states": 3, "opensky_states/mlat": 1}
    assert second.box == (179, 0, -179, 1)  # the narrow way, over longitude 180
    assert archive.loaded().position_count == 6


def test_holes_are_empty_hours_inside_the_loaded_time_not_days_without_recordings(archive):
    assert archive.loaded().holes == ((at("09:00"), at("11:00")),)
    assert len(archive.loaded().hours) == 3
    assert all(hour * HOUR_MS >= at("08:00") for hour in archive.loaded().hours)


def test_an_empty_archive_holds_nothing(tmp_path):
    with overflight.open(tmp_path / "a", create=True) as archive:
        held = archive.loaded()
        assert (held.days, held.holes, held.first_ms, held.position_count) == ((), (), None, 0)
        assert archive.silence(place="LLOV").kind == "not loaded"
        assert archive.instant(0) == [] and archive.find("LLOV")[0].ident == "LLOV"


def test_not_loaded_where_there_is_no_recording_of_that_time(archive):
    silence = archive.silence(place="LSZH", since="2015-01-01", until="2015-01-02")
    assert (silence.kind, silence.hour_count, silence.loaded_hour_count) == ("not loaded", 24, 0)
    assert "holds 2016-04-04 and 2016-04-06" in silence.sentence
    # of an hour without any position there is no recording either
    assert archive.silence(place="LSZH", since=f"{DAY}T09:00Z", until=f"{DAY}T10:00Z").kind == "not loaded"


def test_not_covered_where_nothing_trusted_was_received_there(archive):
    silence = archive.silence("000001", place="LLOV", since=DAY, until="2016-04-05")
    assert silence.kind == "not covered"  # the one position there is flagged
    assert "no aircraft at all within 25 nm of Ovda" in silence.sentence
    assert "Of the 24 hours asked about 2 are loaded" in silence.sentence


def test_not_seen_where_others_were_received_there(archive):
    silence = archive.silence("000003", place="LSZH", since=DAY, until="2016-04-05")
    assert (silence.kind, silence.aircraft_count, silence.lowest_ft) == ("not seen", 2, 0)
    assert "2 aircraft were received within 25 nm of" in silence.sentence
    assert "000003 was not. It may" in silence.sentence  # nothing trusted of it anywhere
    silence = archive.silence("000002", place="EGLL")
    assert "000002 was not. It was received elsewhere in that time (2 positions)" in silence.sentence
    assert (silence.kind, silence.lowest_ft) == ("not seen", 30_000)


def test_no_silence_where_it_was_received(archive):
    assert archive.silence("000001", place="LSZH") is None
    assert archive.silence("000001") is None
    assert archive.silence("ffffff").kind == "not seen"


def test_in_a_drawn_area_its_own_edge_counts(archive):
    assert archive.silence("000001", place="circle:47.458,8.548,5nm") is None
    assert archive.silence("000001", place="circle:47.458,10,5nm").kind == "not covered"
    over_180 = "circle:0,180,100nm"
    assert archive.silence("000003", place=over_180).aircraft_count == 2


def test_over_a_country_flights_count(hand):
    assert hand.silence("4K-78131", place="France").kind == "not seen"
    assert hand.silence("G-TEST", place="FR") is None
    assert hand.silence("G-TEST", place="Japan").kind == "not covered"
