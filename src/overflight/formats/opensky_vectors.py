"""OpenSky's state vectors as positions, whatever file they came in: CSV, Parquet, Avro or an API's JSON.

A state vector is a snapshot: its position was heard at `lastposupdate`, which is therefore the time of the
row where it is given. OpenSky's REST description calls a position unknown when none came within the past 15
s, though its database goes on carrying the old one: a row whose position is older than that is marked stale.
Heights are metres and speeds metres a second; both are converted here, once. One state vector read from two
kinds of file is one position: all of them are of one feed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import (
    STALE_AFTER_S,
    Bools,
    Columns,
    Floats,
    addresses,
    callsigns,
    checked,
    squawks,
)
from overflight.formats.reading import Piece, ReadOptions, Source
from overflight.units import FEET_PER_METRE, KNOTS_PER_METRE_PER_SECOND, MILLISECONDS_PER_SECOND

FEED = "opensky_states"
_SECONDS_PER_MINUTE = 60

REQUIRED = ("time", "icao24", "lat", "lon")
OWN = {"velocity", "baroaltitude", "geoaltitude", "lastcontact", "onground"}  # spelt so by nobody else
NUMBERS = (
    "time",
    "lat",
    "lon",
    "velocity",
    "heading",
    "vertrate",
    "baroaltitude",
    "geoaltitude",
    "lastposupdate",
)
TEXTS = ("icao24", "callsign", "squawk")
FLAG = "onground"
OLD = "old"
SOURCES = ("position_source", "positionsource")
_SOURCE_WORDS = {
    "0": "adsb_icao",
    "1": "asterix",
    "2": "mlat",
    "3": "flarm",
}  # readsb's words where it has them


def are_vectors(names: Sequence[str]) -> bool:
    """Whether columns of these names (lower case) are those of state vectors."""
    return set(names) >= set(REQUIRED) and bool(set(names) & OWN)


def wanted(names: Sequence[str]) -> list[str]:
    """Those of the columns that are read, in the order in which they are told in an example."""
    return [name for name in (*NUMBERS, *TEXTS, FLAG, *SOURCES) if name in names]


def vectors(
    table: pa.Table,
    source: Source,
    options: ReadOptions,
    refused: list[tuple[str, Bools]],
    *,
    feed: str = FEED,
    remarks: Sequence[tuple[str, Bools]] = (),
) -> Piece:
    """Positions of state vectors: NUMBERS as float64, TEXTS as bytes or text, `onground` as truth values.

    `refused` are the reasons found while the columns were understood. Any column but REQUIRED may be missing;
    a column `old` marks what the source itself calls out of date.
    """
    count = table.num_rows
    time, updated = _floats(table, "time"), _floats(table, "lastposupdate")
    known = ~np.isnan(updated)
    address, address_known = addresses(_array(table, "icao24", pa.binary()))
    callsign, bad_callsign = callsigns(_array(table, "callsign", pa.binary()))
    squawk, bad_squawk = squawks(_array(table, "squawk", pa.binary()))
    columns = Columns(
        sources=[source],
        owner=np.zeros(count, np.int32),
        address=address,
        address_known=address_known,
        time_ms=np.where(known, updated, time) * MILLISECONDS_PER_SECOND,
        latitude_deg=_floats(table, "lat"),
        longitude_deg=_floats(table, "lon"),
        feed=feed,
        data_kind=options.data_kind,
        numbers={
            "baro_altitude_ft": _floats(table, "baroaltitude") * FEET_PER_METRE,
            "geo_altitude_ft": _floats(table, "geoaltitude") * FEET_PER_METRE,
            "groundspeed_kt": _floats(table, "velocity") * KNOTS_PER_METRE_PER_SECOND,
            "track_deg": _floats(table, "heading"),
            "vertical_rate_fpm": _floats(table, "vertrate") * (FEET_PER_METRE * _SECONDS_PER_MINUTE),
        },
        others={
            "callsign": callsign,
            "squawk": squawk,
            "on_ground": _array(table, FLAG, pa.bool_()),
            "stale": pc.or_(
                pa.array(known & (time - updated > STALE_AFTER_S)),
                pc.fill_null(_array(table, OLD, pa.bool_()), False),
            ),
            "source": _source_words(table),
        },
        refused=refused,
        remarks=[
            *remarks,
            ("callsign not understood, dropped", bad_callsign),
            ("squawk not understood, dropped", bad_squawk),
        ],
    )
    return checked(columns, lambda row: _example(table, row)).piece()


def _array(table: pa.Table, name: str, type_: pa.DataType) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, type_)
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _floats(table: pa.Table, name: str) -> Floats:
    values: Floats = _array(table, name, pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _source_words(table: pa.Table) -> pa.Array:
    name: Sequence[str] = [name for name in SOURCES if name in table.column_names]
    if not name:
        return pa.nulls(table.num_rows, pa.string())
    codes = _array(table, name[0], pa.binary()).cast(pa.string())
    words = pa.array(list(_SOURCE_WORDS.values()))
    return words.take(pc.index_in(codes, pa.array(list(_SOURCE_WORDS))))


def _example(table: pa.Table, row: int) -> str:
    values = table.slice(row, 1).to_pylist()[0].values()
    return ",".join(
        "" if v is None else v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values
    )
