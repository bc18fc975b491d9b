"""What an answer says where something of the time asked about may not be shown."""

from __future__ import annotations

from overflight.search.gaps import WITHHELD
from overflight.search.scope import Question
from overflight.store.view import View

FAR_MS = 1 << 53  # later than any time asked about


def withheld_remarks(asked: Question, view: View) -> tuple[str, ...]:
    """WITHHELD where anything at all of the time asked about is left out, whosever it is; else nothing.

    A side that the question leaves open is open: what is left out need not lie within what is shown.
    """
    since_ms = 0 if asked.since_ms is None else asked.since_ms
    until_ms = FAR_MS if asked.until_ms is None else asked.until_ms
    return (WITHHELD,) if view.withholds(since_ms, max(until_ms, since_ms + 1)) else ()
