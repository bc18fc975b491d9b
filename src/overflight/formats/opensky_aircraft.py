"""Aircraft of the OpenSky Network's aircraft database, the CSV files of its monthly snapshots.

The files lie at https://opensky-network.org/datasets/#metadata/. Two layouts are about:
`icao24,registration,manufacturericao,manufacturername,model,typecode,serialnumber,...,owner,...,reguntil,...`;
and since 2024 `'icao24','timestamp','acars',...,'regUntil','registered',...`, where texts stand between
single quotes. The list was put together from registers and by its users, and names no source of a row: its
grade is `list`.

- `owner` is an owner and `operator` an operator, in the list's words. Whether they are persons it does not
  say.
- `registered` is since when. `reguntil` is mostly when a certificate expires, and certificates are renewed:
  it is taken as an end only where it lies before the day of the list, so that the list itself speaks of
  something that is over. The day named is the last one on which it held.
- `timestamp` is when the row last changed in OpenSky's database; 1970-01-01 stands for unknown there, in
  every date. The day of the claim is that of the snapshot, which the caller states.
- `built` stays as stated: `1996-01-01` mostly means the year.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.reading import Source
from overflight.formats.register_fields import (
    arrays,
    chosen,
    days,
    headings,
    iso_date,
    line_blocks,
    spans,
    written_date,
)
from overflight.formats.register_rows import listed, text_columns, with_address

NAME, SOURCE = "opensky_aircraft", "opensky-aircraft"
_HEAD = 1 << 16  # bytes by which a file is told
_WANTED: dict[str, tuple[str, ...]] = {
    "address": ("icao24",),
    "registration": ("registration",),
    "typecode": ("typecode",),
    "model": ("model",),
    "maker": ("manufacturername",),
    "maker_icao": ("manufacturericao",),
    "serial": ("serialnumber",),
    "operator": ("operator",),
    "owner": ("owner",),
    "since": ("registered",),
    "until": ("reguntil",),
    "built": ("built",),
}
_TELLING = {"icao24", "registration", "manufacturericao", "typecode", "serialnumber", "owner", "reguntil"}
_UNKNOWN = date(1970, 1, 1)
_SLASHED = written_date("%d/%m/%Y")  # in some of the snapshots that others passed on
_BOM = b"\xef\xbb\xbf"


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is such a list, in either layout."""
    return set(headings(head, quote=_quote(head))) >= _TELLING


def read(source: Source, day: int) -> pa.Table:
    """Claims of one snapshot (schema CLAIMS), in its order; `day` is its UTC day number.

    A row whose first column is no address is refused.
    """
    source.is_of(NAME)
    head = source.stream.peek(_HEAD)
    quote = _quote(head)
    names = headings(head, quote=quote)
    parts = [listed({}, 0, SOURCE, day)]
    for block in line_blocks(source):
        rows = chosen(text_columns(source, block, names, headed=False, quote=quote), _WANTED)
        rows, address = with_address(source, rows, "address")
        parts.append(_claims(source, arrays(rows), address, day))
    return pa.concat_tables(parts).combine_chunks()


def _claims(source: Source, rows: dict[str, pa.Array], address: pa.Array, day: int) -> pa.Table:
    since = days(source, rows["since"], _date, day)
    last = days(source, rows["until"], _date)
    over = pc.less(last, pa.scalar(day, pa.int32()))
    until = pc.if_else(over, pc.add(last, pa.scalar(1, pa.int32())), pa.scalar(None, pa.int32()))
    since, until = spans(source, since, until)
    columns: dict[str, Any] = {
        "address": address,
        "registration": rows["registration"],
        "type_designator": rows["typecode"],
        "description": rows["model"],
        "operator": rows["operator"],
        "manufacturer": pc.coalesce(rows["maker"], rows["maker_icao"]),
        "serial": rows["serial"],
        "built": rows["built"],
        "owner": rows["owner"],
        "valid_from_day": since,
        "valid_until_day": until,
    }
    return listed(columns, len(address), SOURCE, day)


def _quote(head: bytes) -> str:
    return "'" if head.removeprefix(_BOM).startswith(b"'") else '"'


def _date(text: str) -> date:
    found = iso_date(text) if text[4:5] == "-" else _SLASHED(text)
    if found == _UNKNOWN:
        raise ValueError(text)
    return found
