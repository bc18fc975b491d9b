"""FollowTheMoney entities of what lists say, and of answers about who an aircraft is: one for each saying.

A saying is one value that one source gives for one field, with the days on which it said so first and last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from overflight.clock import day_text
from overflight.formats.checking import PIA_TAG
from overflight.formats.ftm_values import (
    Entity,
    date_of,
    dated,
    entity,
    id_of,
    line,
    string_of,
    text_of,
    url_of,
)
from overflight.formats.ftm_writing import PRIVATE, Losses, Writer, is_nameless, link_of, party_of
from overflight.model.address import address_of, icao24_text
from overflight.model.grades import RECORDED
from overflight.model.sayings import PARTIES

# Fields of which a Note says who says so and when; for the others the Airplane's property is all there is.
NOTED = ("registration", "type_designator", "serial", "military", "tags")
PROPERTY_ALONE = ("description", "manufacturer", "built")
_DATED = (*PARTIES, *NOTED, *PROPERTY_ALONE)
_SAME = ("grade", "link", "party_kind", "party_region", "data_kind")
_ABOUT = {"source", "grade", "since", "until", "said_first", "said_last", "claim_id", "quotation", "link",
          "licence", "party_kind", "party_region"}  # fmt: skip


class Saying(NamedTuple):
    """One value of one field, of the aircraft that `names` names; days and dates as ISO texts.

    `about` has the rest: source, grade, since, until, said_first, said_last, link, licence, quotation,
    party_kind, party_region, claim_id, data_kind; what is not known is absent or None.
    """

    names: Mapping[str, Any]
    field: str
    value: str
    about: Mapping[str, Any]


def names_of(saying: Saying) -> dict[str, Any]:
    """By which names the aircraft of a saying goes, and of what kind the data are."""
    return {**saying.names, "data_kind": saying.about.get("data_kind")}


def sayings_of_claims(claims: pa.Table, losses: Losses) -> Iterator[Saying]:
    """What lists say (schema CLAIMS), one saying for the same words of one source."""
    private = private_in(claims)
    said: dict[tuple[Any, ...], tuple[Saying, list[int]]] = {}
    for batch in claims.to_batches():
        for row in batch.to_pylist():
            for saying, key in _said(row, private, losses):
                said.setdefault(key, (saying, []))[1].append(row["day"])
    for saying, days in said.values():
        between = len(set(days)) - len({min(days), max(days)})
        if between:
            losses.left_out["days between the first and the last on which a list said so"] += between
        told = {"said_first": day_text(min(days)), "said_last": day_text(max(days))}
        yield saying._replace(about={**saying.about, **told})


def sayings_of_answer(kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Saying]:
    """What the rows of an answer of `who`, `aircraft` or `fleet` say, with their sources."""
    for row in rows:
        names = _named(row["icao24"])
        data_kind = {"data_kind": row.get("data_kind")}
        yield from _one(names, "address", row["icao24"], data_kind)  # the Airplane, whatever is said of it
        if kind == "who":
            for told in row["timeline"]:
                field = "registration" if told["field"] == "mark" else told["field"]
                yield from _one(names, field, told["value"], {**told, **data_kind})
        elif kind == "fleet":
            for name in ("registration", "type_designator", "serial"):
                yield from _one(names, name, row[name], data_kind)
            for told in (row["party"], row["before"], row["after"]):
                if told is not None:
                    yield from _one(names, row["role"], told["value"], {**told, **data_kind})
        else:
            for name in ("registration", "type_designator"):
                yield from _one(names, name, row[name], data_kind)
            for told in row["statements"]:
                days = {"source": told["source"], "said_first": told["first_day"],
                        "said_last": told["last_day"], **data_kind}  # fmt: skip
                for field in _DATED:
                    yield from _one(names, field, told.get(field), days)


def told_by_lists(said: Iterable[Saying], writer: Writer) -> Iterator[Entity]:
    """Entities of sayings: a link for each party, a Note for each other field with a source, its Airplane."""
    for saying in said:
        airplane = writer.aircraft_of(saying.names)
        yield from writer.once([airplane])
        if saying.field in PARTIES:
            yield from writer.once(_link(saying, airplane, writer.losses))
        elif saying.field in NOTED and saying.about.get("source"):
            yield from writer.once([_note(saying, airplane)])
        elif saying.field in PROPERTY_ALONE:
            writer.losses.left_out[f"source and days of {saying.field}"] += 1


def _said(
    row: Mapping[str, Any], private: set[int], losses: Losses
) -> Iterator[tuple[Saying, tuple[Any, ...]]]:
    """Sayings of one claim, each with what makes it the same as another."""
    hidden = row["address"] in private or is_nameless(row["address"])
    names = {name: row[name] for name in ("address", "registration", "serial")}
    names["registration"] = None if hidden else names["registration"]
    address = None if row["address"] is None else icao24_text(row["address"])
    names["as_reported"] = names["registration"] or address or row["serial"] or "an aircraft without a name"
    about = {"source": row["source"], **{name: row[name] for name in _SAME},
             "since": _day(row["valid_from_day"]), "until": _day(row["valid_until_day"])}  # fmt: skip
    for field in _DATED:
        value = row[field]
        if value is None:
            continue
        if hidden and field in (*PARTIES, "registration"):
            losses.left_out[PRIVATE] += 1
            continue
        key = (*names.values(), field, str(value), *about.values())
        yield Saying(names, field, str(value), about), key


def private_in(claims: pa.Table) -> set[int]:
    """Addresses that any list calls an FAA privacy address."""
    tagged = claims.filter(claims["tags"].is_valid()).select(["address", "tags"]).to_pylist()
    return {row["address"] for row in tagged if PIA_TAG in row["tags"].split("; ")}


def _one(names: Mapping[str, Any], field: str, value: object, about: Mapping[str, Any]) -> Iterator[Saying]:
    """The saying of one field; none where nothing is said."""
    if value is not None:
        told = {**names, field: str(value)} if field == "serial" else names
        kept = {name: text for name, text in about.items() if name in _ABOUT or name == "data_kind"}
        yield Saying(told, field, str(value), kept)


def _named(icao24: str) -> dict[str, Any]:
    return {"address": address_of(icao24), "registration": None, "serial": None, "as_reported": icao24}


def _link(saying: Saying, airplane: Entity, losses: Losses) -> list[Entity]:
    """The party, and its link to the aircraft."""
    about = saying.about
    party = party_of(saying.value, about.get("party_kind"), airplane, about.get("party_region"))
    if party is None:
        losses.left_out["names of which no letter can be written"] += 1
        return []
    since, until = (date_of(dated(about.get(name))) for name in ("since", "until"))
    days = [] if about.get("claim_id") else [about.get("said_first"), about.get("said_last")]
    link = link_of(
        _id(saying, airplane), saying.field, party, airplane, startDate=since, endDate=until,
        date=[day for day in days if day], publisher=string_of(about.get("source")),
        sourceUrl=url_of(about.get("link")), recordId=about.get("claim_id"), summary=_when(saying),
        description=[*[text for text in [text_of(about.get("quotation"))] if text], *_lines(about, losses)],
    )  # fmt: skip
    return [party, link]


def _note(saying: Saying, airplane: Entity) -> Entity:
    """What a list says of an aircraft, as its opinion: the model dates no properties of things."""
    what = f"{saying.field.replace('_', ' ')} {saying.value}"
    words = f"{saying.about['source']}: {what}. {_when(saying) or ''}"
    kind = saying.about.get("data_kind")
    marked = [line("data_kind", kind)] if kind not in (None, RECORDED) else []
    return entity(
        _id(saying, airplane), "Note", entity=airplane["id"], publisher=string_of(saying.about["source"]),
        description=[text for text in (text_of(words), *marked) if text],
    )  # fmt: skip


def _when(saying: Saying) -> str | None:
    """In words who said so, and from when until when."""
    about = saying.about
    first, last = about.get("said_first"), about.get("said_last")
    if first is None:
        return None
    when = f"on {first}" if first == last else f"first on {first}, last on {last}"
    return text_of(f"{about.get('source')} says so {when}.")


def _lines(about: Mapping[str, Any], losses: Losses) -> list[str]:
    """Our own lines for what the link has no place for."""
    link = about.get("link")
    said = {"grade": about.get("grade"), "licence": about.get("licence"),
            "link": None if url_of(link) else link,
            "data_kind": None if about.get("data_kind") == RECORDED else about.get("data_kind")}  # fmt: skip
    made = []
    for name, value in said.items():
        text = None if value is None else line(name, value)
        if text is not None:
            losses.kept[name] += 1
            made.append(text)
    return made


def _id(saying: Saying, airplane: Entity) -> str:
    about = saying.about
    rest = [about.get(name) for name in ("source", "since", "until", "claim_id", "data_kind")]
    first = about.get("said_first") if rest[1] is None else None
    return id_of("said", airplane["id"], saying.field, saying.value, *rest, first)


def _day(day: int | None) -> str | None:
    try:
        return None if day is None else day_text(day)
    except OverflowError:
        return None
