import dataclasses
import json
import subprocess
import sys

import pytest
from store_samples import positions, sample_rows
from test_store_parquet import largest_file

from overflight.errors import ArchiveError
from overflight.store.entries import Batch, LedgerEntry, Reference
from overflight.store.folder import Store
from overflight.store.parquet import write_table

BATCH = Batch("ab" * 32, "options", "a.csv", "generic_csv", 10, 6, 3, 2, 1, reasons={"no time": 2})


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def put(store, *changes, command="add"):
    with store.writer(command) as writer:
        for change in changes:
            writer.put(*change)
        return writer.commit()


def test_a_commit_publishes_all_tables_at_once_and_a_new_version(store):
    assert store.version.number == 0
    version = put(store, ("positions", "a", positions([(1, 1)])), ("claims", "", sample_rows("claims", 2)))
    assert (version.number, store.version) == (1, version)
    assert [v.command for v in store.versions()] == ["create", "add"]
    assert (store.find("positions").num_rows, store.find("claims").num_rows) == (1, 2)


def test_the_same_again_makes_no_version_and_no_file(store):
    data = positions([(1, 1), (2, 2)])
    first = put(store, ("positions", "a", data))
    assert put(store, ("positions", "a", data)) == first
    written = write_table(store.folder, "positions", data)
    assert put(store, ("positions", "a", [written])) == first
    assert put(store, ("positions", "a", None), ("positions", "a", data)) == first
    assert len(list((store.folder / "tables" / "positions").iterdir())) == 1


def test_leaving_without_commit_changes_nothing(store):
    put(store, ("positions", "a", positions([(1, 1)])))
    before = store.version
    with store.writer("oops") as writer:
        writer.put("positions", "a", None)
        writer.add_batch(BATCH)
    with pytest.raises(RuntimeError), store.writer("oops") as writer:
        writer.put("positions", "b", positions([(2, 2)]))
        raise RuntimeError
    assert store.refresh() == before and store.batches() == []
    assert store.find("positions").num_rows == 1


def test_rows_none_or_nothing_remove_a_partition(store):
    put(store, ("positions", "a", positions([(1, 1)])), ("positions", "b", positions([(2, 2)])))
    put(store, ("positions", "a", None), ("positions", "b", positions([])))
    assert store.files("positions") == [] and store.find("positions").num_rows == 0


def test_the_digest_tells_content_not_history(store, tmp_path):
    a, b = ("positions", "a", positions([(1, 1)])), ("claims", "c", sample_rows("claims", 3))
    put(store, a)
    put(store, ("positions", "z", positions([(9, 9)])), b)
    put(store, ("positions", "z", None))
    with Store.create(tmp_path / "other") as other:
        with other.writer("add") as writer:
            writer.put(*b)
            writer.put(*a)
            writer.add_batch(BATCH)
            writer.put("lineage", "", sample_rows("lineage", 1))
            writer.commit()
        assert other.version.digest == store.version.digest
        assert other.version.number != store.version.number
        assert other.table_hash("positions") == store.table_hash("positions")
        assert other.table_hash("positions") != store.table_hash("flights")
        assert other.version.digest != other.at_version(0).version.digest


def test_a_writer_sees_what_it_is_about_to_publish(store):
    put(store, ("positions", "a", positions([(1, 1)])))
    with store.writer("add") as writer:
        writer.put("positions", "b", positions([(2, 2)]))
        assert writer.view.find("positions", order_by=["address"])["address"].to_pylist() == [1, 2]
        assert store.find("positions").num_rows == 1


def test_files_of_nobody_or_of_another_table_are_refused(store):
    entry = write_table(store.folder, "positions", positions([(1, 1)]))
    with store.writer("add") as writer:
        with pytest.raises(ArchiveError, match="no file"):
            writer.put("claims", "a", [entry])
        with pytest.raises(ArchiveError, match="no file"):
            writer.put("positions", "a", [dataclasses.replace(entry, sha256="0" * 64)])


def test_a_batch_is_known_by_its_hash_and_adds_up(store):
    with store.writer("add a.csv") as writer:
        assert writer.add_batch(BATCH) == 1 == writer.add_batch(BATCH)
        assert writer.add_batch(dataclasses.replace(BATCH, options_digest="other")) == 2
        with pytest.raises(ArchiveError, match="7 read is not 3 accepted"):
            writer.add_batch(dataclasses.replace(BATCH, read=7))
        writer.commit()
    assert store.batches()[0] == dataclasses.replace(BATCH, number=1, added_version=1)
    assert store.batch_of(BATCH.sha256, "other").number == 2 and store.batch_of("cd", "options") is None
    assert store.version.digest == store.at_version(0).version.digest and store.at_version(0).batches() == []
    assert store.version.number == 1


def test_reference_data_and_the_ledger_are_kept_with_their_version(store):
    reference = Reference("airfields", "ourairports", 19_000, "ef" * 32, "OurAirports", "public domain")
    for _ in range(2):
        with store.writer("reference add") as writer:
            writer.add_reference(reference)
            writer.commit()
    assert store.references() == [dataclasses.replace(reference, added_version=1)]
    with store.writer("add") as writer:
        writer.add_ledger([LedgerEntry("old", "new", "merged"), LedgerEntry("gone", None, "withdrawn")])
        writer.commit()
    assert store.ledger_of("old") == [LedgerEntry("old", "new", "merged", 2)]
    assert store.ledger_of("gone")[0].new_id is None and store.ledger_of("new") == []
    assert store.at_version(1).ledger_of("old") == []


def test_one_writer_in_this_process_and_its_name(store):
    with Store.open(store.folder) as other, store.writer("first"):
        with pytest.raises(ArchiveError, match=r"written by process \d+"), other.writer("second"):
            pass
    put(store, ("positions", "a", positions([(1, 1)])))


def test_one_writer_among_processes(store):
    code = (
        "import sys, pathlib; from overflight.store.folder import Store\n"
        "with Store.open(pathlib.Path(sys.argv[1])) as s, s.writer('slow'):\n"
        "    print('writing', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, store.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout.readline() == "writing\n"
        with pytest.raises(ArchiveError, match=f"process {other.pid}"), store.writer("mine"):
            pass
        other.kill()
    with store.writer("mine after it was killed") as writer:
        writer.put("positions", "a", positions([(1, 1)]))
        assert writer.commit().number == 1


def test_a_full_disk_at_the_catalogue_leaves_the_old_archive(store):
    put(store, ("positions", "a", positions([(1, 1)])))
    many = [LedgerEntry(f"flight-{n}", None, "x" * 100) for n in range(2_000)]
    with largest_file(100_000), pytest.raises(ArchiveError, match="catalogue"), store.writer("add") as writer:
        writer.put("positions", "a", None)
        writer.add_ledger(many)
        writer.commit()
    assert store.refresh().number == 1 and store.verify() == [] and store.ledger_of("flight-1") == []
    with store.writer("again") as writer:
        writer.add_ledger(many)
        assert writer.commit().number == 2


def test_staging_is_cleared_by_the_next_writer(store):
    (store.folder / "staging" / "left.parquet").write_bytes(b"half")
    with store.writer("add"):
        assert list((store.folder / "staging").iterdir()) == []


def test_after_its_commit_a_writer_is_done(store):
    with store.writer("add") as writer:
        writer.commit()
        with pytest.raises(ArchiveError, match="has committed"):
            writer.put("positions", "a", None)


def test_reasons_come_back_as_words_and_counts(store):
    batch = dataclasses.replace(BATCH, reasons={"bad µ": 2}, remarks={"late": 1}, broke="at byte 7")
    with store.writer("add") as writer:
        writer.add_batch(batch)
        writer.commit()
    assert json.dumps(store.batches()[0].reasons) == json.dumps({"bad µ": 2})
    assert (store.batches()[0].remarks, store.batches()[0].broke) == ({"late": 1}, "at byte 7")
