"""Whose aircraft: those of which sources name a party, on a day or ever, and who came before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.clock import day_number, day_text
from overflight.errors import QuestionError
from overflight.model.address import icao24_text
from overflight.model.grades import MIXED, RECORDED
from overflight.model.sayings import PARTIES
from overflight.registry.party_names import tokens_of
from overflight.registry.register import HOLDS, NEVER
from overflight.registry.spans import Span
from overflight.search.answer import Answer
from overflight.search.contract import Row, finish
from overflight.search.identity import register_for
from overflight.search.index import is_public
from overflight.search.names import OtherNames
from overflight.search.parties import named_parties
from overflight.search.sayings import Teller
from overflight.search.sources import Sources
from overflight.search.told import Told

NOT_THAT_DAY = "{count} more aircraft are said to be of {party} on other days: ask without --on"
NO_PERSONS = "where everybody may ask, names that may be a person's are not searched"


@dataclass(frozen=True)
class _Held:
    """One span in which a source names the party, and all spans of its aircraft."""

    address: int
    span: Span
    spans: Sequence[Span]
    data_kind: str

    @property
    def order(self) -> tuple[str, int, str]:
        """By what rows are told: when it was said first, address, role."""
        return day_text(self.span.first_said_day), self.address, self.span.field


def find_fleet(party: str, sources: Sources, on: str | None = None, as_known: str | None = None) -> Answer:
    """The contract's `fleet`: a row for each aircraft and role in which a source names the party.

    On a UTC day `on` those that hold on it; without one every span there ever was, with the party before and
    after it in the same role. Raises QuestionError for a text that names nobody.
    """
    if not tokens_of(party):
        raise QuestionError(f"{party!r} names no party: legal forms and articles alone are no name")
    day = None if on is None else day_number(on)
    known_day = None if as_known is None else day_number(as_known)
    names, addresses = named_parties(sources.view, party)
    teller = Teller(sources, register_for(sources, addresses), NEVER if day is None else day, known_day)
    held: list[_Held] = []
    elsewhere = 0
    for address in addresses:
        ever = _held(address, names, teller)
        that_day = [one for one in ever if day is None or teller.standing(one.span) == HOLDS]
        held += that_day
        elsewhere += bool(ever) and not that_day
    held.sort(key=lambda one: one.order)
    remarks = [NOT_THAT_DAY.format(count=elsewhere, party=party)] if elsewhere and day is not None else []
    remarks += [NO_PERSONS] if is_public(sources.view) and not names else []
    rows = Told(len(held), lambda first, end: _rows(held[first:end], teller, day))
    brief = [{"icao24": icao24_text(one.address), "data_kind": one.data_kind} for one in held]
    return Answer("fleet", rows, {}, () if held or elsewhere else (party,), tuple(remarks), brief=brief)


def _held(address: int, names: frozenset[str], teller: Teller) -> list[_Held]:
    """The spans of an address in which a source gives one of the names."""
    spans = teller.spans(address)
    wanted = [span for span in spans if span.field in PARTIES and span.value in names]
    kinds = set(teller.register.claims_of(address)["data_kind"].to_pylist())
    kind = kinds.pop() if len(kinds) == 1 else MIXED if kinds else RECORDED
    return [_Held(address, span, spans, kind) for span in wanted]


def _rows(held: Sequence[_Held], teller: Teller, day: int | None) -> list[Row]:
    """Rows told together: who else bears a mark is one look for all of them."""
    tellers = [teller.on(one.span.last_said_day if day is None else day) for one in held]
    displayed = [at.displayed(one.address, one.spans) for at, one in zip(tellers, held, strict=True)]
    marks = {shown["registration"].value for shown in displayed if "registration" in shown}
    serials = {shown["serial"].value for shown in displayed if "serial" in shown}
    names = OtherNames(teller.sources, marks, serials, teller.known_day)
    made = []
    for at, one, shown in zip(tellers, held, displayed, strict=True):
        others = names.of(one.address, one.spans, shown)
        columns = _columns(one, at, shown, day) | {"other_names": others, "flags": []}
        made.append(finish("fleet", columns, teller.sources.archive_version))
    return made


def _columns(one: _Held, at: Teller, displayed: dict[str, Span], day: int | None) -> dict[str, Any]:
    span = one.span
    same_role = [s for s in one.spans if s.field == span.field and s is not span and s.source == span.source]
    before = [s for s in same_role if s.last_said_day < span.first_said_day]
    after = [s for s in same_role if s.first_said_day > span.last_said_day]
    icao24 = icao24_text(one.address)
    named = {name: None if name not in displayed else displayed[name].value for name in _NAMED}
    said_first = day_text(span.first_said_day)
    return {
        "data_kind": one.data_kind, "id": f"fleet-{icao24}-{span.field}-{said_first}-{_digest(span)}",
        "icao24": icao24, **named, "role": span.field, "on": None if day is None else day_text(day),
        "party": at.said(span), "before": at.said(before[-1] if before else None),
        "after": at.said(after[0] if after else None),
    }  # fmt: skip


def _digest(span: Span) -> str:
    """What tells a span from others of its aircraft, role and day, in eight hex digits."""
    told = (span.source, span.value, span.since_day, span.until_day, span.claim_id)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8]


_NAMED = ("registration", "type_designator", "serial")
