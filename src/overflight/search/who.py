"""Who an aircraft was on a day and by whose word, as it was known on a day: one row an address."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pyarrow as pa

from overflight.clock import day_number, day_text, utc_day
from overflight.model.address import icao24_text
from overflight.model.grades import MIXED, RECORDED
from overflight.registry.spans import Span
from overflight.search.aircraft import matched_aircraft
from overflight.search.answer import Answer
from overflight.search.changes import changes_told
from overflight.search.contract import Row, finish
from overflight.search.identity import register_for
from overflight.search.names import OtherNames
from overflight.search.oddities import Oddities
from overflight.search.private import is_hidden
from overflight.search.sayings import Teller, told_field
from overflight.search.sources import Sources
from overflight.store.view import View

NOBODY = "no source at hand says anything of it, by what had been said until then"
PRIVATE = (
    "this address is made so that nobody can tell whose it is (an FAA privacy address, or no ICAO address "
    "at all): no mark and no party is joined to it, whatever a list says"
)


def find_who(name: str, sources: Sources, on: str | None = None, as_known: str | None = None) -> Answer:
    """The contract's `who` of every aircraft that a name may mean; garbled marks are guessed and say so.

    `on` is a UTC day, today where it is None; `as_known` leaves out what was said only after that day.
    Raises QuestionError for a day that is none.
    """
    day = day_number(on) if on is not None else utc_day(int(time.time() * 1000))
    known_day = None if as_known is None else day_number(as_known)
    matched, missing = matched_aircraft(sources, [name])
    register = register_for(sources, matched)
    teller = Teller(sources, register, day, known_day)
    odd = Oddities(sources, register, day, known_day)
    serials = register.claims["serial"].drop_null().to_pylist()
    names = OtherNames(sources, register.marks(), set(serials), known_day)
    rows = [
        finish("who", _columns(address, how, teller, odd, names), sources.archive_version)
        for address, how in matched.items()
    ]
    return Answer("who", rows, {}, missing)


def count_matched(name: str, sources: Sources) -> int:
    """How many aircraft a name may mean."""
    return len(matched_aircraft(sources, [name])[0])


def _columns(address: int, how: str, teller: Teller, odd: Oddities, names: OtherNames) -> Row:
    spans = teller.spans(address)
    displayed = teller.displayed(address, spans)
    claims = teller.register.claims_of(address)
    kinds = set(claims["data_kind"].to_pylist())
    conflicts = teller.conflicts(spans, displayed)
    flags, evidence = odd.of(address)
    known = "" if teller.known_day is None else f"-known-{day_text(teller.known_day)}"
    icao24 = icao24_text(address)
    return {
        "data_kind": kinds.pop() if len(kinds) == 1 else MIXED if kinds else RECORDED,
        "id": f"who-{icao24}-{day_text(teller.day)}{known}", "icao24": icao24, "on": day_text(teller.day),
        "as_known": None if teller.known_day is None else day_text(teller.known_day),
        **{told_field(name): teller.said(displayed.get(name)) for name in _TOLD},
        "conflicts": conflicts, "changes": changes_told(teller, address, spans),
        "timeline": teller.timeline(spans),
        "other_names": names.of(address, spans, displayed),
        "blocks": odd.blocks(address), "removed": odd.removed(address),
        "remarks": [
            *_remarks(teller, displayed, spans), *teller.withdrawn(address), *evidence,
            *odd.heard(address), *([PRIVATE] if _is_private(teller.sources.view, address) else []),
        ],
        "matched_as": how, "flags": flags,
    }  # fmt: skip


_TOLD = ("registration", "type_designator", "serial", "owner", "operator", "registrant", "military")


def _is_private(view: View, address: int) -> bool:
    return bool(is_hidden(view, pa.array([address], pa.uint32()))[0])


def _remarks(teller: Teller, displayed: dict[str, Span], spans: Sequence[Span]) -> list[str]:
    """What has to be said in words: that nobody names an owner, what was said only later."""
    remarks = [] if spans else [NOBODY]
    if spans and "owner" not in displayed and "registrant" not in displayed:
        remarks.append("no source at hand says who owned it or in whose name it was registered on that day")
    late = sorted({told_field(n).replace("_", " ") for n, s in displayed.items() if teller.standing(s) == 1})
    if late:
        remarks.append(
            f"{', '.join(late)}: no source at hand says it of {day_text(teller.day)} or before; what stands "
            "here was said first later"
        )
    return remarks
