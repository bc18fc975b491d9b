"""The JSON of a readsb trace as typed rows; of a broken one every whole row, and what was wrong elsewhere.

The quick way is one typed decode of the whole. Only where that fails is the text cut into rows at every `[`
that a number follows, so that damage in one row leaves its neighbours readable; every step is linear in the
text.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from overflight.formats.reading import EXAMPLES_KEPT

REFUSED_MAX = 100_000  # a day has 86,400 seconds: with more bad rows than that it is no damaged trace
ROW_MAX = 1 << 16  # longest text searched for the end of a row; real rows are 60 to 900 bytes

_BLANK = b", \t\r\n"
_TRACE = re.compile(rb'"trace"\s*:\s*\[')
_ROW = re.compile(rb'\[\s*(?:"?[-+.0-9]|NaN|nan|-?Infinity|null)')
_BRACKET = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)
_ICAO = re.compile(rb'"icao"\s*:\s*"(~?[0-9a-fA-F]{6})"')
_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*([0-9]+(?:\.[0-9]+)?)')
_AT = re.compile(r" - at `\$\[(\d+)\].*")
_NAMES = (
    "time latitude longitude altitude groundspeed track flags vertical_rate details source height".split()
)
_DETAILS = _NAMES.index("details")


class Details(msgspec.Struct, gc=False):
    """The fields of readsb's aircraft object that bear on who it is and how far to trust it."""

    flight: str | None = None
    squawk: str | None = None
    nic: float | None = None
    nac_p: float | None = None
    sil: float | None = None
    version: float | None = None
    type: str | None = None
    alt_geom: float | None = None


class Row(msgspec.Struct, array_like=True, gc=False):
    """One row of the trace array; elements after the eleventh (rates, airspeed, roll) are passed over."""

    dt: float
    lat: float
    lon: float
    alt: float | Literal["ground"] | None
    gs: float | None
    track: float | None
    flags: Annotated[int, msgspec.Meta(ge=0, le=255)]
    rate: float | None
    details: Details | None
    source: str | None = None
    height: float | None = None


class Header(msgspec.Struct, gc=False):
    """What the trace says of the aircraft as a whole; `timestamp` is Unix seconds of the row times' zero."""

    icao: str = ""
    timestamp: float = math.nan
    r: str | None = None
    t: str | None = None
    desc: str | None = None
    ownOp: str | None = None
    dbFlags: int | None = None


class Trace(Header, kw_only=True, gc=False):
    """A whole trace."""

    trace: list[Row]


@dataclass
class Salvaged:
    """What a broken trace still holds; `header` None where it has no trace array at all."""

    header: Header | None
    rows: list[Row] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # reason -> rows
    examples: list[tuple[str, str]] = field(default_factory=list)  # reason, text of the row
    details_dropped: int = 0
    cut: bool = False  # the text ends before the array does
    given_up: bool = False  # more than REFUSED_MAX rows were refused: what follows was not read

    def refuse(self, reason: str, text: bytes) -> None:
        """Count a refused row, keeping a few as examples."""
        self.refused[reason] += 1
        if len(self.examples) < EXAMPLES_KEPT:
            self.examples.append((reason, text[:200].decode("utf-8", "replace")))


class _Refused(Exception):
    """A row that cannot be used, with the reason."""


def salvaged(data: bytes) -> Salvaged:
    """Every whole row of a trace that the typed decode refuses, and the reasons of the others."""
    trace = _TRACE.search(data)
    if trace is None:
        return Salvaged(None)
    result = Salvaged(_header(data, trace.start()))
    decode = msgspec.json.Decoder(Row).decode
    first = _ROW.search(data, trace.end())
    if first is None:
        result.cut = not data[trace.end() : trace.end() + ROW_MAX].lstrip().startswith(b"]")
        return result
    last = first.start()
    for start, last in pairwise(found.start() for found in _ROW.finditer(data, first.start())):
        text = data[start:last].rstrip(_BLANK)
        try:
            result.rows.append(decode(text))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            _take_row(result, data[start:last], last=False)
            if result.refused.total() > REFUSED_MAX:
                result.given_up = True
                return result
    _take_row(result, data[last:], last=True)
    return result


def _take_row(result: Salvaged, text: bytes, *, last: bool) -> None:
    """The row at the head of a text, and whether what follows it is the end of the array."""
    end = closing(text)
    if end is None:
        cut = last and len(text) <= ROW_MAX
        result.refuse("row cut off" if cut else "row without an end", text)
        result.cut = result.cut or last
        return
    rest = text[end:].lstrip(_BLANK)
    try:
        row, dropped = _loose_row(text[:end])
        result.rows.append(row)
        result.details_dropped += dropped
    except _Refused as error:
        result.refuse(str(error), text[:end])
    if last:
        result.cut = not rest.startswith(b"]") or b"}" not in rest
    elif rest:
        result.refuse("text between rows", rest)


def closing(text: bytes) -> int | None:
    """Where the bracket that opens the text is closed, strings passed over; None where it is not (or far)."""
    depth, quoted = 0, False
    for token in _BRACKET.finditer(text, 0, min(len(text), ROW_MAX)):
        mark = token.group()
        if mark == b'"':
            quoted = not quoted
        elif not quoted and mark in (b"[", b"{"):
            depth += 1
        elif not quoted and mark in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                return token.end()
    return None


def _loose_row(text: bytes) -> tuple[Row, bool]:
    """The row, and whether its details had to be dropped; raises _Refused with the reason."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise _Refused("row is not JSON") from None
    if any(isinstance(value, float) and not math.isfinite(value) for value in values[: len(_NAMES)]):
        raise _Refused("NaN or an infinite number")
    try:
        return _converted(values)
    except msgspec.ValidationError as error:
        place = _AT.search(str(error))
        name = _NAMES[int(place.group(1))] if place else "row"
        raise _Refused(f"{name}: {_said(error)}") from None


def _said(error: msgspec.ValidationError) -> str:
    """The decoder's words without the place and without the value, so that reasons stay few."""
    return _AT.sub("", str(error)).replace("`", "").split(" '")[0]


def _converted(values: list[Any]) -> tuple[Row, bool]:
    """The row; details of a wrong shape are left out, since the position does not rest on them."""
    if len(values) > _DETAILS and values[_DETAILS] is not None:
        try:
            msgspec.convert(values[_DETAILS], Details)
        except msgspec.ValidationError:
            values[_DETAILS] = None
            return msgspec.convert(values, Row), True
    return msgspec.convert(values, Row), False


def _header(data: bytes, end: int) -> Header:
    """The part before the trace array; where that is damaged, address and time from wherever they stand."""
    try:
        return msgspec.json.decode(data[:end].rstrip(_BLANK) + b"}", type=Header)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        icao, timestamp = _ICAO.search(data), _TIMESTAMP.search(data)
        return Header(
            icao.group(1).decode() if icao else "",
            float(timestamp.group(1)) if timestamp else math.nan,
        )
