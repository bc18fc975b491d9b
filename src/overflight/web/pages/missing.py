"""The page for what leads nowhere: what was wrong, and where to go on."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused


def page(desk: Desk, ask: Ask, refused: Refused) -> Document:
    """A page with status 400 or 404."""
    return desk.page(
        "missing.html", ask, status=refused.status, keep=False,
        title=refused.title, sentence=refused.sentence, tries=refused.tries,
    )  # fmt: skip
