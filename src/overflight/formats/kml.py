"""Answers as KML 2.2 (OGC 07-147r2): a folder for each answer, one placemark a line, silences apart.

What was seen is a `gx:Track` where its times are known, else a `LineString`. What was not seen is a line of
its own named `not observed`: KML has no dashes, so that the name has to say it. Lines lie on the ground,
because KML's heights are above the sea and neither altitude an aircraft sends is; pressure altitude stands
beside the points as `baro_altitude_ft`.
Descriptions are HTML to the programs that show them, so that text from outside is escaped for it too.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from overflight.clock import iso_utc
from overflight.formats.marks import (
    NO_ROUTE,
    NOT_OBSERVED,
    Line,
    Lines,
    LonLat,
    Pin,
    Row,
    Silence,
    described,
    flat,
    mark,
    pins_of,
    plain,
    seen_as,
    silences_between,
    title,
)

NAMESPACE = "http://www.opengis.net/kml/2.2"
EXTENSIONS = "http://www.google.com/kml/ext/2.2"

# Aligned with how sure a thing is: thick where it was seen, thin and grey where not (aabbggrr).
_STYLES = """\
<Style id="observed"><LineStyle><color>ffb05a1e</color><width>3</width></LineStyle></Style>
<Style id="positions"><LineStyle><color>ffb05a1e</color><width>2</width></LineStyle></Style>
<Style id="silence"><LineStyle><color>b0808080</color><width>1</width></LineStyle></Style>
<Style id="candidate"><IconStyle><color>ffb05a1e</color></IconStyle></Style>
<Style id="ruled_out"><IconStyle><color>80808080</color><scale>0.6</scale></IconStyle></Style>
<Schema id="heights"><gx:SimpleArrayField name="baro_altitude_ft" type="int">\
<displayName>pressure altitude, ft above 1013.25 hPa</displayName></gx:SimpleArrayField></Schema>
"""


def write_answers(
    answers: Iterable[Row], out: TextIO, lines: Lines | None = None, name: str = "Overflight",
    about: Sequence[str] = (),
) -> None:  # fmt: skip
    """Write answers of the contract as they come; `lines` are the pieces of flights by id, in order of time.

    `about` says of the whole what has to go with it: the terms, the archive's version. Raises ValueError for
    a coordinate that is no number.
    """
    found = lines or {}
    out.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{NAMESPACE}" xmlns:gx="{EXTENSIONS}">\n'
        f"<Document>{_head(name, about)}\n{_STYLES}"
    )
    for answer in answers:
        out.write(f"<Folder>{_head(title(answer), described(answer))}{_data(flat(answer))}\n")
        out.writelines(f"{one}\n" for one in _placemarks(answer, found.get(answer.get("id", ""), ())))
        out.write("</Folder>\n")
    out.write("</Document>\n</kml>\n")


def _placemarks(answer: Row, lines: Sequence[Line]) -> Iterator[str]:
    yield from (_seen(answer, line) for line in lines if line.where)
    for one in (*silences_between(lines), *pins_of(answer)):
        yield _pin(one) if isinstance(one, Pin) else _unseen(mark(answer), one)


def _seen(answer: Row, line: Line) -> str:
    """The placemark of what was seen: a track, or a line where no times are known."""
    parts = _cut(line)
    tracks = "".join(map(_track, parts)) if line.time_ms else ""
    if len(line.where) == 1:
        geometry = f"<Point>{_coordinates(line.where)}</Point>"
    elif not tracks:
        geometry = _lines(part.where for part in parts)
    elif len(parts) == 1:
        geometry = tracks
    else:
        geometry = f"<gx:MultiTrack><gx:interpolate>0</gx:interpolate>{tracks}</gx:MultiTrack>"
    span = _span(line.time_ms[0], line.time_ms[-1]) if line.time_ms and len(line.where) == 1 else ""
    seen = seen_as(answer)
    facts = {"data_kind": answer.get("data_kind"), "grade": seen.grade}
    name = _head(f"{mark(answer)}{seen.name}", [seen.said], seen.name, span)
    return f"<Placemark>{name}{_data(facts.items())}{geometry}</Placemark>"


def _unseen(before: str, silence: Silence) -> str:
    """The placemark of a silence; the straight line is not the way flown."""
    geometry = _lines(part.where for part in _cut(Line([silence.start, silence.end])))
    span = _span(silence.since, silence.until)
    name = _head(f"{before}{NOT_OBSERVED}", [NO_ROUTE], "silence", span)
    return f"<Placemark>{name}{_data({'grade': 'unknown'}.items())}{geometry}</Placemark>"


def _pin(pin: Pin) -> str:
    head = _head(pin.name, pin.said, pin.style, _span(*pin.span))
    return f"<Placemark>{head}{_data(pin.facts)}<Point>{_coordinates([pin.where])}</Point></Placemark>"


def _track(line: Line) -> str:
    """A `gx:Track`: all times, then all coordinates, then the heights."""
    whens = "".join(f"<when>{iso_utc(time)}</when>" for time in line.time_ms)
    points = "".join(f"<gx:coord>{_number(x)} {_number(y)}</gx:coord>" for x, y in line.where)
    heights = ""
    if any(height is not None for height in line.baro_altitude_ft):
        texts = ("" if height is None else round(height) for height in line.baro_altitude_ft)
        values = "".join(f"<gx:value>{text}</gx:value>" for text in texts)
        heights = (
            '<ExtendedData><SchemaData schemaUrl="#heights"><gx:SimpleArrayData name="baro_altitude_ft">'
            f"{values}</gx:SimpleArrayData></SchemaData></ExtendedData>"
        )
    return f"<gx:Track>{whens}{points}{heights}</gx:Track>"


def _lines(parts: Iterable[Sequence[LonLat]]) -> str:
    made = [f"<LineString><tessellate>1</tessellate>{_coordinates(part)}</LineString>" for part in parts]
    return made[0] if len(made) == 1 else f"<MultiGeometry>{''.join(made)}</MultiGeometry>"


def _coordinates(points: Iterable[LonLat]) -> str:
    return f"<coordinates>{' '.join(f'{_number(x)},{_number(y)}' for x, y in points)}</coordinates>"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    return repr(value)


def _cut(line: Line) -> list[Line]:
    """The line in parts that end at the antimeridian, at the latitude and time in proportion."""
    where, times = list(line.where), list(line.time_ms)
    heights = list(line.baro_altitude_ft)
    starts = [0]
    for k in range(len(where) - 1, 0, -1):
        before, after = where[k - 1], where[k]
        if abs(after[0] - before[0]) <= 180:
            continue
        side = 180.0 if before[0] > 0 else -180.0
        width = 360 - abs(after[0] - before[0])
        share = abs(side - before[0]) / width if width else 0.0
        latitude = before[1] + share * (after[1] - before[1])
        where[k:k] = [(side, latitude), (-side, latitude)]
        if times:
            times[k:k] = [round(times[k - 1] + share * (times[k] - times[k - 1]))] * 2
        if heights:
            heights[k:k] = [None, None]
        starts = [0, k + 1, *(start + 2 for start in starts[1:])]
    stops = [*starts[1:], len(where)]
    return [Line(where[a:b], times[a:b], heights[a:b]) for a, b in zip(starts, stops, strict=True)]


def _head(name: str, said: Sequence[str], style: str = "", span: str = "") -> str:
    """Name, description, time and style of a feature, in the order of KML's schema."""
    description = escape("<br>".join(html.escape(plain(text), quote=False) for text in said))
    return (
        f"<name>{_text(name)}</name>"
        + (f"<description>{description}</description>" if description else "")
        + span
        + (f"<styleUrl>#{style}</styleUrl>" if style else "")
    )


def _span(since: Any, until: Any) -> str:
    """A TimeSpan of milliseconds or ISO texts; a side that is not known is left out."""
    sides = [iso_utc(one) if isinstance(one, int) else one for one in (since, until)]
    made = "".join(
        f"<{name}>{_text(one)}</{name}>" for name, one in zip(("begin", "end"), sides, strict=True) if one
    )
    return f"<TimeSpan>{made}</TimeSpan>" if made else ""


def _data(facts: Iterable[tuple[str, Any]]) -> str:
    made = "".join(
        f"<Data name={quoteattr(plain(name))}><value>{_text(value)}</value></Data>"
        for name, value in facts
        if value is not None
    )
    return f"<ExtendedData>{made}</ExtendedData>" if made else ""


def _text(value: object) -> str:
    return escape(plain(value))
