"""Sayings of sources in words: what, by whose word, for when, and whose an aircraft was on a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.model.sayings import PARTIES
from overflight.web.desk import Desk

Row = Mapping[str, Any]
_BY = {
    "official": "official register {}", "document": "document: {}", "published": "printed: {}",
    "image": "image, as read by {}", "list": "list {} says", "opinion": "a tag or opinion of {}",
}  # fmt: skip
_STANDING = {"said_later": "said only later", "ended": "no longer on that day"}



def parties(desk: Desk, row: Row, day: str) -> list[tuple[str, Row]]:
    """Who is named as owner, registrant and operator of a flight's or a stop's aircraft on its UTC day."""
    if not day or not any(row[role] for role in ("owner", "registrant", "operator")):
        return []
    found = desk.archive.whose(row["icao24"], day)
    return named(found)


def named(by_role: Mapping[str, Row | None]) -> list[tuple[str, Row]]:
    """Roles in words with what is said, those of which nothing is said left out."""
    roles = {"owner": "Owned by", "registrant": "Registered to", "operator": "Operated or owned by"}
    return [(words, said) for role, words in roles.items() if (said := told(by_role[role], role)) is not None]


def told(said: Row | None, field: str) -> dict[str, Any] | None:
    """A saying of a field with its words: by whom, for when, how it stands, what is known of a party."""
    if said is None:
        return None
    return {
        **said, "by": _BY[said["grade"]].format(said["source"]), "times": times(said),
        "late": _STANDING.get(said["standing"], ""), "party": _party(said) if field in PARTIES else "",
    }  # fmt: skip


def times(said: Row) -> list[str]:
    """For when the source says it, on which days it said so, and between which of its lists it changed."""
    found = []
    if said["since"] or said["until"]:
        since = f"since {said['since']}" if said["since"] else ""
        until = f"until {said['until']}" if said["until"] else ""
        found.append(" ".join(part for part in (since, until) if part))
    first, last = said["said_first"], said["said_last"]
    if first:
        words = f"said {first}" if first == last or not last else f"said first {first}, last {last}"
        found.append(words)
    ends = [(said["changed_after"], first), (last, said["changed_before"])]
    changed = [f"between {one} and {other}" for one, other in ends if one and other]
    if changed:
        found.append(f"the list changed {' and again '.join(changed)}")
    return found


def _party(said: Row) -> str:
    """`a person, Reno, NV`: what the register gives beside a name."""
    kinds = {"person": "a person", "organisation": "an organisation", "government": "a government body"}
    parts = (kinds.get(said["party_kind"] or ""), said["party_region"])
    return ", ".join(part for part in parts if part)
