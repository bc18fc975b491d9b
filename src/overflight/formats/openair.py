"""Airspaces from OpenAir text (WinPilot's format of 1998, with the AY and AI lines of later programs).

Arcs and circles become corners every two degrees of direction, which leaves the arc by 0.02 % of its radius.
Airways (DY), which have a width and no outline, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from overflight.formats.outlines import Outline, kind_of, plain_head, read_limit
from overflight.formats.reading import Tally
from overflight.geo.sphere import bearing_deg, destination, distance_nm

NAME = "openair"
ARC_STEP_DEG = 2.0
_TOLD = re.compile(rb"^[ \t]*AC[ \t]+\S.*$", re.M), re.compile(rb"^[ \t]*(DP|V|AN|AH|AL|DC)[ \t]+\S.*$", re.M)
_ANGLE = r"(\d{1,3})(?:[:\s](\d{1,2}(?:\.\d+)?))?(?:[:\s](\d{1,2}(?:\.\d+)?))?"
_DECIMAL = r"(\d{1,3}\.\d+)"
_POINT = re.compile(rf"(?:{_DECIMAL}|{_ANGLE})\s*([NS])[\s,]*(?:{_DECIMAL}|{_ANGLE})\s*([EW])", re.IGNORECASE)


@dataclass
class _Block:
    """What the lines of one airspace have said so far."""

    said: dict[str, str] = field(default_factory=dict)
    points: list[tuple[float, float]] = field(default_factory=list)  # latitude, longitude
    centre: tuple[float, float] | None = None
    clockwise: bool = True
    wrong: str | None = None


def sniff(head: bytes) -> bool:
    """Whether a file begins like OpenAir: a line of class and one of what an airspace has."""
    plain = plain_head(head)
    return all(pattern.search(plain) for pattern in _TOLD)


def read(text: str, tally: Tally) -> Iterator[Outline]:
    """Airspaces in order; one that cannot be drawn is refused with the line that says why."""
    block = _Block()
    for line in text.splitlines():
        plain = line.partition("*")[0].strip()
        if not plain:
            continue
        word, _, rest = plain.partition(" ")
        word, rest = word.upper(), rest.strip()
        if word == "AC" and (block.said or block.points):
            yield from _finished(block, tally)
            block = _Block()
        _take(block, word, rest)
    if block.said or block.points:
        yield from _finished(block, tally)


def _take(block: _Block, word: str, rest: str) -> None:
    """What one line adds to its airspace."""
    try:
        match word:
            case "AC" | "AN" | "AY" | "AI" | "AH" | "AL":
                block.said[word] = rest
            case "V":
                _variable(block, rest)
            case "DP":
                block.points.append(_point(rest))
            case "DC":
                block.points += _arc(_centre(block), float(rest.split()[0]), 0.0, 360.0)
            case "DA":
                radius, start, end = (float(part) for part in rest.replace(",", " ").split()[:3])
                block.points += _arc(_centre(block), radius, *_turned(block, start, end))
            case "DB":
                block.points += _between(block, rest)
            case "DY":
                block.wrong = block.wrong or "an airway has no outline"
    except (ValueError, IndexError):
        block.wrong = block.wrong or f"{word} {rest} cannot be understood"


def _variable(block: _Block, rest: str) -> None:
    name, _, value = (part.strip() for part in rest.partition("="))
    if name.upper() == "X":
        block.centre = _point(value)
    elif name.upper() == "D":
        block.clockwise = not value.startswith("-")


def _point(text: str) -> tuple[float, float]:
    match = _POINT.search(text)
    if match is None:
        raise ValueError(text)
    parts = match.groups()
    return _degrees(parts[:4], parts[4].upper() == "S"), _degrees(parts[5:9], parts[9].upper() == "W")


def _degrees(parts: tuple[str | None, ...], negative: bool) -> float:
    decimal, whole, minutes, seconds = parts
    value = (
        float(decimal)
        if decimal
        else float(whole or 0) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    )
    return -value if negative else value


def _centre(block: _Block) -> tuple[float, float]:
    if block.centre is None:
        raise ValueError("no centre")
    return block.centre


def _turned(block: _Block, start: float, end: float) -> tuple[float, float]:
    """Directions from which and to which an arc runs, the second beyond the first in its sense."""
    if block.clockwise:
        return start, end if end > start else end + 360
    return start, end if end < start else end - 360


def _between(block: _Block, rest: str) -> list[tuple[float, float]]:
    """An arc from one point to another about the centre."""
    first, second = (match[0] for match in list(_POINT.finditer(rest))[:2])
    (lat1, lon1), (lat2, lon2), (lat, lon) = _point(first), _point(second), _centre(block)
    start, end = (float(bearing_deg(lat, lon, *point)) for point in ((lat1, lon1), (lat2, lon2)))
    radius = float(distance_nm(lat, lon, lat1, lon1))
    return [(lat1, lon1), *_arc((lat, lon), radius, *_turned(block, start, end))[1:-1], (lat2, lon2)]


def _arc(
    centre: tuple[float, float], radius_nm: float, start: float, end: float
) -> list[tuple[float, float]]:
    if not 0 < radius_nm < 5_400:
        raise ValueError("radius")
    steps = max(2, int(np.ceil(abs(end - start) / ARC_STEP_DEG)) + 1)
    lats, lons = destination(*centre, np.linspace(start, end, steps), radius_nm)
    return list(zip(lats.tolist(), lons.tolist(), strict=True))


def _finished(block: _Block, tally: Tally) -> Iterator[Outline]:
    name = block.said.get("AN") or block.said.get("AI") or "unnamed"
    if block.wrong or len(block.points) < 3:
        tally.rows_read += 1
        tally.refuse((block.wrong and "an airspace that cannot be drawn") or "fewer than three points",
                     f"{name}: {block.wrong}")  # fmt: skip
        return
    ring = [[lon, lat] for lat, lon in block.points]
    ring += [] if ring[0] == ring[-1] else [ring[0]]
    kind = kind_of(block.said.get("AY") or block.said.get("AC"))
    yield Outline(
        kind, block.said.get("AI") or name, name, read_limit(block.said.get("AL")),
        read_limit(block.said.get("AH")), {"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
