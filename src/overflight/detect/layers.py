"""Floors and ceilings: whether a position is between them, and stays inside an outline cut down to those.

A limit counted from the ground cannot be decided: nobody sends how high the ground is. One above the sea is
decided by the geometric height where that was sent, else by the pressure altitude beyond the margin by which
the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.detect.ids import ids
from overflight.detect.paths import Paths
from overflight.model.fields import CROSSINGS, schema
from overflight.model.grades import COMPATIBLE, INFERRED, OBSERVED, UNKNOWN
from overflight.units import MILLISECONDS_PER_MINUTE

VERSION = "layers/1"
UNDECIDED_FLAG, LAYER_FLAG = "height_undecided", "limit_crossed"
BELOW, WITHIN, ABOVE, UNDECIDED = -1, 0, 1, 2
Row = dict[str, Any]


@dataclass(frozen=True)
class Bound:
    """A floor or ceiling in feet, counted from `fl` (1013.25 hPa), `amsl`, `agl`, or `unknown`."""

    ft: float | None
    reference: str


@dataclass(frozen=True)
class Layer:
    """What lies above all the floors and under all the ceilings; without any, everything."""

    floors: tuple[Bound, ...] = ()
    ceilings: tuple[Bound, ...] = ()

    @property
    def bounded(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.floors or self.ceilings)

    def __and__(self, other: Layer) -> Layer:
        return Layer(self.floors + other.floors, self.ceilings + other.ceilings)


EVERY_HEIGHT = Layer()


@dataclass(frozen=True)
class LayerRules:
    """Margins within which a height is not decided."""

    # Reports come in steps of 25 or 100 ft, and who flies at the limit itself is on neither side for sure.
    level_margin_ft: float = 100.0
    # Heights above the ellipsoid differ from those above the sea by at most 107 m (EGM96), 351 ft; the rest
    # is for the accuracy of what is sent.
    geoid_margin_ft: float = 500.0
    # At the sea's level the pressure is between 977 and 1050 hPa nearly everywhere and always, 36 hPa from
    # 1013.25 at 27.3 ft a hPa. Beside deep storms it is not: there the altitude may lie.
    pressure_margin_ft: float = 1_000.0
    # Cold or warm air: 4 % of the height for each 10 degrees from the standard (ICAO Doc 8168); 20 degrees.
    temperature_share: float = 0.08


def heights(layer: Layer, c: Columns, rules: LayerRules) -> Ints:
    """For each position: BELOW, WITHIN, ABOVE or UNDECIDED."""
    out = np.full(c.size, WITHIN)
    for sign, bounds in ((-1, layer.floors), (1, layer.ceilings)):
        for bound in bounds:
            beyond = _beyond(bound, sign, c, rules)
            out = np.where((out == WITHIN) & (beyond == 0), UNDECIDED, out)
            out = np.where((beyond > 0) & (np.abs(out) != 1), sign, out)
    return np.asarray(out)


def _beyond(bound: Bound, sign: int, c: Columns, rules: LayerRules) -> Ints:
    """Whether each position is surely on the far side (1) or the near side (-1) of a limit, or neither (0).

    `sign` 1 for a ceiling: the far side is above it.
    """
    if bound.ft is None or bound.reference not in ("fl", "amsl"):
        down = c.on_ground == 1
        return np.where(down & (bound.reference == "agl"), -sign, 0)
    over, margin = _over(bound, sign, c, rules)
    with np.errstate(invalid="ignore"):
        return np.where(over > margin, 1, np.where(over < -margin, -1, 0))


def _over(bound: Bound, sign: int, c: Columns, rules: LayerRules) -> tuple[Floats, Floats]:
    """How far (ft) each position is beyond a limit, and the margin within which that is not sure."""
    limit = bound.ft or 0.0
    over = sign * (c.baro_altitude_ft - limit)
    if bound.reference == "fl":
        return over, np.full(c.size, rules.level_margin_ft)
    known = ~np.isnan(c.geo_altitude_ft)
    over = np.where(known, sign * (c.geo_altitude_ft - limit), over)
    by_pressure = rules.pressure_margin_ft + rules.temperature_share * abs(limit)
    return over, np.where(known, rules.geoid_margin_ft, by_pressure)


def clearance_ft(layer: Layer, c: Columns, rules: LayerRules) -> Floats:
    """How far (ft) each position is surely above a ceiling or under a floor, at most; 0 for the others."""
    out = np.zeros(c.size)
    for sign, bounds in ((-1, layer.floors), (1, layer.ceilings)):
        for bound in bounds:
            if bound.ft is not None and bound.reference in ("fl", "amsl"):
                out = np.maximum(out, np.nan_to_num(_past(bound, sign, c, rules)))
    return out


def _past(bound: Bound, sign: int, c: Columns, rules: LayerRules) -> Floats:
    over, margin = _over(bound, sign, c, rules)
    return np.asarray(over - margin)


@dataclass(frozen=True)
class Fixes:
    """The fixes of all legs in a row, as `Paths` has them: time, whether inside the outline, and the height.

    `inside`: 1 surely, 0 nearer to the edge than its error or of poor integrity, -1 surely not.
    """

    leg: Ints
    time_ms: Ints
    latitude_deg: Floats
    longitude_deg: Floats
    inside: Ints
    height: Ints

    @staticmethod
    def of(c: Columns, p: Paths, inside: Ints, height: Ints) -> Fixes:
        """Of positions on lines; `inside` and `height` are of all positions."""
        i = p.index
        sure = np.where(p.clear, inside[i], 0)
        return Fixes(p.leg, c.time_ms[i], c.latitude_deg[i], c.longitude_deg[i], sure, height[i])

    def part(self, rows: slice) -> Fixes:
        """Some of the fixes."""
        return Fixes(*(values[rows] for values in vars(self).values()))


def within_layer(crossings: pa.Table, fixes: Fixes, flight_ids: pa.Array, gap_min: float) -> pa.Table:
    """CROSSINGS of an outline as stays between its floor and its ceiling, each numbered along its flight.

    A stay at all heights becomes several, or none. `gap_min`: a longer silence is no line one may draw.
    """
    leg_of = {id_: number for number, id_ in enumerate(flight_ids.to_pylist())}
    made: list[Row] = []
    for row in crossings.to_pylist():
        leg = leg_of[row["flight_id"]]
        start, end = np.searchsorted(fixes.leg, [leg, leg + 1])
        time = fixes.time_ms[start:end]
        first = 0 if row["entry_earliest_ms"] is None else np.searchsorted(time, row["entry_earliest_ms"])
        last = end - start
        if row["exit_latest_ms"] is not None:
            last = np.searchsorted(time, row["exit_latest_ms"], "right")
        part = fixes.part(slice(start + int(first), start + int(last)))
        made += _stays(row, part, gap_min * MILLISECONDS_PER_MINUTE)
    made.sort(key=lambda row: (row["flight_id"], row["entry_earliest_ms"] or row["entry_latest_ms"]))
    number: dict[str, int] = {}
    for row in made:
        row["sequence"] = number[row["flight_id"]] = number.get(row["flight_id"], 0) + 1
    return _named(pa.Table.from_pylist(made, schema=schema(CROSSINGS)))


def _named(rows: pa.Table) -> pa.Table:
    """The rows with ids by their own first times."""
    if not rows.num_rows:
        return rows
    coded = rows["region_ident"].combine_chunks().dictionary_encode()
    start = [a if a is not None else b for a, b in zip(
        rows["entry_earliest_ms"].to_pylist(), rows["entry_latest_ms"].to_pylist(), strict=True)]  # fmt: skip
    made = ids(
        "crossing", rows["address"].to_numpy().astype(np.int64), np.array(start, np.int64),
        coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64),
    )  # fmt: skip
    return rows.set_column(0, rows.schema.field(0), made)


def _stays(row: Row, f: Fixes, gap_ms: float) -> Iterator[Row]:
    """The stays within the heights during one stay inside the outline."""
    n = len(f.time_ms)
    out = (f.inside == -1) | (np.abs(f.height) == 1)  # surely not in the airspace
    within = ~out
    starts = np.flatnonzero(within & np.r_[True, out[:-1]]) if n else np.zeros(0, np.int64)
    ends = np.flatnonzero(within & np.r_[out[1:], True]) if n else np.zeros(0, np.int64)
    for i, j in zip(starts.tolist(), ends.tolist(), strict=True):
        if (f.inside[i : j + 1] >= 0).any():
            yield _seen(row, f, i, j, gap_ms)
    unseen = not (f.inside >= 0).any()  # it passed through the outline between two fixes
    for k in np.flatnonzero(out[:-1] & out[1:]).tolist():
        if unseen or f.inside[k] >= 0 or f.inside[k + 1] >= 0:
            yield from _passage(row, f, k, gap_ms)
    if unseen and not (out[:-1] & out[1:]).any():
        yield row


def _seen(row: Row, f: Fixes, i: int, j: int, gap_ms: float) -> Row:
    """A stay with fixes i to j that are not surely outside."""
    time, n = f.time_ms.tolist(), len(f.time_ms)
    sure = i + np.flatnonzero((f.inside[i : j + 1] == 1) & (f.height[i : j + 1] == WITHIN))
    before, after = (time[i - 1] if i else None), (time[j + 1] if j + 1 < n else None)
    proven = len(sure) > 0
    grade = OBSERVED if proven else COMPATIBLE
    flags = [w for w in row["flags"] if not (w.startswith("near_border") and proven) and w != "silence"]
    if not proven and (f.height[i : j + 1] == UNDECIDED).any():
        flags.append(UNDECIDED_FLAG)
    if (before is not None and time[i] - before > gap_ms) or (after is not None and after - time[j] > gap_ms):
        flags.append("silence")
    crossed = [k for k in (i - 1, j + 1) if 0 <= k < n and f.inside[k] >= 0]  # it went through a limit there
    return {
        **row, "entry_grade": grade, "exit_grade": UNKNOWN if after is None else grade,
        "entry_earliest_ms": before,
        "entry_latest_ms": time[int(sure[0])] if proven else after if after is not None else time[-1],
        "exit_earliest_ms": None if after is None else time[int(sure[-1])] if proven else before,
        "exit_latest_ms": after, "flags": flags + [LAYER_FLAG] * bool(crossed),
        **_where(row, f, "entry", i - 1, i), **_where(row, f, "exit", j + 1, j),
    }  # fmt: skip


def _where(row: Row, f: Fixes, side: str, beyond: int, at: int) -> Row:
    """Where an end of a stay lies: on the outline as it was, or at the fix next to the limit."""
    names = [f"{side}_{axis}_deg" for axis in ("latitude", "longitude")]
    if not 0 <= beyond < len(f.time_ms):
        return dict.fromkeys(names)
    if f.inside[beyond] == -1:
        return {name: row[name] for name in names}
    return dict(zip(names, (round(float(f.latitude_deg[at]), 5), round(float(f.longitude_deg[at]), 5)),
                    strict=True))  # fmt: skip


def _passage(row: Row, f: Fixes, k: int, gap_ms: float) -> Iterator[Row]:
    """What may have been between two fixes that are both surely outside."""
    first, second = int(f.height[k]), int(f.height[k + 1])
    silent = bool(f.time_ms[k + 1] - f.time_ms[k] > gap_ms)
    same_side = first == second and abs(first) == 1
    if same_side and not silent:
        return
    grade, flags = COMPATIBLE, ["no_fix_inside"]
    if first == second == WITHIN:
        grade = row["entry_grade"]
    elif {first, second} == {BELOW, ABOVE} and not silent and min(f.inside[k], f.inside[k + 1]) == 1:
        grade = INFERRED  # from under the floor to above the ceiling, inside the outline all the while
    flags += ["silence"] * silent + [UNDECIDED_FLAG] * (UNDECIDED in (first, second))
    yield {
        **row, "entry_grade": grade, "exit_grade": grade, "flags": flags,
        "entry_earliest_ms": int(f.time_ms[k]), "entry_latest_ms": int(f.time_ms[k + 1]),
        "exit_earliest_ms": int(f.time_ms[k]), "exit_latest_ms": int(f.time_ms[k + 1]),
        **_where(row, f, "entry", k, k), **_where(row, f, "exit", k + 1, k + 1),
    }  # fmt: skip


def surely(inside: Bools, near: Bools) -> Ints:
    """1 surely inside, -1 surely not, 0 nearer to the edge than its error."""
    return np.where(near, 0, np.where(inside, 1, -1))
