"""Paragraphs, sections and bullets of printed text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 100  # columns: a printed page in 10 point


def section(title: str, lines: Iterable[str]) -> str:
    """A title, its rule, and the lines under it."""
    return "\n".join(["", title, "-" * len(title), *lines])


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph of WIDTH columns."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def bullet(text: str) -> str:
    """A paragraph behind a star."""
    return textwrap.fill(text, WIDTH, initial_indent=" * ", subsequent_indent="   ", break_on_hyphens=False)
