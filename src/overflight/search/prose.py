"""An itinerary as a page of prose to be printed: what was seen day by day, what was not, and the sums."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from overflight.model.grades import GRADES, INFERRED, OBSERVED, RECORDED
from overflight.search.answer import Answer
from overflight.search.chances import number_interval
from overflight.search.journey_words import JourneySentences
from overflight.search.region_words import region_named
from overflight.search.sentences import marked, place_named

Row = Mapping[str, Any]
WIDTH = 90  # columns: a page in 11 point
PLACES = 20  # told in the sums; the rest is counted beside them


def itinerary_page(answer: Answer) -> str:
    """The page: for each aircraft who it is, its days, and the sums; plain text of WIDTH columns."""
    by_aircraft: dict[str, list[Row]] = {}
    for row in answer.rows:
        by_aircraft.setdefault(row["icao24"], []).append(row)
    writer = JourneySentences(answer.offset_of)
    parts = [part for rows in by_aircraft.values() for part in _page(rows, writer)]
    parts += [_wrapped(f"Note: {remark}") for remark in answer.remarks]
    return "\n\n".join([*parts, _wrapped(HOW_TO_READ)]) + "\n"


HOW_TO_READ = (
    "How to read this: \"observed\" rests on reports from the ground or very low; \"inferred\" was not seen "
    "but is at least as likely as not; \"compatible\" could have been, nothing more. \"Not seen\" means that "
    "recordings of the time are loaded and do not hold the aircraft; \"not loaded\" that there are none. "
    "Neither says where it was. Times are UTC unless said otherwise."
)


def _page(rows: Sequence[Row], writer: JourneySentences) -> Iterator[str]:
    kinds = {row["data_kind"] for row in rows}
    title = marked(kinds.pop() if len(kinds) == 1 else RECORDED, _title(rows))
    yield f"{title}\n{'=' * len(title)}"
    yield _wrapped(who_words(rows))
    for day, texts in day_by_day(rows, writer):
        yield day
        for text in texts:
            yield _wrapped(text, "  ")
    yield _sums(rows)


def day_by_day(rows: Sequence[Row], writer: JourneySentences) -> list[tuple[str, list[str]]]:
    """UTC days of one aircraft's legs in order, each with the sentences of the legs that begin on it.

    Where the legs are of several kinds of data, each sentence says which its own is.
    """
    mixed = len({row["data_kind"] for row in rows}) > 1
    told: list[tuple[str, list[str]]] = []
    for row in rows:
        if not told or _day(row) != told[-1][0]:
            told.append((_day(row), []))
        text = _capital(writer.leg_alone(row))
        told[-1][1].append(marked(row["data_kind"], text) if mixed else text)
    return told


def _title(rows: Sequence[Row]) -> str:
    days = [day for row in rows if (day := _day(row))]
    span = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    mark = " ".join(next((row["registration"] for row in rows if row["registration"]), "").split())
    return f"Itinerary of {mark or 'address ' + rows[0]['icao24']}, {span}"


def who_words(rows: Sequence[Row]) -> str:
    """The identities told of the rows, as the register had them on those days."""
    told = Counter(
        (row["registration"], row["type_designator"], row["operator"]) for row in rows if row["rules"]
    )
    names = []
    for mark, type_, operator in told:
        parts = [f"registered as {mark}" if mark else "no registration on record"]
        parts += [f"type {type_}"] if type_ else []
        parts += [f"operator or owner as the register words it: {operator}"] if operator else []
        names.append(", ".join(parts))
    return f"Address {rows[0]['icao24']}; {'; then '.join(names)}."


def _day(row: Row) -> str:
    known = (
        row["first_seen"], (row["before"] or {}).get("time"), row["begin"]["latest"],
        row["begin"]["earliest"], row["end"]["earliest"], row["end"]["latest"],
    )  # fmt: skip
    return next((str(time)[:10] for time in known if time), "")


def _sums(rows: Sequence[Row]) -> str:
    """Flights, stops by place with the expectation, and countries."""
    stops = [row for row in rows if row["leg"] == "stop"]
    flights = [row for row in rows if row["leg"] == "flight"]
    lines = ["Sums", f"  flights: {len(flights)}", f"  stops: {counted_parts(stops)}"]
    found, chances = places_of(stops)
    for name, some in found[:PLACES]:
        low, high = number_interval(chances[name])
        wide = f" (95 %: {low} to {high})" if low != high else ""
        lines.append(f"    {name}: {counted_parts(some)}; expected {sum(chances[name]):.1f}{wide}")
    if len(found) > PLACES:
        lines.append(f"    and {len(found) - PLACES} more places")
    if told := crossed_words(flights):
        lines.append(textwrap.fill(f"over, stays counted: {told}", WIDTH, initial_indent="  ",
                                   subsequent_indent="    "))  # fmt: skip
    return "\n".join(lines)


def crossed_words(flights: Sequence[Row]) -> str:
    """`Israel 3, Cyprus 1`: the stays of flights in countries and over their seas, most first."""
    crossed = Counter(region_named(region) for row in flights for region in row["regions"])
    return ", ".join(f"{name} {count}" for name, count in crossed.most_common())


def places_of(stops: Sequence[Row]) -> tuple[list[tuple[str, list[Row]]], dict[str, list[float]]]:
    """Stops by their likeliest places, most first; and by place how probable each stop was there."""
    rows: dict[str, list[Row]] = {}
    chances: dict[str, list[float]] = {}
    for stop in stops:
        if stop["place"] is not None:
            rows.setdefault(place_named(stop["place"]), []).append(stop)
        for one in stop["candidates"]:
            if one["place"] is not None and not one["ruled_out"]:
                chances.setdefault(place_named(one["place"]), []).append(one["probability"])
    for name, some in rows.items():
        chances.setdefault(name, [stop["probability"] or 0.0 for stop in some])
    order = sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))
    return order, chances


def counted_parts(stops: Sequence[Row]) -> str:
    """`5 = 4 observed + 1 inferred (+ 2 compatible)`: compatible ones are not summed."""
    count = Counter(row["grade"] for row in stops)
    rest = "".join(f" + {count[g]} {g}" for g in GRADES if g not in (OBSERVED, INFERRED) and count[g])
    text = f"{count[OBSERVED] + count[INFERRED]} = {count[OBSERVED]} observed + {count[INFERRED]} inferred"
    return f"{text} ({rest.strip()})" if rest else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
