"""Answers as GPX 1.1: flights as tracks, one segment for each piece that was seen, other places as waypoints.

A segment is what GPX has for reception without a break, so that a silence is the end of one and the begin of
another. Segments end at the antimeridian too, where programs would draw a line around the world; what a
segment begins after stands in its extensions. A position alone is a waypoint. `ele` is written where a height
above the WGS-84 ellipsoid was sent; pressure altitude is no height and stands in the extensions. What GPX has
no place for (grades, the kind of data, probabilities) is in names, descriptions and extensions; candidates
that are ruled out are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TextIO
from xml.sax.saxutils import escape, quoteattr

from overflight.clock import iso_utc
from overflight.formats.marks import (
    Line,
    Lines,
    LonLat,
    Pin,
    Row,
    described,
    flat,
    mark,
    pins_of,
    plain,
    seen_as,
    title,
)
from overflight.units import FEET_PER_METRE

NAMESPACE = "http://www.topografix.com/GPX/1/1"
OWN = "urn:overflight:gpx:1"
SILENCE, ANTIMERIDIAN = "silence", "antimeridian"
# The difference between ellipsoid and sea level: -107 to 85 m (EGM96, NASA/TP-1998-206861).
HEIGHTS = (
    "ele: metres above the WGS-84 ellipsoid, as sent; sea level lies up to 110 m beside it.",
    "baro_altitude_ft: pressure altitude in feet above 1013.25 hPa, no height above ground or sea.",
    "A new segment begins after every silence: nothing was received in between.",
)
# GPX has no longitude 180, and -180 would lie at the other end of a line: off by 11 mm at most.
EASTERNMOST = 179.9999999
_OUT = "ruled_out"


def write_answers(
    answers: Sequence[Row], out: TextIO, lines: Lines | None = None, name: str = "Overflight",
    about: Sequence[str] = (), licence: str = "",
) -> None:  # fmt: skip
    """Write answers of the contract; `lines` are the pieces of flights by id, in order of time.

    `about` says of the whole what has to go with it; `licence` is the address of the one licence it came
    under, if so. Raises ValueError for a coordinate that is no number.
    """
    found = lines or {}
    copyright_ = f'<copyright author="see the description">{_element("license", licence)}</copyright>'
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="Overflight" xmlns="{NAMESPACE}" xmlns:overflight="{OWN}">\n'
        f"<metadata>{_head(name, [*about, *HEIGHTS])}{copyright_ if licence else ''}</metadata>\n"
    )
    for answer in answers:  # GPX wants all waypoints before the first track
        pins = (pin for pin in pins_of(answer) if isinstance(pin, Pin) and pin.style != _OUT)
        out.writelines(f"{_waypoint(answer, pin)}\n" for pin in pins)
        out.writelines(_lone(answer, part) for part in _parts(found, answer) if len(part.line.where) == 1)
    for answer in answers:
        parts = [part for part in _parts(found, answer) if len(part.line.where) > 1]
        if parts:
            out.writelines(_track(answer, parts))
    out.write("</gpx>\n")


class _Part(NamedTuple):
    """Positions without a break, on one side of the antimeridian; what they come after."""

    line: Line
    after: str | None


def _parts(lines: Lines, answer: Row) -> Iterator[_Part]:
    pieces = [line for line in lines.get(answer.get("id", ""), ()) if line.where]
    for number, piece in enumerate(pieces):
        after, start = (SILENCE if number else None), 0
        steps = enumerate(pairwise(piece.where), 1)
        turns = [k for k, (before, here) in steps if abs(here[0] - before[0]) > 180]
        for end in (*turns, len(piece.where)):
            part = Line(
                piece.where[start:end], piece.time_ms[start:end],
                piece.baro_altitude_ft[start:end], piece.geo_altitude_ft[start:end],
            )  # fmt: skip
            yield _Part(part, after)
            start, after = end, ANTIMERIDIAN


def _waypoint(answer: Row, pin: Pin) -> str:
    """A place of an answer, which is named in it: GPX has no folders."""
    since, until = pin.span
    within = f"Time: {since or 'not known'} to {until or 'not known'}."
    said = [title(answer), *pin.said, *([within] if since != until else [])]
    time = _element("time", since if since == until else None)
    head = _head(pin.name, said)
    type_ = _element("type", pin.style or "position")
    facts = _extensions([("of", answer.get("id")), *pin.facts])
    return f"<wpt {_at(pin.where)}>{time}{head}{type_}{facts}</wpt>"


def _lone(answer: Row, part: _Part) -> str:
    """A position alone: programs that make lines of segments fail on a segment of one."""
    seen = seen_as(answer)
    said = ["A position without another near it in time.", *([] if seen.grade else [seen.said])]
    head = _head(f"{mark(answer)}{seen.name} {title(answer)}", said)
    return f"<wpt {_point(part.line, 0, f'{head}<type>position</type>')}</wpt>\n"


def _track(answer: Row, parts: Sequence[_Part]) -> Iterator[str]:
    facts = [*flat({name: value for name, value in answer.items() if not isinstance(value, dict)})]
    seen = seen_as(answer)
    said = [*described(answer), *([] if seen.grade else [seen.said])]
    yield f"<trk>{_head(title(answer), said)}<type>flight</type>{_extensions(facts)}\n"
    for part in parts:
        points = "\n".join(f"<trkpt {_point(part.line, k)}</trkpt>" for k in range(len(part.line.where)))
        yield f"<trkseg>\n{points}\n{_extensions([('begins_after', part.after)])}</trkseg>\n"
    yield "</trk>\n"


def _point(line: Line, k: int, head: str = "") -> str:
    """A position but for its element; `ele` in metres, to a decimetre: it is sent in steps of 25 ft."""
    geo = line.geo_altitude_ft[k] if line.geo_altitude_ft else None
    baro = line.baro_altitude_ft[k] if line.baro_altitude_ft else None
    height = "" if geo is None else f"<ele>{geo / FEET_PER_METRE:.1f}</ele>"
    time = _element("time", iso_utc(line.time_ms[k])) if line.time_ms else ""
    feet = [("baro_altitude_ft", None if baro is None else round(baro))]
    return f"{_at(line.where[k])}>{height}{time}{head}{_extensions(feet)}"


def _at(where: LonLat) -> str:
    longitude, latitude = where
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise ValueError(f"{where} is no coordinate")
    return f'lat="{_number(latitude)}" lon="{_number(min(longitude, EASTERNMOST))}"'


def _number(value: float) -> str:
    """A decimal without an exponent, which XML's decimals do not have; stored are whole 1e-7 degrees."""
    return f"{value:.7f}".rstrip("0").rstrip(".")


def _head(name: str, said: Iterable[str]) -> str:
    return _element("name", name) + _element("desc", "\n".join(said) or None)


def _extensions(facts: Iterable[tuple[str, Any]]) -> str:
    made = "".join(
        f"<overflight:fact name={quoteattr(plain(name))}>{_text(value)}</overflight:fact>"
        for name, value in facts
        if value is not None
    )
    return f"<extensions>{made}</extensions>" if made else ""


def _element(name: str, value: object) -> str:
    return "" if value is None or value == "" else f"<{name}>{_text(value)}</{name}>"


def _text(value: object) -> str:
    return escape("\n".join(plain(line) for line in str(value).split("\n")))
