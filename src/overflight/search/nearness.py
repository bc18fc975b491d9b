"""What is meant by near: to a place at a time, or to an aircraft; as people put it, and in checked form."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, Unpack

from overflight.clock import parse_utc
from overflight.errors import QuestionError
from overflight.model.grades import BEFORE
from overflight.search.scope import Asked, Names, Question

NEAR_NM, NEAR_MIN = 5.0, 15.0  # where nothing is said: radar separation, half of a line's longest step
FEET_AT = 2  # place of the height in LAT,LON,FEET
MOST_NM = 250.0  # radio horizon at cruise: what is farther is no neighbourhood
MOST_MIN = 24 * 60


@dataclass(frozen=True)
class Nearness:
    """What is meant by near: to a place (degrees, `at_ft` pressure altitude) at an instant, or to aircraft.

    `within_ft` None: at any height. `other`: names of the aircraft of which alone the company is told.
    """

    within_nm: float = NEAR_NM
    within_ft: float | None = None
    at_deg: tuple[float, float] | None = None  # latitude, longitude
    at_ft: float | None = None
    time_ms: int | None = None
    within_min: float = NEAR_MIN
    other: tuple[str, ...] = ()


class AskedNear(Asked, total=False):
    """What may be asked of nearness, as people put it: `at` is `LAT,LON` or `LAT,LON,FEET`."""

    at: str | None
    time: str | None
    within: float
    within_ft: float | None
    within_min: float
    other: Names


def nearness_of(**asked: Unpack[AskedNear]) -> tuple[Nearness, Asked]:
    """What is meant by near, and what restricts every question; raises QuestionError."""
    rest: dict[str, Any] = {**asked}
    at, time, other = (rest.pop(name, None) for name in ("at", "time", "other"))
    where = _numbers(at) if at is not None else None
    named = tuple([other] if isinstance(other, str) else other or ())
    near = Nearness(
        within_nm=rest.pop("within", NEAR_NM), within_ft=rest.pop("within_ft", None),
        at_deg=None if where is None else (where[0], where[1]),
        at_ft=where[2] if where is not None and len(where) > FEET_AT else None,
        time_ms=None if time is None else parse_utc(time), within_min=rest.pop("within_min", NEAR_MIN),
        other=named,
    )  # fmt: skip
    return near, Asked(**rest)  # type: ignore[typeddict-item]


def _numbers(text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    known = len(values) in (FEET_AT, FEET_AT + 1) and all(isfinite(value) for value in values)
    if not known or not (abs(values[0]) <= 90 and abs(values[1]) <= 360):
        raise QuestionError(f"{text!r} is no place; write LAT,LON or LAT,LON,FEET: 30.767,35.283,12000")
    return values


def checked(asked: Question, near: Nearness) -> None:
    """Raises QuestionError for what cannot be meant."""
    if not 0 < near.within_nm <= MOST_NM:
        raise QuestionError(f"within {near.within_nm:g} nm? Give more than 0 and up to {MOST_NM:g}")
    if near.within_ft is not None and not near.within_ft > 0:
        raise QuestionError(f"within {near.within_ft:g} ft? Give more than 0")
    heights = (asked.floor_ft, asked.ceiling_ft) != (None, None)
    if asked.place is not None or asked.history != BEFORE or heights:
        raise QuestionError("near takes no place, history, floor or ceiling: give --at, --time or --aircraft")
    if near.at_deg is None:
        if not asked.aircraft:
            raise QuestionError("near what? Give --at LAT,LON and --time, or --aircraft")
        return
    if near.time_ms is None or asked.since_ms is not None or asked.until_ms is not None or near.other:
        raise QuestionError("near a place: give --time and --within-min, no --since, --until or --other")
    if not 0 < near.within_min <= MOST_MIN:
        raise QuestionError(f"within {near.within_min:g} minutes? Give more than 0 and up to {MOST_MIN}")
    if near.within_ft is not None and near.at_ft is None:
        raise QuestionError("within a height of what? Give --at LAT,LON,FEET with --within-ft")
