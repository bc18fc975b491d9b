"""Which fields are looked at for each silence: those within reach of its fixes whose runways may do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import GROUP_NAMES, Cases, Side
from overflight.detect.dark.evidence import FEET_PER_MILE
from overflight.detect.footprints import Footprints
from overflight.units import MILLISECONDS_PER_DAY

_ROUGHLY = 1.02  # rough distances are good to 1 %


@dataclass(frozen=True)
class ReachRules:
    """Thresholds of the first choice of fields."""

    # 40 minutes at 400 kt: on a day of the whole world 99 landings in 100 were within it two fixes before, of
    # feeds with a fix each 20 minutes. Farther ones count as having flown on, not as fields.
    most_nm: float = 270.0
    slow_most_nm: float = 150.0  # the same at what light aircraft fly
    extra_nm: float = 25.0  # a report near the ground may be of an aircraft that flies on level
    shallow: float = 3.0  # a third of three degrees allows for level-offs and vectors
    onward_h: float = 2 / 3  # two steps of the slowest feed at the speed it flies
    # Below what any type of the role is known to use (data/types.csv), with what is not listed allowed for:
    # beyond `near_nm` such fields are not even looked at.
    near_nm: float = 40.0


# ft of runway; roles without a figure may use anything
_LEAST_FT = {"airliner": 3_500.0, "regional": 1_500.0, "business": 2_000.0, "fast": 2_000.0}
_SLOW = ("light", "helicopter", "slow", "utility")


def reach_nm(side: Side, role: Ints, rules: ReachRules) -> Floats:
    """How far (nm) from its fix each aircraft may have come down, or may have left; NaN without a fix."""
    slow = np.array([name in _SLOW for name in GROUP_NAMES])[role]
    most = np.where(slow, rules.slow_most_nm, rules.most_nm)
    # below sea level by a broken report or a high pressure: no reason to look less far
    height = np.maximum(np.nan_to_num(side.altitude_ft, nan=np.inf), 0.0)
    by_height = height / FEET_PER_MILE * rules.shallow + rules.extra_nm
    by_speed = np.nan_to_num(side.speed_kt, nan=np.inf) * rules.onward_h
    return np.where(side.known, np.minimum(np.fmax(by_height, by_speed), most), np.nan)


def near(c: Cases, footprints: Footprints, helicopter: Bools, rules: ReachRules) -> tuple[Ints, Ints]:
    """Pairs (case, field) within reach of either fix, by case.

    Of either: where one side was lost in cruise, the field lies by the other. What the time between the fixes
    does not allow is left to the objections.
    """
    found = []
    for side in (c.into, c.out):
        for far, among in _choices(c, footprints, helicopter, reach_nm(side, c.role, rules), rules):
            row, field = _around(footprints, side, far, among)
            listed = footprints.listed(field, (side.time_ms[row] // MILLISECONDS_PER_DAY).astype(np.int64))
            found.append(row[listed] * len(footprints.kind) + field[listed])
    key = np.sort(np.concatenate(found))  # numpy's own unique hashes, ten times slower on sorted runs
    key = key[np.r_[True, key[1:] != key[:-1]]] if len(key) else key
    return key // len(footprints.kind), key % len(footprints.kind)


def _choices(
    c: Cases, footprints: Footprints, helicopter: Bools, reach: Floats, rules: ReachRules
) -> list[tuple[Floats, Bools]]:
    """How far each case looks (NaN: not at all) among which fields."""
    landable, length = footprints.landable, np.nan_to_num(footprints.length_ft)
    least = np.array([_LEAST_FT.get(name, 0.0) for name in GROUP_NAMES])[c.role]
    choices = [(np.where(helicopter, reach, np.nan), landable | footprints.heliports)]
    if rules.most_nm <= rules.near_nm:
        return [*choices, (np.where(helicopter, np.nan, reach), landable)]
    for bound in np.unique(least[~helicopter]):
        far = np.where(~helicopter & (least == bound), reach, np.nan)
        choices.append((far, landable & (length >= bound)))
        if bound:
            choices.append((np.minimum(far, rules.near_nm), landable & (length < bound)))
            choices.append((far, landable & footprints.dated))
    return choices


def _around(footprints: Footprints, side: Side, far: Floats, among: Bools) -> tuple[Ints, Ints]:
    some = np.flatnonzero(~np.isnan(far))
    if not len(some):
        return some, some
    lat, lon = side.latitude_deg[some], side.longitude_deg[some]
    # the first choice is by rough distances; the exact ones decide
    where, field, _ = footprints.around(lat, lon, far[some] * _ROUGHLY, among)
    return some[where], field
