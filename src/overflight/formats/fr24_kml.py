"""Positions from Flightradar24's KML of a flight: the placemarks of its folder `Route`.

Each has the time in `TimeStamp`, the place in `Point`, and altitude (ft), speed (kt) and heading in words in
its description; the call sign stands after the slash in the document's name. The lines of the folder `Trail`
join the same places and are left unread. What such a file is worth is said in `fr24`.

The text is read by the standard library's expat. A document type or an entity of its own, which nobody needs
here and by which small files grow huge, ends the reading, and so does text longer than any real one.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from xml.parsers import expat

from overflight.clock import parse_utc
from overflight.errors import QuestionError
from overflight.formats import fr24
from overflight.formats.fr24 import Printed
from overflight.formats.reading import Pieces, ReadOptions, Source
from overflight.units import FEET_PER_METRE

NAME = "fr24_kml"
SIZE_MAX = 64 << 20  # bytes; a flight of twenty hours has 2 MB
TEXT_MAX = 1 << 16  # characters in one element; descriptions have some hundreds
DEPTH_MAX = 32

_ROUTE = "Route"
_PLACEMARK, _DESCRIPTION, _NAME, _WHEN, _COORDINATES = (
    "Placemark",
    "description",
    "name",
    "when",
    "coordinates",
)
_KEPT = (_DESCRIPTION, _NAME, _WHEN, _COORDINATES)
_TAG = re.compile(r"<[^<>]{0,500}+>")
_SAID = {
    name: re.compile(rf"{name}:?\s*(-?[0-9][0-9,.]*)\s*{unit}")
    for name, unit in (("Altitude", "ft"), ("Speed", "kt"), ("Heading", ""))
}


class _Refused(Exception):
    """The text is one that is not read, with the reason."""


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is KML that mentions Flightradar24."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<kml" in head and b"flightradar24" in head.lower()


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, for the aircraft that the options name."""
    for source in sources:
        source.is_of(NAME)
        address = fr24.named(source, options)
        if address is not None:
            rows = _Route(source).rows
            yield fr24.printed(rows, address, source, options)


class _Route:
    """The placemarks of a document's route, read as the text goes by."""

    def __init__(self, source: Source) -> None:
        self.rows = Printed()
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._mark: dict[str, str] = {}
        self._folder = ""
        self._callsign: str | None = None
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        size = 0
        try:
            while part := source.stream.read(1 << 16):
                size += len(part)
                if size > SIZE_MAX:
                    raise _Refused(f"longer than the {SIZE_MAX:,} bytes it may have")
                parser.Parse(part, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            source.break_off(f"XML that is cut off or damaged: {error}")
        except _Refused as error:
            source.break_off(f"{error}: the rest was not read")
        if not self.rows.time_ms:
            source.reject("KML without a route of timed placemarks")

    def _doctype(self, *_: object) -> None:
        raise _Refused("XML with a document type of its own")

    def _start(self, name: str, _: object) -> None:
        self._path.append(name.rpartition(" ")[2])
        if len(self._path) > DEPTH_MAX:
            raise _Refused(f"XML of more than {DEPTH_MAX} levels")
        self._text, self._length = [], 0
        if self._path[-1] == _PLACEMARK:
            self._mark = {}

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > TEXT_MAX:
            raise _Refused(f"XML with an element of more than {TEXT_MAX:,} characters")
        if self._path and self._path[-1] in _KEPT:
            self._text.append(text)

    def _end(self, _: str) -> None:
        name = self._path.pop()
        text, self._text = "".join(self._text).strip(), []
        if _PLACEMARK in self._path and name in _KEPT:
            self._mark[name] = text
        elif name == _NAME and self._path[-1:] == ["Folder"]:
            self._folder = text
        elif name == _NAME and self._path[-1:] == ["Document"]:
            self._callsign = text.rpartition("/")[2].strip() or None
        elif name == "Folder":
            self._folder = ""
        elif name == _PLACEMARK and self._folder == _ROUTE and _WHEN in self._mark:
            self._take(self._mark)

    def _take(self, mark: dict[str, str]) -> None:
        wrong, time_ms = None, math.nan
        try:
            time_ms = float(parse_utc(mark[_WHEN]))
        except QuestionError:
            wrong = "a time that is none"
        place = [_number(text) for text in mark.get(_COORDINATES, "").split(",")]
        longitude, latitude, metres = [*place, math.nan, math.nan, math.nan][:3]
        words = html.unescape(_TAG.sub(" ", mark.get(_DESCRIPTION, "")))
        said = {name: _number(_found(pattern, words)) for name, pattern in _SAID.items()}
        feet = said["Altitude"] if not math.isnan(said["Altitude"]) else metres * FEET_PER_METRE
        callsign = None if self._callsign in (None, "-") else self._callsign
        self.rows.add(
            time_ms, (latitude, longitude), feet, (said["Speed"], said["Heading"]), callsign, wrong,
            f"{mark[_WHEN]} {mark.get(_COORDINATES, '')}",
        )  # fmt: skip


def _found(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found.group(1).replace(",", "") if found else ""


def _number(text: str) -> float:
    """The number, NaN where there is none."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
