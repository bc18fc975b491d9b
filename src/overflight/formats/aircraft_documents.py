"""`aircraft.json` taken apart: snapshots of aircraft, or aircraft one a line, from a stream of JSON.

A stream may hold one snapshot, snapshots one a line or one after the other, aircraft one a line (each with
its own `now`, as readsb's `--json-port` sends them), or an array of any of these. The quick way is one typed
decode of a line. Where that fails lines are joined until their brackets close, and a damaged snapshot is cut
into aircraft at every `{` that begins an element of its list, so that damage in one leaves its neighbours
readable. Every step is linear in the text, and no more than DOCUMENT_MAX bytes are held.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import msgspec

from overflight.formats.reading import EXAMPLES_KEPT, Source
from overflight.formats.trace_rows import closing

DOCUMENT_MAX = 32 << 20  # the world at once: some 15,000 aircraft of 700 bytes, twice that pretty-printed
READ = 1 << 20
REFUSED_MAX = 100_000  # ten times the aircraft in the air at any moment: with more it is no damaged snapshot

_BLANK = b" \t\r\n,"
_MARK = b"\xef\xbb\xbf"
_LIST = re.compile(rb'"(?:aircraft|ac)"\s*:\s*\[')
_ELEMENT = re.compile(rb"(?:^|[\[,\n])\s*(?=\{)")
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]')
_NOW = re.compile(rb'"now"\s*:\s*([0-9]+(?:\.[0-9]+)?)')
_BRACE = re.compile(rb"[{}]")
_NEW = re.compile(rb'\{\s*"now"\s*:')
_AT = re.compile(r" - at `\$\.?(\w*).*")
# No position rests on these: one of a wrong type is left out.
_TEXTS = ("type", "flight", "r", "t", "desc", "ownOp", "dbFlags", "squawk", "mlat", "tisb")


class Aircraft(msgspec.Struct, gc=False):
    """One aircraft of a snapshot in any dialect: where it was, who it is, how far to trust that.

    `altitude`, `speed`, `vert_rate` and `validposition` are what dump1090 wrote before 2018, the others what
    dump1090-fa and readsb write.
    """

    hex: str | None = None
    now: float | None = None
    type: str | None = None
    flight: str | None = None
    r: str | None = None
    t: str | None = None
    desc: str | None = None
    ownOp: str | None = None
    dbFlags: int | None = None
    lat: float | None = None
    lon: float | None = None
    seen_pos: float | None = None
    seen: float | None = None
    validposition: float | None = None
    alt_baro: float | Literal["ground"] | None = None
    altitude: float | Literal["ground"] | None = None
    alt_geom: float | None = None
    gs: float | None = None
    speed: float | None = None
    track: float | None = None
    baro_rate: float | None = None
    geom_rate: float | None = None
    vert_rate: float | None = None
    squawk: str | None = None
    nic: float | None = None
    nac_p: float | None = None
    sil: float | None = None
    version: float | None = None
    mlat: Any = None
    tisb: Any = None
    lastPosition: Any = None
    rr_lat: Any = None


class Snapshot(Aircraft, gc=False):
    """A snapshot with its aircraft; or one aircraft alone, where there is no list."""

    aircraft: list[Aircraft] | None = None
    ac: list[Aircraft] | None = None


@dataclass
class Document:
    """Aircraft of one moment; `now` as it stands in the file, None where nothing says it."""

    now: float | None
    aircraft: list[Aircraft]
    refused: Counter[str] = field(default_factory=Counter)  # reason -> aircraft that cannot be read
    examples: list[tuple[str, str]] = field(default_factory=list)
    dropped: int = 0  # texts of a wrong type, left out
    given_up: bool = False  # more than REFUSED_MAX were refused: what follows was not read

    def refuse(self, reason: str, text: bytes) -> None:
        """Count an aircraft that cannot be read, keeping a few as examples."""
        self.refused[reason] += 1
        if len(self.examples) < EXAMPLES_KEPT:
            self.examples.append((reason, text[:200].decode("utf-8", "replace")))


class _Refused(Exception):
    """An aircraft that cannot be used, with the reason."""


_DECODE = msgspec.json.Decoder(Snapshot | list[Snapshot])
_DECODE_ONE = msgspec.json.Decoder(Aircraft)


def documents(source: Source) -> Iterator[Document]:
    """The snapshots of a stream in order; where it breaks off is said of the source."""
    held = _Held()
    listed = False  # in an array that has the file's first bracket to itself
    for line in _lines(source):
        text = line.strip()
        if held.ends_before(text):
            source.tally.remarks["snapshots that end in the middle: their whole aircraft"] += 1
            yield from _decoded(held.taken(), cut=True)
        if not held.parts:
            text = text.strip(_BLANK)
            if text in (b"", b"[", b"]"):
                listed = text == b"[" or (listed and not text)
                continue
            try:
                yield from _whole(_DECODE.decode(text))
                continue
            except (msgspec.MsgspecError, ValueError, RecursionError):
                pass
        while text:
            text = held.add(text)
            if held.depth <= 0:
                yield from _decoded(held.taken(), cut=False)
        if held.size > DOCUMENT_MAX:
            source.break_off(f"a snapshot of more than {DOCUMENT_MAX:,} bytes: the rest was not read")
            break
    if (held.parts or listed) and not source.stream.broke:
        source.break_off("JSON cut off")
    if held.parts:
        yield from _decoded(held.taken(), cut=True)


@dataclass
class _Held:
    """Lines of a snapshot of which not every bracket is closed yet."""

    parts: list[bytes] = field(default_factory=list)
    depth: int = 0
    size: int = 0

    def ends_before(self, text: bytes) -> bool:
        """Whether a line begins another snapshot though this one is not at its end."""
        if not self.parts:
            return False
        begins = self.depth == 1 and text[:1] == b"{" and not self.parts[-1].endswith(b":")
        return begins or _NEW.match(text) is not None

    def add(self, text: bytes) -> bytes:
        """Take in a line as far as all brackets are closed; returns the rest of it."""
        for mark in _BRACKET.finditer(text):
            if mark.end() - mark.start() == 1:  # strings are passed over
                self.depth += 1 if mark.group() in b"{[" else -1
                if self.depth <= 0:
                    self.parts.append(text[: mark.end()])
                    return text[mark.end() :].strip(_BLANK)
        self.parts.append(text)
        self.size += len(text)
        return b""

    def taken(self) -> bytes:
        """All of it, and nothing is held any more."""
        whole = b"\n".join(self.parts)
        self.parts, self.depth, self.size = [], 0, 0
        return whole


def _lines(source: Source) -> Iterator[bytes]:
    """Lines without their ends; of one that is too long what was read so far, and nothing after it."""
    parts: list[bytes] = []
    size, first = 0, True
    while data := source.stream.read(READ):
        data, first = data.removeprefix(_MARK) if first else data, False
        begun, *others = data.split(b"\n")
        parts.append(begun)
        size += len(begun)
        if others:
            yield b"".join(parts)
            yield from others[:-1]
            parts, size = [others[-1]], len(others[-1])
        if size > DOCUMENT_MAX:
            source.break_off(f"a line of more than {DOCUMENT_MAX:,} bytes: the rest was not read")
            break
    if size:
        yield b"".join(parts)


def _whole(found: Snapshot | list[Snapshot]) -> Iterator[Document]:
    for one in found if isinstance(found, list) else (found,):
        listed = one.aircraft if one.aircraft is not None else one.ac
        yield Document(one.now, [one] if listed is None else listed)


def _decoded(text: bytes, cut: bool) -> Iterator[Document]:
    """The snapshots in a text of several lines; of a damaged one every aircraft that is whole."""
    try:
        yield from _whole(_DECODE.decode(text))
        return
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    starts = [one.end() - 1 for one in _LIST.finditer(text)]
    if not starts:
        yield _salvaged(text, None, cut)
    for start, end in pairwise([*starts, len(text)]):
        now, until = _time_of(text, start, end)
        yield _salvaged(text[start:until], now, cut and until == len(text))
        if until < end:
            yield _salvaged(text[until:end], None, cut and end == len(text))


def _time_of(text: bytes, start: int, end: int) -> tuple[float | None, int]:
    """The `now` of a list of aircraft, and where what it tells ends, in a text that damage may have joined.

    `now` stands before the list, or after it as ADS-B Exchange writes it; one with a brace between it and the
    list is another snapshot's.
    """
    follows = _NOW.search(text, start, end)
    until = follows.start() if follows else end
    at = text.rfind(b'"now"', 0, start)
    leads = _NOW.match(text, at) if at >= 0 else None
    if leads and not _BRACE.search(text, leads.end(), start):
        return float(leads.group(1)), until
    if follows and not _BRACE.search(text, max(text.rfind(b"]", start, until), start), until):
        return float(follows.group(1)), until
    return None, until


def _salvaged(text: bytes, now: float | None, cut: bool) -> Document:
    """Every aircraft of a list that is whole; `cut` says that the text ends before it should."""
    document = Document(now, [])
    starts = [found.end() for found in _ELEMENT.finditer(text)]
    if not starts and not cut:
        document.refuse("snapshot is not JSON", text)
    for start, end in pairwise([*starts, len(text)]):
        _take(document, text[start:end], cut and end == len(text))
        if document.refused.total() > REFUSED_MAX:
            document.given_up = True
            break
    return document


def _take(document: Document, text: bytes, last: bool) -> None:
    """Add the aircraft at the head of a text."""
    end = closing(text)
    if end is None:
        document.refuse("aircraft cut off" if last else "aircraft without an end", text)
        return
    try:
        document.aircraft.append(_DECODE_ONE.decode(text[:end]))
        return
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        found, dropped = _loose(text[:end])
    except _Refused as error:
        document.refuse(str(error), text[:end])
        return
    document.aircraft.append(found)
    document.dropped += dropped


def _loose(text: bytes) -> tuple[Aircraft, int]:
    """The aircraft and how many texts had to be left out; raises _Refused with the reason."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise _Refused("aircraft is not JSON") from None
    if any(isinstance(value, float) and not math.isfinite(value) for value in values.values()):
        raise _Refused("NaN or an infinite number")
    for dropped in range(len(_TEXTS) + 1):
        try:
            return msgspec.convert(values, Aircraft), dropped
        except msgspec.ValidationError as error:
            place = _AT.search(str(error))
            name = place.group(1) if place else ""
            if name not in _TEXTS:
                raise _Refused(f"{name or 'aircraft'}: {_said(error)}") from None
            del values[name]
    raise _Refused("aircraft of another kind")


def _said(error: msgspec.ValidationError) -> str:
    """The decoder's words without the place and without the value, so that reasons stay few."""
    return _AT.sub("", str(error)).replace("`", "").replace(" | null", "").split(" '")[0]
