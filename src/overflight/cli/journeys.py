"""What `itinerary`, `pairs`, `sequence` and `count` do: options to the question, answer to the output."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from overflight.archive import Archive
from overflight.cli.answering import FOUND, NOTHING_FOUND, write_found
from overflight.cli.identity_arguments import parties_asked
from overflight.cli.journey_arguments import PROSE
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format, destination
from overflight.cli.tables import printable
from overflight.errors import QuestionError
from overflight.search.answer import Answer
from overflight.search.prose import itinerary_page

LINE_END = "\n"


def run_journey(options: argparse.Namespace) -> int:
    """One of the four verbs: 0 with something found, 1 without."""
    if options.format != PROSE:
        chosen_format(options.format, options.output)  # refused before the work, not after it
    with opened(options) as shelf:
        answer = _ASK[options.verb](shelf, options)
        if options.format == PROSE:
            with destination(options.output) as stream:
                stream.write(printable(itinerary_page(answer), keep=LINE_END))
            return FOUND if answer.rows else NOTHING_FOUND
        status = write_found(answer, options, shelf)
    empty = answer.kind == "counts" and not any(_counted(row) for row in answer.rows)
    return NOTHING_FOUND if empty else status


def _counted(row: dict[str, Any]) -> int:
    return int(sum(row[grade] for grade in ("observed", "inferred", "compatible", "unknown")))


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    names = ("aircraft_file", "type", "since", "until", "min_grade", "history")
    return {name: getattr(options, name) for name in names} | parties_asked(options)


def _trip(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "origin": vars(options)["from"], "destination": options.to, "within_h": options.within,
        "via_stops": options.via_stops, "min_ground_min": options.min_ground_min,
        "max_ground_min": options.max_ground_min,
    }  # fmt: skip


def _itinerary(shelf: Archive, options: argparse.Namespace) -> Answer:
    return shelf.itinerary(options.aircraft, **_asked(options))


def _pairs(shelf: Archive, options: argparse.Namespace) -> Answer:
    if options.by is None:
        return shelf.pairs(options.aircraft, first=options.first, **_trip(options), **_asked(options))
    if options.first:
        raise QuestionError("--first tells trips, --by counts them: ask one after the other")
    part = "" if options.by == "airport" else "_country"
    by = (f"from{part}", f"to{part}")
    return shelf.count("pairs", by, aircraft=options.aircraft, **_trip(options), **_asked(options))


def _sequence(shelf: Archive, options: argparse.Namespace) -> Answer:
    if options.place is None or options.then is None:
        raise QuestionError("which two places? Give --place A and --then B")
    return shelf.sequence(
        options.aircraft, place=options.place, then=options.then, within_h=options.within, **_asked(options)
    )


def _count(shelf: Archive, options: argparse.Namespace) -> Answer:
    return shelf.count(
        options.of, [key for text in options.by for key in text.split(",")], aircraft=options.aircraft,
        event=options.event, before=options.before, after=options.after, total=options.sum,
        place=options.place, **_trip(options), **_asked(options),
    )  # fmt: skip


_ASK: dict[str, Callable[[Archive, argparse.Namespace], Answer]] = {
    "itinerary": _itinerary, "pairs": _pairs, "sequence": _sequence, "count": _count,
}  # fmt: skip
