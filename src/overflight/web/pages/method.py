"""The page of the method: words for certainty, and how often answers about unseen stops were right."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import Document
from overflight.web.figures.calibration import calibration


def page(desk: Desk, ask: Ask) -> Document:
    """The page `method/`."""
    score = desk.score
    return desk.page("method.html", ask, score=score, diagram=calibration(score.calibration))
