"""Who may have flown under a call sign on a day: every reading of it, with source, dates and confidence.

A State's prefix counts only where it is all the letters before the first figure, an operator's designator
only where three letters are and digits follow. A published route says that a flight was planned under the
call sign, never that it was flown or by which aircraft.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.registry.callsign_holders import Holder, designator_holders, lists_in, state_prefixes
from overflight.registry.callsigns import (
    lettered_prefix,
    mark_of_callsign,
    operator_designator,
    tidy_callsign,
)
from overflight.registry.countries import country_code
from overflight.registry.routes import Route

STATE_PREFIX, DESIGNATOR, REGISTRATION, SCHEDULE = "state_prefix", "designator", "registration", "schedule"
KINDS = (STATE_PREFIX, DESIGNATOR, REGISTRATION, SCHEDULE)
# high: sources that were seen agree; medium: one source, memory, or more of them than of those that say
# otherwise; low: fewer, or a reading that is only possible; excluded: its own dates rule the day out
HIGH, MEDIUM, LOW, EXCLUDED = "high", "medium", "low", "excluded"
CONFIDENCES = (HIGH, MEDIUM, LOW, EXCLUDED)
SAME_NAME = 0.5  # share of the words in common: half, so that a word added to a name of two changes nothing
# Words that tell no operators apart: legal forms, and what most airlines are called.
_NOISE = frozenset(
    "air airlines airline airways aviation national the of de and dba co company corp corporation inc ltd "
    "limited llc plc gmbh ag sa spa srl bv nv as ab oy jsc cjsc ojsc pjsc s p a r l".split()
)


@dataclass(frozen=True)
class OperatorCandidate:
    """One reading of a call sign.

    `name` is the operator, of a registration the mark, of a schedule the airports in their order; `code` the
    letters that lead there; dates are UTC day numbers, `until_day` the first no longer; `list_day` the day
    of the list.
    """

    kind: str
    name: str
    code: str
    country: str | None
    source: str
    list_day: int | None
    since_day: int | None
    until_day: int | None
    confidence: str
    why: str


def candidates_of(
    callsign: str, day: int, designators: pa.Table | None = None, routes: Sequence[Route] = ()
) -> tuple[OperatorCandidate, ...]:
    """Every reading of a call sign on a UTC day number, the best supported first; empty where none fits.

    `designators`: lists (schema DESIGNATORS); `routes`: what was published of the call sign for that day.
    """
    sign = tidy_callsign(callsign)
    found = [*_state(sign, day), *_designated(sign, day, designators), *_mark(sign), *_planned(sign, routes)]
    return tuple(sorted(found, key=_order))


def _order(found: OperatorCandidate) -> tuple[int, int, str, str]:
    """The best supported first; among equals by source, then by all that is said: never by chance."""
    place = CONFIDENCES.index(found.confidence), KINDS.index(found.kind)
    return (*place, found.source, repr((found.name, found)))


def same_operator(one: str, other: str) -> bool:
    """Whether two lists' wordings may name one operator: words in common, or one is the other's initials."""
    first, second = (
        [w for w in words if w not in _NOISE] or words for words in (_words(one), _words(other))
    )
    if "".join(first) == "".join(w[0] for w in second) or "".join(second) == "".join(w[0] for w in first):
        return True
    a, b = set(first), set(second)
    if not a or not b:
        return a == b
    return a <= b or b <= a or len(a & b) / len(a | b) >= SAME_NAME


def _state(sign: str, day: int) -> list[OperatorCandidate]:
    prefix = lettered_prefix(sign)
    held = state_prefixes().get(prefix or "", ())
    found = []
    for holder in held:
        others = [o for o in held if o.name != holder.name and o.held_on(day)]
        why = f"{holder.code} is all that stands before the number, and a prefix of State aircraft"
        caution = operator_designator(sign)
        if caution.text is None and "designator of" in caution.reason:
            why += f"; {caution.reason.partition('; ')[2]}, which counts only where digits follow it"
        confidence = HIGH if lists_in(holder.source) > 1 else MEDIUM
        if others:
            confidence = LOW
            why += f"; also given to {' and '.join(other.name for other in others)}"
        found.append(_dated(holder, day, STATE_PREFIX, confidence, why))
    return found


def _designated(sign: str, day: int, designators: pa.Table | None) -> list[OperatorCandidate]:
    said = operator_designator(sign)
    if said.text is None:
        return []
    typed = [_dated(h, day, DESIGNATOR, MEDIUM, said.reason) for h in designator_holders().get(said.text, ())]
    listed = [_listed(row, day, said.reason) for row in _in_force(designators, said.text, day)]
    ended = [c for c in typed if c.confidence == EXCLUDED]
    open_, shut = [], list(ended)
    for candidate in [c for c in typed if c.confidence != EXCLUDED] + listed:
        over = next((c for c in ended if same_operator(c.name, candidate.name)), None)
        if over is None or candidate.list_day is None:
            open_.append(candidate)
        else:
            why = f"{candidate.why}; {over.name} held it {_dates(over.since_day, over.until_day)}"
            shut.append(replace(candidate, confidence=EXCLUDED, why=why))
    return [*(_weighed(c, open_) for c in open_), *shut]


def _weighed(candidate: OperatorCandidate, said: Sequence[OperatorCandidate]) -> OperatorCandidate:
    """The confidence that the lists together give, and who agrees or does not."""
    agree = {c.source for c in said if same_operator(c.name, candidate.name)}
    differ = [c for c in said if not same_operator(c.name, candidate.name)]
    remembered = {c.source for c in [candidate, *differ] if c.list_day is None and not lists_in(c.source)}
    if not differ:
        lists = max(len(agree), lists_in(candidate.source) if candidate.list_day is None else 0)
        why = f"{lists} sources agree" if lists > 1 else "no other source"
        return replace(candidate, confidence=HIGH if lists > 1 else MEDIUM, why=f"{candidate.why}; {why}")
    other = "; ".join(sorted({f"{c.name} by {c.source}" for c in differ}))
    more = len(agree - remembered) > len({c.source for c in differ} - remembered)
    return replace(
        candidate, confidence=MEDIUM if more else LOW, why=f"{candidate.why}; sources differ: {other}"
    )


def _in_force(designators: pa.Table | None, code: str, day: int) -> list[dict[str, Any]]:
    """Of each list its edition of the day or before, else the earliest after it."""
    if designators is None or not designators.num_rows:
        return []
    rows = designators.filter(pc.equal(designators["code"], code)).to_pylist()
    found: list[dict[str, Any]] = []
    for source in sorted({row["source"] for row in rows}):
        days = {row["day"] for row in rows if row["source"] == source}
        chosen = max((d for d in days if d <= day), default=min(days))
        ours = [row for row in rows if row["source"] == source and row["day"] == chosen]
        ours.sort(key=lambda row: repr(sorted(row.items())))  # of one name the same row whatever the order
        found += {row["name"]: row for row in ours}.values()
    return found


def _listed(row: dict[str, Any], day: int, reason: str) -> OperatorCandidate:
    later = ", a list of a later day" if row["day"] > day else ""
    spoken = f", spoken {row['telephony']}" if row["telephony"] else ""
    why = f"{reason}{spoken}; {row['source']} of {day_text(row['day'])}{later}"
    country = (country_code(row["country"]) or row["country"]) if row["country"] else None
    return OperatorCandidate(
        DESIGNATOR, row["name"], row["code"], country, row["source"], row["day"], None, None, MEDIUM, why
    )


def _dated(holder: Holder, day: int, kind: str, confidence: str, why: str) -> OperatorCandidate:
    """A candidate from a typed-in row; excluded where its dates rule the day out."""
    if not holder.held_on(day):
        confidence = EXCLUDED
        why += f"; not on {day_text(day)}: held {_dates(holder.since_day, holder.until_day)}"
    return OperatorCandidate(
        kind, holder.name, holder.code, holder.country, holder.source, None, holder.since_day,
        holder.until_day, confidence, why,
    )  # fmt: skip


def _dates(since_day: int | None, until_day: int | None) -> str:
    words = [f"since {day_text(since_day)}"] if since_day is not None else []
    return " ".join([*words, *([f"until {day_text(until_day)}"] if until_day is not None else [])])


def _mark(sign: str) -> list[OperatorCandidate]:
    found = mark_of_callsign(sign)
    if found is None:
        return []
    why = f"{sign} reads as the registration {found.mark}"
    if not found.certain:
        why += ", or is a word"
    confidence = HIGH if found.certain else LOW
    return [
        OperatorCandidate(
            REGISTRATION, found.mark, found.mark, found.country, "the form of marks (ICAO Annex 7)", None,
            None, None, confidence, why,
        )
    ]  # fmt: skip


def _planned(sign: str, routes: Sequence[Route]) -> list[OperatorCandidate]:
    return [
        OperatorCandidate(
            SCHEDULE, "-".join(route.airports), sign, None, route.source, route.day, None, None, LOW,
            "a published route: evidence of a schedule, not that it was flown or by whom"
            + ("; published after that day" if route.later else ""),
        )
        for route in routes
        if route.callsign == sign
    ]  # fmt: skip


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.findall(r"[a-z0-9]+", plain)
