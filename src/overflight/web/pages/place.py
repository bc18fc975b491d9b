"""The page of a place, an airfield, a learned site or a country: who was there, by month, and how sure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from overflight.archive import Answer
from overflight.clock import day_text, parse_utc, utc_day
from overflight.errors import QuestionError
from overflight.model.grades import COMPATIBLE, GRADES, INFERRED, OBSERVED
from overflight.registry.countries import country_names
from overflight.search.airspaces import FIRS
from overflight.search.places import names_a_file
from overflight.web import exports
from overflight.web.desk import Ask, Desk, TooMany
from overflight.web.document import HTML, Document, Refused
from overflight.web.figures.flight_map import place_map
from overflight.web.figures.months import Month, months
from overflight.web.pages.filters import asked_of, owner_of, passing, registry_of
from overflight.web.pages.paging import ROWS, paged
from overflight.web.words import aired

Row = Mapping[str, Any]
# Never a file or a drawn area: what `find_place` reads as such is kept out.
_NAME = re.compile(r"[^/\\:{}]{1,80}")
TOP = 15  # operators and types named in the short tables; the rest is counted beside them
FILES = ("map.svg", "map.png", *exports.NAMES)
CROSSED = tuple(name.replace("data", "crossings") for name, _ in exports.FILES)
COUNTRY_FILES = (*exports.NAMES, *CROSSED)


def page(desk: Desk, ask: Ask) -> Document:
    """The page `place/IDENT/` or one of the files beside it; a name leads to its ident."""
    name = ask.parts[1]
    if not _NAME.fullmatch(name) or name.lower().endswith("json") or names_a_file(name):
        raise Refused(404, "No such place", "Write the ident of an airfield, such as place/LLOV/.")
    try:
        found = desk.archive.place(name)
    except QuestionError as error:
        raise Refused(
            404, "No such place", f"{error}.", ((f"Search for {name}", f"search/?q={name}"),)
        ) from error
    if found["kind"] in ("country", *FIRS) or found["ident"] != name:
        kind = {"country": "country"}.get(found["kind"], "fir" if found["kind"] in FIRS else "place")
        return Document(
            b"",
            HTML,
            301,
            "/".join([kind, found["ident"], *ask.parts[2:]]) + "/" * ask.path.endswith("/"),
        )
    return _page(desk, ask, found)


def country(desk: Desk, ask: Ask) -> Document:
    """The page `country/CC/` or one of the files beside it."""
    code, names = ask.parts[1].upper(), country_names()
    if code not in names:
        raise Refused(404, "No such country", "Countries are named by two letters, such as country/TR/.")
    if code != ask.parts[1]:
        return Document(
            b"", HTML, 301, "/".join(["country", code, *ask.parts[2:]]) + "/" * ask.path.endswith("/")
        )
    return _page(desk, ask, desk.archive.place(code))


def _page(desk: Desk, ask: Ask, place: Row) -> Document:
    file = ask.file(COUNTRY_FILES if place["kind"] == "country" else FILES)
    if file in CROSSED:
        return _crossings_file(desk, place, asked_of(ask), file)
    if file and file not in exports.NAMES:
        return desk.drawing(str(_map(desk, place)), file)
    asked = asked_of(ask)
    try:
        visits = desk.visits_at(place["ident"], asked.get("since"), asked.get("until"))
    except TooMany as error:
        if file:
            words = f"{error.stops:,} stops are too many for one file; add ?since= and ?until=."
            raise Refused(400, "Too wide a question", words) from error
        return _html(desk, ask, place, Answer("visits", []), asked, [], error.stops)
    kept = passing(desk, visits.brief, asked)
    if file:
        rows = visits.rows if len(kept) == len(visits) else [visits.rows[k] for k in kept]
        return exports.data(desk.archive, Answer("visits", rows), file)
    return _html(desk, ask, place, visits, asked, kept)


def _crossings_file(desk: Desk, place: Row, asked: Mapping[str, str], file: str) -> Document:
    found = desk.crossings_of_country(place["ident"], asked.get("since"), asked.get("until"))
    if found is None:
        raise Refused(400, "Too wide a question", "That is too much for one file; add ?since= and ?until=.")
    return exports.data(desk.archive, found, file)


def _html(
    desk: Desk, ask: Ask, place: Row, visits: Answer, asked: dict[str, str], kept: list[int],
    too_many: int = 0,
) -> Document:  # fmt: skip
    """Counts are of all that is kept; only the rows of this page are told."""
    brief = [visits.brief[k] for k in kept]
    crossings = desk.crossings_of_country(place["ident"], asked.get("since"), asked.get("until"))
    shown, pager = paged(kept[::-1], ask)
    kinds = {row["data_kind"] for row in [*brief, *(crossings or ())]}
    is_country = place["kind"] == "country"
    since, until = asked.get("since"), asked.get("until")
    return desk.page(
        "place.html", ask, place=place, is_country=is_country, rows=_rows(desk, visits, shown),
        pager=pager, asked=asked, keep=not ask.query, footer=_footer(brief, visits),
        months=_months(desk, brief, asked), map=_map(desk, place), owners=_top(brief, owner_of),
        operators=_top(brief, itemgetter("operator")), types=_top(brief, itemgetter("type_designator")),
        grades=GRADES[:4], too_many=too_many,
        silence=None if len(visits) or too_many or crossings
        else desk.archive.silence(place=place["ident"], since=since, until=until),
        missed=_missed(visits) if len(visits) and not brief else None,
        exports=[] if too_many
        else [(file + _asked_again(asked), words) for file, words in _files(is_country and bool(crossings))],
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "recorded",
        crossings=crossings,
        crossed=[] if crossings is None else [crossed_row(row) for row in crossings.rows[:ROWS]],
    )  # fmt: skip


def _missed(visits: Answer) -> dict[str, int]:
    """How many visits a filter left none of; how many of them have no owner, operator or type on record."""
    return {
        "all": len(visits),
        "no_owner": sum(owner_of(row) is None for row in visits.brief),
        "no_operator": sum(row["operator"] is None for row in visits.brief),
        "no_type": sum(row["type_designator"] is None for row in visits.brief),
    }


def crossed_row(row: Row) -> dict[str, Any]:
    """What the table tells of a stay inside a country."""
    names = (
        "icao24", "registration", "type_designator", "callsigns", "flight_id", "entry", "exit", "data_kind",
    )  # fmt: skip
    return aired({name: row[name] for name in names}) | {"grade": surer_of(row)}


def surer_of(row: Row) -> str:
    """The surer of the grades of a stay's two ends."""
    grades = [end["grade"] for end in (row["entry"], row["exit"]) if end is not None]
    return str(min(grades, key=GRADES.index))


def _rows(desk: Desk, visits: Answer, shown: Iterable[int]) -> list[dict[str, Any]]:
    """The rows of this page, each with the texts by which a published page filters it."""
    rows = [_row(visits.rows[k]) for k in shown]
    named = desk.askable(name for row in rows for name in (owner_of(row), row["operator"]) if name)
    for row in rows:
        owner, operator = owner_of(row), row["operator"]
        row["by_owner"] = owner if owner in named else ""
        row["by_operator"] = operator if operator in named else ""
        row["registry"] = registry_of(row) or ""
    return rows


def _row(row: Row) -> dict[str, Any]:
    """What the table tells of a visit; its candidates and reasons stand on its own page."""
    names = (
        "id",
        "icao24",
        "registration",
        "type_designator",
        "operator",
        "owner",
        "registrant",
        "callsign_in",
        "callsign_out",
        "grade",
        "probability",
        "arrival",
        "departure",
        "previous_place",
        "next_place",
        "data_kind",
        "seen",
    )
    return aired({name: row[name] for name in names}) | {"day": _row_day(row)}


def _row_day(row: Row) -> str:
    arrival, departure = row["arrival"], row["departure"] or {}
    known = (arrival["earliest"], arrival["latest"], departure.get("earliest"), departure.get("latest"))
    return next((str(time)[:10] for time in known if time), "")


def _footer(brief: Sequence[Row], visits: Answer) -> dict[str, Any]:
    """`92 = 61 observed + 31 inferred (+ 12 compatible); expected 88.4` in its parts."""
    count = Counter(row["grade"] for row in brief)
    whole = len(brief) == len(visits)
    return {
        "sum": count[OBSERVED] + count[INFERRED], "observed": count[OBSERVED], "inferred": count[INFERRED],
        "compatible": count[COMPATIBLE], "unknown": count["unknown"],
        "expected": visits.expected if whole else None,
    }  # fmt: skip


def _months(desk: Desk, brief: Sequence[Row], asked: Mapping[str, str]) -> Markup:
    """By month, or by day where the archive holds no more than two months; by the earliest known instant."""
    loaded = [day.day for day in desk.archive.loaded().days]
    size = 10 if len({day[:7] for day in loaded}) <= 2 else 7
    since, until = (_day(asked[name]) if name in asked else None for name in ("since", "until"))
    # a stay that began before the time asked for stands in the first bar
    days = [max(day_text(utc_day(row["first_ms"])), since or "") for row in brief]
    names = {day[:size] for day in loaded if (since or "") <= day <= (until or "9999")}
    names |= {day[:size] for day in days}
    bars = {name: Month(name, Counter(), 0.0, name in {d[:size] for d in loaded}) for name in sorted(names)}
    for day, row in zip(days, brief, strict=True):
        bar = bars[day[:size]]
        bar.counts[row["grade"]] = bar.counts.get(row["grade"], 0) + 1
        bar.expected = (bar.expected or 0.0) + (row["probability"] or 0.0)
    return months(list(bars.values()), f"Visits by {'day' if size == 10 else 'month'}")


def _day(text: str) -> str:
    """The UTC day of a time asked for."""
    return day_text(utc_day(parse_utc(text)))


def _top(rows: Sequence[Row], named: Callable[[Row], str | None]) -> dict[str, Any]:
    by: dict[str, Counter[str]] = {}
    for row in rows:
        by.setdefault(named(row) or "", Counter())[row["grade"]] += 1
    order = sorted(
        by.items(), key=lambda item: (-(item[1][OBSERVED] + item[1][INFERRED]), -item[1].total(), item[0])
    )
    return {"rows": order[:TOP], "more": max(0, len(order) - TOP)}


def _map(desk: Desk, place: Row) -> Markup:
    if place["latitude_deg"] is None:
        return Markup("")
    where = (place["longitude_deg"], place["latitude_deg"])
    return place_map([], desk.land, f"Map of {place['name']}", fixes=[(where, str(place["ident"]))])


def _files(crossed: bool) -> Sequence[tuple[str, str]]:
    """The exports with their words; of a country that was crossed, those of the crossings too."""
    if not crossed:
        return exports.FILES
    visits = [(name, f"Visits, {words}") for name, words in exports.FILES]
    return visits + [(n, f"Crossings, {w}") for n, (_, w) in zip(CROSSED, exports.FILES, strict=True)]


def _asked_again(asked: Mapping[str, str]) -> str:
    """The filters as a query, so that an export holds what its page shows."""
    return f"?{urlencode(asked)}" if asked else ""
