"""What each source said of an aircraft, for how long: snapshots of lists put together to spans.

Two things are kept apart. `since_day` and `until_day` are what the source itself says of the world: the
certificate was issued then, the sale was on that day. `after_day`, `first_said_day`, `last_said_day` and
`before_day` are what is known of the list: it changed between the first two, and again between the last two.
That a list changed between two dates never says that an aircraft was sold between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from overflight.model.sayings import LIST
from overflight.registry.register import LASTING, NEVER, VALUES, Register


@dataclass(frozen=True)
class Span:
    """One value of one field as one source has it, days as UTC day numbers.

    `after_day` is the source's last list before the span, `before_day` its first one after it that no longer
    says so; None where there is none. It holds from `begin_day` until before `end_day` (None: open), by the
    rule of registry.register. `claim_id` names a document's claim.
    """

    field: str
    value: str
    source: str
    grade: str
    first_said_day: int
    last_said_day: int
    after_day: int | None
    before_day: int | None
    since_day: int | None = None
    until_day: int | None = None
    claim_id: str | None = None
    link: str | None = None
    party_kind: str | None = None
    party_region: str | None = None
    begin_day: int = 0
    end_day: int | None = None

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """By what spans are told: field, when it began, source, value."""
        begin = self.first_said_day if self.since_day is None else self.since_day
        return self.field, begin, self.source, self.value, self.claim_id or ""


def spans_of(
    register: Register, address: int, known_day: int | None = None, fields: Sequence[str] = VALUES
) -> list[Span]:
    """Spans of an address in their order, from what had been said by `known_day` (None: all)."""
    known = NEVER if known_day is None else known_day
    intervals = register.intervals_of(address)
    said = zip(register.claims_of(address).to_pylist(), intervals, strict=True)
    rows = [
        row | {"begin": begin, "end": end if end_known <= known else NEVER}
        for row, (begin, end, end_known) in said
        if row["day"] <= known and (row["withdrawn_day"] is None or row["withdrawn_day"] > known)
    ]
    spans: list[Span] = []
    for source in sorted({row["source"] for row in rows if row["claim_id"] is None}):
        ours = [row for row in rows if row["source"] == source and row["claim_id"] is None]
        lists = register.editions.get(source)
        listed = [] if lists is None else [d for d in lists.tolist() if known_day is None or d <= known_day]
        for field in fields:
            spans += _of_list(field, ours, listed)
    spans += [
        _span(field, [row], None, None)
        for row in rows if row["claim_id"] is not None
        for field in fields if row[field] is not None
    ]  # fmt: skip
    return sorted(spans, key=lambda span: span.order)


def dates_of(field: str, row: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Since and until when a saying holds for a field, by its source: a certificate dates no type."""
    return (None, None) if field in LASTING else (row["valid_from_day"], row["valid_until_day"])


def _of_list(field: str, rows: list[dict[str, Any]], listed: Iterable[int]) -> list[Span]:
    """Spans of one field from one source's sayings; `listed` are the days of its complete lists."""
    said: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        if row[field] is not None:
            key = (str(row[field]), *dates_of(field, row))
            said.setdefault(key, []).append(row)
    stated = {row["day"] for group in said.values() for row in group}
    days = sorted(stated.union(listed))
    place = {day: at for at, day in enumerate(days)}
    spans = []
    for group in said.values():
        group.sort(key=lambda row: row["day"])
        run = [group[0]]
        for before, row in pairwise(group):
            if place[row["day"]] - place[before["day"]] > 1:  # a list in between says otherwise, or nothing
                spans.append(_run(field, run, days, place))
                run = []
            run.append(row)
        spans.append(_run(field, run, days, place))
    return spans


def _run(field: str, run: list[dict[str, Any]], days: list[int], place: dict[int, int]) -> Span:
    first, last = place[run[0]["day"]], place[run[-1]["day"]]
    after = days[first - 1] if first else None
    return _span(field, run, after, days[last + 1] if last + 1 < len(days) else None)


def _span(field: str, run: list[dict[str, Any]], after: int | None, before: int | None) -> Span:
    row = run[-1]
    since, until = dates_of(field, row)
    return Span(
        field=field, value=str(row[field]), source=row["source"], grade=row["grade"] or LIST,
        first_said_day=run[0]["day"], last_said_day=row["day"], after_day=after, before_day=before,
        since_day=since, until_day=until, claim_id=row["claim_id"],
        begin_day=min(one["begin"] for one in run), end_day=None if row["end"] >= NEVER else row["end"],
        link=row["link"], party_kind=row["party_kind"], party_region=row["party_region"],
    )  # fmt: skip
