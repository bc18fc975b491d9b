"""The map of an itinerary: all its flights, observed solid, every silence dashed, those of stops too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from overflight.search.paths import Track
from overflight.web.figures.flight_map import LonLat, place_map
from overflight.web.figures.land import Land

Row = Mapping[str, Any]


def month_map(legs: Sequence[Row], tracks: Mapping[str, Sequence[Track]], land: Land, title: str) -> Markup:
    """The map of legs of the contract's `itinerary`; `tracks` are the pieces of their flights, by id.

    A line is dashed within a flight where it was not heard, and from the last position before an unseen stop
    to the first after it. Across days without a position no line is drawn.
    """
    pieces: list[Sequence[LonLat]] = []
    silences: list[Row] = []
    for leg in legs:
        flown = tracks.get(leg["id"], ()) if leg["leg"] == "flight" else ()
        pieces += [track.where for track in flown]
        silences += [_silence(before.where[-1], after.where[0]) for before, after in pairwise(flown)]
        before, after = leg["before"], leg["after"]
        if leg["leg"] == "stop" and not leg["seen"] and before and after and _days_alike(before, after):
            silences.append(_silence(_place(before), _place(after)))
    return place_map((), land, title, pieces, silences)


def _days_alike(before: Row, after: Row) -> bool:
    """Whether no whole UTC day lies between two fixes, of which the itinerary would tell as without data."""
    first, last = (date.fromisoformat(fix["time"][:10]).toordinal() for fix in (before, after))
    return last - first <= 1


def _place(fix: Row) -> LonLat:
    return fix["longitude_deg"], fix["latitude_deg"]


def _silence(begin: LonLat, end: LonLat) -> Row:
    return {"from_deg": begin, "to_deg": end}
