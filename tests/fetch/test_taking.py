"""Files to the disk: resumed, checked, recorded, whole or not there."""

import errno
import gzip
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import zipfile
from hashlib import sha256

import pytest

from local_source import trace
from overflight.errors import FetchError
from overflight.fetch import checks
from overflight.fetch.haul import Haul, take_each
from overflight.fetch.records import Records
from overflight.fetch.taking import Origin, Taker, Wanted
from overflight.fetch.wire import Wire

ORIGIN = Origin("made up", "CC0-1.0", "https://example.org/terms", "nothing")
BODY = bytes(range(256)) * 2000


def wanted(source, path="/a", name="a.bin", **how):
    how = {"check": checks.anything, "absent": "not there", "cap": 1 << 24} | how
    return Wanted(f"{source.base}{path}", name, **how)


@pytest.fixture
def taker(tmp_path, wire):
    with Taker(ORIGIN, tmp_path / "data", wire, "overflight test").at_work() as one:
        yield one


def lines(taker):
    return [json.loads(line) for line in (taker.folder / "fetch.jsonl").read_text().splitlines()]


def left_over(taker):
    return sorted(p.name for p in taker.folder.rglob("*") if p.is_file() and p.name != ".fetch.lock")


def ranges(source):
    return [headers.get("Range") for _, headers, _ in source.asked]


def test_a_file_and_its_record(source, taker):
    digest = source.say("/a", BODY, headers={"Last-Modified": "Sat, 01 Nov 2025 00:00:00 GMT"})
    got = taker.take(wanted(source, name="2025/11/a.bin", size=len(BODY), sha256=digest))
    assert got.new and got.path == taker.folder / "2025/11/a.bin" and got.path.read_bytes() == BODY
    [line] = lines(taker)
    assert line.pop("time").endswith("Z") and line.pop("server_date")
    assert line == {
        "url": f"{source.base}/a", "outcome": "fetched", "status": 200, "source": "made up",
        "licence": "CC0-1.0", "terms": "https://example.org/terms", "by": "overflight test",
        "path": "2025/11/a.bin", "bytes": len(BODY), "sha256": sha256(BODY).hexdigest(), "etag": '"one"',
        "last_modified": "Sat, 01 Nov 2025 00:00:00 GMT",
    }  # fmt: skip
    assert left_over(taker) == ["a.bin", "fetch.jsonl"]


def test_what_is_there_is_not_fetched_again_unless_asked(source, taker):
    source.say("/a", BODY)
    source.say("/a", b"newer", etag='"two"')
    assert taker.take(wanted(source)).new
    assert not taker.take(wanted(source)).new
    assert len(source.asked) == 1
    taker.again = True
    got = taker.take(wanted(source))
    assert got.new and got.path.read_bytes() == b"newer" and len(lines(taker)) == 2
    taker.again = False
    assert not taker.take(wanted(source)).new  # the last record counts


def test_a_file_that_changed_on_the_disk_is_left_alone(source, taker):
    source.say("/a", BODY)
    path = taker.take(wanted(source)).path
    path.write_bytes(b"edited")
    with pytest.raises(FetchError, match=r"no longer what was fetched.*--again"):
        taker.take(wanted(source))
    assert path.read_bytes() == b"edited"


def test_a_file_of_unknown_origin_is_left_alone(source, taker):
    source.say("/a", BODY)
    (taker.folder / "a.bin").write_bytes(b"mine")
    with pytest.raises(FetchError, match="no record of fetching it"):
        taker.take(wanted(source))
    assert (taker.folder / "a.bin").read_bytes() == b"mine"


def test_a_404_is_recorded_and_no_failure(source, taker):
    assert taker.take(wanted(source)) is None
    [line] = lines(taker)
    assert (line["outcome"], line["status"]) == ("not there", 404) and "path" not in line


def test_a_cut_is_resumed_in_the_same_run(source, taker):
    source.say("/a", BODY, cut=100_000)
    source.say("/a", BODY, cut=50_000)
    source.say("/a", BODY)
    assert taker.take(wanted(source)).path.read_bytes() == BODY
    assert ranges(source) == [None, "bytes=99999-", "bytes=149998-"]
    assert [headers.get("If-Range") for _, headers, _ in source.asked] == [None, '"one"', '"one"']


def test_a_cut_is_resumed_in_the_next_run(source, taker, wire, tmp_path):
    source.say("/a", BODY, cut=100_000)
    source.says["/a"] += [source.says["/a"][0].__class__(b"", 503)] * 1
    with pytest.raises(FetchError, match="answered 503"):
        taker.take(wanted(source))
    assert left_over(taker) == [".a.bin.part", ".a.bin.part.json"]
    source.says["/a"] = []
    source.say("/a", BODY)
    assert taker.take(wanted(source)).path.read_bytes() == BODY
    assert ranges(source)[-1] == "bytes=99998-"


def test_a_part_that_is_whole_but_for_its_name_is_not_fetched_again(source, taker, monkeypatch):
    source.say("/a", BODY)
    monkeypatch.setattr(Taker, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        taker.take(wanted(source))
    monkeypatch.undo()
    assert taker.take(wanted(source)).path.read_bytes() == BODY
    assert ranges(source) == [None, f"bytes={len(BODY) - 1}-"]


KILLED = """
import sys
from pathlib import Path
from overflight.fetch import checks
from overflight.fetch.taking import Origin, Taker, Wanted
from overflight.fetch.wire import Wire
host, folder = sys.argv[1:]
wanted = Wanted(f"http://{host}/a", "a.bin", checks.anything, "not there", 1 << 24)
with Taker(Origin("made up", "", "", ""), Path(folder), Wire({host}, "test"), "test").at_work() as taker:
    taker.take(wanted)
"""


def test_a_killed_fetch_leaves_nothing_half_and_goes_on(source, wire, tmp_path):
    source.say("/a", BODY, cut=300_000, stall=True)
    source.say("/a", BODY)
    folder = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-c", KILLED, source.host, str(folder)])
    part = folder / ".a.bin.part"
    deadline = time.monotonic() + 20
    while (not part.is_file() or part.stat().st_size < 250_000) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    had = part.stat().st_size
    assert had >= 250_000 and not (folder / "a.bin").exists()
    with Taker(ORIGIN, folder, wire, "overflight test").at_work() as taker:
        assert taker.take(wanted(source)).path.read_bytes() == BODY
        assert left_over(taker) == ["a.bin", "fetch.jsonl"]
    assert ranges(source)[-1] == f"bytes={had - 1}-"


def test_what_was_fetched_before_it_was_settled_is_fetched_anew(source, taker):
    source.say("/a", b"half a day")
    source.say("/a", b"the whole day", etag='"two"')
    midnight = 1_800_000_000_000
    taker.wire.now = lambda: midnight / 1000 - 60
    assert taker.take(wanted(source, settled=midnight)).new
    taker.wire.now = lambda: midnight / 1000 + 60
    assert taker.take(wanted(source, settled=midnight)).path.read_bytes() == b"the whole day"
    assert not taker.take(wanted(source, settled=midnight)).new


def test_a_server_that_ignores_ranges_sends_it_all_again(source, taker):
    source.say("/a", BODY, cut=100_000)
    source.say("/a", BODY, ranges=False)
    assert taker.take(wanted(source)).path.read_bytes() == BODY


def test_a_file_that_changes_between_starts_anew(source, taker):
    other = BODY[::-1]
    source.say("/a", BODY, cut=100_000)
    source.say("/a", other, etag='"two"')
    got = taker.take(wanted(source))
    assert got.path.read_bytes() == other and got.record.etag == '"two"'


def test_a_file_that_changes_between_and_a_server_that_heeds_no_if_range(source, taker):
    other = BODY[::-1]
    source.say("/a", BODY, cut=100_000)
    source.say("/a", other, etag='"two"', heeds_if_range=False)
    assert taker.take(wanted(source)).path.read_bytes() == other


def test_a_file_that_became_shorter_starts_anew(source, taker):
    source.say("/a", BODY, cut=100_000)
    source.say("/a", BODY[:50_000], heeds_if_range=False)
    assert taker.take(wanted(source)).path.read_bytes() == BODY[:50_000]


def test_without_a_tag_or_date_nothing_is_resumed(source, taker):
    source.say("/a", BODY, cut=100_000, etag=None)
    source.say("/a", BODY, etag='W/"weak"')
    assert taker.take(wanted(source)).path.read_bytes() == BODY
    assert ranges(source) == [None, None]


def test_cuts_that_bring_nothing_end_after_a_few_tries(source, taker):
    source.say("/a", BODY, cut=0)
    with pytest.raises(FetchError, match=r"broke off after 0 bytes; tried \d times"):
        taker.take(wanted(source))
    assert len(source.asked) <= 6


def test_an_answer_of_unknown_length(source, taker):
    source.say("/a", BODY, length=False)
    assert taker.take(wanted(source)).path.read_bytes() == BODY


@pytest.mark.parametrize(
    "how, words", [({"size": 5}, "the source says it has 5"), ({"sha256": "0" * 64}, "SHA-256")]
)
def test_a_wrong_size_or_hash_is_not_kept(source, taker, how, words):
    source.say("/a", BODY)
    with pytest.raises(FetchError, match=words):
        taker.take(wanted(source, **how))
    assert left_over(taker) == []


@pytest.mark.parametrize("length", [True, False])
def test_too_many_bytes_are_not_kept(source, taker, length):
    source.say("/a", BODY, length=length)
    with pytest.raises(FetchError, match="at most of such a file"):
        taker.take(wanted(source, cap=1000))
    assert left_over(taker) == []


def test_a_disk_that_is_too_small_is_told_before(source, taker):
    source.say("/a", BODY)
    taker.free = lambda path: 1000
    with pytest.raises(FetchError, match=r"has 1.0 kB free: make room, or give another folder with --to"):
        taker.take(wanted(source))


def test_a_disk_that_fills_up_keeps_what_has_come(source, taker, monkeypatch):
    source.say("/a", BODY)
    real, state = pathlib.Path.open, {"full": True}

    def opened(path, *how, **more):
        stream = real(path, *how, **more)
        if path.name.endswith(".part") and how and how[0] in ("ab", "wb") and state["full"]:
            write, count = stream.write, [0]

            def limited(data):
                count[0] += len(data)
                if count[0] > 200_000:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return write(data)

            return _Limited(stream, limited)
        return stream

    monkeypatch.setattr(pathlib.Path, "open", opened)
    with pytest.raises(FetchError, match=r"no room left in .*what has come is kept"):
        taker.take(wanted(source))
    state["full"] = False
    assert taker.take(wanted(source)).path.read_bytes() == BODY
    assert ranges(source)[-1].startswith("bytes=")


class _Limited:
    def __init__(self, stream, write):
        self.stream, self.write = stream, write

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()


def test_a_name_never_leads_out_of_the_folder(source, taker):
    source.say("/a", BODY)
    for name in ("../a", "/etc/a", "a/../../b", ".hidden", ""):
        with pytest.raises(FetchError, match="no name for a file"):
            taker.take(wanted(source, name=name))


def test_two_at_once_in_one_folder_are_refused(source, taker, wire):
    with pytest.raises(FetchError, match="another fetch writes to"):
        with Taker(ORIGIN, taker.folder, wire, "other").at_work():
            pass


def test_a_folder_that_cannot_be_made(tmp_path, wire):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="cannot write in"):
        with Taker(ORIGIN, tmp_path / "file" / "data", wire, "other").at_work():
            pass


def test_the_record_survives_a_line_cut_short(source, taker):
    source.say("/a", BODY)
    taker.take(wanted(source))
    record = taker.folder / "fetch.jsonl"
    record.write_bytes(record.read_bytes() + b'{"url": "x", "pa')
    records = Records(taker.folder)
    assert records.fetched("a.bin").sha256 == sha256(BODY).hexdigest()
    records.add(records.fetched("a.bin"))
    assert len([line for line in record.read_text().splitlines() if line.endswith("}")]) == 2


def test_a_run_stops_at_the_first_failure_and_counts_the_rest(source, taker):
    source.say("/a", BODY)
    source.say("/c", b"", status=403)
    haul = Haul(ORIGIN)
    each = [wanted(source, f"/{name}", name) for name in "abcde"]
    take_each(taker, haul, each)
    assert ([one.path.name for one in haul.got], haul.absent, haul.left) == (["a"], ["not there"], 2)
    assert "403" in haul.stopped
    told = list(haul.lines())
    assert told[0] == "1 file fetched (512.0 kB), 1 not there, 2 not asked for"
    assert told[-1].startswith("stopped: ")


GARBAGE = [
    b"",
    b"\x00\xff garbage\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
    b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-9/10\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 416 Range\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 429 Slow\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 503 Down\r\nRetry-After: Mon, 99 Foo 2026\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\nabc",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_a_server_that_talks_nonsense_is_a_sentence_and_no_file(tmp_path, rests, garbage):
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def talk():
            while not done.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.recv(65536)
                    connection.sendall(garbage)

        thread = threading.Thread(target=talk)
        thread.start()
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        one = Wanted(f"http://{host}/a", "a.bin", checks.json_list, "not there", 1 << 24)
        taker = Taker(ORIGIN, tmp_path / "data", Wire({host}, "test", sleep=rests.append), "test")
        with pytest.raises(FetchError), taker.at_work():
            taker.take(one)
        done.set()
        thread.join()
    assert not (tmp_path / "data" / "a.bin").exists()


# What came, and what it had to be


def checked(tmp_path, data, check):
    path = tmp_path / "came"
    path.write_bytes(data)
    return check(path)


PAGE = b"\n<!DOCTYPE html><html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    "check",
    [checks.trace_of("4c0001"), checks.json_list, checks.json_object("a"), checks.feature_collection,
     checks.csv_with("a"), checks.gzip_whole, checks.zip_whole, checks.tar_begins, checks.anything],
)  # fmt: skip
def test_a_web_page_is_no_data(tmp_path, check):
    assert "web page" in checked(tmp_path, PAGE, check)


@pytest.mark.parametrize(
    "data, wrong",
    [
        (trace("4c0001"), None),
        (trace("4c0001", packed=False), None),
        (trace("4c0002"), "it is the trace of '4c0002', not of 4c0001"),
        (trace("4c0001")[:-20], "its gzip is damaged"),
        (b'{"icao": "4c0001", "trace": [', "it is not JSON, or breaks off"),
        (b"[1]", "it is not a readsb trace"),
        (b"", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
    ],
)
def test_traces(tmp_path, data, wrong):
    found = checked(tmp_path, data, checks.trace_of("4c0001"))
    assert found is None if wrong is None else found.startswith(wrong)


def test_lists_and_objects(tmp_path):
    assert checked(tmp_path, b"[]", checks.json_list) is None
    assert checked(tmp_path, b"{}", checks.json_list) == "it is not a JSON list"
    assert checked(tmp_path, b'{"time": 1}', checks.json_object("time", "states")) == "it lacks states"
    assert checked(tmp_path, b'{"type": "FeatureCollection", "features": []}', checks.feature_collection)
    good = b'{"type": "FeatureCollection", "features": [{}]}'
    assert checked(tmp_path, good, checks.feature_collection) is None
    assert checked(tmp_path, b'"ident","type"\n1,2\n', checks.csv_with("ident", "type")) is None
    assert checked(tmp_path, b"ident\n1\n", checks.csv_with("ident", "type")) == "its first line lacks type"


def test_packed_things(tmp_path):
    packed = gzip.compress(b"x" * 100_000)
    assert checked(tmp_path, packed, checks.gzip_whole) is None
    assert checked(tmp_path, packed[:-4], checks.gzip_whole).startswith("its gzip is damaged")
    assert checked(tmp_path, b"plain", checks.gzip_whole) == "it is not gzip"
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "{}" * 1000)
    whole = path.read_bytes()
    assert checks.zip_whole(path) is None
    assert checked(tmp_path, whole[:-30], checks.zip_whole)
    damaged = bytearray(whole)
    damaged[100] ^= 1
    assert "damaged" in checked(tmp_path, bytes(damaged), checks.zip_whole)


def test_bombs_are_no_lists(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "UNPACKED_MAX", 1 << 16)
    monkeypatch.setattr(checks, "JSON_MAX", 1 << 16)
    bomb = gzip.compress(b" " * (1 << 22))
    assert "more than" in checked(tmp_path, bomb, checks.gzip_whole)
    assert "more than" in checked(tmp_path, bomb, checks.json_list)
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b" " * (1 << 22))
    assert "more than" in checks.zip_whole(path)
