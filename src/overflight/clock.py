"""Times: whole milliseconds since 1970-01-01T00:00Z in the files, ISO 8601 with `Z` towards people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from overflight.errors import QuestionError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_EPOCH = datetime(1970, 1, 1)  # without a zone: texts come twice as fast, and answers hold thousands
_DAY = timedelta(days=1)


def iso_utc(time_ms: int | None) -> str | None:
    """Text of an instant, `2016-04-04T07:12:00Z`; milliseconds where they are not zero; None stays None."""
    if time_ms is None:
        return None
    seconds, rest = divmod(int(time_ms), 1000)
    text = (_PLAIN_EPOCH + timedelta(0, seconds)).isoformat()
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def parse_utc(text: str) -> int:
    """Milliseconds since the epoch of `2016-04-04`, `2016-04-04T07:12Z`, `...+03:00`; no zone means UTC.

    Raises QuestionError with the text and two right spellings.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise QuestionError(
            f"{text!r} is not a time; write a UTC date such as 2016-04-04 or a time such as 2016-04-04T07:12Z"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return milliseconds(moment)


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since the epoch of an aware datetime (rounded down)."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def utc_day(time_ms: int) -> int:
    """Number of the UTC day (days since 1970-01-01) that holds the instant."""
    return timedelta(milliseconds=int(time_ms)) // _DAY


def day_text(day: int) -> str:
    """`2016-04-04` of a UTC day number."""
    return (date(1970, 1, 1) + timedelta(days=int(day))).isoformat()


def day_number(text: str) -> int:
    """UTC day number of `2016-04-04`; raises QuestionError."""
    return utc_day(parse_utc(text))
