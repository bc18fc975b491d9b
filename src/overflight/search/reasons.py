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
    candidate: Mapping[str, Any], field: FieldFacts | None, type_: TypeFacts | None
) -> tuple[list[str], list[str]]:
    """Clauses for and against one row of the candidates table, with figures and their source.

    What rules the field out stands first among those against.
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
    return favour, against


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
