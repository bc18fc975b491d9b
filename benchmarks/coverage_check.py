"""What hiding a third of the receivers' area changes in what an archive says of its coverage; in Markdown.

Usage: python benchmarks/coverage_check.py ARCHIVE [--places N]

The archive's busiest places are cut into thirds by longitude, and the positions of one third are left out on
one day, as if its receivers had failed: each third in turn, on each day with recordings in the afternoon.
Nothing is written: the archive is asked with and without those rows. For each place and day an aircraft is
asked for that was never there: `not seen` must become `not covered` in the hidden third on that day, and
nowhere else. Then the aircraft in each covered hour of all days, which must stay within its interval if the
days left are like the one hidden.

Last, how often an hour had nobody, by how many aircraft the other hours let one expect, against what is
reckoned with (`scatter` in detect.coverage): hours in which reception failed are among them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.archive import Archive
from overflight.clock import day_number, day_text
from overflight.detect.coverage import CoverageRules, chance_of_none, usual_counts
from overflight.store.folder import Store
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_DAY

NOBODY = "hex:000001"  # no aircraft has that address
CLEAR_DEG = 1.0  # of longitude from the cuts: places whose circle may lie over one are left out
MOST_DAYS = 2  # on which a third is hidden in turn
DAYTIME = (15, 21)  # hours UTC with traffic in every part of the world


class Deaf(Store):
    """A store that has lost the positions between two longitudes on one UTC day; it is only read."""

    def __init__(self, store: Store, sides_deg: tuple[float, float], day: int) -> None:
        vars(self).update(vars(store))
        self._sides = tuple(round(max(min(side, 180.0), -180.0) * E7_PER_DEGREE) for side in sides_deg)
        self._day = day

    def find(
        self, table: str, conditions: Any = (), columns: Any = None, *rest: Any, **more: Any
    ) -> pa.Table:
        found = super().find(table, conditions, columns, *rest, **more)
        return self._less(found) if table == "positions" else found

    def read(self, entry: Any, columns: list[str] | None = None) -> pa.Table:
        found = super().read(entry, columns)
        return self._less(found) if entry.table == "positions" else found

    def _less(self, found: pa.Table) -> pa.Table:
        day = found["time_ms"].to_numpy() // MILLISECONDS_PER_DAY == self._day
        lon = found["longitude_e7"].to_numpy()
        return found.filter(pa.array(~(day & (lon >= self._sides[0]) & (lon < self._sides[1]))))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--places", type=int, default=60)
    options = parser.parse_args()
    store = Store.open(options.archive)
    whole = Archive(store)
    held = whole.loaded().hours
    days = [day_number(day.day) for day in whole.loaded().days]
    days = [day for day in days if any(day * 24 + hour in held for hour in range(*DAYTIME))]
    places = busiest(store, options.places)
    cuts = np.quantile([lon for _, lon in places], (1 / 3, 2 / 3)).tolist()
    places = [place for place in places if all(abs(place[1] - cut) > CLEAR_DEG for cut in cuts)]
    print(f"Archive {store.version.digest}; {len(places)} places, cut at {cuts[0]:.1f} and {cuts[1]:.1f}; "
          f"days {', '.join(map(day_text, days))}.\n")  # fmt: skip
    told: Counter[tuple[str, str, str]] = Counter()
    kept: Counter[tuple[str, bool]] = Counter()
    before = {(place, day): verdict(whole, place, day) for place in places for day in days}
    for sides in pairwise((-180.0, *cuts, 180.1)):
        for dark in days[-MOST_DAYS:]:
            deaf = Archive(Deaf(store, sides, dark))
            for place in places:
                gone = sides[0] <= place[1] < sides[1]
                for day in days:
                    where = "hidden third, its day" if gone and day == dark else "everywhere else"
                    told[where, before[place, day], verdict(deaf, place, day)] += 1
                inside = within_interval(whole, deaf, place)
                if inside is not None:
                    kept[f"hidden third, of {day_text(dark)}" if gone else "elsewhere", inside] += 1
    print("| where | before | after | n |\n|---|---|---|---|")
    for (where, was, now), n in sorted(told.items()):
        print(f"| {where} | {was} | {now} | {n} |")
    print("\n| aircraft in each covered hour | within the interval of before | outside |\n|---|---|---|")
    for where in sorted({where for where, _ in kept}):
        print(f"| {where} | {kept[where, True]} | {kept[where, False]} |")
    missed(whole, places)
    return 0


def busiest(store: Store, count: int) -> list[tuple[float, float]]:
    """Middles of the cells of one degree with the most positions, no two side by side."""
    at = store.find("positions", [], ["latitude_e7", "longitude_e7"])
    lat, lon = (
        np.floor(at[f"{a}_e7"].to_numpy() / E7_PER_DEGREE).astype(int) for a in ("latitude", "longitude")
    )
    chosen: list[tuple[float, float]] = []
    for (row, column), _ in Counter(zip(lat.tolist(), lon.tolist(), strict=True)).most_common():
        if all(abs(row + 0.5 - a) > 1 or abs(column + 0.5 - b) > 1 for a, b in chosen):
            chosen.append((row + 0.5, column + 0.5))
        if len(chosen) == count:
            break
    return chosen


def circle(place: tuple[float, float]) -> str:
    return f"circle:{place[0]},{place[1]},25nm"


def verdict(archive: Archive, place: tuple[float, float], day: int) -> str:
    """What is said of an aircraft that was not there in the afternoon of the day."""
    since, until = (f"{day_text(day)}T{hour:02d}:00" for hour in DAYTIME)
    return archive.silence(NOBODY, place=circle(place), since=since, until=until).kind


def within_interval(whole: Archive, deaf: Archive, place: tuple[float, float]) -> bool | None:
    """Whether the aircraft per covered hour stay within the interval of before; None without one."""
    [before], [after] = (archive.coverage(circle(place)).rows for archive in (whole, deaf))
    low, high, rate = (
        before["aircraft_per_hour_low"],
        before["aircraft_per_hour_high"],
        after["aircraft_per_hour"],
    )
    return None if low is None or rate is None else low <= rate <= high


def missed(whole: Archive, places) -> None:
    """Prints, by how many aircraft are usual, how often an hour had nobody, and what is reckoned with."""
    rules = CoverageRules()
    hours = np.array(sorted(whole.loaded().hours))
    usual, none = [], []
    for place in places:
        rows = whole.coverage(circle(place), by="hour").rows
        first = int(hours[0])
        counts = np.array([[rows[int(h) - first]["aircraft_count"] for h in hours]])
        expected = usual_counts(counts, hours, rules)[0]
        known = ~np.isnan(expected)
        usual += expected[known].tolist()
        none += (counts[0][known] == 0).tolist()
    bands = ((0, 0.5), (0.5, 2), (2, 5), (5, 10), (10, 20), (20, 1e9))
    print("\n| aircraft usual in the hour | hours | with nobody | reckoned with |\n|---|---|---|---|")
    for low, high in bands:
        some = [(u, n) for u, n in zip(usual, none, strict=True) if low <= u < high]
        if some:
            share = np.mean([n for _, n in some])
            reckoned = chance_of_none(np.array([u for u, _ in some]), rules).mean()
            print(f"| {low:g} to {high:g} | {len(some):,} | {share:.1%} | {reckoned:.1%} |")


if __name__ == "__main__":
    raise SystemExit(main())
