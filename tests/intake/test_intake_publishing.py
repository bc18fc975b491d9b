"""What an archive shows to all: as if the recordings that may not be published had never come in."""

import sqlite3

import numpy as np
import pyarrow as pa
import pytest
from intake_samples import DAY_S, OPTIONS, START_S, Pilot, put_file, states_csv, trace_json

import overflight
from overflight.clock import day_number
from overflight.errors import ArchiveError, QuestionError
from overflight.intake import reference, run, windows
from overflight.model.fields import TABLES
from overflight.store.folder import Store
from overflight.store.licences import Said
from overflight.store.public import DAYS_BESIDE, FLIGHTS_BESIDE, PublicStore
from overflight.store.receiver import one_receiver
from overflight.store.spans import Spans

OPEN, SHUT = Said("CC0"), Said("own terms")
REGISTER = b"hex,reg,type,flags,desc\n4c0001,X-ABC,B738,00,made up\n4c0002,X-DEF,B738,00,made up\n"


def journey(hex_, start_s=START_S, callsign="TST1"):
    pilot = Pilot(hex_, start_s, callsign=callsign)
    pilot.stay(20, 5)
    pilot.fly(1, 4.0)
    pilot.stay(60, 10)
    pilot.fly(2, 4.0)
    pilot.stay(20, 5)
    return pilot.reports


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def put(store, tmp_path, name, reports, said):
    path = put_file(tmp_path / "in", name, states_csv(reports))
    return run.add(store, [path], OPTIONS, said=said, workers=1)


def shown(store, table):
    return sorted(map(str, store.find(table).to_pylist()))


def test_other_aircraft_of_withheld_recordings_leave_no_trace(store, tmp_path):
    put(store, tmp_path, "shut.csv", journey("4c0002"), SHUT)
    put(store, tmp_path, "open.csv", journey("4c0001"), OPEN)
    public = PublicStore(store)
    with Store.create(tmp_path / "alone") as alone:
        put(alone, tmp_path, "open.csv", journey("4c0001"), OPEN)
        for table in (t for t in TABLES if t != "lineage"):
            assert shown(public, table) == shown(alone, table), table
            rows = sum(entry.rows for entry in public.files(table))
            assert rows == alone.find(table).num_rows
            assert rows == sum(public.read(entry).num_rows for entry in public.files(table))
    assert shown(store, "flights") != shown(public, "flights")
    assert public.version.digest not in (store.version.digest, "")
    assert [b.name for b in public.batches()] == ["open.csv"]
    assert "shut" not in public.version.command
    told = public.withheld()
    assert (told.flights, told.recordings) == (2, 1)
    assert told.sentence == (
        "2 flights are withheld: what may rest on recordings that may not be published is not shown"
    )


def test_what_rests_on_both_is_withheld_whatever_came_first(tmp_path):
    later = [r for k in (2, 3) for r in journey("4c0001", START_S + k * DAY_S, "TST2")]
    inside = journey("4c0001")[8:10]
    for name, order in (("a", (0, 1)), ("b", (1, 0))):
        with Store.create(tmp_path / name) as store:
            both = [("open.csv", journey("4c0001") + later, OPEN), ("shut.csv", inside, SHUT)]
            for file, reports, said in (both[k] for k in order):
                put(store, tmp_path, file, reports, said)
            public = PublicStore(store)
            flights = public.find("flights").to_pylist()
            assert flights
            # two of the later ones lie beside the day after; one of the rest nobody saw
            assert [f["flags"].count("unseen") for f in flights] == [1, 0, 0]
            assert all(f["first_seen_ms"] > (START_S + 2 * DAY_S) * 1000 for f in flights)
            stops = set(public.find("stops")["id"].to_pylist())
            ends = {f[k] for f in flights for k in ("origin_stop_id", "destination_stop_id")} - {None}
            assert ends <= stops
            assert {s for s in public.find("calls")["stop_id"].to_pylist()} <= stops
            ids = {f["id"] for f in flights}
            assert set(public.find("crossings")["flight_id"].to_pylist()) <= ids
            assert set(public.find("flight_boxes")["flight_id"].to_pylist()) <= ids
            times = public.find("positions")["time_ms"].to_pylist()
            assert not [t for t in times if inside[0].time_s * 1000 <= t <= inside[-1].time_s * 1000]


def test_what_is_withheld_is_what_new_positions_may_change():
    noon = START_S * 1000
    touched = pa.table({"address": [1], "first_ms": [noon], "last_ms": [noon]})
    flights = [{"address": 1, "first_seen_ms": noon + k * 10 * DAY_S * 1000} for k in range(-6, 7) if k]
    made = pa.Table.from_pylist([f | {"last_seen_ms": f["first_seen_ms"] + 1} for f in flights])
    changed = windows.windows_of(touched, made)
    hidden = Spans(*np.array([[1], [noon], [noon]], np.int64))
    days = hidden.whole_days(DAYS_BESIDE)
    assert [c.tolist() for c in days.columns()[1:]] == [[changed.flags_from[0]], [changed.flags_until[0] - 1]]
    columns = (made[name].to_numpy() for name in ("address", "first_seen_ms", "last_seen_ms"))
    wide = days.reaching(FLIGHTS_BESIDE, *columns, days)
    assert [c.tolist() for c in wide.columns()[1:]] == [[changed.emit_from[0]], [changed.emit_to[0] + 1]]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_is_as_if_the_hidden_had_never_come_in(store, tmp_path, seed):
    """The same aircraft, heard now by the one and now by the other, the hidden also where it cannot be."""
    random = np.random.default_rng(seed)
    told = [r for k in range(8) for r in journey("4c0001", START_S + k * DAY_S)]
    cut = int(random.integers(len(told) // 3, 2 * len(told) // 3))
    begin, end = cut, cut + int(random.integers(1, 12))
    shut = [r._replace(latitude_deg=r.latitude_deg + 20 * (seed % 2)) for r in told[begin:end]]
    rest = told[:begin] + told[end:] + journey("4c0002")
    put(store, tmp_path, "open.csv", rest, OPEN)
    put(store, tmp_path, "shut.csv", shut, SHUT)
    public = PublicStore(store)
    ends = ("origin_stop_id", "destination_stop_id")
    with Store.create(tmp_path / "alone") as alone:
        put(alone, tmp_path, "open.csv", rest, OPEN)
        for table in ("positions", "position_flags", "flights", "stops", "crossings", "flight_boxes"):
            whole = alone.find(table).to_pylist()
            some = public.find(table).to_pylist()
            known = {str({k: v for k, v in row.items() if k not in ends}) for row in whole}
            assert {str({k: v for k, v in row.items() if k not in ends}) for row in some} <= known, table
        assert 2 < len(public.find("flights")) < len(alone.find("flights"))


def test_ids_of_withheld_aircraft_look_like_ids_that_never_were(tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as shelf:
        for hex_, said in (("4c0001", "CC0"), ("4c0002", "own terms")):
            whole = states_csv(journey(hex_)), states_csv(journey(hex_)[6:])
            shelf.add(put_file(tmp_path, f"{hex_}-late.csv", whole[1]), licence=said)
            late = [row["id"] for row in shelf.flights(f"hex:{hex_}").rows]
            shelf.add(put_file(tmp_path, f"{hex_}.csv", whole[0]), licence=said)
            fallen = next(i for i in late if shelf.flight(i) is None)
            assert shelf.resolve(fallen) != fallen
            public = shelf.public(publish_receiver_area=True)
            if said == "CC0":
                assert public.resolve(fallen) == shelf.resolve(fallen)
                continue
            for id_ in (fallen, shelf.resolve(fallen), "flight-4c0002-20990101T000000Z"):
                with pytest.raises(QuestionError, match="names no flight"):
                    public.resolve(id_)


def test_a_batch_that_may_not_be_published_is_not_known(store, tmp_path):
    put(store, tmp_path, "shut.csv", journey("4c0001"), SHUT)
    batch = store.batches()[0]
    asked = batch.sha256, batch.options_digest
    assert store.batch_of(*asked) is not None and PublicStore(store).batch_of(*asked) is None


def test_silence_says_that_it_cannot_be_told_and_nothing_of_whom(tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as shelf:
        shelf.add(put_file(tmp_path, "open.csv", states_csv(journey("4c0001"))), licence="CC0")
        shelf.add(put_file(tmp_path, "shut.csv", states_csv(journey("4c0002"))), licence="own terms")
        late = journey("4c0002", START_S + DAY_S)
        shelf.add(put_file(tmp_path, "shut2.csv", states_csv(late)), licence="own terms")
        public = shelf.public(publish_receiver_area=True)
        assert shelf.silence("hex:4c0002", place="LCLK") is None
        told = public.silence("hex:4c0002", place="LCLK")
        other = public.silence("hex:4c0003", place="LCLK")
        assert told.kind == other.kind == "withheld"
        assert told.sentence.replace("4c0002", "4c0003") == other.sentence
        assert told.sentence.startswith(
            "Withheld: whether there is more cannot be told here: recordings of or near that time may not "
            "be published. In what may be shown, from 2024-06-10T12:00:00Z to "
        )
        assert public.silence("hex:4c0001", place="LCLK") is None
        # hours of which all is hidden are not said to be unloaded, nor a place that only hidden ones heard
        hidden = public.silence(since="2024-06-11T12:00Z", until="2024-06-11T13:00Z")
        assert (hidden.kind, hidden.loaded_hour_count) == ("withheld", 0)
        assert public.silence(place="EGLL").kind == "withheld"
        assert shelf.silence(place="EGLL").kind == "not covered"
        assert public.silence(since="2024-07-11", until="2024-07-12").kind == "not loaded"


def test_all_published_is_the_archive_itself(store, tmp_path):
    put(store, tmp_path, "open.csv", journey("4c0001"), OPEN)
    public = PublicStore(store)
    assert public.version == store.version
    assert public.withheld().sentence is None
    assert all(shown(public, table) == shown(store, table) for table in TABLES)


def test_a_register_that_may_not_be_published_tells_nothing(store, tmp_path):
    put(store, tmp_path, "open.csv", journey("4c0001"), OPEN)
    register = put_file(tmp_path, "r.csv", REGISTER)
    reference.add(store, register, day_number("2024-06-01"), workers=1, said=SHUT)
    assert store.find("claims").num_rows == 2
    public = PublicStore(store)
    assert public.find("claims").num_rows == 0 == len(public.references())
    assert public.find("flights").num_rows == store.find("flights").num_rows
    assert "tar1090-db of 2024-06-01" in public.withheld().sentence
    reference.add(store, register, day_number("2024-06-01"), workers=1, said=Said("letter", True))
    assert PublicStore(store).find("claims").num_rows == 2


def test_claims_that_came_with_withheld_traces_are_withheld(store, tmp_path):
    for hex_, mark, said in (("4c0001", "X-AAA", OPEN), ("4c0002", "X-BBB", SHUT)):
        data = trace_json(hex_, journey(hex_), r=mark, t="B738")
        run.add(store, [put_file(tmp_path, f"{hex_}.json", data)], OPTIONS, said=said, workers=1)
    assert PublicStore(store).find("claims")["registration"].to_pylist() == ["X-AAA"]


def test_a_privacy_address_and_one_not_assigned_have_no_owner(store, tmp_path):
    for hex_, flags in (("4c0001", 4), ("~4c0002", 0), ("4c0003", 0)):
        data = trace_json(hex_, journey(hex_), r="X-AAA", t="B738", ownOp="Somebody", dbFlags=flags)
        run.add(store, [put_file(tmp_path, "t.json", data)], OPTIONS, workers=1)
    told = store.find("claims", columns=["registration", "operator"], order_by=["address"]).to_pylist()
    nobody = {"registration": None, "operator": None}
    assert told == [nobody, {"registration": "X-AAA", "operator": "Somebody"}, nobody]


def test_terms_are_said_anew_without_reading_anew(store, tmp_path):
    put(store, tmp_path, "a.csv", journey("4c0001"), SHUT)
    content = store.version.digest
    said = [
        put(store, tmp_path, "a.csv", journey("4c0001"), s).files[0].remarks for s in (OPEN, Said("x", True))
    ]
    assert "withheld" in str(said[0])
    assert "from now on it may be published" in str(said[1])
    assert (store.batches()[0].licence, store.batches()[0].may_publish) == ("x", True)
    assert store.version.digest == content
    assert not store.at_version(1).batches()[0].may_publish


def test_an_archive_made_before_terms_were_kept_shows_nothing(store, tmp_path):
    put(store, tmp_path, "a.csv", journey("4c0001"), OPEN)
    folder = store.folder
    store.close()
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.executescript("DROP TABLE terms; DROP TABLE seals; PRAGMA user_version = 1;")
    connection.close()
    with Store.open(folder) as old:
        assert not old.batches()[0].may_publish
        assert PublicStore(old).find("flights").num_rows == 0
        put(old, tmp_path, "a.csv", journey("4c0001"), Said("CC0", True))
        assert PublicStore(old).find("flights").num_rows == 2


def test_a_public_archive_is_only_read(store, tmp_path):
    put(store, tmp_path, "a.csv", journey("4c0001"), SHUT)
    public = PublicStore(store)
    with pytest.raises(ArchiveError, match="only read"), public.writer("x"):
        pass
    with pytest.raises(ArchiveError, match="row by row"):
        public.path_of(store.files("flights")[0])


def test_one_antenna_needs_consent(tmp_path):
    path = put_file(tmp_path, "roof.csv", states_csv(journey("4c0001")))
    with overflight.open(tmp_path / "archive", create=True) as shelf:
        shelf.add(path, licence="CC0")
        with pytest.raises(ArchiveError, match=r"roof\.csv.*publish_receiver_area"):
            shelf.public()
        public = shelf.public(publish_receiver_area=True)
        assert len(public.flights().rows) == 2 == len(shelf.flights().rows)
        assert len(public.visits(place="LLBG").rows) == len(shelf.visits(place="LLBG").rows)
        shelf.add(path, may_publish=False)
        hidden = shelf.public()
        assert hidden.visits(place="LLBG").rows == hidden.flights().rows == []
        assert hidden.withheld().flights == 2
        assert shelf.withheld().sentence is None


def test_a_reconstruction_has_no_antenna(store, tmp_path):
    path = put_file(tmp_path, "a.csv", states_csv(journey("4c0001")))
    run.add(store, [path], type(OPTIONS)("reconstruction", None), said=OPEN, workers=1)
    assert one_receiver(store) is None
