"""Positions and one claim from readsb's `trace_full` and `trace_recent` JSON, as aggregators publish it.

Rows are `[s after timestamp, latitude, longitude, altitude ft | "ground" | null, kt, degrees, flags, ft/min,
details | null, source type, geometric ft, ...]`, nine elements or more; readsb's README-json.md says what
they mean (flags: 1 no position for 20 s before this one, 2 new leg, 4 vertical rate is geometric, 8 altitude
is geometric). On the ground `track_deg` is the heading the aircraft sends, which readsb writes in its place.
Call sign, squawk and integrity are given only with the rows that report them; nothing is carried forward.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import (
    CLAIM_SCHEMA,
    END_MS,
    FIRST_MS,
    PIA_TAG,
    Bools,
    Columns,
    Floats,
    callsigns,
    checked,
    squawks,
)
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.formats.trace_rows import Header, Row, Trace, salvaged
from overflight.model.address import address_of
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

NAME = "readsb_trace"
TRACE_MAX = (
    64 << 20
)  # a row a second for a day, details with every fourth, is 17 MB; memory grows 4-fold in decoding
BATCH_ROWS = 32_768  # rows checked at once: a column of them stays in the processor's cache

_STALE, _NEW_LEG, _RATE_GEOMETRIC, _ALTITUDE_GEOMETRIC = 1, 2, 4, 8
_MILITARY, _PRIVACY = 1, 4  # bits of dbFlags: README-json.md of readsb; 4 is an FAA privacy address (PIA)

_TRACE = re.compile(rb'"trace"\s*:\s*\[')


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is a readsb trace."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start == b"{" and (bool(_TRACE.search(head)) or (b'"icao"' in head and b'"timestamp"' in head))


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions and claims of many traces, some tens of thousands of rows at a time."""
    batch = _Batch()
    decode = msgspec.json.Decoder(Trace).decode
    for source in sources:
        source.is_of(NAME)
        data = _whole(source)
        try:
            trace = decode(data)
            batch.add(source, trace, trace.trace)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            _add_salvaged(batch, source, data)
        if batch.rows >= BATCH_ROWS:
            yield batch.piece(options)
            batch = _Batch()
    if batch.sources:
        yield batch.piece(options)


def _whole(source: Source) -> bytes:
    """All bytes of a trace up to TRACE_MAX, without a byte-order mark."""
    parts, size = [], 0
    while size <= TRACE_MAX and (part := source.stream.read(1 << 20)):
        parts.append(part)
        size += len(part)
    if size > TRACE_MAX:
        source.break_off(f"longer than the {TRACE_MAX} bytes a trace may have: the rest was not read")
    return b"".join(parts)[:TRACE_MAX].removeprefix(b"\xef\xbb\xbf")


def _add_salvaged(batch: _Batch, source: Source, data: bytes) -> None:
    result = salvaged(data)
    if result.header is None:
        source.reject("JSON of a trace that ends or is damaged before its rows")
        return
    if result.given_up:
        source.break_off("too many damaged rows: the rest was not read")
    elif result.cut and not source.stream.broke:
        source.break_off(f"JSON cut off after {len(data)} bytes")
    for reason, count in result.refused.items():
        source.refuse(reason, None, count)
    for reason, text in result.examples:
        source.refuse(reason, text, 0)
    source.tally.rows_read += result.refused.total()
    if result.details_dropped:
        source.tally.remarks["details of a row not understood, dropped"] += result.details_dropped
    batch.add(source, result.header, result.rows)


@dataclass
class _Batch:
    """Rows of several traces, column by column; each is taken apart while the processor has it at hand."""

    sources: list[Source] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    rows: int = 0
    columns: dict[str, list[Any]] = field(default_factory=dict)  # an array of each trace
    said: dict[str, list[Any]] = field(default_factory=dict)  # the same of the rows `at` that have details

    def add(self, source: Source, header: Header, rows: list[Row]) -> None:
        """Take in the rows of one trace."""
        source.tally.rows_read += len(rows)
        self.sources.append(source)
        self.headers.append(header)
        self.counts.append(len(rows))
        for kept, arrays in ((self.columns, _columns_of(rows)), (self.said, _said_in(rows, self.rows))):
            for name, array in arrays.items():
                kept.setdefault(name, []).append(array)
        self.rows += len(rows)

    def piece(self, options: ReadOptions) -> Piece:
        """The rows as checked positions, with a claim of each trace."""
        c, said = _joined(self.columns), _joined(self.said)
        owner = np.repeat(np.arange(len(self.sources), dtype=np.int32), self.counts)
        parsed = [address_of(header.icao) for header in self.headers]
        base = np.array([header.timestamp for header in self.headers], np.float64)
        time_ms = np.rint((base[owner] + c["dt"]) * MILLISECONDS_PER_SECOND)
        columns = Columns(
            sources=self.sources,
            owner=owner,
            address=np.array([value or 0 for value in parsed], np.uint32)[owner],
            address_known=np.array([value is not None for value in parsed], np.bool_)[owner],
            time_ms=time_ms,
            latitude_deg=c["lat"],
            longitude_deg=c["lon"],
            feed=NAME,
            data_kind=options.data_kind,
        )
        later = np.zeros(self.rows, np.bool_)
        later[1:] = (np.diff(time_ms) < 0) & (np.diff(owner) == 0)
        columns.remarks.append(("rows earlier than the one before them", later))
        at, height = said["at"], c["height"]
        height[at] = np.where(np.isnan(height[at]), said["alt_geom"], height[at])
        _fill_motion(columns, c)
        _fill_reported(columns, c["source"], said)

        def example(row: int) -> str:
            shown = [c[name][row].item() for name in ("dt", "lat", "lon", "alt", "gs")]
            return f"[{', '.join('None' if value != value else str(value) for value in shown)} ...]"

        return checked(columns, example).piece(self._claims(parsed, options.data_kind))

    def _claims(self, parsed: list[int | None], data_kind: str) -> pa.Table:
        """One claim of each trace that says anything of the aircraft, on the UTC day of its timestamp."""
        rows = []
        for address, header in zip(parsed, self.headers, strict=True):
            said = (header.r, header.t, header.desc, header.ownOp)
            time_ms = header.timestamp * MILLISECONDS_PER_SECOND
            if address is None or not FIRST_MS <= time_ms < END_MS:
                continue
            if not any(said) and header.dbFlags is None:
                continue
            registration, designator, description, operator = (text or None for text in said)
            if (header.dbFlags or 0) & _PRIVACY:  # made so that nobody can tell whose it is: nor do we
                registration = operator = None
            rows.append(
                {
                    "address": address,
                    "day": int(time_ms) // MILLISECONDS_PER_DAY,
                    "registration": registration,
                    "type_designator": designator,
                    "description": description,
                    "operator": operator,
                    "military": None if header.dbFlags is None else bool(header.dbFlags & _MILITARY),
                    "source": NAME,
                    "data_kind": data_kind,
                    "tags": PIA_TAG if (header.dbFlags or 0) & _PRIVACY else None,
                }
            )
        return pa.Table.from_pylist(rows, schema=CLAIM_SCHEMA)


# `row.dt` in a list is read more than twice as fast as `getattr(row, name)`, and rows are many.


def _columns_of(rows: list[Row]) -> dict[str, Any]:
    """An array of each thing a row says itself."""
    altitude, ground = _altitudes([row.alt for row in rows])
    return {
        "dt": _numbers([row.dt for row in rows]),
        "lat": _numbers([row.lat for row in rows]),
        "lon": _numbers([row.lon for row in rows]),
        "alt": altitude,
        "ground": ground,
        "gs": _numbers([row.gs for row in rows]),
        "track": _numbers([row.track for row in rows]),
        "flags": np.frombuffer(bytes([row.flags for row in rows]), np.uint8),
        "rate": _numbers([row.rate for row in rows]),
        "source": pa.array([row.source for row in rows], pa.string()),
        "height": _numbers([row.height for row in rows]),
    }


def _said_in(rows: list[Row], before: int) -> dict[str, Any]:
    """An array of each thing the details say, and the numbers of their rows, `before` rows being there."""
    details = [row.details for row in rows]
    said = [one for one in details if one is not None]
    return {
        "at": np.array([at for at, one in enumerate(details, before) if one is not None], np.intp),
        "nic": _numbers([one.nic for one in said]),
        "nac_p": _numbers([one.nac_p for one in said]),
        "sil": _numbers([one.sil for one in said]),
        "version": _numbers([one.version for one in said]),
        "alt_geom": _numbers([one.alt_geom for one in said]),
        "flight": pa.array([one.flight for one in said], pa.string()),
        "squawk": pa.array([one.squawk for one in said], pa.string()),
        "type": pa.array([one.type for one in said], pa.string()),
    }


def _fill_motion(columns: Columns, c: dict[str, Any]) -> None:
    flags, altitude, rate, ground = c["flags"], c["alt"], c["rate"], c["ground"]
    geometric = (flags & _ALTITUDE_GEOMETRIC) > 0
    columns.numbers |= {
        "baro_altitude_ft": np.where(geometric, np.nan, altitude),
        "geo_altitude_ft": np.where(geometric & ~np.isnan(altitude), altitude, c["height"]),
        "groundspeed_kt": c["gs"],
        "track_deg": c["track"],
        "vertical_rate_fpm": rate,
    }
    columns.others |= {
        "on_ground": pa.array(ground, mask=np.isnan(altitude) & ~ground),
        "vertical_rate_geometric": pa.array((flags & _RATE_GEOMETRIC) > 0, mask=np.isnan(rate)),
        "stale": pa.array((flags & _STALE) > 0),
        "new_leg": pa.array((flags & _NEW_LEG) > 0),
    }


def _fill_reported(columns: Columns, source: pa.Array, said: dict[str, Any]) -> None:
    """What only rows with details say, and the source type (older files say it only there)."""
    count, at = len(source), said["at"]
    index = np.full(count, -1, np.int64)
    index[at] = np.arange(len(at))
    spread = pa.array(index, mask=index < 0)
    for name, own in (("nic", "nic"), ("nac_p", "nac_p"), ("sil", "sil"), ("adsb_version", "version")):
        columns.numbers[name] = np.full(count, np.nan)
        columns.numbers[name][at] = said[own]
    for name, (texts, wrong) in (
        ("callsign", callsigns(said["flight"])),
        ("squawk", squawks(said["squawk"])),
    ):
        columns.others[name] = texts.take(spread)
        everywhere = np.zeros(count, np.bool_)
        everywhere[at] = wrong
        columns.remarks.append((f"{name} not understood, dropped", everywhere))
    source = pc.coalesce(source, said["type"].take(spread)) if source.null_count else source
    columns.others["source"] = pc.if_else(pc.equal(source, "unknown"), None, source)


def _joined(columns: dict[str, list[Any]]) -> dict[str, Any]:
    """One array a column of those of several traces."""
    return {
        name: pa.concat_arrays(arrays) if isinstance(arrays[0], pa.Array) else np.concatenate(arrays)
        for name, arrays in columns.items()
    }


def _altitudes(values: list[Any]) -> tuple[Floats, Bools]:
    """Altitudes, NaN where there is none, and where the row says `ground` instead."""
    ground = np.zeros(len(values), np.bool_)
    try:
        return _numbers(values), ground
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        ground[[place for place, value in enumerate(values) if value.__class__ is str]] = True
        return _numbers([None if value.__class__ is str else value for value in values]), ground


def _numbers(values: list[Any]) -> Floats:
    """The numbers, NaN for None (through Arrow, which is faster at this than numpy)."""
    numbers: Floats = pa.array(values, pa.float64()).to_numpy(zero_copy_only=False)
    return numbers
