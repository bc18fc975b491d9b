"""Who the aircraft of an answer were on their days: mark, type and operator as the registers had them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.register import Register
from overflight.search.rows import find_by
from overflight.search.scope import Question, Scope
from overflight.store.view import View
from overflight.units import MILLISECONDS_PER_DAY

LATER = "register_after_date"  # no register of the day or before it: the nearest later one is shown


def register_of(view: View, table: pa.Table) -> Register:
    """The claims about the aircraft of a derived table."""
    return Register(find_by(view, "claims", "address", pc.unique(table["address"]).to_pylist()))


def identities(register: Register, table: pa.Table, times: Sequence[str]) -> list[dict[str, Any]]:
    """For each row who it was as of its day (Register.as_of_many), by the first known of the times."""
    time = pc.fill_null(pc.coalesce(*(table[name] for name in times)), 0)
    days = time.to_numpy() // MILLISECONDS_PER_DAY
    return list(register.as_of_many(table["address"].to_numpy(), days).to_pylist())


def is_asked_for(asked: Question, scope: Scope, address: int, who: dict[str, Any]) -> bool:
    """Whether an aircraft was, as far as is known, of a type and mark asked for on that day."""
    if asked.types and who["type_designator"] not in asked.types:
        return False
    marks = scope.marks.get(address)
    return marks is None or who["registration"] is None or who["registration"] in marks


def who_columns(who: dict[str, Any]) -> dict[str, Any]:
    """The contract's three columns on who an aircraft was."""
    return {name: who[name] for name in ("registration", "type_designator", "operator")}


def with_remark(flags: list[str], who: dict[str, Any]) -> list[str]:
    """A row's flags, with a remark where the identity comes from a register of a later day."""
    return [*flags, LATER] if who["later"] else list(flags)
