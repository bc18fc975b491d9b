"""What counts are counted by: the key of an answer in each dimension, and the hours behind each key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from overflight.clock import day_text
from overflight.registry.marks import state_of_mark
from overflight.search.contract import Row
from overflight.search.loaded import HOUR_MS
from overflight.search.scope import Question
from overflight.units import MILLISECONDS_PER_SECOND

NOTHING = "-"  # the key of what is not known
WEEKDAYS = ("1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun")  # ISO 8601 numbers: they sort
_HOURS_PER_DAY = 24
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
_DIGIT = re.compile(r"[0-9]")

# What of an hour (since 1970, UTC) is counted by.
TIMES: Mapping[str, Callable[[int], str]] = {
    "year": lambda hour: day_text(hour // _HOURS_PER_DAY)[:4],
    "month": lambda hour: day_text(hour // _HOURS_PER_DAY)[:7],
    "day": lambda hour: day_text(hour // _HOURS_PER_DAY),
    "weekday": lambda hour: WEEKDAYS[(hour // _HOURS_PER_DAY + _EPOCH_WEEKDAY) % len(WEEKDAYS)],
    "hour": lambda hour: f"{hour % _HOURS_PER_DAY:02d}",
}
PERIOD = "period"  # before or after an event
BEFORE, AFTER = "before", "after"


def _prefix(row: Row) -> str:
    """The letters of its first call sign before the first digit: `AZAF` of AZAF8."""
    signs = row.get("callsigns") or [row.get("callsign_in") or row.get("callsign_out")]
    sign = next((text for text in signs if text), None)
    return (_DIGIT.split(sign)[0] if sign else "") or NOTHING


def _place(end: str | None, part: str) -> Callable[[Row], str]:
    def key(row: Row) -> str:
        at = row if end is None else row[end]
        place = at.get("field") or at.get("place")
        return str((place or {}).get(part) or NOTHING)

    return key


def _country(row: Row) -> str:
    """Of a crossing the region, of a stop that of its place."""
    return str(row["region"]["ident"]) if "region" in row else _place(None, "country")(row)


# By what an answer's row is counted; these need no more than `Answer.brief` where there is one.
BRIEF: Mapping[str, Callable[[Row], str]] = {
    "operator": lambda row: row["operator"] or NOTHING,
    "type": lambda row: row["type_designator"] or NOTHING,
    "registry": lambda row: (row["registration"] and state_of_mark(row["registration"])) or NOTHING,
    "aircraft": lambda row: row["registration"] or row["icao24"],
    "grade": lambda row: row["grade"],
}
# These need the whole row.
WHOLE: Mapping[str, Callable[[Row], str]] = {
    "callsign": _prefix,
    "country": _country,
    "airport": _place(None, "ident"),
    "from": _place("origin", "ident"),
    "to": _place("destination", "ident"),
    "from_country": _place("origin", "country"),
    "to_country": _place("destination", "country"),
}
DIMENSIONS = (*TIMES, PERIOD, *BRIEF, *WHOLE)


def meets(brief: Row, asked: Question) -> bool:
    """Whether what is known of an answer (Answer.brief) meets the time: a stay still open need not."""
    late = asked.until_ms is not None and brief["first_ms"] >= asked.until_ms
    last = brief.get("last_ms")
    return not late and (asked.since_ms is None or last is None or last >= asked.since_ms)


class Hours:
    """The clock hours asked about, by time: how many there are and in how many anything was received."""

    def __init__(
        self, since_ms: int, until_ms: int, loaded: Iterable[int], event_ms: int | None = None,
        covered: Iterable[int] = (),
    ) -> None:  # fmt: skip
        """Of [since, until); an hour counts where any of it lies inside. `covered`: those of the place."""
        self._bounds = (since_ms, max(until_ms, since_ms + 1))
        self._span = range(since_ms // HOUR_MS, max(-(-until_ms // HOUR_MS), since_ms // HOUR_MS + 1))
        self._loaded, self._covered = frozenset(loaded), frozenset(covered)
        self._event_ms = event_ms

    def key(self, dimension: str, time_ms: int) -> str:
        """The key of an instant in a dimension of time."""
        if dimension == PERIOD:
            return AFTER if self._event_ms is not None and time_ms >= self._event_ms else BEFORE
        return TIMES[dimension](time_ms // HOUR_MS)

    def cells(self, dimensions: Sequence[str]) -> dict[tuple[str, ...], tuple[int, int, int]]:
        """By keys of dimensions of time, in order of time: hours in all, those loaded, those covered."""
        found: dict[tuple[str, ...], tuple[int, int, int]] = {}
        for hour in self._span:
            keys = tuple(self.key(name, hour * HOUR_MS) for name in dimensions)
            every, held, heard = found.get(keys, (0, 0, 0))
            found[keys] = (every + 1, held + (hour in self._loaded), heard + (hour in self._covered))
        return found

    def spread(
        self, dimensions: Sequence[str], begin_ms: int, end_ms: int
    ) -> Mapping[tuple[str, ...], int]:
        """Seconds of [begin, end) by keys of dimensions of time, within the time asked about."""
        begin, end = max(begin_ms, self._bounds[0]), min(end_ms, self._bounds[1])
        found = Counter[tuple[str, ...]]()
        if not dimensions:
            return {(): max(0, end - begin) // MILLISECONDS_PER_SECOND}
        if begin >= end:
            return {}
        for hour in range(begin // HOUR_MS, -(-end // HOUR_MS)):
            within = min(end, (hour + 1) * HOUR_MS) - max(begin, hour * HOUR_MS)
            keys = tuple(self.key(name, hour * HOUR_MS) for name in dimensions)
            found[keys] += within
        return {keys: ms // MILLISECONDS_PER_SECOND for keys, ms in found.items()}

    @property
    def bounds_ms(self) -> tuple[int, int]:
        """The time asked about, [since, until), to the millisecond."""
        return self._bounds
