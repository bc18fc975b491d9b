"""The verb about negative claims."""

from __future__ import annotations

import argparse

from overflight.cli.answering import write_found
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format


def run_never(options: argparse.Namespace) -> int:
    """`never PLACE`: 0 with an aircraft that is known, 1 without."""
    chosen_format(options.format, options.output)  # refused before the work, not after it
    with opened(options) as shelf:
        answer = shelf.never(
            options.aircraft, aircraft_file=options.aircraft_file, place=options.place, since=options.since,
            until=options.until, floor=options.floor, ceiling=options.ceiling,
        )  # fmt: skip
        return write_found(answer, options, shelf)
