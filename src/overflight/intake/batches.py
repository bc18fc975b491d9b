"""What each input file brought: the reports filled in, the batches and their lineage listed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from overflight.formats.reading import Tally
from overflight.intake.report import FileReport
from overflight.intake.staging import Staged
from overflight.model.fields import LINEAGE, schema
from overflight.store.entries import Batch, Reference
from overflight.store.licences import Said, Terms, restated, terms_of
from overflight.store.writing import Writer, now_ms

MADE_PUBLIC = "known already; from now on it may be published"
WITHHELD_NOW = "known already; from now on it may not be published"
STAYS_WITHHELD = "known already and withheld from publication, as it stays: --may-publish would change that"


def count(reports: Sequence[FileReport], staged: Sequence[Staged], lineage: pa.Table) -> None:
    """Fill the reports: what the readers counted, and what merging found new or already there."""
    sums = [("accepted_count", "sum"), ("duplicate_count", "sum")]
    rows = lineage.group_by("batch").aggregate(sums).to_pylist()
    found = {row["batch"]: (row["accepted_count_sum"], row["duplicate_count_sum"]) for row in rows}
    for part in staged:
        for number, tally in zip(part.numbers, part.tallies, strict=True):
            _fill(reports[number], tally, *found.get(number, (0, 0)))
    originals: dict[str, FileReport] = {}
    for report in reports:
        original = originals.setdefault(report.sha256, report)
        if report.sha256 and original is not report and not report.known:
            _fill_copy(report, original)


def _fill(report: FileReport, tally: Tally, accepted: int, duplicate: int) -> None:
    report.format, report.read, report.refused = tally.format, tally.rows_read, tally.refused_count
    report.accepted, report.duplicate = accepted, duplicate
    report.reasons, report.remarks, report.examples = tally.refused, tally.remarks, tally.examples
    report.broke, report.unreadable, report.unread = tally.broke, tally.unreadable, tally.unread


def _fill_copy(report: FileReport, original: FileReport) -> None:
    """Of a copy of a file in the same intake: all that the file held came in with the file."""
    report.format, report.read, report.refused = original.format, original.read, original.refused
    report.duplicate = original.read - original.refused
    report.reasons.update(original.reasons)
    report.broke, report.unreadable, report.known = original.broke, original.unreadable, True


def list_batches(
    writer: Writer, reports: Sequence[FileReport], options_digest: str, terms: Terms, lineage: pa.Table
) -> None:
    """List a batch for each file that was read, and its lineage (`batch`: as yet the number of the file)."""
    numbers = np.zeros(len(reports), np.int64)
    for place, report in enumerate(reports):
        if report.sha256 and not report.known:
            numbers[place] = writer.add_batch(_batch(report, options_digest, terms))
    if lineage.num_rows:
        batch = pa.array(numbers[lineage["batch"].to_numpy()])
        order = [("address", "ascending"), ("first_ms", "ascending"), ("batch", "ascending")]
        rows = lineage.set_column(0, schema(LINEAGE).field("batch"), batch).sort_by(order)
        name = f"batches from {numbers[numbers > 0].min():09d}"
        writer.put("lineage", name, rows.combine_chunks().cast(schema(LINEAGE)))


def restate(writer: Writer, entry: Batch | Reference, report: FileReport, said: Said) -> None:
    """Note what is said anew of data that came again, and remark on what that changes, or does not."""
    stands, asked, now = entry.terms, terms_of(said), restated(entry.terms, said)
    if now != stands:
        writer.state_terms(entry, now)
    if now.may_publish != stands.may_publish:
        report.remarks[MADE_PUBLIC if now.may_publish else WITHHELD_NOW] += 1
    elif asked.may_publish and not now.may_publish:
        report.remarks[STAYS_WITHHELD] += 1


def _batch(report: FileReport, options_digest: str, terms: Terms) -> Batch:
    return Batch(
        sha256=report.sha256,
        options_digest=options_digest,
        name=report.name,
        format=report.format,
        bytes=report.bytes,
        read=report.read,
        accepted=report.accepted,
        refused=report.refused,
        duplicate=report.duplicate,
        licence=terms.licence,
        may_publish=terms.may_publish,
        retrieved_ms=now_ms(),
        reasons=dict(report.reasons),
        remarks=dict(report.remarks) | {f"left unread: {what}": n for what, n in report.unread.items()},
        broke=report.broke,
        unreadable=report.unreadable,
    )
