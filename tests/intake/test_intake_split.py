"""Files cut into parts are one file of an intake: hashed, recorded and doubled as one."""

import gzip
import hashlib
import io
import tarfile

import pytest
from intake_samples import OPTIONS, Pilot, checked, put_file, trace_json

from overflight.formats.reading import ReadOptions
from overflight.intake import run
from overflight.store.folder import Store

pytestmark = pytest.mark.usefixtures("quick_places")


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def day():
    """A tar of three traces."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(3):
            pilot = Pilot(f"4c000{number}")
            pilot.fly(1, 4.0)
            data = gzip.compress(trace_json(pilot.icao24, pilot.reports), mtime=0)
            info = tarfile.TarInfo(f"traces/0{number}/trace_full_4c000{number}.json")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


DAY = day()


def parts(folder, count):
    step = len(DAY) // count + 1
    return [put_file(folder, f"day.tar.a{chr(97 + k)}", DAY[k * step :][:step]) for k in range(count)]


def add(store, *paths, options=OPTIONS):
    return checked(run.add(store, list(paths), options, workers=1))


def test_parts_are_one_batch_with_the_hash_of_the_whole(store, tmp_path):
    files = parts(tmp_path / "in", 3)
    report = add(store, tmp_path / "in")
    (batch,) = store.batches()
    assert batch.sha256 == hashlib.sha256(DAY).hexdigest() and batch.bytes == len(DAY)
    assert batch.name == "day.tar.aa to ac" and batch.broke is None and batch.accepted > 0
    for paths in (
        [files[1]],
        files[::-1],
        [put_file(tmp_path / "other", "whole.tar", DAY)],
        parts(tmp_path / "in2", 2),
    ):
        again = add(store, *paths)
        assert again.files[0].known and again.version_after == report.version_after
    assert len(store.batches()) == 1


def test_an_archive_from_parts_equals_one_from_the_whole(store, tmp_path):
    parts(tmp_path / "in", 4)
    one = add(store, tmp_path / "in")
    with Store.create(tmp_path / "second") as other:
        two = add(other, put_file(tmp_path, "whole.tar", DAY))
    assert one.version_after == two.version_after


def test_a_missing_part_is_recorded_and_nothing_is_doubled_once_it_is_there(store, tmp_path):
    files = parts(tmp_path / "in", 4)
    files[1].rename(tmp_path / "late")
    report = add(store, tmp_path / "in")
    (batch,) = store.batches()
    assert "day.tar.ab is missing: 2 parts after it not read" in batch.broke
    assert report.files[0].bytes == files[0].stat().st_size
    (tmp_path / "late").rename(files[1])
    whole = add(store, tmp_path / "in")
    assert whole.total("duplicate") == batch.accepted and whole.files[0].broke is None
    with Store.create(tmp_path / "second") as other:
        assert add(other, put_file(tmp_path, "whole.tar", DAY)).version_after == whole.version_after


def test_without_the_first_part_nothing_is_read(store, tmp_path):
    parts(tmp_path / "in", 3)[0].unlink()
    report = add(store, tmp_path / "in" / "day.tar.ab")
    assert report.all_refused and not store.batches()
    assert report.files[0].unreadable == "day.tar.aa, the first part, is missing: 2 parts after it not read"


def test_heatmaps_passed_over_are_read_when_asked_for(store, tmp_path):
    record = (0x0E7F7C9D).to_bytes(4, "little")
    stamp = (1_718_020_800_000).to_bytes(8, "little")
    mark = record + stamp[4:] + stamp[:4] + (30_000).to_bytes(2, "little") + bytes(2)
    fix = bytes.fromhex("0100 4c00 0000 0002 0000 0002 c800 e803")
    file = put_file(tmp_path, "24.bin.ttf", mark + fix)
    report = add(store, file)
    assert "--heatmaps" in report.files[0].unreadable and store.batches()[0].unreadable
    assert add(store, file).files[0].known
    report = add(store, file, options=ReadOptions(heatmaps=True))
    assert report.total("accepted") == 1
