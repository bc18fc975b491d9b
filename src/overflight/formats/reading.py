"""What a reader hands over: positions and claims, and for each file how many rows it read and refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

EXAMPLES_KEPT = (
    5  # refused rows kept verbatim per file: enough to see what is wrong, bounded for hostile files
)


@dataclass
class Tally:
    """Counts of one input file: `rows_read` = accepted + refused.

    `broke` says where and how the file broke off (what came before it is kept); `unreadable` says why nothing
    of the file could be used at all. Members of a tar share the tally of the tar.
    """

    name: str
    format: str | None = None
    rows_read: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # reason in words -> rows
    examples: list[str] = field(default_factory=list)
    remarks: Counter[str] = field(
        default_factory=Counter
    )  # counted but kept: out-of-order rows, bad call signs ...
    unread: Counter[str] = field(default_factory=Counter)  # known, and left unread for a reason: no rows
    broke: str | None = None
    unreadable: str | None = None

    def refuse(self, reason: str, example: str | None = None, count: int = 1) -> None:
        """Count `count` refused rows, keeping at most EXAMPLES_KEPT examples (cut at 200 characters)."""
        self.refused[reason] += count
        if example is not None and len(self.examples) < EXAMPLES_KEPT:
            self.examples.append(f"{reason}: {example[:200]}")

    @property
    def refused_count(self) -> int:
        """Rows refused for any reason."""
        return sum(self.refused.values())


@dataclass
class Reading:
    """A chunk: `positions` (POSITIONS), `claims` (CLAIMS), `file_index` (one per position: which file)."""

    positions: pa.Table
    claims: pa.Table
    file_index: np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True)
class ReadOptions:
    """How to read: column map and zone for generic CSV, what kind of data it is.

    `address` is the aircraft's, for files that name none. `zone` is that of written times which carry none
    (SBS logs; a column map has its own), `started_ms` the UTC time of the first frame of a log whose times
    have no date, or of a snapshot that states none. None of them ever replaces what a file says.
    """

    data_kind: str = "recorded"
    column_map: Path | None = None
    heatmaps: bool = False  # read readsb's heatmaps too, though they repeat traces thinned and rounded
    address: int | None = None
    zone: str | None = None
    started_ms: int | None = None


class Bytes(Protocol):
    """Bytes in order from anywhere: a file, what a gzip file inflates to, a member of a tar."""

    @property
    def broke(self) -> str | None:
        """Where and why the bytes ended before their time, None where they did not (known at the end)."""

    def peek(self, size: int) -> bytes:
        """The next `size` bytes without taking them; fewer only at the end."""

    def read(self, size: int) -> bytes:
        """Take at most `size` bytes; empty only at the end."""


@dataclass
class Source:
    """One thing to read: its bytes, the tally it counts into, the number of its file, its name in a tar.

    `path` is where the very bytes of the stream lie, for formats that must begin at the end of a file; `file`
    the file that it is or lies in, for formats that look something up beside it.
    """

    stream: Bytes
    tally: Tally
    file_index: int
    member: str = ""
    path: Path | None = None
    file: Path | None = None

    @property
    def label(self) -> str:
        """Text put before what is said of it: `member: ` inside a tar, nothing otherwise."""
        return f"{self.member}: " if self.member else ""

    def is_of(self, format_name: str) -> None:
        """Say its format; a tar of several kinds has them all, in order of name."""
        known = set(self.tally.format.split(", ")) if self.tally.format else set()
        self.tally.format = ", ".join(sorted(known | {format_name}))

    def refuse(self, reason: str, example: str | None = None, count: int = 1) -> None:
        """Count refused rows, the example naming the member."""
        self.tally.refuse(reason, None if example is None else self.label + example, count)

    def break_off(self, how: str) -> None:
        """Say where the bytes broke off; the first such text of a file is kept, each member is counted."""
        self.tally.broke = self.tally.broke or self.label + how
        if self.member:
            self.tally.remarks["members that broke off"] += 1

    def reject(self, reason: str) -> None:
        """Say why nothing of it can be used: of the file, or as a remark where it is one member of many."""
        if not self.member:
            self.tally.unreadable = reason
            return
        self.tally.remarks["members that are not positions"] += 1
        if len(self.tally.examples) < EXAMPLES_KEPT:
            self.tally.examples.append(f"{self.label}{reason}"[:200])


class Piece(NamedTuple):
    """What a format yields: positions, the claims beside them, the number of the file of each position."""

    positions: pa.Table
    claims: pa.Table
    file_index: np.ndarray[Any, np.dtype[np.int32]]


Pieces = Iterator[Piece]
