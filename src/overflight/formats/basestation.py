"""What the aircraft of a BaseStation.sqb say: claims of a database that somebody's decoder keeps.

The database itself is opened elsewhere (`store.basestation`); here its columns get their meaning.

- `RegisteredOwners` is an operator, in the sense of `whom a list names`: feeders and the programs that fill
  these files write an airline there as often as an owner, and the file does not tell which.
- ModeSCountry and Country are looked up from the address by whoever made the file: no claims. UserNotes are
  not read.
- `LastModified` is when a row was last written, not since when anything holds. Nothing is kept of it.
- It is no whole list: a decoder adds aircraft as it hears them, so that one it lacks has not ended.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.reading import Source
from overflight.formats.register_rows import listed, value, with_address

NAME, SOURCE = "basestation_sqb", "basestation"


def claims(source: Source, rows: pa.Table, day: int) -> pa.Table:
    """Claims (schema CLAIMS) of the rows of the database, in their order; `day` is that of its making.

    A row whose ModeS is no address is refused.
    """
    source.is_of(NAME)
    source.tally.rows_read += rows.num_rows
    digits = rows["ModeS"]  # as a number, leading zeros were lost
    short = pc.fill_null(pc.match_substring_regex(digits, "^[0-9A-Fa-f]{1,5}$"), False)
    rows = rows.set_column(0, "ModeS", pc.if_else(short, pc.utf8_lpad(digits, 6, "0"), digits))
    rows, address = with_address(source, rows, "ModeS")
    columns: dict[str, Any] = {
        "address": address,
        "registration": value(rows, "Registration"),
        "type_designator": value(rows, "ICAOTypeCode"),
        "description": value(rows, "Type"),
        "operator": value(rows, "RegisteredOwners"),
        "manufacturer": value(rows, "Manufacturer"),
        "serial": value(rows, "SerialNo"),
        "built": value(rows, "YearBuilt"),
    }
    return listed(columns, len(address), SOURCE, day)
