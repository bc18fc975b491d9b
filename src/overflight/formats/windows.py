"""A file of any size as windows of rows that overlap, for readers that join what rows near in time say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

CORE = 1 << 20  # rows handled at a time: some 200 MB of arrays
# Rows looked at before and after those. No rule of these readers but one (surface positions, which are held
# to the end) looks farther than a minute, and a busy receiver hears some 2,000 messages a second.
MARGIN = 1 << 17


class Rows(Protocol):
    """Rows that can be counted and cut: a table, or arrays of one length."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, rows: slice, /) -> Any:
        """Those of a slice."""


Some = TypeVar("Some", bound=Rows)


def windows(
    blocks: Iterable[Some], joined: Callable[[list[Some]], Some], core: int = CORE, margin: int = MARGIN
) -> Iterator[tuple[Some, slice]]:
    """Rows, and which of them are to be handled now, each once; the others stand before and after them.

    Cut by number alone: the same file gives the same windows however its bytes are handed over.
    """
    held: list[Some] = []
    count = first = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        while count - first >= core + margin:
            whole = joined(held)
            yield whole[: first + core + margin], slice(first, first + core)
            begin = max(first + core - margin, 0)
            held, count, first = [whole[begin:]], count - begin, first + core - begin
    if count > first:
        yield joined(held), slice(first, count)
