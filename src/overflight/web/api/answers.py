"""Answers to typed questions, made in a thread: bounded first, kept while their pages are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from overflight.archive import Archive
from overflight.model.address import address_of
from overflight.search.answer import Answer
from overflight.search.contract import SCHEMA
from overflight.search.scope import Question
from overflight.search.told import PAGE, Told
from overflight.web.api.paging import cursor_text, offset_of, question_digest
from overflight.web.api.problems import Problem
from overflight.web.api.questions import MEDIA_TYPES, Asking
from overflight.web.api.writing import page_body
from overflight.web.limits import Limits, check_bounds, check_count, check_reach

KEPT = 32  # answers kept for their next pages: readers who page at once
KEPT_BYTES = 128 << 20  # of memory for all of them, some 4,700 told rows; what is let go is found anew
ROW_BYTES = 27_000  # of a row once told, measured over visits at KJFK; a flight or crossing takes less
BRIEF_BYTES = 1_500  # of what is known of a row before it is told


@dataclass(frozen=True)
class Body:
    """Bytes of an answer, their type, and the cursor of the next page."""

    content: bytes
    media_type: str
    next_cursor: str | None = None


class Kept:
    """An answer, and how many of its rows were told so far."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._told: set[int] = set()  # numbers of pages of rows

    @property
    def bytes(self) -> int:
        """What it takes in memory, about."""
        lazy = isinstance(self.answer.rows, Told)
        told = min(len(self._told) * PAGE, len(self.answer)) if lazy else len(self.answer)
        return told * ROW_BYTES + len(self.answer) * BRIEF_BYTES

    def read(self, first: int, end: int) -> None:
        """Count the rows from a number up to another as told."""
        self._told.update(range(first // PAGE, -(-end // PAGE)))


class Answers:
    """Answers of one archive within limits."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        """Nothing is looked up yet."""
        self.archive, self.limits = archive, limits
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock = threading.Lock()

    def rows(self, kind: str, asking: Asking) -> Body:
        """A page of flights, visits or crossings; raises QuestionError and Problem."""

        def find() -> Answer:
            asked = asking.question
            check_bounds(asked, self.limits)
            if not _one_airframe(asked):
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

    def who(self, asking: Asking) -> Body:
        """A page of who the aircraft of a name were on a day; raises QuestionError."""
        [name], asked = asking.aircraft, asking.asked

        def find() -> Answer:
            check_count(self.archive.identity_reach(name=name), self.limits.named, "its address")
            return self.archive.who(name, asked["on"], as_known=asked["as_known"])

        return self._page("who", asking, find)

    def fleet(self, asking: Asking) -> Body:
        """A page of a party's aircraft; raises QuestionError."""
        asked = asking.asked

        def find() -> Answer:
            reach = self.archive.identity_reach(party=asked["party"])
            check_count(reach, self.limits.fleet, "more words of the name")
            return self.archive.fleet(asked["party"], asked["on"], as_known=asked["as_known"])

        return self._page("fleet", asking, find)

    def forget(self) -> None:
        """Let go of all answers: an archive that is closed tells first what is still held of it."""
        with self._lock:
            self._kept.clear()

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
        self._read((version, digest), offset, end)
        following = cursor_text(version, digest, end) if end < len(answer) else None
        body = page_body(self.archive, answer, rows, asking.format, following)
        return Body(body, MEDIA_TYPES[asking.format], following)

    def _answer(self, key: tuple[str, str], find: Callable[[], Answer]) -> Answer:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key].answer
        answer = find()
        with self._lock:
            self._kept[key] = Kept(answer)
        self._read(key, 0, 0)
        return answer

    def _read(self, key: tuple[str, str], first: int, end: int) -> None:
        """Count rows as told; beyond the bounds let go of the answers longest unread, in the end of this."""
        with self._lock:
            if key in self._kept:
                self._kept[key].read(first, end)
            while len(self._kept) > KEPT or sum(one.bytes for one in self._kept.values()) > KEPT_BYTES:
                self._kept.popitem(last=False)


def _one_airframe(asked: Question) -> bool:
    """Whether it is about one address: no airframe does more than is answered, and to count takes a while."""
    return len(asked.aircraft) == 1 and asked.place is None and address_of(asked.aircraft[0]) is not None
