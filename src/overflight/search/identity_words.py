"""Who an aircraft was, and whose, as sentences: by whose word, since when, and who says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.search.sentences import Sentences, marked

Row = Mapping[str, Any]

ROLES = {
    "owner": "owned by", "operator": "operated by", "registrant": "registered to",
}  # fmt: skip
GRADE_WORDS = {
    "official": "an official register", "document": "a document", "published": "published",
    "image": "an image", "list": "a list", "opinion": "an opinion",
}  # fmt: skip
_NAMES = {"type_designator": "type", "serial": "serial number"}


class IdentitySentences(Sentences):
    """Writes `who` and `fleet`."""

    def of(self, kind: str, row: Row) -> str:
        """The sentences for one row."""
        return marked(row["data_kind"], {"who": who_sentences, "fleet": fleet_sentence}[kind](row))


def who_sentences(row: Row) -> str:
    """Everything that is said of an aircraft on a day, in order; every value with its source."""
    parts = [f"Address {row['icao24']} on {row['on']}{_known(row)}:"]
    parts += [
        f"{_NAMES.get(name, name)} {row[name]['value']}, {by_whom(row[name])}."
        for name in ("mark", "type_designator", "serial") if row[name]
    ]  # fmt: skip
    parts += [
        f"{words.capitalize()} {row[role]['value']}, {by_whom(row[role])}."
        for role, words in ROLES.items() if row[role]
    ]  # fmt: skip
    parts += [
        f"Otherwise: {_NAMES.get(said['field'], said['field'])} {said['value']}, {by_whom(said)}."
        for said in row["conflicts"]
    ]
    parts += [
        f"Between {one['changed_after']} and {one['changed_before']} {one['source']} changed its "
        f"{one['field']} from {one['before']} to {one['after']}: {one['reading']}, {one['reason']}."
        for one in row["changes"]
    ]
    parts += [f"{remark[:1].upper()}{remark[1:]}." for remark in row["remarks"]]
    return " ".join(parts)


def fleet_sentence(row: Row) -> str:
    """Whose aircraft it was, in which role, by whom, and who stood there before and after."""
    who = row["registration"] or f"address {row['icao24']}"
    type_ = f" (type {row['type_designator']})" if row["type_designator"] else ""
    text = f"{who}{type_} was {ROLES[row['role']]} {row['party']['value']}, {by_whom(row['party'])}."
    for side, words in (("before", "Before that the same source named"), ("after", "After that it named")):
        if row[side]:
            text += f" {words} {row[side]['value']}."
    return text


def by_whom(said: Row) -> str:
    """`by tar1090-db (a list), said 2020-01-07 to 2021-03-22`, with since and until where the source says."""
    stated = f" since {said['since']}" if said["since"] else ""
    stated += f" until {said['until']}" if said["until"] else ""
    first, last = said["said_first"], said["said_last"]
    when = first if first == last else f"{first} to {last}"
    late = {"said_later": ", said only later", "ended": ", no longer on that day"}.get(said["standing"], "")
    return f"by {said['source']} ({GRADE_WORDS[said['grade']]}){stated}, said {when}{late}"


def _known(row: Row) -> str:
    return f", by what was said until {row['as_known']}" if row["as_known"] else ""
