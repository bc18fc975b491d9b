"""Aircraft from lists of addresses with marks, as collected from FlightAware: `icao24,r,t,desc`.

`r` is the mark, `t` the type designator, `desc` a description (in the lists seen it is empty or the class of
the type). The files carry no day: the caller states it. Lists of 1.5 million rows are usual.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from overflight.formats.csv_text import head_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import listed, value, whole_table, with_address

NAME, SOURCE = "flightaware_list", "flightaware-registrations"


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is such a list."""
    return head_text(head).startswith("icao24,r,t,desc")


def read(source: Source, day: int) -> pa.Table:
    """Claims of one list (schema CLAIMS), in its order, as of the UTC day number."""
    source.is_of(NAME)
    table, address = with_address(source, whole_table(source), "icao24")
    said: dict[str, Any] = {
        "address": address,
        "registration": value(table, "r"),
        "type_designator": value(table, "t"),
        "description": value(table, "desc"),
    }
    return listed(said, table.num_rows, SOURCE, day)
