"""A long table in pages, which say how much there is: `page-2.html` and so on beside the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from overflight.web.desk import Ask
from overflight.web.document import Refused

ROWS = 200  # of a page: 300 KB of page hold more, a reader does not
T = TypeVar("T")


@dataclass(frozen=True)
class Pager:
    """Rows `first` to `last` of `total`; links to the pages around, None where there is none."""

    first: int
    last: int
    total: int
    before: str | None
    after: str | None


def paged(rows: Sequence[T], ask: Ask) -> tuple[Sequence[T], Pager]:
    """The rows of the page asked for; Refused for a page that is none."""
    last, number = pages_of(len(rows)), ask.number
    if number > last:
        raise Refused(404, "No such page of the table", f"Its pages are numbered from 1 to {last}.")
    part = rows[(number - 1) * ROWS : number * ROWS]
    first = (number - 1) * ROWS + 1 if part else 0
    return part, Pager(first, first + len(part) - 1 if part else 0, len(rows),
                       _link(ask.query, number - 1) if number > 1 else None,
                       _link(ask.query, number + 1) if number < last else None)  # fmt: skip


def pages_of(rows: int) -> int:
    """How many pages a table of so many rows has; an empty one has one."""
    return max(1, -(-rows // ROWS))


def page_files(rows: int) -> tuple[str, ...]:
    """Names of the pages after the first."""
    return tuple(f"page-{number}.html" for number in range(2, pages_of(rows) + 1))


def _link(query: Mapping[str, Any], number: int) -> str:
    asked = f"?{urlencode(query)}" if query else ""
    return (f"page-{number}.html" if number > 1 else "./") + asked
