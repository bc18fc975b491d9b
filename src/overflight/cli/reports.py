"""What an intake did and what an archive holds, as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from overflight.intake.report import AddReport, FileReport
from overflight.search.soundness import Soundness

FILES_TOLD = 20  # of a folder of 60,000 traces; every one of them is in `info --format json`


def add_report(report: AddReport) -> str:
    """The intake in lines: totals, refusals with reasons, files that broke off, and the version it made."""
    read, accepted, refused, duplicate = (
        report.total(what) for what in ("read", "accepted", "refused", "duplicate")
    )
    files = len(report.files)
    lines = [
        f"{files:,} file{'' if files == 1 else 's'}: {read:,} rows read = {accepted:,} accepted "
        f"+ {refused:,} refused + {duplicate:,} duplicate",
        *_told(report.files),
    ]
    if report.version_after == report.version_before:
        lines.append(f"nothing new; the archive stands at {report.version_after}")
    else:
        lines.append(
            f"{report.aircraft_derived:,} aircraft derived anew; the archive stands at {report.version_after}"
        )
    return "\n".join(lines)


def _told(files: list[FileReport]) -> Iterator[str]:
    reasons: Counter[str] = sum((file.reasons for file in files), Counter())
    yield from (f"  refused {count:,}: {reason}" for reason, count in reasons.most_common())
    remarks: Counter[str] = sum((file.remarks for file in files), Counter())
    yield from (f"  kept {count:,}: {remark}" for remark, count in remarks.most_common())
    unread: Counter[str] = sum((file.unread for file in files), Counter())
    yield from (f"  left unread {count:,}: {kind}" for kind, count in unread.most_common())
    odd = [
        (file.name, file.unreadable or f"broke off: {file.broke}")
        for file in files
        if file.unreadable or file.broke
    ]
    yield from (f"  {name}: {what}" for name, what in odd[:FILES_TOLD])
    if len(odd) > FILES_TOLD:
        yield f"  and {len(odd) - FILES_TOLD:,} more files"


def archive_report(facts: Mapping[str, Any]) -> str:
    """What an archive holds, in lines."""
    lines = [
        f"version {facts['version']} ({facts['archive_version']}), {facts['made']}, by: {facts['by'] or '-'}",
        "",
    ]
    lines += [
        f"{name:<15}{table['rows']:>14,} rows {table['bytes'] / 1e6:>10,.1f} MB  {table['hash'][:16]}"
        for name, table in facts["tables"].items()
    ]
    if facts["batches"]:
        lines += [
            "",
            f"{'batch':<32} {'read':>12} {'accepted':>12} {'refused':>10} {'duplicate':>10}  format",
        ]
    for batch in facts["batches"][:FILES_TOLD]:
        counts = (
            f"{batch['read']:>12,} {batch['accepted']:>12,} {batch['refused']:>10,} {batch['duplicate']:>10,}"
        )
        lines.append(f"{batch['name'][:32]:<32} {counts}  {batch['format'] or batch['unreadable'] or '-'}")
    if len(facts["batches"]) > FILES_TOLD:
        lines.append(f"and {len(facts['batches']) - FILES_TOLD:,} more batches")
    listed = facts["references"]
    lines += [f"reference: {r['kind']} {r['name']} of {r['day']}, {r['source']}" for r in listed[:FILES_TOLD]]
    if len(listed) > FILES_TOLD:
        lines.append(f"and {len(listed) - FILES_TOLD:,} more references")
    return "\n".join(lines)


def soundness_report(found: Soundness) -> str:
    """What is damaged and what rests on it, or that nothing is, in lines."""
    looked = f"{found.file_count:,} files, {found.byte_count / 1e6:,.1f} MB, version {found.archive_version}"
    lists = "" if found.sealed else (
        "\nThe catalogue was written by an older Overflight and has no seal: that its lists say what they "
        "said could not be checked beyond the database's own check. The next `add` seals them."
    )
    if not found.damaged:
        return f"sound: {looked}; every file and list is as it was written{lists}"
    lines = [f"DAMAGED: {len(found.damaged):,} of {looked}"]
    for one in found.damaged:
        lines += ["", one.what, f"  rests on it: {one.rests}", f"  to do: {one.remedy}"]
    return "\n".join(lines) + lists
