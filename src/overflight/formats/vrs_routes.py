"""Published routes from VRS standing data (https://github.com/vradarserver/standing-data, CC0).

VRS is Virtual Radar Server. One file an airline, `Callsign,Code,Number,AirlineCode,AirportCodes`, the
airports joined by hyphens: `DLH1,DLH,1,DLH,EDDH-EDDF`. The files carry no dates: the caller states the day of
the snapshot. A route is what was published for a call sign: evidence of a schedule, never of a flight.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from overflight.formats.csv_text import head_text
from overflight.formats.reading import EXAMPLES_KEPT, Source
from overflight.formats.register_rows import whole_text
from overflight.model.fields import ROUTES, schema

NAME, SOURCE = "vrs_routes", "VRS standing data"
KIND = "routes"
# As Arrow has them: given Python's own it looks for modules each time (70 us, not 4, in each of 1,600 files).
_EMPTY, _TWO, _TRUE, _SOURCE = pa.scalar(""), pa.scalar(2, pa.int32()), pa.scalar(True), pa.scalar(SOURCE)
# Kinds of the same publication, by how their headers begin.
_HEADERS = MappingProxyType(
    {
        "aircraft": "ICAO,Registration,ModelICAO,",
        "airlines": "Code,Name,ICAO,IATA,PositioningFlightPattern",
        "airports": "Code,Name,ICAO,IATA,Location,",
        "code blocks": "Start,Finish,Count,Bitmask,",
        "countries": "ISO,Name",
        "model types": "ICAO,Manufacturer,Model,Engines,",
        "registration prefixes": "Prefix,CountryISO2,HasHyphen,",
    }
)


def kind_of(head: bytes) -> str | None:
    """`routes`, or which other list of VRS standing data begins with these bytes; None for anything else."""
    line = head_text(head)
    names = _columns(line)
    if {"Callsign", "AirportCodes"} <= set(names) and len(set(names)) == len(names):
        return KIND
    return next((kind for kind, header in _HEADERS.items() if line.startswith(header)), None)


def read_routes(source: Source, day: int) -> pa.Table:
    """Routes of one file (schema ROUTES), in its order; `day` is the UTC day number of the snapshot.

    A row without a call sign or with fewer than two airports is refused; codes stay as published.
    """
    source.is_of(NAME)
    table = _read(source)
    route = pc.replace_substring_regex(table["AirportCodes"], r"\s*-\s*", "-")
    airports = pc.split_pattern(pc.utf8_trim_whitespace(route), "-")
    columns: dict[str, Any] = {
        "callsign": pc.utf8_trim_whitespace(table["Callsign"]),
        "airports": airports,
        "day": pa.repeat(pa.scalar(day, pa.int32()), table.num_rows),
        "source": pa.repeat(_SOURCE, table.num_rows),
    }
    kept = _refuse(
        source,
        table,
        {
            "no call sign": pc.not_equal(columns["callsign"], _EMPTY),
            "no airports": pc.match_substring_regex(route, r"[^\s-]"),
            "an airport without a code": pc.invert(pc.match_substring_regex(route, r"^\s*-|--|-\s*$")),
            "fewer than two airports": pc.greater_equal(pc.list_value_length(airports), _TWO),
        },
    )
    wanted = schema(ROUTES)
    rows = pa.table([columns[name] for name in wanted.names], names=wanted.names)
    return rows.filter(kept).cast(wanted).combine_chunks()


def _columns(line: str) -> list[str]:
    return [name.strip().strip('"') for name in line.split(",")]


def _read(source: Source) -> pa.Table:
    """All columns as text, empty where nothing stands; rows with too few or too many fields refused."""
    plain = whole_text(source)
    names, body = _columns(head_text(plain)), plain[plain.find(b"\n") + 1 or len(plain) :]
    empty = pa.table({name: pa.array([], pa.string()) for name in names})

    def refuse(row: pacsv.InvalidRow) -> str:
        source.tally.rows_read += 1
        source.refuse(f"{row.actual_columns} fields instead of {row.expected_columns}", row.text)
        return "skip"

    if not body.strip():
        return empty
    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(body)),
            parse_options=pacsv.ParseOptions(invalid_row_handler=refuse),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid as error:
        source.tally.rows_read += 1
        source.refuse("a file that is not readable CSV", str(error))
        return empty
    source.tally.rows_read += table.num_rows
    return table


def _refuse(source: Source, table: pa.Table, demands: dict[str, Any]) -> Any:
    """Mask of the rows that meet every demand; the others are counted under the first one they miss."""
    kept = pa.chunked_array([pa.repeat(_TRUE, table.num_rows)])
    for reason, met in demands.items():
        missed = pc.and_(kept, pc.invert(met))
        if count := pc.sum(missed).as_py() or 0:
            for row in table.filter(missed).slice(0, EXAMPLES_KEPT).to_pylist():
                source.refuse(reason, ",".join(row.values()), 0)
            source.refuse(reason, None, count)
        kept = pc.and_(kept, met)
    return kept
