"""What an answer says where something of the time asked about may not be shown."""

from __future__ import annotations

from overflight.search.scope import Question
from overflight.store.view import View

WITHHELD = "withheld"  # the word for it in answers
SAID = "of this time something may not be shown: it counts as not received"
_FAR_MS = 1 << 53  # later than any time asked about


def withheld_remarks(asked: Question, view: View) -> tuple[str, ...]:
    """SAID where anything at all of the time asked about is left out, whosever it is; else nothing.

    A side that the question leaves open is open: what is left out need not lie within what is shown.
    """
    return withheld_between(view, asked.since_ms, asked.until_ms)


def withheld_between(view: View, since_ms: int | None, until_ms: int | None) -> tuple[str, ...]:
    """The same of a time [since, until) in ms, None where a side is open."""
    since = 0 if since_ms is None else since_ms
    until = _FAR_MS if until_ms is None else until_ms
    return (SAID,) if view.withholds(since, max(until, since + 1)) else ()
