"""Where the parts of an answer lie, for every format of maps: pins with what is said, and silences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from overflight.model.grades import FLAG_BITS, OBSERVED, RECORDED

LonLat = tuple[float, float]
Row = Mapping[str, Any]

NOT_OBSERVED = "not observed"
NO_ROUTE = "The data hold no position between these two; the line is not the way it flew."
# Direction marks reorder what stands beside them.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, lone surrogates, unassigned ones (among them the two that XML forbids).
_NO_TEXT = {"Cc", "Cs", "Cn"}
# What an answer has whose places are told by what they are; a flight's first fix is no origin.
_TOLD = ("candidates", "entry")
_WHERE = ("fix", "place", "field")  # a country has no coordinates, the field in it has
# Parts of which the answer's own grade speaks; of the place its chance too.
_GRADED = ("place", "closest")
# Where a stop came from and went to lies elsewhere: it is no place of the answer.
_ELSEWHERE = ("previous_place", "next_place")


class Line(NamedTuple):
    """One piece seen without a break: (longitude, latitude) in degrees; times, heights of each, or none."""

    where: Sequence[LonLat]
    time_ms: Sequence[int] = ()
    baro_altitude_ft: Sequence[float | None] = ()
    geo_altitude_ft: Sequence[float | None] = ()


Lines = Mapping[str, Sequence[Line]]


class Seen(NamedTuple):
    """What the line of a flight is called, its grade, and what is said of it."""

    name: str
    grade: str | None
    said: str


class Pin(NamedTuple):
    """A place of an answer: its name, where, from when to when (ISO texts), its facts, words, and style.

    `style` is `candidate` for what was not surely seen, `ruled_out`, or empty for a position of the data or
    a border.
    """

    name: str
    where: LonLat
    span: tuple[Any, Any] = (None, None)
    facts: tuple[tuple[str, Any], ...] = ()
    said: tuple[str, ...] = ()
    style: str = ""


class Silence(NamedTuple):
    """Between two positions nothing was received; times in ms or ISO texts, None where not known."""

    start: LonLat
    end: LonLat
    since: Any
    until: Any


def pins_of(answer: Row) -> Iterator[Pin | Silence]:
    """The ends of a flight, the silence of a stop with both fixes and all candidates, the borders.

    Of an answer of any other kind, the silence it is about and every part of it that has coordinates.
    """
    ends = [name for name in ("origin", "destination") if "grade" in (answer.get(name) or {})]
    made: list[Pin | Silence] = [pin for name in ends for pin in _end(answer, answer[name], f"{name}: ")]
    made += _stop(answer)
    made += [pin for name in ("entry", "exit") for pin in _border(answer, name)]
    lost, regained = place_of(answer.get("lost")), place_of(answer.get("regained"))
    if lost and regained:
        yield Silence(lost, regained, answer["lost"].get("time"), answer["regained"].get("time"))
    yield from made
    if not ends and not any(name in answer for name in _TOLD):
        yield from _others(answer)


def seen_as(flight: Row) -> Seen:
    """How to call the line of a flight: `observed` only where none of its positions carries a flag."""
    flags = [word for word in flight.get("flags") or () if word in FLAG_BITS]
    if not flags:
        return Seen(OBSERVED, OBSERVED, "Through positions of the data that carry no integrity flag.")
    carried = f"Positions of this flight carry integrity flags: {', '.join(flags)}."
    return Seen("positions", None, f"Through positions of the data. {carried}")


def silences_between(lines: Sequence[Line]) -> Iterator[Silence]:
    """What lies between pieces that follow each other."""
    for before, after in pairwise(line for line in lines if line.where):
        yield Silence(
            before.where[-1], after.where[0],
            before.time_ms[-1] if before.time_ms else None, after.time_ms[0] if after.time_ms else None,
        )  # fmt: skip


def plain(text: object) -> str:
    """The text with blanks for control characters, lone surrogates and marks that turn the writing."""
    return "".join(" " if c in _BIDI or unicodedata.category(c) in _NO_TEXT else c for c in str(text))


def mark(answer: Row) -> str:
    """`[synthetic] ` and the like, before every name; empty for what was recorded."""
    kind = answer.get("data_kind", RECORDED)
    return "" if kind == RECORDED else f"[{kind}] "


def title(answer: Row) -> str:
    """Aircraft, call sign, region or place, and first time of an answer."""
    who = answer.get("registration") or answer.get("icao24") or ""
    signs = answer.get("callsigns") or [answer.get("callsign_in") or answer.get("callsign_out")]
    what = (answer.get("region") or {}).get("name") or (answer.get("place") or {}).get("name")
    entered = (answer.get("entry") or {}).get("latest")
    when = answer.get("first_seen") or interval(answer)["earliest"] or entered
    return mark(answer) + " ".join(str(part) for part in (who, signs[0], what, when) if part)


def described(answer: Row) -> list[str]:
    """The sentence of an answer where there is one, the kind of data, the grades."""
    said = [answer["sentence"]] if answer.get("sentence") else []
    said.append(f"Data: {answer.get('data_kind', RECORDED)}.")
    ends = ("origin", "destination", "entry", "exit")
    graded = {"grade": answer} | {name: answer.get(name) for name in ends}
    for name, part in graded.items():
        if isinstance(part, Mapping) and part.get("grade"):
            said.append(f"{name.capitalize()}: {part['grade']}.")
    return said


def interval(answer: Row) -> dict[str, Any]:
    """From the earliest arrival to the latest departure of a stop."""
    arrival, departure = answer.get("arrival") or {}, answer.get("departure") or {}
    return {"earliest": arrival.get("earliest"), "latest": departure.get("latest")}


def flat(row: Row, before: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values, nested names joined by `_`, lists by ` | `; lists of objects are left out."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}_")
        elif isinstance(value, bool):
            yield before + name, "true" if value else "false"
        elif not isinstance(value, list | tuple):
            yield before + name, value
        elif value and not any(isinstance(one, Mapping) for one in value):
            yield before + name, " | ".join(str(one) for one in value)


def place_of(part: Any) -> LonLat | None:
    """Longitude and latitude of a part of an answer that has them itself, in degrees."""
    if not isinstance(part, Mapping) or part.get("longitude_deg") is None or part.get("latitude_deg") is None:
        return None
    return part["longitude_deg"], part["latitude_deg"]


def lies_at(part: Any) -> LonLat | None:
    """The same, or those of its fix, else of its place, else of the field in that place."""
    if not isinstance(part, Mapping):
        return None
    return place_of(part) or next((at for name in _WHERE if (at := lies_at(part.get(name)))), None)


def _stop(answer: Row) -> Iterator[Pin | Silence]:
    """The candidates of a stop with the fixes around it and, where it was not seen, the silence."""
    if "candidates" not in answer or answer.get("leg", "stop") != "stop":
        return
    before, after = answer.get("before"), answer.get("after")
    start, end = place_of(before), place_of(after)
    if not answer.get("seen") and before and after and start and end:
        yield Silence(start, end, before["time"], after["time"])
    for name, fix in (("last position before", before), ("first position after", after)):
        where = place_of(fix)
        if where and fix:
            yield Pin(f"{mark(answer)}{name}", where, (fix["time"], fix["time"]), tuple(flat(fix)))
    yield from _end(answer, {**answer, **interval(answer)}, "")


def _end(answer: Row, end: Row, before: str) -> Iterator[Pin]:
    """The candidates of an end or a stop, else its place; where they lie nowhere, none."""
    span = (end.get("earliest"), end.get("latest"))
    offered = [one for one in end.get("candidates") or () if place_of(one.get("place"))]
    place = end.get("place")
    if place and not any(one["place"]["ident"] == place["ident"] for one in offered):
        offered.insert(0, {"place": place, "probability": end.get("probability"), "ruled_out": False})
    for one in offered:
        where = place_of(one["place"])
        if where is None:
            yield from _field(answer, end, before)
            continue
        share = "ruled out" if one["ruled_out"] else percent(one.get("probability"))
        grade = end.get("grade") if place and one["place"]["ident"] == place["ident"] else None
        name = f"{mark(answer)}{before}{share} {one['place']['ident']} {one['place']['name']}"
        said = [f"For: {text}" for text in one.get("reasons_for", ())]
        said += [f"Against: {text}" for text in one.get("reasons_against", ())]
        style = "ruled_out" if one["ruled_out"] else "candidate"
        facts = {"data_kind": answer.get("data_kind"), "grade": grade, **dict(flat(one))}
        yield Pin(name, where, span, tuple(facts.items()), tuple(said), style)


def _field(answer: Row, end: Row, before: str) -> Iterator[Pin]:
    """The field in a place that lies at no point, such as a country: the chance is that of the place."""
    field, place = end.get("field"), end["place"]
    where = place_of(field)
    if field and where:
        what = "seen at" if end.get("seen") else "the likeliest field there"
        chance = f"{before}{percent(end.get('probability'))} {place['name']}"
        facts = {"data_kind": answer.get("data_kind"), **dict(flat(end))}
        name = f"{mark(answer)}{chance}: {what} {field['ident']} {field['name']}"
        span = (end.get("earliest"), end.get("latest"))
        yield Pin(name, where, span, tuple(facts.items()), (), "candidate")


def _border(answer: Row, name: str) -> Iterator[Pin]:
    """Where a line met a border; nothing where the data begin or end inside."""
    border = answer.get(name)
    where = place_of(border)
    if border and where:
        region = (answer.get("region") or {}).get("name", "")
        text = f"{mark(answer)}{name} {region} ({border['grade']})"
        facts = {"data_kind": answer.get("data_kind"), **dict(flat(border))}
        yield Pin(text, where, (border["earliest"], border["latest"]), tuple(facts.items()))


def _others(answer: Row) -> Iterator[Pin]:
    """Parts of an answer with coordinates, by their names in it."""
    parts: Iterable[tuple[str, Any]] = [("", answer)] if place_of(answer) else answer.items()
    for name, part in parts:
        where = None if name in _ELSEWHERE else lies_at(part)
        if where is None:
            continue
        words = " ".join(
            str(word) for word in (name.replace("_", " "), part.get("ident"), part.get("name")) if word
        )
        span = (part.get("earliest") or part.get("time"), part.get("latest") or part.get("time"))
        known = _sureness(answer, name, part)
        facts = {"data_kind": answer.get("data_kind"), **known, **dict(flat(part))}
        doubt = _doubt(known)
        text = f"{mark(answer)}{words or title(answer)}{f' ({doubt})' if doubt else ''}"
        yield Pin(text, where, span, tuple(facts.items()), (), "candidate" if doubt else "")


def _sureness(answer: Row, name: str, part: Row) -> dict[str, Any]:
    """The chance and the grade of a part, its own or those that the answer has for it."""
    chance = part.get("probability", answer.get("probability") if name == "place" else None)
    grade = part.get("grade", answer.get("grade") if name in _GRADED else None)
    return {"probability": chance, "grade": grade}


def _doubt(known: dict[str, Any]) -> str:
    """Chance and grade as words; empty where it was seen, or nothing is said of it."""
    chance, grade = known["probability"], known["grade"]
    if grade in (None, OBSERVED) and (chance is None or chance >= 1):
        return ""
    return ", ".join(word for word in (percent(chance), grade) if word)


def percent(share: float | None) -> str:
    """`33 %`, `< 1 %`, empty for an unknown one."""
    return "" if share is None else "< 1 %" if share < 0.01 else f"{share * 100:.0f} %"
