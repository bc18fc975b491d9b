"""Stops as answers tell them: their places, and their candidates with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from overflight.clock import utc_day
from overflight.model.grades import INFERRED, OBSERVED
from overflight.search.contract import CHANCE_DIGITS, Row, degrees, place_object
from overflight.search.fields import Fields
from overflight.search.outcomes import changes, other_outcome, typical
from overflight.search.reasons import TypeFacts, reasons
from overflight.units import MILLISECONDS_PER_SECOND

_TIMES = ("arrival_earliest_ms", "arrival_latest_ms", "departure_earliest_ms", "departure_latest_ms")
SURE = (OBSERVED, INFERRED)
SEEN_THERE = "seen there on the ground or very low"


def first_known_ms(stop: Mapping[str, Any]) -> int:
    """The earliest instant known of a stop, ms since the epoch; the order of visits."""
    return int(next((stop[name] for name in _TIMES if stop[name] is not None), 0))


def last_known_ms(stop: Mapping[str, Any]) -> int:
    """The last instant known of a stop, ms since the epoch; of one still open the last it was seen there."""
    if stop["departure_earliest_ms"] is None and stop["departure_latest_ms"] is None:
        return first_known_ms(stop) + (stop["ground_min_s"] or 0) * MILLISECONDS_PER_SECOND
    return int(max(stop[name] for name in _TIMES if stop[name] is not None))


def stop_day(stop: Mapping[str, Any]) -> int:
    """The UTC day whose airfields a stop is told with: that of its earliest known instant."""
    return utc_day(first_known_ms(stop))


class StopTeller:
    """Tells stops with the airfields of their day."""

    def __init__(
        self,
        fields: Fields,
        rows_of: Callable[[str], list[Row]],
        type_of: Callable[[Mapping[str, Any]], TypeFacts | None],
        site_of: Callable[[str], Row | None],
    ) -> None:
        """By a stop's id `rows_of` gives its candidate rows and `site_of` the site it makes.

        `type_of` gives the facts on its aircraft.
        """
        self._fields, self._rows_of, self._type_of, self._site_of = fields, rows_of, type_of, site_of

    def place(self, stop: Mapping[str, Any]) -> Row | None:
        """The field the stop was seen on, else its first candidate; None where there is neither."""
        day = stop_day(stop)
        if stop["place_ident"] is not None:
            return self._fields.place(stop["place_ident"], day)
        for row in self._rows_of(stop["id"]):
            if row["ident"] is not None and not row["ruled_out"]:
                return self._fields.place(row["ident"], day)
        if not stop["seen"] or stop["latitude_e7"] is None:
            return None
        return self._site_of(stop["id"]) or _unlisted(stop)

    def chance(self, stop: Mapping[str, Any]) -> float | None:
        """Probability of `place`: 1 where it was seen."""
        if stop["seen"]:
            return 1.0
        return None if stop["probability"] is None else round(stop["probability"], CHANCE_DIGITS)

    def changes(self, stop: Mapping[str, Any]) -> list[str]:
        """What would put another field first, in words; empty for one that was seen."""
        return changes(self._rows_of(stop["id"]))

    def sure_place(self, stop: Mapping[str, Any] | None) -> Row | None:
        """The stop's place if it was observed or inferred there: a neighbour is not named on less."""
        return self.place(stop) if stop is not None and stop["grade"] in SURE else None

    def candidates(self, stop: Mapping[str, Any]) -> list[Row]:
        """The contract's candidates with reasons; of a stop seen on a field that field alone."""
        day = stop_day(stop)
        rows = self._rows_of(stop["id"])
        if not rows and stop["place_ident"] is not None:
            place = self._fields.place(stop["place_ident"], day)
            return [_candidate("airfield", place, 1.0, False, [SEEN_THERE], [])]
        site = self._site_of(stop["id"]) if not rows else None
        if site is not None:
            return [_candidate("site", site, 1.0, False, [SEEN_THERE], [])]
        type_, usual = self._type_of(stop), typical(rows)
        return [self._candidate(row, stop, day, type_, usual) for row in rows]

    def count(self, stop: Mapping[str, Any]) -> int:
        """How many fields fit, also those beyond the list; one for a stop seen on a field or site."""
        if not stop["seen"]:
            return int(stop["candidate_count"])
        return int(stop["place_ident"] is not None or self._site_of(stop["id"]) is not None)

    def _candidate(
        self, row: Row, stop: Mapping[str, Any], day: int, type_: TypeFacts | None, usual: Mapping[str, float]
    ) -> Row:
        place = None
        if row["ident"] is not None:
            facts, place = self._fields.facts(row["ident"], day), self._fields.place(row["ident"], day)
            told = reasons(row, facts, type_, usual)
        else:
            told = other_outcome(row["outcome"], stop)
        chance = round(row["probability"], CHANCE_DIGITS)
        return _candidate(row["outcome"], place, chance, row["ruled_out"], *told)


def _candidate(
    outcome: str, place: Row | None, chance: float, ruled_out: bool, favour: list[str], against: list[str]
) -> Row:
    return {
        "outcome": outcome, "place": place, "probability": chance, "ruled_out": ruled_out,
        "reasons_for": favour, "reasons_against": against,
    }  # fmt: skip


def _unlisted(stop: Mapping[str, Any]) -> Row:
    latitude, longitude = degrees(stop["latitude_e7"]), degrees(stop["longitude_e7"])
    assert latitude is not None and longitude is not None
    text = f"{latitude:.3f},{longitude:.3f}"
    return place_object(
        "position", text, f"a place in no list at {text}", None, "unlisted", latitude, longitude
    )
