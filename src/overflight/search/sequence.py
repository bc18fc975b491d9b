"""Aircraft that were in one place and then in another: each pair of stays, its order and the time between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from overflight.clock import iso_utc, parse_utc
from overflight.errors import QuestionError
from overflight.model.address import address_of
from overflight.model.grades import COMPATIBLE, COMPATIBLE_LEAST, GRADES, MIXED
from overflight.search.answer import Answer, at_least, count_grades
from overflight.search.chances import pair_bounds
from overflight.search.contract import CHANCE_DIGITS, Row, finish
from overflight.search.crossings import find_crossings_asked
from overflight.search.identity import NAMES
from overflight.search.pairs import INDEPENDENT
from overflight.search.places import Airfield, Place
from overflight.search.rows import find_of
from overflight.search.scope import Question
from overflight.search.single import stay_grade
from overflight.search.sources import Sources
from overflight.search.stops import SURE
from overflight.search.visits import find_visits
from overflight.search.weighing import grade_of
from overflight.search.withheld import withheld_remarks
from overflight.units import MILLISECONDS_PER_HOUR, MILLISECONDS_PER_SECOND

PROVEN, POSSIBLE = "proven", "possible"
WITHIN_H = 24.0  # where nothing is said: a day's doings of one aircraft


@dataclass(frozen=True)
class _Stay:
    """One stay at a place: when it can have begun and ended (ms, None open), told as a presence."""

    row: Row  # of the contract: a visit or a crossing
    presence: Row
    entry: tuple[int | None, int | None]
    exit: tuple[int | None, int | None]

    @property
    def begun(self) -> int:
        """Order among the stays of an aircraft: the latest time at which it can have begun."""
        return next((t for t in (self.entry[1], self.entry[0], *self.exit) if t is not None), 0)


def find_sequence(asked: Question, sources: Sources, then: str, within_h: float = WITHIN_H) -> Answer:
    """Stays at the place asked for that a stay at `then` followed within some hours, as `sequence`.

    For each stay at the later place the last one before it at the earlier place, in the order of time. The
    order is `proven` where it was surely at the earlier place before it can have come to the later one.
    """
    if asked.place is None:
        raise QuestionError("which two places? Give place and then")
    if within_h <= 0:
        raise QuestionError(f"within {within_h:g} h is no time")
    within_ms = round(within_h * MILLISECONDS_PER_HOUR)
    until_ms = None if asked.until_ms is None else asked.until_ms + within_ms
    earlier, missing, remarks = _stays(asked, sources)
    ours = sorted({stay.row["icao24"] for stay in earlier})
    later: list[_Stay] = []
    if ours:
        narrowed = replace(asked, place=then, until_ms=until_ms)
        narrowed = narrowed if asked.aircraft else replace(narrowed, aircraft=tuple(f"hex:{o}" for o in ours))
        later = _stays(narrowed, sources)[0]
    rows = [_row(*pair, sources) for pair in _followed(earlier, later, within_ms)]
    rows = [
        row for row in rows
        if at_least(row["grade"], asked.min_grade)
        and (row["probability"] is None or row["probability"] >= COMPATIBLE_LEAST)
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["first"]["entry"]["latest"] or row["first"]["exit"]["latest"], row["id"]))
    unsure = any(row["probability_least"] != row["probability_most"] for row in rows)
    remarks += (INDEPENDENT.replace("a trip", "a sequence"),) if unsure else ()
    remarks += withheld_remarks(replace(asked, until_ms=until_ms), sources.view)
    counts = count_grades([row["grade"] for row in rows])
    return Answer("sequence", rows, counts, missing, remarks, sources.offset_of)


def _stays(asked: Question, sources: Sources) -> tuple[list[_Stay], tuple[str, ...], tuple[str, ...]]:
    """Stays at the place asked for: stops, and of a country or an area the crossings first of all."""
    place = sources.place_asked(asked)
    assert place is not None
    visits = find_visits(asked, sources)
    stays = [_visit(row) for row in visits.rows]
    if not isinstance(place, Airfield):
        crossings = find_crossings_asked(asked, sources).rows
        ends = flight_ends(sources, crossings)
        stays = _joined(stays, [_crossing(row, ends[row["flight_id"]], place) for row in crossings])
    return stays, visits.missing, visits.remarks


def _joined(visits: list[_Stay], crossings: list[_Stay]) -> list[_Stay]:
    """One stay of a crossing that ended inside, the stop it ended with, and the crossing that began there.

    Only where the stop was surely there: otherwise the aircraft may have left in between.
    """
    begun = {stay.row["flight_id"]: stay for stay in crossings if stay.entry[0] is None}
    ended = {stay.row["flight_id"]: stay for stay in crossings if stay.row["exit"] is None}
    whole = {id(stay): stay for stay in crossings}  # by the crossing it began with
    loose = []
    for stay in sorted(visits, key=lambda visit: visit.begun):
        before, after = ended.get(stay.row["flight_in_id"]), begun.get(stay.row["flight_out_id"])
        if stay.presence["grade"] not in SURE or (before is None and after is None):
            loose.append(stay)
            continue
        parts = [part for part in (before, stay, after) if part is not None]
        for part in parts:
            whole.pop(id(part), None)
        one = _one_of(parts)
        whole[id(one)] = one
        if after is not None and after.row["exit"] is None:
            ended[after.row["flight_id"]] = one  # it goes on with the next stop
    return [*whole.values(), *loose]


def _one_of(parts: list[_Stay]) -> _Stay:
    """The parts of one stay, in order, as one; told as its surest part."""
    surest = min(parts, key=lambda part: GRADES.index(part.presence["grade"]))
    entry, leave = parts[0].entry, parts[-1].exit
    told = surest.presence
    presence = _presence(
        told["kind"], told["id"], told["place"], told["grade"], told["probability"], entry, leave
    )
    return _Stay(surest.row, presence, entry, leave)


def flight_ends(sources: Sources, crossings: Iterable[Row]) -> dict[str, int]:
    """When the flights of some crossings were last seen."""
    rows = list(crossings)
    addresses = {a for row in rows if (a := address_of(row["icao24"])) is not None}
    flights = find_of(
        sources.view, "flights", "id", {row["flight_id"] for row in rows}, addresses, ["id", "last_seen_ms"]
    )
    return dict(zip(flights["id"].to_pylist(), flights["last_seen_ms"].to_pylist(), strict=True))


def _ms(iso: str | None) -> int | None:
    return None if iso is None else parse_utc(iso)


def _crossing(row: Row, last_seen_ms: int, place: Place) -> _Stay:
    """A stay inside a country or an area; one that its flight never left ends with that flight."""
    entry = _ms(row["entry"]["earliest"]), _ms(row["entry"]["latest"])
    left = row["exit"]
    leave = (last_seen_ms, None) if left is None else (_ms(left["earliest"]), _ms(left["latest"]))
    presence = _presence("crossing", row["id"], place.place, stay_grade(row), None, entry, leave)
    return _Stay(row, presence, entry, leave)


def _visit(row: Row) -> _Stay:
    """A stop at the place."""
    entry = _ms(row["arrival"]["earliest"]), _ms(row["arrival"]["latest"])
    left = row["departure"] or {"earliest": None, "latest": None}
    leave = _ms(left["earliest"]), _ms(left["latest"])
    presence = _presence("visit", row["id"], row["place"], row["grade"], row["probability"], entry, leave)
    return _Stay(row, presence, entry, leave)


def _presence(
    kind: str, id_: str, place: Row, grade: str, probability: float | None,
    entry: tuple[int | None, int | None], leave: tuple[int | None, int | None],
) -> Row:  # fmt: skip
    sides = {
        name: {"earliest": iso_utc(a), "latest": iso_utc(b)}
        for name, (a, b) in (("entry", entry), ("exit", leave))
    }
    return {"kind": kind, "id": id_, "place": place, "grade": grade, "probability": probability, **sides}


def _followed(
    earlier: list[_Stay], later: list[_Stay], within_ms: int
) -> Iterable[tuple[_Stay, _Stay, str, Row]]:
    """For each later stay the last earlier one that it followed, surely if there is such, with the gap."""
    by_aircraft: dict[str, list[_Stay]] = {}
    for stay in earlier:
        by_aircraft.setdefault(stay.row["icao24"], []).append(stay)
    for after in later:
        best: tuple[tuple[bool, int], _Stay, str, Row] | None = None
        for before in by_aircraft.get(after.row["icao24"], ()):
            if before.row["id"] == after.row["id"]:
                continue
            order, gap = _order(before, after), _gap(before, after)
            if order is None or (gap["min"] or 0) * MILLISECONDS_PER_SECOND > within_ms:
                continue
            rank = (order == PROVEN, before.begun)
            if best is None or rank > best[0]:
                best = (rank, before, order, gap)
        if best is not None:
            yield best[1], after, best[2], best[3]


def _order(before: _Stay, after: _Stay) -> str | None:
    """Whether one stay surely, or possibly, began before the other did; None where it cannot have."""
    begun, begun_latest = before.entry
    came, came_latest = after.entry
    if begun_latest is not None and came is not None and begun_latest <= came:
        return PROVEN
    if begun is not None and came_latest is not None and begun >= came_latest:
        return None
    if begun is None and begun_latest is None:  # open at its beginning: its end must lie before
        last = before.exit[0] if before.exit[0] is not None else before.exit[1]
        return None if last is None or (came_latest is not None and last >= came_latest) else POSSIBLE
    return POSSIBLE


def _gap(before: _Stay, after: _Stay) -> Row:
    """Least and most seconds from leaving the one to coming to the other; None where nothing bounds it."""
    left, left_latest = before.exit
    came, came_latest = after.entry
    least = 0 if came is None or left_latest is None else max(0, came - left_latest)
    if left is None:  # the last time it was surely there
        left = before.entry[1]
    most = None if came_latest is None or left is None else max(0, came_latest - left)
    return {
        "min": least // MILLISECONDS_PER_SECOND,
        "max": None if most is None else most // MILLISECONDS_PER_SECOND,
    }


def _row(before: _Stay, after: _Stay, order: str, gap: Row, sources: Sources) -> Row:
    grades = [before.presence["grade"], after.presence["grade"]]
    grades += [] if order == PROVEN else [COMPATIBLE]
    kinds = {before.row["data_kind"], after.row["data_kind"]}
    chances = [stay.presence["probability"] for stay in (before, after)]
    product = least = most = None
    if None not in chances:
        product = round(chances[0] * chances[1], CHANCE_DIGITS)
        least, most = (round(bound, CHANCE_DIGITS) for bound in pair_bounds(*chances))
        grades += [grade_of(product)] if product < 1 else []
    signs = [sign for stay in (before, after) for sign in _signs(stay.row)]
    flags = list(dict.fromkeys([*before.row["flags"], *after.row["flags"]]))
    who = {name: after.row[name] for name in ("icao24", *NAMES)}
    return finish("sequence", {
        "data_kind": kinds.pop() if len(kinds) == 1 else MIXED,
        "id": f"sequence-{before.row['id']}-{after.row['id']}", **who,
        "callsigns": list(dict.fromkeys(signs)), "first": before.presence, "then": after.presence,
        "order": order, "gap_s": gap, "grade": max(grades, key=GRADES.index), "probability": product,
        "probability_least": least, "probability_most": most, "flags": flags, "rules": after.row["rules"],
    }, sources.archive_version)  # fmt: skip


def _signs(row: Row) -> list[str]:
    told = row["callsigns"] if "callsigns" in row else [row["callsign_in"], row["callsign_out"]]
    return [sign for sign in told if sign]
