"""What a file of answers says of itself: what was asked of which archive, on what terms its data came."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from overflight.search.contract import SCHEMA
from overflight.store.licences import licence_named
from overflight.store.view import View

NO_LICENCE = "no licence was given"
_VERSION = re.compile(r"\d\.\d")


@dataclass(frozen=True)
class About:
    """Facts that travel with an export; `terms` are the licences in the words given, with what came so.

    `count` is the answer's own footer, `remarks` what has to be said beside it.
    """

    archive_version: str = ""
    question: str = ""
    count: str = ""
    remarks: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    licence: str = ""  # address of the one licence that all recordings came under, where it is a known one

    @property
    def lines(self) -> list[str]:
        """The facts in words, one a line."""
        said = [
            ("Asked", self.question), ("Answer", self.count), ("Archive version", self.archive_version),
            ("Remark", "; ".join(self.remarks)), ("Terms", "; ".join(self.terms)),
        ]  # fmt: skip
        return [f"{name}: {text.removesuffix('.')}." for name, text in said if text]

    @property
    def facts(self) -> dict[str, Any]:
        """The facts for programs, named; those that are empty are left out."""
        named = {
            "schema": SCHEMA, "archive_version": self.archive_version, "question": self.question,
            "count": self.count, "remarks": list(self.remarks), "terms": list(self.terms),
        }  # fmt: skip
        return {name: value for name, value in named.items() if value} if self.archive_version else {}

    def of(self, question: str, count: str = "", remarks: tuple[str, ...] = ()) -> About:
        """The same archive, asked something."""
        return replace(self, question=question, count=count, remarks=remarks)


def find_about(view: View) -> About:
    """The version of an archive, and the terms of all that it holds, each said once."""
    given = Counter(batch.licence or NO_LICENCE for batch in view.batches() if batch.accepted)
    terms = [f"{words} ({n} file{'' if n == 1 else 's'} of recordings)" for words, n in given.items()]
    lists = dict.fromkeys(f"{one.name}: {one.licence or NO_LICENCE}" for one in view.references())
    licence = _address(next(iter(given))) if len(given) == 1 else ""
    return About(view.version.digest, terms=(*terms, *lists), licence=licence)


def _address(words: str) -> str:
    """Where the text of a licence stands, if it is known, and which version of it is meant."""
    known = licence_named(words)
    version = known and (_VERSION.search(known.name) or _VERSION.search(words))
    if known is None or not version or version[0] not in known.source.replace("-", "."):
        return ""
    return known.source if known.source.startswith("https:") else ""
