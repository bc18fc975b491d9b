"""Files of FollowTheMoney entities as claims of documents."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from overflight.formats import followthemoney
from overflight.formats.reading import Tally
from overflight.intake.report import FileReport

ENDINGS = (".json", ".jsonl", ".ndjson", ".ftm", ".gz")  # looked into where they lie in a folder
MOST_BYTES = 1 << 30  # the largest public collection of entities about aircraft has some hundred megabytes
_HEAD_BYTES = 1 << 16


def is_entities(file: Path) -> bool:
    """Whether a file begins as FollowTheMoney entities do; False for one that cannot be read."""
    try:
        with file.open("rb") as opened:
            return followthemoney.sniff(opened.read(_HEAD_BYTES))
    except OSError:
        return False


def read_entities(file: Path, report: FileReport) -> list[dict[str, Any]]:
    """Fields of DOCUMENTS that the entities of a file state; the report has what was refused or not read.

    Such files come from others: they may say that something is not for the public, never that it is. That
    the licence decides, or whoever adds them.
    """
    report.format = followthemoney.NAME
    try:
        report.bytes = file.stat().st_size
        if report.bytes > MOST_BYTES:
            report.unreadable = f"at most {MOST_BYTES:,} bytes of entities are read, not {report.bytes:,}"
            return []
        data = file.read_bytes()
    except OSError as error:
        report.unreadable = f"it cannot be read: {error.strerror}"
        return []
    report.sha256 = hashlib.sha256(data).hexdigest()
    tally = Tally(report.name)
    claims = followthemoney.read_claims(data, tally)
    report.read, report.refused = len(claims) + tally.refused_count, tally.refused_count
    report.reasons.update(tally.refused)
    report.examples, report.unread = tally.examples, tally.unread
    report.broke, report.unreadable = tally.broke, tally.unreadable
    for claim in claims:
        claim["may_publish"] = None if claim["may_publish"] else claim["may_publish"]
    return claims
