"""Routes published for call signs, by day: evidence of a schedule, never that a flight was flown.

A published route holds from the day of its list until a later list names the call sign again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

OTHER_INITIAL = "other"


@dataclass(frozen=True)
class Route:
    """One published route: the airports' codes in order, who published it, as of which UTC day number.

    `later` is true where the list is of a day after the one asked for.
    """

    callsign: str
    airports: tuple[str, ...]
    source: str
    day: int
    later: bool


def initials(callsigns: pa.Array) -> pa.Array:
    """First letter or digit of each call sign, OTHER_INITIAL for others: what routes lie by."""
    first = pc.utf8_slice_codeunits(callsigns, 0, 1)
    plain = pc.match_substring_regex(first, "^[A-Z0-9]$")
    return pc.if_else(plain, first, pa.scalar(OTHER_INITIAL, pa.string()))


def partitions_for(partitions: Iterable[str], callsigns: Iterable[str]) -> list[str]:
    """Those of the partitions `.../INITIAL` that may hold one of the call signs, in order of name."""
    wanted = set(initials(pa.array(list(callsigns), pa.string())).to_pylist())
    return sorted(name for name in set(partitions) if name.rsplit("/", 1)[-1] in wanted)


def routes_on(rows: pa.Table, day: int) -> dict[str, tuple[Route, ...]]:
    """By call sign, what was published of it for a UTC day number, from rows (schema ROUTES) in any order.

    From the latest list not after the day that names the call sign, else from the earliest after it. More
    than one route where lists of that very day contradict each other, in order of their airports.
    """
    by_callsign: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        by_callsign.setdefault(row["callsign"], []).append(row)
    return {callsign: _in_force(stated, day) for callsign, stated in sorted(by_callsign.items())}


def _in_force(stated: list[dict[str, Any]], day: int) -> tuple[Route, ...]:
    before = [row["day"] for row in stated if row["day"] <= day]
    held = max(before) if before else min(row["day"] for row in stated)
    found = {
        Route(row["callsign"], tuple(row["airports"]), row["source"], held, held > day)
        for row in stated
        if row["day"] == held
    }
    return tuple(sorted(found, key=lambda route: (route.airports, route.source)))
