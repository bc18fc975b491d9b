"""Rows of ADDRESS_BLOCKS from the columns that lists of address blocks have."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import addresses
from overflight.formats.reading import Source
from overflight.formats.register_rows import list_rows, refuse_rows
from overflight.model.address import NOT_ICAO_BIT
from overflight.model.fields import ADDRESS_BLOCKS


def block_rows(source: Source, table: pa.Table, name: str, day: int) -> pa.Table:
    """Address blocks (schema ADDRESS_BLOCKS) of `first`, `last` (hex texts), `country` and `military`.

    Refused is what has no two addresses in order, or no two-letter code of a State.
    """
    table = table.combine_chunks()
    (first, first_there), (last, last_there) = (
        addresses(table[column].combine_chunks().cast(pa.string())) for column in ("first", "last")
    )
    ordered = first_there & last_there & (first <= last) & (last < NOT_ICAO_BIT)
    country = pc.utf8_upper(table["country"].cast(pa.string()))
    ends = {"first_address": pa.array(first), "last_address": pa.array(last)}
    table = pa.table({**ends, "country": country, "military": table["military"]})
    demands = {
        "no two addresses in order": pa.array(ordered),
        "no two-letter country code": pc.match_substring_regex(country, "^[A-Z]{2}$"),
    }
    return list_rows(refuse_rows(source, table, demands), ADDRESS_BLOCKS, name, day)
