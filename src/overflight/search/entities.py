"""FollowTheMoney entities of claims of documents and of answers about who an aircraft is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc

from overflight.errors import QuestionError
from overflight.formats import followthemoney
from overflight.formats.ftm_values import Entity
from overflight.formats.ftm_writing import Losses
from overflight.search.answer import Answer
from overflight.search.private import NOT_TOLD, told_documents
from overflight.search.rows import find_by
from overflight.search.sources import Sources

CLAIMS = "claims"
KINDS = (CLAIMS, "who", "fleet", "aircraft")  # answers that say who an aircraft is


@dataclass(frozen=True)
class Entities:
    """Entities in their order, and in sentences what FollowTheMoney has no place for."""

    entities: list[Entity]
    losses: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """A line of JSON each."""
        return map(followthemoney.write_line, self.entities)


def entities_of(answer: Answer, sources: Sources) -> Entities:
    """The entities of an answer; raises QuestionError for one of a kind that FollowTheMoney cannot hold."""
    if answer.kind not in KINDS:
        raise QuestionError(f"FollowTheMoney has no place for an answer of {answer.kind}")
    losses, untold = Losses(), tuple[str, ...]()
    if answer.kind == CLAIMS:
        documents = find_by(sources.view, "documents", "id", [row["id"] for row in answer.rows])
        told = told_documents(sources.view, documents)
        told = told.filter(pc.not_equal(told["as_reported"], NOT_TOLD))  # that is no name of any aircraft
        made = list(followthemoney.entities_of(told, losses=losses))
        count = len(documents) - len(told)
        untold = (f"{count} claims about privacy addresses are not written",) if count else ()
    else:
        made = list(followthemoney.entities_of_answer(answer.kind, answer.rows, losses))
    return Entities(made, (*losses.told(), *untold))
