"""Source classes of our own, beside readsb's words: positions marked as spoofed, printed, or worked over.

`source` of a position says how it was heard. A position that its source marks as spoofed keeps what else is
said of it after a colon, `marked_spoofed:adsb_icao`. One that nobody here heard but a website or a paper
printed has a class that begins with `document_` and goes on with who printed it. `processed` are positions
that a program may have filtered, resampled or filled in before they came here, and that do not say which.
"""

from __future__ import annotations

MARKED_SPOOFED = "marked_spoofed"
PROCESSED = "processed"
_DOCUMENT = "document_"


def document_of(publisher: str) -> str:
    """Source class of what a publisher printed."""
    return f"{_DOCUMENT}{publisher}"


def marked_spoofed(heard: str | None) -> str:
    """Source class of a position that was heard so, if that is known, and that its source calls spoofed."""
    return f"{MARKED_SPOOFED}:{heard}" if heard else MARKED_SPOOFED


def is_document(source_word: str) -> bool:
    """Whether a source class, or `feed/class`, is that of a document."""
    return source_word.rpartition("/")[2].startswith(_DOCUMENT)


def is_marked_spoofed(source_word: str) -> bool:
    """Whether a source class, or `feed/class`, says that the source calls it spoofed."""
    return source_word.rpartition("/")[2].partition(":")[0] == MARKED_SPOOFED


def is_processed(source_word: str) -> bool:
    """Whether a source class, or `feed/class`, is that of positions that may have been filled in."""
    return source_word.rpartition("/")[2] == PROCESSED
