"""Aircraft and parties that a text names, wholly, in part or garbled: by address, mark, serial, name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from overflight.clock import day_text
from overflight.model.address import address_of, icao24_text
from overflight.registry.finder_keys import compact
from overflight.registry.finder_names import EXACT, GUESS, Named
from overflight.registry.finder_parties import Party
from overflight.registry.garbling import SWAPPED
from overflight.search.known import Known
from overflight.search.sense import Sense
from overflight.search.words import latin

LONGEST = 16  # letters of a mark or serial: longer texts are names
PARTIES_SHOWN, AIRCRAFT_SHOWN = 10, 10  # of a text, and of a party: its fleet is another question
GUESSES_SHOWN = 20
MISHAPS_SHOWN = 5  # beside the mark that was asked for: a hint that a garbled mark can be another one
_ADDRESS, MARK, _REPORTED, _SERIAL = 0.98, 0.97, 0.95, 0.84
_SERIAL_GUESS = 0.8  # of what the same mishap makes of a mark: numbers of many makers lie close together
_SHORTEST_SERIAL = 5  # characters from which a garbled one is guessed, for the same reason
_FEW = 3  # aircraft of a party that come before it: whoever asks for the owner of one wants that
_STEP = 0.001  # keeps the order of what is equally sure


def addresses(known: Known, text: str) -> Iterator[Sense]:
    """The aircraft with that very address."""
    address = address_of(text)
    if address is not None and (known.was_seen(address) or known.finder.holds(address)):
        yield _aircraft(known, address, "its address", _ADDRESS, EXACT, icao24_text(address))


def marks(known: Known, text: str) -> Iterator[Sense]:
    """Aircraft with that mark, hyphens, blanks and case aside; letters that only look Latin are said."""
    if not _may_be_mark(text):
        return
    plain, read = text.upper(), latin(text)
    how = "" if read == plain else ", its letters read as the Latin ones they look like"
    for named in known.finder.marks.exact(text):
        yield _named(known, named, f"its mark {named.written}{how}", MARK)


def reported(known: Known, text: str) -> Iterator[Sense]:
    """Aircraft that a document calls so, rightly or not: whoever recorded it says which is meant."""
    if _may_be_mark(text):
        for named in known.finder.reported.exact(text):
            yield _named(known, named, f"{named.source} calls it {named.written}", _REPORTED)


def serials(known: Known, text: str) -> Iterator[Sense]:
    """Aircraft of which a source gives that serial number, whoever made them."""
    if _may_be_mark(text) and len(compact(text)) > 1:
        for named in known.finder.serials.exact(text):
            why = f"its maker's serial number {named.written}, {_said(named)}"
            yield _named(known, named, why, _SERIAL)


def parts(known: Known, text: str) -> Iterator[Sense]:
    """Aircraft whose mark the text is a part of."""
    if _may_be_mark(text):
        for named in known.finder.marks.partial(text):
            yield _named(known, named, f"its mark {named.written}: {named.reason}", named.score)


def guesses(known: Known, text: str) -> Iterator[Sense]:
    """Aircraft whose mark, address or serial number the text may have been, plainest mishap first."""
    if not _may_be_mark(text):
        return
    for named in islice(known.finder.marks.garbled(text), GUESSES_SHOWN):
        yield _named(known, named, f"{text} may be the mark {named.written}: {named.reason}", named.score)
    for address, reading in islice(known.finder.garbled_addresses(text), GUESSES_SHOWN):
        icao24 = icao24_text(address)
        why = f"{text} may be the address {icao24}: {reading.reason}"
        yield _aircraft(known, address, why, reading.score - 0.05, GUESS, icao24)
    if len(compact(text)) >= _SHORTEST_SERIAL:
        for named in islice(known.finder.serials.garbled(text), GUESSES_SHOWN):
            why = f"{text} may be the serial number {named.written}: {named.reason}"
            yield _named(known, named, why, named.score * _SERIAL_GUESS)


def mishaps(known: Known, text: str) -> Iterator[Sense]:
    """Marks beside the one that the text is: those a plain mishap away, which may have been meant."""
    if _may_be_mark(text):
        found = known.finder.marks.garbled(text)
        for named in islice((one for one in found if one.score >= SWAPPED), MISHAPS_SHOWN):
            why = f"it may have been meant for the mark {named.written}: {named.reason}"
            yield _named(known, named, why, named.score)


def parties(known: Known, text: str) -> Iterator[Sense]:
    """Parties of that name, and their aircraft."""
    yield from _of_parties(known, text, exact=True)


def other_parties(known: Known, text: str) -> Iterator[Sense]:
    """Parties whose names hold the words, or nearly, and their aircraft."""
    yield from _of_parties(known, text, exact=False)


def _of_parties(known: Known, text: str, *, exact: bool) -> Iterator[Sense]:
    found = known.finder.parties.named(text, public=known.is_public)
    for party in islice((p for p in found if (p.match == EXACT) == exact), PARTIES_SHOWN):
        yield from _party(known, party)


def _party(known: Known, party: Party) -> Iterator[Sense]:
    ties = known.finder.parties.ties(party.number)
    distinct = {tie.address: tie for tie in reversed(ties)}
    first = _STEP if len(distinct) <= _FEW else -_STEP
    how, name = party.match, party.name
    yield Sense("party", name, party.reason, party.score, match=how, as_reported=name)
    seen_first = sorted(
        distinct.values(), key=lambda tie: (not known.was_seen(tie.address), -tie.last_day, tie.address)
    )
    for k, tie in enumerate(seen_first[:AIRCRAFT_SHOWN]):
        days = _days(tie.first_day, tie.last_day)
        why = f"its {tie.role} {party.name}, says {tie.source}{days}: {party.reason}"
        score = party.score + first - k * _STEP / AIRCRAFT_SHOWN
        icao24 = icao24_text(tie.address)
        yield Sense("aircraft", icao24, why, score, match=how, as_reported=name, beside=True)


def _named(known: Known, named: Named, why: str, score: float) -> Sense:
    return _aircraft(known, named.address, why, score, named.match, named.written)


def _aircraft(known: Known, address: int, why: str, score: float, match: str, said: str) -> Sense:
    return Sense("aircraft", icao24_text(address), why, score, match=match, as_reported=said)


def _may_be_mark(text: str) -> bool:
    return 0 < len(compact(text)) <= LONGEST


def _said(named: Named) -> str:
    return f"says {named.source}{_days(named.first_day, named.last_day)}"


def _days(first: int, last: int) -> str:
    return f" of {day_text(first)}" if first == last else f" of {day_text(first)} to {day_text(last)}"
