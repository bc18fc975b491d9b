"""The map of a flight or a stop: observed solid, silence dashed, candidates as ranked discs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import sqrt
from typing import Any

import numpy as np
from markupsafe import Markup

from overflight.web.figures.land import Land
from overflight.web.figures.projection import View, fitted
from overflight.web.figures.svg import (
    ACCENT,
    INK,
    PAPER,
    QUIET,
    WATER,
    figure,
    joined,
    label,
    tag,
)
from overflight.web.words import share

WIDTH, LOWEST, HIGHEST = 960.0, 300.0, 620.0
SHOWN = 0.01  # candidates below one in a hundred are in the table, not on the map
LARGEST = 26.0  # radius in units of a disc of certainty; the area is the probability
SMALLEST_DISC = 7.0  # a rank number needs it
CAPTION = "Boundaries after Natural Earth, not authoritative"

Row = Mapping[str, Any]
LonLat = tuple[float, float]
Mark = tuple[LonLat, str]


def flight_map(trace: Row, land: Land, title: str) -> Markup:
    """The map of a flight: its `trace` is the content of trace.json."""
    rows, silences = trace["rows"], trace["silences"]
    pieces = [
        [(row[1], row[2]) for row in part]
        for piece, part in groupby(sorted(rows, key=_piece), key=_piece)
        if piece >= 0
    ]
    aside = [(row[1], row[2]) for row in rows if row[10] < 0]
    return place_map(trace["candidates"], land, title, pieces, silences, aside)


def place_map(
    candidates: Sequence[Row],
    land: Land,
    title: str,
    pieces: Sequence[Sequence[LonLat]] = (),
    silences: Sequence[Row] = (),
    aside: Sequence[LonLat] = (),
    fixes: Sequence[Mark] = (),
) -> Markup:
    """A map with whatever of that there is; flagged positions stand beside the line and do not stretch it."""
    likely = ranked(candidates)
    seen = [p for piece in pieces for p in piece] + [p for p, _ in fixes]
    seen += [tuple(s[end]) for s in silences for end in ("from_deg", "to_deg")]
    view = fitted(
        [*seen, *((c["longitude_deg"], c["latitude_deg"]) for _, c in likely)] or list(aside),
        WIDTH,
        LOWEST,
        HIGHEST,
    )
    marked = _marked(pieces, fixes)
    return figure(
        view.width,
        view.height,
        title,
        tag("rect", width=view.width, height=view.height, fill=WATER, class_="water"),
        land.drawn(view),
        _silences(silences, view),
        _pieces(pieces, view),
        _aside(aside, view),
        _fixes(marked, view),
        _discs(likely, view, marked),
        _scale(view),
        class_="map",
        **_bounds(view),
    )


def ranked(candidates: Iterable[Row]) -> list[tuple[int, Row]]:
    """Candidates on the map with their rank at their end of the flight, likeliest first."""
    open_ = [c for c in candidates if not c["ruled_out"] and (c["probability"] or 0) >= SHOWN]
    found = []
    for _, group in groupby(
        sorted(open_, key=lambda c: (c["end"], -c["probability"])), key=lambda c: c["end"]
    ):
        found += list(enumerate(group, 1))
    return found


def _piece(row: Sequence[Any]) -> int:
    return int(row[10])


def _bounds(view: View) -> dict[str, object]:
    """How a program finds places on the drawing: Web Mercator x of the left edge, y of the top, the scale."""
    return {
        "data_west": f"{view.west:.6f}",
        "data_north": f"{view.north:.6f}",
        "data_scale": f"{view.scale:.6f}",
    }


def _line(points: Sequence[LonLat], view: View) -> str:
    """Path data to a tenth of a unit; positions that fall together on the drawing are one vertex."""
    x, y = view.xy([p[0] for p in points], [p[1] for p in points])
    column, row = np.rint(x * 2).astype(np.int64), np.rint(y * 2).astype(np.int64)
    keep = np.ones(len(column), np.bool_)
    keep[1:] = (np.diff(column) != 0) | (np.diff(row) != 0)
    places = zip(column[keep].tolist(), row[keep].tolist(), strict=True)
    return "M" + "L".join(f"{a / 2:g} {b / 2:g}" for a, b in places)


def _pieces(pieces: Sequence[Sequence[LonLat]], view: View) -> Markup:
    drawn = "".join(_line(piece, view) for piece in pieces if len(piece) > 1)
    lone = [piece[0] for piece in pieces if len(piece) == 1]
    marks = _dots(lone, view, 2.6, fill=INK, class_="fix")
    lines = (
        (
            tag(
                "path",
                d=drawn,
                fill="none",
                stroke=PAPER,
                stroke_width="5",
                stroke_linejoin="round",
                class_="halo",
            ),
            tag(
                "path",
                d=drawn,
                fill="none",
                stroke=INK,
                stroke_width="2.4",
                stroke_linejoin="round",
                stroke_linecap="round",
                class_="seen",
            ),
        )
        if drawn
        else ()
    )
    return joined([*lines, marks])


def _silences(silences: Sequence[Row], view: View) -> Markup:
    drawn = "".join(_line([tuple(s["from_deg"]), tuple(s["to_deg"])], view) for s in silences)
    return (
        tag(
            "path",
            d=drawn,
            fill="none",
            stroke=ACCENT,
            stroke_width="1.8",
            stroke_dasharray="1 5",
            stroke_linecap="round",
            class_="silence",
        )
        if drawn
        else Markup("")
    )


def _dots(points: Sequence[LonLat], view: View, radius: float, **attributes: object) -> Markup:
    if not points:
        return Markup("")
    x, y = view.xy([p[0] for p in points], [p[1] for p in points])
    seen = dict.fromkeys(zip(np.round(x, 0).tolist(), np.round(y, 0).tolist(), strict=True))
    return joined(
        tag("circle", cx=a, cy=b, r=radius, **attributes)
        for a, b in seen
        if -20 < a < view.width + 20 and -20 < b < view.height + 20
    )


def _aside(aside: Sequence[LonLat], view: View) -> Markup:
    return _dots(aside, view, 2.4, fill="none", stroke=QUIET, stroke_width="1", class_="aside")


def _marked(pieces: Sequence[Sequence[LonLat]], fixes: Sequence[Mark]) -> list[Mark]:
    """Places that a label stands beside: the fixes given, and both ends of what was seen."""
    whole = [p for piece in pieces for p in piece]
    ends = [(whole[0], "first seen"), (whole[-1], "last seen")] if whole else []
    return [*fixes, *ends]


def _fixes(fixes: Sequence[Mark], view: View) -> Markup:
    drawn = []
    levels: list[tuple[float, float]] = []
    for (longitude, latitude), words in fixes:
        x, y = (float(v) for v in view.xy(longitude, latitude))
        right = x < view.width * 0.8
        level = y - 7
        while any(abs(x - a) < 70 and abs(level - b) < 12 for a, b in levels):
            level += 14  # below the label it would lie on
        levels.append((x, level))
        drawn += [
            tag(
                "rect",
                x=x - 3.5,
                y=y - 3.5,
                width=7,
                height=7,
                fill=INK,
                stroke=PAPER,
                stroke_width="1.5",
                class_="end",
            ),
            label(
                x + (9 if right else -9),
                level,
                words,
                text_anchor="start" if right else "end",
                font_size="11",
            ),
        ]
    return joined(drawn)


def _discs(likely: Sequence[tuple[int, Row]], view: View, marked: Sequence[Mark]) -> Markup:
    drawn = []
    names = []
    for rank, candidate in reversed(likely):
        x, y = (float(v) for v in view.xy(candidate["longitude_deg"], candidate["latitude_deg"]))
        chance = candidate["probability"]
        radius = max(SMALLEST_DISC, LARGEST * sqrt(chance))
        sure = chance >= 0.999
        drawn.append(
            tag(
                "g",
                tag("title", f"{rank}. {candidate['name']} ({candidate['ident']}), {share(chance)}"),
                tag(
                    "circle",
                    cx=x,
                    cy=y,
                    r=radius,
                    fill=ACCENT,
                    fill_opacity="0.9" if sure else "0.16",
                    stroke=ACCENT,
                    stroke_width="1.5" if chance >= 0.5 else "1.2",
                    stroke_dasharray=None if chance >= 0.5 else "3 2",
                    class_="disc",
                ),
                label(x, y + 4, str(rank), text_anchor="middle", font_weight="700"),
                class_="candidate",
            )
        )
        if rank <= 3:
            names.append((x, y, radius, f"{candidate['ident']} {share(chance)}"))
    return joined([*drawn, *_names(names, view, [view.xy(*where) for where, _ in marked])])


def _names(
    names: Sequence[tuple[float, float, float, str]], view: View, marks: Sequence[tuple[Any, Any]]
) -> list[Markup]:
    """Names beside their discs, moved down where they would lie on each other or on a mark's label."""
    placed = [(float(x) + 9, float(y) - 7) for x, y in marks]
    drawn = []
    for x, y, radius, words in reversed(names):
        right = x < view.width * 0.75
        at, level = x + (radius + 5) * (1 if right else -1), y + 4
        while any(abs(at - a) < 90 and abs(level - b) < 14 for a, b in placed):
            level += 14
        placed.append((at, level))
        drawn.append(label(at, level, words, text_anchor="start" if right else "end", font_weight="600"))
    return drawn


def _scale(view: View) -> Markup:
    """A bar of a round length, and what the boundaries are worth."""
    lengths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
    km = max([n for n in lengths if n * view.units_per_km <= 160] or [1])
    long, foot = km * view.units_per_km, view.height - 14
    return joined(
        [
            tag(
                "path",
                d=f"M16 {foot - 5:.1f}V{foot:.1f}H{16 + long:.1f}V{foot - 5:.1f}",
                fill="none",
                stroke=INK,
                stroke_width="1.2",
                class_="rule",
            ),
            label(22.0 + long, foot + 1, f"{km:,} km", font_size="11"),
            label(view.width - 12, foot + 1, CAPTION, font_size="10.5", text_anchor="end", fill=QUIET),
        ]
    )


def points_map(points: Sequence[LonLat], land: Land, title: str) -> Markup:
    """A map of positions alone."""
    view = fitted(points, WIDTH, LOWEST, HIGHEST)
    return figure(
        view.width,
        view.height,
        title,
        tag("rect", width=view.width, height=view.height, fill=WATER, class_="water"),
        land.drawn(view),
        _dots(points, view, 1.8, fill=INK, class_="fix"),
        _scale(view),
        class_="map",
        **_bounds(view),
    )
