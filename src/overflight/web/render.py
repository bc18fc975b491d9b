"""Templates to HTML: escaped always, nothing undefined, control characters kept out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from overflight.web import words
from overflight.web.document import HTML, Document

TEMPLATES = Path(__file__).parent / "templates"
GRADE_MEANINGS = {
    "observed": "reports from the ground or very low over the field show it; nothing contradicts them",
    "inferred": "not seen there; calculated probability of at least one half",
    "compatible": "could have been: probability from one in a hundred to one half, nothing more",
    "unknown": "the data do not say",
    "contradicted": "the data were there and say no",
}


def _harmless(value: Any) -> Any:
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


class Renderer:
    """Makes documents of templates; compiled once."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
            finalize=_harmless, trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        for name in (
            "when", "clock", "when_ms", "interval", "share", "count", "duration", "path_part", "dated",
        ):  # fmt: skip
            self._environment.filters[name] = getattr(words, name)
        self._environment.globals |= {"place_deg": words.place_deg, "grade_meanings": GRADE_MEANINGS}

    def document(
        self, template: str, path: str, status: int = 200, keep: bool = True, **facts: Any
    ) -> Document:
        """The page at a path; links in it are relative to that path."""
        text = self._environment.get_template(template).render(root=root_of(path), path=path, **facts)
        return Document(text.encode("utf-8", "replace"), HTML, status, keep=keep)


def root_of(path: str) -> str:
    """The way from a page back to the site's root: `../../` for `flight/ID/`, `./` for the root."""
    return "../" * path.count("/") or "./"
