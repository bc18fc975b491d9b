"""The verbs about silences, encounters and reception."""

from __future__ import annotations

import argparse

from overflight.cli.answering import write_found
from overflight.cli.identity_arguments import parties_asked
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format


def run_reception(options: argparse.Namespace) -> int:
    """`gaps`, `near`, `coverage`: 0 with rows, 1 without."""
    chosen_format(options.format, options.output)  # refused before the work, not after it
    times = {"since": options.since, "until": options.until}
    with opened(options) as shelf:
        if options.verb == "coverage":
            heights = {"floor": options.floor, "ceiling": options.ceiling}
            answer = shelf.coverage(options.place, by=options.by, **times, **heights)
            return write_found(answer, options, shelf)
        whose = {"aircraft_file": options.aircraft_file, "type": options.type, **times}
        whose |= parties_asked(options)
        if options.verb == "gaps":
            answer = shelf.gaps(
                options.aircraft, min_minutes=options.min_minutes, towards=options.towards,
                place=options.place, **whose,
            )  # fmt: skip
        else:
            answer = shelf.near(
                options.aircraft, at=options.at, time=options.time, within=options.within,
                within_ft=options.within_ft, within_min=options.within_min, other=options.other,
                min_grade=options.min_grade, **whose,
            )  # fmt: skip
        return write_found(answer, options, shelf)
