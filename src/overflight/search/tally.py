"""The cells of a count: what is in each, what to expect of it, and the hours behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from overflight.clock import iso_utc
from overflight.model.grades import (
    COMPATIBLE,
    COMPATIBLE_LEAST,
    INFERRED,
    MIXED,
    OBSERVED,
    RECORDED,
    UNKNOWN,
)
from overflight.search.answer import Answer
from overflight.search.cells import BEFORE, BRIEF, PERIOD, TIMES, WHOLE, Hours
from overflight.search.chances import number_interval
from overflight.search.contract import CHANCE_DIGITS, Row, finish
from overflight.search.sources import Sources
from overflight.search.spent import Spent

MOST_CELLS = 10_000  # keys that occur times clock cells; where there are more, empty ones are left out


@dataclass
class _Cell:
    grades: list[str] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    aircraft: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    first_ms: int | None = None
    last_ms: int | None = None
    least_s: int = 0
    most_s: int = 0

    def meet(self, brief: Row) -> None:
        """Count one in."""
        self.grades.append(brief["grade"])
        self.aircraft.add(brief["icao24"])
        self.kinds.add(brief["data_kind"])
        time = brief["first_ms"]
        self.first_ms = time if self.first_ms is None else min(self.first_ms, time)
        self.last_ms = time if self.last_ms is None else max(self.last_ms, time)


class Tally:
    """The cells of a count, by their keys."""

    def __init__(
        self, of: str, by: tuple[str, ...], hours: Hours, places: Row, found: Answer, weighed: bool = False
    ) -> None:
        """Of what, by which keys, in which hours; `places` are those asked for, `found` what is counted.

        `weighed`: what is counted has chances, so that where nothing is found nothing is to be expected.
        """
        self._of, self._by, self._hours, self._places = of, by, hours, places
        kinds = {row["data_kind"] for row in found.brief or found.rows}
        self._kind = kinds.pop() if len(kinds) == 1 else MIXED if kinds else RECORDED
        self._clock = [key for key in by if key in TIMES or key == PERIOD]
        self._cells: dict[tuple[str, ...], _Cell] = {}
        self._weighed = weighed

    @property
    def expected(self) -> float:
        """Sum of all chances."""
        return sum(chance for cell in self._cells.values() for chance in cell.chances)

    def add(
        self, row: Row, brief: Row, chances: Mapping[str | None, float] | None, time: Spent | None
    ) -> None:
        """Count one answer into its cell, its chances into theirs, and its time into all it met."""
        keys = self._keys(row, brief)
        self._cell(keys).meet(brief)
        for key, chance in (chances or {}).items():
            elsewhere = tuple(
                key if key is not None and name in ("airport", "country") else mine
                for name, mine in zip(self._by, keys, strict=True)
            )
            self._cell(elsewhere).chances.append(chance)
        for span, name in ((time.sure, "least_s"), (time.possible, "most_s")) if time else ():
            for clock, seconds in self._hours.spread(self._clock, *span).items() if span else ():
                cell = self._cell(self._at(keys, clock))
                setattr(cell, name, getattr(cell, name) + seconds)

    def _keys(self, row: Row, brief: Row) -> tuple[str, ...]:
        begin, end = self._hours.bounds_ms
        time = min(max(brief["first_ms"], begin), end - 1)  # what began before counts from the beginning on
        return tuple(
            self._hours.key(name, time) if name in self._clock
            else BRIEF[name](brief) if name in BRIEF
            else WHOLE[name](row)
            for name in self._by
        )  # fmt: skip

    def _at(self, keys: tuple[str, ...], clock: tuple[str, ...]) -> tuple[str, ...]:
        """The keys with those of time replaced."""
        times = iter(clock)
        return tuple(
            next(times) if name in self._clock else key
            for name, key in zip(self._by, keys, strict=True)
        )

    def _cell(self, keys: tuple[str, ...]) -> _Cell:
        return self._cells.setdefault(keys, _Cell())

    def rows(
        self, sources: Sources, *, summed: bool, flown: Mapping[tuple[str, ...], int] | None, at_place: bool
    ) -> list[Row]:
        """The contract's rows, empty cells of time among them."""
        clock = self._hours.cells(self._clock)
        self._leave_out()
        others = {self._apart(keys) for keys in self._cells} or {()}
        if self._clock and len(clock) * len(others) <= MOST_CELLS:
            for times, rest in product(clock, others):
                if len(times) + len(rest) == len(self._by):
                    self._cell(self._joined(times, rest))
        elif not self._by:
            self._cell(())
        return [
            self._row(keys, self._cells[keys], clock, sources, summed, flown, at_place)
            for keys in sorted(self._cells, key=lambda keys: [key if key != BEFORE else "" for key in keys])
        ]

    def _apart(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """The keys that are not of time."""
        return tuple(key for key, name in zip(keys, self._by, strict=True) if name not in self._clock)

    def _leave_out(self) -> None:
        """Drop keys under which nothing is counted and less than one chance in a hundred is expected."""
        counted: set[tuple[str, ...]] = set()
        chance = dict[tuple[str, ...], float]()
        for keys, cell in self._cells.items():
            counted |= {self._apart(keys)} if cell.grades or cell.most_s else set()
            chance[self._apart(keys)] = chance.get(self._apart(keys), 0.0) + sum(cell.chances)
        kept = counted | {keys for keys, sum_ in chance.items() if sum_ >= COMPATIBLE_LEAST}
        self._cells = {keys: cell for keys, cell in self._cells.items() if self._apart(keys) in kept}

    def _joined(self, times: tuple[str, ...], rest: tuple[str, ...]) -> tuple[str, ...]:
        held, free = iter(times), iter(rest)
        return tuple(next(held) if name in self._clock else next(free) for name in self._by)

    def _row(
        self, keys: tuple[str, ...], cell: _Cell, clock: Mapping[tuple[str, ...], tuple[int, int, int]],
        sources: Sources, summed: bool, flown: Mapping[tuple[str, ...], int] | None, at_place: bool,
    ) -> Row:  # fmt: skip
        by = self._by
        times = tuple(key for key, name in zip(keys, by, strict=True) if name in self._clock)
        hours, held, heard = clock.get(times, (0, 0, 0))
        count = {grade: cell.grades.count(grade) for grade in (OBSERVED, INFERRED, COMPATIBLE, UNKNOWN)}
        named = [*zip(by, keys, strict=True), (None, None), (None, None)][:2]
        since, until = self._hours.bounds_ms
        return finish("counts", {
            "data_kind": min(cell.kinds, default=self._kind) if len(cell.kinds) < 2 else MIXED,
            "id": "-".join(["count", self._of, *(key.replace(" ", "_") for key in keys)]),
            "icao24": None, "of": self._of, **self._places, "by_1": named[0][0], "key_1": named[0][1],
            "by_2": named[1][0], "key_2": named[1][1], "since": iso_utc(since), "until": iso_utc(until),
            "sum": count[OBSERVED] + count[INFERRED], **count, **self._expected(cell, held), "hours": hours,
            "loaded_hours": held, "covered_hours": heard if at_place else None,
            "aircraft_count": len(cell.aircraft), "first": iso_utc(cell.first_ms),
            "last": iso_utc(cell.last_ms),
            "time_s": {"min": cell.least_s if summed else None, "max": cell.most_s if summed else None},
            "flown_s": None if flown is None else flown.get(keys, 0),
            "flags": _lacking(hours, held, heard if at_place else None),
        }, sources.archive_version)  # fmt: skip

    def _expected(self, cell: _Cell, loaded_hours: int) -> Row:
        """The sum of the chances with its interval; unknown where nothing has one, or nothing is loaded."""
        if not self._weighed or (not loaded_hours and not cell.chances):
            return {"expected": None, "expected_low": None, "expected_high": None}
        low, high = number_interval(cell.chances)
        expected = round(sum(cell.chances), CHANCE_DIGITS)
        return {"expected": expected, "expected_low": low, "expected_high": high}


def _lacking(hours: int, loaded: int, covered: int | None) -> list[str]:
    """What a cell lacks, in the contract's words."""
    if not loaded:
        return ["not_loaded"]
    flags = ["partly_loaded"] if loaded < hours else []
    return [*flags, *(["not_covered"] if covered == 0 else [])]
