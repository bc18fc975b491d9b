"""What is damaged is found by `overflight verify`, with what rests on it."""

import json

import pytest

import overflight
from overflight.cli.app import main
from overflight.store.folder import Store


@pytest.fixture
def folder(tmp_path):
    recordings, folder = str(tmp_path / "in"), tmp_path / "archive"
    assert main(["--quiet", "synth", "--positions", "3000", "--seed", "4", "--out", recordings]) == 0
    with overflight.open(folder, create=True) as shelf:
        shelf.add(recordings, data_kind="synthetic")
    return folder


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(bytes(content))


def damaged_table(folder, table, capsys):
    flip(next((folder / "tables" / table).iterdir()))
    capsys.readouterr()
    assert main(["--archive", str(folder), "--quiet", "verify", "--format", "json"]) == 2
    (found,) = json.loads(capsys.readouterr().out)["damaged"]
    return found


def test_a_sound_archive(folder, capsys):
    assert main(["--archive", str(folder), "--quiet", "verify", "--format", "table"]) == 0
    assert capsys.readouterr().out.startswith("sound: ")


def test_what_rests_on_positions(folder, capsys):
    with Store.open(folder) as store:
        files = {entry.sha256: entry for entry in store.files("positions")}
        flights = store.find("flights", [], ["address", "first_seen_ms", "last_seen_ms"]).to_pylist()
        names = {batch.name for batch in store.batches()}
    found = damaged_table(folder, "positions", capsys)
    (entry,) = (files[name] for name in files if name in found["what"])
    count = sum(
        entry.min_address <= row["address"] <= entry.max_address
        and row["first_seen_ms"] <= entry.max_ms and row["last_seen_ms"] >= entry.min_ms
        for row in flights
    )  # fmt: skip
    assert count and f"up to {count:,} flights and " in found["rests"]
    assert any(name in found["rests"] for name in names)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("flights", "no recorded position is lost"),
        ("lineage", "from which recordings positions came"),
        ("claims", "who those aircraft were"),
    ],
)
def test_what_rests_on_other_tables(folder, capsys, table, words):
    assert words in damaged_table(folder, table, capsys)["rests"]


def test_a_prepared_table_that_changed_is_not_used(folder, capsys):
    with overflight.open(folder) as shelf:
        shelf.prepare()
    path = next((folder / "prepared").glob("*.parquet"))
    flip(path)
    capsys.readouterr()
    assert main(["--archive", str(folder), "--quiet", "verify", "--format", "json"]) == 2
    (found,) = json.loads(capsys.readouterr().out)["damaged"]
    assert found["rests"].startswith("no answer")


def test_no_archive(tmp_path, capsys):
    assert main(["--archive", str(tmp_path / "none"), "verify"]) == 2
    assert "does not exist" in capsys.readouterr().err
