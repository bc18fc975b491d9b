"""What each verb does: settings and options to the archive, the archive's answer to the output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from overflight import archive, settings
from overflight.cli.answering import FOUND, write_found
from overflight.cli.identities import run_callsign, run_identity
from overflight.cli.identity_arguments import parties_asked
from overflight.cli.opening import archive_folder, opened
from overflight.cli.output import chosen_format, destination
from overflight.cli.progress import shown_progress
from overflight.cli.reports import add_report, archive_report, soundness_report
from overflight.cli.tables import printable
from overflight.intake.report import AddReport
from overflight.search.answer import Answer

LINE_END = "\n"
WRONG, REFUSED = 2, 3


def run_question(options: argparse.Namespace) -> int:
    """`flights`, `visits`, `crossings`: 0 with rows, 1 without."""
    chosen_format(options.format, options.output)  # refused before the work, not after it
    with opened(options) as shelf:
        ask: dict[str, Callable[..., Answer]] = {
            "flights": shelf.flights, "visits": shelf.visits, "crossings": shelf.crossings
        }  # fmt: skip
        some = {name: getattr(options, name) for name in ("floor", "ceiling", "regions") if name in options}
        answer = ask[options.verb](
            options.aircraft, aircraft_file=options.aircraft_file, place=options.place, type=options.type,
            since=options.since, until=options.until, min_grade=options.min_grade, history=options.history,
            **some, **parties_asked(options),
        )  # fmt: skip
        return write_found(answer, options, shelf)


def run_aircraft(options: argparse.Namespace) -> int:
    """`aircraft NAME ...`: 0 when at least one is known, 1 otherwise."""
    with opened(options) as shelf:
        answer = shelf.aircraft([*options.names, *options.aircraft], aircraft_file=options.aircraft_file)
        return write_found(answer, options, shelf)


def run_add(options: argparse.Namespace) -> int:
    """`add PATH ...`: 0 when something could be read, 3 when everything was refused."""
    with opened(options, create=True) as shelf, shown_progress(options.quiet) as progress:
        report = shelf.add(
            options.paths, column_map=options.map, data_kind=options.data_kind,
            licence=options.licence or settings.settings_from(os.environ, Path.cwd()).licence,
            may_publish=options.may_publish, heatmaps=options.heatmaps, zone=options.zone,
            started=options.started, address=options.address, progress=progress,
        )  # fmt: skip
    return _report(report, options)


def run_reference(options: argparse.Namespace) -> int:
    """`reference add FILE|DIR`: 0 when something could be read, 3 when everything was refused."""
    with opened(options, create=True) as shelf, shown_progress(options.quiet) as progress:
        report = shelf.add_reference(
            options.path, day=options.day, column_map=options.column_map, licence=options.licence,
            may_publish=options.may_publish, progress=progress,
        )  # fmt: skip
    return _report(report, options)


def run_prepare(options: argparse.Namespace) -> int:
    """`prepare`: 0 when every unseen stop was weighed."""
    with opened(options) as shelf, shown_progress(options.quiet) as progress:
        count = shelf.prepare(progress=progress)
    if not options.quiet:
        print(f"overflight: unseen stops weighed: {count:,}", file=sys.stderr)
    return FOUND


def run_info(options: argparse.Namespace) -> int:
    """`info`: what the archive holds, as text or as one JSON object."""
    with opened(options) as shelf:
        facts = shelf.info()
    as_table = chosen_format(options.format, options.output) == "table"
    with destination(options.output) as stream:
        text = archive_report(facts) if as_table else json.dumps(facts, ensure_ascii=False, indent=1)
        stream.write(f"{printable(text, keep=LINE_END)}\n")
    return FOUND


def run_verify(options: argparse.Namespace) -> int:
    """`verify`: 0 where everything is as it was written, 2 where anything is not."""
    with shown_progress(options.quiet) as progress:
        found = archive.verify(archive_folder(options), progress=progress)
    as_table = chosen_format(options.format, options.output) == "table"
    with destination(options.output) as stream:
        whole = json.dumps(asdict(found), ensure_ascii=False, indent=1)
        text = soundness_report(found) if as_table else whole
        stream.write(f"{printable(text, keep=LINE_END)}\n")
    return WRONG if found.damaged else FOUND


def run_demo(options: argparse.Namespace) -> int:
    """`demo`: the 2016 case from the package alone."""
    from overflight.cli.demo import run_demo as run

    return run(options)


def run_claim(options: argparse.Namespace) -> int:
    """`claim add|list|show|withdraw|remove`: what documents say."""
    from overflight.cli.claiming import run_claim as run

    return run(options)


def run_search(options: argparse.Namespace) -> int:
    """`search TEXT`: what a text may mean."""
    from overflight.cli.searching import run_search as run

    return run(options)


def run_study(options: argparse.Namespace) -> int:
    """`study fit`, `study score`: for researchers, on their own archive."""
    from overflight.cli.studies import run_study as run

    return run(options)


def run_fetch(options: argparse.Namespace) -> int:
    """`fetch SOURCE`: files from the network into a folder, and with `--archive` into the archive."""
    from overflight.cli.fetching import run_fetch as run

    return run(options)


def run_synth(options: argparse.Namespace) -> int:
    """`synth`: made-up recordings into a new folder, a new archive, or both."""
    from overflight.cli.made_up import run_synth as run

    return run(options)


def run_serve(options: argparse.Namespace) -> int:
    """`serve`: pages and answers over HTTP until Ctrl-C."""
    from overflight.cli.serving import run_serve as run

    return run(options)


def run_print(options: argparse.Namespace) -> int:
    """`report`, `figure`: a flight or a stop on paper."""
    from overflight.cli.printing import run_figure, run_report

    return run_report(options) if options.verb == "report" else run_figure(options)


def run_publish(options: argparse.Namespace) -> int:
    """`publish DIR`: the public pages as files."""
    from overflight.cli.serving import run_publish as run

    return run(options)


def run_journey(options: argparse.Namespace) -> int:
    """`itinerary`, `pairs`, `sequence`, `count`: 0 with something found, 1 without."""
    from overflight.cli.journeys import run_journey as run

    return run(options)


def run_never(options: argparse.Namespace) -> int:
    """`never PLACE`: 0 with an aircraft that is known, 1 without."""
    from overflight.cli.absences import run_never as run

    return run(options)


def run_reception(options: argparse.Namespace) -> int:
    """`gaps`, `near`, `coverage`: 0 with something found, 1 without."""
    from overflight.cli.receptions import run_reception as run

    return run(options)


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": run_add,
    "reference": run_reference,
    "flights": run_question,
    "visits": run_question,
    "crossings": run_question,
    "itinerary": run_journey,
    "pairs": run_journey,
    "sequence": run_journey,
    "count": run_journey,
    "never": run_never,
    "gaps": run_reception,
    "near": run_reception,
    "coverage": run_reception,
    "aircraft": run_aircraft,
    "who": run_identity,
    "fleet": run_identity,
    "callsign": run_callsign,
    "claim": run_claim,
    "search": run_search,
    "prepare": run_prepare,
    "info": run_info,
    "verify": run_verify,
    "study": run_study,
    "fetch": run_fetch,
    "synth": run_synth,
    "report": run_print,
    "figure": run_print,
    "serve": run_serve,
    "publish": run_publish,
    "demo": run_demo,
}


def _report(report: AddReport, options: argparse.Namespace) -> int:
    if not options.quiet or report.all_refused:
        print(printable(add_report(report), keep=LINE_END), file=sys.stderr)
    return REFUSED if report.all_refused else FOUND
