"""The trace of a flight: nothing thinned, nothing drawn across a silence, flagged positions off the line."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

import overflight
from overflight.model.fields import TABLES, schema
from overflight.model.grades import FLAG_BITS
from overflight.search.trace import COLUMNS, find_trace
from overflight.store.folder import Store

DATA = Path(overflight.__file__).parent / "data"
MINUTE = 60_000
DAY = "1970-01-01"
ID = "flight-000005-a"


def table(name, rows):
    return pa.Table.from_pylist(rows, schema=schema(TABLES[name]))


def position(minute, **more):
    return {
        "address": 5, "time_ms": minute * MINUTE, "latitude_e7": 123_456_789,
        "longitude_e7": minute * 1_000_000,
        "stale": False, "new_leg": False, "feed": "generic_csv", "data_kind": "synthetic",
    } | more  # fmt: skip


HEARD = [0, 1, 2, 3, 60, 61, 200]  # a silence longer than a line may bridge, twice


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    rows = [position(minute) for minute in (*HEARD, 250)]
    rows[1] |= {"baro_altitude_ft": 30_000, "groundspeed_kt": 450.1, "on_ground": False, "assumed": "time"}
    rows[2] |= {"on_ground": True}
    flag = {name: rows[3][name] for name in ("address", "time_ms", "latitude_e7", "longitude_e7")}
    bits = FLAG_BITS["teleport"] | FLAG_BITS["frozen"]
    flight = {
        "id": ID, "address": 5, "first_seen_ms": 0, "last_seen_ms": 200 * MINUTE, "callsigns": [],
        "position_count": len(HEARD), "flagged_count": 1, "flags": [], "sources": [], "rules": "",
        "data_kind": "synthetic",
    }  # fmt: skip
    with Store.create(tmp_path_factory.mktemp("trace") / "archive") as made:
        with made.writer("add") as writer:
            writer.put("positions", DAY, table("positions", rows))
            writer.put("flights", DAY, table("flights", [flight]))
            writer.put("position_flags", DAY, table("position_flags", [flag | {"flags": bits}]))
            writer.commit()
        yield made


def column(trace, name):
    return [row[COLUMNS.index(name)] for row in trace.rows]


def test_every_position_of_the_flight_is_there_in_order(store):
    trace = find_trace(ID, store)
    assert column(trace, "time") == [minute * MINUTE for minute in HEARD]
    assert set(column(trace, "latitude_deg")) == {12.3456789}
    assert (len(trace), trace.data_kind) == (len(HEARD), "synthetic")


def test_values_are_as_heard_and_unknown_is_none(store):
    trace = find_trace(ID, store)
    assert column(trace, "baro_altitude_ft") == [None, 30_000, *[None] * 5]
    assert column(trace, "groundspeed_kt")[1] == 450.1
    assert column(trace, "on_ground") == [None, False, True, *[None] * 4]
    assert column(trace, "assumed") == [None, "time", *[None] * 5]


def test_a_flagged_position_is_told_but_on_no_piece(store):
    trace = find_trace(ID, store)
    assert column(trace, "flags") == ["", "", "", "frozen,teleport", "", "", ""]
    assert column(trace, "piece") == [0, 0, 0, -1, 1, 1, 2]


def test_silences_lie_between_the_pieces(store):
    first, second = find_trace(ID, store).silences
    # from the last position that is on the line, not from the flagged one after it
    assert (first.from_ms, first.to_ms) == (2 * MINUTE, 60 * MINUTE)
    assert (first.from_deg, first.to_deg) == ((0.2, 12.3456789), (6.0, 12.3456789))
    assert (second.from_ms, second.to_ms) == (61 * MINUTE, 200 * MINUTE)


def test_the_document_of_a_map_holds_candidates_and_crossings(sharp):
    flight = sharp.flight("flight-613133-1")
    trace = sharp.trace(flight["id"])
    document = json.loads(json.dumps(trace.document(flight, sharp.crossings_of(flight["id"]))))
    assert document["columns"] == list(COLUMNS)
    (stop_id,) = flight["stop_ids"]
    first = document["candidates"][0]
    assert (first["end"], first["stop_id"], first["ident"]) == ("destination", stop_id, "LLOV")
    assert first["probability"] == flight["destination"]["probability"]
    (stay,) = document["crossings"]
    assert stay["exit_ms"] >= stay["entry_ms"]  # the data end inside: as long as the flight was seen
    assert stay["entry_ms"] <= stay["inside_from_ms"] and stay["inside_to_ms"] <= stay["exit_ms"]
    assert stay["grade"] == "compatible"


def test_a_trace_is_of_the_positions_the_flight_counts(tmp_path):
    with overflight.open(tmp_path / "a", create=True) as archive:
        archive.add(DATA / "case_2016.csv", column_map=DATA / "case_2016.map.toml")
        for flight in archive.flights():
            trace = archive.trace(flight["id"])
            assert len(trace) == flight["position_count"]
            pieces = [row[COLUMNS.index("piece")] for row in trace.rows]
            assert len(trace.silences) == max(pieces)
