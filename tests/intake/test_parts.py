"""Parts of a day read like the Parquet file they become, and leave nothing behind."""

import numpy as np
import pytest
from intake_samples import OPTIONS, START_S, Report, put_file, states_csv

from overflight.detect.derive import Rules
from overflight.intake import days
from overflight.intake.mapper import Workers
from overflight.intake.parts import PositionFile, joined_parts, parts_cleared, positions_about, put_part
from overflight.intake.run import quiet
from overflight.intake.staging import ReadTask, clear, stage
from overflight.store.folder import Store


def reports(addresses, times):
    return [
        Report(f"{address:06x}", START_S + time, 34.0, 33.0, 1000.0, 100.0, 10.0, None, False)
        for time in times
        for address in addresses
    ]


def merged_in_parts(store, folder, name, rows):
    """The parts of a day after the reports were merged into it, and its rows as put."""
    with store.writer("add") as writer, parts_cleared(writer.staging):
        path = put_file(folder, name, states_csv(rows))
        staged = stage(ReadTask(writer.staging, (path,), (0,), OPTIONS))
        merged = days.Merging(writer, store.folder, staged.slices, Workers(1)).finish(Rules(), quiet)
        (parts,) = merged.parts.values()
        rows = joined_parts(parts)
        merged.put()
        clear(writer.staging)
        (entry,) = writer.view.files("positions")
        assert writer.view.read(entry).equals(rows)
        writer.commit()
    assert not list((store.folder / "staging").iterdir())
    return parts, rows


def test_the_number_of_parts_does_not_show(tmp_path, monkeypatch):
    first, second = reports(range(1, 40), range(0, 50, 2)), reports(range(10, 60), range(0, 60, 3))
    found = {}
    for size in (10, 300, 10_000):
        monkeypatch.setattr(days, "ROWS_PER_PART", size)
        with Store.create(tmp_path / str(size)) as store:
            counts = [
                len(merged_in_parts(store, tmp_path, f"{size}-{number}.csv", rows)[0])
                for number, rows in enumerate((first, second))
            ]
            found[size] = store.table_hash("positions"), [file.sha256 for file in store.files("positions")]
            assert counts == [1, 1] if size == 10_000 else min(counts) > 2
    assert len({str(one) for one in found.values()}) == 1


@pytest.mark.parametrize("columns", [None, ["address"], ["time_ms", "address"]])
def test_a_part_reads_like_a_parquet_file(tmp_path, columns):
    with Store.create(tmp_path / "archive") as store:
        _, rows = merged_in_parts(store, tmp_path, "a.csv", reports(range(1, 30), range(7)))
        (entry,) = store.files("positions")
        listed = PositionFile(store.path_of(entry), entry.min_ms, entry.max_ms)
        part = put_part(tmp_path, rows)
        assert part[1:] == listed[1:]
        for wanted in ([5], [1, 2, 3], [0, 7, 29, 99], [200], list(range(40))):
            about = positions_about(part, np.array(wanted), columns)
            assert about.equals(positions_about(listed, np.array(wanted), columns))
            assert set(about["address"].to_pylist()) == set(wanted) & set(range(1, 30))
