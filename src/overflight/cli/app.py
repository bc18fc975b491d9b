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

from overflight.cli.absence_arguments import never_arguments
from overflight.cli.arguments import (
    add_arguments,
    aircraft_arguments,
    output_arguments,
    print_arguments,
    publish_arguments,
    question_arguments,
    reference_arguments,
    serve_arguments,
    study_arguments,
    synth_arguments,
)
from overflight.cli.claim_arguments import claim_arguments
from overflight.cli.fetch_arguments import fetch_arguments
from overflight.cli.identity_arguments import callsign_arguments, fleet_arguments, who_arguments
from overflight.cli.journey_arguments import (
    count_arguments,
    itinerary_arguments,
    pairs_arguments,
    sequence_arguments,
)
from overflight.cli.output import check_entities
from overflight.cli.reception_arguments import coverage_arguments, gaps_arguments, near_arguments
from overflight.cli.search_arguments import search_arguments
from overflight.errors import ArchiveError, InputError, OverflightError, QuestionError

FOUND, NOTHING_FOUND, USAGE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130  # 130: what a shell gives for SIGINT

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
        if "format" in options:
            check_entities(options.verb, options.format, options.output)
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

    add_arguments(verb("add", "take recordings into the archive"))
    fetch_arguments(verb("fetch", "get recordings and lists from public sources on the network"))
    reference_arguments(verb("reference", "take in lists of airfields, airspaces, aircraft or routes"))
    question_arguments(
        verb("flights", "departures to arrivals, as far as seen"), place="with an end there, or crossing it"
    )
    question_arguments(
        verb("visits", "stops on the ground, seen or not, with the candidates"), place="stops at that place",
        heights=False,
    )  # fmt: skip
    question_arguments(
        verb("crossings", "stays inside countries, airspaces, seas or drawn areas"), place="of that one",
        regions=True,
    )  # fmt: skip
    itinerary_arguments(
        verb("itinerary", "an aircraft's stops and flights in order, and its days without data")
    )
    pairs_arguments(verb("pairs", "trips from one place to another, also across short or unseen stops"))
    sequence_arguments(verb("sequence", "aircraft that were in one place and then in another"))
    count_arguments(verb("count", "how many, by month, operator, type ...: observed, inferred, expected"))
    never_arguments(
        verb("never", "whether an aircraft can have been in a place: excluded, possible, seen, not loaded")
    )
    gaps_arguments(verb("gaps", "silences: where lost, where regained, what was reachable meanwhile"))
    near_arguments(verb("near", "what came near a place at a time, or near an aircraft"))
    coverage_arguments(verb("coverage", "what was received at a place, hour by hour: covered, not covered"))
    aircraft_arguments(verb("aircraft", "who an aircraft is, by which source, and what is odd about it"))
    who_arguments(verb("who", "who an aircraft was on a day: owner, operator, mark, type, by whose word"))
    fleet_arguments(verb("fleet", "aircraft of an owner, operator or registrant, on a day or ever"))
    claim_arguments(verb("claim", "what a document says of an aircraft: add, list, show, withdraw, remove"))
    callsign_arguments(verb("callsign", "who may have flown under a call sign on a day, and how surely"))
    search_arguments(verb("search", "what a text may mean: marks, owners, serials, places ..., best first"))
    verb("prepare", "weigh unseen stops and put names in order once, so that answers come at once")
    output_arguments(
        verb("info", "what the archive holds: version, batches, table hashes"), ("table", "json")
    )
    output_arguments(
        verb("verify", "read every file again: what is damaged, and what rests on it"), ("table", "json")
    )
    print_arguments(verb("report", "a flight or a stop on one sheet of paper"), "FILE.pdf")
    figure = verb("figure", "the map or the profile of a flight or stop, for print")
    figure.add_argument("--kind", choices=("map", "profile"), default="map")
    print_arguments(figure, "FILE.svg, FILE.png or FILE.pdf")
    study_arguments(verb("study", "fit the weights of dark stops to an archive, or score them on it"))
    synth_arguments(verb("synth", "make up recordings for load tests, marked synthetic throughout"))
    serve_arguments(verb("serve", "the archive as pages and as an HTTP interface, on this machine"))
    publish_arguments(verb("publish", "the archive's public pages as a folder for any static host"))
    demo = verb("demo", "answer the 2016 case from a reconstruction; needs no data and no network")
    demo.add_argument("--no-serve", action="store_true", help="print the answer and stop")
    serve_arguments(demo)
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
