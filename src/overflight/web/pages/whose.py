"""Who an aircraft was on a day and by whose word, and every saying in time: a section of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from overflight.clock import day_text
from overflight.web.desk import Ask, Desk
from overflight.web.figures.lanes import lanes
from overflight.web.pages.itinerary import asked_day
from overflight.web.pages.parties import named, told

Row = Mapping[str, Any]
ON, KNOWN = "on", "known"  # of the query: the day told, and the last day of what had been said
WHAT = {
    "mark": "Mark", "type_designator": "Type", "serial": "Serial number", "owner": "Owned by",
    "registrant": "Registered to", "operator": "Operated or owned by",
    "military": "Marked military",
}  # fmt: skip
LANE = {
    "owner": "Owner", "registrant": "Registrant", "operator": "Operator or owner", "mark": "Mark",
    "military": "Marked military", "type_designator": "Type", "serial": "Serial number",
}  # fmt: skip
DRAWN = ("owner", "registrant", "operator", "mark", "military")  # what changes hands, and who flips
OPEN_ROWS = 12  # of the timeline that stand open: a screen of a phone holds three
KINDS = {
    "at_once": "both on that day", "over_time": "at another time",
    "wording": "the same party in other words",
}  # fmt: skip


def section(desk: Desk, ask: Ask, known: Row) -> dict[str, Any] | None:
    """What the section "Who, by whose word" tells of an aircraft; None where no day can be named.

    The day is that of `?on=`, else the last one on which it was seen, else the last on which a list spoke.
    """
    chosen, until = (_asked(ask, name) for name in (ON, KNOWN))
    usual = (known["last_seen"] or "")[:10] or max((s["last_day"] for s in known["statements"]), default="")
    day = chosen or usual
    if not day:
        return None
    found = desk.archive.who(f"hex:{known['icao24']}", day, as_known=until or None).rows
    if not found:
        return None
    row, said = found[0], {name: text for name, text in ((ON, chosen), (KNOWN, until)) if text}
    timeline, otherwise = _timeline(row["timeline"]), _otherwise(row["conflicts"])
    name = str(known["registration"] or known["icao24"])
    return {
        "day": day, "chosen": bool(chosen), "known": until, "seen": bool(known["last_seen"]),
        "query": urlencode(said), "row": row,
        "told": [(words, told(row[field], field)) for field, words in WHAT.items()],
        "otherwise": otherwise[:OPEN_ROWS], "more_otherwise": otherwise[OPEN_ROWS:],
        "parties": named(row), "timeline": timeline[:OPEN_ROWS], "more": timeline[OPEN_ROWS:],
        "drawing": _drawing(timeline, day, name),
    }  # fmt: skip


def _timeline(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Numbered, parties first; what is drawn stands before what is only told."""
    order = {field: place for place, field in enumerate(LANE)}
    ranked = sorted(rows, key=lambda row: (order[row["field"]], row["source"]))
    return [
        {**row, **(told(row, row["field"]) or {}), "what": LANE[row["field"]], "number": number}
        for number, row in enumerate(ranked, 1)
    ]


def _otherwise(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """What is said otherwise, with how it differs: what holds on the day first, parties before the rest."""
    order = {field: place for place, field in enumerate(LANE)}
    ranked = sorted(rows, key=lambda row: (row["kind"] == "over_time", order[row["field"]]))
    return [
        {**row, **(told(row, row["field"]) or {}), "what": LANE[row["field"]], "how": KINDS[row["kind"]]}
        for row in ranked
    ]


def _drawing(timeline: Sequence[Row], day: str, name: str) -> Markup:
    rows = [row for row in timeline if row["field"] in DRAWN]
    title = f"Who and what {name} was said to be, by source and time"
    return lanes(rows, day, title) if rows else Markup("")


def _asked(ask: Ask, name: str) -> str:
    """The day asked for, written as such; empty where none is."""
    day = asked_day(ask.query.get(name, "").strip(), name)
    return "" if day is None else day_text(day)
