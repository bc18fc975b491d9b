"""Where everything was at an instant: as heard, not moved on, flagged ones said to be."""

import pyarrow as pa
import pytest

import overflight
from overflight.errors import QuestionError
from overflight.model.fields import TABLES, schema
from overflight.model.grades import FLAG_BITS
from overflight.store.folder import Store

MINUTE = 60_000


def table(name, rows):
    return pa.Table.from_pylist(rows, schema=schema(TABLES[name]))


def position(address, minute, longitude=0.0, **more):
    return {
        "address": address, "time_ms": minute * MINUTE, "latitude_e7": 10_000_000 * address,
        "longitude_e7": round(longitude * 1e7), "stale": False, "new_leg": False, "feed": "generic_csv",
        "data_kind": "synthetic",
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("instant") / "archive"
    heard = [
        position(1, 1), position(1, 5, 1.5, groundspeed_kt=400.1, callsign="ONE1"), position(1, 11),
        position(2, 9, 179.5), position(3, 2), position(4, 10, -179.5),
        position(5, 8, 30.0), position(5, 8, 31.0),
    ]  # fmt: skip
    keys = ("address", "time_ms", "latitude_e7", "longitude_e7")
    flagged = [
        {name: heard[3][name] for name in keys} | {"flags": FLAG_BITS["teleport"]},
        {name: heard[7][name] for name in keys} | {"flags": FLAG_BITS["same_time"]},
    ]
    flight = {
        "id": "flight-000001-a", "address": 1, "first_seen_ms": 0, "last_seen_ms": 20 * MINUTE,
        "callsigns": ["ONE1"], "position_count": 3, "flagged_count": 0, "flags": [], "sources": [],
        "rules": "", "data_kind": "synthetic",
    }  # fmt: skip
    claim = {
        "address": 1, "day": 0, "registration": "G-ONE", "type_designator": "A320", "source": "by_hand",
        "data_kind": "synthetic",
    }  # fmt: skip
    with Store.create(folder) as made, made.writer("add") as writer:
        writer.put("positions", "1970-01-01", table("positions", heard))
        writer.put("position_flags", "1970-01-01", table("position_flags", flagged))
        writer.put("flights", "1970-01-01", table("flights", [flight]))
        writer.put("claims", "by hand", table("claims", [claim]))
        writer.commit()
    with overflight.open(folder) as opened:
        yield opened


def test_the_last_fix_up_to_the_instant_as_heard(archive):
    found = {fix.icao24: fix for fix in archive.instant(10 * MINUTE, within_min=6)}
    assert sorted(found) == ["000001", "000002", "000004", "000005"]  # 3 was heard too long before
    one = found["000001"]
    assert (one.age_s, one.longitude_deg, one.groundspeed_kt) == (300.0, 1.5, 400.1)
    assert (one.flight_id, one.registration, one.type_designator) == ("flight-000001-a", "G-ONE", "A320")
    assert found["000004"].age_s == 0
    assert found["000002"].flight_id is None and found["000002"].registration is None


def test_what_was_heard_later_changes_nothing(archive):
    assert archive.instant("1970-01-01T00:10Z")[0].time_ms == 5 * MINUTE
    assert archive.instant("1970-01-01T00:11Z")[0].age_s == 0


def test_a_flagged_fix_says_so_and_yields_to_a_plain_one_of_the_same_instant(archive):
    found = {fix.icao24: fix for fix in archive.instant(10 * MINUTE)}
    assert found["000002"].flags == ("teleport",)
    assert (found["000005"].flags, found["000005"].longitude_deg) == ((), 30.0)


def test_a_box_may_run_over_longitude_180(archive):
    found = archive.instant(10 * MINUTE, box=(179, -90, -179, 90))
    assert [fix.icao24 for fix in found] == ["000002", "000004"]
    assert archive.instant(10 * MINUTE, box=(-179, -90, 179, 1.5))[0].icao24 == "000001"


@pytest.mark.parametrize(
    "asked", [{"within_min": 0}, {"within_min": 1e9}, {"within_min": float("nan")},
              {"box": (0, 10, 0, -10)}, {"box": (-500, 0, 0, 0)}, {"box": (0, float("nan"), 1, 1)}]
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(archive, asked):
    with pytest.raises(QuestionError):
        archive.instant(0, **asked)


def test_where_nothing_was_heard_there_is_nothing(archive):
    assert archive.instant("2020-01-01") == []
    assert archive.instant(-(10**15)) == []
