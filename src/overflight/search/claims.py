"""Claims of documents as answers: what is said of the aircraft asked for, by whom; what was removed."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.clock import day_text, utc_day
from overflight.model.address import address_of, icao24_text
from overflight.model.sayings import PLACED
from overflight.registry.documents import BY_MARK_THEN
from overflight.registry.marks import normal_mark
from overflight.registry.privacy import removal_remarks
from overflight.registry.removed_names import folded_text
from overflight.search.answer import Answer
from overflight.search.contract import Row, finish, interval_object, place_object
from overflight.search.documents import Documents, PlacedClaim
from overflight.search.placed import is_at
from overflight.search.places import Place
from overflight.search.scope import Question, Scope, find_aircraft
from overflight.search.sources import Sources
from overflight.search.stops import first_known_ms, last_known_ms

POSITION = "document"  # scheme of a place that is known by its position alone
REMARKED = 5  # claims told beside an answer one by one; beyond that a list is easier to read
UNRESOLVED = ("several", "unknown", "private")


def find_claims(names: Sequence[str], sources: Sources) -> Answer:
    """Claims as the contract's `claims`, by earliest time; of the aircraft named, or all.

    An aircraft is named by address, mark or call sign, or as documents name it.
    """
    rows, missing = list(sources.documents.rows), tuple[str, ...]()
    addresses: frozenset[int] | None = None
    if names:
        scope = find_aircraft(names, sources.view)
        addresses = scope.addresses
        named = {name: _named(name, rows) for name in names}
        ours = {row["id"] for found in named.values() for row in found}
        rows = [row for row in rows if row["id"] in ours or row["address"] in addresses]
        missing = tuple(name for name in scope.missing if not named.get(name))
    rows.sort(key=lambda row: (_begin(row), row["id"]))
    removed = () if sources.removed is None else removal_remarks(sources.removed, addresses)
    return Answer("claims", [_told(row, sources) for row in rows], {}, missing, removed)


def find_claim(id_: str, sources: Sources) -> Row | None:
    """The claim of that id; None where there is none."""
    found = next((row for row in sources.documents.rows if row["id"] == id_), None)
    return None if found is None else _told(found, sources)


def unheard(
    documents: Documents, asked: Question, scope: Scope, place: Place | None, stops: Sequence[Row]
) -> tuple[str, ...]:
    """What documents say of the aircraft, time and place asked for that no stop (rows of STOPS) is about."""
    ours = [
        claim for claim in documents.placed
        if _is_asked_for(claim, asked, scope, place) and not _is_among(claim, stops)
    ]  # fmt: skip
    told = [_remark(claim) for claim in ours[:REMARKED]]
    more = len(ours) - len(told)
    return (*told, *([f"{more} more claims of documents are of stops that are not here"] if more else []))


def _is_asked_for(claim: PlacedClaim, asked: Question, scope: Scope, place: Place | None) -> bool:
    if claim.row["statement"] not in PLACED[:2] or not claim.overlaps(asked.since_ms, asked.until_ms):
        return False
    if not scope.everything and claim.address not in scope.addresses:
        return False
    return place is None or is_at(claim, place.place, place)


def _is_among(claim: PlacedClaim, stops: Sequence[Row]) -> bool:
    return any(
        stop["address"] == claim.address
        and claim.overlaps(first_known_ms(stop), last_known_ms(stop))
        for stop in stops
    )


def _remark(claim: PlacedClaim) -> str:
    row = claim.row
    last_ms = None if claim.end_ms is None else claim.end_ms - 1
    first, end = (None if ms is None else day_text(utc_day(ms)) for ms in (claim.first_ms, last_ms))
    days = f"on {first}" if first == end else f"from {first or '-'} to {end or '-'}"
    where = row["place"] or f"{row['latitude_deg']:g}, {row['longitude_deg']:g}"
    return (
        f"{row['source']} ({row['grade']}) says that {row['as_reported']} was at {where} {days} "
        f"({row['id']}): no stop of that time is in this answer"
    )


def _begin(row: Row) -> int:
    """The earliest instant (ms) a claim is bound to; first of all what says none."""
    bounds = (row[f"{side}_{end}_ms"] for side in ("since", "until") for end in ("earliest", "latest"))
    return min((ms for ms in bounds if ms is not None), default=0)


def _named(name: str, rows: Sequence[Row]) -> list[Row]:
    """Claims whose document, or whoever recorded it, calls the aircraft by that name."""
    mark, text, address = normal_mark(name), folded_text(name), address_of(name)
    return [
        row for row in rows
        if mark == row["registration"] or name == row["serial"] or text == folded_text(row["as_reported"])
        or (address is not None and address == row["address"])
    ]  # fmt: skip


def _told(row: Row, sources: Sources) -> Row:
    flags = ["withdrawn"] if row["withdrawn_day"] is not None else []
    flags += ["unresolved"] if row["resolved_as"] in UNRESOLVED else []
    flags += [BY_MARK_THEN] if row["resolved_as"] == BY_MARK_THEN else []
    same = (
        "data_kind", "id", "registration", "serial", "as_reported", "resolved_as", "statement", "value",
        "source", "title", "link", "copy_sha256", "quotation", "grade", "party_kind", "licence",
        "may_publish",
    )  # fmt: skip
    return finish("claims", {
        **{name: row[name] for name in same},
        "icao24": None if row["address"] is None else icao24_text(row["address"]),
        "place": _place(row, sources), "place_as_reported": row["place"],
        "since": interval_object(row["since_earliest_ms"], row["since_latest_ms"]),
        "until": interval_object(row["until_earliest_ms"], row["until_latest_ms"]),
        "published": _day(row["published_day"]), "recorded": _day(row["recorded_day"]),
        "withdrawn": _day(row["withdrawn_day"]), "flags": flags,
    }, sources.archive_version)  # fmt: skip


def _place(row: Row, sources: Sources) -> Row | None:
    """The contract's place of a placed claim: the position it gives, else what its words mean."""
    if row["latitude_deg"] is not None:
        name = row["place"] or "position"
        return place_object(POSITION, name, name, None, "position", row["latitude_deg"], row["longitude_deg"])
    if row["place"] is None:
        return None
    place = sources.documents.place_of(row)
    return None if place is None else place.place


def _day(day: int | None) -> str | None:
    return None if day is None else day_text(day)
