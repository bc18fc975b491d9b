"""Ids that no longer stand lead to the row that tells of the same time now."""

import pyarrow as pa
import pytest
from intake_samples import OPTIONS, START_S, Pilot, put_file, states_csv

from overflight.intake import run
from overflight.intake.ledger import NEEDED, ledger_of
from overflight.model.fields import TABLES, schema
from overflight.store.folder import Store

pytestmark = pytest.mark.usefixtures("quick_places")
HEX = "4c0001"


def rows(table, *made):
    fields = [schema(TABLES[table]).field(name).with_nullable(True) for name in NEEDED[table]]
    return pa.Table.from_pylist(
        [dict(zip(NEEDED[table], row, strict=True)) for row in made], pa.schema(fields)
    )


def led(table, gone, fresh):
    return {entry.old_id: entry.new_id for entry in ledger_of(table, rows(table, *gone), rows(table, *fresh))}


def test_flights_lead_to_the_one_that_covers_their_beginning_else_the_next_within():
    gone = [
        ("joined", 1, 20, 30),
        ("earlier", 2, 20, 30),
        ("cut", 3, 20, 30),
        ("lost", 4, 20, 30),
        ("kept", 1, 0, 9),
    ]
    fresh = [
        ("whole", 1, 10, 40),
        ("began", 2, 15, 30),
        ("late", 3, 25, 30),
        ("other", 4, 40, 50),
        ("kept", 1, 0, 9),
    ]
    assert led("flights", gone, fresh) == {"joined": "whole", "earlier": "began", "cut": "late", "lost": None}


def test_nothing_fresh_withdraws_all():
    assert led("flights", [("a", 1, 0, 9)], []) == {"a": None}
    assert led("flights", [], [("a", 1, 0, 9)]) == {}


def test_the_last_before_counts_more_than_the_first_after():
    assert led("flights", [("a", 1, 20, 30)], [("b", 1, 10, 22), ("c", 1, 25, 40)]) == {"a": "b"}


def test_stops_lead_to_the_stop_between_the_same_flights():
    # id, address, seen, arrival_latest, before, after
    gone = [
        ("dark", 1, False, 30, 10, 30),
        ("first", 2, False, 50, None, 50),
        ("open", 3, False, None, 50, None),
    ]
    fresh = [
        ("later", 1, False, 30, 20, 30),
        ("led", 2, False, 40, None, 40),
        ("on", 3, False, None, 90, None),
    ]
    assert led("stops", gone, fresh) == {"dark": "later", "first": "led", "open": "on"}
    assert led("stops", gone[:1], [("elsewhere", 1, True, 95, 90, 99)]) == {"dark": None}


def test_crossings_lead_to_crossings_of_the_same_region():
    # id, address, flight_id, region, entry_earliest, entry_latest, exit_earliest, exit_latest
    gone = [("a", 1, "f", "CY", 20, 22, 30, 32), ("b", 1, "f", "IL", 40, 42, None, None)]
    fresh = [
        ("c", 1, "g", "IL", 10, 22, 30, 32),
        ("d", 1, "g", "CY", None, 15, 30, 32),
        ("e", 1, "g", "IL", 41, 42, 50, 51),
    ]
    assert led("crossings", gone, fresh) == {"a": "d", "b": "e"}


def standing(view):
    return {table: set(view.find(table, columns=["id"])["id"].to_pylist()) for table in NEEDED}


def followed(view, old, stands):
    """Where the ledger leads from an id that no longer stands."""
    met = set()
    while old is not None and old not in stands and old not in met:
        met.add(old)
        entries = view.ledger_of(old)
        assert entries, f"{old} is gone and the ledger is silent"
        old = entries[-1].new_id
    return old if old in stands else None


def added(store, folder, name, reports):
    run.add(store, [put_file(folder, name, states_csv(reports))], OPTIONS, workers=1)
    return standing(store)


def test_every_id_there_ever_was_is_followed_through_merging_and_splitting(tmp_path):
    pilot = Pilot(HEX, START_S)
    for to in (1, 0, 2, 1, 0, 1, 2, 0):
        pilot.fly(to, 4.0)
        pilot.wait(70)
    ever = {table: set() for table in NEEDED}
    with Store.create(tmp_path / "archive") as store:
        for step in range(5):  # every fifth report, then the ones between: flights grow, join and fall apart
            now = added(store, tmp_path, f"{step}.csv", pilot.reports[step * 2 % 5 :: 5])
            for table, ids in now.items():
                ever[table] |= ids
        lost = {table: ids - now[table] for table, ids in ever.items()}
        assert all(lost.values()), "nothing was merged or split: the test shows nothing"
        for table, ids in lost.items():
            heirs = {old: followed(store, old, now[table]) for old in ids}
            assert table == "stops" or None not in heirs.values(), heirs


def test_a_flight_whose_beginning_comes_late_and_two_that_become_one(tmp_path):
    pilot = Pilot(HEX, START_S)
    pilot.fly(3, 4.0)
    early, middle, late = pilot.reports[:4], pilot.reports[4:10], pilot.reports[10:]
    lone = [r._replace(time_s=r.time_s + 7 * 3600) for r in late]
    with Store.create(tmp_path / "archive") as store:
        first = added(store, tmp_path, "1.csv", late)["flights"]
        second = added(store, tmp_path, "2.csv", middle + lone)
        assert len(first) == 1 and len(second["flights"]) == 2 and not first & second["flights"]
        third = added(store, tmp_path, "3.csv", early)["flights"]
        begin = min(third)
        assert begin not in second["flights"] | first
        assert followed(store, first.pop(), third) == begin
        assert followed(store, min(second["flights"]), third) == begin
        assert max(second["flights"]) in third


def test_a_silence_filled_in_withdraws_the_stop_that_was_thought_in_it(tmp_path):
    pilot = Pilot(HEX, START_S)
    pilot.fly(1, 4.0)
    before = pilot.reports[-4:]
    after = [r._replace(time_s=r.time_s + 5 * 3600) for r in pilot.reports[:4]]
    last = before[-1]
    patrol = [
        last._replace(
            time_s=last.time_s + k * 600, latitude_deg=last.latitude_deg + 0.8 * (k % 2),
            track_deg=180.0 * (k % 2), altitude_ft=20_000.0, rate_fpm=0.0,
        )
        for k in range(1, 26)
    ]  # fmt: skip
    with Store.create(tmp_path / "archive") as store:
        added(store, tmp_path, "1.csv", before + after)
        dark = [row["id"] for row in store.find("stops").to_pylist() if "dark" in row["flags"]]
        assert len(dark) == 1
        now = added(store, tmp_path, "2.csv", patrol)
        assert dark[0] not in now["stops"]
        assert [entry.new_id for entry in store.ledger_of(dark[0])] == [None]
