"""Options of `who`, `fleet`, `callsign`, and of whose aircraft is asked; importing it is quick."""

from __future__ import annotations

import argparse
from typing import Any

from overflight.cli.output import FORMATS, MAPS

PARTIES = ("owner", "operator", "registry_country")


def party_arguments(group: Any) -> None:
    """Add `--owner`, `--operator` and `--registry-country`."""
    group.add_argument(
        "--owner", metavar="NAME",
        help="owned by or registered to, on the day of each row, by what sources say",
    )  # fmt: skip
    group.add_argument("--operator", metavar="NAME", help="operated by, on the day of each row")
    group.add_argument(
        "--registry-country", metavar="COUNTRY", help="with a mark of that State on the day of each row"
    )


def parties_asked(options: argparse.Namespace) -> dict[str, str]:
    """Those of them that were given, by their names in Python."""
    given = {name: getattr(options, name, None) for name in PARTIES}
    return {name: value for name, value in given.items() if value is not None}


def who_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `who`."""
    parser.add_argument("name", metavar="QUERY", help="mark (garbled ones too), address or call sign")
    _when(parser, "as of this UTC day (default: today)")


def fleet_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `fleet`."""
    parser.add_argument("name", metavar="PARTY", help="owner, operator or registrant, in any usual wording")
    _when(parser, "on this UTC day (default: at any time, with who came before and after)")


def callsign_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `callsign`."""
    parser.add_argument("name", metavar="TEXT", help="a call sign as it was heard or printed, like AZAF8")
    _day(parser, "on this UTC day (default: today)")
    _output(parser)


def _when(parser: argparse.ArgumentParser, help_: str) -> None:
    _day(parser, help_)
    parser.add_argument(
        "--as-known", metavar="DATE", help="by what sources had said until this UTC day (default: all)"
    )
    _output(parser)


def _day(parser: argparse.ArgumentParser, help_: str) -> None:
    parser.add_argument("--on", metavar="DATE", help=help_)


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=tuple(f for f in FORMATS if f not in MAPS),
                        help="default: table on a terminal, else ndjson")  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FILE", help="a file, or - for standard output")
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as sentences that can be printed"
    )
