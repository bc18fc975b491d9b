"""Spans of one list that only word the same party anew, found among an aircraft's spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.sayings import PARTIES
from overflight.registry.register import Register
from overflight.registry.rewording import RULES, Batch, Change, Listed, Rules, change_of
from overflight.registry.spans import Span


@dataclass(frozen=True)
class Rewording:
    """Two spans of one list, one right after the other, and how the change between them reads."""

    before: Span
    after: Span
    change: Change


def rewordings_of(
    register: Register, address: int, spans: Iterable[Span], rules: Rules = RULES
) -> list[Rewording]:
    """How each change of a party's text in one list reads, in the order of the spans.

    `spans` are those of registry.spans for the address. What documents say is left out: they are no list.
    Where a list gives two texts at once, none of them is the next of the other.
    """
    listed = [span for span in spans if span.field in PARTIES and span.claim_id is None]
    found = []
    for before in listed:
        after = [span for span in listed if _is_next(before, span)]
        if len(after) == 1 and sum(_is_next(span, after[0]) for span in listed) == 1:
            found.append(Rewording(before, after[0], _read(register, address, before, after[0], rules)))
    return found


def runs_of_one_party(spans: Iterable[Span], rewordings: Iterable[Rewording]) -> list[list[Span]]:
    """The spans in their order, each put behind the one that it only words anew or renames."""
    earlier = {reading.after: reading.before for reading in rewordings if reading.change.same_party}
    runs: list[list[Span]] = []
    for span in spans:
        run = next((run for run in runs if earlier.get(span) in run), None)
        if run is None:
            runs.append([span])
        else:
            run.append(span)
    return runs


def batch_of(older: pa.Table, newer: pa.Table, before: str, after: str) -> Batch:
    """How other aircraft changed between two lists: tables with the columns `address` and `party`."""
    had, has = _who(older, before), _who(newer, after)
    alike = int(pc.sum(pc.is_in(had, has)).as_py() or 0)
    kept = int(pc.sum(pc.is_in(had, _who(newer, before))).as_py() or 0)
    return Batch(max(1, alike), kept, len(_who(older, after)))


def _is_next(before: Span, after: Span) -> bool:
    same = before.field == after.field and before.source == after.source and before.value != after.value
    return same and before.before_day == after.first_said_day and after.after_day == before.last_said_day


def _read(register: Register, address: int, before: Span, after: Span, rules: Rules) -> Change:
    told = ((before, before.last_said_day), (after, after.first_said_day))
    older, newer = (_list(register.claims, span, day) for span, day in told)
    old, new = (_said(register.claims_of(address), span, day) for span, day in told)
    return change_of(old, new, batch_of(older, newer, before.value, after.value), rules)


def _list(claims: pa.Table, span: Span, day: int) -> pa.Table:
    """Addresses and parties of the span's list of a day."""
    rows = claims.select(["day", "source", "address", span.field])
    rows = rows.filter(pc.equal(rows["day"], day))  # days first: whole numbers compare fastest
    rows = rows.filter(pc.equal(rows["source"], span.source))
    return rows.select(["address", span.field]).rename_columns(["address", "party"])


def _said(claims: pa.Table, span: Span, day: int) -> Listed:
    """What the span's list said of the aircraft on a day, in the row with the span's text."""
    rows = [row for row in claims.to_pylist() if row["source"] == span.source and row["day"] == day]
    row = next(row for row in rows if row[span.field] == span.value)
    return Listed(span.value, row["registration"], row["type_designator"], row["description"])


def _who(rows: pa.Table, party: str) -> pa.ChunkedArray:
    return rows["address"].filter(pc.equal(rows["party"], party))
