"""Options of `fetch`; importing it loads no network and nothing heavy."""

from __future__ import annotations

import argparse

SOURCES = ("adsb.lol", "opensky", "ourairports", "vrs", "tar1090-db", "mictronics", "plane-alert", "fir")
VARIANTS = ("prod", "staging", "mlatonly")
FOLDER = "overflight-data"
MONTH_DAYS = 30  # where no span is given: what a reporter asks first, and as far back as OpenSky has tracks


def fetch_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `fetch`."""
    parser.add_argument("source", choices=SOURCES, metavar="SOURCE", help=", ".join(SOURCES))
    what = parser.add_argument_group("what (adsb.lol, opensky)")
    what.add_argument(
        "--aircraft", action="append", default=[], metavar="HEX",
        help="address, six hex digits; a mark where the archive knows it; may be given several times",
    )  # fmt: skip
    what.add_argument("--aircraft-file", metavar="FILE", help="one name a line; # begins a comment")
    what.add_argument("--airport", action="append", default=[], metavar="ICAO", help="opensky: such as LLBG")
    what.add_argument("--since", metavar="T", help=f"from this UTC day on (default: {MONTH_DAYS} days ago)")
    what.add_argument("--until", metavar="T", help="before this UTC date or time (default: now)")
    what.add_argument(
        "--day", metavar="D",
        help="adsb.lol: the whole day from its releases, gigabytes; with --aircraft those aircraft alone",
    )  # fmt: skip
    what.add_argument(
        "--variant", choices=VARIANTS,
        help="adsb.lol, with --day: not the larger of prod and staging, but this one",
    )  # fmt: skip
    what.add_argument("--states", action="store_true", help="opensky: the newest state vectors instead")
    what.add_argument("--no-tracks", action="store_true", help="opensky: flights alone, no tracks of them")
    how = parser.add_argument_group(
        "how",
        "With --archive DIR what came is also added to that archive, with its licence; an archive set in the "
        "environment is added to only when it is named.",
    )
    how.add_argument("--to", metavar="DIR", help=f"where to (default: {FOLDER}/SOURCE)")
    how.add_argument("--again", action="store_true", help="fetch anew what is there already")
    how.add_argument("--dry-run", action="store_true", help="list what would be asked, and ask nothing")
