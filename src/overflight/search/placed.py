"""Documents beside radio evidence: which claims of where an aircraft was bear on a stop, and how.

A claim `agrees` with a stop where both say one place at one time, and the claim is about so little time that
this tells something; it `contradicts` it where the aircraft
cannot have been at both places, or where it says that the aircraft was not there; it is `compatible` where it
may be about that stop and nothing tells. No grade and no probability ever changes for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from overflight.clock import parse_utc
from overflight.geo.sphere import distance_nm
from overflight.model.address import address_of
from overflight.model.sayings import NOT_THERE
from overflight.search.contract import Row, interval_object
from overflight.search.documents import Documents, PlacedClaim
from overflight.search.places import Airfield, Country, Drawn, Place
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_HOUR, MILLISECONDS_PER_SECOND

AGREES, CONTRADICTS, COMPATIBLE = "agrees", "contradicts", "compatible"
# Over ground no aircraft of these is faster for long: the fastest airliners reported were at 697 kt, on
# 17 February 2024 over Pennsylvania in a jet stream of 230 kt (NWS Philadelphia). A limit too high misses a
# contradiction, one too low would make one up.
FASTEST_KT = 700.0
SAME_FIELD_NM = 2.0  # two idents of one field in different lists: reference points lie that far apart at most
# A visit "in 2016" fits every stop there of that year: it bears out none. One of a stop's own days does, also
# by the calendar of a place up to a day away from UTC; and one of two days, as a date is in all time zones.
BESIDE_MS, SHORT_MS = MILLISECONDS_PER_DAY, 2 * MILLISECONDS_PER_DAY
_OPEN_MS = 1 << 60


class _Anchor(NamedTuple):
    """Where an aircraft was at an instant, by radio."""

    time_ms: int
    latitude_deg: float
    longitude_deg: float


def claims_beside(stop: Row, documents: Documents, asked: Place | None = None) -> list[Row]:
    """The contract's `claims` of a visit: those placed claims that bear on it, surest relation first.

    `asked` is the place asked for, which is the place the visit tells.
    """
    address = address_of(stop["icao24"])
    ours = documents.placed_of.get(-1 if address is None else address, [])
    told = [(claim, relation_of(claim, stop, asked)) for claim in ours]
    order = (CONTRADICTS, AGREES, COMPATIBLE)
    kept = [(order.index(how), claim.row["id"], claim, how) for claim, how in told if how is not None]
    return [_told(claim.row, how) for _, _, claim, how in sorted(kept, key=lambda one: one[:2])]


def relation_of(claim: PlacedClaim, stop: Row, asked: Place | None = None) -> str | None:
    """How a claim stands to a visit of the contract, of the same aircraft; None where it is of no bearing."""
    first, end = _possible(stop)
    if not claim.overlaps(first, end):
        return None
    same = is_at(claim, stop["place"], asked)
    if claim.row["statement"] == NOT_THERE:
        return _denial(claim, stop, (first, end)) if same else None
    if same:
        return AGREES if _tells(claim, first, end) else COMPATIBLE
    if not _can_have_been(claim, stop, _anchors(stop)):
        return CONTRADICTS
    known = [c for c in stop["candidates"] if c["place"] and is_at(claim, c["place"])]
    within = _within(claim, first, end)
    if known and known[0]["ruled_out"]:
        return CONTRADICTS if within else None
    return COMPATIBLE if within or (known and not stop["seen"]) else None


def _told(row: Row, relation: str) -> Row:
    return {
        "claim_id": row["id"], "statement": row["statement"], "place": row["place"],
        "since": interval_object(row["since_earliest_ms"], row["since_latest_ms"]),
        "until": interval_object(row["until_earliest_ms"], row["until_latest_ms"]),
        "source": row["source"], "grade": row["grade"], "relation": relation,
    }  # fmt: skip


def _denial(claim: PlacedClaim, stop: Row, possible: tuple[int | None, int | None]) -> str:
    """Of a not_there for the place of a stop: whether it can have been there at another time."""
    begin, end = _surely(stop)
    first, last = claim.first_ms, claim.end_ms
    denied_first, denied_end = (-_OPEN_MS if first is None else first), (_OPEN_MS if last is None else last)
    if begin is not None and max(begin, denied_first) < min(end or begin + 1, denied_end):
        return CONTRADICTS  # it was surely there in the time denied
    whole = None not in possible and denied_first <= (possible[0] or 0) and (possible[1] or 0) <= denied_end
    return CONTRADICTS if whole else COMPATIBLE


def _possible(stop: Row) -> tuple[int | None, int | None]:
    """First and last instant (ms) that the stop may hold; where the data set no bound, that are known of it.

    Before the first recording that is loaded it may have stood there for years: no claim is about that.
    """
    arrival, departure = stop["arrival"], stop["departure"] or {"earliest": None, "latest": None}
    before, after = stop["before"], stop["after"]
    first = _ms(arrival["earliest"] or (before and before["time"]) or arrival["latest"])
    last = _ms(departure["latest"] or (after and after["time"]) or departure["earliest"])
    return first, max((ms for ms in (last, _surely(stop)[1], first) if ms is not None), default=None)


def _surely(stop: Row) -> tuple[int | None, int | None]:
    """From when to when it was surely on the ground; None for one that was not seen."""
    if not stop["seen"] or stop["arrival"]["latest"] is None:
        return None, None
    begin = parse_utc(stop["arrival"]["latest"])
    left = _ms((stop["departure"] or {}).get("earliest"))
    least = (stop["ground_time_s"]["min"] or 0) * MILLISECONDS_PER_SECOND
    return begin, max(begin + least if left is None else left, begin)


def _anchors(stop: Row) -> list[_Anchor]:
    """Where it surely was: of a stop seen the place, from first to last; of another the fixes about it."""
    begin, end = _surely(stop)
    place = stop["place"]
    if begin is not None and end is not None and place is not None and place["latitude_deg"] is not None:
        where = place["latitude_deg"], place["longitude_deg"]
        return [_Anchor(begin, *where), _Anchor(end, *where)]
    fixes = [fix for fix in (stop["before"], stop["after"]) if fix is not None]
    return [_Anchor(parse_utc(fix["time"]), fix["latitude_deg"], fix["longitude_deg"]) for fix in fixes]


def _can_have_been(claim: PlacedClaim, stop: Row, anchors: Sequence[_Anchor]) -> bool:
    """Whether at some instant of its time the aircraft can have been at the place claimed."""
    where = _position(claim)
    if where is None or not anchors:
        return True
    flown_ms = [
        float(distance_nm(*where, a.latitude_deg, a.longitude_deg)) / FASTEST_KT * MILLISECONDS_PER_HOUR
        for a in anchors
    ]
    free: list[tuple[float, float]] = []
    first, last = anchors[0], anchors[-1]
    if stop["seen"] or stop["before"] is not None:
        free.append((-_OPEN_MS, first.time_ms - flown_ms[0]))
    if stop["seen"] or stop["after"] is not None:
        free.append((last.time_ms + flown_ms[-1], _OPEN_MS))
    if not stop["seen"]:
        begin = first.time_ms + flown_ms[0] if stop["before"] is not None else -_OPEN_MS
        end = last.time_ms - flown_ms[-1] if stop["after"] is not None else _OPEN_MS
        free.append((begin, end))
    lo = -_OPEN_MS if claim.first_ms is None else claim.first_ms
    hi = _OPEN_MS if claim.end_ms is None else claim.end_ms
    return any(max(a, lo) <= min(b, hi) for a, b in free if a <= b)


def _position(claim: PlacedClaim) -> tuple[float, float] | None:
    """Where the claim says it was, where that is one position."""
    row, place = claim.row, claim.place
    if row["latitude_deg"] is not None:
        return row["latitude_deg"], row["longitude_deg"]
    if isinstance(place, Airfield) and place.place["latitude_deg"] is not None:
        return place.place["latitude_deg"], place.place["longitude_deg"]
    return None


def is_at(claim: PlacedClaim, told: Row | None, asked: Place | None = None) -> bool:
    """Whether the place claimed is the place told, or one lies in the other."""
    if told is None:
        return False
    where, place = _position(claim), claim.place
    if isinstance(asked, Drawn):
        return where is not None and bool(asked.area.contains([where[0]], [where[1]])[0])
    if told["kind"] == "country":
        return isinstance(place, Airfield | Country) and place.place["country"] == told["country"]
    if isinstance(place, Country):
        return bool(told["country"] == place.ident)
    if told["latitude_deg"] is None:
        return False
    there = told["latitude_deg"], told["longitude_deg"]
    if isinstance(place, Drawn):
        return bool(place.area.contains([there[0]], [there[1]])[0])
    if isinstance(place, Airfield) and place.ident == told["ident"]:
        return True
    return where is not None and float(distance_nm(*where, *there)) <= SAME_FIELD_NM


def _tells(claim: PlacedClaim, first: int | None, end: int | None) -> bool:
    """Whether the claim's time, which meets that of the stop, is no longer than the stop's, or short."""
    if None not in (claim.first_ms, claim.end_ms) and (claim.end_ms or 0) - (claim.first_ms or 0) <= SHORT_MS:
        return True
    return _within(
        claim, None if first is None else first - BESIDE_MS, None if end is None else end + BESIDE_MS
    )


def _within(claim: PlacedClaim, first: int | None, end: int | None) -> bool:
    """Whether all of the claim's time lies in the time of a stop."""
    begins = first is None or (claim.first_ms is not None and claim.first_ms >= first)
    return begins and (end is None or (claim.end_ms is not None and claim.end_ms <= end))


def _ms(text: str | None) -> int | None:
    return None if text is None else parse_utc(text)
