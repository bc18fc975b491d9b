"""Positions as plain numpy columns, the form every kernel works on; unknown numbers are NaN or -1."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.fields import POSITIONS, schema
from overflight.units import E7_PER_DEGREE

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int8]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Columns:
    """Columns of n positions sorted by address, then time; degrees, feet, knots, milliseconds."""

    address: Ints
    time_ms: Ints
    latitude_deg: Floats
    longitude_deg: Floats
    baro_altitude_ft: Floats
    geo_altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    vertical_rate_fpm: Floats
    on_ground: Codes  # 1, 0, or -1 where nobody said
    stale: Bools
    nic: Codes
    nac_p: Codes
    sil: Codes
    adsb_version: Codes
    callsign: Ints  # code into callsign_words, -1 unknown
    callsign_words: list[str]
    source: Ints  # code into source_words of "feed" or "feed/source"
    source_words: list[str]
    kind: Ints  # code into kind_words
    kind_words: list[str]
    table: pa.Table  # the rows themselves

    @property
    def size(self) -> int:
        """Number of positions."""
        return len(self.time_ms)


def columns_of(positions: pa.Table) -> Columns:
    """Columns of a POSITIONS table sorted by address and time; a column that is not there is unknown."""
    table = positions.combine_chunks()
    contract = schema(POSITIONS)
    # what is unknown of all rows is made for one of them and takes no memory for the others
    unknown = {f.name: pa.chunked_array([pa.nulls(1, f.type)]) for f in contract}
    given = {name: table[name] if name in table.column_names else unknown[name] for name in contract.names}
    callsign, callsign_words = _codes(given["callsign"])
    feed, feeds = _codes(given["feed"])
    heard, heards = _codes(given["source"])
    kind, kind_words = _codes(given["data_kind"])
    width = len(heards) + 1
    source_words = [f if h is None else f"{f}/{h}" for f in feeds for h in (None, *heards)]

    def every(values: Any) -> Any:
        return values if len(values) == len(table) else np.broadcast_to(values, len(table))

    return Columns(
        address=every(_whole(given["address"])), time_ms=every(_whole(given["time_ms"])),
        latitude_deg=every(_whole(given["latitude_e7"]) / E7_PER_DEGREE),
        longitude_deg=every(_whole(given["longitude_e7"]) / E7_PER_DEGREE),
        baro_altitude_ft=every(_real(given["baro_altitude_ft"])),
        geo_altitude_ft=every(_real(given["geo_altitude_ft"])),
        groundspeed_kt=every(_real(given["groundspeed_kt"])), track_deg=every(_real(given["track_deg"])),
        vertical_rate_fpm=every(_real(given["vertical_rate_fpm"])),
        on_ground=every(_code(given["on_ground"])), stale=every(_code(given["stale"]) == 1),
        nic=every(_code(given["nic"])), nac_p=every(_code(given["nac_p"])), sil=every(_code(given["sil"])),
        adsb_version=every(_code(given["adsb_version"])),
        callsign=every(callsign), callsign_words=callsign_words,
        source=every(feed * width + heard + 1), source_words=source_words,
        kind=every(kind), kind_words=kind_words, table=table,
    )  # fmt: skip


def rows_of(c: Columns, keep: Bools) -> Columns:
    """The columns of some of the positions, in their order."""
    held = {f.name: getattr(c, f.name) for f in fields(c)}
    some: dict[str, Any] = {name: own[keep] for name, own in held.items() if isinstance(own, np.ndarray)}
    return replace(c, **some, table=c.table.filter(pa.array(keep)))


def joined(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece; not copied where it is in one already (Arrow's own way copies)."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _whole(column: pa.ChunkedArray | pa.Array) -> Ints:
    filled = pc.fill_null(column, -1) if column.null_count else column
    return np.asarray(filled.to_numpy(), dtype=np.int64)


def _code(column: pa.ChunkedArray) -> Codes:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int8()), -1).to_numpy(), dtype=np.int8)


def _real(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _codes(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Codes (-1 for null) into the sorted words, so that codes do not depend on the order of rows."""
    coded = joined(column).dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary)
    rank = np.empty(len(order) + 1, np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    rank[-1] = -1
    return rank[_whole(coded.indices)], coded.dictionary.take(order).to_pylist()


def altitude_ft(c: Columns) -> Floats:
    """Pressure altitude, geometric height where that is all there is, NaN where neither is known."""
    return np.where(np.isnan(c.baro_altitude_ft), c.geo_altitude_ft, c.baro_altitude_ft)
