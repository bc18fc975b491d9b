"""Who is registered in the United States: MASTER.txt of the FAA's Releasable Aircraft Database.

Published daily as ReleasableAircraft.zip; the layout is in its ardata.pdf
(https://registry.faa.gov/database/). The zip as it is, a folder with its files unpacked, or one file alone
can be read. Columns are found by name; values are padded with blanks and never quoted, every line ends with
a comma. The files carry no day: the caller states the one on which they were published.

- `NAME` and `OTHER NAMES(1..5)` (co-owners, partners) are the registrant, `; ` between them. The register
  says in whose name an aircraft is registered, not who owns it. `SALE REPORTED` and `REGISTRATION PENDING`
  are no names: they become tags, and nobody is named.
- `TYPE REGISTRANT` tells persons, organisations and government; partnerships and co-owners may be either,
  and stay unknown. Streets and ZIP codes are never read; town, state and country are.
- `CERT ISSUE DATE` is since when it holds: a certificate is issued anew also where nobody sold anything, so
  that the registrant may have been the same before. `LAST ACTION DATE` is when a clerk last touched the
  record, for whatever reason; it bounds nothing, and is not kept. `EXPIRATION DATE` is no end: most are
  renewed.
- `MODE S CODE HEX` is the address, else the octal `MODE S CODE`, which older files have alone.
- `MFR MDL CODE` is looked up in ACFTREF.txt of the same zip or folder; without it the type is told by `KIT
  MFR` and `KIT MODEL`, or by the kind of aircraft alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import addresses
from overflight.formats.containers import members
from overflight.formats.reading import Source, Tally
from overflight.formats.register_fields import (
    arrays,
    chosen,
    coded,
    days,
    headings,
    joined,
    line_blocks,
    no_examples,
    spans,
    written_date,
)
from overflight.formats.register_rows import listed, refuse_rows, text_columns
from overflight.model.sayings import GOVERNMENT, OFFICIAL, ORGANISATION, PERSON

NAME, SOURCE = "faa_registry", "faa-registry"
MASTER, DEREGISTERED, MODELS = "master", "deregistered", "models"
_HEAD = 1 << 16  # bytes by which a file is told
# Files of the database by names in their headers (folded), the most telling first.
_KINDS: dict[str, set[str]] = {
    MASTER: {"nnumber", "serialnumber", "mfrmdlcode", "typeregistrant", "certissuedate"},
    DEREGISTERED: {"nnumber", "serialnumber", "mfrmdlcode", "canceldate"},
    MODELS: {"code", "mfr", "model", "typeacft"},
    "engines": {"code", "mfr", "model", "horsepower"},
    "reserved marks": {"nnumber", "registrant", "rsvdate"},
    "dealers": {"certificatenumber", "ownership", "certificatedate"},
    "index of documents": {"typecollateral", "collateral", "party"},
}
# What is taken, and where: MASTER and DEREG spell alike once folded. No street, no ZIP code.
_WANTED: dict[str, tuple[str, ...]] = {
    "number": ("nnumber",),
    "serial": ("serialnumber",),
    "model": ("mfrmdlcode",),
    "built": ("yearmfr",),
    "party": ("typeregistrant",),
    "name": ("name",),
    **{f"other_{n}": (f"othernames{n}",) for n in range(1, 6)},
    "town": ("city", "citymail"),
    "state": ("state", "stateabbrevmail"),
    "country": ("country", "countrymail"),
    "town_2": ("cityphysical",),
    "state_2": ("stateabbrevphysical",),
    "country_2": ("countryphysical",),
    "since": ("certissuedate",),
    "until": ("canceldate",),
    "status": ("statuscode",),
    "exported": ("expcountry",),
    "kind": ("typeaircraft",),
    "kit_maker": ("kitmfr",),
    "kit_model": ("kitmodel",),
    "hex": ("modescodehex",),
    "octal": ("modescode",),
}
_PARTIES = {"1": PERSON, "3": ORGANISATION, "5": GOVERNMENT, "7": ORGANISATION, "8": ORGANISATION}
_NOT_NAMES = {"SALE REPORTED": "sale reported", "REGISTRATION PENDING": "registration pending"}
# STATUS CODE: those that say that the registration does not simply hold; a letter sent says nothing.
_STATES = {
    "2": "not yet registered", "3": "not yet registered", "4": "not yet registered",
    "6": "administratively cancelled", "7": "sale reported", "9": "registration revoked",
    "10": "never registered, pending cancellation", "11": "never registered, pending cancellation",
    "12": "never registered, pending cancellation", "13": "registration expired",
    "16": "registration expired, pending cancellation", "17": "sale reported, pending cancellation",
    "18": "sale reported, cancelled", "19": "registration pending, pending cancellation",
    "20": "registration pending, cancelled", "21": "registration revoked, pending cancellation",
    "22": "registration revoked, cancelled", "23": "dealer's registration expired, pending cancellation",
    "27": "registration expired", "29": "registration expired, pending cancellation",
    "D": "dealer's registration expired", "E": "registration revoked", "R": "registration pending",
    "W": "registration ineffective or invalid",
}  # fmt: skip
_AIRCRAFT = {
    "1": "glider", "2": "balloon", "3": "airship", "4": "aeroplane with one engine",
    "5": "aeroplane with several engines", "6": "rotorcraft", "7": "weight-shift control",
    "8": "powered parachute", "9": "gyroplane", "H": "hybrid lift", "O": "other",
}  # fmt: skip
_MARK = r"^[1-9][0-9A-Z]{0,4}$"  # 14 CFR 47.15: one to five characters after the N, the first not 0
_DATE = written_date("%Y%m%d")
_TEXT = pa.string()
Rows = dict[str, pa.Array]


def kind_of(head: bytes) -> str | None:
    """Which file of the database begins with these bytes; None for anything else."""
    names = set(headings(head))
    return next((kind for kind, telling in _KINDS.items() if telling <= names), None)


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is MASTER.txt."""
    return kind_of(head) == MASTER


def read(source: Source, day: int) -> pa.Table:
    """Claims of MASTER.txt (schema CLAIMS), in its order; `day` is the UTC day number of the publication.

    A row without an N-number is refused. A row without an address stays: mark and serial are known.
    """
    return read_claims(source, day, NAME, SOURCE)


def read_claims(source: Source, day: int, name: str, said_by: str) -> pa.Table:
    """Claims of MASTER.txt or DEREG.txt under the given names of format and list."""
    source.is_of(name)
    models = _models(source)
    names = headings(source.stream.peek(_HEAD))
    parts = [listed({}, 0, said_by, day)]
    for block in line_blocks(source):
        with no_examples(source):
            rows = chosen(text_columns(source, block, names, headed=False, quoted=False), _WANTED)
            number = pc.replace_substring_regex(pc.utf8_upper(rows["number"]), "^N", "")
            rows = rows.set_column(0, "number", number)
            rows = refuse_rows(source, rows, {"no N-number": pc.match_substring_regex(rows["number"], _MARK)})
        parts.append(_claims(source, arrays(rows), models, day, said_by))
    return pa.concat_tables(parts).combine_chunks()


def _claims(source: Source, rows: Rows, models: Rows, day: int, said_by: str) -> pa.Table:
    count = len(rows["number"])
    nobody = pc.fill_null(pc.is_in(pc.utf8_upper(rows["name"]), value_set=pa.array(list(_NOT_NAMES))), False)

    def of_somebody(column: Any) -> Any:
        return pc.if_else(nobody, pa.scalar(None, _TEXT), column)

    since, until = spans(
        source, days(source, rows["since"], _DATE, day), days(source, rows["until"], _DATE, day)
    )
    place = pc.index_in(rows["model"], value_set=models["code"])
    maker = models["maker"].take(place)
    kit = joined([rows["kit_maker"], rows["kit_model"]], " ")
    exported = pc.binary_join_element_wise(pa.scalar("exported to"), rows["exported"], " ")
    columns: dict[str, Any] = {
        "address": _addresses(source, rows),
        "registration": pc.binary_join_element_wise(pa.scalar("N"), rows["number"], ""),
        "manufacturer": pc.coalesce(maker, rows["kit_maker"]),
        "description": pc.coalesce(
            joined([maker, models["model"].take(place)], " "), kit, coded(rows["kind"], _AIRCRAFT)
        ),
        "serial": rows["serial"],
        "built": rows["built"],
        "registrant": of_somebody(joined([rows["name"], *(rows[f"other_{n}"] for n in range(1, 6))], "; ")),
        "party_kind": of_somebody(coded(rows["party"], _PARTIES)),
        "party_region": of_somebody(pc.coalesce(_region(rows, ""), _region(rows, "_2"))),
        "valid_from_day": since,
        "valid_until_day": until,
        "tags": _tags(rows, exported),
        "grade": pa.repeat(OFFICIAL, count),
    }
    return listed(columns, count, said_by, day)


def _region(rows: Rows, which: str) -> Any:
    """Town, state and country; null where only the country is known, which DEREG gives for everybody."""
    near = joined([rows[f"town{which}"], rows[f"state{which}"]], ", ")
    whole = joined([near, rows[f"country{which}"]], ", ")
    return pc.if_else(pc.is_valid(near), whole, pa.scalar(None, _TEXT))


def _tags(rows: Rows, exported: Any) -> Any:
    state = coded(rows["status"], _STATES)
    name = coded(pc.utf8_upper(rows["name"]), _NOT_NAMES)
    repeated = pc.fill_null(pc.equal(state, name), False)
    return joined([pc.if_else(repeated, pa.scalar(None, _TEXT), name), state, exported], "; ")


def _addresses(source: Source, rows: Rows) -> pa.Array:
    """Addresses (uint32) by their hex digits, else by their octal ones; null where neither is given, or 0."""
    address, there = addresses(rows["hex"])
    digits = pc.match_substring_regex(rows["octal"], "^[0-7]{8}$").fill_null(False)
    texts = pc.if_else(digits, rows["octal"], pa.scalar("0")).to_pylist()
    other = np.array([int(text, 8) for text in texts], np.uint32)
    stated = there & (address > 0)
    if differing := int((stated & (other > 0) & (other != address)).sum()):
        source.tally.remarks["hex and octal address differ: the hex one taken"] += differing
    chosen_ones = np.where(stated, address, other)
    return pa.array(chosen_ones, pa.uint32(), mask=chosen_ones == 0)


def _models(source: Source) -> Rows:
    """Codes of models with maker and model, from ACFTREF.txt beside the file; empty where there is none."""
    empty = pa.table({name: pa.array([], _TEXT) for name in ("code", "maker", "model")})
    for found in _beside(source):
        head = found.stream.peek(_HEAD)
        if kind_of(head) != MODELS:
            continue
        names = headings(head)
        wanted = {"code": ("code",), "maker": ("mfr",), "model": ("model",)}
        tables = [
            chosen(text_columns(found, block, names, headed=False, quoted=False), wanted)
            for block in line_blocks(found)
        ]
        return arrays(pa.concat_tables([empty, *tables]))
    source.tally.remarks["ACFTREF.txt is not beside it: codes of models stay unknown"] += 1
    return arrays(empty)


def _beside(source: Source) -> Iterator[Source]:
    """The other members of the archive that holds the file, or ACFTREF.txt in its folder."""
    if source.file is None:
        return
    if source.member:
        yield from members(source.file, Tally(source.file.name))
        return
    for path in sorted(source.file.parent.iterdir()):
        if path.name.casefold().startswith("acftref.") and path.is_file():
            yield from members(path, Tally(path.name))
