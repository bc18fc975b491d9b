"""The questions the store can be asked: a small typed subset, so that no text of a user ever becomes SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
OPERATORS = (
    *COMPARISONS,
    "in",  # value: a sequence of any length
    "is_null",
    "not_null",
    "starts_with",  # of a text column
    "contains",  # a list column holds the value
    "contains_any",  # a list column holds at least one of the values
    "overlaps",  # column: (first, last); value: (since, until), see Condition
)


@dataclass(frozen=True)
class Condition:
    """One test on a row; several are joined by "and". A null passes only `is_null` and `overlaps`.

    `Condition(("first_ms", "last_ms"), "overlaps", (since, until))` keeps rows whose span [first, last] meets
    [since, until); a null in the row, or None as since or until, means open on that side.
    """

    column: str | tuple[str, str]
    op: str
    value: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        """The column, or both columns of a span."""
        return (self.column,) if isinstance(self.column, str) else self.column


@dataclass(frozen=True)
class Bounds:
    """What a file must hold to be opened: times in [since_ms, until_ms), one of the addresses; None: any."""

    since_ms: int | None = None
    until_ms: int | None = None
    addresses: tuple[int, ...] | None = None


def checked(conditions: Sequence[Condition], contract: pa.Schema) -> list[Condition]:
    """The conditions with values in the columns' own types; ValueError where they do not fit."""
    return [_checked(condition, contract) for condition in conditions]


def bounds_of(conditions: Sequence[Condition], contract: pa.Schema) -> Bounds:
    """What checked conditions say of times and addresses: never narrower than the rows they let through."""
    since: list[int] = []
    until: list[int] = []
    addresses: set[int] | None = None
    for condition in conditions:
        low, high = _times(condition, contract)
        since += [] if low is None else [low]
        until += [] if high is None else [high]
        if condition.column == "address" and condition.op in ("=", "in"):
            wanted = {condition.value} if condition.op == "=" else set(condition.value)
            addresses = wanted if addresses is None else addresses & wanted
    return Bounds(
        max(since, default=None),
        min(until, default=None),
        None if addresses is None else tuple(sorted(addresses)),
    )


def _times(condition: Condition, contract: pa.Schema) -> tuple[int | None, int | None]:
    """First wanted millisecond and the one after the last; None where the condition does not say."""
    op, value = condition.op, condition.value
    if op == "overlaps":
        (first, last), (since, until) = condition.names, value
        # A null end is open for ever and stands in no file's range, so only columns without nulls may prune.
        low = since if last.endswith("_ms") and not contract.field(last).nullable else None
        high = until if first.endswith("_ms") and not contract.field(first).nullable else None
        return low, high
    if not str(condition.column).endswith("_ms"):
        return None, None
    if op == "in" and value:
        return min(value), max(value) + 1
    low = {"=": 0, ">=": 0, ">": 1}.get(op)
    high = {"=": 1, "<=": 1, "<": 0}.get(op)
    return (None if low is None else value + low), (None if high is None else value + high)


def _checked(condition: Condition, contract: pa.Schema) -> Condition:
    op, value, column, names = condition.op, condition.value, condition.column, condition.names
    for name in names:
        if name not in contract.names:
            raise ValueError(f"no column {name!r}; there are {', '.join(contract.names)}")
    if op not in OPERATORS or (op == "overlaps") != (len(names) == 2):
        raise ValueError(f"no operator {op!r} for {column!r}; there are {', '.join(OPERATORS)}")
    kind = contract.field(names[0]).type
    if op in ("contains", "contains_any", "starts_with"):
        fits = pa.types.is_string(kind) if op == "starts_with" else pa.types.is_list(kind)
        if not fits:
            raise ValueError(f"{op} does not fit {column!r}, which is {kind}")
        kind = kind if op == "starts_with" else kind.value_type
    if op in ("is_null", "not_null"):
        return Condition(column, op)
    if op in ("in", "contains_any"):
        return Condition(column, op, _all_typed(list(value), kind, names[0]))
    if op == "overlaps":
        since, until = value
        ends = (None if end is None else _typed(end, kind, names[0]) for end in (since, until))
        return Condition(column, op, tuple(ends))
    return Condition(column, op, _typed(value, kind, names[0]))


def _all_typed(values: list[Any], kind: pa.DataType, column: str) -> tuple[Any, ...]:
    """Each value once, in order: all at once where they fit, for thousands of ids are asked for together."""
    try:
        typed = pa.array(values, kind).to_pylist()
    except (pa.ArrowException, OverflowError, TypeError):
        typed = []  # one by one, to say which it is
    plain = str if pa.types.is_string(kind) else int if pa.types.is_integer(kind) else None
    if typed != values or plain is None or any(type(value) is not plain for value in values):
        typed = [_typed(value, kind, column) for value in values]
    return tuple(dict.fromkeys(typed))


def _typed(value: Any, kind: pa.DataType, column: str) -> Any:
    try:
        typed = pa.scalar(value, kind).as_py()
    except (pa.ArrowException, OverflowError, TypeError) as error:
        raise ValueError(f"{value!r} does not fit {column}, which is {kind}") from error
    if pa.types.is_integer(kind) and typed != value:  # Arrow would cut 1.5 to 1
        raise ValueError(f"{value!r} does not fit {column}, which is {kind}")
    if typed is None:
        raise ValueError(f"{column} cannot be compared with null; use is_null or not_null")
    return typed
