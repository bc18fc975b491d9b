"""What each verb does: settings and options to the archive, the archive's answer to the output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from overflight import archive, settings
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format, colour_wanted, destination
from overflight.cli.progress import shown_progress
from overflight.cli.reports import add_report, archive_report
from overflight.cli.tables import printable, write_table
from overflight.intake.report import AddReport
from overflight.search.answer import Answer
from overflight.search.export import write_answer

LINE_END = "\n"
FOUND, NOTHING_FOUND, REFUSED = 0, 1, 3


def run_question(options: argparse.Namespace) -> int:
    """`flights`, `visits`, `crossings`: 0 with rows, 1 without."""
    with opened(options) as shelf:
        ask: dict[str, Callable[..., Answer]] = {
            "flights": shelf.flights, "visits": shelf.visits, "crossings": shelf.crossings
        }  # fmt: skip
        answer = ask[options.verb](
            options.aircraft, aircraft_file=options.aircraft_file, place=options.place, type=options.type,
            since=options.since, until=options.until, min_grade=options.min_grade, history=options.history,
        )  # fmt: skip
        return _write(answer, options, shelf)


def run_aircraft(options: argparse.Namespace) -> int:
    """`aircraft NAME ...`: 0 when at least one is known, 1 otherwise."""
    with opened(options) as shelf:
        answer = shelf.aircraft([*options.names, *options.aircraft], aircraft_file=options.aircraft_file)
        return _write(answer, options, shelf)


def run_add(options: argparse.Namespace) -> int:
    """`add PATH ...`: 0 when something could be read, 3 when everything was refused."""
    with opened(options, create=True) as shelf, shown_progress(options.quiet) as progress:
        report = shelf.add(
            options.paths, column_map=options.map, data_kind=options.data_kind,
            licence=options.licence or settings.settings_from(os.environ, Path.cwd()).licence,
            may_publish=options.may_publish, progress=progress,
        )  # fmt: skip
    return _report(report, options)


def run_reference(options: argparse.Namespace) -> int:
    """`reference add FILE|DIR`: 0 when something could be read, 3 when everything was refused."""
    with opened(options, create=True) as shelf, shown_progress(options.quiet) as progress:
        report = shelf.add_reference(
            options.path, day=options.day, licence=options.licence, may_publish=options.may_publish,
            progress=progress,
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


def run_demo(options: argparse.Namespace) -> int:
    """`demo`: the 2016 case from the package alone."""
    from overflight.cli.demo import run_demo as run

    return run(options)


def run_study(options: argparse.Namespace) -> int:
    """`study fit`, `study score`: for researchers, on their own archive."""
    from overflight.cli.studies import run_study as run

    return run(options)


def run_synth(options: argparse.Namespace) -> int:
    """`synth`: made-up recordings into a new folder, a new archive, or both."""
    from overflight.cli.made_up import run_synth as run

    return run(options)


def run_serve(options: argparse.Namespace) -> int:
    """`serve`: pages and answers over HTTP until Ctrl-C."""
    from overflight.cli.serving import run_serve as run

    return run(options)


def run_publish(options: argparse.Namespace) -> int:
    """`publish DIR`: the public pages as files."""
    from overflight.cli.serving import run_publish as run

    return run(options)


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": run_add,
    "reference": run_reference,
    "flights": run_question,
    "visits": run_question,
    "crossings": run_question,
    "aircraft": run_aircraft,
    "prepare": run_prepare,
    "info": run_info,
    "study": run_study,
    "synth": run_synth,
    "serve": run_serve,
    "publish": run_publish,
    "demo": run_demo,
}


def _write(answer: Answer, options: argparse.Namespace, shelf: archive.Archive) -> int:
    remarks = [*(f"not found: {name}" for name in answer.missing), *answer.remarks]
    for remark in () if options.quiet else remarks:
        print(f"overflight: {printable(remark)}", file=sys.stderr)
    format_ = chosen_format(options.format, options.output)
    sentences = answer.sentences() if options.sentences else []
    with destination(options.output) as stream:
        if format_ == "table":
            write_table(
                stream, answer.kind, answer.rows, answer.footer(), colour=colour_wanted(options.output)
            )
            stream.writelines(f"\n{printable(text)}\n" for text in sentences)
        else:
            rows = answer.rows
            if options.sentences:
                rows = [row | {"sentence": text} for row, text in zip(rows, sentences, strict=True)]
            write_answer(answer.kind, rows, format_, stream, lambda: shelf.tracks(answer))
    return FOUND if answer.rows else NOTHING_FOUND


def _report(report: AddReport, options: argparse.Namespace) -> int:
    if not options.quiet or report.all_refused:
        print(printable(add_report(report), keep=LINE_END), file=sys.stderr)
    return REFUSED if report.all_refused else FOUND
