"""What documents say, in sentences: who says it, of when, and how it stands to what was heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overflight.clock import day_text, parse_utc
from overflight.model.sayings import NOT_THERE, PARTIES, PLACED, REMARK, SIGHTING
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_MINUTE

Row = Mapping[str, Any]
_RELATIONS = {
    "agrees": "A document agrees",
    "contradicts": "A document contradicts this",
    "compatible": "A document may be about this",
}
_QUOTED = 300  # letters of a quotation in a sentence: two or three lines; the answer itself has all of it


def claims_note(row: Row) -> str:
    """One sentence for each claim beside a visit, a blank before each; empty where there is none."""
    return "".join(f" {beside}" for beside in claims_beside_in_words(row.get("claims") or ()))


def claims_beside_in_words(claims: Sequence[Row]) -> list[str]:
    """One sentence for each claim beside a visit."""
    return [
        f"{_RELATIONS[claim['relation']]}: {claim['source']} ({claim['grade']}) says that it "
        f"{_was(claim['statement'])} {claim['place'] or 'a place given by its position'}{when(claim)} "
        f"({claim['claim_id']})."
        for claim in claims
    ]


def claim_in_words(row: Row) -> str:
    """The sentence for one claim, as its document says it; what cannot be told of it, too."""
    subject = f"{row['as_reported']!r}" + (f" ({row['icao24']})" if row["icao24"] is not None else "")
    dated = f" of {row['published']}" if row["published"] is not None else ""
    text = f"{row['source']}{dated} ({row['grade']}) says of {subject}: {_statement(row)}{when(row)}."
    if row["quotation"] is not None:
        told = " ".join(row["quotation"].split())
        text += f" “{told[:_QUOTED]}{'…' if len(told) > _QUOTED else ''}”"
    if row["withdrawn"] is not None:
        text += f" It took that back on {row['withdrawn']}."
    return text + _UNRESOLVED.get(row["resolved_as"], "")


_UNRESOLVED = {
    "several": " Which aircraft it means is not known: several bore that mark or number.",
    "mark_of_other_years": " Lists give its mark to that address in other years only: it may mean another.",
    "unknown": " Which aircraft it means is not known.",
    "private": " No party is joined to the address it means.",
}


def when(row: Row) -> str:
    """` on 2016-04-04`, ` from 2014-09-01`, ` from 2014 until ...` with a blank before it; or nothing."""
    since, until = row["since"], row["until"]
    bounded = None not in (since["latest"], until["earliest"])
    if bounded and since["earliest"] is None and until["latest"] is None:
        begin, end = sorted([until["earliest"], since["latest"]], key=parse_utc)
        return f" {_between(begin, end, 'on', 'between')}"
    parts = [f" {_between(since['earliest'], since['latest'], 'from', 'from between')}"] if any(
        since.values()) else []  # fmt: skip
    parts += [f" {_between(until['earliest'], until['latest'], 'until', 'until between')}"] if any(
        until.values()) else []  # fmt: skip
    return "".join(parts)


def _between(earliest: str | None, latest: str | None, one: str, two: str) -> str:
    """An interval: by its day where it is one, else by its ends."""
    if earliest is None or latest is None:
        return f"{one} before {_short(latest)}" if earliest is None else f"{one} after {_short(earliest)}"
    first, end = parse_utc(earliest), parse_utc(latest)
    whole = first % MILLISECONDS_PER_DAY <= 1 and end % MILLISECONDS_PER_DAY == 0
    day, days = first // MILLISECONDS_PER_DAY, (end - first + 1) // MILLISECONDS_PER_DAY
    if whole and days == 1:
        return f"{one} {day_text(day)}"
    if whole and days > 1:
        return f"{two} {day_text(day)} and {day_text(day + days - 1)}"
    return f"{one} {earliest}" if end - first <= MILLISECONDS_PER_MINUTE else f"{two} {earliest} and {latest}"


def _short(time: str | None) -> str:
    return "" if time is None else time.removesuffix("T00:00:00Z")


def _was(statement: str) -> str:
    return {SIGHTING: "was seen at or near", NOT_THERE: "was not at"}.get(statement, "was at")


def _statement(row: Row) -> str:
    if row["statement"] in PLACED:
        return f"{_was(row['statement'])} {row['place_as_reported'] or 'a place given by its position'}"
    if row["statement"] == REMARK:
        return str(row["value"])
    name = row["statement"] if row["statement"] in PARTIES else row["statement"].replace("_", " ")
    return f"{name} {row['value']}"
