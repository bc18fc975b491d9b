import shutil
import sqlite3
import subprocess
import sys

import pytest
from store_samples import positions, sample_rows

from overflight.errors import ArchiveError, QuestionError
from overflight.store.entries import LedgerEntry
from overflight.store.folder import Store
from overflight.store.parquet import file_path


@pytest.fixture
def folder(tmp_path):
    with Store.create(tmp_path / "archive") as store, store.writer("add") as writer:
        writer.put("positions", "a", positions([(1, 1), (2, 2)]))
        writer.put("stops", "", sample_rows("stops", 4))
        writer.commit()
    return tmp_path / "archive"


def test_errors_that_help(tmp_path, folder):
    with pytest.raises(ArchiveError, match="nowhere does not exist"):
        Store.open(tmp_path / "nowhere")
    with pytest.raises(ArchiveError, match="is not an archive"):
        Store.open(tmp_path)
    with pytest.raises(ArchiveError, match="archive already"):
        Store.create(folder)
    with pytest.raises(ArchiveError, match=r"not empty \(it holds archive\)"):
        Store.create(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match="cannot make an archive"):
        Store.create(tmp_path / "file" / "below")


def test_another_schema_or_another_file_is_refused(folder):
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ArchiveError, match=r"a newer Overflight \(schema 99"):
        Store.open(folder)
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("PRAGMA application_id = 5")
    connection.close()
    with pytest.raises(ArchiveError, match="not the catalogue"):
        Store.open(folder)
    (folder / "catalogue.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ArchiveError, match="cannot be used"):
        Store.open(folder)


def test_a_killed_creation_can_be_done_again(tmp_path):
    (tmp_path / "a" / "staging").mkdir(parents=True)
    (tmp_path / "a" / "staging" / "x.sqlite").write_bytes(b"half")
    with Store.create(tmp_path / "a") as store:
        assert store.version.number == 0 and store.verify() == []


def test_a_reader_stands_still_while_others_publish(folder):
    with Store.open(folder) as reader, Store.open(folder) as other:
        before = reader.table_hashes()
        with other.writer("change") as writer:
            writer.put("positions", "a", None)
            writer.put("stops", "", sample_rows("stops", 1))
            writer.commit()
        assert (reader.version.number, other.version.number) == (1, 2)
        assert reader.table_hashes() == before != other.table_hashes()
        assert (reader.find("positions").num_rows, reader.find("stops").num_rows) == (2, 4)
        assert reader.refresh().number == 2
        assert (reader.find("positions").num_rows, reader.find("stops").num_rows) == (0, 1)
        past = reader.at_version(1)
        assert past.table_hashes() == before and past.find("positions").num_rows == 2
        assert past.read(past.files("stops")[0]).num_rows == 4


def test_no_such_version(folder):
    with Store.open(folder) as store, pytest.raises(QuestionError, match="no version 7; its newest is 1"):
        store.at_version(7)


@pytest.mark.parametrize("where", [0, 0.3, 0.9])
def test_one_flipped_bit_is_found_before_an_answer(folder, where):
    with Store.open(folder) as store:
        (entry,) = store.files("positions")
        path = store.path_of(entry)
    content = bytearray(path.read_bytes())
    content[int(len(content) * where)] ^= 4
    path.write_bytes(content)
    with Store.open(folder) as store:
        (found,) = store.verify()
        assert "is damaged" in found.text and found.entry == entry and found.live
        with pytest.raises(ArchiveError, match="is damaged"):
            store.find("positions")
        with pytest.raises(ArchiveError, match="is damaged"):
            store.read(entry)
        with pytest.raises(ArchiveError, match="is damaged"):
            store.path_of(entry)
        assert store.find("stops").num_rows == 4
        path.unlink()
        assert "is missing" in store.verify()[0].text
        with pytest.raises(ArchiveError, match="is missing"):
            store.find("positions")


def test_a_changed_list_of_files_is_found(folder):
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("DELETE FROM files WHERE table_name = 'stops'")
    connection.close()
    with pytest.raises(ArchiveError, match="its list of files is not what it was"):
        Store.open(folder)
    with Store.open(folder, damaged=True) as store:
        assert [found.part for found in store.verify()] == ["files", ""]
        assert "no longer has the digest" in store.verify()[1].text


@pytest.mark.parametrize("change", [
    "UPDATE archive_versions SET command = 'b' WHERE number = 1",
    "UPDATE files SET max_ms = max_ms + 1 WHERE table_name = 'stops'",
    "UPDATE files SET sha256 = x'00'",
    "DELETE FROM seals WHERE part = 'batches'",
    "DROP TABLE seals",
])  # fmt: skip
def test_a_changed_catalogue_answers_nothing(folder, change):
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(ArchiveError, match="is not what it was; restore"):
        Store.open(folder)


def test_a_changed_ledger_is_found_by_looking(folder):
    with Store.open(folder) as store, store.writer("more") as writer:
        writer.add_ledger([LedgerEntry("flight-1", None, "withdrawn")])
        writer.commit()
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE ledger SET new_id = 'flight-2'")
    connection.close()
    with Store.open(folder) as store:
        assert [found.part for found in store.verify()] == ["ledger"]


def test_an_archive_without_seals_is_read_and_sealed_by_the_next_writer(folder):
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("DROP TABLE seals")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    with Store.open(folder) as store:
        assert not store.is_sealed and store.verify() == []
        with store.writer("more") as writer:
            writer.put("positions", "b", positions([(3, 3)]))
            writer.commit()
        assert store.is_sealed and store.verify() == []


def test_files_of_past_versions_are_looked_at_too(folder):
    with Store.open(folder) as store:
        (entry,) = store.files("positions")
        with store.writer("other") as writer:
            writer.put("positions", "a", positions([(3, 3)]))
            writer.commit()
        path = file_path(folder, "positions", entry.sha256)
        path.write_bytes(b"")
        (found,) = store.verify()
        assert found.entry == entry and not found.live


def test_a_damaged_file_is_healed_by_writing_its_content_again(folder):
    with Store.open(folder) as store:
        (entry,) = store.files("positions")
        file_path(folder, "positions", entry.sha256).unlink()
        with store.writer("again") as writer:
            writer.put("positions", "a", positions([(1, 1), (2, 2)]))
            assert writer.commit().number == 1
        assert store.verify() == []


def test_an_archive_can_be_moved_and_its_path_may_hold_anything(folder):
    odd = folder.parent / 'it\'s [1]* a? "b" #%'
    shutil.move(folder, odd)
    with Store.open(odd) as store:
        assert store.find("positions", order_by=["-address"])["address"].to_pylist() == [2, 1]


def test_an_archive_on_a_read_only_disk_can_be_read(folder, monkeypatch):
    # Tests may run as root, whom permissions do not stop: let the question itself say no.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    folder.chmod(0o555)
    try:
        with Store.open(folder) as store:
            assert store.find("positions").num_rows == 2
            assert sorted(p.name for p in folder.iterdir()) == ["catalogue.sqlite", "staging", "tables"]
            with pytest.raises(ArchiveError, match="cannot write"), store.writer("add"):
                pass
    finally:
        folder.chmod(0o755)


def test_importing_the_store_is_silent(tmp_path):
    code = "import overflight.store.folder, pathlib; print(sorted(pathlib.Path().iterdir()))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
