"""Positions from OpenSky state vectors as CSV: the public dumps, and exports of the historical database.

Columns are taken by name in any order and case: `time` (Unix s UTC), `icao24`, `lat`, `lon`, `velocity` and
`vertrate` (m/s), `heading`, `callsign`, `onground`, `squawk`, `baroaltitude` and `geoaltitude` (m),
`lastposupdate` (Unix s), and where there is one `position_source` (0 ADS-B, 1 ASTERIX, 2 MLAT, 3 FLARM). An
empty field is unknown. What the columns mean is in `opensky_vectors`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats import csv_blocks
from overflight.formats.csv_blocks import Bools, Header
from overflight.formats.opensky_vectors import FEED, FLAG, NUMBERS, are_vectors, vectors, wanted
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source

NAME = FEED


def sniff(head: bytes) -> bool:
    """Whether a file that begins so has the columns of OpenSky's state vectors."""
    header = csv_blocks.header_of(head)
    return header is not None and are_vectors([name.lower() for name in header.names])


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
    present = wanted(header.names)
    types = {name: pa.float64() if name in NUMBERS else pa.binary() for name in present}
    if FLAG in types:
        types[FLAG] = pa.bool_()
    table = csv_blocks.typed_columns(block, header, types)
    refused: list[tuple[str, Bools]] = []
    if table is None:
        table = _tolerant(csv_blocks.text_columns(block, header, present, source), source, refused)
    source.tally.rows_read += table.num_rows
    return vectors(table, source, options, refused)


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
        if name in NUMBERS:
            values, wrong = csv_blocks.numbers(table[name])
            table[name] = pa.array(values, from_pandas=True)
            refused.append((f"{name} is not a number", wrong))
        elif name == FLAG:
            table[name], wrong = csv_blocks.flags(table[name])
            refused.append((f"{name} is neither true nor false", wrong))
    return pa.table(table)
