"""Visits by month, stacked by how sure they are, with the expected number marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from overflight.web.figures.svg import ACCENT, HAIR, INK, QUIET, figure, joined, label, tag

WIDTH, LEFT, RIGHT, TOP, PLOT = 960.0, 52.0, 8.0, 14.0, 180.0
WIDEST = 46.0
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
STACKED = ("observed", "inferred", "compatible")


@dataclass
class Month:
    """Counts by grade of a month (or day) and the sum of the probabilities; `loaded` where anything was."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    expected: float | None = None
    loaded: bool = True


def months(bars: Sequence[Month], title: str) -> Markup:
    """The bars; a month without any recording says so by a gap with a mark below it."""
    most = max(
        [sum(b.counts.get(g, 0) for g in STACKED) for b in bars] + [b.expected or 0 for b in bars] + [1]
    )
    step = next((s for s in _STEPS if most / s <= 4), _STEPS[-1])
    top = step * -(-most // step)
    foot, pitch = TOP + PLOT, min((WIDTH - LEFT - RIGHT) / max(len(bars), 1), WIDEST * 1.3)
    parts = [_pattern()]
    for value in range(0, int(top) + 1, step):
        y = foot - value / top * PLOT
        parts.append(
            tag(
                "path",
                d=f"M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}",
                stroke=HAIR if value else INK,
                class_="grid" if value else "grid base",
            )
        )
        parts.append(label(LEFT - 8, y + 4, f"{value:,}", text_anchor="end", font_size="11", fill=QUIET))
    every = max(1, -(-len(bars) * 46 // int(WIDTH - LEFT - RIGHT)))
    for k, bar in enumerate(bars):
        parts.append(_bar(bar, LEFT + k * pitch, pitch, foot, PLOT / top, k % every == 0))
    return figure(WIDTH, foot + 26, title, *parts, class_="months")


def _bar(bar: Month, x: float, pitch: float, foot: float, unit: float, named: bool) -> Markup:
    width, y, parts = min(pitch * 0.72, WIDEST), foot, []
    counts = ", ".join(f"{bar.counts[g]} {g}" for g in STACKED if bar.counts.get(g)) or "none"
    words = f"{bar.name}: {counts if bar.loaded else 'not loaded'}"
    if bar.expected is not None:
        words += f"; expected {bar.expected:.1f}"
    for grade in STACKED:
        high = bar.counts.get(grade, 0) * unit
        if high:
            y -= high
            parts.append(
                tag("rect", x=x, y=y, width=width, height=high, class_=f"col {grade}", **_paint(grade))
            )
    if bar.expected is not None:
        level = foot - bar.expected * unit
        parts.append(
            tag(
                "path",
                d=f"M{x - 3:.1f} {level:.1f}h{width + 6:.1f}",
                stroke=INK,
                stroke_width="2",
                class_="expected",
            )
        )
    if named:
        parts.append(
            label(x + width / 2, foot + 16, bar.name, text_anchor="middle", font_size="10.5", fill=QUIET)
        )
    return tag("g", tag("title", words), *parts)


def _paint(grade: str) -> Mapping[str, object]:
    if grade == "observed":
        return {"fill": INK}
    if grade == "inferred":
        return {"fill": "url(#inferred)", "stroke": ACCENT, "stroke_width": 1}
    return {"fill": "none", "stroke": ACCENT, "stroke_width": 1, "stroke_dasharray": "3 2"}


def _pattern() -> Markup:
    line = tag("path", d="M0 0V5", stroke=ACCENT, stroke_width="2", class_="hatch-accent")
    return joined(
        [
            tag(
                "defs",
                tag(
                    "pattern",
                    line,
                    id="inferred",
                    width="5",
                    height="5",
                    patternUnits="userSpaceOnUse",
                    patternTransform="rotate(45)",
                ),
            )
        ]
    )
