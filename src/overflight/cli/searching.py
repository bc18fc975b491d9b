"""`search`: one box for everything, its hits to the output."""

from __future__ import annotations

import argparse

from overflight.cli.answering import write_found
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format


def run_search(options: argparse.Namespace) -> int:
    """`search TEXT`: 0 with hits, 1 without."""
    chosen_format(options.format, options.output)  # refused before the work, not after it
    with opened(options) as shelf:
        return write_found(shelf.search(" ".join(options.text), options.limit), options, shelf)
