"""The home page: one search box with examples, and what the archive holds."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import Document
from overflight.web.pages.search import EXAMPLES


def page(desk: Desk, ask: Ask) -> Document:
    """The home page."""
    kinds = {kind for day in desk.archive.loaded().days for kind in day.data_kinds}
    return desk.page(
        "home.html", ask, tables=desk.info["tables"], loaded=desk.archive.loaded(), examples=EXAMPLES,
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "recorded",
    )  # fmt: skip
