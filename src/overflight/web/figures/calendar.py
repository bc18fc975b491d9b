"""Days of an aircraft's activity: seen, loaded without it, and not loaded look different."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from markupsafe import Markup

from overflight.web.figures.svg import HAIR, INK, PAPER, QUIET, figure, joined, label, tag

CELL, LEFT, TOP, YEAR = 15.0, 44.0, 22.0, 128.0
WIDTH = 960.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ((0, "Mon"), (2, "Wed"), (4, "Fri"))
MOST_YEARS = 12


def calendar(seen: Mapping[str, int], loaded: Collection[str], title: str) -> Markup:
    """Years of weeks; `seen` counts flights by day, `loaded` are the days that hold any recording."""
    years = sorted({day[:4] for day in (*seen, *loaded)}, reverse=True)[:MOST_YEARS]
    drawn = [_year(int(year), k, seen, loaded) for k, year in enumerate(years)]
    return figure(WIDTH, max(YEAR * len(years), 20.0) + 4, title, *drawn, class_="calendar")


def _year(year: int, number: int, seen: Mapping[str, int], loaded: Collection[str]) -> Markup:
    top = TOP + number * YEAR
    first = date(year, 1, 1)
    lead = first.weekday()
    parts = [label(0, top - 8, str(year), font_weight="700")]
    parts += [label(0, top + 11.5 + row * CELL, name, font_size="10", fill=QUIET) for row, name in _DAYS]
    empty = []
    for offset in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=offset)
        x, y = LEFT + (offset + lead) // 7 * CELL, top + day.weekday() * CELL
        if day.day == 1:
            parts.append(label(x, top - 8, _MONTHS[day.month - 1], font_size="10", fill=QUIET))
        text = day.isoformat()
        if text in seen:
            words = f"{text}: {seen[text]} {'flight' if seen[text] == 1 else 'flights'}"
            parts.append(_cell(x, y, words, "day seen", fill=INK))
        elif text in loaded:
            parts.append(_cell(x, y, f"{text}: loaded, not seen", "day none", fill=PAPER, stroke=QUIET))
        else:
            empty.append(f"M{x + CELL / 2 - 1:g} {y + CELL / 2 - 1:g}h2")
    parts.append(tag("path", d="".join(empty), stroke=HAIR, stroke_width="2", class_="day not-loaded"))
    return joined(parts)


def _cell(x: float, y: float, words: str, class_: str, **attributes: object) -> Markup:
    box = tag(
        "rect",
        tag("title", words),
        x=x + 1,
        y=y + 1,
        width=CELL - 3,
        height=CELL - 3,
        class_=class_,
        **attributes,
    )
    return box
