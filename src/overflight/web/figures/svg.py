"""SVG as text: escaped attributes, in presentation attributes and classes only, never in styles."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from overflight.web.words import clean

# Light-mode colours stand in the file, so that it is right anywhere; site.css overrules them in the page.
INK, QUIET, FAINT, HAIR = "#1b2630", "#55606a", "#8d97a1", "#d5dade"
ACCENT, WATER, LAND, BORDER = "#a3341b", "#dfe7ee", "#f6f4ef", "#a9afb5"
PAPER = "#ffffff"
FONT = "Noto Sans, sans-serif"


def tag(name: str, *inner: object, **attributes: object) -> Markup:
    """An element; `class_` is class, `stroke_width` stroke-width, None leaves an attribute out."""
    text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = Markup("").join(escape(clean(i) if type(i) is str else i) for i in inner)
    return Markup(f"<{name}{text}/>") if not inner else Markup(f"<{name}{text}>{body}</{name}>")


def joined(parts: Iterable[Markup]) -> Markup:
    """Elements one after the other."""
    return Markup("").join(parts)


def figure(width: float, height: float, title: str, *inner: object, **attributes: object) -> Markup:
    """A whole drawing with its title, which is what a screen reader says of it."""
    return tag(
        "svg",
        tag("title", title),
        *inner,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        role="img",
        font_family=FONT,
        font_size="12",
        fill=INK,
        **attributes,
    )


def hatch(id_: str) -> Markup:
    """The pattern of what was not seen: slanting hairlines, to be used as `url(#ID)`."""
    return tag(
        "defs",
        tag(
            "pattern",
            tag("path", d="M0 0V6", stroke=FAINT, stroke_width="1.6", class_="hatch"),
            id=id_,
            width="6",
            height="6",
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )


def label(x: float, y: float, text: str, **attributes: object) -> Markup:
    """A text with a halo of paper, readable over lines."""
    both: dict[str, object] = {
        "paint_order": "stroke",
        "stroke": PAPER,
        "stroke_width": 3,
        "stroke_linejoin": "round",
    }
    given = {"class_": "label", **both, **attributes}
    return tag("text", text, x=x, y=y, **given)


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(escape(clean(str(value))))
