"""Aircraft from plane-alert-db (https://github.com/sdr-enthusiasts/plane-alert-db), a watch list, ODbL.

The header has changed over the years: `$` and `#` before names (signs for the program that reads it), `Ident`
for `Registration`, more or fewer tags. `Operator` is whom the list names, owner or operator. `CMPG` is Mil,
Civ, Gov or Pol: only the first two tell whether the aircraft is military. Category and tags are what the
list's authors call the aircraft, jokes included: their opinion. An address tagged as an FAA privacy address
(`PIA`) gets neither mark nor operator, though the list has both. The files carry no day: the caller states
it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import PIA_TAG
from overflight.formats.csv_text import head_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import (
    fields_of,
    header_of,
    listed,
    padded_columns,
    value,
    whole_text,
    with_address,
)

NAME, SOURCE = "plane_alert_db", "plane-alert-db"
_NEEDED = frozenset({"ICAO", "Operator", "CMPG", "Category"})
_GROUPS = {"Mil": True, "Civ": False}
_ALSO_TAGS = ("Gov", "Pol")  # groups that are neither
_SPREADSHEET = ("#N/A", "#REF!", "#VALUE!", "#NAME?")  # a failed formula, and no value
_NOTHING = pa.scalar(None, pa.string())


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is such a list, of whichever year."""
    return set(_names(fields_of(head_text(head)))) >= _NEEDED


def read(source: Source, day: int) -> pa.Table:
    """Claims of one list (schema CLAIMS), in its order, as of the UTC day number."""
    source.is_of(NAME)
    plain = whole_text(source)
    names = _names(header_of(plain))
    table, address = with_address(source, padded_columns(source, plain, names), "ICAO")
    rows, group = table.num_rows, _value(table, "CMPG")
    codes = pc.index_in(group.combine_chunks(), value_set=pa.array(list(_GROUPS)))
    tags = _tags(table, names, group)
    private = pc.fill_null(pc.match_substring_regex(tags, rf"(^|; ){PIA_TAG}(;|$)"), False)
    said: dict[str, Any] = {
        "address": address,
        "registration": pc.if_else(
            private, _NOTHING, pc.coalesce(_value(table, "Registration"), _value(table, "Ident"))
        ),
        "type_designator": _value(table, "ICAO Type"),
        "description": _value(table, "Type"),
        "operator": pc.if_else(private, _NOTHING, _value(table, "Operator")),
        "military": pa.array(list(_GROUPS.values())).take(codes),
        "tags": tags,
        "link": _value(table, "Link"),
    }
    return listed(said, rows, SOURCE, day)


def _names(header: list[str]) -> list[str]:
    """Names without the signs before them, up to the last one that is none."""
    names = [name.strip().lstrip("$#").strip() for name in header]
    while names and (not names[-1] or names[-1].startswith("(")):  # columns without a name
        names.pop()
    return names


def _value(table: pa.Table, name: str) -> Any:
    texts = pa.chunked_array([value(table, name)]) if name not in table.column_names else value(table, name)
    return pc.if_else(pc.fill_null(pc.is_in(texts, pa.array(_SPREADSHEET)), False), _NOTHING, texts)


def _tags(table: pa.Table, names: list[str], group: Any) -> pa.Array:
    """Group where it is Gov or Pol, category, tags: each once, `; ` between them; null if there is none."""
    kinds = pc.if_else(pc.fill_null(pc.is_in(group, pa.array(_ALSO_TAGS)), False), group, _NOTHING)
    columns = [kinds, _value(table, "Category"), *(_value(table, n) for n in names if n.startswith("Tag"))]
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return pa.array(["; ".join(dict.fromkeys(filter(None, row))) or None for row in rows], pa.string())
