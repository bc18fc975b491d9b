"""Answers as KML 2.2 (OGC 07-147r2): a folder for each answer, one placemark a line, silences apart.

What was seen is a `gx:Track` where its times are known, else a `LineString`. What was not seen is a line of
its own named `not observed`: KML has no dashes, so that the name has to say it. Lines lie on the ground,
because KML's heights are above the sea and pressure altitudes are not; those stand beside the points as
`baro_altitude_ft`.
Descriptions are HTML to the programs that show them, so that text from outside is escaped for it too.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TextIO
from xml.sax.saxutils import escape, quoteattr

from overflight.clock import iso_utc

NAMESPACE = "http://www.opengis.net/kml/2.2"
EXTENSIONS = "http://www.google.com/kml/ext/2.2"
NOT_OBSERVED = "not observed"

LonLat = tuple[float, float]
Row = Mapping[str, Any]

_RECORDED = "recorded"
# Aligned with how sure a thing is: thick where it was seen, thin and grey where not (aabbggrr).
_STYLES = """\
<Style id="observed"><LineStyle><color>ffb05a1e</color><width>3</width></LineStyle></Style>
<Style id="silence"><LineStyle><color>b0808080</color><width>1</width></LineStyle></Style>
<Style id="candidate"><IconStyle><color>ffb05a1e</color></IconStyle></Style>
<Style id="ruled_out"><IconStyle><color>80808080</color><scale>0.6</scale></IconStyle></Style>
<Schema id="heights"><gx:SimpleArrayField name="baro_altitude_ft" type="int">\
<displayName>pressure altitude, ft above 1013.25 hPa</displayName></gx:SimpleArrayField></Schema>
"""
# Direction marks reorder what stands beside them.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, lone surrogates, unassigned ones (among them the two that XML forbids).
_NO_TEXT = {"Cc", "Cs", "Cn"}


class Line(NamedTuple):
    """One piece seen without a break: (longitude, latitude) in degrees; times, heights of each, or none."""

    where: Sequence[LonLat]
    time_ms: Sequence[int] = ()
    baro_altitude_ft: Sequence[float | None] = ()


Lines = Mapping[str, Sequence[Line]]


def write_answers(
    answers: Iterable[Row], out: TextIO, lines: Lines | None = None, name: str = "Overflight"
) -> None:
    """Write answers of the contract as they come; `lines` are the pieces of flights by id, in order of time.

    Raises ValueError for a coordinate that is no number.
    """
    found = lines or {}
    out.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{NAMESPACE}" xmlns:gx="{EXTENSIONS}">\n'
        f"<Document><name>{_text(name)}</name>\n{_STYLES}"
    )
    for answer in answers:
        out.write(f"<Folder>{_head(_title(answer), _described(answer))}{_data(_flat(answer))}\n")
        out.writelines(f"{one}\n" for one in _placemarks(answer, found.get(answer.get("id", ""), ())))
        out.write("</Folder>\n")
    out.write("</Document>\n</kml>\n")


def plain(text: object) -> str:
    """The text with blanks for control characters, lone surrogates and marks that turn the writing."""
    return "".join(" " if c in _BIDI or unicodedata.category(c) in _NO_TEXT else c for c in str(text))


def _placemarks(answer: Row, lines: Sequence[Line]) -> Iterator[str]:
    mark = _mark(answer)
    pieces = [line for line in lines if line.where]
    yield from (_seen(answer, line) for line in pieces)
    for before, after in pairwise(pieces):
        yield _unseen(mark, before.where[-1], after.where[0], *(
            (line.time_ms[at] if line.time_ms else None) for line, at in ((before, -1), (after, 0))
        ))  # fmt: skip
    for name in ("origin", "destination"):
        if isinstance(answer.get(name), Mapping):
            yield from _end(answer, answer[name], f"{name}: ")
    yield from _stop(answer)
    for name in ("entry", "exit"):
        yield from _border(answer, name)


def _stop(answer: Row) -> Iterator[str]:
    """The candidates of a stop with the fixes around it and, where it was not seen, the silence."""
    if "candidates" not in answer:
        return
    before, after = answer.get("before"), answer.get("after")
    if not answer.get("seen") and before and after:
        yield _unseen(_mark(answer), _place_of(before), _place_of(after), before["time"], after["time"])
    for name, fix in (("last position before", before), ("first position after", after)):
        where = _place_of(fix)
        if where and fix:
            yield _pin(f"{_mark(answer)}{name}", where, (fix["time"], fix["time"]), _flat(fix))
    yield from _end(answer, {**answer, **_interval(answer)}, "")


def _end(answer: Row, end: Row, before: str) -> Iterator[str]:
    """The candidates of an end or a stop, else its place; where they lie nowhere, none."""
    span = (end.get("earliest"), end.get("latest"))
    offered = [one for one in end.get("candidates") or () if _place_of(one.get("place"))]
    place = end.get("place")
    if place and not any(one["place"]["ident"] == place["ident"] for one in offered):
        offered.insert(0, {"place": place, "probability": end.get("probability"), "ruled_out": False})
    for one in offered:
        where = _place_of(one["place"])
        if where is None:
            continue
        share = "ruled out" if one["ruled_out"] else _percent(one.get("probability"))
        grade = end.get("grade") if place and one["place"]["ident"] == place["ident"] else None
        name = f"{_mark(answer)}{before}{share} {one['place']['ident']} {one['place']['name']}"
        said = [f"For: {text}" for text in one.get("reasons_for", ())]
        said += [f"Against: {text}" for text in one.get("reasons_against", ())]
        style = "ruled_out" if one["ruled_out"] else "candidate"
        facts = {"data_kind": answer.get("data_kind"), "grade": grade, **dict(_flat(one))}
        yield _pin(name, where, span, facts.items(), said, style)


def _border(answer: Row, name: str) -> Iterator[str]:
    """Where a line met a border; nothing where the data begin or end inside."""
    border = answer.get(name)
    where = _place_of(border)
    if border and where:
        region = (answer.get("region") or {}).get("name", "")
        text = f"{_mark(answer)}{name} {region} ({border['grade']})"
        facts = {"data_kind": answer.get("data_kind"), **dict(_flat(border))}
        yield _pin(text, where, (border["earliest"], border["latest"]), facts.items())


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
    facts = {"data_kind": answer.get("data_kind"), "grade": "observed"}
    name = _head(
        f"{_mark(answer)}observed",
        ["Through positions of the data that carry no integrity flag."],
        "observed",
        span,
    )
    return f"<Placemark>{name}{_data(facts.items())}{geometry}</Placemark>"


def _unseen(mark: str, start: LonLat | None, end: LonLat | None, since: Any, until: Any) -> str:
    """The placemark of a silence; the straight line is not the way flown."""
    if start is None or end is None:
        return ""
    geometry = _lines(part.where for part in _cut(Line([start, end])))
    said = ["The data hold no position between these two; the line is not the way it flew."]
    name = _head(f"{mark}{NOT_OBSERVED}", said, "silence", _span(since, until))
    return f"<Placemark>{name}{_data({'grade': 'unknown'}.items())}{geometry}</Placemark>"


def _pin(
    name: str, where: LonLat, span: tuple[Any, Any], facts: Iterable[tuple[str, Any]],
    said: Sequence[str] = (), style: str = "",
) -> str:  # fmt: skip
    head = _head(name, said, style, _span(*span))
    return f"<Placemark>{head}{_data(facts)}<Point>{_coordinates([where])}</Point></Placemark>"


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
    where, times, heights = list(line.where), list(line.time_ms), list(line.baro_altitude_ft)
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


def _title(answer: Row) -> str:
    who = answer.get("registration") or answer.get("icao24") or ""
    signs = answer.get("callsigns") or [answer.get("callsign_in") or answer.get("callsign_out")]
    what = (answer.get("region") or {}).get("name") or (answer.get("place") or {}).get("name")
    entered = (answer.get("entry") or {}).get("latest")
    when = answer.get("first_seen") or _interval(answer)["earliest"] or entered
    return _mark(answer) + " ".join(str(part) for part in (who, signs[0], what, when) if part)


def _described(answer: Row) -> list[str]:
    """What a balloon says: the sentence where there is one, the kind of data, the grades."""
    said = [answer["sentence"]] if answer.get("sentence") else []
    said.append(f"Data: {answer.get('data_kind', _RECORDED)}.")
    ends = ("origin", "destination", "entry", "exit")
    graded = {"grade": answer} | {name: answer.get(name) for name in ends}
    for name, part in graded.items():
        if isinstance(part, Mapping) and part.get("grade"):
            said.append(f"{name.capitalize()}: {part['grade']}.")
    return said


def _interval(answer: Row) -> dict[str, Any]:
    """From the earliest arrival to the latest departure of a stop."""
    arrival, departure = answer.get("arrival") or {}, answer.get("departure") or {}
    return {"earliest": arrival.get("earliest"), "latest": departure.get("latest")}


def _mark(answer: Row) -> str:
    kind = answer.get("data_kind", _RECORDED)
    return "" if kind == _RECORDED else f"[{kind}] "


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


def _flat(row: Row, before: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values, nested names joined by `_`, lists by ` | `; lists of objects have placemarks."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}_")
        elif isinstance(value, bool):
            yield before + name, "true" if value else "false"
        elif not isinstance(value, list | tuple):
            yield before + name, value
        elif value and not any(isinstance(one, Mapping) for one in value):
            yield before + name, " | ".join(str(one) for one in value)


def _place_of(part: Any) -> LonLat | None:
    if not isinstance(part, Mapping) or part.get("longitude_deg") is None or part.get("latitude_deg") is None:
        return None
    return part["longitude_deg"], part["latitude_deg"]


def _percent(share: float | None) -> str:
    return "" if share is None else "< 1 %" if share < 0.01 else f"{share * 100:.0f} %"


def _text(value: object) -> str:
    return escape(plain(value))
