"""An answer into the format and to the place asked for, with what has to be said beside it."""

from __future__ import annotations

import argparse
import sys

from overflight.archive import Archive
from overflight.cli.asked import asked_text
from overflight.cli.output import ENTITIES, chosen_format, colour_wanted, destination, write_bytes
from overflight.cli.tables import printable, write_table
from overflight.cli.unheard import said_of_reception
from overflight.search.answer import Answer
from overflight.search.export import BYTES, NOTHING, WITHOUT_TERMS, answer_bytes, write_answer

FOUND, NOTHING_FOUND = 0, 1


def write_found(answer: Answer, options: argparse.Namespace, shelf: Archive) -> int:
    """The exit status, 0 with rows and 1 without, once the answer stands in the format asked for.

    What has to be said beside it goes to standard error.
    """
    format_ = chosen_format(options.format, options.output)
    made = shelf.entities(answer) if format_ == ENTITIES else None
    alone = format_ in ("table", ENTITIES, *WITHOUT_TERMS)
    remarks = [*(f"not found: {name}" for name in answer.missing), *answer.remarks]
    remarks += () if made is None else made.losses
    if not (options.quiet and alone):  # a file that says what goes with it says this too
        remarks += said_of_reception(shelf, options, bool(answer.rows))
    for remark in () if options.quiet else remarks:
        print(f"overflight: {printable(remark)}", file=sys.stderr)
    about = NOTHING if alone else shelf.about().of(asked_text(options), answer.footer(), tuple(remarks))
    sentences = answer.sentences() if options.sentences else []
    rows = answer.rows
    if options.sentences:
        rows = [row | {"sentence": text} for row, text in zip(rows, sentences, strict=True)]
    if format_ in BYTES:
        content = answer_bytes(answer.kind, rows, format_, lambda: shelf.tracks(answer), about)
        write_bytes(content, options.output)
        return FOUND if rows else NOTHING_FOUND
    with destination(options.output) as stream:
        if made is not None:
            stream.writelines(made.lines())
        elif format_ == "table":
            write_table(
                stream, answer.kind, answer.rows, answer.footer(), colour=colour_wanted(options.output)
            )
            stream.writelines(f"\n{printable(text)}\n" for text in sentences)
        else:
            write_answer(answer.kind, rows, format_, stream, lambda: shelf.tracks(answer), about)
    return FOUND if answer.rows else NOTHING_FOUND
