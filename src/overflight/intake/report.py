"""What an intake did, file by file: read = accepted + refused + duplicate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class FileReport:
    """One input file."""

    name: str
    sha256: str
    bytes: int
    format: str | None = None
    read: int = 0
    accepted: int = 0
    refused: int = 0
    duplicate: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)  # files that are known and of no use here, by kind
    broke: str | None = None
    unreadable: str | None = None
    known: bool = False  # the very same bytes were added before, read the same way


@dataclass
class AddReport:
    """All files of one intake and the archive version it made."""

    files: list[FileReport]
    version_before: str
    version_after: str
    aircraft_derived: int = 0
    days_touched: int = 0

    def total(self, what: str) -> int:
        """Sum of `read`, `accepted`, `refused` or `duplicate` over the files."""
        return sum(int(getattr(file, what)) for file in self.files)

    @property
    def all_refused(self) -> bool:
        """Whether there was input and nothing of it could be used, now or before (duplicates are used)."""
        return bool(self.files) and not any(f.accepted or f.duplicate for f in self.files)
