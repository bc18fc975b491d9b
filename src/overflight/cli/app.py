"""The program `overflight`: its verbs and options, and which exit status each outcome has.

Built on argparse: the help must come in 0.3 s, and a third-party kit (cyclopts 5.4) took 0.17 s to import and
0.43 s to print it on the machine where argparse took 0.06 s. Everything heavy is imported by the verb that
runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from overflight.cli.output import FORMATS
from overflight.errors import ArchiveError, InputError, OverflightError, QuestionError
from overflight.model.grades import ALL, BEFORE, DATA_KINDS, GRADES, MIXED

FOUND, NOTHING_FOUND, USAGE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130  # 130: what a shell gives for SIGINT

POINTS_OF_VIEW = ("standard", "deu", "none")  # what the basemap in web/static holds; the first is the default

EPILOG = """\
exit status: 0 found or done, 1 nothing found, 2 the question or the archive is wrong, 3 all input was refused
times are UTC unless they carry a zone; `overflight VERB --help` explains a verb
"""


class Parser(argparse.ArgumentParser):
    """An argparse parser whose complaint is one line that says how to get help."""

    def error(self, message: str) -> NoReturn:
        """Write the complaint to standard error and leave with status 2."""
        self.exit(USAGE, f"overflight: {message} (see: {self.prog} --help)\n")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"overflight {version('overflight')}")
        parser.exit(FOUND)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit status (0 found, 1 nothing found, 2 usage, 3 input refused)."""
    try:
        options = _parsed(list(sys.argv[1:] if arguments is None else arguments))
        verb: Callable[[argparse.Namespace], int] = options.run
        return verb(options)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else USAGE
    except BrokenPipeError:
        # The reader (head, a pager) has gone: no error, but Python would complain on closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except KeyboardInterrupt:
        return INTERRUPTED
    except InputError as error:
        return _complain(error, REFUSED)
    except (QuestionError, ArchiveError) as error:
        return _complain(error, USAGE)


def _complain(error: OverflightError, status: int) -> int:
    print(f"overflight: {' '.join(str(error).split())}", file=sys.stderr)
    return status


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest:
        parser.error(_unknown(parser, rest[0], getattr(options, "verb", None)))
    if not hasattr(options, "run"):
        parser.print_help()
        raise SystemExit(USAGE)
    return options


def _unknown(parser: argparse.ArgumentParser, word: str, verb: str | None) -> str:
    import difflib

    known = [o for action in _actions(parser, verb) for o in action.option_strings if o.startswith("--")]
    near = difflib.get_close_matches(word.split("=")[0], known, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"unknown {'option' if word.startswith('-') else 'argument'} {word}{hint}"


def _actions(parser: argparse.ArgumentParser, verb: str | None) -> list[argparse.Action]:
    actions = list(parser._actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and verb in action.choices:
            actions += action.choices[verb]._actions
    return actions


def build_parser() -> argparse.ArgumentParser:
    """The whole command line: verbs, options and their help."""
    everywhere = _everywhere(argparse.SUPPRESS)
    parser = Parser(
        prog="overflight", parents=[_everywhere(None)], allow_abbrev=False, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="An open flight database: who flew where, over whom, where it came down unseen, "
        "and how sure we are.",
    )  # fmt: skip
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", parser_class=Parser)

    def verb(name: str, help_: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, parents=[everywhere], help=help_, description=help_, allow_abbrev=False)
        made.set_defaults(run=_lazily(name))
        return made

    _add_arguments(verb("add", "take recordings into the archive"))
    _reference_arguments(verb("reference", "take in lists of airfields, a register of aircraft or routes"))
    _question(
        verb("flights", "departures to arrivals, as far as seen"), place="with an end there, or crossing it"
    )
    _question(
        verb("visits", "stops on the ground, seen or not, with the candidates"), place="stops at that place"
    )
    _question(verb("crossings", "stays inside countries or drawn areas"), place="of that country or area")
    _aircraft_arguments(verb("aircraft", "who an aircraft is, by which source, and what is odd about it"))
    verb("prepare", "weigh every unseen stop once, so that questions about places come at once")
    _output(verb("info", "what the archive holds: version, batches, table hashes"), ("table", "json"))
    _study_arguments(verb("study", "fit the weights of dark stops to an archive, or score them on it"))
    _synth_arguments(verb("synth", "make up recordings for load tests, marked synthetic throughout"))
    _serve_arguments(verb("serve", "the archive as pages and as an HTTP interface, on this machine"))
    _publish_arguments(verb("publish", "the archive's public pages as a folder for any static host"))
    demo = verb("demo", "answer the 2016 case from a reconstruction; needs no data and no network")
    demo.add_argument("--no-serve", action="store_true", help="print the answer and stop")
    _serve_arguments(demo)
    return parser


def _lazily(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        from overflight.cli.verbs import VERBS

        return VERBS[name](options)

    return run


def _everywhere(default: str | None) -> Parser:
    """`--archive` and `--quiet`, before the verb and after it, where absence must not reset them."""
    parent = Parser(add_help=False)
    parent.add_argument(
        "--archive", metavar="DIR", default=default, help="the archive's folder (or OVERFLIGHT_ARCHIVE)"
    )
    parent.add_argument(
        "--quiet",
        action="store_true",
        default=default or False,
        help="no progress and no remarks on standard error",
    )
    return parent


def _output(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    group = parser.add_argument_group("answer")
    group.add_argument(
        "--format", choices=formats, help="default: by FILE's ending; table on a terminal, ndjson into a pipe"
    )
    group.add_argument(
        "-o", "--output", metavar="FILE", help="write there, whole or not at all; - is standard output"
    )


def _which_aircraft(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--aircraft", action="append", default=[], metavar="NAME",
        help="mark, address (six hex digits) or call sign; may be given several times",
    )  # fmt: skip
    parser.add_argument("--aircraft-file", metavar="FILE", help="one name a line; # begins a comment")


def _question(parser: argparse.ArgumentParser, place: str) -> None:
    group = parser.add_argument_group("question")
    _which_aircraft(group)  # type: ignore[arg-type]
    group.add_argument(
        "--place",
        help=f"{place}: airfield (ident, IATA, name), country, circle:LAT,LON,RADIUSnm, GeoJSON file or text",
    )
    group.add_argument(
        "--type", action="append", default=[], metavar="T", help="ICAO type designator, such as IL76"
    )
    group.add_argument("--since", metavar="T", help="from this UTC date or time on")
    group.add_argument("--until", metavar="T", help="before this UTC date or time")
    group.add_argument("--min-grade", choices=GRADES, help="leave out what is less sure")
    group.add_argument(
        "--history", choices=(BEFORE, ALL), default=BEFORE,
        help="what tells where unseen stops were: earlier stops alone (default), or later ones too",
    )  # fmt: skip
    _output(parser)
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as a sentence that can be printed"
    )


def _aircraft_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="mark (garbled ones too), address or call sign"
    )
    _which_aircraft(parser)
    _output(parser, tuple(f for f in FORMATS if f not in ("geojson", "kml")))
    parser.add_argument(
        "--sentences", action="store_true", help="each answer as sentences that can be printed"
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="files, folders or tars; told by content, not by name"
    )
    parser.add_argument("--map", metavar="FILE", help="column map for CSV files of other makers")
    kinds = [kind for kind in DATA_KINDS if kind != MIXED]
    parser.add_argument(
        "--data-kind", choices=kinds, default=kinds[0], help="what the data are (default: %(default)s)"
    )
    _terms_arguments(parser)


def _reference_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add",))
    parser.add_argument(
        "path", metavar="FILE|DIR",
        help="OurAirports airports or runways, tar1090-db, VRS standing data's routes; CSV, gzip, VRS's tar",
    )  # fmt: skip
    parser.add_argument(
        "--day", metavar="YYYY-MM-DD", help="the UTC day the list was published, where it does not say"
    )
    _terms_arguments(parser)


def _terms_arguments(parser: argparse.ArgumentParser) -> None:
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


def _synth_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--positions", type=int, required=True, metavar="N", help="how many, exactly")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same seed gives the same bytes (default: 1)"
    )
    parser.add_argument(
        "--out", metavar="DIR", help="a new folder for traces and landings.csv; or a new --archive, or both"
    )


def _study_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("fit", "score"))
    parser.add_argument(
        "--weights", metavar="FILE", help="score: weights to score; those of the package by default"
    )
    parser.add_argument(
        "--out", metavar="FILE", help="fit: where the weights go; score: the tables; - is the screen"
    )


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8642, help="0: a free one (default: %(default)s)")
    parser.add_argument("--public", action="store_true", help="show only what may be published")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST",
        help="a name it is reached by; may be repeated (without --public, other names are refused)",
    )  # fmt: skip
    parser.add_argument("--cache", metavar="DIR", help="where pages made once are kept")
    _view_argument(parser)


def _publish_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="new, empty, or published before: replaced whole")
    parser.add_argument("--base-url", metavar="URL", help="where it will be found, for citations")
    _view_argument(parser)


def _view_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--point-of-view", choices=POINTS_OF_VIEW, default=POINTS_OF_VIEW[0],
        help="whose boundaries the maps draw: Natural Earth's usual ones, its German ones (deu), or none "
        "(default: %(default)s); no answer depends on it",
    )  # fmt: skip
