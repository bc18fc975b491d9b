"""PDF by Typst, with the fonts of the package, then its own, and no others: the same bytes anywhere."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import QuestionError
from overflight.web.figures.png import FONTS
from overflight.web.words import UNREADABLE

# For archives: every letter has its meaning, and programs can read it aloud (ISO 19005-2, level A).
STANDARD = "a-2a"
# The standard wants a date. That of making would make two copies of a sheet differ: this is plainly none.
NO_TIME = 0  # 1970-01-01, as reproducible programs write it
_UNPRINTABLE = re.compile(r'the text `"(.+?)"` could not be displayed')
# A drawing is 960 units wide: so it is as wide as two columns of a paper.
DRAWING = (
    '#set document(title: sys.inputs.title, author: "Overflight")\n'
    "#set page(width: 170mm, height: auto, margin: 0mm)\n"
    '#set text(font: ("Noto Sans", "Noto Sans Hebrew", "Noto Sans Arabic"), lang: "en")\n'
    '#image(bytes(sys.inputs.told), format: "svg", width: 100%, alt: sys.inputs.title)\n'
)


def is_possible() -> bool:
    """Whether the library that sets pages is installed."""
    from importlib.util import find_spec

    return find_spec("typst") is not None


def pdf_of(template: Path, told: Mapping[str, Any]) -> bytes:
    """A page of a template and what it is told; raises QuestionError where Typst is not installed.

    Letters of writings that no font here has stand as the replacement character, and `told["unprintable"]`
    is true then.
    """
    text = json.dumps({**told, "unprintable": False}, ensure_ascii=False)
    return _compiled(template.read_bytes(), {"told": text})


def drawing_pdf(svg: str, title: str) -> bytes:
    """A drawing alone on a page of its size."""
    return _compiled(DRAWING.encode(), {"told": svg, "title": title})


def _compiled(source: bytes, inputs: dict[str, str]) -> bytes:
    try:
        import typst
    except ImportError as error:
        raise QuestionError(
            "making a PDF needs a library that is not installed: pip install 'overflight[pdf]'"
        ) from error
    compile_: Any = typst.compile
    while True:
        try:
            return bytes(compile_(
                source, format="pdf", font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=inputs,
                pdf_standards=[STANDARD], timestamp=NO_TIME,
            ))  # fmt: skip
        except typst.TypstError as error:
            found = _UNPRINTABLE.search(str(error))
            letters = {letter for letter in found[1] if not letter.isascii()} if found else set()
            if not letters - {UNREADABLE}:
                raise
            writings = {_writing(letter) for letter in letters}
            inputs = {name: _without(text, writings) for name, text in inputs.items()}


def _without(text: str, writings: set[str]) -> str:
    """The text with every letter of some writings replaced."""
    kept = "".join(c if c.isascii() or _writing(c) not in writings else UNREADABLE for c in text)
    return kept if kept == text else kept.replace('"unprintable": false', '"unprintable": true')


def _writing(letter: str) -> str:
    """The first word of a letter's name, which is that of its writing: `CJK`, `GEORGIAN`."""
    return unicodedata.name(letter, "UNNAMED").split()[0]
