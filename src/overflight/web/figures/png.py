"""PNG of a drawing, with the fonts that come with the package and no others: the same picture anywhere."""

from __future__ import annotations

from pathlib import Path

import resvg_py

FONTS = Path(__file__).parents[1] / "static" / "fonts"
FAMILY = "Noto Sans"
WIDTH_PX = 1920  # twice the drawing's units: sharp in print at 16 cm and 300 dpi


def png(svg: str) -> bytes:
    """The drawing as PNG, 1920 pixels wide, on white."""
    fonts = [str(file) for file in sorted(FONTS.glob("*.ttf"))]
    made = resvg_py.svg_to_bytes(
        svg_string=svg, width=WIDTH_PX, background="#ffffff", font_files=fonts, font_family=FAMILY,
        sans_serif_family=FAMILY, skip_system_fonts=True,
    )  # fmt: skip
    return bytes(made)
