"""FollowTheMoney entities of what documents say: one link, event or documentation for each, with its parties.

What the model cannot hold is found by reading the entities back: whatever differs is written as lines of our
own, and counted. So nothing is declared to be held that is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.clock import day_text
from overflight.formats.claim_times import Bounds
from overflight.formats.ftm_reading import AIRCRAFT, LEAVES, Graph, Row, rows_of, written
from overflight.formats.ftm_values import (
    DESIGNATOR_MAX,
    ICAO24,
    Entity,
    address_of_place,
    date_of,
    dated,
    entity,
    id_of,
    identifier_of,
    line,
    name_of,
    number_of,
    string_of,
    text_of,
    url_of,
)
from overflight.model.address import NOT_ICAO_BIT, icao24_text
from overflight.model.fields import DOCUMENTS
from overflight.model.grades import RECORDED
from overflight.model.sayings import GOVERNMENT, ORGANISATION, PARTIES, PERSON, SIGHTING, VISIT

PARTY_OF = {PERSON: "Person", ORGANISATION: "Organization", GOVERNMENT: "PublicBody", None: "LegalEntity"}
PRIVATE = "a mark or party for an address made so that nobody can tell whose it is"
_FIELDS = [one.name for one in DOCUMENTS]
_NOT_OURS = f'{LEAVES}: "what is said of it stands in links, events and documentation"'
# Properties of an Airplane by the field that states them; the values of several sources stand side by side.
_PROPERTIES = {
    "registration": "registrationNumber", "serial": "serialNumber", "type_designator": "icaoCode",
    "description": "type", "manufacturer": "manufacturer", "built": "buildDate",
}  # fmt: skip


@dataclass
class Losses:
    """What FollowTheMoney has no place for, in counts by field.

    `kept` stands in our own lines: we read it back, other programs show it as text. `left_out` is not in the
    entities at all, by what it is and why.
    """

    kept: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def told(self) -> list[str]:
        """Sentences for whoever exports; none where everything has its place."""
        said = []
        if self.kept:
            named = ", ".join(f"{name} ({count:,})" for name, count in sorted(self.kept.items()))
            said.append(
                f"FollowTheMoney has no place for {named}: kept as lines `overflight.NAME: VALUE` in "
                "descriptions, which Overflight reads back and other programs show as text"
            )
        said += [f"not in the entities: {what} ({count:,})" for what, count in sorted(self.left_out.items())]
        return said


class Aircraft:
    """Airplanes by whatever names them: one an address, or one an address and serial where it had several.

    Without an address a mark, else a serial, else the words of the source stand for an aircraft of their own:
    none is guessed to be another.
    """

    def __init__(self, named: Iterable[Mapping[str, Any]]) -> None:
        rows = list(named)
        self._serials: dict[int, set[str]] = {}
        self._properties: dict[tuple[str, ...], dict[str, list[str]]] = {}
        self._made: dict[tuple[str, ...], Entity] = {}
        for row in rows:
            if row["address"] is not None and row["serial"] is not None:
                self._serials.setdefault(row["address"], set()).add(row["serial"])
        for row in rows:
            for name in ("registration", "serial"):
                self._add(row, name, row[name])
            if row.get("data_kind") not in (None, RECORDED):
                self._held(row)["data_kind"] = [row["data_kind"]]
            if row.get("statement") in _PROPERTIES:
                self._add(row, row["statement"], row["value"])
            if row["registration"] is None:
                self._held(row).setdefault("name", []).append(row["as_reported"])

    def describe(self, names: Mapping[str, Any], name: str, value: str) -> None:
        """Put what somebody says of an aircraft among its properties, where they have a place for it."""
        self._add(names, name, value)

    def of(self, row: Mapping[str, Any]) -> Entity:
        """The Airplane that a row names by `address`, `registration`, `serial`, `as_reported`."""
        key = self._key(row)
        if key not in self._made:
            self._made[key] = self._described(key, row)
        return self._made[key]

    def _described(self, key: tuple[str, ...], row: Mapping[str, Any]) -> Entity:
        held = self._held(row)
        known = {"registrationNumber": identifier_of, "serialNumber": identifier_of, "type": string_of,
                 "manufacturer": string_of, "icaoCode": _designator, "buildDate": _date}  # fmt: skip
        made = {name: [clean(text) for text in held.get(name, [])] for name, clean in known.items()}
        marks = [mark for mark in made["registrationNumber"] if mark]
        names = [] if marks else [name_of(text) for text in held.get("name", [])][:1]
        notes = [] if row["address"] is None else [f"{ICAO24}{icao24_text(row['address'])}"]
        notes += [text for kind in held.get("data_kind", []) if (text := line("data_kind", kind)) is not None]
        return entity(
            id_of("aircraft", *key), AIRCRAFT, name=names, notes=[*notes, _NOT_OURS], **made
        )

    def _held(self, row: Mapping[str, Any]) -> dict[str, list[str]]:
        return self._properties.setdefault(self._key(row), {})

    def _add(self, row: Mapping[str, Any], name: str, value: str | None) -> None:
        if value is not None and name in _PROPERTIES:
            texts = self._held(row).setdefault(_PROPERTIES[name], [])
            if value not in texts:
                texts.append(value)

    def _key(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        address, serial = row["address"], row["serial"]
        if address is not None:
            several = len(self._serials.get(address, ())) > 1
            return ("address", icao24_text(address), *([serial or ""] if several else []))
        if row["registration"] is not None:
            return ("mark", row["registration"], serial or "")
        return ("serial", serial) if serial is not None else ("words", row["as_reported"])


class Writer:
    """Entities of rows, each id once: those that several rows share come with the first of them."""

    def __init__(self, aircraft: Aircraft, losses: Losses, private: Collection[int] = ()) -> None:
        self._aircraft, self.losses, self._private = aircraft, losses, private
        self._written: set[str] = set()

    def of_document(self, row: Row) -> Iterator[Entity]:
        """Entities of one row of DOCUMENTS; none of what must not be told, which is counted."""
        if names_somebody(row, self._private):
            self.losses.left_out[PRIVATE] += 1
            return
        airplane, document = self._aircraft.of(row), _document(row)
        shared, speaking, after = _statement(row, airplane, document)
        made = [airplane, document, *shared, speaking, *after]
        graph = Graph()
        for one in made:
            graph.add(one)
        plain = next(rows_of(graph))
        said = [text for name in _FIELDS if (text := self._line(name, row[name], plain[name])) is not None]
        speaking["properties"].setdefault("description", []).extend(said)
        if not speaking["properties"]["description"]:
            del speaking["properties"]["description"]
        yield from self.once(made)

    def aircraft_of(self, names: Mapping[str, Any]) -> Entity:
        """The Airplane that somebody names."""
        return self._aircraft.of(names)

    def once(self, made: Iterable[Entity]) -> Iterator[Entity]:
        """Those whose ids were not written yet."""
        for one in made:
            if one["id"] not in self._written:
                self._written.add(one["id"])
                yield one

    def _line(self, name: str, value: Any, held: Any) -> str | None:
        """Our own line for a field of which the entities hold another value; None where it is not needed."""
        value = None if value != value else value  # NaN, which no JSON has
        if value == held or (name == "data_kind" and value == RECORDED):
            return None
        text = line(*written(name, value))
        if text is None:
            self.losses.left_out[f"{name}: longer than FollowTheMoney allows"] += 1
        else:
            self.losses.kept[name] += 1
        return text


def is_nameless(address: int | None) -> bool:
    """Whether an address is none of ICAO's: nobody is ever named for it."""
    return address is not None and address >= NOT_ICAO_BIT


def names_somebody(row: Mapping[str, Any], private: Collection[int] = ()) -> bool:
    """Whether a row of DOCUMENTS gives a mark or party to an address for which nobody is ever named.

    Those are the addresses that are none of ICAO's, and `private` ones.
    """
    told = row["statement"] in (*PARTIES, "registration") or row["registration"] is not None
    return told and (is_nameless(row["address"]) or row["address"] in private)


def party_of(
    value: str | None, kind: str | None, airplane: Entity, region: str | None = None
) -> Entity | None:
    """The party of a name; None where nothing of the name is left once cleaned.

    Bodies of one name are one entity. What is or may be a person is one for each aircraft: two people may
    bear the same name, and are never put together here.
    """
    name = name_of(value)
    if name is None:
        return None
    apart = [airplane["id"]] if kind in (PERSON, None) else []
    id_ = id_of("party", kind, name, *apart, *([region] if region else []))
    return entity(id_, PARTY_OF[kind], name=name, address=address_of_place(region))


def link_of(id_: str, role: str, party: Entity, airplane: Entity, **properties: Any) -> Entity:
    """An Ownership, or for operators and registrants a link with that role: the model has no own one."""
    if role == "owner":
        return entity(id_, "Ownership", owner=party["id"], asset=airplane["id"], role=role, **properties)
    return entity(id_, "UnknownLink", subject=party["id"], object=airplane["id"], role=role, **properties)


def _statement(row: Row, airplane: Entity, document: Entity) -> tuple[list[Entity], Entity, list[Entity]]:
    """Entities before the one that speaks, that one, and those after it."""
    statement, id_ = row["statement"], f"overflight-{row['id']}"
    common = {
        "startDate": date_of(Bounds(row["since_earliest_ms"], row["since_latest_ms"])),
        "endDate": date_of(Bounds(row["until_earliest_ms"], row["until_latest_ms"])),
        "namesMentioned": name_of(row["as_reported"]), "publisher": string_of(row["source"]),
        "sourceUrl": url_of(row["link"]), "recordId": string_of(row["id"]),
        "retrievedAt": _day(row["recorded_day"]), "description": text_of(row["quotation"]),
    }  # fmt: skip
    party = party_of(row["value"], row["party_kind"], airplane) if statement in PARTIES else None
    if party is not None:
        return [party], link_of(id_, statement, party, airplane, proof=document["id"], **common), []
    if statement in (VISIT, SIGHTING):
        place = _place(row)
        where = {"location": address_of_place(row["place"]), "addressEntity": place and place["id"]}
        name = name_of(f"{statement}: {row['as_reported']}, {row['place'] or 'position given'}")
        event = entity(id_, "Event", name=name, summary=text_of(row["value"]), proof=document["id"],
                       **where, **common)  # fmt: skip
        link = entity(f"{id_}-aircraft", "UnknownLink", subject=airplane["id"], object=id_, role=statement)
        return [place] if place else [], event, [link]
    documented = {"document": document["id"], "entity": airplane["id"], "role": statement}
    return [], entity(id_, "Documentation", summary=text_of(row["value"]), **documented, **common), []


def _document(row: Row) -> Entity:
    """The document that says it. FollowTheMoney's Document needs a file's name; an Article does not."""
    names = ("source", "title", "link", "published_day", "copy_sha256")
    return entity(
        id_of("document", *(row[name] for name in names)), "Article", title=string_of(row["title"]),
        publisher=string_of(row["source"]), sourceUrl=url_of(row["link"]),
        publishedAt=_day(row["published_day"]),
    )  # fmt: skip


def _place(row: Row) -> Entity | None:
    """Where an event was, where its position can be written."""
    latitude, longitude = number_of(row["latitude_deg"]), number_of(row["longitude_deg"])
    if latitude is None or longitude is None:
        return None
    id_ = id_of("place", row["place"], latitude, longitude)
    full = address_of_place(row["place"]) or f"{latitude}, {longitude}"
    return entity(id_, "Address", full=full, latitude=latitude, longitude=longitude)


def _day(day: int | None) -> str | None:
    """Text of a UTC day where FollowTheMoney takes it as a date."""
    try:
        text = None if day is None else day_text(day)
    except OverflowError:
        return None
    return _date(text)


def _date(text: str | None) -> str | None:
    """The date as FollowTheMoney writes it; None where it is none."""
    return date_of(dated(text))


def _designator(text: str | None) -> str | None:
    return identifier_of(text, DESIGNATOR_MAX)
