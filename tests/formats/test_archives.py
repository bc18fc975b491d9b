"""Zip, xz, bzip2 and files cut into parts: what is in them is read as streams, and nothing is written."""

import bz2
import io
import lzma
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_samples import states_bytes, taken, tar_bytes, trace_bytes, written, zipped

from overflight.formats import Reader, containers, split, xz_bzip2


def zip_bytes(members, method=zipfile.ZIP_DEFLATED, seekable=True):
    """A zip of named bytes, as Python makes it; where it cannot seek, sizes come after the members."""
    out = io.BytesIO()
    target = out if seekable else Pipe(out)
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


class Pipe:
    """What can be written to and not be sought in."""

    def __init__(self, out):
        self.write, self.flush = out.write, out.flush


MEMBERS = {
    "day/": b"",
    "README.txt": b"read me\n",
    "day/trace_full_4c0001.json": trace_bytes(rows=10),
    "day/trace_full_4c0002.json": zipped(trace_bytes(rows=20, icao="4c0002")),
    "day/states.csv": states_bytes(rows=30),
    "day/.hidden": trace_bytes(rows=5),
}


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("layers", [lambda data: data, zipped])
def test_a_zip_is_read_like_a_tar(tmp_path, seekable, layers):
    positions, claims, tally = taken(written(tmp_path, layers(zip_bytes(MEMBERS, seekable=seekable))))
    assert len(positions) == tally.rows_read == 60 and len(claims) == 2
    assert tally.format == "opensky_states, readsb_trace" and tally.broke is None
    assert tally.remarks["members that are not positions"] == 1 and "README.txt" in tally.examples[0]
    assert sum(tally.remarks.values()) == 1 and not tally.unread
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_stored_members_and_those_larger_than_the_look_ahead(tmp_path):
    members = {f"t{n}.json": trace_bytes(rows=700, icao=f"4c000{n}") for n in range(3)}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        positions, _, tally = taken(written(tmp_path, zip_bytes(members, method)))
        assert len(positions) == 2100 and tally.broke is None


def test_what_a_zip_holds_and_cannot_be_opened_is_told(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.json", trace_bytes(rows=3), zipfile.ZIP_BZIP2)
        archive.writestr("b.json", trace_bytes(rows=4), zipfile.ZIP_DEFLATED)
        archive.writestr("c.zip", zip_bytes({"d.json": trace_bytes(rows=5)}))
    data = bytearray(out.getvalue())
    positions, _, tally = taken(written(tmp_path, bytes(data)))
    assert len(positions) == 4 and tally.unread == {"members of the zip that are compressed by method 12": 1}
    assert any("zip archive in another archive" in text for text in tally.examples)
    data[6] |= 1
    _, _, tally = taken(written(tmp_path, bytes(data)))
    assert tally.unread == {"members of the zip that are encrypted": 1}
    _, _, tally = taken(written(tmp_path, zip_bytes({})))
    assert "zip archive with nothing in it" in tally.unreadable


def test_names_that_lead_out_are_refused_in_zip_and_tar(tmp_path):
    names = (
        "../a.json",
        "/etc/b.json",
        "x/../../c.json",
        "C:\\d.json",
        "..\\e.json",
        "fine../f.json",
        "a..b.json",
    )
    members = {name: trace_bytes(rows=2, icao=f"4c00{k:02x}") for k, name in enumerate(names)}
    for data in (zip_bytes(members), tar_bytes(members)):
        positions, _, tally = taken(written(tmp_path, data))
        assert len(positions) == 4
        assert tally.unread == {"members whose names lead out of the archive (absolute, or with ..)": 5}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_bombs_are_refused_with_the_reason(tmp_path):
    line = b'{"now":1,"aircraft":[],"messages":"%b"}\n' % bytes([48] * (1 << 20))
    one = line * 80
    for data in (zip_bytes({"a.json": one}), zip_bytes({f"{k}.json": line * 20 for k in range(6)})):
        positions, _, tally = taken(written(tmp_path, data))
        assert not positions and "decompression bomb" in tally.broke
    for pack in (bz2.compress, lzma.compress):
        _, _, tally = taken(written(tmp_path, pack(one)))
        assert "decompression bomb" in tally.broke


def test_a_zip_whose_directory_hides_a_member(tmp_path):
    whole = zip_bytes({"a.json": trace_bytes(rows=3), "b.json": trace_bytes(rows=4, icao="4c0002")})
    first, second = whole.index(b"PK\x01\x02"), whole.rindex(b"PK\x01\x02")
    positions, _, tally = taken(written(tmp_path, whole[:first] + whole[second:]))
    assert len(positions) == 7
    assert tally.remarks == {"members that the zip's own directory does not list": 1}
    listed = whole[first : whole.index(b"PK\x05\x06")]  # Fifield's bomb lists one member many times
    positions, _, tally = taken(written(tmp_path, whole[:first] + listed * 50 + whole[-22:]))
    assert len(positions) == 7 and tally.broke is None


@pytest.mark.parametrize("seekable", [True, False])
@given(cut=st.integers(0, 5_000))
def test_a_cut_zip_keeps_what_came_before(tmp_path_factory, seekable, cut):
    folder = tmp_path_factory.mktemp("zip")
    data = zip_bytes(
        {f"t{n}.json": trace_bytes(rows=10, icao=f"4c000{n}") for n in range(9)}, seekable=seekable
    )
    whole, _, _ = taken(written(folder, data))
    assert len(whole) == 90
    part, _, tally = taken(written(folder, data[:cut]))
    assert part == whole[: len(part)]
    if 30 < cut < len(data) - 22:
        assert "cut off" in tally.broke


@given(
    changes=st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 255)), min_size=1, max_size=8),
    seekable=st.booleans(),
)
def test_changed_bytes_of_a_zip_never_raise(tmp_path_factory, changes, seekable):
    data = zip_bytes(
        {f"t{n}.json": trace_bytes(rows=10, icao=f"4c000{n}") for n in range(9)}, seekable=seekable
    )
    changed = bytearray(data)
    for at, value in changes:
        changed[at % len(changed)] = value
    positions, _, tally = taken(written(tmp_path_factory.mktemp("zip"), bytes(changed)))
    assert len(positions) <= tally.rows_read


@pytest.mark.parametrize("seekable", [True, False])
def test_a_damaged_member_costs_only_itself(tmp_path, seekable):
    members = {f"t{n}.json": trace_bytes(rows=300, icao=f"4c000{n}") for n in range(3)}
    data = bytearray(zip_bytes(members, seekable=True))
    data[3_000] ^= 0xFF
    positions, _, tally = taken(written(tmp_path, bytes(data)))
    assert 600 <= len(positions) < 900 and tally.broke.startswith("t0.json: zip ")
    stored = bytearray(zip_bytes(members, zipfile.ZIP_STORED))
    stored[stored.index(b"5100")] ^= 1
    _, _, tally = taken(written(tmp_path, bytes(stored)))
    assert tally.broke == "t0.json: zip checksum wrong: what was read may be damaged anywhere"


def test_large_zips_say_their_sizes_elsewhere(tmp_path):
    data = states_bytes(rows=30)
    extra = struct.pack("<HHQQ", 1, 16, len(data), len(data))
    head = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 45, 0, 0, 0, 0, zlib.crc32(data), 2**32 - 1, 2**32 - 1, 5, 20
    )
    positions, _, tally = taken(written(tmp_path, head + b"a.csv" + extra + data + b"PK\x05\x06" + bytes(18)))
    assert len(positions) == 30 and tally.remarks == {"members that the zip's own directory does not list": 1}


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_xz_and_bzip2_alone_around_and_inside_a_tar(tmp_path, pack):
    one, two = trace_bytes(rows=10), pack(trace_bytes(rows=20, icao="4c0002"))
    assert len(taken(written(tmp_path, pack(one)))[0]) == 10
    cut = len(one) // 2
    assert len(taken(written(tmp_path, pack(one[:cut]) + pack(one[cut:]) + bytes(8)))[0]) == 10
    assert len(taken(written(tmp_path, pack(tar_bytes({"a": one, "b": two}))))[0]) == 30
    _, _, tally = taken(written(tmp_path, pack(one) + b"more"))
    assert "followed by other data" in tally.broke


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
@given(at=st.integers(0, 3_000), value=st.integers(0, 255), cut=st.integers(0, 3_000))
def test_damaged_xz_and_bzip2_never_raise(tmp_path_factory, pack, at, value, cut):
    data = bytearray(pack(trace_bytes(rows=60)))
    data[at % len(data)] = value
    taken(written(tmp_path_factory.mktemp("pack"), bytes(data[: len(data) - cut % len(data)])))


def test_a_cut_xz_keeps_what_came_before(tmp_path, monkeypatch):
    monkeypatch.setattr(xz_bzip2, "PIECE", 512)
    whole = lzma.compress(states_bytes(rows=3000))
    positions, _, tally = taken(written(tmp_path, whole[: len(whole) // 2]))
    assert 1000 < len(positions) < 2000 and tally.broke.startswith("xz cut off after ")


def test_xz_that_asks_for_too_much_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(xz_bzip2, "MEMORY", 1 << 20)
    _, _, tally = taken(written(tmp_path, lzma.compress(trace_bytes(), preset=9)))
    assert tally.unreadable is not None


def parts(folder, data, count, stem="v1-planes.tar."):
    """The bytes cut into so many files."""
    step = len(data) // count + 1
    folder.mkdir(exist_ok=True)
    return [written(folder, data[k * step :][:step], f"{stem}a{chr(97 + k)}") for k in range(count)]


DAY = tar_bytes({f"traces/0{n}/t{n}.json": trace_bytes(rows=10, icao=f"4c000{n}") for n in range(9)})


def read(files):
    """Addresses read, in order, and the tally of each input."""
    reader = Reader(split.joined(files))
    readings = list(reader)
    return [a for r in readings for a in r.positions["address"].to_pylist()], reader.tallies


def test_parts_in_any_order_are_one_file(tmp_path):
    files = parts(tmp_path, DAY, 4)
    wanted, _ = read([written(tmp_path, DAY, "whole")])
    for given_ in (files, files[::-1], files[2:3], containers.files_under(tmp_path)[:-1]):
        found, tallies = read(given_)
        assert found == wanted and len(tallies) == 1
        assert (tallies[0].name, tallies[0].broke) == ("v1-planes.tar.aa to ad", None)
    assert len(split.joined([*files, *parts(tmp_path / "other", DAY, 2)])) == 2


def test_a_missing_part_is_told_and_what_came_before_is_kept(tmp_path):
    files = parts(tmp_path, DAY, 4)
    wanted, _ = read(files)
    files[2].rename(tmp_path / "kept")
    found, (tally,) = read(files[:2])
    assert 0 < len(found) < len(wanted) and found == wanted[: len(found)]
    assert tally.broke.endswith("v1-planes.tar.ac is missing: 1 part after it not read")
    files[3].unlink()
    _, (tally,) = read(files[:1])
    assert tally.broke.endswith("v1-planes.tar.ab is the last part at hand: is there another?")
    files[0].unlink()
    found, (tally,) = read(files[1:2])
    assert not found
    assert tally.unreadable == "v1-planes.tar.aa, the first part, is missing: 1 part after it not read"


def test_only_names_of_parts_are_parts(tmp_path):
    for name in ("a.tar", "b.tar.gz", "c.aa", "d.tar.a", "e.tar.aB", "f.tar.01"):
        assert split.joined([written(tmp_path, DAY, name)]) == [tmp_path / name]
    assert len(read(parts(tmp_path / "one", DAY, 1))[0]) == 90
    assert len(read(parts(tmp_path / "gz", zipped(DAY), 3, "day.tar.gz."))[0]) == 90
