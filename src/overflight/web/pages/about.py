"""The page of what is stated here and what is not."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import Document


def page(desk: Desk, ask: Ask) -> Document:
    """The page `about/`."""
    return desk.page("about.html", ask)
