"""Who is registered in the United Kingdom: CSV exports of G-INFO, the Civil Aviation Authority's register.

G-INFO's fields are described at https://www.caa.co.uk/aircraft-register/g-info/what-do-the-data-fields-mean/
(Mark, Previous ID, Status, Reason, Current reg date, De-reg date, To ...); its pages have them as JSON under
much the same names (`CurrentRegistrationDate`, `ICAO24BitAircraftAddress`, `RegisteredOwner`). How an export
is headed is not published: columns are found by any of those names, in any order and case. A file is taken
for one where mark, serial number, owners and a date of registration are there, and every mark of its first
rows is British.

- The registered owner is a registrant: the register is none of legal ownership, as the CAA says.
- `Current reg date` is since when that registrant has it, `De-reg date` until when: from that day on it no
  longer holds. A row that is de-registered without a date would look as if it still held: it is refused.
- Streets and post codes are never read; town, county and country are. Where a post code stands among the
  names, only what comes before the first comma or semicolon is kept.
- Whether a registrant is a person the register does not say.
"""

from __future__ import annotations

import csv
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import addresses
from overflight.formats.reading import Source
from overflight.formats.register_fields import (
    arrays,
    chosen,
    days,
    headings,
    joined,
    line_blocks,
    no_examples,
    spans,
    written_date,
)
from overflight.formats.register_rows import listed, refuse_rows, text_columns
from overflight.model.sayings import OFFICIAL

NAME, SOURCE = "g_info", "g-info"
_HEAD = 1 << 16  # bytes by which a file is told
_FIRST_ROWS = 20  # enough to tell British marks from others; a mixed list would show one of another state
# Folded headings of each field, the clearest first.
_WANTED: dict[str, tuple[str, ...]] = {
    "mark": ("mark", "registrationmark", "regmark", "registration", "aircraftregistration"),
    "hex": (
        "icao24bitaircraftaddresshex", "icao24bitaircraftaddress", "icao24bitaddresshex", "icao24bitaddress",
        "modeshex", "modeshexcode", "modescode", "modes", "icaohex", "icao24", "hex",
    ),
    "serial": ("serialnumber", "serialno", "constructorsnumber", "constructornumber", "msn"),
    "maker": ("manufacturer", "aircraftmanufacturer"),
    "type": ("type", "aircrafttype", "model"),
    "designator": ("icaoaircrafttypedesignator", "icaotypedesignator", "icaoaircrafttype", "icaotype"),
    "built": ("yearbuilt", "yearbuild", "yearofbuild", "yearofmanufacture"),
    "owner": ("registeredowners", "registeredowner", "registeredownersnames", "ownername"),
    **{f"owner_{n}": (f"registeredowner{n}", f"ownername{n}") for n in range(1, 5)},
    "operator": ("operatorname", "aocoperator", "aocholder", "aircraftoperatedbyaocholder", "operator"),
    "since": (
        "currentregdate", "currentregistrationdate", "registrationdate", "dateofregistration", "regdate",
        "certificateissuedate", "issuedate",
    ),
    "until": ("deregdate", "deregistrationdate", "dateofderegistration"),
    "status": ("status", "registrationstatus"),
    "reason": ("reason", "deregreason", "deregistrationreason"),
    "to": ("to", "deregisteredto", "exportedto"),
    "town": ("town", "posttown", "ownertown", "city"),
    "county": ("county", "ownercounty"),
    "country": ("country", "ownercountry"),
}  # fmt: skip
_TELLING = ("mark", "serial", "owner", "since")
_MARK = r"^(G-?)?[A-Z]{4}$"  # the JSON has the four letters alone
_POST_CODE = r"(?i)\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b"  # BS 7666, as GOV.UK words it
_FROM_A_COMMA = r"(?s)[,;\n].*$"
_DATE = written_date("%d-%b-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d-%m-%Y")
_OFF = r"(?i)^de-?\s?reg"


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is such an export."""
    names = headings(head)
    if any(not set(names) & set(_WANTED[field]) for field in _TELLING):
        return False
    lines = head.split(b"\n")[1 : _FIRST_ROWS + 2]
    lines = lines[:-1] if len(lines) > 1 else lines  # the last one may be cut by the end of what is at hand
    place = next(names.index(name) for name in _WANTED["mark"] if name in names)
    marks = [_field(line.decode("utf-8", "replace"), place) for line in lines if line.strip()]
    return bool(marks) and all(mark is not None and re.fullmatch(_MARK, mark) for mark in marks)


def read(source: Source, day: int) -> pa.Table:
    """Claims of one export (schema CLAIMS), in its order; `day` is the UTC day number of its making."""
    source.is_of(NAME)
    names = headings(source.stream.peek(_HEAD))
    parts = [listed({}, 0, SOURCE, day)]
    for block in line_blocks(source):
        with no_examples(source):
            rows = _usable(source, chosen(text_columns(source, block, names, headed=False), _WANTED))
        parts.append(_claims(source, arrays(rows), day))
    return pa.concat_tables(parts).combine_chunks()


def _usable(source: Source, rows: pa.Table) -> pa.Table:
    rows = rows.set_column(0, "mark", pc.utf8_upper(rows["mark"]))
    ended = pc.fill_null(pc.match_substring_regex(rows["status"], _OFF), False)
    demands = {
        "no British mark": pc.match_substring_regex(rows["mark"], _MARK),
        "de-registered, and no date": pc.or_(pc.invert(ended), pc.is_valid(rows["until"])),
    }
    return refuse_rows(source, rows, demands)


def _claims(source: Source, rows: dict[str, pa.Array], day: int) -> pa.Table:
    count = len(rows["mark"])
    since, until = spans(
        source, days(source, rows["since"], _DATE, day), days(source, rows["until"], _DATE, day)
    )
    address, there = addresses(rows["hex"])
    letters = pc.utf8_slice_codeunits(rows["mark"], -4, None)
    ended = pc.is_valid(until)
    to = pc.binary_join_element_wise(pa.scalar("to"), rows["to"], " ")
    why = joined([pa.repeat("de-registered", count), pc.utf8_lower(rows["reason"]), to], "; ")
    owners = joined([rows["owner"], *(rows[f"owner_{n}"] for n in range(1, 5))], "; ")
    columns: dict[str, Any] = {
        "address": pa.array(address, mask=~(there & (address > 0))),
        "registration": pc.binary_join_element_wise(pa.scalar("G"), letters, "-"),
        "type_designator": rows["designator"],
        "description": rows["type"],
        "manufacturer": rows["maker"],
        "serial": rows["serial"],
        "built": rows["built"],
        "registrant": _without_streets(source, owners),
        "operator": rows["operator"],
        "party_region": joined([rows["town"], rows["county"], rows["country"]], ", "),
        "valid_from_day": since,
        "valid_until_day": until,
        "tags": pc.if_else(ended, why, pa.scalar(None, pa.string())),
        "grade": pa.repeat(OFFICIAL, count),
    }
    return listed(columns, count, SOURCE, day)


def _without_streets(source: Source, owners: Any) -> Any:
    """The names; where somebody's address stands behind them, only the first."""
    exposed = pc.fill_null(pc.match_substring_regex(owners, _POST_CODE), False)
    if count := pc.sum(exposed).as_py() or 0:
        source.tally.remarks["addresses behind the names of owners, left out"] += count
    first = pc.utf8_trim_whitespace(pc.replace_substring_regex(owners, _FROM_A_COMMA, ""))
    bare = pc.match_substring_regex(first, _POST_CODE)  # nothing but an address
    return pc.if_else(exposed, pc.if_else(bare, pa.scalar(None, pa.string()), first), owners)


def _field(line: str, place: int) -> str | None:
    """One field of a line, without blanks, in capitals."""
    try:
        fields = next(csv.reader([line]), [])
    except csv.Error:
        return None
    return fields[place].strip().upper() if place < len(fields) else None
