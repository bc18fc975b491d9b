"""Aircraft: who an address was by which source and when, what of that is odd, what the archive saw of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text, iso_utc, utc_day
from overflight.errors import QuestionError
from overflight.model.address import address_of, icao24_text
from overflight.model.grades import MIXED, RECORDED
from overflight.registry.callsigns import operator_designator
from overflight.registry.marks import normal_mark, state_of_mark
from overflight.registry.register import Register
from overflight.search.answer import Answer
from overflight.search.callsigns import callsign_remarks
from overflight.search.contract import Row, finish
from overflight.search.guesses import find_guesses
from overflight.search.identity import register_for, who_columns
from overflight.search.oddities import Oddities
from overflight.search.rows import find_by
from overflight.search.scope import Scope, find_aircraft
from overflight.search.sources import Sources
from overflight.store.view import View

CALLSIGNS_TOLD = 20  # airliners use hundreds; the flights themselves list them all
_SAID = ("registration", "type_designator", "description", "operator", "military", "source")


def find_aircraft_asked(names: Iterable[str], sources: Sources) -> Answer:
    """Aircraft as the contract's `aircraft`, one an address, in the names' order; garbled marks guessed."""
    wanted = list(dict.fromkeys(name.strip() for name in names))
    if not wanted:
        raise QuestionError("which aircraft? Give a mark, an address of six hex digits, or a call sign")
    view = sources.view
    matched, missing = matched_aircraft(sources, wanted)
    flights = find_by(view, "flights", "address", matched)
    odd = Oddities(sources, register_for(sources, matched), _today(), None).with_bearers(matched)
    seen: dict[int, list[Row]] = {}
    for flight in flights.sort_by("first_seen_ms").to_pylist():
        seen.setdefault(flight["address"], []).append(flight)
    rows = [
        finish(
            "aircraft",
            _columns(address, how, odd, seen.get(address, [])),
            sources.archive_version,
        )
        for address, how in matched.items()
    ]
    return Answer("aircraft", rows, {}, missing, offset_of=sources.offset_of)


def matched_aircraft(sources: Sources, names: list[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Addresses with how each was found, and the names that stand for nothing."""
    view = sources.view
    found: dict[int, str] = {}
    unknown: list[str] = []
    for name in names:
        scope = find_aircraft([name], view)
        for address in _addresses(view, scope):
            found.setdefault(address, _how(name, address, scope))
        documented = _documented(name, sources.document_claims)
        for address in documented:
            found.setdefault(address, "a document speaks of it")
        unknown += [] if documented else scope.missing
    missing: list[str] = []
    for name, guesses in find_guesses(view, unknown).items():
        for guess in guesses:
            for address in sorted(find_aircraft([f"mark:{guess.mark}"], view).addresses):
                found.setdefault(address, f"{name} as reported; may be {guess.mark}: {guess.reason}")
        if not guesses:
            missing.append(name)
    return found, tuple(missing)


def _documented(name: str, documents: pa.Table | None) -> list[int]:
    """Addresses of which a document gives the mark, or that are themselves the name, in order."""
    if documents is None:
        return []
    said, mark = address_of(name.removeprefix("hex:")), normal_mark(name.removeprefix("mark:"))
    named = {a for a in documents["address"].drop_null().to_pylist() if a == said}
    marked = documents.filter(pc.fill_null(pc.equal(documents["registration"], mark), False))
    return sorted(named | set(marked["address"].drop_null().to_pylist()))


def _addresses(view: View, scope: Scope) -> list[int]:
    by_flight = find_by(view, "flights", "id", scope.flight_ids)["address"].to_pylist()
    return sorted({*scope.addresses, *by_flight})


def _how(name: str, address: int, scope: Scope) -> str:
    if address in scope.marks:
        return f"asked for by its mark, {', '.join(sorted(scope.marks[address]))}"
    if address in scope.addresses:
        return "asked for by its address"
    return f"has used the call sign {name.removeprefix('callsign:').upper()}"


def _columns(
    address: int, how: str, oddities: Oddities, flights: list[Row]
) -> dict[str, Any]:
    register, day = oddities.register, utc_day(flights[-1]["last_seen_ms"]) if flights else _today()
    who = register.as_of(address, day)
    claims = register.claims_of(address)
    state = oddities.block_table.state_of(address)
    callsigns = list(dict.fromkeys(sign for flight in flights for sign in flight["callsigns"]))
    flags, evidence = oddities.on(day).of(address)
    kinds = {row["data_kind"] for row in flights} | set(claims["data_kind"].to_pylist())
    return {
        "data_kind": kinds.pop() if len(kinds) == 1 else MIXED if kinds else RECORDED,
        "id": f"aircraft-{icao24_text(address)}", "icao24": icao24_text(address), **who_columns(who),
        "military": who["military"], "address_state": None if state is None else state[0],
        "registration_state": state_of_mark(who["registration"]) if who["registration"] else None,
        "first_seen": iso_utc(flights[0]["first_seen_ms"]) if flights else None,
        "last_seen": iso_utc(max(flight["last_seen_ms"] for flight in flights)) if flights else None,
        "flight_count": len(flights), "callsigns": callsigns[:CALLSIGNS_TOLD],
        "statements": _statements(claims),
        "remarks": [*evidence, *_disagreements(register, address), *_later(who, flights),
                    *_cautions(callsigns), *callsign_remarks(callsigns[:CALLSIGNS_TOLD], day)],
        "matched_as": how, "flags": flags,
    }  # fmt: skip


def _today() -> int:
    return utc_day(int(datetime.now(UTC).timestamp() * 1000))


def _statements(claims: pa.Table) -> list[Row]:
    """What each source says, with the first and last day on which it said so, by first day."""
    days: dict[tuple[Any, ...], list[int]] = {}
    for claim in claims.to_pylist():
        days.setdefault(tuple(claim[name] for name in _SAID), []).append(claim["day"])
    told = sorted(days.items(), key=lambda item: (min(item[1]), str(item[0])))
    return [
        {
            **dict(zip(_SAID, said, strict=True)),
            "first_day": day_text(min(when)),
            "last_day": day_text(max(when)),
        }
        for said, when in told
    ]


def _disagreements(register: Register, address: int) -> list[str]:
    values: dict[str, dict[str, list[str]]] = {}
    for row in register.disagreements(address).to_pylist():
        first, last = day_text(row["first_day"]), day_text(row["last_day"])
        when = first if first == last else f"{first} to {last}"
        values.setdefault(row["field"], {}).setdefault(row["value"], []).append(f"{row['source']} {when}")
    return [
        f"sources differ on {name.replace('_', ' ')}: "
        + "; ".join(f"{value} ({', '.join(who)})" for value, who in said.items())
        for name, said in values.items()
    ]


def _later(who: Row, flights: list[Row]) -> list[str]:
    if not flights or not who["later"]:
        return []
    return [
        f"no register of {day_text(utc_day(flights[-1]['last_seen_ms']))} or before knows it; what stands "
        f"here is of {day_text(who['claim_day'])} ({who['source']})"
    ]


def _cautions(callsigns: list[str]) -> list[str]:
    """Call signs whose first letters look like an operator's designator and are not."""
    carried = {sign: operator_designator(sign) for sign in callsigns}
    return [
        f"call sign {sign} does not name an operator: {said.reason}"
        for sign, said in carried.items()
        if said.text is None and "designator of" in said.reason
    ][:CALLSIGNS_TOLD]
