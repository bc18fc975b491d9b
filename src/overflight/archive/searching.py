"""One box for everything: what a text may mean."""

from __future__ import annotations

from overflight.archive.standing import Standing
from overflight.search.answer import Answer
from overflight.search.hits import Found
from overflight.search.lookup import find
from overflight.search.searching import SHOWN, find_hits


class Searching(Standing):
    """What an archive makes of a text."""

    def search(self, text: str, limit: int = SHOWN) -> Answer:
        """What a text may mean: marks (garbled, partial), addresses, serials, owners, call signs, places ...

        Best first, each with its reason and as its source writes it; `match` says whether it is exact, a part
        or a guess, and no guess is ever taken for what was asked. Raises QuestionError for a wrong limit.
        """
        return find_hits(text, self._known, limit)

    def find(self, text: str, limit: int = 50) -> Found:
        """The same for pages: hits with titles and details, best first; `remarks` name unknown words.

        Never raises for a text.
        """
        return find(self._known, text, limit)
