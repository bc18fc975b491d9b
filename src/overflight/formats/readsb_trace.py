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
    Columns,
    Floats,
    callsigns,
    checked,
    squawks,
)
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.formats.trace_rows import Details, Header, Row, Trace, salvaged
from overflight.model.address import address_of
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

NAME = "readsb_trace"
TRACE_MAX = (
    64 << 20
)  # a row a second for a day, details with every fourth, is 17 MB; memory grows 4-fold in decoding
BATCH_ROWS = (
    4_096  # rows turned into columns at once: larger ones leave the processor cache (measured 20 % slower)
)

_STALE, _NEW_LEG, _RATE_GEOMETRIC, _ALTITUDE_GEOMETRIC = 1, 2, 4, 8
_MILITARY = 1  # bit of dbFlags
Indices = np.ndarray[Any, np.dtype[np.intp]]

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
        if len(batch.dt) >= BATCH_ROWS:
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
    """Rows of several traces as Python lists, column by column."""

    sources: list[Source] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    dt: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    alt: list[Any] = field(default_factory=list)
    gs: list[float | None] = field(default_factory=list)
    track: list[float | None] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    rate: list[float | None] = field(default_factory=list)
    height: list[float | None] = field(default_factory=list)
    source: list[str | None] = field(default_factory=list)
    details: list[Details | None] = field(default_factory=list)

    def add(self, source: Source, header: Header, rows: list[Row]) -> None:
        """Take in the rows of one trace."""
        source.tally.rows_read += len(rows)
        self.sources.append(source)
        self.headers.append(header)
        self.counts.append(len(rows))
        self.dt += [row.dt for row in rows]
        self.lat += [row.lat for row in rows]
        self.lon += [row.lon for row in rows]
        self.alt += [row.alt for row in rows]
        self.gs += [row.gs for row in rows]
        self.track += [row.track for row in rows]
        self.flags += [row.flags for row in rows]
        self.rate += [row.rate for row in rows]
        self.height += [row.height for row in rows]
        self.source += [row.source for row in rows]
        self.details += [row.details for row in rows]

    def piece(self, options: ReadOptions) -> Piece:
        """The rows as checked positions, with a claim of each trace."""
        count = len(self.dt)
        owner = np.repeat(np.arange(len(self.sources), dtype=np.int32), self.counts)
        parsed = [address_of(header.icao) for header in self.headers]
        base = np.array([header.timestamp for header in self.headers], np.float64)
        time_ms = np.rint((base[owner] + _numbers(self.dt)) * MILLISECONDS_PER_SECOND)
        columns = Columns(
            sources=self.sources,
            owner=owner,
            address=np.array([value or 0 for value in parsed], np.uint32)[owner],
            address_known=np.array([value is not None for value in parsed], np.bool_)[owner],
            time_ms=time_ms,
            latitude_deg=_numbers(self.lat),
            longitude_deg=_numbers(self.lon),
            feed=NAME,
            data_kind=options.data_kind,
        )
        later = np.zeros(count, np.bool_)
        later[1:] = (np.diff(time_ms) < 0) & (np.diff(owner) == 0)
        columns.remarks.append(("rows earlier than the one before them", later))
        at = np.array([row for row, details in enumerate(self.details) if details is not None], np.intp)
        reported = [details for details in self.details if details is not None]
        height = _numbers(self.height)
        sent = _numbers([details.alt_geom for details in reported])
        height[at] = np.where(np.isnan(height[at]), sent, height[at])
        self._fill_motion(columns, height)
        self._fill_reported(columns, at, reported)
        return checked(columns, self._example).piece(self._claims(parsed, options.data_kind))

    def _fill_motion(self, columns: Columns, height: Floats) -> None:
        flags = np.frombuffer(bytes(self.flags), np.uint8)
        ground = np.zeros(len(flags), np.bool_)
        for row in [row for row, value in enumerate(self.alt) if value.__class__ is str]:
            ground[row], self.alt[row] = True, None
        altitude, rate = _numbers(self.alt), _numbers(self.rate)
        geometric = (flags & _ALTITUDE_GEOMETRIC) > 0
        columns.numbers |= {
            "baro_altitude_ft": np.where(geometric, np.nan, altitude),
            "geo_altitude_ft": np.where(geometric & ~np.isnan(altitude), altitude, height),
            "groundspeed_kt": _numbers(self.gs),
            "track_deg": _numbers(self.track),
            "vertical_rate_fpm": rate,
        }
        columns.others |= {
            "on_ground": pa.array(ground, mask=np.isnan(altitude) & ~ground),
            "vertical_rate_geometric": pa.array((flags & _RATE_GEOMETRIC) > 0, mask=np.isnan(rate)),
            "stale": pa.array((flags & _STALE) > 0),
            "new_leg": pa.array((flags & _NEW_LEG) > 0),
        }

    def _fill_reported(self, columns: Columns, at: Indices, reported: list[Details]) -> None:
        """What only rows with details say, and the source type (older files say it only there)."""
        count = len(self.dt)
        index = np.full(count, -1, np.int64)
        index[at] = np.arange(len(at))
        spread = pa.array(index, mask=index < 0)
        said = {
            "nic": [details.nic for details in reported],
            "nac_p": [details.nac_p for details in reported],
            "sil": [details.sil for details in reported],
            "adsb_version": [details.version for details in reported],
        }
        for name, values in said.items():
            columns.numbers[name] = np.full(count, np.nan)
            columns.numbers[name][at] = _numbers(values)
        flights = pa.array([details.flight for details in reported], pa.string())
        codes = pa.array([details.squawk for details in reported], pa.string())
        for name, (texts, wrong) in (("callsign", callsigns(flights)), ("squawk", squawks(codes))):
            columns.others[name] = texts.take(spread)
            everywhere = np.zeros(count, np.bool_)
            everywhere[at] = wrong
            columns.remarks.append((f"{name} not understood, dropped", everywhere))
        types = pa.array([details.type for details in reported], pa.string()).take(spread)
        source = pc.coalesce(pa.array(self.source, pa.string()), types)
        columns.others["source"] = pc.if_else(pc.equal(source, "unknown"), None, source)

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
                }
            )
        return pa.Table.from_pylist(rows, schema=CLAIM_SCHEMA)

    def _example(self, row: int) -> str:
        return f"[{self.dt[row]}, {self.lat[row]}, {self.lon[row]}, {self.alt[row]}, {self.gs[row]} ...]"


def _numbers(values: list[Any]) -> Floats:
    """The numbers, NaN for None (through Arrow, which is faster at this than numpy)."""
    numbers: Floats = pa.array(values, pa.float64()).to_numpy(zero_copy_only=False)
    return numbers if numbers.flags.writeable else numbers.copy()
