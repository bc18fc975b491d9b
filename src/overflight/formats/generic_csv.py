"""Positions from any CSV whose owner says, in a column map, what its columns are (see `column_map`)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats import csv_blocks
from overflight.formats.checking import (
    CLAIM_SCHEMA,
    POSITION_SCHEMA,
    Checked,
    Columns,
    addresses,
    callsigns,
    checked,
    claim_rows,
    squawks,
)
from overflight.formats.column_map import (
    CATEGORIES,
    CLAIMS,
    DETAILS,
    FLAGS,
    REQUIRED,
    SPOOFED,
    TEXTS,
    UNITS,
    ColumnMap,
    suggestion,
)
from overflight.formats.csv_blocks import Bools, Floats, Header
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.formats.written_times import Instants, instants
from overflight.model.heard import marked_spoofed
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

NAME = "generic_csv"
_SAYS_NOTHING = "unknown"  # readsb's word where it does not know how a position was heard
_GROUND = "ground"  # what readsb and exports of it write for the altitude of an aircraft on the ground


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is a table: a header, and a second line with as many fields."""
    header = csv_blocks.header_of(head)
    if header is None:
        return False
    second = head.partition(b"\n")[2].partition(b"\n")[0].decode(errors="replace").strip("\r")
    # a quoted field may hold the delimiter
    fields = csv_blocks.fields_of(second, header.delimiter)
    return not second.strip() or suggestion(header.names) is not None or len(fields) == len(header.names)


def without_map(head: bytes) -> str:
    """What to tell somebody who offers a CSV without a map, with one to begin from where it is guessed."""
    header = csv_blocks.header_of(head)
    names = () if header is None else header.names
    suggested = suggestion(names)
    advice = "a CSV whose columns are not known: write a column map (JSON or TOML) and give it with the file"
    if suggested:
        return f"{advice}, for example (check units and zone): {suggested}"
    return f"{advice}; it has the columns {', '.join(names[:40])}"


def read(
    sources: Iterable[Source], options: ReadOptions, column_map: ColumnMap, name: str = NAME
) -> Pieces:
    """Positions and claims of each file in turn, a block of some MB at a time; `name` is what to call it."""
    for source in sources:
        source.is_of(name)
        header = _header(source, column_map)
        if header is None:
            continue
        for block in csv_blocks.blocks(source):
            piece = _Block(block, header, source, options, column_map).piece()
            if piece is None:
                break
            yield piece


def _header(source: Source, column_map: ColumnMap) -> Header | None:
    """The header if the file has every column the map names; otherwise a rejection that says what it has."""
    header = csv_blocks.header_of(source.stream.peek(csv_blocks.HEADER_MAX), column_map.delimiter)
    if header is None:
        source.reject("its first line is not a list of distinct column names")
        return None
    missing = [name for name in column_map.wanted() if name not in header.names]
    if missing:
        which = " and ".join(repr(name) for name in missing)
        source.reject(f"column {which} of the map is not in the file; it has: {', '.join(header.names)}")
        return None
    return header


class _Block:
    """One block of lines on its way to positions: the text of each field, and what is wrong with it."""

    def __init__(
        self, block: bytes, header: Header, source: Source, options: ReadOptions, column_map: ColumnMap
    ) -> None:
        self.source, self.map = source, column_map
        self.data_kind = str(column_map.constants.get("data_kind", options.data_kind))
        table = csv_blocks.text_columns(block, header, column_map.wanted(), source)
        self.columns = {name: csv_blocks.texts(table[name]) for name in table.column_names}
        self.count = table.num_rows
        self._drop_repeated_headers()
        source.tally.rows_read += self.count
        self.refused: list[tuple[str, Bools]] = []

    def piece(self) -> Piece | None:
        """Positions and claims; None where no time has a zone: the tally then says what to do."""
        address, known = addresses(self._text("icao24"))
        time = instants(self._time_text(), self.map.time)
        if time.without_zone.any() and time.without_zone.sum() == self.count:
            self._reject_for_zone()
            return None
        columns = Columns(
            sources=[self.source],
            owner=np.zeros(self.count, np.int32),
            address=address,
            address_known=known,
            time_ms=self._heard(time),
            latitude_deg=self._number("latitude_deg"),
            longitude_deg=self._number("longitude_deg"),
            feed=NAME,
            data_kind=self.data_kind,
            refused=self.refused,
        )
        self._fill_motion(columns)
        self._fill_texts(columns)
        self._mark_spoofed(columns)
        result = checked(columns, self._example)
        return result.piece(self._claims(result))

    def _text(self, field: str) -> pa.Array:
        """Text of a field: its column, the constant of the map, or nulls."""
        column = self.map.columns.get(field) or self.map.claims.get(field)
        if isinstance(column, str):
            return self.columns[column]
        constant = self.map.constants.get(field)
        if constant is None and self.map.details and field in DETAILS:
            return self._detail(DETAILS[field])
        if constant is None:
            return pa.nulls(self.count, pa.string())
        return pa.repeat(str(constant).lower() if isinstance(constant, bool) else str(constant), self.count)

    def _detail(self, name: str) -> pa.Array:
        """What the details of each row say under a name, written as JSON or as Python prints it."""
        pattern = rf"""['"]{name}['"]\s*:\s*['"]?(?P<said>[^,'"}}]*)"""
        found = pc.struct_field(pc.extract_regex(self.columns[self.map.details], pattern), 0)
        return csv_blocks.texts(found)

    def _time_text(self) -> pa.Array:
        column = self.map.columns.get("time")
        if column is None or isinstance(column, str):
            return self._text("time")
        return pc.binary_join_element_wise(*(self.columns[name] for name in column), " ")

    def _number(self, field: str, text: pa.Array | None = None) -> Floats:
        values, wrong = csv_blocks.numbers(self._text(field) if text is None else text)
        self.refused.append((f"{field} is not a number", wrong))
        return values

    def _heard(self, time: Instants) -> Floats:
        self.refused += time.refused
        age = self._number("age_s")
        heard: Floats = time.time_ms - np.where(np.isnan(age), 0, age) * MILLISECONDS_PER_SECOND
        return heard

    def _fill_motion(self, columns: Columns) -> None:
        altitude = self._text("baro_altitude")
        ground = pc.fill_null(pc.equal(pc.utf8_lower(altitude), _GROUND), False)
        texts = {
            "baro_altitude": pc.if_else(ground, pa.scalar(None, pa.string()), altitude),
            "geo_altitude": self._text("geo_altitude"),
            "groundspeed": self._text("groundspeed"),
            "vertical_rate": self._text("vertical_rate"),
        }
        units = {"baro_altitude": "ft", "geo_altitude": "ft", "groundspeed": "kt", "vertical_rate": "fpm"}
        for field in UNITS:
            text = texts[field]
            if self.map.units.get(field) == "FL":
                text = pc.replace_substring_regex(text, "^(FL|F)", "")
            columns.numbers[f"{field}_{units[field]}"] = self._number(field, text) * self.map.factor(field)
        columns.numbers["track_deg"] = self._number("track_deg")
        for field in CATEGORIES:
            columns.numbers[field] = self._number(field)
        for field in FLAGS:
            flag, wrong = csv_blocks.flags(self._text(field))
            self.refused.append((f"{field} is neither true nor false", wrong))
            columns.others[field] = (
                flag if POSITION_SCHEMA.field(field).nullable else pc.fill_null(flag, False)
            )
        said = pc.if_else(ground, True, pa.scalar(None, pa.bool_()))
        columns.others["on_ground"] = pc.coalesce(columns.others["on_ground"], said)

    def _fill_texts(self, columns: Columns) -> None:
        for field in TEXTS:
            columns.others[field] = self._text(field)
        heard = columns.others["source"]
        columns.others["source"] = pc.if_else(pc.equal(heard, _SAYS_NOTHING), None, heard)
        for field, clean in (("callsign", callsigns), ("squawk", squawks)):
            columns.others[field], wrong = clean(pc.utf8_upper(columns.others[field]))
            columns.remarks.append((f"{field} not understood, dropped", wrong))

    def _mark_spoofed(self, columns: Columns) -> None:
        """Put into the source class what the source itself calls spoofed."""
        flag, wrong = csv_blocks.flags(self._text(SPOOFED))
        self.refused.append((f"{SPOOFED} is neither true nor false", wrong))
        self.spoofed = pc.fill_null(flag, False)
        if not pc.any(self.spoofed).as_py():
            return
        heard = columns.others["source"]
        marked = pa.array([marked_spoofed(word) for word in heard.to_pylist()], pa.string())
        columns.others["source"] = pc.if_else(self.spoofed, marked, heard)
        rows = self.spoofed.to_numpy(zero_copy_only=False)
        columns.remarks.append(("rows that the source calls spoofed: kept, never part of a line", rows))

    def _claims(self, result: Checked) -> pa.Table:
        """What the accepted rows say of their aircraft, once a day each; spoofed rows say nothing."""
        if not any(field in self.map.claims or field in self.map.constants for field in CLAIMS):
            return CLAIM_SCHEMA.empty_table()
        kept = pa.array(result.keep)
        said = {field: self._text(field).filter(kept) for field in CLAIMS}
        said["military"] = csv_blocks.flags(said["military"])[0]
        days = result.positions["time_ms"].to_numpy() // MILLISECONDS_PER_DAY
        rows = pa.table(
            {"address": result.positions["address"], "day": pa.array(days.astype(np.int32)), **said}
        )
        anything = [pc.is_valid(rows[field]) for field in CLAIMS]
        some = anything[0]
        for other in anything[1:]:
            some = pc.or_(some, other)
        some = pc.and_(some, pa.chunked_array([pc.invert(self.spoofed.filter(kept))]))
        once = rows.filter(some).group_by(rows.column_names, use_threads=False).aggregate([])
        whole = {name: once[name] for name in once.column_names}
        for name, value in (("source", self.map.claims_source), ("data_kind", self.data_kind)):
            whole[name] = pa.repeat(value, once.num_rows)
        return claim_rows(whole, once.num_rows)

    def _drop_repeated_headers(self) -> None:
        """Take out lines that repeat the header, as files joined end to end have them."""
        repeated = pa.repeat(bool(self.columns), self.count)
        for name, texts in self.columns.items():
            repeated = pc.and_(repeated, pc.fill_null(pc.equal(texts, name), False))
        if pc.any(repeated).as_py():
            self.source.tally.remarks["header repeated"] += pc.sum(repeated).as_py()
            self.columns = {name: texts.filter(pc.invert(repeated)) for name, texts in self.columns.items()}
            self.count -= pc.sum(repeated).as_py()

    def _reject_for_zone(self) -> None:
        self.source.refuse("time without a zone", None, self.count)
        self.source.reject(
            f"times carry no zone ({self._time_text()[0].as_py()!r}): "
            'set "time": {"zone": "UTC"} or another zone in the column map'
        )

    def _example(self, row: int) -> str:
        shown = {field: self._text(field)[row].as_py() for field in REQUIRED if field != "time"}
        return ", ".join(
            f"{field}={value}" for field, value in {"time": self._time_text()[row], **shown}.items()
        )
