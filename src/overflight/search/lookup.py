"""One box for everything: what a text may mean, ranked, each hit with its reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from overflight.model.address import address_of, icao24_text
from overflight.registry.finder_names import EXACT, GUESS, PARTIAL
from overflight.search.bearers import MARK
from overflight.search.hits import Found, Hit, date_hit, hits_of, ranked
from overflight.search.known import Known
from overflight.search.sense import Sense
from overflight.search.senses import exact_senses, guessed_senses, mishap_senses, near_senses
from overflight.search.together import hits_together
from overflight.search.words import Span, take_dates, tidy
from overflight.store.conditions import Condition

LONGEST_NAME = 8  # words that are read as one name: those of airfields and ministries that people type
MOST_WORDS = 12  # each word is looked up with those beside it: bounds the work
_MOST_PIECES = 3  # a mark falls into no more when it is torn apart: `4 K 78131`
_SHORT = 2  # letters: shorter words are pieces of anything
MOST_TOLD = 200  # meanings looked up and told at once; nobody reads as many


@dataclass(frozen=True)
class _Part:
    """A word or name of the text, and what it may mean."""

    text: str
    senses: list[Sense]


def find(known: Known, text: str, limit: int = 50) -> Found:
    """What a text may mean, at most `limit` hits, best first, none twice; hostile text is merely not found.

    Several names narrow each other: `IL76 LLOV 2016-04` are stops of that type there in that month.
    """
    rest, spans, wrong = take_dates(tidy(text))
    remarks = [f"{said} is no date" for said in wrong]
    words = rest.split()
    if len(words) > MOST_WORDS:
        remarks.append(f"only the first {MOST_WORDS} words were read")
        words = words[:MOST_WORDS]
    named = _by_id(known, words)
    parts, unknown = _parts(known, [w for w in words if w not in {hit.ident for hit in named}])
    remarks += [f"nothing here is called {word}" for word in unknown]
    if len(parts) + len(spans) > 1:
        hits = hits_together(known, [part.senses for part in parts], spans, _why(parts, spans))
        if not hits:
            remarks.append("nothing fits all of it together; each by itself:")
    else:
        hits = []
    if not hits:
        alone = len(parts) + len(spans) + len(unknown) <= 1
        senses = (sense if alone else _of_part(sense, part) for part in parts for sense in part.senses)
        hits = hits_of(known, ranked(known, senses, max(min(limit, MOST_TOLD), 0)))
        hits += [date_hit(known, span) for span in spans]
    remarks += [known.index.remark] if known.index.remark else []
    return Found(_ranked([*named, *hits])[: max(limit, 0)], remarks)


def _of_part(sense: Sense, part: _Part) -> Sense:
    """A meaning of some words of a text: never the meaning of all of it, however exactly it fits those."""
    match = sense.match if sense.match == GUESS else PARTIAL
    return replace(sense, match=match, why=f"{part.text}: {sense.why}")


def _ranked(hits: Iterable[Hit]) -> list[Hit]:
    best: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):  # stable: ties stay as they were found
        best.setdefault((hit.kind, hit.ident), hit)
    return list(best.values())


def _by_id(known: Known, words: list[str]) -> list[Hit]:
    """Flights and stops named by their ids."""
    hits = []
    for word in words:
        kind, _, rest = word.partition("-")
        address = address_of(rest[:7].rpartition("-")[0] or rest[:7]) if kind in ("flight", "stop") else None
        if address is not None:
            ours = [Condition("address", "=", address), Condition("id", "=", word)]
            if known.view.find(f"{kind}s", ours, ["id"]).num_rows:
                hits.append(Hit(kind, word, word, icao24_text(address), "its id", 1.0))
    return hits


def _parts(known: Known, words: list[str]) -> tuple[list[_Part], list[str]]:
    """The words cut into names, the longest first; and the words that are part of none."""
    parts, unknown, at = [], [], 0
    while at < len(words):
        for end in range(min(len(words), at + LONGEST_NAME), at, -1):
            text = " ".join(words[at:end])
            senses = exact_senses(known, text)
            # a name is looked for in parts only where it is all there is, or nothing else fits
            senses += near_senses(known, text) if not senses or end - at == len(words) else []
            senses += guessed_senses(known, text) if _guessed(known, words, at, end, senses) else []
            # a garbled mark is often another one's: where it is all there is, that is said too
            senses += mishap_senses(known, text) if len(words) == 1 and _is_mark(senses) else []
            if senses:
                parts.append(_Part(text, senses))
                at = end
                break
        else:
            unknown.append(words[at])
            at += 1
    return parts, unknown


def _guessed(known: Known, words: list[str], at: int, end: int, senses: list[Sense]) -> bool:
    """Whether some of the words are to be read as a garbled name: what is exact, or a plain word, is not."""
    text = "".join(words[at:end])
    if any(sense.match == EXACT for sense in senses):
        return False
    if senses and not any(letter.isdigit() or letter == "-" for letter in text):
        return False  # a word of letters alone is near the marks of a dozen States
    if end - at == 1:
        return True
    alone = (exact_senses(known, word) for word in words if len(word) > _SHORT)
    return end - at == len(words) <= _MOST_PIECES and not any(alone)


def _is_mark(senses: list[Sense]) -> bool:
    return any(sense.kind == "aircraft" and sense.score == MARK for sense in senses)


def _why(parts: list[_Part], spans: list[Span]) -> str:
    return "fits " + ", ".join([*(part.text for part in parts), *(span.text for span in spans)])
