import os
import time

import pyarrow as pa
import pytest

from overflight.errors import ArchiveError
from overflight.store import prepared
from overflight.store.prepared import (
    KEPT,
    arrays_path,
    damaged_prepared,
    prepared_path,
    read_arrays,
    read_prepared,
    write_arrays,
    write_prepared,
)

ARRAYS = {
    "key": pa.array([3, 1, 2], pa.int64()),
    "text": pa.array(["a", None, "ü"]),
    "source": pa.array(["x", "y", "x"]).dictionary_encode(),
    "none": pa.array([], pa.uint32()),
}
TABLE = pa.table({"ident": ["A", "B"]})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "staging").mkdir()
    return tmp_path


def test_arrays_come_back_as_they_were(folder):
    write_arrays(folder, "one", ARRAYS)
    back = read_arrays(folder, "one")
    assert back is not None and list(back) == list(ARRAYS)
    assert all(back[name].to_pylist() == array.to_pylist() for name, array in ARRAYS.items())
    assert read_arrays(folder, "other") is None


def test_arrays_and_tables_do_not_push_each_other_out(folder):
    write_prepared(folder, "table", TABLE)
    for number in range(KEPT + 1):
        write_arrays(folder, f"n{number}", ARRAYS)
        path = arrays_path(folder, f"n{number}")
        os.utime(path, (time.time() + number, time.time() + number))
    assert read_prepared(folder, "table", "ident", ["A"]).num_rows == 1
    held = [read_arrays(folder, f"n{number}") is not None for number in range(KEPT + 1)]
    assert held == [False, True, True]
    assert sorted(path.suffix for path in prepared_path(folder, "x").parent.iterdir()) == [
        ".arrow", ".arrow", ".parquet", ".sha256", ".sha256", ".sha256",
    ]  # fmt: skip


@pytest.mark.parametrize("place", [0, 200, -20])
def test_damaged_arrays_are_not_used_and_told(folder, place):
    write_arrays(folder, "one", ARRAYS)
    path = arrays_path(folder, "one")
    content = bytearray(path.read_bytes())
    content[place] ^= 255
    path.write_bytes(bytes(content))
    assert read_arrays(folder, "one") is None
    assert "n" in damaged_prepared(folder)[0] and len(damaged_prepared(folder)) == 1


def test_arrays_without_their_digest_are_not_used(folder):
    write_arrays(folder, "one", ARRAYS)
    arrays_path(folder, "one").with_suffix(".sha256").unlink()
    assert read_arrays(folder, "one") is None


def test_a_disk_that_fails_is_said(folder, monkeypatch):
    def fail(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(prepared, "sync_folder", fail)
    with pytest.raises(ArchiveError, match=r"one\.arrow.*No space left"):
        write_arrays(folder, "one", ARRAYS)
