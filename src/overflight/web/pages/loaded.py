"""The page of what the archive holds: days, holes, sources, recordings with their licences, lists."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.figures.calendar import calendar


def page(desk: Desk, ask: Ask) -> Document:
    """The page `loaded/`."""
    if len(ask.parts) > 1:
        raise Refused(
            404, "No such page", "What is loaded stands on one page.", (("What is loaded", "loaded/"),)
        )
    loaded = desk.archive.loaded()
    days = {day.day: day.aircraft_count for day in loaded.days}
    return desk.page(
        "loaded.html", ask, loaded=loaded, tables=desk.info["tables"],
        calendar=calendar({}, days, "Days that hold recordings"),
    )  # fmt: skip
