"""The sheet of paper beside the page of a flight or a stop, where the library that sets it is installed."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import MEDIA_TYPES, Document, Refused
from overflight.web.figures.pdf import is_possible
from overflight.web.print.report import report

FILE = "report.pdf"
OF = ("flight", "stop")


def is_sheet(parts: tuple[str, ...]) -> bool:
    """Whether the parts of a path ask for a sheet."""
    return len(parts) == 3 and parts[0] in OF and parts[2] == FILE


def page(desk: Desk, ask: Ask) -> Document:
    """The file `report.pdf` beside `flight/ID/` or `stop/ID/`."""
    kind, id_, _ = ask.parts
    if not is_possible():
        raise Refused(404, "No sheets here", "Whoever runs this site has not installed what makes them.")
    row = desk.archive.flight(id_) if kind == "flight" else desk.archive.stop(id_)
    if row is None:
        return desk.moved(kind, id_)
    return Document(report(desk, id_), MEDIA_TYPES[".pdf"])
