"""A long table in pages, which say how much there is."""

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
    """Rows `first` to `last` of `total`; queries of the pages around, None where there is none."""

    first: int
    last: int
    total: int
    before: str | None
    after: str | None


def paged(rows: Sequence[T], ask: Ask) -> tuple[Sequence[T], Pager]:
    """The rows of the page asked for by `?page=N`; Refused for a page that is none."""
    last = max(1, -(-len(rows) // ROWS))
    text = ask.query.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= last):
        raise Refused(400, "No such page of the table", f"Its pages are numbered from 1 to {last}.")
    number = int(text)
    part = rows[(number - 1) * ROWS : number * ROWS]
    first = (number - 1) * ROWS + 1 if part else 0
    return part, Pager(first, first + len(part) - 1 if part else 0, len(rows),
                       _query(ask.query, number - 1) if number > 1 else None,
                       _query(ask.query, number + 1) if number < last else None)  # fmt: skip


def _query(query: Mapping[str, Any], number: int) -> str:
    return "?" + urlencode({**query, "page": number})
