"""Aircraft from VRS standing data (https://github.com/vradarserver/standing-data, CC0), in hundreds of files.

`ICAO,Registration,ModelICAO,Manufacturer,Model,ManufacturerAndModel,IsPrivateOperator,Operator,AirlineCode,
SerialNumber,YearBuilt`. Where `IsPrivateOperator` is 1 the operator reads `Private`: that is no name, and it
does not tell a person from a company. So the operator is unknown there, and a tag says why. An operator with
an airline's code is an organisation. The files carry no day: the caller states it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.csv_text import head_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import listed, value, whole_table, with_address
from overflight.model.sayings import ORGANISATION

NAME, SOURCE = "vrs_aircraft", "vrs-standing-data"
PRIVATE_TAG = "private operator"
_NOTHING = pa.scalar(None, pa.string())


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one of the list of aircraft."""
    return head_text(head).startswith("ICAO,Registration,ModelICAO,")


def is_whole(source: Source) -> bool:
    """Whether it came in an archive with the others; a file alone is a few blocks, and lacks the rest."""
    return bool(source.member)


def read(source: Source, day: int) -> pa.Table:
    """Claims of one file (schema CLAIMS), in its order, as of the UTC day number."""
    source.is_of(NAME)
    table, address = with_address(source, whole_table(source), "ICAO")
    private = pc.fill_null(pc.equal(value(table, "IsPrivateOperator"), "1"), False)
    operator = pc.if_else(private, _NOTHING, value(table, "Operator"))
    an_airline = pc.and_(operator.is_valid(), value(table, "AirlineCode").is_valid())
    said: dict[str, Any] = {
        "address": address,
        "registration": value(table, "Registration"),
        "type_designator": value(table, "ModelICAO"),
        "description": pc.coalesce(value(table, "ManufacturerAndModel"), value(table, "Model")),
        "operator": operator,
        "manufacturer": value(table, "Manufacturer"),
        "serial": value(table, "SerialNumber"),
        "built": value(table, "YearBuilt"),
        "party_kind": pc.if_else(an_airline, ORGANISATION, _NOTHING),
        "tags": pc.if_else(private, PRIVATE_TAG, _NOTHING),
    }
    return listed(said, table.num_rows, SOURCE, day)
