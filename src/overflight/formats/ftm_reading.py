"""Fields of DOCUMENTS that FollowTheMoney entities state: who owned, operated, bore which mark, was where.

An entity is read for what its own properties say; our own lines (`overflight.NAME: VALUE`) say what they
have no place for, and where both speak of a field the line does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from overflight.clock import day_number, day_text, iso_utc, parse_utc, utc_day
from overflight.errors import QuestionError
from overflight.formats.claim_times import NOT_SAID, Bounds
from overflight.formats.ftm_values import Entity, dated, everything, first, lines, said_address, texts
from overflight.model.address import NOT_ICAO_BIT, address_of
from overflight.model.fields import DOCUMENTS
from overflight.model.sayings import (
    GOVERNMENT,
    GRADES,
    LIST,
    ORGANISATION,
    PARTY_KINDS,
    PERSON,
    REMARK,
    SIGHTING,
    STATEMENTS,
    VISIT,
)

Row = dict[str, Any]

AIRCRAFT = "Airplane"
# What a party is, by its schema. A LegalEntity may be a person: nothing is known.
PARTY_SCHEMAS: dict[str, str | None] = {
    "LegalEntity": None, "Person": PERSON, "Organization": ORGANISATION, "Company": ORGANISATION,
    "PublicBody": GOVERNMENT,
}  # fmt: skip
LINKS = ("Ownership", "UnknownLink", "Documentation")
OTHERS = ("Event", "Address", "Document", "Article", "Image", "Pages", "PlainText", "HyperText")
READ = (AIRCRAFT, *PARTY_SCHEMAS, *LINKS, *OTHERS)
LEAVES = "overflight.aircraft"  # the mark of aircraft whose identity our own export tells elsewhere
_FIELDS = {one.name: one for one in DOCUMENTS}
_CLAIM_ID = re.compile(r"claim-[0-9a-f]{12}")
_ROLES = re.compile(r"owner|operator|registrant", re.IGNORECASE)


@dataclass
class Graph:
    """Entities by id, those that are about aircraft in their order, and what was left unread."""

    things: dict[str, Entity] = field(default_factory=dict)
    speaking: list[Entity] = field(default_factory=list)
    links_of_event: dict[str, Entity] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, one: Entity) -> None:
        """Take one entity; of an id that comes twice the properties are put together."""
        schema, id_ = one["schema"], one["id"]
        held = self.things.get(id_)
        if held is not None and held["schema"] == schema:
            for name, values in one["properties"].items():
                held["properties"][name] = list(dict.fromkeys([*everything(held, name), *values]))
            return
        if schema not in READ:
            self.unread[f"{schema}: nothing about aircraft is read from it"] += 1
            return
        self.things[id_] = one
        if schema in (AIRCRAFT, *LINKS, "Event"):
            self.speaking.append(one)

    def named(self, one: Entity, *names: str) -> Entity | None:
        """The first entity at hand to which any of the properties points."""
        ids = (id_ for name in names for id_ in everything(one, name))
        return next((self.things[id_] for id_ in ids if id_ in self.things), None)

    def ends(self, link: Entity) -> list[Entity]:
        """What a link joins, as far as it is at hand; data that were put together have several at an end."""
        ids = (id_ for name in ("owner", "asset", "subject", "object") for id_ in everything(link, name))
        return [self.things[id_] for id_ in ids if id_ in self.things]


def rows_of(graph: Graph) -> Iterator[Row]:
    """Fields of DOCUMENTS of every statement about an aircraft in their order.

    `id`, `recorded_day` and `may_publish` are None where no line of ours says them.
    """
    _link_events(graph)
    for one in graph.speaking:
        readers: dict[str, Callable[[Entity, Graph], Iterator[Row]]] = {
            AIRCRAFT: _of_aircraft, "Ownership": _of_link, "UnknownLink": _of_link,
            "Documentation": _of_documentation, "Event": _of_event,
        }  # fmt: skip
        for row in readers[one["schema"]](one, graph):
            yield with_lines(row, everything(one, "description"))


def with_lines(row: Row, given: list[str]) -> Row:
    """The row, with what our own lines say instead; lines that do not fit their field are passed over."""
    for written, said in lines(given).items():
        name, value = _meant(written, said)
        if name in _FIELDS and _fits(name, value):
            row[name] = value
    return row


def written(name: str, value: object) -> tuple[str, object]:
    """Name and value of a line for a field: instants and days as ISO texts where a calendar has them."""
    for ending, text in (("_ms", iso_utc), ("_day", day_text)):
        if name.endswith(ending) and isinstance(value, int):
            try:
                said = name.removesuffix(ending), text(value)
            except (OverflowError, ValueError):
                return name, value
            return said if _meant(*said) == (name, value) else (name, value)
    return name, value


def _meant(name: str, value: object) -> tuple[str, object]:
    """Field and value of a line; a text that is no time stays a text, which fits no such field."""
    for ending, number in (("_ms", parse_utc), ("_day", day_number)):
        if f"{name}{ending}" in _FIELDS:
            try:
                return f"{name}{ending}", number(value) if isinstance(value, str) else value
            except (QuestionError, OverflowError):
                return name, value
    return name, value


def kind_of_party(party: Mapping[str, Any] | None) -> str | None:
    """person, organisation, government, or None where the schema leaves it open."""
    return None if party is None else PARTY_SCHEMAS.get(party["schema"])


def _link_events(graph: Graph) -> None:
    """By id of each event the aircraft it is linked to, and the link; other links are no event's."""
    for one in graph.speaking:
        ends = graph.ends(one) if one["schema"] == "UnknownLink" else []
        event = next((end for end in ends if end["schema"] == "Event"), None)
        if event is not None and any(end["schema"] == AIRCRAFT for end in ends):
            graph.links_of_event[event["id"]] = one


def _of_aircraft(one: Entity, graph: Graph) -> Iterator[Row]:
    """What somebody else's Airplane says itself: type designator, serial, mark, owner, operator."""
    if any(text.startswith(LEAVES) for text in everything(one, "notes")):
        return
    for statement, property_ in (("type_designator", "icaoCode"), ("registration", "registrationNumber"),
                                 ("serial", "serialNumber")):  # fmt: skip
        for value in texts(one, property_):
            yield _row(statement, value, one, one, graph)
    for statement in ("owner", "operator"):
        for id_ in everything(one, statement):
            party = graph.things.get(id_)
            name = _name(party)
            if party is None or name is None:
                graph.unread[f"{statement} of an aircraft, not in the file"] += 1
                continue
            yield _row(statement, name, one, one, graph) | {"party_kind": kind_of_party(party)}


def _of_link(one: Entity, graph: Graph) -> Iterator[Row]:
    """What a link between an aircraft and a party says; of other links nothing."""
    ends = graph.ends(one)
    aircraft = [end for end in ends if end["schema"] == AIRCRAFT]
    parties = [end for end in ends if end["schema"] in PARTY_SCHEMAS and _name(end) is not None]
    if not (aircraft and parties):
        if not any(end["schema"] == "Event" for end in ends):
            graph.unread[f"{one['schema']} that links no aircraft to a party in the file"] += 1
        return
    role = first(one, "role") or ""
    if one["schema"] == "Ownership":
        statement = "owner"
    else:
        found = {word.lower() for word in _ROLES.findall(role)}
        statement = found.pop() if len(found) == 1 else REMARK
    for airplane, party in product(aircraft, parties):
        name = _name(party) or ""
        value = f"{role or 'linked to'}: {name}" if statement == REMARK else name
        row = _row(statement, value, one, airplane, graph) | {"party_kind": kind_of_party(party)}
        if statement == REMARK and (row["address"] or 0) >= NOT_ICAO_BIT:  # a party, whatever its role
            graph.unread["a party linked to an address for which nobody is ever named"] += 1
            continue
        yield row


def _of_documentation(one: Entity, graph: Graph) -> Iterator[Row]:
    """What a document says of an aircraft in the words of the link."""
    aircraft = graph.named(one, "entity")
    if aircraft is None or aircraft["schema"] != AIRCRAFT:
        graph.unread["Documentation of something else than an aircraft"] += 1
        return
    role = (first(one, "role") or "").lower()
    statement = role if role in STATEMENTS else REMARK
    yield _row(statement, first(one, "summary"), one, aircraft, graph)


def _of_event(one: Entity, graph: Graph) -> Iterator[Row]:
    """What happened to an aircraft, and where."""
    link = graph.links_of_event.get(one["id"])
    if link is None:
        graph.unread["Event that is linked to no aircraft in the file"] += 1
        return
    aircraft = next(end for end in graph.ends(link) if end["schema"] == AIRCRAFT)
    role = (first(link, "role") or "").lower()
    place = graph.named(one, "addressEntity")
    row = _row(role if role in (VISIT, SIGHTING) else REMARK, first(one, "summary"), one, aircraft, graph)
    row["place"] = first(one, "location") or first(one, "address") or first(place, "full")
    row["latitude_deg"], row["longitude_deg"] = _position(place)
    yield row


def _row(statement: str, value: str | None, one: Entity, aircraft: Entity, graph: Graph) -> Row:
    """A row from what all of them say alike."""
    proof = graph.named(one, "proof", "document")
    since, until = _times(one)
    marks, serials = texts(aircraft, "registrationNumber"), texts(aircraft, "serialNumber")
    address = said_address(aircraft)
    named = [*texts(one, "namesMentioned"), *texts(aircraft, "name"), *marks, *serials, address]
    record = first(one, "recordId") or ""
    published = dated(first(proof, "publishedAt")).latest_ms  # of a month its last day: known by then
    return dict.fromkeys(_FIELDS) | {
        "id": record if _CLAIM_ID.fullmatch(record) else None,
        "address": None if address is None else address_of(address),
        "registration": marks[0] if len(marks) == 1 else None,
        "serial": serials[0] if len(serials) == 1 else None,
        "as_reported": next((text for text in named if text), aircraft["id"]),
        "statement": statement, "value": value,
        "since_earliest_ms": since.earliest_ms, "since_latest_ms": since.latest_ms,
        "until_earliest_ms": until.earliest_ms, "until_latest_ms": until.latest_ms,
        "published_day": None if published is None else utc_day(published - 1),
        "source": first(one, "publisher") or first(proof, "publisher") or first(aircraft, "publisher")
        or _datasets(one) or "a FollowTheMoney file",
        "title": first(proof, "title"),
        "link": first(one, "sourceUrl") or first(proof, "sourceUrl") or first(aircraft, "sourceUrl"),
        "quotation": None if one is aircraft else first(one, "description"),
        "grade": LIST,
    }  # fmt: skip


def _times(one: Entity) -> tuple[Bounds, Bounds]:
    """When it began and ended; `date` is a day on which it held, told by it where nothing else is."""
    since, until = dated(first(one, "startDate")), dated(first(one, "endDate"))
    held = [bounds for text in texts(one, "date") if (bounds := dated(text)) != NOT_SAID]
    if held and since == until == NOT_SAID:
        since = Bounds(None, min(bounds.latest_ms or 0 for bounds in held))
        until = Bounds(max(bounds.earliest_ms or 0 for bounds in held), None)
    return since, until


def _position(place: Entity | None) -> tuple[float | None, float | None]:
    try:
        latitude, longitude = float(first(place, "latitude") or ""), float(first(place, "longitude") or "")
    except ValueError:
        return None, None
    known = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if known else (None, None)


def _name(party: Mapping[str, Any] | None) -> str | None:
    """The name that a collection displays, where it is one of the names; else the first."""
    caption = (party or {}).get("caption")
    return caption if isinstance(caption, str) and caption in texts(party, "name") else first(party, "name")


def _datasets(one: Entity) -> str | None:
    """The data sets an entity comes from, where the dump names them beside it."""
    given = one.get("datasets")
    names = [name for name in given if isinstance(name, str)] if isinstance(given, list) else []
    return "; ".join(sorted(names)) or None


def _fits(name: str, value: object) -> bool:
    """Whether a value that a line states is one of its field."""
    if value is None:
        return _FIELDS[name].nullable
    words = {"grade": GRADES, "statement": STATEMENTS, "party_kind": PARTY_KINDS}.get(name)
    if words is not None:
        return value in words
    kind = str(_FIELDS[name].type)
    if kind == "string":
        return isinstance(value, str)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "double":
        return isinstance(value, float) and value == value
    most = {"int64": 1 << 63, "int32": 1 << 31, "uint32": 1 << 32}[kind]
    low = 0 if kind == "uint32" else -most
    return isinstance(value, int) and not isinstance(value, bool) and low <= value < most
