"""Rows of an answer that are told when they are looked at: most of the work of an answer is in telling it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from overflight.search.contract import Row

PAGE = 64  # rows told at once: weighing few stops costs nearly as much as weighing that many


class Told(Sequence[Row]):
    """Rows in order, made by the page and then kept; as good as a list of them."""

    def __init__(self, count: int, tell: Callable[[int, int], list[Row]]) -> None:
        """`tell` gives the rows from a number up to another."""
        self._tell = tell
        self._rows: list[Row | None] = [None] * count

    def tell_all(self) -> None:
        """Tell what was not looked at yet: afterwards the archive is no longer needed."""
        for index in range(len(self)):
            self._row(index)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._row(k) for k in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"row {index} of {len(self)}")
        return self._row(index % len(self))

    def __iter__(self) -> Iterator[Row]:
        return (self._row(k) for k in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _row(self, index: int) -> Row:
        row = self._rows[index]
        if row is None:
            first = index // PAGE * PAGE
            self._rows[first : first + PAGE] = self._tell(first, min(first + PAGE, len(self)))
            row = self._rows[index]
            assert row is not None
        return row
