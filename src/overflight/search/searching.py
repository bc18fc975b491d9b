"""What a text may mean as rows of the contract, best first: each with the reason, none taken silently."""

from __future__ import annotations

from overflight.errors import QuestionError
from overflight.model.grades import MIXED, RECORDED
from overflight.search.answer import Answer
from overflight.search.contract import Row, finish
from overflight.search.hits import Hit
from overflight.search.known import Known
from overflight.search.lookup import find

SHOWN = 20  # hits: the first of them is what most people want
MOST = 1_000  # hits of one search: more are no answer but a list
_DIGITS = 3  # of a score: it orders hits, and measures nothing
SCORED = "best first; only what is exact is the name asked for"


def find_hits(text: str, known: Known, limit: int = SHOWN) -> Answer:
    """The contract's `hits`, at most `limit`, best first. Raises QuestionError for a limit that is none."""
    if not 1 <= limit <= MOST:
        raise QuestionError(f"{limit} is no number of hits: from 1 to {MOST:,}")
    found = find(known, text, limit)
    data_kind = _data_kind(known)
    rows = [finish("hits", _columns(hit, data_kind), known.sources.archive_version) for hit in found]
    guessed = "" if not rows or any(row["match"] != "guess" for row in rows) else "; all are guesses"
    noun = "hit" if len(rows) == 1 else "hits"
    summary = f"{len(rows)} {noun}, {SCORED}{guessed}" if rows else "nothing found"
    return Answer("hits", rows, {}, () if rows else (text,), found.remarks, summary=summary)


def _columns(hit: Hit, data_kind: str) -> Row:
    icao24 = hit.ident if hit.kind == "aircraft" else hit.icao24
    return {
        "data_kind": data_kind, "id": hit.ident, "icao24": icao24, "kind": hit.kind,
        "registration": hit.registration, "score": round(hit.score, _DIGITS), "match": hit.match,
        "reason": hit.why, "as_reported": hit.as_reported, "title": hit.title, "detail": hit.detail,
        "flags": [],
    }  # fmt: skip


def _data_kind(known: Known) -> str:
    kinds = {kind for day in known.loaded.days for kind in day.data_kinds}
    return kinds.pop() if len(kinds) == 1 else MIXED if kinds else RECORDED
