"""What must be said of an answer: positions printed, an address supplied, a time zone assumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FIXES = ("before", "after")
_ENDS = ("origin", "destination")
PRINTED = "Positions of it come from a document, not from a receiver: they may be right, but prove nothing."
SUPPLIED = "Which aircraft it was is not in the source: whoever added the file gave the address."
ZONE = "The log it comes from does not say in which zone its times are: they were read as UTC, an assumption."
_OF_FLAGS = (("document", PRINTED), ("zone_assumed", ZONE))


def document_note(row: Mapping[str, Any]) -> str:
    """Sentences to add, a blank before each; empty where all that was used was received with its address."""
    fixes = [row.get(name) for name in _FIXES] + [(row.get(name) or {}).get("fix") for name in _ENDS]
    supplied = any("address" in ((fix or {}).get("assumed") or ()) for fix in fixes)
    flags = row.get("flags") or ()
    notes = [note for flag, note in _OF_FLAGS if flag in flags]
    return "".join(f" {note}" for note in [*notes, *([SUPPLIED] if supplied else [])])
