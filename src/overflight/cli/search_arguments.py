"""Options of `search`; importing it loads nothing heavy."""

from __future__ import annotations

import argparse

from overflight.cli.output import FORMATS, MAPS


def search_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `search`."""
    parser.add_argument(
        "text", metavar="TEXT", nargs="+",
        help="mark (garbled, part of one), address, serial, owner, call sign, place, type, date, id",
    )  # fmt: skip
    parser.add_argument("--limit", metavar="N", type=int, default=20, help="most hits (default: 20)")
    parser.add_argument("--format", choices=tuple(f for f in FORMATS if f not in MAPS),
                        help="default: table on a terminal, else ndjson")  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FILE", help="a file, or - for standard output")
    parser.add_argument("--sentences", action="store_true", help="each hit as a sentence too")
