"""What was said of the first field, and what came true: the calibration diagram."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from overflight.web.figures.svg import ACCENT, HAIR, INK, QUIET, figure, label, tag

SIDE, LEFT, TOP = 320.0, 56.0, 14.0
WIDTH, HEIGHT = 560.0, 392.0


def calibration(bins: Sequence[tuple[float, float, int]]) -> Markup:
    """A dot for each bin of (said, true in percent, stops); its area is the number of stops."""
    parts = []
    for value in range(0, 101, 25):
        parts.append(
            tag(
                "path",
                d=f"M{LEFT:g} {_y(value):.1f}h{SIDE:g}M{_x(value):.1f} {TOP:g}v{SIDE:g}",
                stroke=HAIR,
                class_="grid",
            )
        )
        parts.append(
            label(LEFT - 8, _y(value) + 4, f"{value} %", text_anchor="end", font_size="11", fill=QUIET)
        )
        parts.append(
            label(_x(value), TOP + SIDE + 18, f"{value} %", text_anchor="middle", font_size="11", fill=QUIET)
        )
    parts.append(
        tag(
            "path",
            d=f"M{_x(0):.1f} {_y(0):.1f}L{_x(100):.1f} {_y(100):.1f}",
            stroke=INK,
            stroke_dasharray="2 4",
            class_="rule",
        )
    )
    most = max((n for _, _, n in bins), default=1)
    for said, true, n in bins:
        words = f"said {said:g} %, came true {true:g} % of {n:,}"
        parts.append(
            tag(
                "circle",
                tag("title", words),
                cx=_x(said),
                cy=_y(true),
                r=max(3.0, 15 * (n / most) ** 0.5),
                fill=ACCENT,
                fill_opacity="0.3",
                stroke=ACCENT,
                class_="disc",
            )
        )
    parts.append(
        label(LEFT + SIDE / 2, HEIGHT - 14, "Probability said of the first field", text_anchor="middle")
    )
    parts.append(
        label(LEFT + SIDE + 14, _y(100) + 4, "came true as often as said", font_size="11", fill=QUIET)
    )
    return figure(WIDTH, HEIGHT, "What was said of the first field and how often it came true", *parts)


def _x(percent: float) -> float:
    return LEFT + percent / 100 * SIDE


def _y(percent: float) -> float:
    return TOP + SIDE - percent / 100 * SIDE
