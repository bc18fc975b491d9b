"""Several names that narrow each other: stops at a place, flights over a country, of a type, in a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice, product

import numpy as np
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.errors import QuestionError
from overflight.model.address import address_of, icao24_text
from overflight.search.contract import Row
from overflight.search.hits import FLIGHT, Hit, aircraft_hits, flight_hits
from overflight.search.known import Addresses, Known
from overflight.search.scope import Question
from overflight.search.sense import Sense
from overflight.search.visits import find_visits
from overflight.search.words import Span
from overflight.store.conditions import Condition

MOST = 200  # more are no answer but a list; the page of the place has them
_READINGS = 16  # ways to take ambiguous names together that are tried: IL76 is a type and a heliport
_FEW_FLIGHTS = 1_000  # whose aircraft are asked for by address, which finds them at once
_FEW = 16  # aircraft or places whose stops are weighed at once in some 50 ms
_WHO = ("aircraft", "callsign", "type", "party")
_NEWEST_FIRST = [("last_seen_ms", "descending"), ("id", "ascending")]


def hits_together(known: Known, names: list[list[Sense]], spans: list[Span], why: str) -> list[Hit]:
    """Stops at the places, flights over the countries, or flights, that fit every name and date."""
    since = max((span.since_ms for span in spans), default=None)
    until = min((span.until_ms for span in spans), default=None)
    if since is not None and until is not None and since >= until:
        return []
    groups = [list(_groups(known, senses)) for senses in names]
    hits: list[Hit] = []
    for reading in islice(product(*groups), _READINGS):
        hits += _Asked(known, since, until, why, reading).hits()
    return hits


@dataclass(frozen=True)
class _Group:
    """Meanings of a name of one sort; `addresses` of their aircraft, None for a place or a country."""

    senses: list[Sense]
    addresses: Addresses | None

    @property
    def kind(self) -> str:
        """That of the meanings; of aircraft that of the first."""
        return self.senses[0].kind

    @property
    def idents(self) -> set[str]:
        """What they are called."""
        return {sense.ident for sense in self.senses}


def _groups(known: Known, senses: list[Sense]) -> Iterator[_Group]:
    """The meanings of a name as aircraft, as places, as countries."""
    for kinds in (_WHO, ("place",), ("country",)):
        some = [sense for sense in senses if sense.kind in kinds]
        if some:
            yield _Group(some, _bearers(known, some) if kinds is _WHO else None)


def _bearers(known: Known, senses: list[Sense]) -> Addresses:
    """Addresses of aircraft, of those that used a call sign, of those of a type or of a party."""
    named = [a for s in senses if s.kind == "aircraft" and (a := address_of(s.ident)) is not None]
    parts = [np.array(named, np.int64)]
    parts += [known.of_type(s.ident) for s in senses if s.kind == "type"]
    numbers = [known.finder.parties.number_of(s.ident) for s in senses if s.kind == "party"]
    parts += [known.finder.parties.addresses(number) for number in numbers if number is not None]
    signs = [s.ident for s in senses if s.kind == "callsign"]
    if signs:
        heard = Condition("callsigns", "contains_any", signs)
        parts.append(known.view.find("flights", [heard], ["address"])["address"].to_numpy())
    return np.unique(np.concatenate(parts).astype(np.int64))


@dataclass(frozen=True)
class _Asked:
    """One way to take all names together, in [since, until)."""

    known: Known
    since_ms: int | None
    until_ms: int | None
    why: str
    names: tuple[_Group, ...]

    def hits(self) -> list[Hit]:
        """What fits it."""
        of_aircraft = self._of_aircraft()
        if of_aircraft and not of_aircraft[0].value:
            return []
        places = [group.idents for group in self.names if group.kind == "place"]
        if places:
            return self._stops(set.intersection(*places), of_aircraft)
        hits = self._flights(of_aircraft)
        who = of_aircraft[0].value if of_aircraft else []
        if hits and len(who) == 1:
            return [
                *aircraft_hits(self.known, [Sense("aircraft", icao24_text(who[0]), self.why, 0.95)]),
                *hits,
            ]
        return hits

    def _stops(self, idents: set[str], conditions: list[Condition]) -> list[Hit]:
        """Stops seen at one of the places, or dark ones that may have been there, newest first."""
        who = conditions[0].value if conditions else None
        if who is not None and len(who) <= _FEW:
            return [hit for ident in sorted(idents)[:_FEW] for hit in self._visits(ident, who)] if who else []
        conditions = [Condition("ident", "in", sorted(idents)), *conditions]
        if self.since_ms is not None:
            conditions.append(Condition("time_ms", ">=", self.since_ms))
        if self.until_ms is not None:
            conditions.append(Condition("time_ms", "<", self.until_ms))
        conditions += [Condition("callsign", "in", sorted(some)) for some in self._signs()]
        calls = self.known.view.find("calls", conditions, order_by=["-seen", "-time_ms", "stop_id"])
        return [_stop(row, self.why) for row in calls.slice(0, MOST).to_pylist()]

    def _visits(self, ident: str, who: list[int]) -> list[Hit]:
        """Stops of a few aircraft at one place, weighed as the question about it weighs them."""
        names = tuple(f"hex:{icao24_text(address)}" for address in who)
        asked = Question(names, ident, since_ms=self.since_ms, until_ms=self.until_ms)
        try:
            visits = find_visits(asked, self.known.sources).rows
        except QuestionError:
            return []  # an ident of other days
        meant = [
            row
            for row in visits
            if all({row["callsign_in"], row["callsign_out"]} & some for some in self._signs())
        ]
        return [_visit(row, ident, self.why) for row in reversed(meant)]

    def _flights(self, conditions: list[Condition]) -> list[Hit]:
        """Flights in the time that crossed each of the countries and used the call signs, newest first."""
        within = Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (self.since_ms, self.until_ms))
        signs = [Condition("callsigns", "contains_any", sorted(some)) for some in self._signs()]
        flights = self.known.view.find("flights", [within, *conditions, *signs], FLIGHT)
        for group in self.names:
            if group.kind == "country" and flights.num_rows:
                there = [Condition("region_ident", "in", sorted(group.idents)), *conditions]
                if flights.num_rows < _FEW_FLIGHTS:
                    there.append(Condition("address", "in", pc.unique(flights["address"]).to_pylist()))
                crossed = self.known.view.find("crossings", there, ["flight_id"])
                flights = flights.filter(pc.is_in(flights["id"], crossed["flight_id"].combine_chunks()))
        return flight_hits(flights.sort_by(_NEWEST_FIRST).slice(0, MOST), self.why, 0.9)

    def _signs(self) -> list[set[str]]:
        """Call signs that are asked for and mean nothing else."""
        return [g.idents for g in self.names if all(sense.kind == "callsign" for sense in g.senses)]

    def _of_aircraft(self) -> list[Condition]:
        """A condition on the addresses that fit every name of an aircraft, a call sign or a type."""
        found = [group.addresses for group in self.names if group.addresses is not None]
        return [Condition("address", "in", reduce(np.intersect1d, found).tolist())] if found else []


def _visit(row: Row, ident: str, why: str) -> Hit:
    chance = "" if row["seen"] or row["probability"] is None else f", probability {row['probability']:.2f}"
    begin = row["arrival"]["earliest"] or row["arrival"]["latest"] or row["departure"]["latest"]
    title = f"{row['registration'] or row['icao24']} at {ident}, {str(begin)[:16]}Z"
    score = 0.9 if row["seen"] else 0.8 + 0.1 * (row["probability"] or 0.0)
    return Hit("stop", row["id"], title, f"{row['grade']} there{chance}", why, score)


def _stop(row: dict[str, object], why: str) -> Hit:
    seen = bool(row["seen"])
    how = "seen on the ground there" if seen else "not seen on the ground; may have been there"
    who = row["callsign"] or icao24_text(int(str(row["address"])))
    title = f"{who} at {row['ident']}, {str(iso_utc(int(str(row['time_ms']))))[:16]}Z"
    return Hit("stop", str(row["stop_id"]), title, how, why, 0.9 if seen else 0.8)
