"""Answers to typed questions, made in a thread: bounded first, kept while their pages are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from overflight.archive import Archive
from overflight.search.answer import Answer
from overflight.search.contract import SCHEMA
from overflight.web.api.paging import cursor_text, offset_of, question_digest
from overflight.web.api.problems import Problem
from overflight.web.api.questions import MEDIA_TYPES, Asking
from overflight.web.api.writing import page_body
from overflight.web.limits import Limits, check_bounds, check_reach

KEPT = 32  # answers kept for their next pages: readers who page at once; rows are told as they are looked at


@dataclass(frozen=True)
class Body:
    """Bytes of an answer, their type, and the cursor of the next page."""

    content: bytes
    media_type: str
    next_cursor: str | None = None


class Answers:
    """Answers of one archive within limits."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        """Nothing is looked up yet."""
        self.archive, self.limits = archive, limits
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._lock = threading.Lock()

    def rows(self, kind: str, asking: Asking) -> Body:
        """A page of flights, visits or crossings; raises QuestionError and Problem."""

        def find() -> Answer:
            asked = asking.question
            check_bounds(asked, self.limits)
            check_reach(self.archive.reach(kind, asking.aircraft, **asking.asked), asked, self.limits)
            ask: dict[str, Callable[..., Answer]] = {
                "flights": self.archive.flights, "visits": self.archive.visits,
                "crossings": self.archive.crossings,
            }  # fmt: skip
            return ask[kind](asking.aircraft, **asking.asked)

        return self._page(kind, asking, find)

    def aircraft(self, asking: Asking) -> Body:
        """A page of aircraft."""
        return self._page("aircraft", asking, lambda: self.archive.aircraft(asking.aircraft))

    def plain(self, value: object) -> Body:
        """Members of a JSON object beside the archive's version, or a list of things found."""
        content = {"schema": SCHEMA, "archive_version": self.archive.version, **msgspec.to_builtins(value)}
        return Body(msgspec.json.encode(content) + b"\n", MEDIA_TYPES["json"])

    def trace(self, flight_id: str) -> Body:
        """What a map draws of a flight; Problem 404 where none stands under the id."""
        trace, flight = self.archive.trace(flight_id), self.archive.flight(flight_id)
        if trace is None or flight is None:
            raise Problem(404, "flight", "no flight stands under that id; /api/v1/resolve/ID tells its heir")
        document = trace.document(flight, self.archive.crossings_of(flight_id))
        return Body(msgspec.json.encode(document) + b"\n", MEDIA_TYPES["json"])

    def _page(self, kind: str, asking: Asking, find: Callable[[], Answer]) -> Body:
        version = self.archive.version
        digest = question_digest(kind, asking.identity)
        offset = offset_of(asking.cursor, version, digest)
        answer = self._answer((version, digest), find)
        if offset > len(answer):
            raise Problem(400, "cursor", "that cursor lies behind the last row; begin again without `cursor`")
        end = min(offset + asking.limit, len(answer))
        rows = list(answer.rows[offset:end])
        following = cursor_text(version, digest, end) if end < len(answer) else None
        body = page_body(self.archive, answer, rows, asking.format, following)
        return Body(body, MEDIA_TYPES[asking.format], following)

    def _answer(self, key: tuple[str, str], find: Callable[[], Answer]) -> Answer:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = find()
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer
