"""What every page draws on: the archive, what the operator chose, and what is loaded once for all pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from overflight.archive import Answer, Archive
from overflight.errors import QuestionError
from overflight.geo.borders import Borders
from overflight.registry.countries import country_names
from overflight.search.scope import Asked
from overflight.web.document import SVG, Document, Refused, SiteOptions
from overflight.web.figures.land import Land
from overflight.web.figures.png import png
from overflight.web.limits import Limits
from overflight.web.render import Renderer
from overflight.web.score import Score, read_score
from overflight.web.words import aired

_NUMBERED = re.compile(r"page-([2-9]|[1-9][0-9]{1,5})\.html")


@dataclass(frozen=True)
class Ask:
    """What is asked of a page: its path as given, the parts of it, the query."""

    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]

    @property
    def number(self) -> int:
        """Which page of a long table: 2 for `page-2.html`, else 1."""
        found = _NUMBERED.fullmatch(self.parts[-1])
        return int(found[1]) if found else 1

    def file(self, names: Collection[str], depth: int = 2) -> str:
        """The file asked for beside a page at `depth`, empty for the page; Refused for any other."""
        rest = self.parts[depth:]
        if not rest or (len(rest) == 1 and self.number > 1 and not self.path.endswith("/")):
            return ""
        if len(rest) > 1 or rest[0] not in names or self.path.endswith("/"):
            here = "/".join(self.parts[:depth])
            raise Refused(
                404,
                "No such file",
                f"Beside this page stand {', '.join(sorted(names))}.",
                (("The page", f"{here}/"),),
            )
        return rest[0]


class TooMany(Exception):
    """More stops than one page can weigh; `stops` says how many."""

    def __init__(self, stops: int) -> None:
        super().__init__(f"{stops:,} stops")
        self.stops = stops


class Desk:
    """The archive and what is loaded once; `made` keeps nothing that depends on a path."""

    def __init__(self, archive: Archive, options: SiteOptions) -> None:
        self.archive, self.options = archive, options
        self._renderer = Renderer()
        self._visits: tuple[str, Answer] | None = None
        self._askable: dict[str, bool] = {}
        self._itinerary: tuple[tuple[str, str, str], Answer] | None = None

    @cached_property
    def info(self) -> dict[str, Any]:
        """`Archive.info` of the version this site shows."""
        return self.archive.info()

    @cached_property
    def land(self) -> Land:
        """Land and boundaries for maps."""
        return Land(Borders.load())

    @cached_property
    def score(self) -> Score:
        """The measured table of unseen stops."""
        return read_score()

    @cached_property
    def withheld(self) -> tuple[str, ...]:
        """What a public archive leaves out, in words."""
        sentence = self.archive.withheld().sentence
        return (sentence,) if sentence else ()

    def visits_at(self, place: str, since: str | None, until: str | None) -> Answer:
        """Visits at a place; the last one asked for without a time is kept for the files beside its page.

        Raises TooMany where so many stops may have been there that one page cannot weigh them.
        """
        whole = not since and not until
        kept = self._visits
        if whole and kept is not None and kept[0] == place:
            return kept[1]
        asked: Asked = {"place": place, "since": since or None, "until": until or None}
        reach, limits = self.archive.reach("visits", **asked), Limits()
        if reach.stops > limits.stops or reach.rows > limits.rows:
            raise TooMany(reach.rows)
        found = self.archive.visits(**asked)
        if whole:
            self._visits = (place, found)
        return found

    def askable(self, names: Iterable[str]) -> frozenset[str]:
        """Those of some parties' names by which aircraft may be asked for here; each is looked up once."""
        wanted = {name for name in names if name}
        new = wanted - self._askable.keys()
        if new:
            found = self.archive.askable(new)
            self._askable |= {name: name in found for name in new}
        return frozenset(name for name in wanted if self._askable[name])

    def itinerary(self, icao24: str, since: str, until: str) -> Answer:
        """The itinerary of an address; the last one asked for is kept for the files beside its page."""
        asked, kept = (icao24, since, until), self._itinerary
        if kept is not None and kept[0] == asked:
            return kept[1]
        found = self.archive.itinerary(f"hex:{icao24}", since=since, until=until)
        self._itinerary = (asked, found)
        return found

    def crossings_of_country(self, code: str, since: str | None, until: str | None) -> Answer | None:
        """Stays inside a country; None for what is no country, or where they are too many for one page."""
        if code not in country_names():
            return None
        asked: Asked = {"place": code, "since": since or None, "until": until or None}
        if self.archive.reach("crossings", **asked).rows > Limits().rows:
            return None
        return self.archive.crossings(**asked)

    def sentence(self, kind: str, row: Mapping[str, Any]) -> str:
        """The printable sentence of one answer, call signs in their alphabet."""
        return Answer(kind, [aired(row)]).sentences()[0]

    def drawing(self, svg: str, file: str) -> Document:
        """A drawing as `NAME.svg` or `NAME.png`."""
        return Document(png(svg), "image/png") if file.endswith(".png") else Document(svg.encode(), SVG)

    def moved(self, kind: str, id_: str) -> Document:
        """Where a flight or stop that no longer stands under its id has gone; Refused where it never was."""
        try:
            heir = self.archive.resolve(id_)
        except QuestionError as error:
            raise Refused(404, f"No such {kind}", f"{error}.") from error
        if heir is None or not heir.startswith(f"{kind}-"):
            raise Refused(
                404, f"This {kind} was withdrawn", f"{id_} once stood in an answer; later data took it back."
            )
        return Document(b"", SVG, 301, f"{kind}/{heir}/")

    def page(
        self, template: str, ask: Ask, *, status: int = 200, keep: bool = True, **facts: Any
    ) -> Document:
        """A page with what stands on every page: archive version, permanent link, kind of data.

        `cited` among the facts is the address to be cited where it is more than the path: with a query.
        """
        base = self.options.base_url
        link = f"{base.rstrip('/')}/{facts.get('cited', ask.path)}" if base else None
        always = {
            "archive_version": self.archive.version, "made": self.info["made"], "permanent": link,
            "cited": ask.path,
            "public": self.options.public, "data_kind": "recorded", "exports": (), "object_version": None,
            "point_of_view": self.options.point_of_view or "standard",
            "query": "", "withheld": self.withheld, "enhanced": False,
        }  # fmt: skip
        return self._renderer.document(template, ask.path, status, keep, **(always | facts))
