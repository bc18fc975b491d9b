"""Who the aircraft of an answer were on their days: mark, type and parties as registers and documents say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.marks import normal_mark, state_of_mark
from overflight.registry.privacy import without_removed
from overflight.registry.register import Register
from overflight.search.parties import OPERATING, OWNING, names_party
from overflight.search.rows import find_by
from overflight.search.said import of_addresses
from overflight.search.scope import Question, Scope
from overflight.search.sources import Sources
from overflight.units import MILLISECONDS_PER_DAY

NAMES = ("registration", "type_designator", "operator", "owner", "registrant")  # of every row
STATED = "stated"  # beside what is displayed of a row: all that sources state of its day, by field
LATER = "register_after_date"  # no register of the day or before it: the nearest later one is shown


def register_of(sources: Sources, table: pa.Table) -> Register:
    """What is said of the aircraft of a derived table."""
    return register_for(sources, pc.unique(table["address"]).to_pylist())


def register_for(sources: Sources, addresses: Iterable[int]) -> Register:
    """What registers and documents say of some addresses, without what was removed at somebody's request."""
    wanted = sorted(set(addresses))
    claims = find_by(sources.view, "claims", "address", wanted)
    if sources.removed is not None:
        claims = without_removed(claims, sources.removed)
    documents = sources.document_claims
    return Register(claims, sources.editions, None if documents is None else of_addresses(documents, wanted))


def identities(
    register: Register, table: pa.Table, times: Sequence[str], asked: Question | None = None,
    scope: Scope | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """For each row who it was as of its day (Register.as_of_many), by the first known of the times.

    Where marks or types are asked for, STATED holds all that sources state of them for the day.
    """
    time = pc.fill_null(pc.coalesce(*(table[name] for name in times)), 0)
    days, who = time.to_numpy() // MILLISECONDS_PER_DAY, table["address"].to_numpy()
    rows = list(register.as_of_many(who, days).to_pylist())
    marks = bool(scope is not None and scope.marks) or bool(asked is not None and asked.registry_country)
    for name, wanted in (("registration", marks), ("type_designator", bool(asked and asked.types))):
        if wanted:
            for row, values in zip(rows, register.stated(who, days, name), strict=True):
                row.setdefault(STATED, {})[name] = values
    return rows


def is_asked_for(asked: Question, scope: Scope, address: int, who: dict[str, Any]) -> bool:
    """Whether an aircraft was that day, as far as is known, of the type, mark, party and State asked for.

    Of mark, State and type any that a source states of the day will do, displayed or not: that one source
    contradicts the others never hides what was received.
    """
    if asked.types and not set(asked.types) & _stated(who, "type_designator"):
        return False
    if not _is_of_parties(asked, who):
        return False
    borne = _stated(who, "registration")
    if asked.registry_country and asked.registry_country not in {state_of_mark(mark) for mark in borne}:
        return False
    marks = scope.marks.get(address)
    return marks is None or not borne or bool(_usual(borne) & _usual(marks))


def _stated(who: dict[str, Any], name: str) -> frozenset[str]:
    return who.get(STATED, {}).get(name) or frozenset([who[name]] if who[name] is not None else [])


def _usual(marks: Iterable[str]) -> set[str]:
    return {normal_mark(mark) for mark in marks}


def _is_of_parties(asked: Question, who: dict[str, Any]) -> bool:
    for wanted, roles in ((asked.owner, OWNING), (asked.operator, OPERATING)):
        if wanted is not None and not any(names_party(wanted, who[role]) for role in roles):
            return False
    return True


def who_columns(who: dict[str, Any]) -> dict[str, Any]:
    """The contract's columns on who an aircraft was."""
    return {name: who[name] for name in NAMES}


def with_remark(flags: list[str], who: dict[str, Any]) -> list[str]:
    """A row's flags, with a remark where the identity comes from a register of a later day."""
    return [*flags, LATER] if who["later"] else list(flags)
