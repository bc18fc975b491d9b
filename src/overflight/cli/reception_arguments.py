"""Options of the verbs about silences, encounters and reception."""

from __future__ import annotations

import argparse

from overflight.cli.arguments import heights_arguments, output_arguments, which_aircraft
from overflight.cli.identity_arguments import party_arguments

LEAST_MIN = 30.0  # GapRules.least_min, written out: importing the kernel would make --help slow


def _restricted(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("question")
    which_aircraft(group)  # type: ignore[arg-type]
    group.add_argument(
        "--type", action="append", default=[], metavar="T", help="ICAO type designator, such as IL76"
    )
    party_arguments(group)
    _times(group)
    return group


def _times(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--since", metavar="T", help="from this UTC date or time on")
    group.add_argument("--until", metavar="T", help="before this UTC date or time")


def _answer(parser: argparse.ArgumentParser) -> None:
    output_arguments(parser)
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as a sentence that can be printed"
    )


def gaps_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `gaps`."""
    group = _restricted(parser)
    group.add_argument(
        "--place", help="lost or regained there: airfield (25 nm round it), country, circle, GeoJSON file"
    )
    group.add_argument(
        "--towards", metavar="PLACE",
        help="lost on a course that leads there within 20 degrees, with the time to reach it",
    )  # fmt: skip
    group.add_argument(
        "--min-minutes", type=float, default=LEAST_MIN, metavar="N",
        help="silences of at least so long (default: %(default)g)",
    )  # fmt: skip
    _answer(parser)


def near_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `near`."""
    group = _restricted(parser)
    group.add_argument(
        "--at", metavar="LAT,LON[,FEET]", help="near this place (and pressure altitude) at --time"
    )
    group.add_argument("--time", metavar="T", help="with --at: the UTC time")
    group.add_argument(
        "--within-min", type=float, default=15.0, metavar="M",
        help="with --at: so many minutes before and after (default: %(default)g)",
    )  # fmt: skip
    group.add_argument(
        "--within", type=float, default=5.0, metavar="NM", help="distance (default: %(default)g nm)"
    )
    group.add_argument("--within-ft", type=float, metavar="FT", help="difference in height; default: any")
    group.add_argument(
        "--other", action="append", default=[], metavar="NAME",
        help="with --aircraft: only the company of this one; may be given several times",
    )  # fmt: skip
    group.add_argument(
        "--min-grade", choices=("observed", "inferred", "compatible"),
        help="how sure; default: inferred, and the number of the others is said",
    )  # fmt: skip
    _answer(parser)


def coverage_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `coverage`."""
    group = parser.add_argument_group("question")
    group.add_argument(
        "--place", required=True, help="airfield (25 nm round it), country, circle:LAT,LON,RADIUSnm, GeoJSON"
    )
    _times(group)
    heights_arguments(group)
    group.add_argument("--by", choices=("hour", "day", "cell"), help="a row for each; default: one for all")
    _answer(parser)
