"""`who`, `fleet` and `callsign`: questions to the archive, its answer to the output."""

from __future__ import annotations

import argparse

from overflight.cli.answering import write_found
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format


def run_identity(options: argparse.Namespace) -> int:
    """`who QUERY`, `fleet PARTY`: 0 with rows, 1 without."""
    chosen_format(options.format, options.output)  # refused before the work, not after it
    with opened(options) as shelf:
        ask = {"who": shelf.who, "fleet": shelf.fleet}[options.verb]
        return write_found(ask(options.name, options.on, as_known=options.as_known), options, shelf)


def run_callsign(options: argparse.Namespace) -> int:
    """`callsign TEXT`: 0 with a reading that fits, 1 without."""
    chosen_format(options.format, options.output)
    with opened(options) as shelf:
        return write_found(shelf.callsign(options.name, options.on), options, shelf)
