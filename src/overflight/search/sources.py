"""What answers draw on: one version of the archive, the airfields in force on a day, types, borders."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import timedelta
from functools import cached_property
from weakref import ref

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import utc_day
from overflight.detect.airframes import Airframes
from overflight.detect.candidates import Knowledge
from overflight.detect.dark.fields import Standing, standing_of
from overflight.detect.dark.history import History
from overflight.detect.dark.routes import Routes
from overflight.detect.dark.weights import Weights, read_weights
from overflight.detect.footprints import Footprints
from overflight.detect.sites import SiteRules, calls_at_sites, find_sites, site_fields
from overflight.errors import QuestionError
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.seas import territorial_sea
from overflight.model.fields import SITES, schema
from overflight.registry.airfields import Gazetteer
from overflight.registry.register import Editions
from overflight.registry.routes import Route, partitions_for, routes_on
from overflight.registry.types import TypeNeeds
from overflight.search.airspaces import Airspaces, any_equal
from overflight.search.contract import Row
from overflight.search.documents import Documents
from overflight.search.fields import Fields
from overflight.search.places import Airfield, Place, Regions, between, find_place
from overflight.search.reasons import TypeFacts
from overflight.search.said import document_claims, editions_of, removed
from overflight.search.scope import Question
from overflight.search.told import Told
from overflight.search.zones import utc_offset
from overflight.store.conditions import Condition
from overflight.store.view import View

UNKNOWN = "unknown"  # kind of a place that the lists of a day lack
COUNTRY_CODE = 2  # letters


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
        self._untold: list[ref[Told]] = []

    def told(self, count: int, tell: Callable[[int, int], list[Row]]) -> Told:
        """Rows told when they are looked at, or when `finish` lets go of the archive."""
        rows = Told(count, tell)
        self._untold = [known for known in self._untold if known() is not None]
        self._untold.append(ref(rows))
        return rows

    def finish(self) -> None:
        """Tell the rows of all answers that somebody still holds."""
        for known in self._untold:
            if (rows := known()) is not None:
                rows.tell_all()

    @cached_property
    def document_claims(self) -> pa.Table | None:
        """What documents say of who aircraft are, as claims; None where there is no document."""
        return document_claims(self.view)

    @cached_property
    def removed(self) -> pa.Table | None:
        """What was removed at somebody's request; None where nothing was."""
        return removed(self.view)

    @cached_property
    def documents(self) -> Documents:
        """Claims of documents, with the aircraft and places they mean."""
        regions = Regions(self.airspaces, self.sea)

        def named(text: str, day: int) -> Place:
            listed = self.fields.place(text, day)  # most are idents, and there may be thousands
            if len(text) > COUNTRY_CODE and listed["kind"] != UNKNOWN:
                return Airfield(listed)
            return find_place(text, self.fields, lambda: self.borders, day, regions)

        return Documents(self.view, named, self.removed)

    @cached_property
    def editions(self) -> Editions:
        """By source the days of its complete lists."""
        return editions_of(self.view)

    @cached_property
    def fields(self) -> Fields:
        """Airfields and learned sites by ident and day."""
        if not len(self.sites):
            return Fields(self._listed)
        where = (self.sites[f"{axis}_deg"].to_numpy() for axis in ("latitude", "longitude"))
        region = self.borders.region_at(*where)
        words = pa.array([*self.borders.idents, None], pa.string())
        rows = site_fields(self.sites, words.take(pa.array(np.where(region < 0, len(words) - 1, region))))
        return Fields(self._listed.with_sites(rows, self.sites["known_day"].to_pylist()))

    @cached_property
    def sites(self) -> pa.Table:
        """SITES learned from the archive's stops."""
        if not len(self._stops):
            return schema(SITES).empty_table()
        return find_sites(self._stops, self._listed_footprints, SiteRules())

    def stops_at_site(self, ident: str) -> list[str]:
        """Ids of the stops that make a site, seen and unseen ones; empty for any other ident."""
        rows = self.sites.filter(pc.equal(self.sites["ident"], ident))
        return [stop for stops in rows["stop_ids"].to_pylist() for stop in stops]

    def site_of(self, stop_id: str) -> Row | None:
        """The contract's place of the site that a stop seen on the ground makes; None where it makes none."""
        found = self._site_of.get(stop_id)
        return None if found is None else self.fields.place(*found)

    @cached_property
    def _site_of(self) -> dict[str, tuple[str, int]]:
        """By stop, the ident of its site and the first day on which it stands in the lists."""
        seen = self.sites.filter(pc.greater(self.sites["seen_count"], 0))
        rows = seen.select(["ident", "known_day", "stop_ids"]).to_pylist()
        return {stop: (row["ident"], row["known_day"]) for row in rows for stop in row["stop_ids"]}

    @cached_property
    def _listed(self) -> Gazetteer:
        return self._gazetteer()

    @cached_property
    def _listed_footprints(self) -> Footprints:
        return self._footprints(self._listed)

    @cached_property
    def _stops(self) -> pa.Table:
        return self.view.find("stops", [])

    @cached_property
    def footprints(self) -> Footprints:
        """Airfields as the kernels want them, for the days of the archive."""
        return self._footprints(self.fields.gazetteer) if len(self.sites) else self._listed_footprints

    @cached_property
    def types(self) -> TypeNeeds:
        """What types need."""
        return TypeNeeds.packaged()

    @cached_property
    def borders(self) -> Borders:
        """The countries' shapes."""
        return Borders.load()

    @cached_property
    def weights(self) -> Weights:
        """The fitted weights that come with the package."""
        return read_weights()

    @cached_property
    def standing(self) -> Standing:
        """What the lists say of each field's standing."""
        return standing_of(self.footprints)

    @cached_property
    def _histories(self) -> dict[bool, History]:
        return {}

    def history(self, everything: bool) -> History:
        """Earlier calls at all fields; with `everything`, later ones too."""
        if everything not in self._histories:
            calls = self.view.find("calls", [])
            if len(self.sites):
                known = self.airframes(pc.unique(self._stops["address"]).to_pylist())
                calls = pa.concat_tables([calls, calls_at_sites(self.sites, self._stops, known)])
            self._histories[everything] = History(calls, self.standing.idents, everything)
        return self._histories[everything]

    def knowledge(self, published: pa.Table, day: int, everything: bool) -> Knowledge:
        """What dark stops of a UTC day are weighed by; `published`: rows of `routes_published`."""
        named = {name: routes[0].airports for name, routes in routes_on(published, day).items()}
        routes = Routes(named, self.standing.idents) if named else None
        return Knowledge(self.weights, self.standing, self.history(everything), routes)

    def digest(self, of: Callable[[Sources], str]) -> str:
        """What `of` says of these sources, asked once: they do not change."""
        if of not in self._digests:
            self._digests[of] = of(self)
        return self._digests[of]

    @cached_property
    def _digests(self) -> dict[Callable[[Sources], str], str]:
        return {}

    @cached_property
    def last_received(self) -> dict[Hashable, pa.Table]:
        """What was last read at a place, one entry: questions about a place come one after the other."""
        return {}

    @property
    def archive_version(self) -> str:
        """Digest of what the archive holds."""
        return self.view.version.digest

    def routes_of(self, callsigns: Sequence[str], day: int) -> dict[str, tuple[Route, ...]]:
        """By call sign, what was published of it for a UTC day number; those that no list names are left out.

        What was planned, never that it was flown. See `registry.routes.routes_on`.
        """
        return routes_on(self.routes_published(callsigns), day)

    def routes_published(self, callsigns: Sequence[str]) -> pa.Table:
        """Rows of ROUTES that name one of the call signs, of all days."""
        held = partitions_for((file.partition for file in self.view.files("routes")), callsigns)
        return self.view.find("routes", [Condition("callsign", "in", list(callsigns))], partitions=held)

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
        return between(self._named(asked.place, asked), asked.floor_ft, asked.ceiling_ft)

    def _named(self, text: str, asked: Question) -> Place:
        """The place by the lists of the day asked about, else of the other end of the time."""
        regions, day = Regions(self.airspaces, self.sea), self.day_asked(asked)
        try:
            return find_place(text, self.fields, lambda: self.borders, day, regions)
        except QuestionError:
            _, last = self.days_asked(asked)
            if self.fields.gazetteer.edition(day) == self.fields.gazetteer.edition(last):
                raise
            found = self.fields.gazetteer.listed(last)["ident"]
            if not any_equal(found, text.strip().upper()):
                raise
            return find_place(text, self.fields, lambda: self.borders, last, regions)

    def day_asked(self, asked: Question) -> int:
        """The UTC day by whose lists a question's names are read: that on which it begins, or ends."""
        first, last = self.days_asked(asked)
        return first if asked.since_ms is not None else last

    @cached_property
    def airspaces(self) -> Airspaces:
        """The lists of airspaces."""
        return Airspaces(self.view)

    def sea(self, code: str) -> Area | None:
        """The territorial sea of a country, computed when first asked for; None where it has no coast."""
        if code not in self._seas:
            borders, known = self.borders, code in self.borders.idents
            self._seas[code] = territorial_sea(borders, borders.idents.index(code)) if known else None
        return self._seas[code]

    @cached_property
    def _seas(self) -> dict[str, Area | None]:
        return {}

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
