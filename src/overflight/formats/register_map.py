"""How the columns of a foreign register are to be read, from a TOML file that its owner writes.

```toml
source = "made-up-register"     # the name of the list
grade = "official"              # what kind of source it is, see model.sayings.GRADES
day = "2024-06-01"              # as of which day, where --day and the file's name do not say

[columns]                       # field = column, or several columns joined
address = "Mode S"
registration = "Mark"
registrant = ["Holder", "Second holder"]
party_region = ["Town", "Country"]
valid_from_day = "Entered on"

[dates]
format = "%d.%m.%Y"             # iso, or a strptime pattern

[constants]
military = false

[words.party_kind]              # what the column writes = what it means
"P" = "person"
```

A field the map does not name is unknown. Fields are those of CLAIMS in `model.identity_fields`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from overflight.errors import InputError
from overflight.model.fields import CLAIMS
from overflight.model.grades import DATA_KINDS
from overflight.model.sayings import GRADES, LIST, PARTY_KINDS

DAYS = ("day", "valid_from_day", "valid_until_day")
MILITARY = "military"
_OF_THE_LIST = ("source", "grade", "data_kind")  # of the whole list, so never in a column
FIELDS = tuple(field.name for field in CLAIMS if field.name not in _OF_THE_LIST)
# What stands between several columns of one field; all others are joined by a semicolon.
BETWEEN = MappingProxyType(
    {"party_region": ", ", "description": " ", "manufacturer": " ", "registration": "-"}
)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Headings of street lines and of what else leads to somebody's door, in the languages of larger registers.
_STREET = re.compile(
    r"street|stra(ss|ß)e|\baddr|adresse|address|direcci|\bcalle\b|\brue\b|\bvia\b|indirizzo|endere|adres\b|ulica|"
    r"улица|адрес|post ?code|zip|postal|\bplz\b|\bcap\b|p\.?o\.? ?box|e-?mail|phone|telef|mobile|\bfax\b|"
    r"birth|geburt|naissance|passport|national id",
    re.IGNORECASE,
)
_TRANSPONDER = re.compile(r"icao|mode ?s|24|hex|transponder|aircraft", re.IGNORECASE)


class Dates(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How dates are written: `iso`, or a strptime pattern."""

    format: str = "iso"


class RegisterMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The map as written; `load` has checked it."""

    source: str
    columns: dict[str, str | list[str]]
    grade: str = LIST
    data_kind: str = "recorded"
    day: str | None = None
    delimiter: str = ","
    address_written: Literal["hex", "octal", "decimal", "binary"] = "hex"
    whole: bool = True  # a whole list: an aircraft that the next one lacks is no longer said to be there
    prefix: dict[str, str] = {}
    dates: Dates = Dates()
    constants: dict[str, str | bool] = {}
    words: dict[str, dict[str, str]] = {}


def load(path: Path) -> RegisterMap:
    """The map in a TOML file; InputError says what in it is wrong and what would be right."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), RegisterMap)
        _check(found)
    except OSError as error:
        raise InputError(f"map {path} cannot be opened: {error.strerror}") from error
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise InputError(f"map {path}: {error}") from error
    return found


def columns_of(field_columns: str | list[str]) -> list[str]:
    """The columns that a field is made of."""
    return [field_columns] if isinstance(field_columns, str) else field_columns


def nearest(name: str, allowed: Iterable[str], what: str) -> str:
    """Words that help with a name that is none of those allowed."""
    allowed = list(allowed)
    near = difflib.get_close_matches(name, allowed, 1)
    return f"did you mean {near[0]!r}?" if near else f"{what} are {', '.join(allowed)}"


def _check(found: RegisterMap) -> None:
    """Raise ValueError for the first thing in the map that cannot be meant."""
    if not _NAME.fullmatch(found.source):
        raise ValueError(
            f"source {found.source!r} is no name of a list: write lower-case letters, digits and hyphens, "
            "for example made-up-register"
        )
    for word, known, name in ((found.grade, GRADES, "grade"), (found.data_kind, DATA_KINDS, "data_kind")):
        if word not in known:
            raise ValueError(f"{name} {word!r} is none of {', '.join(known)}")
    if found.day is not None and not _is_day(found.day):
        raise ValueError(f"day {found.day!r} is no date such as 2024-06-01")
    if len(found.delimiter) != 1 or found.delimiter in '"\r\n':
        raise ValueError(f"delimiter {found.delimiter!r} must be one character, for example ;")
    if found.dates.format != "iso" and "%" not in found.dates.format:
        raise ValueError(f"dates.format {found.dates.format!r} is neither iso nor a pattern such as %d.%m.%Y")
    _check_fields(found)
    _check_constants(found)


def _check_fields(found: RegisterMap) -> None:
    for part in ("columns", "constants", "prefix", "words"):
        for name in getattr(found, part):
            if name not in FIELDS:
                help_words = nearest(name, FIELDS, "the fields")
                raise ValueError(f"{part} names the field {name!r}, which is none; {help_words}")
    if not {"address", "registration", "serial"} & set(found.columns):
        raise ValueError(
            "no column tells which aircraft a row is about: name one for address, registration or serial"
        )
    for field, columns in found.columns.items():
        if not columns_of(columns):
            raise ValueError(f"{field} is made of no column: name one, or leave the field out")
        if len(columns_of(columns)) > 1 and field in ("address", MILITARY, *DAYS):
            raise ValueError(f"{field} must be one column, not {len(columns)}")
        for column in columns_of(columns):
            _refuse_street(field, column)


def _refuse_street(field: str, column: str) -> None:
    if not _STREET.search(column) or (field == "link" and "mail" not in column.casefold()):
        return
    if field == "address" and _TRANSPONDER.search(column):
        return
    raise ValueError(
        f"column {column!r} for {field} looks like somebody's street, post code or number: these are never "
        "stored, whoever they belong to. For party_region name the columns of town, province and country; "
        "address is the transponder's 24-bit address"
    )


def _check_constants(found: RegisterMap) -> None:
    for field, constant in found.constants.items():
        if field in found.columns:
            raise ValueError(f"{field} stands under columns and under constants: leave one of them out")
        if field in ("address", "registration", "serial", *DAYS):
            raise ValueError(f"constants cannot give every aircraft the same {field}")
        if (field == MILITARY) != isinstance(constant, bool):
            raise ValueError(f"constant {field} = {constant!r}: military is true or false, others are texts")
    kinds = [found.constants.get("party_kind"), *found.words.get("party_kind", {}).values()]
    for kind in kinds:
        if kind is not None and kind not in PARTY_KINDS:
            raise ValueError(f"party_kind {kind!r} is none of {', '.join(PARTY_KINDS)}")
    for word in found.words.get(MILITARY, {}).values():
        if word not in ("true", "false"):
            raise ValueError(f'words.military says {word!r}: write "true" or "false", between quotes')
    for field in found.words:
        if field in ("address", *DAYS):
            raise ValueError(f"words cannot be given for {field}")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
