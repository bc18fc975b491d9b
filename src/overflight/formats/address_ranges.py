"""Blocks of addresses from tar1090's ranges as CSV, and from a JSON list with a flag for State aircraft.

The CSV has `start,end,country,country_code`, by which tar1090 (https://github.com/wiedehopf/tar1090) draws
flags. The JSON, `icao-country-ranges.json`, is an array of `startHex`, `finishHex`, `isMilitary` and
`countryISO2`, whose maker is not stated and which is wrong about many States: one more opinion, no judge.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from overflight.formats.address_blocks import block_rows
from overflight.formats.csv_text import head_text
from overflight.formats.json_lists import array_entries
from overflight.formats.reading import Source
from overflight.formats.register_rows import value, whole_table

CSV_NAME, CSV_SOURCE = "tar1090_ranges", "tar1090-ranges"
JSON_NAME, JSON_SOURCE = "icao_country_ranges", "icao-country-ranges"
_JSON = re.compile(rb'\[\s*\{[^{}]*"startHex"[^{}]*"countryISO2"')


def sniff_csv(head: bytes) -> bool:
    """Whether a file that begins with these bytes is tar1090's list as CSV."""
    return head_text(head).startswith("start,end,country,country_code")


def read_csv(source: Source, day: int) -> pa.Table:
    """Address blocks (schema ADDRESS_BLOCKS) of the CSV, in its order; it does not tell who is military."""
    source.is_of(CSV_NAME)
    table = whole_table(source)
    named = {
        "first": value(table, "start"), "last": value(table, "end"), "country": value(table, "country_code"),
        "military": pa.nulls(table.num_rows, pa.bool_()),
    }  # fmt: skip
    return block_rows(source, pa.table(named), CSV_SOURCE, day)


def sniff_json(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the JSON list."""
    return _JSON.match(head.lstrip()) is not None


def read_json(source: Source, day: int) -> pa.Table:
    """Address blocks (schema ADDRESS_BLOCKS) of the JSON, in its order."""
    source.is_of(JSON_NAME)
    entries = [entry if isinstance(entry, dict) else {} for entry in array_entries(source)]

    def column(key: str, kind: type, of: Any) -> Any:
        return pa.array([v if isinstance(v := entry.get(key), kind) else None for entry in entries], of)

    named = {
        "first": column("startHex", str, pa.string()), "last": column("finishHex", str, pa.string()),
        "country": column("countryISO2", str, pa.string()),
        "military": column("isMilitary", bool, pa.bool_()),
    }  # fmt: skip
    return block_rows(source, pa.table(named), JSON_SOURCE, day)
