"""Positions from OpenSky state vectors as CSV: the public dumps, and exports of the historical database.

Columns are taken by name in any order and case: `time` (Unix s UTC), `icao24`, `lat`, `lon`, `velocity` and
`vertrate` (m/s), `heading`, `callsign`, `onground`, `squawk`, `baroaltitude` and `geoaltitude` (m),
`lastposupdate` (Unix s), and where there is one `position_source` (0 ADS-B, 1 ASTERIX, 2 MLAT, 3 FLARM). An
empty field is unknown.

A state vector is a snapshot: its position was heard at `lastposupdate`, which is therefore the time of the
row where it is given. OpenSky's REST description calls a position unknown when none came within the past 15
s, though its database goes on carrying the old one: a row whose position is older than that is marked stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats import csv_blocks
from overflight.formats.checking import Columns, Floats, addresses, callsigns, checked, squawks
from overflight.formats.csv_blocks import Bools, Header
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.units import FEET_PER_METRE, KNOTS_PER_METRE_PER_SECOND, MILLISECONDS_PER_SECOND

NAME = "opensky_states"
STALE_AFTER_S = 15  # https://openskynetwork.github.io/opensky-api/rest.html, `time_position`
_SECONDS_PER_MINUTE = 60

_REQUIRED = ("time", "icao24", "lat", "lon")
_OWN = {"velocity", "baroaltitude", "geoaltitude", "lastcontact", "onground"}  # spelt so by nobody else
_NUMBERS = (
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
_TEXTS = ("icao24", "callsign", "squawk")
_SOURCES = ("position_source", "positionsource")
_SOURCE_WORDS = {
    "0": "adsb_icao",
    "1": "asterix",
    "2": "mlat",
    "3": "flarm",
}  # readsb's words where it has them


def sniff(head: bytes) -> bool:
    """Whether a file that begins so has the columns of OpenSky's state vectors."""
    header = csv_blocks.header_of(head)
    names = set() if header is None else {name.lower() for name in header.names}
    return names >= set(_REQUIRED) and bool(names & _OWN)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, a block of some MB at a time; there are no claims in state vectors."""
    for source in sources:
        source.is_of(NAME)
        found = csv_blocks.header_of(source.stream.peek(csv_blocks.HEADER_MAX))
        if found is None:
            source.reject("no header")
            continue
        header = Header(tuple(name.lower() for name in found.names), found.delimiter)
        if len(set(header.names)) < len(header.names):
            source.reject("two columns of one name")
            continue
        for block in csv_blocks.blocks(source):
            yield _piece(block, header, source, options)


def _piece(block: bytes, header: Header, source: Source, options: ReadOptions) -> Piece:
    """The rows of one block; the quick way where every field parses, otherwise field by field."""
    present = [name for name in (*_NUMBERS, *_TEXTS, "onground", *_SOURCES) if name in header.names]
    types = {name: pa.float64() if name in _NUMBERS else pa.binary() for name in present}
    if "onground" in types:
        types["onground"] = pa.bool_()
    table = csv_blocks.typed_columns(block, header, types)
    refused: list[tuple[str, Bools]] = []
    if table is None:
        table = _tolerant(csv_blocks.text_columns(block, header, present, source), source, refused)
    source.tally.rows_read += table.num_rows
    return _checked(table, source, options, refused)


def _tolerant(texts: pa.Table, source: Source, refused: list[tuple[str, Bools]]) -> pa.Table:
    """The columns with what cannot be understood as null, and a reason for each such row."""
    table = {name: csv_blocks.texts(texts[name]) for name in texts.column_names}
    repeated = pc.and_(
        pc.equal(pc.utf8_lower(table["time"]), "time"), pc.equal(pc.utf8_lower(table["icao24"]), "icao24")
    )
    again = pc.fill_null(repeated, False)
    if pc.any(again).as_py():
        source.tally.remarks["header repeated"] += pc.sum(again).as_py()
        table = {name: column.filter(pc.invert(again)) for name, column in table.items()}
    for name in list(table):
        if name in _NUMBERS:
            values, wrong = csv_blocks.numbers(table[name])
            table[name] = pa.array(values, from_pandas=True)
            refused.append((f"{name} is not a number", wrong))
        elif name == "onground":
            table[name], wrong = csv_blocks.flags(table[name])
            refused.append((f"{name} is neither true nor false", wrong))
    return pa.table(table)


def _checked(
    table: pa.Table, source: Source, options: ReadOptions, refused: list[tuple[str, Bools]]
) -> Piece:
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
        feed=NAME,
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
            "on_ground": _array(table, "onground", pa.bool_()),
            "stale": pa.array(known & (time - updated > STALE_AFTER_S)),
            "source": _source_words(table),
        },
        refused=refused,
        remarks=[
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
    name: Sequence[str] = [name for name in _SOURCES if name in table.column_names]
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
