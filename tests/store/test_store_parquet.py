import resource
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pytest
from store_samples import positions, sample_rows

from overflight.errors import ArchiveError
from overflight.model.fields import TABLES
from overflight.store import parquet
from overflight.store.folder import Store
from overflight.store.parquet import choose_encodings, file_path, read_addresses, read_table, write_table


@pytest.fixture
def folder(tmp_path):
    Store.create(tmp_path / "archive").close()
    return tmp_path / "archive"


@contextmanager
def largest_file(size):
    """The kernel refuses to let any file of this process grow beyond the size: a full disk for one moment."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("table", TABLES)
def test_rows_come_back_as_they_went_in(folder, table):
    data = sample_rows(table, 200)
    entry = write_table(folder, table, data)
    back = read_table(file_path(folder, table, entry.sha256))
    assert back.equals(data) and back.schema.equals(data.schema)
    assert (entry.rows, entry.bytes) == (200, file_path(folder, table, entry.sha256).stat().st_size)


def test_large_tables_come_back_whatever_encoding_was_chosen(folder):
    data = sample_rows("positions", 20_000)
    chosen = choose_encodings(data)
    assert chosen != choose_encodings(data.slice(0, 100)), "no trial was made"
    entry = write_table(folder, "positions", data)
    assert read_table(file_path(folder, "positions", entry.sha256)).equals(data)


def test_the_same_rows_give_the_same_bytes_however_they_lie_in_memory(folder):
    data = sample_rows("positions", 17_000)
    pieces = pa.concat_tables([data.slice(0, 5), data.slice(5)]).replace_schema_metadata(
        {"made": "elsewhere"}
    )
    assert write_table(folder, "positions", data) == write_table(folder, "positions", pieces)
    assert len(list((folder / "tables" / "positions").iterdir())) == 1


def test_the_entry_holds_the_ranges(folder):
    entry = write_table(folder, "positions", positions([(7, 50), (3, 900), (5, 10)]))
    assert (entry.min_address, entry.max_address, entry.min_ms, entry.max_ms) == (3, 7, 10, 900)
    entry = write_table(folder, "runways", sample_rows("runways", 3))
    assert (entry.min_address, entry.max_address, entry.min_ms, entry.max_ms) == (None, None, None, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (sample_rows("claims", 1), "missing"),
        (sample_rows("positions", 1).select(["time_ms", "address"]), "missing"),
        (sample_rows("positions", 1).cast(pa.schema(
            [pa.field(f.name, f.type) for f in sample_rows("positions", 1).schema])), "uint32"),
        (sample_rows("positions", 1).set_column(1, sample_rows("positions", 1).schema.field(1),
                                                pa.nulls(1, pa.int64())), "time_ms must be known"),
        (sample_rows("positions", 1).select(sample_rows("positions", 1).column_names[::-1]), "order"),
    ],
)  # fmt: skip
def test_rows_that_break_the_contract_are_refused(folder, data, reason):
    with pytest.raises(ArchiveError, match=reason):
        write_table(folder, "positions", data)
    assert not list((folder / "staging").iterdir())


def test_no_such_table(folder):
    with pytest.raises(ArchiveError, match="'flihgts'"):
        write_table(folder, "flihgts", sample_rows("flights", 1))


@pytest.mark.parametrize("size", [0, 10, 4_000])
def test_a_full_disk_is_said_and_leaves_nothing(folder, size):
    with largest_file(size), pytest.raises(ArchiveError, match="positions"):
        write_table(folder, "positions", sample_rows("positions", 2_000))
    assert not list((folder / "staging").iterdir()) and not list((folder / "tables" / "positions").iterdir())


def test_no_file_has_its_name_before_it_is_whole(folder):
    seen = {}

    def look(name):
        seen[name] = [len(list(f.iterdir())) for f in (folder / "staging", folder / "tables" / "claims")]

    write_table(folder, "claims", sample_rows("claims", 5), checkpoint=look)
    assert seen == {"staged": [1, 0], "renamed": [0, 1]}


@pytest.mark.parametrize("table", parquet.SETTLED)
def test_settled_tables_are_written_without_trials(folder, table, monkeypatch):
    data = sample_rows(table, parquet.TRIAL_ROWS)
    monkeypatch.setattr(parquet, "choose_encodings", None)
    entry = write_table(folder, table, data)
    path = file_path(folder, table, entry.sha256)
    group = parquet.pq.ParquetFile(path).metadata.row_group(0)
    used = {group.column(k).path_in_schema: group.column(k).encodings for k in range(group.num_columns)}
    for name, encoding in parquet.settled_encodings(data).items():
        assert ("RLE_DICTIONARY" if encoding == parquet.DICTIONARY else encoding) in used[name]
    assert read_table(path).equals(data)


def read_about(folder, entry, addresses, columns=None):
    return read_addresses(file_path(folder, entry.table, entry.sha256), np.array(addresses), columns)


def test_rows_about_some_aircraft(folder):
    rows = positions([(address, time) for address in range(0, 200, 2) for time in range(3)])
    entry = write_table(folder, "positions", rows)
    for wanted in ([], [1], [2], [0, 1, 2, 198], [5, 301], list(range(0, 200, 2))):
        expected = [row for row in rows.to_pylist() if row["address"] in wanted]
        assert read_about(folder, entry, wanted).to_pylist() == expected
        narrow = read_about(folder, entry, wanted, ["time_ms", "address"])
        assert narrow.column_names == ["time_ms", "address"]
        assert narrow["address"].to_pylist() == [row["address"] for row in expected]


def test_row_groups_without_the_aircraft_are_not_read(folder, monkeypatch):
    """Addresses between those of two groups, inside none, are told by the statistics."""
    rows = positions([(address, 0) for address in range(1000)])
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS_SMALL", 100)
    entry = write_table(folder, "positions", rows)
    read = []
    groups = parquet.pq.ParquetFile.read_row_groups

    def noted(self, numbers, **more):
        read.append(list(numbers))
        return groups(self, numbers, **more)

    monkeypatch.setattr(parquet.pq.ParquetFile, "read_row_groups", noted)
    assert read_about(folder, entry, [0, 99, 500]).num_rows == 3
    assert read_about(folder, entry, [100, 150, 199]).num_rows == 3
    assert read_about(folder, entry, [5000]).num_rows == 0
    assert read == [[0, 5], [1], []]
