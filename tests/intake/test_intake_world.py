"""Recorded data: three days of the world, 20 minutes apart, in any order and cut in pieces."""

import gzip
import os
import random
from pathlib import Path

import pytest
from intake_samples import OPTIONS, checked, hashes, put_file

from overflight.geo.borders import Borders
from overflight.intake import context, run
from overflight.model.fields import TABLES
from overflight.store.folder import Store

ROWS_READ = 354_948  # lines of the three files less their headers


@pytest.fixture(scope="module")
def recordings():
    root = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not root:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set: no real recordings here")
    return sorted(Path(root, "positions", "opensky_states").glob("*.csv.gz"))


@pytest.fixture(scope="module")
def shapes():
    borders = Borders.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context.Borders, "load", staticmethod(lambda: borders))
        yield


def totals(report):
    return tuple(report.total(what) for what in ("read", "accepted", "refused", "duplicate"))


@pytest.fixture(scope="module")
def at_once(recordings, shapes, tmp_path_factory):
    """Hashes of the archive of all three days added together, and again."""
    with Store.create(tmp_path_factory.mktemp("world") / "archive") as store:
        report = checked(run.add(store, recordings, OPTIONS))
        read, accepted, refused, duplicate = totals(report)
        assert read == ROWS_READ and accepted + refused + duplicate == read
        assert accepted == sum(entry.rows for entry in store.files("positions"))
        version, found = store.version, hashes(store)
        again = checked(run.add(store, recordings, OPTIONS))
        assert totals(again) == (read, 0, refused, accepted + duplicate)
        assert store.version == version and all(file.known for file in again.files)
        assert store.verify() == []
        return found


def test_three_days_at_once_and_again(at_once):
    assert {"positions", "calls", "flights", "stops", "crossings"} <= set(at_once) <= set(TABLES)


def test_the_last_day_first(at_once, recordings, tmp_path):
    with Store.create(tmp_path / "archive") as store:
        read = sum(checked(run.add(store, [path], OPTIONS)).total("read") for path in reversed(recordings))
        assert read == ROWS_READ
        assert hashes(store) == at_once


def test_cut_in_pieces_that_come_in_any_order(at_once, recordings, tmp_path):
    """Rows dealt out to files by chance: each intake brings some of every hour of every aircraft."""
    chance, rows = random.Random(2016), []
    for path in recordings:
        header, *more = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
        rows += [(header, line) for line in more]
    dealt = [chance.randrange(6) for _ in rows]
    pieces = []
    for number in range(6):
        own = [row for row, hand in zip(rows, dealt, strict=True) if hand == number]
        for k, header in enumerate(sorted({header for header, _ in own})):
            data = header + b"".join(line for head, line in own if head == header)
            pieces.append((number, put_file(tmp_path, f"{number}-{k}.csv", data)))
    with Store.create(tmp_path / "archive") as store:
        for group in ((0, 1, 2), (3,), (4, 5)):
            checked(run.add(store, [path for number, path in pieces if number in group], OPTIONS))
        assert hashes(store) == at_once
