"""When something was the case, from what a document says: bounds in milliseconds, half-open, UTC.

`2016`, `2016-04`, `2016-04-04` and `2016-04-04T07:12Z` each stand for all of their year, month, day or
minute; `A..B` for all from the beginning of A to the end of B; `before A` and `after A` are open on one side.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from overflight.clock import milliseconds, parse_utc
from overflight.errors import QuestionError
from overflight.units import MILLISECONDS_PER_DAY

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_CLOCK = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?P<seconds>:\d{2}(?P<part>\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?"
)
_OPEN = re.compile(r"(before|after)\s+(\S.*)", re.IGNORECASE)
_MINUTE_MS, _SECOND_MS, _INSTANT_MS = 60_000, 1_000, 1
FORMS = "2016-04-04, 2016-04, 2016, 2016-04-04T07:12Z, 2016-04-01..2016-04-06, before 2016-04-26"


class Bounds(NamedTuple):
    """Not before the first instant, and before the second (ms); None: not said."""

    earliest_ms: int | None
    latest_ms: int | None


class Times(NamedTuple):
    """When it began and when it ended, each within bounds."""

    since: Bounds
    until: Bounds


NOT_SAID = Bounds(None, None)
NO_TIMES = Times(NOT_SAID, NOT_SAID)


def bounds_of(text: str) -> Bounds:
    """Bounds of a date, a time or an interval of them; raises QuestionError with what would be right."""
    text = text.strip()
    sided = _OPEN.fullmatch(text)
    if sided:
        first, end = _whole(sided[2])
        return Bounds(None, first) if sided[1].lower() == "before" else Bounds(end, None)
    left, dots, right = text.partition("..")
    if not dots:
        return Bounds(*_whole(text))
    if not (left.strip() or right.strip()):
        raise QuestionError(f"{text!r} is no interval; write for example 2016-04-01..2016-04-06")
    first_ms = _whole(left)[0] if left.strip() else None
    end_ms = _whole(right)[1] if right.strip() else None
    if first_ms is not None and end_ms is not None and end_ms <= first_ms:
        raise QuestionError(f"{text!r} ends before it begins")
    return Bounds(first_ms, end_ms)


def times_of(since: str | None, until: str | None, during: str | None, *, throughout: bool) -> Times:
    """Bounds from what is said: since and until when, or `during` a time; QuestionError where both are.

    With `throughout` it was the case all through that time, else at some instant of it.
    """
    if during is not None and (since is not None or until is not None):
        raise QuestionError("give either since and until, or on (between); not both")
    if during is None:
        begun = NOT_SAID if since is None else bounds_of(since)
        ended = NOT_SAID if until is None else bounds_of(until)
        if None not in (begun[0], ended[1]) and (ended.latest_ms or 0) <= (begun.earliest_ms or 0):
            raise QuestionError(f"it would end ({until}) before it begins ({since})")
        return Times(begun, ended)
    first, end = bounds_of(during)
    if throughout:  # it had begun at the first instant at the latest: bounds are half-open
        return Times(Bounds(None, None if first is None else first + 1), Bounds(end, None))
    return Times(Bounds(None, end), Bounds(first, None))


def day_of(text: str) -> int:
    """UTC day number of one date; QuestionError for anything longer."""
    first, end = _whole(text)
    if end - first > MILLISECONDS_PER_DAY:
        raise QuestionError(f"{text!r} is not one day; write for example 2016-04-26")
    return first // MILLISECONDS_PER_DAY


def _whole(text: str) -> tuple[int, int]:
    """First instant of a year, month, day, minute or second, and the first after it."""
    text = text.strip()
    date, clock = _DATE.fullmatch(text), _CLOCK.fullmatch(text)
    try:
        if date:
            return _calendar(*date.groups())
        if clock:
            length = _INSTANT_MS if clock["part"] else _SECOND_MS if clock["seconds"] else _MINUTE_MS
            first = parse_utc(text)
            return first, first + length
    except (ValueError, OverflowError) as error:
        raise QuestionError(f"{text!r} is no date of the calendar") from error
    raise QuestionError(f"{text!r} is no date; write {FORMS}")


def _calendar(year: str, month: str | None, day: str | None) -> tuple[int, int]:
    first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if day is not None:
        end = first + timedelta(days=1)
    elif month is not None:
        end = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    else:
        end = first.replace(year=first.year + 1)
    return milliseconds(first), milliseconds(end)
