"""Height and speed along a flight, silences hatched, stays in countries as bands below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from overflight.clock import iso_utc
from overflight.model.grades import INFERRED, OBSERVED
from overflight.units import MILLISECONDS_PER_MINUTE
from overflight.web.figures.svg import FAINT, HAIR, INK, PAPER, QUIET, figure, hatch, joined, label, tag

WIDTH, LEFT, RIGHT, TOP, PLOT, BAND = 960.0, 52.0, 44.0, 26.0, 168.0, 19.0
Row = Mapping[str, Any]
_TIME, _BARO, _GEO, _SPEED, _PIECE = 0, 3, 4, 5, 10
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
_STEPS_FT = (500, 1000, 2000, 5000, 10000, 20000)
_STEPS_KT = (50, 100, 200, 400)
MOST_LANES = 6
LETTER = 7.4  # units of the mean letter at size 11, so that a name is left out rather than cut
_OPACITY = {OBSERVED: "0.8", INFERRED: "0.3"}


class _Scale:
    """Values to units, and the round values between."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, max(high, low + 1), start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def profile(trace: Row, title: str) -> Markup:
    """The profile of a trace; `sure` of a crossing is [ms, ms] within which it must have been inside.

    `data-from-ms`, `data-to-ms` and the plot's box in units stand on the drawing.
    """
    rows = [row for row in trace["rows"] if row[_PIECE] >= 0] or trace["rows"]
    times = [row[_TIME] for row in rows] + [s[k] for s in trace["silences"] for k in ("from", "to")]
    x = _Scale(min(times), max(max(times), min(times) + MILLISECONDS_PER_MINUTE), LEFT, WIDTH - RIGHT)
    column = _BARO if any(row[_BARO] is not None for row in rows) else _GEO
    foot = TOP + PLOT
    height = _Scale(0, _top([row[column] for row in rows], _STEPS_FT), foot, TOP)
    speed = _Scale(0, _top([row[_SPEED] for row in rows], _STEPS_KT), foot, TOP)
    lanes = _lanes(trace["crossings"], x)
    total = foot + 24 + BAND * len(lanes) + (8 if lanes else 0)
    kind = "Pressure altitude, ft" if column == _BARO else "Height above the ellipsoid, ft"
    return figure(
        WIDTH,
        total,
        title,
        hatch("unheard"),
        _silences(trace["silences"], x),
        _grid(height, x),
        tag(
            "path",
            d=_path(rows, _SPEED, x, speed),
            fill="none",
            stroke=QUIET,
            stroke_width="1",
            class_="speed",
        ),
        tag(
            "path",
            d=_path(rows, column, x, height),
            fill="none",
            stroke=INK,
            stroke_width="2",
            stroke_linejoin="round",
            class_="height",
        ),
        _dots(rows, column, x, height),
        label(LEFT, 14, kind, font_weight="600", font_size="11"),
        label(WIDTH - RIGHT, 14, "Ground speed, kt", fill=QUIET, text_anchor="end", font_size="11"),
        _speeds(speed),
        _bands(lanes, x, foot + 24),
        class_="profile",
        data_from_ms=int(x.low),
        data_to_ms=int(x.high),
        data_left=LEFT,
        data_right=WIDTH - RIGHT,
        data_top=TOP,
        data_bottom=foot,
    )


def _top(values: Sequence[float | None], steps: Sequence[int]) -> float:
    most = max([v for v in values if v is not None] or [0])
    step = _step(most, steps, 4)
    return step * max(1, -(-most // step))


def _step(span: float, steps: Sequence[int], most: int) -> int:
    return next((step for step in steps if span / step <= most), steps[-1])


def _grid(height: _Scale, x: _Scale) -> Markup:
    step = _step(height.high, _STEPS_FT, 4)
    drawn = []
    for value in range(0, int(height.high) + 1, step):
        y = height(value)
        drawn.append(
            tag(
                "path", d=f"M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}", stroke=HAIR if value else INK, class_="grid"
            )
        )
        drawn.append(label(LEFT - 6, y + 4, f"{value:,}", text_anchor="end", font_size="11", fill=QUIET))
    every = _step((x.high - x.low) / MILLISECONDS_PER_MINUTE, _STEPS_MIN, 8) * MILLISECONDS_PER_MINUTE
    tick = -(-int(x.low) // every) * every
    while tick <= x.high:
        iso = iso_utc(tick) or ""
        drawn.append(tag("path", d=f"M{x(tick):.1f} {height.start:.1f}v4", stroke=INK, class_="grid"))
        drawn.append(
            label(x(tick), height.start + 16, iso[11:16], text_anchor="middle", font_size="11", fill=QUIET)
        )
        tick += every
    return joined(drawn)


def _speeds(speed: _Scale) -> Markup:
    step = _step(speed.high, _STEPS_KT, 4)
    return joined(
        label(WIDTH - RIGHT + 6, speed(v) + 4, str(v), font_size="11", fill=QUIET)
        for v in range(0, int(speed.high) + 1, step)
    )


def _path(rows: Sequence[Sequence[Any]], column: int, x: _Scale, y: _Scale) -> str:
    """A line through what is known, broken where the flight's line is; points of one place are one vertex."""
    parts = []
    for _, piece in groupby(rows, key=lambda row: row[_PIECE]):
        known = ((round(x(r[_TIME]) * 2), round(y(r[column]) * 2)) for r in piece if r[column] is not None)
        places = list(dict.fromkeys(known))
        if len(places) > 1:
            parts.append("M" + "L".join(f"{a / 2:g} {b / 2:g}" for a, b in places))
    return "".join(parts)


def _dots(rows: Sequence[Sequence[Any]], column: int, x: _Scale, y: _Scale) -> Markup:
    """The reports themselves, where there are few enough to tell them apart."""
    if len(rows) > 200:
        return Markup("")
    return joined(
        tag("circle", cx=x(r[_TIME]), cy=y(r[column]), r="2.4", fill=INK, class_="fix")
        for r in rows
        if r[column] is not None
    )


def _silences(silences: Sequence[Row], x: _Scale) -> Markup:
    drawn = []
    for silence in silences:
        start, end = x(silence["from"]), x(silence["to"])
        drawn.append(
            tag(
                "rect",
                x=start,
                y=TOP,
                width=max(end - start, 1),
                height=PLOT,
                fill="url(#unheard)",
                class_="gap",
            )
        )
        if end - start > 70:
            drawn.append(
                label(
                    (start + end) / 2, TOP + 14, "not heard", text_anchor="middle", font_size="11", fill=QUIET
                )
            )
    return joined(drawn)


def _lanes(crossings: Sequence[Row], x: _Scale) -> list[list[Row]]:
    """Stays spread over as many lines as it takes for none to hide another, the surest first."""
    lanes: list[list[Row]] = []
    for stay in sorted(crossings, key=lambda c: (c["grade"] != OBSERVED, c["entry_ms"])):
        for lane in lanes:
            if all(stay["exit_ms"] <= o["entry_ms"] or stay["entry_ms"] >= o["exit_ms"] for o in lane):
                lane.append(stay)
                break
        else:
            if len(lanes) < MOST_LANES:
                lanes.append([stay])
    return lanes


def _bands(lanes: Sequence[Sequence[Row]], x: _Scale, top: float) -> Markup:
    return joined(_band(stay, x, top + number * BAND) for number, lane in enumerate(lanes) for stay in lane)


def _band(stay: Row, x: _Scale, top: float) -> Markup:
    """Hatched as long as the data allow, filled as long as they must: from sure entry to sure exit."""
    left, right = max(x(stay["entry_ms"]), LEFT), min(x(stay["exit_ms"]), WIDTH - RIGHT)
    right = max(right, left + 1.5)
    box = {"y": top + 4, "height": BAND - 4}
    parts = [
        tag("title", f"{stay['name']}: {stay['grade']}"),
        tag("rect", x=left, width=right - left, fill="url(#unheard)", stroke=FAINT, stroke_width="0.8",
            class_="band", **box),
    ]  # fmt: skip
    name, at = stay["name"], left
    on_fill = False
    opacity, sure = _OPACITY.get(stay["grade"]), stay.get("sure")
    if sure is not None and opacity is not None:
        first, last = max(x(sure[0]), left), min(x(sure[1]), right)
        last = max(last, first + 1.5)
        parts.append(tag("rect", x=first, width=last - first, fill=INK, fill_opacity=opacity,
                         class_=f"band {stay['grade']}", **box))  # fmt: skip
        if last - first > LETTER * len(name):
            at, on_fill = first, stay["grade"] == OBSERVED
    if right - at > LETTER * len(name):
        words = tag("text", name, x=at + 5, y=top + 15, font_size="11", fill=PAPER, class_="bandname")
        parts.append(words if on_fill else label(at + 5, top + 15, name, font_size="11"))
    return tag("g", *parts)
