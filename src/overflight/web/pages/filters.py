"""Filters of a place's visits: by how sure, whose, registered where, of which type, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overflight.model.grades import GRADES
from overflight.registry.countries import country_code
from overflight.registry.marks import state_of_mark
from overflight.search.parties import OPERATING, OWNING, names_party
from overflight.web.desk import Ask, Desk
from overflight.web.document import Refused

Row = Mapping[str, Any]
FILTERS = ("grade", "owner", "operator", "registry", "type", "since", "until")
_ROLES = {"owner": OWNING, "operator": OPERATING}


def asked_of(ask: Ask) -> dict[str, str]:
    """The filters that a query gives; Refused for a grade or a country that is none."""
    asked = {name: ask.query[name].strip() for name in FILTERS if ask.query.get(name, "").strip()}
    if asked.get("grade", GRADES[0]) not in GRADES:
        raise Refused(400, "No such grade", f"Grades are {', '.join(GRADES)}.")
    if "registry" in asked:
        code = country_code(asked["registry"])
        if code is None:
            raise Refused(400, "No such country", "Countries are named by two letters, such as AZ.")
        asked["registry"] = code
    return asked


def passing(desk: Desk, brief: Sequence[Row], asked: Mapping[str, str]) -> list[int]:
    """Places of those of the visits that pass; parties as they are named on the day of each visit."""
    parties = {role: _parties(desk, brief, role, asked[role]) for role in _ROLES if role in asked}
    return [k for k, row in enumerate(brief) if _passes(row, asked, parties)]


def owner_of(row: Row) -> str | None:
    """Whom sources name as owner, else in whose name it was registered."""
    found: str | None = row["owner"] or row["registrant"]
    return found


def registry_of(row: Row) -> str | None:
    """Code of the State whose mark it bore."""
    return state_of_mark(row["registration"]) if row["registration"] else None


def _parties(desk: Desk, brief: Sequence[Row], role: str, asked: str) -> frozenset[str]:
    """Names among the visits that hold the text, or its words; where everybody may ask, no person's."""
    said = {row[name] for row in brief for name in _ROLES[role] if row[name]}
    text = asked.casefold()
    return desk.askable(name for name in said if text in name.casefold() or names_party(asked, name))


def _passes(row: Row, asked: Mapping[str, str], parties: Mapping[str, frozenset[str]]) -> bool:
    type_ = asked.get("type", "").upper()
    return (
        asked.get("grade") in (None, row["grade"])
        and all(any(row[name] in named for name in _ROLES[role]) for role, named in parties.items())
        and (not type_ or (row["type_designator"] or "").upper() == type_)
        and ("registry" not in asked or registry_of(row) == asked["registry"])
    )
