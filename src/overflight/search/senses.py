"""What a word or a few words may mean in an archive: each meaning with the reason, surest first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from overflight.registry.finder_names import EXACT, PARTIAL
from overflight.search.airspaces import matching
from overflight.search.bearers import (
    addresses,
    guesses,
    marks,
    mishaps,
    other_parties,
    parties,
    parts,
    reported,
    serials,
)
from overflight.search.documents_named import senses_of
from overflight.search.known import Known
from overflight.search.sense import Sense
from overflight.search.words import folded, latin, words_of

MOST_CALLSIGNS = 5_000  # of one beginning: more than any operator uses in some days
MOST = 50  # meanings of one kind: more are no answer but a list
_BEGINNING = 3  # letters of a call sign or a type's name from which others are offered
_LARGE = {"large_airport": 0.04, "medium_airport": 0.02, "small_airport": 0.0, "closed": -0.05}


Reading = Callable[[Known, str], Iterator[Sense]]


def exact_senses(known: Known, text: str) -> list[Sense]:
    """What some words are the very name of, or the letters of whose call signs."""
    found = [sense for reading in _EXACT for sense in islice(reading(known, text), MOST)]
    return [*found, *islice(_flown_as(known, text), MOST_CALLSIGNS)]


def near_senses(known: Known, text: str) -> list[Sense]:
    """What some words are a part of the name of, or the beginning."""
    return [sense for reading in _NEAR for sense in islice(reading(known, text), MOST)]


def guessed_senses(known: Known, text: str) -> list[Sense]:
    """Aircraft whose mark, address or serial number some garbled words may have been."""
    return list(islice(guesses(known, text), MOST))


def mishap_senses(known: Known, text: str) -> list[Sense]:
    """Other aircraft that may have been meant by what is some aircraft's mark."""
    return list(mishaps(known, text))


def _documents(known: Known, text: str) -> Iterator[Sense]:
    yield from senses_of(known.documents, text)


def _callsigns(known: Known, text: str) -> Iterator[Sense]:
    for sign in dict.fromkeys((text.upper(), latin(text))):
        at = bisect_left(known.callsigns, sign)
        if sign and at < len(known.callsigns) and known.callsigns[at] == sign:
            yield Sense("callsign", sign, f"call sign {sign} was heard", 0.9, as_reported=sign)


def _place_codes(known: Known, text: str) -> Iterator[Sense]:
    said = {
        "ident": ("its ident", 0.95),
        "icao": ("its ICAO code", 0.94),
        "iata": ("its IATA code", 0.93),
        "also": ("another name or former code of it", 0.85),
    }
    for code in dict.fromkeys((folded(text), folded(latin(text)))):
        for column, k in known.places.by_code(code):
            why, score = said[column]
            yield _place(known, k, why, score)


def _countries(known: Known, text: str) -> Iterator[Sense]:
    found = known.countries.get(folded(text))
    if found is not None:
        yield Sense("country", found[0], f"country: {found[1]}", 0.92)


def _regions(known: Known, text: str) -> Iterator[Sense]:
    for ident in matching(known.sources.airspaces.firs, text.strip()):
        yield Sense("fir", ident, "flight information region of a loaded list: air traffic control", 0.89)


def _types(known: Known, text: str) -> Iterator[Sense]:
    wanted = latin(text).replace("-", "").replace(" ", "")
    listed = known.sources.types.need_of(wanted)
    if wanted and (listed.category != "unknown" or len(known.of_type(wanted))):
        yield Sense("type", wanted, "its type designator", 0.91)


def _place_words(known: Known, text: str) -> Iterator[Sense]:
    words = words_of(folded(text))
    why = f"a name of it holds {' and '.join(words)}"
    kinds, idents = known.places.column("kind"), known.places.column("ident")
    found = known.places.by_words(words)
    for k in sorted(found, key=lambda k: (-_LARGE.get(kinds[k], 0.0), idents[k])):
        yield _place(known, k, why, 0.6, PARTIAL)


def _place(known: Known, at: int, why: str, score: float, match: str = EXACT) -> Sense:
    row = known.places.row(at)
    return Sense("place", row["ident"], why, score + _LARGE.get(row["kind"], 0.0), at, match, row["name"])


def _type_words(known: Known, text: str) -> Iterator[Sense]:
    wanted = folded(text)
    if len(wanted) >= _BEGINNING:
        for designator, name in known.type_names:
            if wanted in name:
                why = f"its name holds {wanted}"
                yield Sense("type", designator, why, 0.55, match=PARTIAL)


def _flown_as(known: Known, text: str) -> Iterator[Sense]:
    """Call signs of an operator's letters, and other beginnings."""
    compact = latin(text).replace(" ", "")
    if len(compact) >= _BEGINNING:
        for sign in _from(known.callsigns, compact):
            if sign != compact:
                why = f"call sign that begins with {compact}"
                yield Sense("callsign", sign, why, 0.45, match=PARTIAL, as_reported=sign)


def _from(names: Sequence[str], beginning: str) -> Iterator[str]:
    for k in range(bisect_left(names, beginning), len(names)):
        if not names[k].startswith(beginning):
            return
        yield names[k]


_EXACT: tuple[Reading, ...] = (
    addresses, marks, reported, _callsigns, serials, _place_codes, _countries, _types, _regions, parties,
)  # fmt: skip
_NEAR: tuple[Reading, ...] = (_place_words, _type_words, other_parties, parts, _documents)
