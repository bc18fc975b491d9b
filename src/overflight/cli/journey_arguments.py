"""Options of `itinerary`, `pairs`, `sequence` and `count`; importing it loads nothing heavy."""

from __future__ import annotations

import argparse

from overflight.cli.arguments import output_arguments, which_aircraft
from overflight.cli.identity_arguments import party_arguments
from overflight.cli.output import FORMATS, MAPS
from overflight.model.grades import ALL, BEFORE, GRADES

PROSE = "prose"
_PLACE = "airfield (ident, IATA, name), country, circle:LAT,LON,RADIUSnm, GeoJSON file or text"
_HOURS = {"h": 1.0, "min": 1 / 60, "m": 1 / 60, "d": 24.0}


def hours(text: str) -> float:
    """Hours of `24h`, `90min`, `2d`, or of a plain number of hours."""
    for unit, worth in _HOURS.items():
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * worth
    return float(text)


def _common(parser: argparse.ArgumentParser, maps: bool = False, more: tuple[str, ...] = ()) -> None:
    """What every question may be restricted by but its place, and where its answer goes."""
    group = parser.add_argument_group("question")
    which_aircraft(group)  # type: ignore[arg-type]
    group.add_argument(
        "--type", action="append", default=[], metavar="T", help="ICAO type designator, such as IL76"
    )
    party_arguments(group)
    group.add_argument("--since", metavar="T", help="from this UTC date or time on")
    group.add_argument("--until", metavar="T", help="before this UTC date or time")
    group.add_argument("--min-grade", choices=GRADES, help="leave out what is less sure")
    group.add_argument(
        "--history", choices=(BEFORE, ALL), default=BEFORE,
        help="what tells where unseen stops were: earlier stops alone (default), or later ones too",
    )  # fmt: skip
    output_arguments(parser, (*(f for f in FORMATS if maps or f not in MAPS), *more))
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as a sentence that can be printed"
    )


def itinerary_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `itinerary`."""
    _common(parser, maps=True, more=(PROSE,))
    parser.epilog = "--format prose writes a page of plain text with the sums, to be printed"


def pairs_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `pairs`."""
    _trip(parser)
    group = parser.add_argument_group("what to tell")
    group.add_argument(
        "--first", action="store_true",
        help="only the first trip on each pair in all that is loaded, if it lies in the time asked about",
    )  # fmt: skip
    group.add_argument(
        "--by", choices=("airport", "country"), help="count trips per pair of airports or countries instead"
    )
    _common(parser)


def _trip(parser: argparse.ArgumentParser) -> None:
    """The ends of a trip and the stops on its way."""
    group = parser.add_argument_group("trip")
    group.add_argument("--from", metavar="PLACE", help=f"where it began: {_PLACE}")
    group.add_argument("--to", metavar="PLACE", help="where it ended, named likewise")
    group.add_argument(
        "--within", type=hours, metavar="H",
        help="at most so long, such as 6h, 90min (with stops on the way: 24h where nothing is said)",
    )  # fmt: skip
    group.add_argument(
        "--via-stops", type=int, default=0, metavar="N",
        help="across at most so many stops on the way, short or unseen (default: 0, single flights)",
    )  # fmt: skip
    group.add_argument(
        "--min-ground-min", type=float, metavar="M", help="stops on the way of at least so many minutes"
    )
    group.add_argument(
        "--max-ground-min", type=float, metavar="M", help="of at most so many (default: 60)"
    )


def sequence_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `sequence`."""
    group = parser.add_argument_group("places")
    group.add_argument("--place", metavar="A", help=f"where it was first: {_PLACE}")
    group.add_argument("--then", metavar="B", help="where it was then, named likewise")
    group.add_argument(
        "--within", type=hours, default=24.0, metavar="H",
        help="from leaving the one to coming to the other, such as 6h, 90min, 3d (default: 24h)",
    )  # fmt: skip
    _common(parser)


def count_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `count`."""
    parser.add_argument("of", choices=("visits", "flights", "crossings", "pairs"), help="what to count")
    group = parser.add_argument_group("how")
    group.add_argument(
        "--by", action="append", default=[], metavar="KEY",
        help="year, month, day, weekday, hour, operator, type, registry, aircraft, grade, callsign, country, "
        "airport; of flights and pairs from, to, from-country, to-country; two at most",
    )  # fmt: skip
    group.add_argument("--event", metavar="DATE", help="count the days before and after this UTC time")
    group.add_argument("--before", type=float, metavar="N", help="days before the event")
    group.add_argument("--after", type=float, metavar="N", help="days after it, its own day the first")
    group.add_argument(
        "--sum", choices=("ground-time", "time"),
        help="add up the time on the ground (visits) or inside (crossings), least and most",
    )  # fmt: skip
    group.add_argument("--place", help=f"where: {_PLACE}")
    _trip(parser)
    _common(parser)
