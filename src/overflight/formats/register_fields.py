"""What readers of national registers share: columns by name, blocks of whole lines, days, texts joined."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.csv_text import head_text, plain_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import value

# Bytes of lines read into columns at a time: the FAA's files have some 200 MB, mostly blanks. A longer line
# is no line of a register (the FAA's have about 600 bytes).
BLOCK = 1 << 24
_PIECE = 1 << 20  # bytes asked for at a time
_EPOCH = date(1970, 1, 1).toordinal()
# Marks of nationality begin with the Paris Convention of 1919; a year after 2199 is a slip of the pen.
_YEARS = range(1919, 2200)
_NO_DATE = "dates that are none, taken as unknown"
_NO_YEAR = f"dates outside {_YEARS[0]} to {_YEARS[-1]}, taken as unknown"
_TOO_LATE = "dates after the day of the list, taken as unknown"
_TURNED = "ends that are not after their beginning: the beginning taken as unknown"
_TEXT = pa.string()


def folded(name: str) -> str:
    """`modescodehex` of `MODE S CODE HEX`, `Mode-S code (hex)` and the like: letters and digits only."""
    return re.sub(r"[\W_]+", "", name.casefold())


def headings(head: bytes, quote: str = '"') -> list[str]:
    """Folded names in the first line of a file; a name that comes again gets a number."""
    return _numbered([folded(name) for name in _fields(head, ",", quote)])


def header_names(head: bytes, delimiter: str) -> list[str]:
    """Names in the first line of a file, without blanks; a name that comes again gets a number."""
    return _numbered([name.strip() for name in _fields(head, delimiter, '"')])


def _fields(head: bytes, delimiter: str, quote: str) -> list[str]:
    try:
        return next(csv.reader([head_text(head)], delimiter=delimiter, quotechar=quote), [])
    except csv.Error:
        return []


def _numbered(names: list[str]) -> list[str]:
    seen: list[str] = []
    for name in names:
        seen.append(name if name not in seen else f"{name}_{len(seen)}")
    return seen


def line_blocks(source: Source) -> Iterator[bytes]:
    """The lines after the first as UTF-8, whole ones, many at a time; a last one cut short is refused."""
    held, headed = bytearray(), True
    while piece := source.stream.read(_PIECE):
        held += piece
        if headed and (end := held.find(b"\n") + 1):
            del held[:end]
            headed = False
        if len(held) >= BLOCK:
            if not (end := 0 if headed else held.rfind(b"\n") + 1):
                source.break_off(f"a line of more than {BLOCK} bytes")
                return
            yield plain_text(bytes(held[:end]), source.tally)
            del held[:end]
    if headed:
        return
    if source.stream.broke:
        end = held.rfind(b"\n") + 1
        if held[end:].strip():
            source.tally.rows_read += 1
            source.refuse("line cut off")
        del held[end:]
    if held.strip():
        yield plain_text(bytes(held), source.tally)


@contextmanager
def no_examples(source: Source) -> Iterator[None]:
    """What is refused inside is counted and not quoted: a line of a register has somebody's street in it."""
    held = len(source.tally.examples)
    try:
        yield
    finally:
        del source.tally.examples[held:]


def chosen(table: pa.Table, wanted: Mapping[str, Sequence[str]]) -> pa.Table:
    """For each wanted field the first of its columns that the table has, without blanks; else nulls.

    Whatever is not wanted is left behind here: street lines go no further.
    """
    there = {
        field: next((name for name in names if name in table.column_names), names[0])
        for field, names in wanted.items()
    }
    return pa.table({field: value(table, name) for field, name in there.items()})


def arrays(table: pa.Table) -> dict[str, pa.Array]:
    """Each column as one array."""
    return {name: table[name].combine_chunks() for name in table.column_names}


def joined(parts: Sequence[Any], between: str) -> Any:
    """The texts of a row that are known, in order, with `between` between them; null where none is."""
    whole = parts[0]
    for part in parts[1:]:  # by two: asked to skip nulls, pyarrow 26 drops the rows that have nothing else
        whole = pc.coalesce(pc.binary_join_element_wise(whole, part, between), whole, part)
    return whole


def coded(texts: Any, words: Mapping[str, str]) -> Any:
    """The word for each code; null for codes that have none."""
    place = pc.index_in(texts, value_set=pa.array(list(words), _TEXT))
    return pa.array(list(words.values()), _TEXT).take(place)


def days(source: Source, texts: Any, parse: Callable[[str], date], latest: int | None = None) -> Any:
    """UTC day numbers (int32) of written dates; what is none or lies after `latest` is unknown, and remarked.

    `parse` raises ValueError for a text that is no date of its form.
    """
    words = texts.dictionary_encode()
    counts = {row["values"]: row["counts"] for row in words.indices.value_counts().to_pylist()}
    numbers: list[int | None] = []
    for place, text in enumerate(words.dictionary.to_pylist()):
        number, remark = _day(text, parse, latest)
        if remark:
            source.tally.remarks[remark] += counts[place]
        numbers.append(number)
    return pa.array(numbers, pa.int32()).take(words.indices)


def _day(text: str, parse: Callable[[str], date], latest: int | None) -> tuple[int | None, str]:
    try:
        found = parse(text)
    except ValueError:
        return None, _NO_DATE
    number = found.toordinal() - _EPOCH
    if found.year not in _YEARS:
        return None, _NO_YEAR
    if latest is not None and number > latest:
        return None, _TOO_LATE
    return number, ""


def spans(source: Source, since: Any, until: Any) -> tuple[Any, Any]:
    """The two days of each row; where the second is not after the first, the first is unknown: remarked."""
    wrong = pc.fill_null(pc.less_equal(until, since), False)
    if count := pc.sum(wrong).as_py() or 0:
        source.tally.remarks[_TURNED] += count
    return pc.if_else(wrong, pa.scalar(None, pa.int32()), since), until


def iso_date(text: str) -> date:
    """The date in `2016-04-04`, also where a time of day follows."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", text):
        raise ValueError(text)
    return date.fromisoformat(text[:10])


def written_date(*forms: str) -> Callable[[str], date]:
    """What reads dates in any of these strptime patterns; eight digits only under a pattern without marks."""

    def parse(text: str) -> date:
        for form in forms:
            if form == "%Y%m%d" and not re.fullmatch(r"\d{8}", text):
                continue
            try:
                return datetime.strptime(text, form).date()
            except ValueError:
                continue
        raise ValueError(text)

    return parse
