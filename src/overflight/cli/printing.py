"""The verbs `report` and `figure`: a flight or a stop as a sheet of paper, its drawings for print."""

from __future__ import annotations

import argparse
from pathlib import Path

from overflight.archive import Answer, Archive
from overflight.cli.opening import opened
from overflight.cli.output import write_bytes
from overflight.clock import iso_utc, parse_utc
from overflight.errors import QuestionError
from overflight.search.scope import Asked
from overflight.units import MILLISECONDS_PER_DAY
from overflight.web.desk import Ask, Desk
from overflight.web.document import Refused, SiteOptions
from overflight.web.figures.pdf import drawing_pdf
from overflight.web.figures.png import png
from overflight.web.pages import flight, stop
from overflight.web.print.report import report

FOUND = 0
DATE_LETTERS = len("2016-04-04")
LISTED = 10  # ids told where a question meant several


def run_report(options: argparse.Namespace) -> int:
    """`report`: 0 when the sheet was written."""
    with opened(options) as shelf:
        write_bytes(report(Desk(shelf, SiteOptions()), _asked(options, shelf)), _file(options, ("pdf",)))
    return FOUND


def run_figure(options: argparse.Namespace) -> int:
    """`figure`: 0 when the drawing was written."""
    target = _file(options, ("svg", "png", "pdf"))
    with opened(options) as shelf:
        id_ = _asked(options, shelf)
        svg = _drawn(Desk(shelf, SiteOptions()), id_, options.kind)
    ending = Path(target).suffix.lower()
    made = {".svg": lambda: svg.encode(), ".png": lambda: png(svg),
            ".pdf": lambda: drawing_pdf(svg, f"{options.kind} of {id_}")}  # fmt: skip
    write_bytes(made[ending](), target)
    return FOUND


def _drawn(desk: Desk, id_: str, kind: str) -> str:
    """The page's own drawing."""
    what = id_.partition("-")[0]
    if what == "stop" and kind != "map":
        raise QuestionError("a stop has a map and no profile; ask for that of the flight before or after it")
    page = flight.page if what == "flight" else stop.page
    try:
        made = page(desk, Ask(f"{what}/{id_}/{kind}.svg", (what, id_, f"{kind}.svg"), {}))
    except Refused as refused:
        raise QuestionError(refused.sentence) from refused
    if not made.body:
        raise QuestionError(f"{id_} lies nowhere: there is no map of it")
    return made.body.decode()


def _asked(options: argparse.Namespace, shelf: Archive) -> str:
    """The id asked for, or of the one flight or stop of an aircraft at a time; resolved where it moved."""
    if options.id is not None:
        heir = shelf.resolve(options.id)
        if heir is None or heir.partition("-")[0] not in ("flight", "stop"):
            raise QuestionError(f"{options.id} is no flight and no stop that stands")
        return heir
    if not options.aircraft or options.on is None:
        raise QuestionError("which one? Give the id of a flight or stop, or --aircraft NAME --on TIME")
    begin_ms = parse_utc(options.on)
    whole = len(options.on.strip()) == DATE_LETTERS
    until = iso_utc(begin_ms + (MILLISECONDS_PER_DAY if whole else 1))
    asked: Asked = {"since": iso_utc(begin_ms), "until": until}
    found: Answer = (shelf.visits if options.stop else shelf.flights)(options.aircraft, **asked)
    if len(found) != 1:
        noun = "stop" if options.stop else "flight"
        ids = ", ".join(row["id"] for row in found.rows[:LISTED])
        several = f"{len(found)} {noun}s; give the id of one: {ids}" if len(found) else f"no {noun}"
        raise QuestionError(f"{' '.join(options.aircraft)} on {options.on}: {several}")
    return str(found[0]["id"])


def _file(options: argparse.Namespace, endings: tuple[str, ...]) -> str:
    """The file to write, whose ending says what kind."""
    target = options.output
    if target is None or Path(target).suffix.lower().lstrip(".") not in endings:
        raise QuestionError(f"name a file for it: -o FILE.{' or FILE.'.join(endings)}")
    return str(target)
