"""What a source says, as the contract tells it: value, since and until, by whom, how it stands on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from overflight.clock import day_text
from overflight.model.sayings import PARTIES
from overflight.registry.marks import normal_mark
from overflight.registry.party_names import tokens_of
from overflight.registry.register import ENDED, HOLDS, LATER, NEVER, Register
from overflight.registry.spans import Span, dates_of, spans_of
from overflight.search.contract import Row
from overflight.search.sources import Sources

# The fields of an identity in the order in which they are told; a mark is displayed first, since a saying
# under another mark is of another airframe.
FIELDS = ("registration", "type_designator", "serial", "owner", "operator", "registrant", "military")
STANDING = {HOLDS: "holds", LATER: "said_later", ENDED: "ended"}
AT_ONCE, OVER_TIME, WORDING, OTHER_MARK = "at_once", "over_time", "wording", "other_mark"


@dataclass
class Teller:
    """Tells sayings about aircraft as of a UTC day, by what had been said until `known_day` (None: all)."""

    sources: Sources
    register: Register
    day: int
    known_day: int | None = None
    _licences: dict[str, str | None] = field(init=False)
    _quotations: dict[str, Row] = field(init=False)

    def __post_init__(self) -> None:
        """What the catalogue says of the lists, and documents of themselves."""
        self._licences = {r.kind: r.licence for r in self.sources.view.references()}
        documents = self.sources.view.find("documents", [], ["id", "quotation", "licence"])
        self._quotations = {row["id"]: row for row in documents.to_pylist()}

    def on(self, day: int) -> Teller:
        """The same of another UTC day."""
        other = copy(self)
        other.day = day
        return other

    def withdrawn(self, address: int) -> list[str]:
        """What sources took back of what they had said of an address, in words."""
        known = NEVER if self.known_day is None else self.known_day
        rows = self.register.claims_of(address).to_pylist()
        return [
            f"{row['source']} took back on {day_text(row['withdrawn_day'])} what it had said: "
            f"{told_field(name).replace('_', ' ')} {row[name]}"
            for row in rows if row["withdrawn_day"] is not None and row["withdrawn_day"] <= known
            for name in FIELDS if row[name] is not None
        ]  # fmt: skip

    def spans(self, address: int) -> list[Span]:
        """All spans of an address that were known, in their order."""
        return spans_of(self.register, address, self.known_day, FIELDS)

    def standing(self, span: Span) -> int:
        """How a span stands on the day: HOLDS, LATER or ENDED."""
        if span.end_day is not None and self.day >= span.end_day:
            return ENDED
        if self.day >= span.begin_day:
            return HOLDS
        return ENDED if span.since_day is not None else LATER  # what began later says nothing of the day

    def displayed(self, address: int, spans: Sequence[Span]) -> dict[str, Span]:
        """By field the span that is displayed first for an address, by the rule of registry.register."""
        when = np.array([self.day])
        held = self.register.held(np.array([address]), when, self.known_day)
        found: dict[str, Span] = {}
        for name in FIELDS:
            row = self.register.first_said(held, when, name)
            if row >= 0:
                found[name] = _span_of(self.register.claims.slice(row, 1).to_pylist()[0], name, spans)
        return found

    def said(self, span: Span | None) -> Row | None:
        """The contract's saying of a span."""
        if span is None:
            return None
        document = self._quotations.get(span.claim_id or "", {})
        licence = document.get("licence") if span.claim_id else self._licences.get(span.source)
        return {
            "value": _told(span), "since": _day(span.since_day), "until": _day(span.until_day),
            "source": span.source, "grade": span.grade, "said_first": _day(span.first_said_day),
            "said_last": _day(span.last_said_day), "changed_after": _day(span.after_day),
            "changed_before": _day(span.before_day), "standing": STANDING[self.standing(span)],
            "claim_id": span.claim_id, "quotation": document.get("quotation"), "link": span.link,
            "licence": licence, "party_kind": span.party_kind, "party_region": span.party_region,
        }  # fmt: skip

    def conflicts(self, spans: Iterable[Span], displayed: Mapping[str, Span]) -> list[Row]:
        """What is said otherwise than what is displayed and does not end before the day, by field.

        `at_once`: both hold on the day; `over_time`: one of them was said only later; `wording`: the same
        party in other words; `other_mark`: nothing is displayed, this is said under another mark.
        """
        found = []
        for span in spans:
            first, standing = displayed.get(span.field), self.standing(span)
            if standing == ENDED or (first is not None and _same(span.field, span.value, first.value)):
                continue
            if first is None:  # not displayed, since it is said under another mark
                found.append({"field": told_field(span.field), "kind": OTHER_MARK, **(self.said(span) or {})})
                continue
            both = standing == HOLDS and self.standing(first) == HOLDS
            kind = AT_ONCE if both else OVER_TIME
            kind = WORDING if _likely_same(span, first) else kind
            found.append({"field": told_field(span.field), "kind": kind, **(self.said(span) or {})})
        return found

    def timeline(self, spans: Iterable[Span]) -> list[Row]:
        """Every span: `document`, `stated` where a list gives dates itself, else `listed`."""
        return [
            {
                "field": told_field(span.field),
                "kind": "document" if span.claim_id else "listed" if span.since_day is None else "stated",
                **(self.said(span) or {}),
            }
            for span in spans
        ]


def told_field(name: str) -> str:
    """A field as answers about identity call it."""
    return "mark" if name == "registration" else name


def _span_of(row: Mapping[str, Any], name: str, spans: Sequence[Span]) -> Span:
    """The span to which a saying belongs."""
    return next(
        span for span in spans
        if span.field == name and span.value == str(row[name]) and span.source == row["source"]
        and span.claim_id == row["claim_id"] and (span.since_day, span.until_day) == dates_of(name, row)
        and span.first_said_day <= row["day"] <= span.last_said_day
    )  # fmt: skip


def _same(name: str, one: str, other: str) -> bool:
    if name == "registration":
        return normal_mark(one) == normal_mark(other)
    return one.casefold() == other.casefold()


def _likely_same(span: Span, first: Span) -> bool:
    return span.field in PARTIES and tokens_of(span.value) == tokens_of(first.value)


def _told(span: Span) -> str:
    if span.field != "military":
        return span.value
    return {"True": "yes", "False": "no"}[span.value]


def _day(day: int | None) -> str | None:
    return None if day is None or day >= NEVER else day_text(day)
