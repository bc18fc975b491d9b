"""Answers as CZML 1.0, for Cesium: one packet for each piece that was seen, there only while it was seen.

Between pieces nothing moves: each silence is a packet of its own, a dashed line named `not observed`. Lines
follow the globe over the antimeridian by themselves. CZML's heights are metres above the WGS-84 ellipsoid: a
piece has them where every position of it was sent with one, else it lies on the ground; pressure altitude is
no such height and stands in the properties.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

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
from overflight.units import FEET_PER_METRE, MILLISECONDS_PER_SECOND

Packet = dict[str, Any]
# The colours of the pages: ink for what was seen, red for what was not, grey for what is ruled out.
_SEEN, _UNSEEN, _QUIET = [27, 38, 48, 255], [163, 52, 27, 200], [85, 96, 106, 160]
_ON_GROUND = {"heightReference": "CLAMP_TO_GROUND"}
_COLOURS = {"candidate": _UNSEEN, "ruled_out": _QUIET, "": _SEEN}
_SPEED = 60  # seconds of the recording to a second of showing it


def write_answers(
    answers: Iterable[Row], out: TextIO, lines: Lines | None = None, name: str = "Overflight",
    about: Sequence[str] = (),
) -> None:  # fmt: skip
    """Write answers of the contract, one packet a line; `lines` are the pieces of flights by id, with times.

    `about` says of the whole what has to go with it. Raises ValueError for a coordinate that is no number.
    """
    found = lines or {}
    document: Packet = {"id": "document", "name": plain(name), "version": "1.0"}
    document |= {"description": _html(about)} if about else {}
    times = [time for some in found.values() for line in some for time in line.time_ms]
    if times:
        span = _span(min(times), max(times))
        start = iso_utc(min(times))
        document["clock"] = {"interval": span, "currentTime": start, "multiplier": _SPEED}
    out.write("[" + _json(document))
    for answer in answers:
        for packet in _packets(answer, found.get(answer.get("id", ""), ())):
            out.write(",\n" + _json(packet))
    out.write("\n]\n")


def _packets(answer: Row, lines: Sequence[Line]) -> Iterator[Packet]:
    id_ = plain(answer.get("id") or title(answer))
    facts = {name: value for name, value in flat(answer) if value is not None}
    yield {"id": id_, "name": plain(title(answer)), "description": _html(described(answer)),
           "properties": _properties(facts)}  # fmt: skip
    pieces = [line for line in lines if line.where]
    for number, line in enumerate(pieces, 1):
        yield {"id": f"{id_}/{seen_as(answer).name}/{number}", "parent": id_, **_seen(answer, line)}
    for number, one in enumerate((*silences_between(pieces), *pins_of(answer)), 1):
        made = _pin(one) if isinstance(one, Pin) else _unseen(answer, one)
        yield {"id": f"{id_}/{number}", "parent": id_, **made}


def _seen(answer: Row, line: Line) -> Packet:
    """A moving point and its line, in height where every position has one."""
    geo = [h for h in line.geo_altitude_ft if h is not None]
    high = bool(geo) and len(geo) == len(line.where)
    metres = [round(h / FEET_PER_METRE, 1) for h in geo] if high else [0.0] * len(line.where)
    places = [[*_checked(where), height] for where, height in zip(line.where, metres, strict=True)]
    seen = seen_as(answer)
    heights = "Heights above the WGS-84 ellipsoid, as sent." if high else "Drawn on the ground."
    made: Packet = {"name": f"{mark(answer)}{seen.name}", "description": _html([seen.said, heights])}
    point = {"pixelSize": 8, "color": {"rgba": _SEEN}}
    ground = {} if high else {"heightReference": _ON_GROUND}
    if line.time_ms:
        seconds = [(time - line.time_ms[0]) / MILLISECONDS_PER_SECOND for time in line.time_ms]
        samples = [value for at, place in zip(seconds, places, strict=True) for value in (at, *place)]
        made["availability"] = _span(line.time_ms[0], line.time_ms[-1])
        made["position"] = {"epoch": iso_utc(line.time_ms[0]), "cartographicDegrees": samples}
    else:
        made["position"] = {"cartographicDegrees": places[0]}
    made["point"] = point | ground
    if len(places) > 1:
        made["polyline"] = {
            "positions": {"cartographicDegrees": [value for place in places for value in place]},
            "width": 3, "arcType": "GEODESIC", "clampToGround": not high,
            "material": {"solidColor": {"color": {"rgba": _SEEN}}},
        }  # fmt: skip
    facts = {"data_kind": answer.get("data_kind"), "grade": seen.grade}
    made["properties"] = _properties(facts) | _pressure(line)
    return made


def _pressure(line: Line) -> Packet:
    """Pressure altitude where it is known, by time."""
    known = [
        (time - line.time_ms[0], feet)
        for time, feet in zip(line.time_ms, line.baro_altitude_ft, strict=False)
        if feet is not None
    ]
    samples = [value for at, feet in known for value in (at / MILLISECONDS_PER_SECOND, round(feet))]
    epoch = iso_utc(line.time_ms[0]) if known else None
    return {"baro_altitude_ft": {"epoch": epoch, "number": samples}} if known else {}


def _unseen(answer: Row, silence: Silence) -> Packet:
    """A dashed line between two positions, there while nothing was received."""
    ends = [value for where in (silence.start, silence.end) for value in (*_checked(where), 0.0)]
    return {
        "name": f"{mark(answer)}{NOT_OBSERVED}", "description": _html([NO_ROUTE]),
        **_available(silence.since, silence.until),
        "polyline": {
            "positions": {"cartographicDegrees": ends}, "width": 2, "clampToGround": True,
            "arcType": "GEODESIC",
            "material": {"polylineDash": {"color": {"rgba": _UNSEEN}, "dashLength": 16}},
        },
        "properties": _properties({"data_kind": answer.get("data_kind"), "grade": "unknown"}),
    }  # fmt: skip


def _pin(pin: Pin) -> Packet:
    name = plain(pin.name)
    return {
        "name": name, "description": _html(pin.said), **_available(*pin.span),
        "position": {"cartographicDegrees": [*_checked(pin.where), 0.0]},
        "point": {"pixelSize": 6, "color": {"rgba": _COLOURS[pin.style]},
                  "heightReference": _ON_GROUND},
        "label": {"text": name, "font": "12px sans-serif", "pixelOffset": {"cartesian2": [8, 0]},
                  "horizontalOrigin": "LEFT", "fillColor": {"rgba": _COLOURS[pin.style]},
                  "heightReference": _ON_GROUND},
        "properties": _properties({name: value for name, value in pin.facts if value is not None}),
    }  # fmt: skip


def _available(since: Any, until: Any) -> Packet:
    """When it is shown; always, where a side is not known."""
    return {} if since is None or until is None else {"availability": _span(since, until)}


def _span(since: Any, until: Any) -> str:
    return "/".join(str(iso_utc(one) if isinstance(one, int) else one) for one in (since, until))


def _properties(facts: Row) -> Packet:
    """Facts of whatever kind as CZML has them."""
    made: Packet = {}
    for name, value in facts.items():
        if isinstance(value, bool):
            made[plain(name)] = {"boolean": value}
        elif isinstance(value, int | float):
            made[plain(name)] = {"number": value}
        elif value is not None:
            made[plain(name)] = {"string": plain(value)}
    return made


def _checked(where: LonLat) -> LonLat:
    if not all(map(math.isfinite, where)):
        raise ValueError(f"{where} is no coordinate")
    return where


def _html(said: Iterable[str]) -> str:
    return "".join(f"<p>{html.escape(plain(text))}</p>" for text in said)


def _json(packet: Packet) -> str:
    return json.dumps(packet, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
