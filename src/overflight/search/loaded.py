"""What the archive holds in time and space: its days, holes, extents, feeds, batches and references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number, day_text
from overflight.detect.columns import Floats, Ints
from overflight.store.entries import Batch, Reference
from overflight.store.view import View
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_DAY, MILLISECONDS_PER_MINUTE

Box = tuple[
    float, float, float, float
]  # west, south, east, north in degrees; west > east: over longitude 180
HOUR_MS = 60 * MILLISECONDS_PER_MINUTE
_RUNS_SHOWN = 4  # what fits into a sentence
_COLUMNS = ["address", "time_ms", "latitude_e7", "longitude_e7", "feed", "source", "data_kind"]


@dataclass(frozen=True)
class LoadedDay:
    """A UTC day with positions: how many, of how many aircraft, first and last, where, by what and what kind.

    `box` holds all positions as heard, flagged ones too; where west > east it runs over longitude 180.
    `hours` are those of the day (0 to 23) in which anything at all was received.
    """

    day: str
    position_count: int
    aircraft_count: int
    first_ms: int
    last_ms: int
    hours: tuple[int, ...]
    box: Box
    sources: dict[str, int]
    data_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """What the archive holds. `holes` are [since, until) in ms of whole hours without any position."""

    archive_version: str
    days: tuple[LoadedDay, ...]
    holes: tuple[tuple[int, int], ...]
    sources: dict[str, int]
    batches: tuple[Batch, ...]
    references: tuple[Reference, ...]

    @property
    def first_ms(self) -> int | None:
        """Time of the first position."""
        return self.days[0].first_ms if self.days else None

    @property
    def last_ms(self) -> int | None:
        """Time of the last position."""
        return self.days[-1].last_ms if self.days else None

    @property
    def position_count(self) -> int:
        """Positions in all."""
        return sum(day.position_count for day in self.days)

    @property
    def hours(self) -> frozenset[int]:
        """Hours since 1970 in which anything at all was received."""
        return frozenset(day_number(day.day) * 24 + hour for day in self.days for hour in day.hours)


def find_loaded(view: View) -> Loaded:
    """What the archive holds, from its positions day by day; holes are those between days that follow."""
    partitions: dict[str, list[pa.Table]] = {}
    days = []
    files = sorted(view.files("positions"), key=lambda file: file.partition)
    for file in files:
        partitions.setdefault(file.partition.split("/")[0], [])
    for name in partitions:
        parts = [view.read(file, _COLUMNS) for file in files if file.partition.split("/")[0] == name]
        days.append(_day(name, pa.concat_tables(parts)))
    sources: Counter[str] = Counter()
    for day in days:
        sources.update(day.sources)
    return Loaded(
        archive_version=view.version.digest,
        days=tuple(days),
        holes=tuple(_holes(days)),
        sources=dict(sources.most_common()),
        batches=tuple(view.batches()),
        references=tuple(view.references()),
    )


def _day(name: str, heard: pa.Table) -> LoadedDay:
    time = heard["time_ms"].to_numpy()
    begin_ms = day_number(name) * MILLISECONDS_PER_DAY
    latitude = heard["latitude_e7"].to_numpy()
    west, east = _sides(heard["longitude_e7"].to_numpy() / E7_PER_DEGREE)
    return LoadedDay(
        day=name,
        position_count=heard.num_rows,
        aircraft_count=len(pc.unique(heard["address"])),
        first_ms=int(time.min()),
        last_ms=int(time.max()),
        hours=tuple(np.unique((time - begin_ms) // HOUR_MS).tolist()),
        box=(west, float(latitude.min() / E7_PER_DEGREE), east, float(latitude.max() / E7_PER_DEGREE)),
        sources=_sources(heard),
        data_kinds=tuple(sorted(pc.unique(heard["data_kind"]).to_pylist())),
    )


def _sources(heard: pa.Table) -> dict[str, int]:
    """Positions by `feed` or `feed/source`, as answers name them, most first."""
    counted = heard.group_by(["feed", "source"]).aggregate([([], "count_all")])
    rows = zip(*(counted[name].to_pylist() for name in ("feed", "source", "count_all")), strict=True)
    found = {feed if source is None else f"{feed}/{source}": count for feed, source, count in rows}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _sides(longitude: Floats) -> tuple[float, float]:
    """West and east of the narrowest band that holds all longitudes: the other side of the widest gap."""
    around = np.unique(longitude)
    gaps = np.diff(np.r_[around, around[0] + 360])
    widest = int(np.argmax(gaps))
    return float(around[(widest + 1) % len(around)]), float(around[widest])


def _holes(days: Iterable[LoadedDay]) -> list[tuple[int, int]]:
    """Runs of empty hours between the first and the last hour of days that follow each other."""
    holes: list[tuple[int, int]] = []
    hours: Ints = np.array(
        [day_number(day.day) * 24 + hour for day in days for hour in day.hours], dtype=np.int64
    )
    for before, after in zip(hours[:-1].tolist(), hours[1:].tolist(), strict=True):
        if after - before > 1 and after // 24 - before // 24 <= 1:
            holes.append(((before + 1) * HOUR_MS, after * HOUR_MS))
    return holes


def days_of(loaded: Loaded) -> str:
    """The loaded days in words: `2016-04-04 and 2016-04-06`, `2025-07-04 to 2025-07-06`."""
    runs: list[list[int]] = []
    for day in loaded.days:
        number = day_number(day.day)
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = [day_text(a) if a == b else f"{day_text(a)} to {day_text(b)}" for a, b in runs]
    if len(told) > _RUNS_SHOWN:
        return f"{len(loaded.days)} days from {day_text(runs[0][0])} to {day_text(runs[-1][1])}"
    return " and ".join([*([", ".join(told[:-1])] if told[:-1] else []), *told[-1:]]) or "nothing"
