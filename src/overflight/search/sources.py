"""What answers draw on: one version of the archive, the airfields in force on a day, types, borders."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cached_property

from overflight.clock import utc_day
from overflight.detect.airframes import Airframes
from overflight.detect.footprints import Footprints
from overflight.geo.borders import Borders
from overflight.registry.airfields import Gazetteer
from overflight.registry.types import TypeNeeds
from overflight.search.fields import Fields
from overflight.search.places import Place, find_place
from overflight.search.reasons import TypeFacts
from overflight.search.scope import Question
from overflight.search.zones import utc_offset
from overflight.store.view import View


class Sources:
    """The store's view and the reference data beside it; what is slow to load is loaded when first needed."""

    def __init__(
        self,
        view: View,
        gazetteer: Callable[[], Gazetteer],
        footprints: Callable[[Gazetteer], Footprints],
        airframes: Callable[[list[int]], Airframes],
    ) -> None:
        """How to make the gazetteer, footprints from it, and airframes of addresses, as intake does."""
        self.view, self.airframes = view, airframes
        self._gazetteer, self._footprints = gazetteer, footprints

    @cached_property
    def fields(self) -> Fields:
        """Airfields by ident and day."""
        return Fields(self._gazetteer())

    @cached_property
    def footprints(self) -> Footprints:
        """Airfields as the kernels want them, for the days of the archive."""
        return self._footprints(self.fields.gazetteer)

    @cached_property
    def types(self) -> TypeNeeds:
        """What types need."""
        return TypeNeeds.packaged()

    @cached_property
    def borders(self) -> Borders:
        """The countries' shapes."""
        return Borders.load()

    @property
    def archive_version(self) -> str:
        """Digest of what the archive holds."""
        return self.view.version.digest

    def type_facts(self, designator: str | None) -> TypeFacts | None:
        """What the reasons say of a type; None where the type is not known."""
        if designator is None:
            return None
        need = self.types.need_of(designator)
        return TypeFacts(designator, None if need.category == "unknown" else need.category, need.source)

    def place_asked(self, asked: Question) -> Place | None:
        """The place a question names, by the lists of the day it begins, or of the day it ends."""
        if asked.place is None:
            return None
        first, last = self.days_asked(asked)
        day = first if asked.since_ms is not None else last
        return find_place(asked.place, self.fields, lambda: self.borders, day)

    def days_asked(self, asked: Question) -> tuple[int, int]:
        """First and last UTC day a question is about: from 1970 and until today where it does not say."""
        until_ms = asked.until_ms if asked.until_ms is not None else int(time.time() * 1000)
        return utc_day(asked.since_ms or 0), utc_day(until_ms)

    def countries_at(self, latitude_deg: float, longitude_deg: float) -> Iterable[str]:
        """Idents of the countries a point may lie in, given the shapes' error; empty at sea."""
        borders = self.borders
        here = int(borders.region_at([latitude_deg], [longitude_deg])[0])
        _, left, right = borders.nearest_border([latitude_deg], [longitude_deg], borders.error_km)
        return [borders.idents[r] for r in sorted({here, int(left[0]), int(right[0])}) if r >= 0]

    def offset_of(self, latitude_deg: float, longitude_deg: float, time_ms: int) -> timedelta | None:
        """Local time's offset from UTC at a place and instant; None where the zone is not certain."""
        return utc_offset(self.countries_at(latitude_deg, longitude_deg), time_ms)
