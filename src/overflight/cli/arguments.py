"""Options of the verbs, put together from a few that many share; importing it loads nothing heavy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from overflight.cli.identity_arguments import party_arguments
from overflight.cli.output import FORMATS, MAPS
from overflight.model.grades import ALL, BEFORE, DATA_KINDS, GRADES, MIXED

REGIONS = ("country", "fir", "sector", "airspace")  # as search.scope has them: importing that is slow
POINTS_OF_VIEW = ("standard", "deu", "none")  # what the basemap in web/static holds; the first is the default


def output_arguments(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    """Add `--format` and `-o`."""
    group = parser.add_argument_group("answer")
    group.add_argument(
        "--format", choices=formats, help="default: by FILE's ending; table on a terminal, ndjson into a pipe"
    )
    group.add_argument(
        "-o", "--output", metavar="FILE", help="write there, whole or not at all; - is standard output"
    )


def which_aircraft(parser: argparse.ArgumentParser) -> None:
    """Add `--aircraft` and `--aircraft-file`."""
    parser.add_argument(
        "--aircraft", action="append", default=[], metavar="NAME",
        help="mark, address (six hex digits) or call sign; may be given several times",
    )  # fmt: skip
    parser.add_argument("--aircraft-file", metavar="FILE", help="one name a line; # begins a comment")


def heights_arguments(group: argparse._ArgumentGroup) -> None:
    """Add `--floor` and `--ceiling`."""
    group.add_argument("--floor", metavar="FT", help="only above this pressure altitude: 18000 or FL180")
    group.add_argument("--ceiling", metavar="FT", help="only below this pressure altitude")


def question_arguments(
    parser: argparse.ArgumentParser, place: str, heights: bool = True, regions: bool = False
) -> None:
    """Add what every question may be restricted by, and where its answer goes."""
    group = parser.add_argument_group("question")
    which_aircraft(group)  # type: ignore[arg-type]
    group.add_argument(
        "--place",
        help=f"{place}: airfield (ident, IATA, name), country, circle:LAT,LON,RADIUSnm, fir:LLLL, "
        "airspace:NAME, sea:CY, GeoJSON text, or a GeoJSON, KML or OpenAir file",
    )
    group.add_argument(
        "--type", action="append", default=[], metavar="T", help="ICAO type designator, such as IL76"
    )
    party_arguments(group)
    group.add_argument("--since", metavar="T", help="from this UTC date or time on")
    group.add_argument("--until", metavar="T", help="before this UTC date or time")
    group.add_argument("--min-grade", choices=GRADES, help="leave out what is less sure")
    if heights:
        heights_arguments(group)
    if regions:
        group.add_argument(
            "--regions", choices=REGIONS, default=REGIONS[0],
            help="with --aircraft and no --place: stays in regions of which kind (default: %(default)s)",
        )  # fmt: skip
    group.add_argument(
        "--history", choices=(BEFORE, ALL), default=BEFORE,
        help="what tells where unseen stops were: earlier stops alone (default), or later ones too",
    )  # fmt: skip
    covered_argument(group)
    output_arguments(parser)
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as a sentence that can be printed"
    )


def covered_argument(group: argparse._ArgumentGroup) -> None:
    """Add `--covered`."""
    group.add_argument(
        "--covered", action="store_true",
        help="with --place: say beside the answer in how many hours the place was in reception",
    )  # fmt: skip


def aircraft_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `aircraft`."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="mark (garbled ones too), address or call sign"
    )
    which_aircraft(parser)
    output_arguments(parser, tuple(f for f in FORMATS if f not in MAPS))
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as sentences that can be printed"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `add`."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="files, folders, tars or zips; told by content, not by name"
    )
    parser.add_argument("--map", metavar="FILE", help="column map for CSV files of other makers")
    parser.add_argument(
        "--heatmaps", action="store_true",
        help="read readsb's heatmaps too: they repeat its traces, thinned and rounded",
    )  # fmt: skip
    parser.add_argument(
        "--zone", metavar="ZONE",
        help="zone of an SBS log's times, which carry none: UTC (assumed if not given), +02:00, Asia/Nicosia",
    )  # fmt: skip
    parser.add_argument(
        "--started", metavar="TIME",
        help="time of the first frame of a Beast or AVR log, or an SBS log without dates (one file), or of a "
        "snapshot that states none; UTC unless it says so",
    )  # fmt: skip
    parser.add_argument(
        "--address", metavar="HEX",
        help="the aircraft's address, six hex digits, for files that name none (Flightradar24, trajectories)",
    )  # fmt: skip
    kinds = [kind for kind in DATA_KINDS if kind != MIXED]
    parser.add_argument(
        "--data-kind", choices=kinds, default=kinds[0], help="what the data are (default: %(default)s)"
    )
    terms_arguments(parser)


def reference_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `reference`."""
    parser.add_argument("action", choices=("add",))
    parser.add_argument(
        "path", metavar="FILE|DIR",
        help="OurAirports airports or runways; registers, aircraft lists, VRS standing data, packed or not; "
        "airspaces as GeoJSON, KML or OpenAir",
    )  # fmt: skip
    parser.add_argument(
        "--day", metavar="YYYY-MM-DD", help="the UTC day the list was published, where it does not say"
    )
    parser.add_argument(
        "--map", dest="column_map", metavar="MAP.toml",
        help="how to read a CSV register of another maker: which column is what",
    )  # fmt: skip
    terms_arguments(parser)


def terms_arguments(parser: argparse.ArgumentParser) -> None:
    """Add under which licence something comes and whether it may be shown."""
    parser.add_argument("--licence", metavar="TEXT", help="the licence they came under; kept with them")
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--may-publish", action="store_true", default=None,
        help="with --licence: it allows publication, though Overflight does not know it",
    )  # fmt: skip
    group.add_argument(
        "--no-publish", action="store_false", dest="may_publish", default=None,
        help="never show them publicly, whatever the licence",
    )  # fmt: skip


def synth_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `synth`."""
    parser.add_argument("--positions", type=int, required=True, metavar="N", help="how many, exactly")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same seed gives the same bytes (default: 1)"
    )
    parser.add_argument(
        "--out", metavar="DIR", help="a new folder for traces and landings.csv; or a new --archive, or both"
    )


def study_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `study`."""
    parser.add_argument("action", choices=("fit", "score"))
    parser.add_argument(
        "--weights", metavar="FILE", help="score: weights to score; those of the package by default"
    )
    parser.add_argument(
        "--out", metavar="FILE", help="fit: where the weights go; score: the tables; - is the screen"
    )


def print_arguments(parser: argparse.ArgumentParser, endings: str) -> None:
    """Arguments of `report` and `figure`."""
    parser.add_argument("id", nargs="?", metavar="ID", help="of a flight or a stop, as answers give it")
    parser.add_argument(
        "--aircraft", action="append", default=[], metavar="NAME", help="instead of an id, with --on"
    )
    parser.add_argument("--on", metavar="T", help="UTC date or time: the one flight of the aircraft then")
    parser.add_argument("--stop", action="store_true", help="with --on: its one stop then")
    parser.add_argument("-o", "--output", metavar="FILE", help=f"where it goes: {endings}")


def serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8642, help="0: a free one (default: %(default)s)")
    parser.add_argument("--public", action="store_true", help="show only what may be published")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST",
        help="a name it is reached by; may be repeated (without --public, other names are refused)",
    )  # fmt: skip
    parser.add_argument("--cache", metavar="DIR", help="where pages made once are kept")
    view_argument(parser)


def publish_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `publish`."""
    parser.add_argument("folder", metavar="DIR", help="new, empty, or published before: replaced whole")
    parser.add_argument("--base-url", metavar="URL", help="where it will be found, for citations")
    view_argument(parser)


def view_argument(parser: argparse.ArgumentParser) -> None:
    """Add whose boundaries the maps draw."""
    parser.add_argument(
        "--point-of-view", choices=POINTS_OF_VIEW, default=POINTS_OF_VIEW[0],
        help="whose boundaries the maps draw: Natural Earth's usual ones, its German ones (deu), or none "
        "(default: %(default)s); no answer depends on it",
    )  # fmt: skip
