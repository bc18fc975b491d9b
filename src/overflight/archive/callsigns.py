"""Questions of call signs: who may have flown under one."""

from __future__ import annotations

from overflight.archive.standing import Standing
from overflight.search.answer import Answer
from overflight.search.callsigns import find_callsign


class Callsigns(Standing):
    """What an archive answers of call signs."""

    def callsign(self, text: str, on: str | None = None) -> Answer:
        """Operators, State or mark that a call sign may stand for on a UTC day (today where None).

        One row a reading, with source, dates and confidence. Raises QuestionError for a day that is none.
        """
        return find_callsign(text, self._sources, on)
