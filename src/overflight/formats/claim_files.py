"""Claim files: what documents say of aircraft, typed in as Markdown with front matter, or as YAML.

The front matter says which document it is (`source`, `title`, `link` ...) and has a list `claims`, or is
itself one claim. In Markdown the lines quoted with `>` are the quotation of every claim that gives none of
its own; the other lines are for whoever reads the file. A claim that is wrong is refused with its line, the
rest of the file is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.clock import day_text
from overflight.errors import InputError, OverflightError
from overflight.formats.claim_checks import KINDS, fault_of, is_plain
from overflight.formats.claim_times import bounds_of, day_of, times_of
from overflight.formats.yaml_tree import Mistake, Node, tree_of
from overflight.model.address import address_of
from overflight.model.grades import RECORDED
from overflight.model.sayings import (
    GRADES,
    IDENTITY,
    NOT_THERE,
    PARTIES,
    PARTY_KINDS,
    PLACED,
    STATEMENTS,
)

ENDINGS = (".md", ".markdown", ".yaml", ".yml")
MOST_BYTES = 1 << 20  # typed by people: a book has less than that
MOST_LETTERS = 10_000  # of one text: a page of print has 3,000
_SHARED = (
    "source", "title", "link", "published", "recorded", "grade", "copy", "licence", "may_publish",
    "data_kind", "party_kind",
)  # fmt: skip
_SUBJECT = ("aircraft", "registration", "icao24", "serial")
_WHEN = ("since", "until", "on", "between", "withdrawn")
_OWN = (*_SUBJECT, *_WHEN, "says", "value", "place", "position", "quotation")
_ONLY_SAID = tuple(name for name in STATEMENTS if name not in _SUBJECT)  # said by their own name
_FENCE = re.compile(r"---\s*")
_CLOSED = re.compile(r"(---|\.\.\.)\s*")
_TYPE = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_LINK = re.compile(r"https?://\S+")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_YES_OR_NO = {"true": True, "yes": True, "false": False, "no": False}
_POSITION = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*")
HashOf = Callable[[str], str]  # of the path of a copy; raises InputError


@dataclass(frozen=True)
class Refused:
    """One thing that is wrong: at which line, and what would be right."""

    line: int
    text: str


@dataclass
class ClaimFile:
    """The claims of one file as fields of DOCUMENTS (without `id`), and what was refused.

    `recorded_day` and `may_publish` are None where the file does not say.
    """

    claims: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read_claims(text: str, hash_of: HashOf, *, markdown: bool) -> ClaimFile:
    """The claims of a file's text; `hash_of` gives the SHA-256 of a copy named by its path."""
    found = ClaimFile()
    try:
        head, first_line, quoted = _parts(text) if markdown else (text, 1, None)
        root = _keys(tree_of(head, first_line), "the front matter" if markdown else "the file")
        entries = _entries(root)
    except Mistake as wrong:
        found.refused.append(Refused(wrong.line, wrong.text))
        return found
    shared = {name: node for name, node in root.items() if name in _SHARED}
    for entry in entries:
        try:
            found.claims.append(one_claim(shared | _keys(entry, "a claim"), entry.line, hash_of, quoted))
        except Mistake as wrong:
            found.refused.append(Refused(wrong.line, wrong.text))
    return found


def has_front_matter(text: str) -> bool:
    """Whether a Markdown file begins with front matter: one without is no claim file."""
    return bool(_FENCE.fullmatch(text.lstrip("\ufeff").partition("\n")[0]))


def one_claim(
    nodes: Mapping[str, Node], line: int, hash_of: HashOf, quoted: str | None = None
) -> dict[str, Any]:
    """The fields of DOCUMENTS of one claim from its keys; raises Mistake."""
    entry = _Entry(nodes, line, hash_of)
    statement, value, left = entry.said()
    named = {name: entry.text(name) for name in _SUBJECT if name != left}
    address = entry.checked("icao24", _address) if left != "icao24" else None
    reported = next((named[name] for name in _SUBJECT if named.get(name) is not None), None)
    if reported is None:
        raise Mistake(line, "which aircraft? Give aircraft: as the document names it, or icao24: 4c0001")
    place, position = entry.text("place"), entry.checked("position", _position)
    if statement in PLACED:
        place, value = value or place, None
        if place is None and position is None:
            raise Mistake(line, f"{statement} where? Write {statement}: LLOV, an airfield's ident or a place")
    times = entry.times(statement)
    claim = {
        "address": address, "registration": named.get("registration"), "serial": named.get("serial"),
        "as_reported": reported, "statement": statement, "value": value, "place": place,
        "latitude_deg": position[0] if position else None, "longitude_deg": position[1] if position else None,
        "since_earliest_ms": times.since.earliest_ms, "since_latest_ms": times.since.latest_ms,
        "until_earliest_ms": times.until.earliest_ms, "until_latest_ms": times.until.latest_ms,
        "quotation": entry.text("quotation") or quoted, **entry.document(statement),
    }  # fmt: skip
    fault = fault_of(claim)
    if fault is not None:
        raise Mistake(line, fault)
    return claim


class _Entry:
    """The keys of one claim, the document's among them."""

    def __init__(self, nodes: Mapping[str, Node], line: int, hash_of: HashOf) -> None:
        self._nodes, self._line, self._hash_of = nodes, line, hash_of
        known = dict.fromkeys((*_SHARED, *_OWN, *STATEMENTS))
        for name, node in nodes.items():
            if name not in known:
                raise Mistake(node.line, f"there is no key {name[:40]!r}; the keys are {', '.join(known)}")

    def text(self, name: str) -> str | None:
        """A text without blanks around it; None where none is written."""
        node = self._nodes.get(name)
        if node is None or node.value is None:
            return None
        if not isinstance(node.value, str):
            raise Mistake(node.line, f"{name} is one text, no list and no keys")
        text = node.value.strip()
        if len(text) > MOST_LETTERS:
            raise Mistake(node.line, f"{name} has {len(text):,} letters; at most {MOST_LETTERS:,} are kept")
        if not is_plain(text):
            raise Mistake(node.line, f"{name} holds control characters: write it as plain text")
        return text or None

    def checked(self, name: str, read: Callable[[str], Any]) -> Any:
        """What a text says by `read`, which raises an error with what would be right; None where none is."""
        text = self.text(name)
        try:
            return None if text is None else read(text)
        except OverflightError as error:
            raise Mistake(self._nodes[name].line, f"{name}: {error}") from None

    def said(self) -> tuple[str, str | None, str | None]:
        """What is said: the statement, its value, and which key of the aircraft it took, if one."""
        named = self.checked("says", lambda text: _word(text, STATEMENTS))
        given = [name for name in _ONLY_SAID if self.text(name) is not None]
        if named is not None:
            if given:
                raise Mistake(self._line, f"says: {named} and {given[0]}: are two claims; write two")
            return named, self._value(named, "value"), None
        if not given:  # a mark or serial that stands alone is itself what is said
            given = [name for name in ("registration", "serial") if self.text(name) is not None]
        if len(given) != 1:
            what = f"{' and '.join(given)} are two claims; write two" if given else (
                f"what does it say? Give one of {', '.join(STATEMENTS)}")  # fmt: skip
            raise Mistake(self._line, what)
        name = given[0]
        return name, self._value(name, name), name if name in _SUBJECT else None

    def _value(self, statement: str, key: str) -> str | None:
        checks = {"type_designator": _type, "address": _hex, "military": _truth}
        value: str | None = self.checked(key, checks.get(statement, str))
        if value is None and statement not in PLACED:
            raise Mistake(self._line, f"{statement}: what? Give {key}")
        return value

    def times(self, statement: str) -> Any:
        """Its bounds in time."""
        for name in ("since", "until", "on", "between"):
            self.checked(name, lambda text: bounds_of(_spelt_out(text) or ""))
        during = self.text("on") or self.text("between")
        if self.text("on") and self.text("between"):
            raise Mistake(self._line, "give on or between; not both")
        try:
            found = times_of(
                self.text("since"), self.text("until"), _spelt_out(during),
                throughout=statement in (*IDENTITY, NOT_THERE),
            )  # fmt: skip
        except OverflightError as error:
            line = next(self._nodes[name].line for name in _WHEN if name in self._nodes)
            raise Mistake(line, str(error)) from None
        if statement in PLACED and all(bound is None for pair in found for bound in pair):
            raise Mistake(self._line, f"{statement}: when? Give on: 2016-04-04, or since and until")
        return found

    def document(self, statement: str) -> dict[str, Any]:
        """Who says so, when, and how."""
        source = self.text("source")
        if source is None:
            raise Mistake(self._line, "who says so? Give source: the publication, author or authority")
        grade = self.checked("grade", lambda text: _word(text, GRADES))
        if grade is None:
            raise Mistake(self._line, f"what kind of source is it? Give grade: one of {', '.join(GRADES)}")
        party = self.checked("party_kind", lambda text: _word(text, PARTY_KINDS))
        published, withdrawn = (self.checked(name, day_of) for name in ("published", "withdrawn"))
        if None not in (published, withdrawn) and withdrawn < published:
            text = f"it was withdrawn before it was published ({day_text(published)})"
            raise Mistake(self._nodes["withdrawn"].line, text)
        return {
            "published_day": published, "withdrawn_day": withdrawn,
            "recorded_day": self.checked("recorded", day_of), "source": source, "title": self.text("title"),
            "link": self.checked("link", _link), "copy_sha256": self.checked("copy", self._copy),
            "grade": grade, "party_kind": party if statement in PARTIES else None,
            "licence": self.text("licence"), "may_publish": self.checked("may_publish", _yes_or_no),
            "data_kind": self.checked("data_kind", lambda text: _word(text, KINDS)) or RECORDED,
        }  # fmt: skip

    def _copy(self, text: str) -> str:
        return text.lower() if _HASH.fullmatch(text) else self._hash_of(text)


def _parts(text: str) -> tuple[str, int, str | None]:
    """Front matter, the line it begins on, and the quoted lines of the body; raises Mistake."""
    lines = text.lstrip("\ufeff").split("\n")
    if not _FENCE.fullmatch(lines[0]):
        raise Mistake(1, "a claim file begins with front matter: a line ---, the keys, and a line ---")
    end = next((k for k in range(1, len(lines)) if _CLOSED.fullmatch(lines[k])), None)
    if end is None:
        raise Mistake(1, "the front matter has no end: write a line --- after the keys")
    quoted = [line.strip()[1:].strip() for line in lines[end + 1 :] if line.strip().startswith(">")]
    told = "\n".join(quoted).strip()[:MOST_LETTERS]
    return "\n".join(lines[1:end]), 2, "".join(c for c in told if c.isprintable() or c == "\n") or None


def _keys(node: Node, what: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise Mistake(node.line, f"{what} has no keys; write for example owner: Ministry of Defence")
    return node.value


def _entries(root: dict[str, Node]) -> list[Node]:
    """Each claim of a file: those of its list, or the file itself."""
    listed = root.get("claims")
    if listed is None:
        return [Node(root, min((node.line for node in root.values()), default=1))]
    for name, node in root.items():
        if name not in (*_SHARED, "claims"):
            shared = ", ".join(_SHARED)
            raise Mistake(node.line, f"beside claims: stand only {shared}; {name} belongs into a claim")
    if not isinstance(listed.value, list) or not listed.value:
        raise Mistake(listed.line, "claims: is a list; begin each claim with `- `")
    return listed.value


def _word(text: str, words: tuple[str, ...]) -> str:
    word = text.lower().replace(" ", "_").replace("-", "_")
    if word not in words:
        raise InputError(f"{text!r} is none of {', '.join(words)}")
    return word


def _address(text: str) -> int:
    address = address_of(text)
    if address is None:
        raise InputError(f"{text!r} is no aircraft address: write six hex digits, for example 4c0001")
    return address


def _hex(text: str) -> str:
    _address(text)
    return text.strip().lower()


def _type(text: str) -> str:
    if not _TYPE.fullmatch(text.upper()):
        raise InputError(f"{text!r} is no ICAO type designator such as IL76; for a type in words use remark")
    return text.upper()


def _truth(text: str) -> str:
    return "true" if _yes_or_no(text) else "false"


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _YES_OR_NO:
        raise InputError(f"{text!r} is neither yes nor no")
    return _YES_OR_NO[text.lower()]


def _link(text: str) -> str:
    if not _LINK.fullmatch(text):
        raise InputError(f"{text!r} is no address of a page: it begins with https:// or http://")
    return text


def _position(text: str) -> tuple[float, float]:
    match = _POSITION.fullmatch(text)
    latitude, longitude = (float(match[1]), float(match[2])) if match else (91.0, 0.0)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise InputError(f"{text!r} is no position: write degrees north, degrees east, as 29.94, 34.93")
    return latitude, longitude


def _spelt_out(during: str | None) -> str | None:
    """`A and B` as `A..B`."""
    return None if during is None else re.sub(r"\s+and\s+", "..", during)
