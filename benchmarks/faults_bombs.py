"""Files made to hurt whoever opens them: bombs, endless lines, tars and zips that point outside."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from measuring import LOOK_S, _family, _status

LONGEST_S, MOST_MB = 60, 1_500  # two gigabytes of zeros inflate in 3 s; a reader keeps far less of them
BIG = 2 << 30
_TRACE = b'{"icao":"4c0002","timestamp":1740819600.0,"trace":[[0,34.9,33.6,1000,40,40,0,null,null]]}'


def bombs(big: int) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Names, and what writes each to a path."""
    yield "gzip of 2 GB of zeros", lambda path: _gzip(path, b"", b"\0", big)
    yield "gzip of a trace with 2 GB of blanks", lambda path: _gzip(path, _TRACE[:-2] + b",", b" ", big)
    yield "gzip of a table with a line of 2 GB", lambda path: _gzip(
        path, b"time,icao24,lat,lon,velocity,heading\n1751660400,4c0002,1,1,", b"9", big
    )
    yield "gzip in gzip, nine times", _nested
    yield "tar that climbs out by ..", lambda path: _tar(path, [_member("../../outside", _TRACE)])
    yield "tar with an absolute path", lambda path: _tar(path, [_member("/tmp/overflight-outside", _TRACE)])
    yield "tar with a symbolic link", lambda path: _tar(path, [_link("a", tarfile.SYMTYPE, "/etc/passwd")])
    yield "tar with a hard link", lambda path: _tar(path, [_link("a", tarfile.LNKTYPE, "../outside")])
    yield "tar with a device", lambda path: _tar(path, [_link("a", tarfile.CHRTYPE, "")])
    yield "tar with a pipe", lambda path: _tar(path, [_link("a", tarfile.FIFOTYPE, "")])
    yield "tar that claims 8 exabytes", lambda path: _write(path, _claims(b"\x80" + b"\x7f" * 11))
    yield "tar that claims less than nothing", lambda path: _write(path, _claims(b"\xff" * 12))
    yield "tar of 200,000 empty files", lambda path: _tar(
        path, [_member(f"a{k}", b"") for k in range(big // 10_000)]
    )
    yield "tar in gzip with a member of 2 GB of zeros", lambda path: _tar_bomb(path, big)
    yield "zip that climbs out by ..", lambda path: _zip(path, "../../outside", _TRACE)
    yield "zip with an absolute path", lambda path: _zip(path, "/tmp/overflight-outside", _TRACE)
    yield "zip of 2 GB of zeros", lambda path: _zip(path, "a.json", b"", b"\0", big)
    yield "zip of a trace with 2 GB of blanks", lambda path: _zip(path, "a.json", _TRACE[:-2], b" ", big)
    yield "zip that lies about its sizes", _lying_zip


def tried(
    folder: Path, most: int, small: bool = False
) -> tuple[list[str | None], list[tuple[str, float, float]]]:
    """What was wrong with each of the first few (None: nothing), and name, seconds and peak megabytes.

    With `small` the bombs inflate to a hundredth, to try the way and not the size.
    """
    outcomes: list[str | None] = []
    measured = []
    for number, (name, write) in enumerate(islice(bombs(BIG // 100 if small else BIG), most)):
        home = folder / str(number)
        (home / "in" / "deep").mkdir(parents=True)
        bomb = home / "in" / "deep" / "bomb"
        write(bomb)
        before = _files(home)
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "overflight", "--quiet", "--archive", home / "archive", "add", bomb],
            cwd=home / "in" / "deep", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        status, used = _ended(child, LONGEST_S)
        seconds, peak_mb = time.perf_counter() - began, used / 1_000
        new = _files(home) - before - {path for path in _files(home) if "archive" in path.parts}
        outcomes.append(_wrong(name, status, new, seconds, peak_mb))
        measured.append((name, seconds, peak_mb))
        bomb.unlink()
    return outcomes, measured


def _wrong(name: str, status: int | None, new: set[Path], seconds: float, peak_mb: float) -> str | None:
    outside = [path for path in (Path("/tmp/overflight-outside"), Path("/outside")) if path.exists()]
    if status is None:
        return f"{name}: not done after {LONGEST_S} s"
    if status not in (0, 3):
        return f"{name}: ended with {status}"
    if new or outside:
        return f"{name}: wrote {sorted(new) + outside}"
    if peak_mb > MOST_MB:
        return f"{name}: took {peak_mb:,.0f} MB"
    return None


def _ended(child: subprocess.Popen[bytes], longest_s: float) -> tuple[int | None, int]:
    """Exit status (None where it had to be ended) and peak kilobytes."""
    until, peak = time.monotonic() + longest_s, 0
    while child.poll() is None:
        # not what wait4 says: Linux counts in it what the parent held when it began the child
        peak = max([peak, *(largest for _, largest in map(_status, _family(child.pid)))])
        if time.monotonic() > until:
            child.kill()
        time.sleep(LOOK_S)
    if child.stderr is not None:
        child.stderr.close()
    return (child.returncode if time.monotonic() < until else None), peak // 1_000


def _files(home: Path) -> set[Path]:
    return {path.relative_to(home) for path in home.rglob("*") if path.is_file()}


def _gzip(path: Path, head: bytes, filler: bytes, big: int) -> None:
    block = filler * (1 << 20)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(head)
        for _ in range(big >> 20):
            file.write(block)


def _nested(path: Path) -> None:
    data = _TRACE
    for _ in range(9):
        data = gzip.compress(data)
    path.write_bytes(data)


def _member(name: str, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.size = len(data)
    return made, data


def _link(name: str, kind: bytes, target: str) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made, b""


def _tar(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    with tarfile.open(path, "w") as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))


def _claims(size: bytes) -> bytes:
    """A tar header whose size field holds these 12 bytes, with its checksum right."""
    head = bytearray(tarfile.TarInfo("trace.json").tobuf(tarfile.GNU_FORMAT))
    head[124:136] = size
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head[:512])
    return bytes(head) + _TRACE.ljust(1024, b"\0")


def _tar_bomb(path: Path, big: int) -> None:
    info = tarfile.TarInfo("trace_full_4c0002.json")
    info.size = big
    block = b"\0" * (1 << 20)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(info.tobuf())
        for _ in range((big >> 20) + 1):
            file.write(block)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _zip(path: Path, name: str, data: bytes, filler: bytes = b"", big: int = 0) -> None:
    block = filler * (1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(_packed(name), "w", force_zip64=bool(filler)) as member:
            member.write(data)
            for _ in range(big >> 20):
                member.write(block)


def _packed(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _lying_zip(path: Path) -> None:
    """A zip whose headers say that its member is empty when it is not."""
    _zip(path, "a.json", _TRACE * 1_000)
    content = bytearray(path.read_bytes())
    for magic, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(magic)
        content[start + at : start + at + 4] = struct.pack("<I", 0)
    path.write_bytes(bytes(content))
