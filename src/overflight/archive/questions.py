"""Questions of where and when: flights, visits, crossings, journeys, absences, reception."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Unpack

from overflight.archive.standing import Standing
from overflight.search.answer import Answer
from overflight.search.asking import AskedCount, AskedTrip, parts_of
from overflight.search.count import counting, find_count
from overflight.search.coverage import find_coverage
from overflight.search.crossings import find_crossings_asked
from overflight.search.flights import find_flights
from overflight.search.gaps import Wanted, find_gaps
from overflight.search.itinerary import find_itinerary
from overflight.search.near import find_near
from overflight.search.nearness import AskedNear, nearness_of
from overflight.search.never import find_absences
from overflight.search.pairs import find_pairs
from overflight.search.scope import Asked, question
from overflight.search.sequence import find_sequence
from overflight.search.visits import find_visits

Progress = Callable[[str, int, int], None]
Names = str | Iterable[str]




class Questions(Standing):
    """What an archive answers of aircraft and places."""

    def flights(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Answer:
        """Flights as far as seen; at a place, those that began or ended there or crossed it.

        `aircraft` are marks, addresses or call signs; `place` is an airfield, a country,
        `circle:LAT,LON,RADIUSnm`, or a GeoJSON file or text; times are UTC texts, `[since, until)`. Raises
        QuestionError.
        """
        return find_flights(question(aircraft, **asked), self._sources)

    def visits(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Answer:
        """Stops on the ground, seen or not, with candidates; at a place, with the grade of having been there.

        Asked as `flights` are.
        """
        return find_visits(question(aircraft, **asked), self._sources)

    def crossings(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Answer:
        """Stays inside countries, or inside the country or drawn area asked for; an airfield is no region.

        Asked as `flights` are.
        """
        return find_crossings_asked(question(aircraft, **asked), self._sources)

    def itinerary(self, aircraft: Names, **asked: Unpack[Asked]) -> Answer:
        """The stops and flights of an aircraft in order, and its days not seen or not loaded; of no place."""
        return find_itinerary(question(aircraft, **asked), self._sources, self._known.loaded)

    def pairs(self, aircraft: Names = (), **asked: Unpack[AskedTrip]) -> Answer:
        """Trips from `origin` to `destination` (places; one may be left out), over `via_stops` short stops.

        `first`: those that are the first on their pair in all that is loaded.
        """
        parts = parts_of(**asked)
        return find_pairs(question(aircraft, **parts["asked"]), self._sources, parts["trip"])

    def sequence(
        self, aircraft: Names = (), *, then: str, within_h: float = 24.0, **asked: Unpack[Asked]
    ) -> Answer:
        """Stays at `place` that a stay of the same aircraft at `then` followed within some hours."""
        return find_sequence(question(aircraft, **asked), self._sources, then, within_h)

    def count(
        self, of: str, by: Names = (), *, aircraft: Names = (), **asked: Unpack[AskedCount]
    ) -> Answer:
        """Numbers of `visits`, `flights`, `crossings` or `pairs`, by up to two keys: docs/questions.md."""
        parts = parts_of(**asked)
        how = counting(of, by, trip=parts["trip"], **parts["how"])
        return find_count(question(aircraft, **parts["asked"]), self._sources, self._known.loaded, how)

    def never(self, aircraft: Names, **asked: Unpack[Asked]) -> Answer:
        """Whether aircraft can have been in a `place`: their time as excluded, possible, seen, not loaded."""
        return find_absences(question(aircraft, **asked), self._sources, self._known.loaded)

    def gaps(
        self, aircraft: Names = (), *, min_minutes: float = 30.0, towards: str | None = None,
        **asked: Unpack[Asked],
    ) -> Answer:  # fmt: skip
        """Silences: where lost and regained, what was reachable; at a `place`, those lost or regained there.

        `towards`: lost on a course to that place. Asked as `flights` are, without grade and history.
        """
        wanted = Wanted(min_minutes, towards)
        return find_gaps(question(aircraft, **asked), self._sources, self._known.loaded, wanted)

    def near(self, aircraft: Names = (), **asked: Unpack[AskedNear]) -> Answer:
        """What came `within` nm (and `within_ft`) of `at` around `time`, or of the aircraft's flights.

        `at` is `LAT,LON` or `LAT,LON,FEET`; `other` names whose company alone is told.
        """
        near, rest = nearness_of(**asked)
        return find_near(question(aircraft, **rest), self._sources, near)

    def coverage(
        self, place: str, *, by: str | None = None, since: str | None = None, until: str | None = None,
        floor: str | float | None = None, ceiling: str | float | None = None,
    ) -> Answer:  # fmt: skip
        """What was received at a place: at once, or by `hour`, `day` or `cell`; who was to be expected."""
        asked = question(place=place, since=since, until=until, floor=floor, ceiling=ceiling)
        return find_coverage(asked, self._sources, self._known.loaded, by)
