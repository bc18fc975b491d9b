"""Answers as FollowTheMoney entities."""

from __future__ import annotations

from overflight.archive.standing import Standing
from overflight.search.answer import Answer
from overflight.search.entities import Entities, entities_of


class InEntities(Standing):
    """What an archive gives to programs that speak FollowTheMoney."""

    def entities(self, answer: Answer) -> Entities:
        """Entities of an answer of `claims`, `who`, `fleet` or `aircraft`, and what they cannot hold.

        Raises QuestionError for an answer of another kind.
        """
        return entities_of(answer, self._sources)
