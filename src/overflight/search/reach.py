"""What a question would have to look at, counted before it is asked: the measure of its cost."""

from __future__ import annotations

from dataclasses import dataclass

from overflight.model.grades import ALL
from overflight.search.drawn import Bounds
from overflight.search.inside import count_stops_at
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.search.scope import Question, Scope, find_scope, find_scoped
from overflight.search.sources import Sources
from overflight.store.conditions import Condition

_TURN_DEG = 360.0


@dataclass(frozen=True)
class Reach:
    """Numbers of stops that a question weighs, and of rows that it looks at."""

    stops: int = 0
    rows: int = 0


def find_reach(kind: str, asked: Question, sources: Sources) -> Reach:
    """What a question of a kind (`flights`, `visits`, `crossings`) looks at; some ms, as nothing is weighed.

    Raises QuestionError where the place means nothing.
    """
    scope, place = find_scope(asked, sources.view), sources.place_asked(asked)
    bounds = (asked.since_ms, asked.until_ms)
    if kind == "crossings":
        return Reach(rows=_crossings(sources, scope, place, bounds))
    if kind == "visits":
        return _visits(sources, asked, scope, place, bounds)
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", bounds)]
    rows = len(find_scoped(sources.view, "flights", scope, ("id",), within))
    if place is None:
        return Reach(stops=2 * rows, rows=rows)  # the stops at both ends are weighed
    later = asked.history == ALL
    stops, near = count_stops_at(sources, place, sources.days_asked(asked), [], later, (None, None))
    crossed = 0 if isinstance(place, Airfield) else _crossings(sources, scope, place, bounds)
    return Reach(stops=stops, rows=max(near, min(rows, near + crossed)))


def _visits(sources: Sources, asked: Question, scope: Scope, place: Place | None, bounds: Bounds) -> Reach:
    within = [Condition(("arrival_earliest_ms", "departure_latest_ms"), "overlaps", bounds)]
    within = [] if bounds == (None, None) else within
    if place is None or not scope.everything:
        stops = len(find_scoped(sources.view, "stops", scope, ("flight_in_id", "flight_out_id"), within))
        return Reach(stops, stops)
    alone = None if asked.is_of_somebody else bounds
    days = sources.days_asked(asked)
    return Reach(*count_stops_at(sources, place, days, within, asked.history == ALL, alone))


def _crossings(sources: Sources, scope: Scope, place: Place | None, bounds: Bounds) -> int:
    """Crossings of countries in scope; of a drawn area, the flights whose lines have to be followed."""
    if isinstance(place, Airfield):
        return 0
    if isinstance(place, Drawn):
        return _flights_near(sources, scope, place, bounds)
    within = [Condition(("entry_earliest_ms", "exit_latest_ms"), "overlaps", bounds)]
    if isinstance(place, Country):
        within.append(Condition("region_ident", "=", place.ident))
    return len(find_scoped(sources.view, "crossings", scope, ("flight_id",), within))


def _flights_near(sources: Sources, scope: Scope, place: Drawn, bounds: Bounds) -> int:
    area = place.area
    east = area.east_deg + (_TURN_DEG if area.west_deg > area.east_deg else 0.0)
    within = [
        Condition("south_deg", "<=", area.north_deg), Condition("north_deg", ">=", area.south_deg),
    ]  # fmt: skip
    if bounds != (None, None):
        within.append(Condition(("first_ms", "last_ms"), "overlaps", bounds))
    if not scope.everything and not scope.flight_ids:
        within.append(Condition("address", "in", sorted(scope.addresses)))
    near: set[str] = set()
    for turn in (-_TURN_DEG, 0.0, _TURN_DEG):
        sides = [
            Condition("west_deg", "<=", east + turn), Condition("east_deg", ">=", area.west_deg + turn)
        ]  # fmt: skip
        found = sources.view.find("flight_boxes", [*within, *sides], ["flight_id"])
        near.update(found["flight_id"].to_pylist())
    return len(near)
