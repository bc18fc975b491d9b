"""Who was named when: a lane for each field and source, solid for stated dates, hatched between lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from overflight.clock import day_number, day_text
from overflight.web.figures.svg import ACCENT, FAINT, HAIR, INK, PAPER, QUIET, figure, label, tag

Row = Mapping[str, Any]
WIDTH, LEFT, RIGHT, TOP = 760.0, 4.0, 12.0, 6.0
HEAD, BAR, PITCH, SPACE = 17.0, 15.0, 20.0, 7.0  # heights: a lane's name, a bar, bar to bar, lane to lane
LEAST = 3.0  # width of a day that would not be seen
MOST = 40  # bars drawn: more are a wall, and the table has them all
HATCH = "list-changed"
_LETTER, _WIDE = 7.0, 13.0  # width of a letter at 12 px, and of one of the scripts written wide
_FEWEST = 6  # letters of a name that still say something
_PAD = 0.02  # of the time drawn, left free on either side
_YEARS = (1, 2, 5, 10, 20, 50)
_TICKS = 8  # most of them: dates of ten letters keep apart


@dataclass(frozen=True)
class _Bar:
    """One saying on the axis, days as day numbers: what stands solid, and what is known around it."""

    row: Row
    first: int
    last: int
    after: int | None  # the list's edition before
    before: int | None  # the list's edition after
    is_stated: bool
    is_open: bool  # nothing at hand ends it

    @property
    def begin(self) -> int:
        return self.first if self.after is None else self.after

    @property
    def end(self) -> int:
        return self.last if self.before is None else self.before


def lanes(rows: Sequence[Row], on: str, title: str) -> Markup:
    """The drawing of rows of a timeline, each with its `number` in the table; `on` is the day told."""
    bars = [_bar(row) for row in rows[:MOST]]
    days = [day for bar in bars for day in (bar.begin, bar.end)] + [day_number(on)]
    axis = _Axis(min(days), max(days))
    y, parts = TOP, []
    for (field, source), some in groupby(bars, key=lambda bar: (bar.row["what"], bar.row["source"])):
        parts.append(label(LEFT, y + 12, f"{field}, {source}", font_size="12", fill=QUIET))
        y += HEAD
        for line in _lines(list(some), axis):
            parts += [_drawn(bar, following, axis, y) for bar, following in line]
            y += PITCH
        y += SPACE
    if len(rows) > MOST:
        more = f"and {len(rows) - MOST} more, in the table"
        parts.append(label(LEFT, y + 12, more, font_size="12", fill=QUIET))
        y += HEAD
    grid = _grid(axis, y, on)
    return figure(WIDTH, y + 22, title, _pattern(), *grid, *parts, class_="lanes")


class _Axis:
    """Days to x."""

    def __init__(self, first: int, last: int) -> None:
        pad = max(round((last - first) * _PAD), 20)
        self.first, self.last = first - pad, last + pad

    def x(self, day: int) -> float:
        """Where a day lies."""
        return LEFT + (day - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def ticks(self) -> list[int]:
        """First days of years, so few that they keep apart; of quarters where it is less than three years."""
        first, last = (int(day_text(day)[:4]) for day in (self.first, self.last))
        if last - first < 3:
            months = [f"{year}-{month:02}-01" for year in range(first, last + 1) for month in (1, 4, 7, 10)]
            return [day for text in months if self.first <= (day := day_number(text)) <= self.last]
        step = next((n for n in _YEARS if (last - first) / n <= _TICKS), _YEARS[-1])
        years = [year for year in range(first, last + 1) if year % step == 0]
        return [day for year in years if self.first <= (day := day_number(f"{year:04}-01-01"))]


def _bar(row: Row) -> _Bar:
    since, until, first, last, after, before = (
        None if row[name] is None else day_number(row[name])
        for name in ("since", "until", "said_first", "said_last", "changed_after", "changed_before")
    )
    begin = since if since is not None else first if first is not None else until or 0
    end = until if until is not None else last if last is not None else begin
    stated = since is not None or until is not None
    return _Bar(
        row, min(begin, end), max(begin, end), None if since is not None else after,
        None if until is not None else before, stated, until is None and before is None,
    )  # fmt: skip


def _lines(bars: Sequence[_Bar], axis: _Axis) -> list[list[tuple[_Bar, float]]]:
    """Bars that do not lie over each other, line by line; each with where the next of its line begins."""
    lines: list[list[_Bar]] = []
    for bar in bars:
        free = (line for line in lines if axis.x(line[-1].end) + LEAST <= axis.x(bar.begin))
        line = next(free, None)
        if line is None:
            lines.append([bar])
        else:
            line.append(bar)
    ends = WIDTH - RIGHT
    return [
        [(bar, axis.x(line[k + 1].begin) if k + 1 < len(line) else ends) for k, bar in enumerate(line)]
        for line in lines
    ]


def _drawn(bar: _Bar, following: float, axis: _Axis, y: float) -> Markup:
    x, end = axis.x(bar.first), max(axis.x(bar.last), axis.x(bar.first) + LEAST)
    parts: list[Markup] = [tag("title", _words(bar.row))]
    for one, other in ((bar.after, bar.first), (bar.last, bar.before)):
        if one is not None and other is not None and other > one:
            parts.append(_box(axis.x(one), axis.x(other), y, "between", fill=f"url(#{HATCH})", stroke=FAINT))
    if bar.is_stated:
        parts.append(_box(x, end, y, "stated", fill=INK, stroke=INK))
    else:
        parts.append(_box(x, end, y, "listed", fill=PAPER, stroke=INK))
    if bar.row["kind"] == "document" and bar.row["said_first"]:
        parts.append(_diamond(axis.x(day_number(bar.row["said_first"])), y + BAR / 2))
    name, beyond = _named(bar, x, end, max(end, axis.x(bar.end)), following, y)
    if bar.is_open and following - beyond > LEAST:
        dotted = {"stroke": QUIET, "stroke_width": 1.5, "stroke_dasharray": "1.5 4", "class_": "open"}
        parts.append(tag("path", d=f"M{beyond:.1f} {y + BAR / 2:.1f}H{following:.1f}", **dotted))
    return tag("g", *parts, *name)


def _named(
    bar: _Bar, x: float, end: float, beyond: float, following: float, y: float
) -> tuple[list[Markup], float]:
    """Its number in the table with as much of the name as there is room for, in the bar or behind it.

    Also where what is drawn of it ends.
    """
    number, text = str(bar.row["number"]), str(bar.row["value"])
    at_mark = 9.0 if bar.row["kind"] == "document" else 0.0
    inside, behind = end - x - 8 - 2 * at_mark, following - beyond - 10 - at_mark
    is_inside = inside >= behind or inside >= _width(f"{number} {text}")
    shown = _fitting(f"{number}  {text}", max(inside, behind), len(number))
    if max(inside, behind) < _width(number):
        return [], beyond
    if is_inside and bar.is_stated:
        paint = {"font_size": "12", "fill": PAPER, "class_": "on-stated"}
        return [tag("text", shown, x=x + 4, y=y + 11.5, **paint)], beyond
    at = x + 4 if is_inside else beyond + 5 + at_mark
    name = label(at, y + 11.5, shown, font_size="12")
    return [name], beyond if is_inside else at + _width(shown) + LEAST


def _fitting(text: str, room: float, least: int) -> str:
    """The text, or its beginning with an ellipsis, or its first `least` letters."""
    if _width(text) <= room:
        return text
    kept = text
    while kept and _width(kept) + _LETTER > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if len(kept) >= least + _FEWEST else text[:least]


def _width(text: str) -> float:
    return sum(_WIDE if ord(letter) > 0x2E7F else _LETTER for letter in text)


def _box(x: float, end: float, y: float, kind: str, **paint: object) -> Markup:
    return tag("rect", x=x, y=y, width=max(end - x, LEAST), height=BAR, class_=f"span {kind}", **paint)


def _diamond(x: float, y: float) -> Markup:
    shape = f"M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7-7z"
    return tag("path", d=shape, fill=ACCENT, stroke=PAPER, stroke_width="1.5", class_="paper")


def _words(row: Row) -> str:
    return f"{row['number']}: {row['what']} {row['value']}, {row['by']}; {'; '.join(row['times'])}"


def _grid(axis: _Axis, foot: float, on: str) -> Iterable[Markup]:
    for day in axis.ticks():
        x = axis.x(day)
        yield tag("path", d=f"M{x:.1f} {TOP:g}V{foot:.1f}", stroke=HAIR, class_="grid")
        text = day_text(day)
        text = text[:4] if text.endswith("-01-01") else text[:7]
        if x < WIDTH - 30:
            yield label(x, foot + 15, text, font_size="11", fill=QUIET, text_anchor="middle")
    x = axis.x(day_number(on))
    yield tag(
        "path", d=f"M{x:.1f} {TOP:g}V{foot:.1f}", stroke=ACCENT, stroke_width="1.2", class_="that-day"
    )


def _pattern() -> Markup:
    line = tag("path", d="M0 0V6", stroke=FAINT, stroke_width="1.6", class_="hatch")
    turned = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    return tag("defs", tag("pattern", line, id=HATCH, width="6", height="6", **turned))
