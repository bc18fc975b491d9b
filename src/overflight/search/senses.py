"""What a word or a few words may mean in an archive: each meaning with the reason, surest first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from overflight.model.address import address_of, icao24_text
from overflight.registry.marks import mark_guesses, normal_mark
from overflight.search.airspaces import matching
from overflight.search.guesses import GUESSES_SHOWN
from overflight.search.known import Known
from overflight.search.words import folded, latin, words_of

MOST_CALLSIGNS = 5_000  # of one beginning: more than any operator uses in some days
MOST = 50  # meanings of one kind: more are no answer but a list
_BEGINNING = 3  # letters of a mark or a call sign from which others are offered
_MARK_LONGEST = 12  # letters; the longest mark known has ten, and guessing costs the square of the length
_LARGE = {"large_airport": 0.04, "medium_airport": 0.02, "small_airport": 0.0, "closed": -0.05}


@dataclass(frozen=True)
class Sense:
    """One meaning: kind and ident as hits have them, why, and how sure (1 surest)."""

    kind: str
    ident: str
    why: str
    score: float
    row: int = -1  # of a place


Reading = Callable[[Known, str], Iterator[Sense]]


def exact_senses(known: Known, text: str) -> list[Sense]:
    """What some words are the very name of, or the letters of whose call signs."""
    found = [sense for reading in _EXACT for sense in islice(reading(known, text), MOST)]
    return [*found, *islice(_flown_as(known, text), MOST_CALLSIGNS)]


def near_senses(known: Known, text: str) -> list[Sense]:
    """What some words are a part of the name of, or the beginning."""
    return [sense for reading in _NEAR for sense in islice(reading(known, text), MOST)]


def guessed_senses(known: Known, text: str) -> list[Sense]:
    """Known marks that a garbled one may have been, plainest explanation first."""
    compact = latin(text).replace(" ", "")
    if not any(c.isdigit() or c == "-" for c in compact) or len(compact) > _MARK_LONGEST:
        return []
    found = mark_guesses(compact, known.bearers)[:GUESSES_SHOWN]
    return [
        Sense("aircraft", icao24_text(a), f"{text} may be the mark {g.mark}: {g.reason}", 0.75 - k / 100)
        for k, g in enumerate(found)
        for a in known.bearers[g.mark]
    ]


def _addresses(known: Known, text: str) -> Iterator[Sense]:
    address = address_of(text)
    if address is not None and _holds(known, address):
        yield Sense("aircraft", icao24_text(address), "its address", 0.98)


def _holds(known: Known, address: int) -> bool:
    at = int(np.searchsorted(known.addresses, address))
    seen = at < len(known.addresses) and known.addresses[at] == address
    return bool(seen) or known.claimed(address)


def _marks(known: Known, text: str) -> Iterator[Sense]:
    plain = text.upper().replace(" ", "")
    if len(plain) > _MARK_LONGEST:
        return
    for written in dict.fromkeys((plain, latin(text).replace(" ", ""))):
        other = "" if written == plain else ", its letters read as the Latin ones they look like"
        for mark in dict.fromkeys((written, normal_mark(written), normal_mark(written).replace("-", ""))):
            for address in known.bearers.get(mark, ()):
                yield Sense("aircraft", icao24_text(address), f"its mark {mark}{other}", 0.97)


def _callsigns(known: Known, text: str) -> Iterator[Sense]:
    for sign in dict.fromkeys((text.upper(), latin(text))):
        at = bisect_left(known.callsigns, sign)
        if sign and at < len(known.callsigns) and known.callsigns[at] == sign:
            yield Sense("callsign", sign, f"call sign {sign} was heard", 0.9)


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
    if wanted and (listed.category != "unknown" or wanted in known.types):
        yield Sense("type", wanted, "its type designator", 0.91)


def _place_words(known: Known, text: str) -> Iterator[Sense]:
    words = words_of(folded(text))
    why = f"a name of it holds {' and '.join(words)}"
    kinds, idents = known.places.column("kind"), known.places.column("ident")
    found = known.places.by_words(words)
    for k in sorted(found, key=lambda k: (-_LARGE.get(kinds[k], 0.0), idents[k])):
        yield _place(known, k, why, 0.6)


def _place(known: Known, at: int, why: str, score: float) -> Sense:
    row = known.places.row(at)
    return Sense("place", row["ident"], why, score + _LARGE.get(row["kind"], 0.0), at)


def _type_words(known: Known, text: str) -> Iterator[Sense]:
    wanted = folded(text)
    if len(wanted) >= _BEGINNING:
        for designator, name in known.type_names:
            if wanted in name:
                yield Sense("type", designator, f"its name holds {wanted}", 0.55)


def _operators(known: Known, text: str) -> Iterator[Sense]:
    wanted = folded(text)
    if len(wanted) >= _BEGINNING:
        for name, addresses in known.operators.items():
            if wanted in name:
                for address in addresses.tolist():
                    yield Sense("aircraft", icao24_text(address), f"registered to: holds {wanted}", 0.5)


def _beginnings(known: Known, text: str) -> Iterator[Sense]:
    compact = latin(text).replace(" ", "")
    if len(compact) < _BEGINNING:
        return
    for written in dict.fromkeys((compact, normal_mark(compact))):
        for mark in islice(_from(known.marks, written), MOST // 2):
            for address in known.bearers[mark]:
                yield Sense("aircraft", icao24_text(address), f"its mark {mark} begins with {written}", 0.5)


def _flown_as(known: Known, text: str) -> Iterator[Sense]:
    """Call signs of an operator's letters, and other beginnings."""
    compact = latin(text).replace(" ", "")
    if len(compact) >= _BEGINNING:
        for sign in _from(known.callsigns, compact):
            if sign != compact:
                yield Sense("callsign", sign, f"call sign that begins with {compact}", 0.45)


def _from(names: Sequence[str], beginning: str) -> Iterator[str]:
    for k in range(bisect_left(names, beginning), len(names)):
        if not names[k].startswith(beginning):
            return
        yield names[k]


_EXACT: tuple[Reading, ...] = (_addresses, _marks, _callsigns, _place_codes, _countries, _types, _regions)
_NEAR: tuple[Reading, ...] = (_place_words, _type_words, _operators, _beginnings)
