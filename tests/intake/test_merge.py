"""A day's rows are a set: however they come, the table is the same and each row is counted once."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import DAY_S, OPTIONS, START_S, Report, put_file, states_csv

from overflight.detect.derive import Rules
from overflight.intake import days
from overflight.intake.mapper import Workers
from overflight.intake.merge import PARTS, merge, row_hashes
from overflight.intake.run import quiet
from overflight.intake.staging import ReadTask, clear, stage
from overflight.model.fields import POSITIONS, schema
from overflight.store.folder import Store

EMPTY = {"stale": False, "new_leg": False, "feed": "made", "data_kind": "synthetic"}
ROWS = st.builds(
    lambda address, time, lat, height, callsign, ground: EMPTY
    | {
        "address": address, "time_ms": START_S * 1000 + time, "latitude_e7": lat, "longitude_e7": 0,
        "baro_altitude_ft": height, "callsign": callsign, "on_ground": ground,
    },
    st.sampled_from([1, 2, 0x1FFFFFF]),
    st.integers(0, 3),
    st.integers(0, 1),
    st.sampled_from([None, 0, -1]),
    st.sampled_from([None, "", "A"]),
    st.sampled_from([None, True, False]),
)  # fmt: skip


def table(rows, file=None):
    made = pa.Table.from_pylist(rows, schema=schema(POSITIONS))
    return made if file is None else made.append_column("file", pa.array(file, pa.int32()))


def as_set(rows):
    return {tuple(row.items()) for row in table(rows).to_pylist()}


@settings(deadline=None)
@given(st.lists(st.lists(ROWS, max_size=12), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_split_gives_one_table_and_counts_each_row_once(batches, chance):
    rows = [row for batch in batches for row in batch]
    whole = merge(None, table(rows, [0] * len(rows)))
    assert len(whole.rows) == len(as_set(rows)) and as_set(whole.rows.to_pylist()) == as_set(rows)
    stood, seen = None, set()
    for number, batch in enumerate(chance.sample(batches, len(batches))):
        chance.shuffle(batch)
        files = [number + chance.randrange(2) for _ in batch]
        merged = merge(stood, table(batch, files))
        new = as_set(batch) - seen
        assert sum(merged.lineage["accepted_count"].to_pylist()) == len(new)
        assert sum(merged.lineage["duplicate_count"].to_pylist()) == len(batch) - len(new)
        assert_told(merged.lineage, batch, files)
        assert set(merged.touched["address"].to_pylist()) == {dict(row)["address"] for row in new}
        stood, seen = merged.rows, seen | new
    assert stood.equals(whole.rows)
    keys = [(row["address"], row["time_ms"]) for row in whole.rows.to_pylist()]
    assert keys == sorted(keys)


def assert_told(lineage, batch, files):
    """The lineage names each file and address with its first and last time."""
    spans = {}
    for row, file in zip(batch, files, strict=True):
        spans.setdefault((file, row["address"]), []).append(row["time_ms"])
    told = {(row["batch"], row["address"]): (row["first_ms"], row["last_ms"]) for row in lineage.to_pylist()}
    assert told == {key: (min(times), max(times)) for key, times in spans.items()}


def test_what_is_said_of_touched_aircraft():
    base = EMPTY | {"address": 7, "latitude_e7": 0, "longitude_e7": 0}
    stood = table([base | {"time_ms": 50}])
    merged = merge(stood, table([base | {"time_ms": time} for time in (50, 70, 60)], [0, 0, 0]))
    assert merged.touched.to_pylist() == [{"address": 7, "first_ms": 60, "last_ms": 70}]
    assert merge(stood, table([base | {"time_ms": 50}], [0])).touched.num_rows == 0


@given(st.lists(ROWS, min_size=2, max_size=30))
def test_hashes_tell_rows_apart_as_their_content_does(rows):
    made = table(rows)
    hashes = row_hashes(made).tolist()
    assert len(set(hashes)) == len({tuple(row.items()) for row in made.to_pylist()})
    cut = pa.concat_tables([made.slice(0, 1), made.slice(1)])
    assert row_hashes(cut).tolist() == hashes


def test_null_is_not_zero_nor_the_empty_word():
    base = EMPTY | {"address": 7, "time_ms": 0, "latitude_e7": 0, "longitude_e7": 0}
    said = [{}, {"nic": 0}, {"nic": -1}, {"callsign": ""}, {"on_ground": False}, {"groundspeed_kt": 0.0},
            {"groundspeed_kt": 1.0}, {"track_deg": 0.0}, {"nac_p": 0}]  # fmt: skip
    hashes = row_hashes(table([base | one for one in said]))
    assert len(np.unique(hashes)) == len(said)


@pytest.fixture
def small_files(monkeypatch):
    monkeypatch.setattr(days, "ROWS_PER_FILE", 40)


def one_day(addresses, times):
    return [
        Report(f"{address:06x}", START_S + time, 34.0, 33.0, 1000.0, 100.0, 10.0, None, False)
        for address in addresses
        for time in times
    ]


def add_rows(store, folder, *files):
    """Merge the files, one intake each; the parts in which the day then lies."""
    for number, reports in enumerate(files):
        with store.writer("add") as writer:
            path = put_file(folder, f"{len(store.versions())}-{number}.csv", states_csv(reports))
            staged = stage(ReadTask(store.folder / "staging", (path,), (0,), OPTIONS))
            merged = days.Merging(writer, store.folder, staged.slices, Workers(1)).finish(Rules(), quiet)
            merged.put()
            counts = [sum(day.lineage[name].to_pylist()) for day in merged.days.values()
                      for name in ("accepted_count", "duplicate_count")]  # fmt: skip
            assert sum(counts) == len(reports)
            clear(store.folder / "staging")
            writer.commit()
    assert store.verify() == []
    return [entry.partition for entry in store.files("positions")]


def test_a_large_day_lies_in_parts_by_address_whatever_the_way_there(tmp_path, small_files):
    reports = one_day(range(1, 21), range(5))
    ways = {
        "at once": [reports],
        "just below, then beyond": [reports[:40], reports[40:]],
        "piece by piece": [reports[k : k + 30] for k in range(0, 100, 30)],
        "backwards, twice": [reports[50:], reports[:50], reports],
        "from one file to another": [reports[::2] + reports[:50], reports[::-1]],
    }
    found = {}
    for name, files in ways.items():
        with Store.create(tmp_path / name) as store:
            assert add_rows(store, tmp_path, *files) == [f"2024-06-10/{part:02d}" for part in range(PARTS)]
            assert store.find("positions").num_rows == len(reports)
            found[name] = store.table_hash("positions")
    assert len(set(found.values())) == 1, found


def test_parts_without_aircraft_have_no_file(tmp_path, small_files):
    with Store.create(tmp_path / "archive") as store:
        assert add_rows(store, tmp_path, one_day([3, 19, 4], range(20))) == ["2024-06-10/03", "2024-06-10/04"]
        assert add_rows(store, tmp_path, one_day([5], range(2))) == [
            "2024-06-10/03", "2024-06-10/04", "2024-06-10/05"
        ]  # fmt: skip


@pytest.mark.parametrize("size", [40, 41])
def test_mostly_duplicates_do_not_make_a_day_large(tmp_path, small_files, size):
    reports = one_day(range(1, size + 1), [0])
    with Store.create(tmp_path / "archive") as store:
        parts = add_rows(store, tmp_path, reports[:30], reports + reports, reports)
        assert (parts == ["2024-06-10"]) == (size == 40)
        assert store.find("positions").num_rows == size
        rows = store.find("positions", columns=["address"])["address"].to_pylist()
        assert len(parts) > 1 or rows == sorted(rows)


def test_days_are_cut_at_midnight_utc(tmp_path):
    midnight = (START_S // DAY_S + 1) * DAY_S - START_S
    with Store.create(tmp_path / "archive") as store:
        parts = add_rows(store, tmp_path, one_day([1], [midnight - 1, midnight]))
        assert parts == ["2024-06-10", "2024-06-11"]
        assert [entry.rows for entry in store.files("positions")] == [1, 1]
