"""`claim`: what documents say, recorded, told, taken back and removed."""

from __future__ import annotations

import argparse
import sys

from overflight.archive import Answer, Archive
from overflight.cli.answering import FOUND, write_found
from overflight.cli.claim_arguments import SAYINGS
from overflight.cli.opening import opened
from overflight.cli.output import chosen_format
from overflight.cli.reports import add_report
from overflight.cli.tables import printable
from overflight.errors import QuestionError

REFUSED = 3
LINE_END = "\n"
_STATED = (
    "since", "until", "on", "between", "position", "source", "title", "link", "copy", "quotation",
    "published", "grade", "party_kind", "licence", "as_reported",
)  # fmt: skip


def run_claim(options: argparse.Namespace) -> int:
    """`claim add|list|show|withdraw|remove`: 0 done or found, 1 nothing found, 3 all was refused."""
    run = {"add": _add, "list": _list, "show": _show, "withdraw": _withdraw, "remove": _remove}
    return run[options.action](options)


def _add(options: argparse.Namespace) -> int:
    given = {name: getattr(options, f"says_{name}") for name, _, _ in SAYINGS.values()}
    said = {name: value for name, value in given.items() if value is not None}
    if not options.what:
        raise QuestionError("add what? Give an aircraft and what is said of it, or claim files")
    if not said:
        return _add_files(options)
    if len(said) > 1 or len(options.what) > 1:
        raise QuestionError("a claim says one thing of one aircraft; for several write a file")
    (says, value), subject = said.popitem(), options.what[0]
    stated = {name: getattr(options, name) for name in _STATED}
    with opened(options, create=True) as shelf:
        id_ = shelf.add_claim(subject, says, value, may_publish=options.may_publish, **stated)
        return write_found(_only(shelf, id_), options, shelf)


def _add_files(options: argparse.Namespace) -> int:
    with opened(options, create=True) as shelf:
        report = shelf.add_claims(options.what, licence=options.licence, may_publish=options.may_publish)
    if not options.quiet or report.all_refused:
        print(printable(add_report(report), keep=LINE_END), file=sys.stderr)
    return REFUSED if report.all_refused else FOUND


def _list(options: argparse.Namespace) -> int:
    chosen_format(options.format, options.output)  # refused before the work, not after it
    with opened(options) as shelf:
        return write_found(shelf.claims(options.what), options, shelf)


def _show(options: argparse.Namespace) -> int:
    chosen_format(options.format, options.output)
    with opened(options) as shelf:
        answer = _only(shelf, _id(options))
        return write_found(answer, options, shelf)


def _withdraw(options: argparse.Namespace) -> int:
    if options.on is None:
        raise QuestionError("since which day does the source no longer say it? Give --on 2016-05-01")
    with opened(options) as shelf:
        shelf.withdraw_claim(_id(options), options.on, options.why)
        return write_found(_only(shelf, _id(options)), options, shelf)


def _remove(options: argparse.Namespace) -> int:
    if options.reason is None:
        raise QuestionError("why is it removed? Give --reason privacy, safety, court_order, wrong or licence")
    with opened(options) as shelf:
        if options.party is None:
            count = shelf.remove_claim(_id(options), options.reason)
        elif options.what:
            raise QuestionError("remove a claim by its id, or a party by --party; not both")
        else:
            count = shelf.remove_party(options.party, options.reason, options.aircraft)
    if not options.quiet:
        told = "1 claim" if count == 1 else f"{count} claims"
        print(f"overflight: removed for good: {told}; the list says so, and why", file=sys.stderr)
    return FOUND


def _only(shelf: Archive, id_: str) -> Answer:
    row = shelf.claim(id_)
    return Answer("claims", [] if row is None else [row], missing=() if row is not None else (id_,))


def _id(options: argparse.Namespace) -> str:
    if len(options.what) != 1:
        raise QuestionError("which claim? Give its id, as `overflight claim list` shows it")
    return str(options.what[0])


