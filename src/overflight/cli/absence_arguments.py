"""Options of `never`; importing it loads nothing heavy."""

from __future__ import annotations

import argparse

from overflight.cli.arguments import heights_arguments, output_arguments, which_aircraft


def never_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `never`."""
    parser.add_argument(
        "place", metavar="PLACE",
        help="country, fir:LLLL, airspace:NAME, sea:CY, circle:LAT,LON,RADIUSnm, GeoJSON, KML, OpenAir file",
    )  # fmt: skip
    group = parser.add_argument_group("question")
    which_aircraft(group)  # type: ignore[arg-type]
    group.add_argument("--since", metavar="T", help="from this UTC date or time on")
    group.add_argument("--until", metavar="T", help="before this UTC date or time")
    heights_arguments(group)
    output_arguments(parser)
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as a sentence that can be printed"
    )
