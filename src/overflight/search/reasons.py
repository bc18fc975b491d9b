"""Why a field may or may not be where an unseen stop was: a candidate's numbers as short plain clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from overflight.clock import day_text
from overflight.model.grades import OBJECTION_BITS, words

USUAL_DESCENT_DEG = (
    3.0  # glide path of an ILS, Annex 10 vol. I 3.1.5.1.2.1: the slope approaches are flown at
)
TELLING_NATS = 1.0  # e times likelier or less likely than the stop's candidates on the whole: worth a clause
HALF_A_CALL = 0.5  # less than that is nothing anybody saw
ROUTE_NOTE = "a schedule, not a flight"
ABEAM_DEG = 90.0  # beyond it the field lies behind: going there means turning back


@dataclass(frozen=True)
class FieldFacts:
    """What is on record of the field: runways counted, dated facts (UTC days) with their source."""

    runway_count: int
    kind: str
    opened_day: int | None = None
    closed_day: int | None = None
    note: str | None = None
    note_source: str | None = None


@dataclass(frozen=True)
class TypeFacts:
    """What is on record of the aircraft's type: designator, category, and who published its runway needs."""

    designator: str
    category: str | None = None
    source: str | None = None


def reasons(
    candidate: Mapping[str, Any], field: FieldFacts | None, type_: TypeFacts | None,
    usual: Mapping[str, float],
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Clauses for and against one row of the candidates table, with figures and their source.

    What rules the field out stands first among those against. `usual`: what each kind of evidence says of the
    stop's candidates on the whole (nats): a clause stands for or against by how a field compares with it.
    """
    objections = words(candidate["objections"], OBJECTION_BITS) if candidate["objections"] else []
    favour: list[str] = []
    against: list[str] = []
    _runway(candidate, objections, field, type_, favour, against)
    if field is not None:
        _dates(objections, field, favour, against)
    _time(candidate, objections, favour, against)
    if "surface_unpaved" in objections:
        against.append("only unpaved runways are on record for it")
    if "listed_closed" in objections:
        against.append("listed as closed, since when is not known")
    _way_in(candidate, objections, favour, against)
    _way_out(candidate, favour, against)
    _standing(candidate, field, type_, usual, favour, against)
    _history(candidate, usual, favour, against)
    _route(candidate, favour, against)
    return favour, against


def _standing(
    row: Mapping[str, Any], field: FieldFacts | None, type_: TypeFacts | None, usual: Mapping[str, float],
    favour: list[str], against: list[str],
) -> None:  # fmt: skip
    """Whether aircraft of its kind use such fields, where that tells the candidates apart."""
    if row["field_nats"] is None or field is None:
        return
    more = row["field_nats"] - usual.get("field", 0.0)
    kind = field.kind.replace("_", " ")
    whose = f"aircraft such as the {type_.designator}" if type_ else "aircraft of its speed and height"
    if more <= -TELLING_NATS:
        against.append(f"{whose} seldom use a field like this ({kind})")
    elif more >= TELLING_NATS:
        favour.append(f"{whose} often use a field like this ({kind})")
    if row["origin_nats"] is not None and row["origin_nats"] - usual.get("origin", 0.0) >= TELLING_NATS:
        favour.append("its flight had begun there or near there")


def _history(
    row: Mapping[str, Any], usual: Mapping[str, float], favour: list[str], against: list[str]
) -> None:
    """Earlier stops there: all, the same operator's, the airframe's own."""
    every, operator, own = (row[f"{k}_count"] for k in ("calls", "operator_calls", "own_calls"))
    if every is None or row["history_nats"] is None:
        return
    if every < HALF_A_CALL:
        if row["history_nats"] - usual.get("history", 0.0) <= -TELLING_NATS:
            against.append("no earlier stop there is known in this archive")
        return
    text = f"{times(every)} of any aircraft there before"
    if own is not None and own >= HALF_A_CALL:
        text += f", {times(own, short=True)} of this one"
    elif operator is not None and operator >= HALF_A_CALL:
        text += f", {times(operator, short=True)} under call signs of the same letters"
    favour.append(text)


def times(count: float, short: bool = False) -> str:
    """`about 12 stops are known`; seen ones and the expected number of unseen ones together."""
    number = round(count)
    if short:
        return f"about {max(number, 1)}"
    return "about one stop is known" if number <= 1 else f"about {number:,} stops are known"


def _route(row: Mapping[str, Any], favour: list[str], against: list[str]) -> None:
    place = row["on_route"]
    if place is None:
        return
    words = {"end": "ends there", "beginning": "begins there", "between": "calls there on the way"}
    if place in words:
        favour.append(f"the published route of its call sign {words[place]} ({ROUTE_NOTE})")
    else:
        against.append(f"it is not on the published route of its call sign ({ROUTE_NOTE})")


def _runway(row: Mapping[str, Any], objections: list[str], field: FieldFacts | None,
            type_: TypeFacts | None, favour: list[str], against: list[str]) -> None:  # fmt: skip
    if "no_runway_record" in objections:
        against.append("no runway is on record for it")
    if row["runway_length_ft"] is None:
        return
    only = field is not None and field.runway_count == 1
    which = "only" if only else "longest"
    runway = f"its {which} runway is {size(row['runway_length_ft'], row['runway_width_ft'])}"
    small = "runway_short" in objections or "runway_narrow" in objections
    (against if small else favour).append(f"{runway}; {_need(row, type_)}")


def _need(row: Mapping[str, Any], type_: TypeFacts | None) -> str:
    length, width = row["need_length_ft"], row["need_width_ft"]
    if length is None and width is None:
        return "what the type needs is not on record"
    if type_ is None:  # detect.candidates takes the least of all jets for what flies as only jets do
        return f"it flew as only jets do, and no jet is known to use less than {length:,} ft"
    source = f" ({type_.source})" if type_.source else ""
    return f"the {type_.designator}'s published need is {size(length, width)}{source}"


def _dates(objections: list[str], field: FieldFacts, favour: list[str], against: list[str]) -> None:
    source = f" ({field.note_source})" if field.note_source else ""
    if "not_open_yet" in objections and field.opened_day is not None:
        against.append(f"{field.note or f'opened on {day_text(field.opened_day)}'}: after this date{source}")
    elif "closed_before" in objections and field.closed_day is not None:
        against.append(f"{field.note or f'closed on {day_text(field.closed_day)}'}: before this date{source}")
    elif field.closed_day is not None:
        favour.append(f"{field.note or f'closed on {day_text(field.closed_day)}'}: open on this day{source}")


def _time(row: Mapping[str, Any], objections: list[str], favour: list[str], against: list[str]) -> None:
    needed, available = row["needed_min"], row["available_min"]
    if needed is None:
        return
    if available is None:
        favour.append(f"could be reached {needed:,.0f} min after the last fix at the earliest")
    elif "not_reachable" in objections:
        against.append(
            f"flying there, landing and flying on needs {needed:,.0f} min; the silence lasted "
            f"{available:,.0f} min"
        )
    else:
        favour.append(
            f"flying there, landing and flying on needs {needed:,.0f} of the {available:,.0f} min of silence"
        )


def _way_in(row: Mapping[str, Any], objections: list[str], favour: list[str], against: list[str]) -> None:
    distance, turn, descent = row["distance_in_nm"], row["turn_in_deg"], row["descent_deg"]
    if distance is not None and turn is not None:
        text = f"{distance:,.0f} nm away, {abs(turn):.0f} degrees off the nose at the last fix"
        (favour if abs(turn) <= ABEAM_DEG else against).append(text)
    elif distance is not None:
        favour.append(f"{distance:,.0f} nm from the last fix")
    if descent is None:
        return
    text = f"needs a descent of {descent:.1f} degrees from the last fix ({USUAL_DESCENT_DEG:.0f} is usual)"
    if "steep_descent" in objections:
        against.append(text)
    elif descent > 0:
        favour.append(text)


def _way_out(row: Mapping[str, Any], favour: list[str], against: list[str]) -> None:
    distance, turn = row["distance_out_nm"], row["turn_out_deg"]
    if distance is None or turn is None:
        return
    way = f"at the next fix, {distance:,.0f} nm away"
    text = f"{way}, it flew {abs(turn):.0f} degrees off the course from here"
    (favour if abs(turn) <= ABEAM_DEG else against).append(text)


def size(length_ft: int | None, width_ft: int | None) -> str:
    """`3,943 x 60 ft`; a missing part is left out."""
    if length_ft is None:
        return f"{width_ft:,} ft wide" if width_ft is not None else "of unknown size"
    return f"{length_ft:,} x {width_ft:,} ft" if width_ft is not None else f"{length_ft:,} ft long"
