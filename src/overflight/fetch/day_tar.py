"""A few aircraft out of a day's tar while it is read from the network: the tar itself is never written."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Iterator, Sequence

from overflight.clock import day_text
from overflight.errors import FetchError
from overflight.fetch import checks, failures
from overflight.fetch.adsb_lol import TRACE_MAX, Release, settled, trace_path
from overflight.fetch.failures import Cut
from overflight.fetch.haul import Haul
from overflight.fetch.records import sha256_of
from overflight.fetch.taking import Taker, discard
from overflight.fetch.wire import Answer

_MEMBER = re.compile(r"(?:\./)?traces/[0-9a-f]{2}/trace_full_(~?[0-9a-f]{6})\.json")
_RANGE = re.compile(r"bytes (\d+)-.*")
_BLOCK = 1 << 20


def take_out(taker: Taker, haul: Haul, release: Release, addresses: Sequence[str], day: int) -> None:
    """Take these aircraft's traces of a day into the haul; the tar is read until all of them are found.

    An aircraft is said not to be in it only when it was read to its end and is whole.
    """
    missing = dict.fromkeys(addresses)
    for address in addresses:
        if (there := taker.standing(trace_path(address, day), settled(day))) is not None:
            haul.got.append(there)
            del missing[address]
    if not missing:
        return
    parts = _Parts(taker, release)
    try:
        with tarfile.open(fileobj=io.BufferedReader(parts, _BLOCK), mode="r|", bufsize=_BLOCK) as tar:
            for member in tar:
                tar.members = []  # type: ignore[attr-defined]  # else it keeps all of a day's 60,000
                match = _MEMBER.fullmatch(member.name)
                if match is None or match[1] not in missing or not member.isreg():
                    continue
                _keep(taker, haul, parts, tar, member, match[1], day)
                del missing[match[1]]
                if not missing:
                    return
            parts.drain()
            end = tar.offset
    except tarfile.TarError as error:
        raise FetchError(f"{release.tag}: what came is no tar ({error})") from error
    if parts.last_told > end or parts.done < end + tarfile.BLOCKSIZE:  # a tar ends in blocks of zeros
        raise FetchError(
            f"{release.tag}: its tar is damaged, or ends too early, at byte {end}; whether "
            f"{', '.join(missing)} are in the rest cannot be said"
        )
    for address in missing:
        _note_missing(taker, haul, parts, release, address, day)


def _keep(
    taker: Taker, haul: Haul, parts: _Parts, tar: tarfile.TarFile, member: tarfile.TarInfo,
    address: str, day: int,
) -> None:  # fmt: skip
    """Write one member under our own name, check it, record it."""
    if member.size > TRACE_MAX:
        raise FetchError(failures.too_large(member.name, member.size, TRACE_MAX))
    stream = tar.extractfile(member)
    assert stream is not None and parts.answer is not None  # it is a plain file, and bytes have come
    path = trace_path(address, day)
    final = taker.place(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_name(f".{final.name}.part")
    part.write_bytes(stream.read())
    if problem := checks.trace_of(address)(part):
        discard(part)
        raise FetchError(f"{member.name} in {parts.release.tag}: {problem}. It was not kept")
    record = taker.record(
        parts.url, parts.answer, path=path, bytes=part.stat().st_size, sha256=sha256_of(part),
        part_of=f"{parts.release.tag}: {member.name}",
        note="taken out while the tar was read; whole by its own checksum, the tar's was not compared",
    )  # fmt: skip
    haul.got.append(taker.keep(part, final, record))


def _note_missing(taker: Taker, haul: Haul, parts: _Parts, release: Release, address: str, day: int) -> None:
    assert parts.answer is not None
    against = "its SHA-256 is GitHub's" if all(part[3] for part in release.parts) else "GitHub states no hash"
    taker.note(
        taker.record(
            parts.url, parts.answer, part_of=release.tag,
            note=f"no trace of {address} in it; read to its end, {release.size} bytes; {against}",
        )
    )  # fmt: skip
    haul.absent.append(
        f"{address} {day_text(day)}: no trace in adsb.lol's whole day ({release.tag}): it kept nothing of "
        "that address that day; that is no proof that it did not fly, or that nobody received it"
    )


class _Parts(io.RawIOBase):
    """The parts of a release as one stream, resumed where it breaks, compared with GitHub's hashes."""

    def __init__(self, taker: Taker, release: Release) -> None:
        self.release, self.url = release, release.parts[0][0]
        self.answer: Answer | None = None
        self.done = 0  # bytes that have come
        self.last_told = 0  # how far those reach that are not zero
        self._taker = taker
        self._pieces, self._ahead = self._all(), b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer's beginning; 0 at the end."""
        piece = self._ahead or next(self._pieces, b"")
        count = min(len(piece), len(buffer))
        buffer[:count] = piece[:count]
        self._ahead = piece[count:]
        return count

    def drain(self) -> None:
        """Read to the end, so that the last part is compared too."""
        for _ in self._pieces:
            continue

    def _all(self) -> Iterator[bytes]:
        for url, name, size, digest in self.release.parts:
            self.url, ours, at = url, hashlib.sha256(), 0
            for piece in self._part(url, size):
                ours.update(piece)
                at += len(piece)
                if told := len(piece.rstrip(b"\0")):
                    self.last_told = self.done + told
                self.done += len(piece)
                self._taker.progress(self.release.tag, self.done, self.release.size)
                yield piece
            if at != size or (digest is not None and ours.hexdigest() != digest):
                raise FetchError(
                    f"{name}: what came is not what GitHub says it has ({at} of {size} bytes, or another "
                    "SHA-256). Traces taken out of it are kept, each whole by its own checksum; whether "
                    "others are missing cannot be said: give the same command again"
                )

    def _part(self, url: str, size: int) -> Iterator[bytes]:
        """The bytes of one part, each once; asked for again from where a connection broke."""
        wire, at, tag, fruitless = self._taker.wire, 0, "", 0
        while at < size:
            before, reason = at, "no bytes came"
            headers = {"Range": f"bytes={at}-"} | ({"If-Range": tag} if tag else {}) if at else {}
            with wire.ask(url, headers) as answer:
                self.answer, skip = answer, _to_skip(answer, url, at, tag)
                tag = _strong(answer)
                try:
                    for piece in answer.pieces():
                        fresh = piece[skip:]
                        skip = max(0, skip - len(piece))
                        at += len(fresh)
                        if fresh:
                            yield fresh
                except Cut as cut:
                    reason = str(cut)
            if at < size:
                fruitless = 0 if at > before else fruitless + 1
                if fruitless >= wire.manners.tries:
                    raise FetchError(failures.gave_up(url, f"{reason} after {at} bytes", fruitless))
                wire.wait(fruitless or 1)


def _strong(answer: Answer) -> str:
    tag = answer.headers.get("etag", "")
    return tag if tag.startswith('"') else ""


def _to_skip(answer: Answer, url: str, at: int, tag: str) -> int:
    """Bytes of the answer that were read before; FetchError where it is not a continuation."""
    if answer.status not in (200, 206):
        raise FetchError(f"{url}: GitHub lists it, and does not have it ({answer.status}): try again later")
    match = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    start = int(match[1]) if answer.status == 206 and match else 0
    same = not at or not tag or _strong(answer) == tag
    if start not in (0, at) or not same:
        raise FetchError(f"{url} changed while it was read: give the same command again")
    return at - start
