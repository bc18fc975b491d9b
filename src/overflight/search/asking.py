"""What the questions about journeys may be asked, as people put it."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from overflight.search.pairs import Trip
from overflight.search.scope import Asked


class AskedTrip(Asked, total=False):
    """A question about trips: its ends as places, and the stops on its way."""

    origin: str | None
    destination: str | None
    within_h: float | None
    via_stops: int
    min_ground_min: float | None
    max_ground_min: float | None
    first: bool


class AskedCount(AskedTrip, total=False):
    """A question to be counted: around an event, days before and after it; `total` names a sum of time."""

    event: str | None
    before: float | None
    after: float | None
    total: str | None


_TRIP = ("origin", "destination", "within_h", "via_stops", "min_ground_min", "max_ground_min", "first")
_COUNT = ("event", "before", "after", "total")


class Parts(TypedDict):
    """A question taken apart."""

    trip: Trip
    how: dict[str, Any]
    asked: Asked


def parts_of(**asked: Unpack[AskedCount]) -> Parts:
    """The trip, what says how to count, and what restricts every question."""
    rest: dict[str, Any] = {**asked}
    trip = Trip(**{name: rest.pop(name) for name in _TRIP if name in rest})
    how = {name: rest.pop(name) for name in _COUNT if name in rest}
    return {"trip": trip, "how": how, "asked": Asked(**rest)}  # type: ignore[typeddict-item]
