"""The lines of flights, read for several at once."""

import pyarrow as pa
import pytest

from overflight.model.fields import TABLES, schema
from overflight.model.grades import FLAG_BITS
from overflight.search.paths import find_paths
from overflight.store.folder import Store

MINUTE = 60_000
KIND = {"data_kind": "synthetic"}
# address, first minute, last minute: two of one aircraft with an hour between, and others at the same time
FLIGHTS = {"a1": (5, 0, 20), "a2": (5, 80, 95), "b": (7, 10, 90), "c": (9, 20, 21)}


def table(name, rows):
    return pa.Table.from_pylist(rows, schema=schema(TABLES[name]))


def position(address, minute):
    """One a minute, eastwards; each aircraft on a latitude of its own."""
    return {
        "address": address, "time_ms": minute * MINUTE, "latitude_e7": address * 10_000_000,
        "longitude_e7": minute * 1_000_000,
    }  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    heard = [position(address, minute) for address in (5, 6, 7, 9) for minute in range(100)]
    plain = {"stale": False, "new_leg": False, "feed": "generic_csv", **KIND}
    flown = [
        {
            "id": id_, "address": address, "first_seen_ms": first * MINUTE, "last_seen_ms": last * MINUTE,
            "callsigns": [], "position_count": 0, "flagged_count": 0, "flags": [], "sources": [],
            "rules": "", **KIND,
        }
        for id_, (address, first, last) in FLIGHTS.items()
    ]  # fmt: skip
    flagged = [
        position(5, 10) | {"flags": FLAG_BITS["teleport"]},
        position(7, 30) | {"flags": FLAG_BITS["poor_integrity"]},
        position(7, 31) | {"longitude_e7": 0, "flags": FLAG_BITS["teleport"]},  # another place
    ]
    with Store.create(tmp_path_factory.mktemp("drawn") / "archive") as made:
        with made.writer("add") as writer:
            writer.put("positions", "1970-01-01", table("positions", [row | plain for row in heard]))
            writer.put("flights", "1970-01-01", table("flights", flown))
            writer.put("position_flags", "1970-01-01", table("position_flags", flagged))
            writer.commit()
        yield made


def minutes(store, ids):
    """The minutes of the positions on each flight's line, by its id."""
    paths = find_paths(store, [{"id": id_} for id_ in ids])
    return {
        id_: [round(longitude * 10) for piece in paths[id_] for longitude, _ in piece]
        for id_ in sorted(paths)
    }


def test_a_line_holds_the_positions_of_its_flight_but_not_flagged_ones(store):
    found = minutes(store, FLIGHTS)
    assert found["a1"] == [m for m in range(21) if m != 10]
    assert found["a2"] == list(range(80, 96))
    assert found["b"] == list(range(10, 91))
    assert found["c"] == [20, 21]


@pytest.mark.parametrize("ids", [["a1"], ["a2"], ["a1", "a2"], ["b"], ["c", "a2"], ["c", "b", "a1"]])
def test_a_line_does_not_depend_on_which_others_are_asked_for(store, ids):
    assert minutes(store, ids) == {id_: minutes(store, FLIGHTS)[id_] for id_ in sorted(ids)}
