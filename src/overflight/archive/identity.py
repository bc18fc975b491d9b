"""Questions of who: an aircraft on a day by whose word, and a party's aircraft."""

from __future__ import annotations

from collections.abc import Iterable

from overflight.archive.standing import Standing
from overflight.search.answer import Answer
from overflight.search.contract import Row
from overflight.search.fleet import find_fleet
from overflight.search.parties import askable_names, named_parties
from overflight.search.who import count_matched, find_who
from overflight.search.whose import find_whose


class Identity(Standing):
    """What an archive answers of identity, owners and operators in time."""

    def who(self, name: str, on: str | None = None, *, as_known: str | None = None) -> Answer:
        """Who an aircraft was on a UTC day (today where None) and by whose word, with what contradicts it.

        `as_known`: by what had been said until that day. Raises QuestionError for a day that is none.
        """
        return find_who(name, self._sources, on, as_known)

    def fleet(self, party: str, on: str | None = None, *, as_known: str | None = None) -> Answer:
        """Aircraft of which sources name a party as owner, operator or registrant: on a day, or ever.

        Raises QuestionError for a text that names nobody, and for a day that is none.
        """
        return find_fleet(party, self._sources, on, as_known)

    def whose(self, icao24: str, on: str) -> dict[str, Row | None]:
        """By role (owner, operator, registrant) the saying displayed for an address on a UTC day."""
        return find_whose(icao24, self._sources, on)

    def identity_reach(self, *, name: str | None = None, party: str | None = None) -> int:
        """How many aircraft `who` of a name, or `fleet` of a party, would look at."""
        if name is not None:
            return count_matched(name, self._sources)
        return len(named_parties(self._sources.view, party)[1]) if party is not None else 0

    def askable(self, names: Iterable[str]) -> frozenset[str]:
        """Those of some parties' names by which aircraft may be asked for here (docs/search.md, "People")."""
        return askable_names(self._sources.view, names)
