"""The site: every path of an archive's pages, and the document each leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from overflight.archive import Archive
from overflight.errors import QuestionError
from overflight.web import listing
from overflight.web.desk import Ask, Desk
from overflight.web.document import HTML, MEDIA_TYPES, Document, Refused, SiteOptions
from overflight.web.pages import (
    about,
    aircraft,
    flight,
    home,
    instant,
    loaded,
    method,
    missing,
    place,
    region,
    search,
    sheet,
    stop,
)

STATIC = Path(__file__).parent / "static"
Page = Callable[[Desk, Ask], Document]
# By the first part of the path.
PAGES: dict[str, Page] = {
    "": home.page,
    "about": about.page,
    "aircraft": aircraft.page,
    "country": place.country,
    "fir": region.page,
    "flight": flight.page,
    "instant": instant.page,
    "loaded": loaded.page,
    "method": method.page,
    "place": place.page,
    "sea": region.page,
    "search": search.page,
    "stop": stop.page,
}


BY_NAME = ("aircraft", "country", "fir", "flight", "place", "sea", "stop")
DEPTH = 2  # parts of the longest page's path; a third part is a file beside it


def _slash(ask: Ask) -> Document | None:
    """A page's address ends in a slash, so that links in it are right; without it, the way there."""
    if ask.path == "" or ask.path.endswith("/") or len(ask.parts) > DEPTH or "." in ask.parts[-1]:
        return None
    return Document(b"", HTML, 301, f"{ask.path}/")


class Site:
    """Documents by path, of one version of an archive."""

    def __init__(self, archive: Archive, options: SiteOptions = SiteOptions()) -> None:  # noqa: B008 (frozen)
        self._desk = Desk(archive, options)

    def document(self, path: str, query: Mapping[str, str] | None = None) -> Document:
        """The document at a path (decoded, no leading slash); of others a page that says what is right."""
        ask = Ask(path, tuple(path.rstrip("/").split("/")), query or {})
        try:
            if ask.parts[0] == "static":
                return _static(ask)
            page = sheet.page if sheet.is_sheet(ask.parts) else PAGES.get(ask.parts[0])
            if page is None:
                raise Refused(404, "No such page", "Nothing is kept under this address.")
            if ask.parts[0] in BY_NAME and len(ask.parts) < 2:
                raise Refused(404, "Which one?", f"Write {ask.parts[0]}/, then its name.")
            if (moved := _slash(ask)) is not None:
                return moved
            if ask.path == "search/index.json":
                return listing.index(self._desk)
            made = page(self._desk, ask)
            return replace(made, keep=False) if ask.query else made
        except Refused as refused:
            return missing.page(self._desk, ask, refused)
        except QuestionError as error:
            return missing.page(
                self._desk, ask, Refused(400, "The question cannot be understood", str(error))
            )

    def paths(self) -> Iterator[str]:
        """Every path that can be published, static files included."""
        yield from listing.pages(self._desk)
        yield from static_paths()


def static_paths() -> Iterator[str]:
    """Paths of the files that come with the package."""
    for file in sorted(STATIC.rglob("*")):
        if file.is_file() and file.suffix in MEDIA_TYPES and not file.name.startswith("."):
            yield f"static/{file.relative_to(STATIC).as_posix()}"


def _static(ask: Ask) -> Document:
    if ask.path not in set(static_paths()):
        raise Refused(404, "No such file", "No such file comes with the site.")
    file = STATIC.joinpath(*ask.parts[1:])
    return Document(file.read_bytes(), MEDIA_TYPES[file.suffix])


__all__ = ["Document", "Site", "SiteOptions"]
