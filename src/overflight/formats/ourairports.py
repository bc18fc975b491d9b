"""Airfields and runways from OurAirports' two CSV files, old and new column sets, plain or gzip.

The list is public domain (https://ourairports.com/data/). Columns are taken by name, so that the older set
(`gps_code` only) and the newer one (`icao_code` beside it) both read. All kinds are kept: a heliport, a
closed field and a seaplane base are as much a place as an airport.
"""

from __future__ import annotations

import io
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from overflight.formats.csv_text import head_text, plain_text
from overflight.formats.reading import EXAMPLES_KEPT, Tally
from overflight.model.fields import LISTED_AIRFIELDS, RUNWAYS, schema

HEIGHTS_FT = (-1_500, 25_000)  # Dead Sea shore -1,266 ft; highest airport 14,472 ft, heliports higher
LENGTHS_FT = (1, 40_000)  # 0 stands for unknown in the list; its longest, a dry lake bed, is under 40,000 ft
WIDTHS_FT = (1, 10_000)
_NUMBER = r"^[-+]?[0-9]{1,12}(\.[0-9]*)?$"
# `iso_region` because the site's list of navigation aids has all the others
_AIRPORT_COLUMNS = {"ident", "type", "name", "latitude_deg", "longitude_deg", "iso_region"}
_RUNWAY_COLUMNS = {"airport_ident", "length_ft", "width_ft", "le_ident", "he_ident"}


def sniff(head: bytes) -> Literal["airports", "runways"] | None:
    """Which of the two files begins with these bytes (plain or gzip); None for anything else."""
    columns = set(_columns(head_text(head)))
    if columns >= _AIRPORT_COLUMNS:
        return "airports"
    return "runways" if columns >= _RUNWAY_COLUMNS else None


def read_airports(data: bytes, tally: Tally) -> pa.Table:
    """Airfields of one file (schema LISTED_AIRFIELDS), in its order; no dates and notes, the list has none.

    A row without ident, name, kind or a position on the globe is refused; an impossible elevation becomes
    unknown and is remarked.
    """
    tally.format = "ourairports_airports"
    table = _read(data, tally, _AIRPORT_COLUMNS)
    latitude, longitude = _number(table["latitude_deg"], -90, 90), _number(table["longitude_deg"], -180, 180)
    kept = _refuse(
        tally,
        table,
        {
            "no ident": pc.is_valid(table["ident"]),
            "no name": pc.is_valid(table["name"]),
            "no kind": pc.is_valid(table["type"]),
            "latitude is not a number from -90 to 90": pc.is_valid(latitude),
            "longitude is not a number from -180 to 180": pc.is_valid(longitude),
        },
    )
    icao = _text(table, "gps_code")
    if "icao_code" in table.column_names:
        icao = pc.coalesce(table["icao_code"], icao)
    columns: dict[str, Any] = {
        "ident": table["ident"],
        "name": table["name"],
        "country": _text(table, "iso_country"),
        "kind": table["type"],
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "elevation_ft": _whole(tally, table, "elevation_ft", HEIGHTS_FT, kept),
        "iata": _text(table, "iata_code"),
        "scheduled": _yes(_text(table, "scheduled_service")),
        "source_id": pc.cast(_number(_text(table, "id"), 0, 2**53), pa.int64(), safe=False),
        "icao": pc.if_else(_is(pc.equal(icao, table["ident"])), pa.scalar(None, pa.string()), icao),
        "also": _names(_text(table, "keywords"), _text(table, "municipality")),
    }
    return _conform(columns, kept, schema(LISTED_AIRFIELDS))


def _names(keywords: pa.ChunkedArray, town: pa.ChunkedArray) -> pa.ChunkedArray:
    """Other names and the town that the field serves, joined by commas; null where neither is known."""
    return pc.coalesce(pc.binary_join_element_wise(keywords, town, ", "), keywords, town)


def read_runways(data: bytes, tally: Tally) -> pa.Table:
    """Runways of one file (schema RUNWAYS), in its order; a zero length or width in the list means unknown.

    A row without the airfield's ident is refused; other bad numbers become unknown and are remarked.
    """
    tally.format = "ourairports_runways"
    table = _read(data, tally, _RUNWAY_COLUMNS)
    kept = _refuse(tally, table, {"no airfield ident": pc.is_valid(table["airport_ident"])})
    low, high = _text(table, "le_ident"), _text(table, "he_ident")
    ends = pc.coalesce(pc.binary_join_element_wise(low, high, "/"), low, high)
    columns: dict[str, Any] = {
        "ident": table["airport_ident"],
        "name": ends,
        "length_ft": _whole(tally, table, "length_ft", LENGTHS_FT, kept),
        "width_ft": _whole(tally, table, "width_ft", WIDTHS_FT, kept),
        "surface": _text(table, "surface"),
        "closed": _is(pc.is_in(_text(table, "closed"), pa.array(["1", "true", "TRUE"]))),
        "le_latitude_deg": _number(_text(table, "le_latitude_deg"), -90, 90),
        "le_longitude_deg": _number(_text(table, "le_longitude_deg"), -180, 180),
        "he_latitude_deg": _number(_text(table, "he_latitude_deg"), -90, 90),
        "he_longitude_deg": _number(_text(table, "he_longitude_deg"), -180, 180),
    }
    return _conform(columns, kept, schema(RUNWAYS))


def _columns(line: str) -> list[str]:
    return [name.strip().strip('"') for name in line.split(",")]


def _read(data: bytes, tally: Tally, needed: set[str]) -> pa.Table:
    """All columns as text; rows of the wrong length refused; empty where the header does not fit."""
    plain = plain_text(data, tally)
    names = _columns(head_text(plain))
    if not needed <= set(names):
        tally.unreadable = f"header lacks {', '.join(sorted(needed - set(names)))}"
        return pa.table({name: pa.array([], pa.string()) for name in sorted(needed)})

    def refuse(row: pacsv.InvalidRow) -> str:
        tally.rows_read += 1
        tally.refuse(f"{row.actual_columns} fields instead of {row.expected_columns}", row.text)
        return "skip"

    try:
        table = pacsv.read_csv(
            io.BytesIO(plain),
            read_options=pacsv.ReadOptions(use_threads=False, block_size=max(len(plain), 1)),
            parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],  # not "NA": that is Namibia
            ),
        )
    except pa.ArrowInvalid as error:
        tally.unreadable = f"not a readable CSV file: {error}"
        return pa.table({name: pa.array([], pa.string()) for name in sorted(needed)})
    tally.rows_read += table.num_rows
    return table


def _text(table: pa.Table, name: str) -> Any:
    if name in table.column_names:
        return table[name]
    return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])


def _yes(texts: Any) -> Any:
    """`yes` and `no`; unknown for anything else."""
    said = pc.is_in(texts, pa.array(["yes", "no"]))
    return pc.if_else(_is(said), pc.equal(texts, "yes"), pa.scalar(None, pa.bool_()))


def _is(mask: Any) -> Any:
    return pc.fill_null(mask, False)


def _number(texts: Any, least: float, most: float) -> Any:
    """Numbers within the bounds, null elsewhere."""
    plain = pc.if_else(_is(pc.match_substring_regex(texts, _NUMBER)), texts, pa.scalar(None, pa.string()))
    values = pc.cast(plain, pa.float64())
    inside = pc.and_(pc.greater_equal(values, least), pc.less_equal(values, most))
    return pc.if_else(_is(inside), values, pa.scalar(None, pa.float64()))


def _whole(tally: Tally, table: pa.Table, name: str, bounds: tuple[int, int], kept: Any) -> Any:
    """Whole numbers within the bounds; what stood there and was none (zero apart) is remarked."""
    texts = _text(table, name)
    values = pc.cast(pc.round(_number(texts, *bounds)), pa.int32())
    stated = _is(pc.invert(pc.match_substring_regex(texts, r"^0+(\.0*)?$")))
    bad = pc.sum(pc.and_(kept, pc.and_(stated, pc.is_null(values)))).as_py()
    if bad:
        tally.remarks[f"{name} unusable, taken as unknown"] += bad
    return values


def _refuse(tally: Tally, table: pa.Table, demands: dict[str, Any]) -> Any:
    """Mask of the rows that meet every demand; the others are counted under the first one they miss."""
    kept = pa.chunked_array([pa.repeat(True, table.num_rows)])
    for reason, met in demands.items():
        missed = pc.and_(kept, pc.invert(met))
        count = pc.sum(missed).as_py() or 0
        if count:
            for row in table.filter(missed).slice(0, EXAMPLES_KEPT).to_pylist():
                tally.refuse(reason, ",".join(value or "" for value in row.values()), 0)
            tally.refused[reason] += count
        kept = pc.and_(kept, met)
    return kept


def _conform(columns: dict[str, Any], kept: Any, wanted: pa.Schema) -> pa.Table:
    rows = len(kept)
    arrays = [columns[f.name] if f.name in columns else pa.nulls(rows, f.type) for f in wanted]
    return pa.table(arrays, names=wanted.names).filter(kept).cast(wanted).combine_chunks()
