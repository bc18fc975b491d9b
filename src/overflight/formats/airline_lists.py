"""Designators from two plain lists: ICAOList's airlines (CSV), and call-sign prefixes with names (JSON).

`Airlines.csv` of https://github.com/rikgale/ICAOList has `Company,Country,Telephony,3Ltr`. The JSON,
`operator-call-signs.json`, is `{"AHY": "Azerbaijan Airlines"}`, prefixes of two to six letters; its maker is
not stated.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.csv_text import head_text
from overflight.formats.json_lists import object_entries
from overflight.formats.reading import Source
from overflight.formats.register_rows import list_rows, refuse_rows, value, whole_table
from overflight.model.fields import DESIGNATORS

CSV_NAME, CSV_SOURCE = "icaolist_airlines", "icaolist"
JSON_NAME, JSON_SOURCE = "operator_call_signs", "operator-call-signs"
_JSON = re.compile(rb'\{\s*"[A-Z0-9]{2,8}"\s*:\s*"[^"]*"\s*[,}]')
_CODE = "^[A-Z0-9]{2,8}$"


def sniff_csv(head: bytes) -> bool:
    """Whether a file that begins with these bytes is ICAOList's list of airlines."""
    return head_text(head).startswith("Company,Country,Telephony,3Ltr")


def read_csv(source: Source, day: int) -> pa.Table:
    """Designators (schema DESIGNATORS) of ICAOList's airlines, in its order."""
    source.is_of(CSV_NAME)
    table = whole_table(source)
    columns = {"code": "3Ltr", "name": "Company", "country": "Country", "telephony": "Telephony"}
    named = {name: value(table, column) for name, column in columns.items()}
    return _designators(source, pa.table(named), CSV_SOURCE, day)


def sniff_json(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the JSON list."""
    return _JSON.match(head.lstrip()) is not None


def read_json(source: Source, day: int) -> pa.Table:
    """Designators (schema DESIGNATORS) of the JSON list, in its order; it names no countries."""
    source.is_of(JSON_NAME)
    entries = object_entries(source)
    names = [text if isinstance(text, str) else None for text in entries.values()]
    table = pa.table({"code": pa.array(list(entries), pa.string()), "name": pa.array(names, pa.string())})
    return _designators(source, table, JSON_SOURCE, day)


def _designators(source: Source, table: pa.Table, name: str, day: int) -> pa.Table:
    demands = {
        "no code of capitals and digits": pc.match_substring_regex(table["code"], _CODE),
        "no name": pc.match_substring_regex(table["name"], r"\S"),
    }
    return list_rows(refuse_rows(source, table, demands), DESIGNATORS, name, day)
