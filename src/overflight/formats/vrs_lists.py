"""Designators, address blocks and marks from VRS standing data (CC0), one list each.

`airlines.csv`: an airline's ICAO and IATA codes and name. `code-blocks.csv`: blocks of 24-bit addresses with
their State, nested: the smallest block that holds an address is meant; `ZZ` is a block of no State.
`reg-prefixes.csv`: the beginnings of marks. See formats/vrs_routes.py for where they are published.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.address_blocks import block_rows
from overflight.formats.csv_text import head_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import list_rows, refuse_rows, value, whole_table
from overflight.model.fields import DESIGNATORS, MARK_PREFIXES

SOURCE = "vrs-standing-data"
AIRLINES, CODE_BLOCKS, PREFIXES = "vrs_airlines", "vrs_code_blocks", "vrs_registration_prefixes"


def sniff_airlines(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the list of airlines."""
    return head_text(head).startswith("Code,Name,ICAO,IATA,PositioningFlightPattern")


def read_airlines(source: Source, day: int) -> pa.Table:
    """Designators (schema DESIGNATORS) of the airlines that have one; the others are refused."""
    source.is_of(AIRLINES)
    table = whole_table(source)
    named = {"code": value(table, "ICAO"), "name": value(table, "Name"), "iata": value(table, "IATA")}
    demands = {
        "no ICAO designator": pc.match_substring_regex(named["code"], "^[A-Z]{3}$"),
        "no name": named["name"].is_valid(),
    }
    return list_rows(refuse_rows(source, pa.table(named), demands), DESIGNATORS, SOURCE, day)


def sniff_code_blocks(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the list of address blocks."""
    return head_text(head).startswith("Start,Finish,Count,Bitmask,")


def read_code_blocks(source: Source, day: int) -> pa.Table:
    """Address blocks (schema ADDRESS_BLOCKS), in the order of the list."""
    source.is_of(CODE_BLOCKS)
    table = whole_table(source)
    military = value(table, "IsMilitary")
    told = pc.is_in(military, pa.array(["0", "1"]))
    said = pc.if_else(told, pc.equal(military, "1"), pa.scalar(None, pa.bool_()))
    named = {
        "first": value(table, "Start"), "last": value(table, "Finish"),
        "country": value(table, "CountryISO2"), "military": said,
    }  # fmt: skip
    return block_rows(source, pa.table(named), SOURCE, day)


def sniff_prefixes(head: bytes) -> bool:
    """Whether a file that begins with these bytes is the list of beginnings of marks."""
    return head_text(head).startswith("Prefix,CountryISO2,HasHyphen,")


def read_prefixes(source: Source, day: int) -> pa.Table:
    """Beginnings of marks (schema MARK_PREFIXES), in the order of the list."""
    source.is_of(PREFIXES)
    table = whole_table(source)
    named = {
        "prefix": value(table, "Prefix"),
        "country": pc.utf8_upper(value(table, "CountryISO2")),
        "hyphen": pc.equal(value(table, "HasHyphen"), "1"),
    }
    demands = {
        "no prefix": named["prefix"].is_valid(),
        "no two-letter country code": pc.match_substring_regex(named["country"], "^[A-Z]{2}$"),
    }
    return list_rows(refuse_rows(source, pa.table(named), demands), MARK_PREFIXES, SOURCE, day)
