import gzip
import io
import os
import tarfile
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from trace_samples import shared, states_bytes, taken, tar_bytes, trace_bytes, written, zipped

from overflight.formats import Reader, containers
from overflight.formats import gzip as our_gzip
from overflight.formats.reading import Tally


class Plain:
    """Bytes as a file gives them."""

    broke = None

    def __init__(self, data):
        self.read = io.BytesIO(data).read


def inflated(data):
    """What the stream gives, and where it says it broke."""
    gunzip = our_gzip.Gunzip(containers.ByteStream(Plain(data)))
    parts = []
    while part := gunzip.read(1 << 16):
        parts.append(part)
    return b"".join(parts), gunzip.broke


def inflated_by_zlib(data):
    """What zlib gives of one gzip member fed byte by byte."""
    plain, out = zlib.decompressobj(31), b""
    try:
        for at in range(len(data)):
            out += plain.decompress(data[at : at + 1])
    except zlib.error:
        pass
    return out


TEXT = b"".join(b"%d,%d;" % (n, n * n * 7919 % 10007) for n in range(3000))


@given(data=st.binary(max_size=2000), parts=st.integers(1, 4), padding=st.integers(0, 600))
def test_gzip_of_any_number_of_members_and_padding(data, parts, padding):
    step = len(data) // parts + 1
    members = [data[at : at + step] for at in range(0, len(data), step)] or [b""]
    squeezed = b"".join(gzip.compress(m) for m in members) + bytes(padding)
    assert inflated(squeezed) == (data, None)


@given(cut=st.integers(1, 20_000))
@example(cut=1)
def test_a_cut_gzip_gives_all_that_zlib_would(cut):
    squeezed = zipped(TEXT)
    data, broke = inflated(squeezed[:-cut] or squeezed[:1])
    assert data == inflated_by_zlib(squeezed[:-cut] or squeezed[:1])
    assert broke.startswith("gzip cut off after")


@given(at=st.integers(10, 20_000), value=st.integers(0, 255))
def test_a_damaged_gzip_gives_what_comes_before_the_damage(at, value):
    squeezed = bytearray(zipped(TEXT))
    at %= len(squeezed)
    if at < 10 or squeezed[at] == value:
        return
    squeezed[at] = value
    data, broke = inflated(bytes(squeezed))
    assert broke is not None
    assert data.startswith(inflated_by_zlib(bytes(squeezed))[: len(data)])
    assert len(data) >= len(inflated_by_zlib(bytes(squeezed)))


def test_long_headers_are_passed_over():
    header = (
        b"\x1f\x8b\x08" + bytes([2 | 4 | 8 | 16]) + bytes(6) + b"\x03\0abc" + b"name\0" + b"comment\0" + b"xx"
    )
    body = zipped(b"text")[10:]
    assert inflated(header + body) == (b"text", None)
    endless = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 200_000
    assert inflated(endless)[1] == "gzip with a damaged header"


def test_other_data_after_a_gzip_is_told():
    data, broke = inflated(zipped(b"text") + b"something")
    assert data == b"text" and "followed by other data" in broke


def test_a_wrong_checksum_keeps_the_data():
    squeezed = bytearray(zipped(TEXT))
    squeezed[-6] ^= 1
    data, broke = inflated(bytes(squeezed))
    assert data == TEXT and "checksum" in broke


def test_a_bomb_is_refused(tmp_path):
    bomb = zipped(bytes(our_gzip.BOMB_AFTER * 2))
    data, broke = inflated(bomb)
    assert "bomb" in broke and len(data) < our_gzip.BOMB_AFTER * 1.1
    _, _, tally = taken(written(tmp_path, zipped(bomb)))
    assert tally.unreadable is not None


def test_a_tar_plain_gzipped_and_with_gzip_inside(tmp_path):
    members = {
        "./README.md": b"# read me\n",
        "aa/trace_full_4c0001.json": trace_bytes(rows=10),
        "bb/trace_full_4c0002.json": zipped(trace_bytes(rows=20, icao="4c0002")),
        "cc/states.csv": states_bytes(rows=30),
        "cc/.hidden": trace_bytes(rows=5),
        "x" * 150 + "/long.json": trace_bytes(rows=3, icao="4c0003"),
    }
    for format_ in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=format_) as archive:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo("/etc/passwd")
            link.type, link.linkname = tarfile.SYMTYPE, "../../outside"
            archive.addfile(link)
        for data in (out.getvalue(), zipped(out.getvalue())):
            positions, claims, tally = taken(written(tmp_path, data))
            assert len(positions) == tally.rows_read == 63 and len(claims) == 3
            assert tally.format == "opensky_states, readsb_trace"
            assert tally.broke is None and tally.unreadable is None
            assert tally.remarks["members that are not positions"] == 1
            assert tally.remarks["links, devices and the like in the tar passed over"] == 1
            assert any("README.md" in text for text in tally.examples)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_examples_of_refusals_name_the_member(tmp_path):
    bad = states_bytes(rows=3).replace(b"34.0100", b"934.0100")
    _, _, tally = taken(written(tmp_path, tar_bytes({"day/one.csv": bad})))
    assert "day/one.csv" in tally.examples[0] and tally.refused_count == 1


@given(cut=st.integers(0, 40_000))
def test_a_cut_tar_keeps_what_came_before(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("tar")
    data = tar_bytes({f"t{n}.json": trace_bytes(rows=10, icao=f"4c000{n}") for n in range(9)})
    whole, _, _ = taken(written(folder, data))
    part, _, tally = taken(written(folder, data[:cut]))
    assert part == whole[: len(part)]
    if 512 < cut < len(data) - 10_240 and len(part) < len(whole):
        assert tally.broke is not None


@given(
    changes=st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 255)), min_size=1, max_size=8),
    squeezed=st.booleans(),
)
def test_changed_bytes_of_a_tar_never_raise(tmp_path_factory, changes, squeezed):
    data = tar_bytes({f"t{n}.json": zipped(trace_bytes(rows=10, icao=f"4c000{n}")) for n in range(9)})
    changed = bytearray(zipped(data) if squeezed else data)
    for at, value in changes:
        changed[at % len(changed)] = value
    positions, _, tally = taken(written(tmp_path_factory.mktemp("tar"), bytes(changed)))
    assert len(positions) <= tally.rows_read


def test_a_tar_member_that_claims_to_be_huge_does_no_harm(tmp_path):
    data = bytearray(tar_bytes({"a.json": trace_bytes(rows=10)}))
    data[124:136] = b"\x80" + (1 << 61).to_bytes(11, "big")
    data[148:156] = b"        "
    data[148:156] = b"%06o\0 " % sum(data[:512])
    positions, _, tally = taken(written(tmp_path, bytes(data)))
    assert len(positions) == 10 and "tar cut off" in tally.broke


def test_files_under_a_folder_are_sorted_and_hidden_ones_left_out(tmp_path):
    for name in ("b/two", "a/three", "one", ".git/config", "a/.DS_Store"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x")
    (tmp_path / "b" / "round").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert [str(p.relative_to(tmp_path)) for p in containers.files_under(tmp_path)] == [
        "a/three",
        "b/two",
        "one",
    ]
    assert containers.files_under(tmp_path / "one") == [tmp_path / "one"]


def test_one_bad_path_never_stops_the_others(tmp_path):
    good = written(tmp_path, trace_bytes(rows=7), "good.json")
    shut = written(tmp_path, trace_bytes(rows=7), "pipe.json")
    shut.unlink()
    os.mkfifo(shut)
    others = {
        "empty": b"",
        "archive.7z": b"7z\xbc\xaf\x27\x1cabc",
        "utf16.csv": "time,icao24,lat,lon\n".encode("utf-16"),
        "words.txt": b"no table here\n",
        "image": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "list.csv": b"a,b,c\n1,2,3\n",
        "numbers.json": b'{"now":1,"numbers":[1,2]}',
        "cut.gz": zipped(trace_bytes())[:5],
    }
    paths = [written(tmp_path, data, name) for name, data in others.items()]
    reader = Reader([*paths, tmp_path / "missing", tmp_path, shut, good])
    readings = list(reader)
    assert sum(r.positions.num_rows for r in readings) == 7
    said = [t.unreadable for t in reader.tallies]
    for text, word in zip(
        said,
        [
            "empty",
            "7-zip",
            "UTF-16",
            "not a format",
            "not a format",
            "column map",
            "not a format",
            "breaks off",
            "no such file",
            "folder",
            "not a file",
        ],
        strict=False,
    ):
        assert word in text
    assert said[-1] is None and all(t.rows_read == 0 for t in reader.tallies[:-1])
    assert readings[0].file_index.tolist() == [len(paths) + 3] * 7


def test_a_file_that_cannot_be_opened(tmp_path):
    path = written(tmp_path, trace_bytes())
    path.chmod(0)
    tally = Tally("x")
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert list(containers.members(path, tally)) == []
    assert "Permission denied" in tally.unreadable


def test_a_real_folder_as_a_tar(tmp_path):
    root = shared("readsb_traces")
    members = {str(p.relative_to(root)): p.read_bytes() for p in containers.files_under(Path(root))}
    positions, claims, tally = taken(written(tmp_path, tar_bytes(members, "w:gz")))
    assert len(positions) == 6430 and len(claims) == 23
    assert tally.broke is None and not tally.refused
