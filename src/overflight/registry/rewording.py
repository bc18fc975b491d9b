"""Whether a list that names an aircraft's operator anew only changed its words, or means another party.

Two texts, the mark and type beside them, and what the same two lists say of other aircraft are all that is
asked; no register is. So the answer is a reading of the list, never a statement about a sale:

- `reworded`: the same party in other words
- `renamed`: the same party under a new name, or its whole fleet taken over: the list cannot tell
- `changed`: another party, and something more than the text speaks for a change of hand
- `unclear`: another party may be meant, but a corrected error, an owner in place of an operator or a customer
  in place of a contractor would look the same
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from overflight.registry.marks import normal_mark
from overflight.registry.party_names import country_tokens, folded_name, near_tokens, same_party, tokens_of
from overflight.registry.party_words import LEGAL_FORMS, LEGAL_TAILS, STOP_WORDS

VERSION = "rewording-1"
REWORDED, RENAMED, CHANGED, UNCLEAR = "reworded", "renamed", "changed", "unclear"
KINDS = (REWORDED, RENAMED, CHANGED, UNCLEAR)
SAME_PARTY = frozenset({REWORDED, RENAMED})

# Texts of a list that name nobody, folded.
_NOBODY = frozenset({"", "private", "private owner", "unknown", "tbc", "tbd", "none", "na", "n a", "various"})
# Words that tell what a body does, not which one it is: a difference in them alone is a difference of words.
_GENERIC = frozenset(
    """
    air aviation aero aerospace service group international holding flight flights detachment institute
    university college technology system systems medical health company enterprise association special
    unit wing squadron department division office agency management fleet school centre operations
    command helicopter helicopters airline airlines airways trust foundation
    """.split()
)
# Words in the names of so many that sharing one tells nothing.
_COMMON = frozenset(
    """
    royal united general global first sky star blue heli jet jets executive corporate private historic
    skydive flying worldwide prime american america north south east west new aircraft state county city
    national regional police sheriff fire ambulance school airforce army navy coastguard government ministry
    """.split()
)
# Where one name has such a word and the other has not, they are two bodies: of two levels (the State's
# police, the city's) or two places (Virginia, West Virginia).
_LEVELS = frozenset("state county provincial north south east west new".split())
# Bodies of a state. Lists often name one for another: the service, its parent, who flies for whom.
_STATE = frozenset(
    """
    airforce army navy marine marines coastguard guard military defence ministry government department police
    sheriff squadron detachment customs gendarmerie republic federal
    """.split()
)
_SERVICES = frozenset("airforce army navy marine marines coastguard guard military defence".split())
# Who flies, holds or pays for an aircraft others use: beside another kind of party both may be right at once.
_ROLES = frozenset(
    """
    aviation helicopters helicopter airways charter charters leasing bank trust trustee jets handling
    solutions financial finance holding
    """.split()
)
# Ambulances are flown by contractors under their customers' names; lists name the one or the other.
_CONTRACTED = frozenset(
    "ambulance rescue luftrettung rettungsflugwacht medical medevac med medic care hems hospital".split()
)
# New names of services that stayed the same body: the air forces that became air and space forces (France
# 2020, Spain 2022, Colombia 2023), and what is called after the sovereign.
_NEW_NAMES = (
    (frozenset({"aerospace", "force"}), frozenset({"airforce"})),
    (frozenset({"aerospace", "forces"}), frozenset({"airforce"})),
    (frozenset({"air", "space", "force"}), frozenset({"airforce"})),
    (frozenset({"kings"}), frozenset({"queens"})),
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PARTS = re.compile(r"[()/]")
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
_FIGURES = re.compile(r"\d+")
_LEAST_INITIALS = 3  # letters of an acronym: two are the initials of too many names


@dataclass(frozen=True)
class Rules:
    """Thresholds of `change_of`.

    `whole_fleet`: so many aircraft that all go from one text to the other in one list, none keeping the old
    text, are one edit of the list; fewer may be as many sales.
    """

    whole_fleet: int = 5


@dataclass(frozen=True)
class Listed:
    """What a list says of an aircraft: its operator, mark and type, None where it says nothing."""

    operator: str | None
    registration: str | None = None
    type_designator: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Batch:
    """The same change of text in the two lists, over all aircraft that are in both.

    `alike`: aircraft of which the text changed in the same way, this one included; `kept`: other aircraft
    that have the old text in both lists; `already`: aircraft that had the new text in the older list.
    """

    alike: int = 1
    kept: int = 0
    already: int = 0


@dataclass(frozen=True)
class Change:
    """How a change of text reads: its kind, why, and how alike the texts are, from 0 to 1."""

    kind: str
    reason: str
    likeness: float

    @property
    def same_party(self) -> bool:
        """Whether both texts are read as one party."""
        return self.kind in SAME_PARTY


ALONE, RULES = Batch(), Rules()


def change_of(old: Listed, new: Listed, batch: Batch = ALONE, rules: Rules = RULES) -> Change:
    """How the change from one listed operator to the next one reads."""
    likeness = same_party(old.operator, new.operator).score
    reading = _same_words(old, new) or _like_words(old, new) or _another_airframe(old, new)
    kind, reason = reading or _whole_fleet(batch, rules) or _another_party(old, new, batch)
    return Change(kind, reason, round(likeness, 3))


def listed_by_address(claims: pa.Table) -> dict[int, Listed]:
    """What one list (rows of CLAIMS) says of each address; addresses it says two things of are left out."""
    names = ("address", "operator", "registration", "type_designator", "description")
    found: dict[int, Listed] = {}
    twice: set[int] = set()
    for row in claims.select(names).to_pylist():
        address = row.pop("address")
        if address is None:
            continue
        listed = Listed(**row)
        if found.setdefault(address, listed) != listed:
            twice.add(address)
    return {address: listed for address, listed in found.items() if address not in twice}


def batches_of(older: Mapping[int, Listed], newer: Mapping[int, Listed]) -> dict[int, Batch]:
    """For each address of which the operator's text changed between two lists: how others changed."""
    both = [(address, older[address].operator, newer[address].operator) for address in older.keys() & newer]
    pairs = Counter((before, after) for _, before, after in both if before != after)
    kept = Counter(before for _, before, after in both if before == after)
    already = Counter(listed.operator for listed in older.values())
    return {
        address: Batch(pairs[before, after], kept[before], already[after])
        for address, before, after in both
        if before != after and before is not None and after is not None
    }


def changes_between(
    older: Mapping[int, Listed], newer: Mapping[int, Listed], rules: Rules = RULES
) -> dict[int, Change]:
    """How each change of an operator's text between two lists reads, by address."""
    return {
        address: change_of(older[address], newer[address], batch, rules)
        for address, batch in sorted(batches_of(older, newer).items())
    }


def _same_words(old: Listed, new: Listed) -> tuple[str, str] | None:
    """Texts that say the same, or of which one names nobody."""
    before, after = folded_name(old.operator), folded_name(new.operator)
    if before in _NOBODY or after in _NOBODY:
        if before in _NOBODY and after in _NOBODY:
            return REWORDED, "neither text names anybody"
        return UNCLEAR, "one of the texts names nobody"
    if tokens_of(old.operator) == tokens_of(new.operator):
        return REWORDED, "same words apart from legal form, order, spelling or abbreviation"
    return None


def _another_airframe(old: Listed, new: Listed) -> tuple[str, str] | None:
    """Texts of which the list also names another type of aircraft at the address."""
    if not _another_type(old, new):
        return None
    types = f"{old.description or old.type_designator} became {new.description or new.type_designator}"
    if _one_state(tokens_of(old.operator), tokens_of(new.operator)):
        return UNCLEAR, f"another airframe within one state's forces, perhaps a corrected error: {types}"
    return CHANGED, f"another airframe at the address: {types}"


def _like_words(old: Listed, new: Listed) -> tuple[str, str] | None:
    """Texts whose words are those of one party."""
    first, second = tokens_of(old.operator), tokens_of(new.operator)
    for new_name, old_name in _NEW_NAMES:
        if _swapped(first, old_name, new_name) == second or _swapped(second, old_name, new_name) == first:
            return RENAMED, "a service that has a new name"
    part = _part_of(old.operator, second) or _part_of(new.operator, first)
    if part:
        return REWORDED, f"one text names the party of the other as well: {part}"
    if _is_acronym(old.operator, new.operator) or _is_acronym(new.operator, old.operator):
        return REWORDED, "one name is the initials of the other"
    return _one_slip_apart(old, new) or _leftovers(first, second)


def _one_slip_apart(old: Listed, new: Listed) -> tuple[str, str] | None:
    """Texts that differ in slips of spelling alone; also in a country's name, of which tokens show none."""
    first, second = _plain(old.operator), _plain(new.operator)
    near = near_tokens(first, second)
    if not near or len(first - second) != len(near) or len(second - first) != len(near):
        return None
    if any(tokens_of(a) & country_tokens() and tokens_of(b) & country_tokens() for a, b in near):
        return None  # Ireland and Iceland
    return REWORDED, "a slip of spelling: " + ", ".join(f"{a} and {b}" for a, b in sorted(near))


def _leftovers(first: frozenset[str], second: frozenset[str]) -> tuple[str, str] | None:
    """Texts that share telling words, and differ in slips, in what one adds, or in general words."""
    countries = country_tokens()
    near = {(a, b) for a, b in near_tokens(first, second) if not (a in countries and b in countries)}
    left = first - second - {word for pair in near for word in pair}
    right = second - first - {word for pair in near for word in pair}
    if first & second & countries and left | right <= {"government"}:
        return REWORDED, "a country and its government"
    shared = {*(first & second), *(a for a, _ in near)}
    telling = _telling(shared)
    if (_numbers(left) and _numbers(right)) or _LEVELS & (left | right):
        return None  # two units of one body, two levels
    if "royal" in shared and (left | right) & countries:
        return None  # the Royal Air Force is not the Royal Australian Air Force
    if telling and left <= _GENERIC and right <= _GENERIC:
        return REWORDED, "the same words beside general ones: " + ", ".join(sorted(telling))
    # one word more or less beside a single shared one is as often a namesake: Meridian, Meridian Foods
    bound = len(shared - _GENERIC) > 1
    if bound and (not left or not right):
        slips = ", ".join(f"{a} and {b}" for a, b in sorted(near))
        return REWORDED, f"a slip of spelling: {slips}" if slips else "one text adds detail to the other"
    return None


def _telling(words: Iterable[str]) -> set[str]:
    """Those of the words by which one party is known from another."""
    return {word for word in words if word not in _GENERIC | _COMMON | country_tokens()}


def _whole_fleet(batch: Batch, rules: Rules) -> tuple[str, str] | None:
    """Texts that changed for every aircraft of the old name at once."""
    if batch.alike < rules.whole_fleet or batch.kept:
        return None
    return RENAMED, f"all {batch.alike} aircraft under the old text have the new one, and none keeps the old"


def _another_party(old: Listed, new: Listed, batch: Batch) -> tuple[str, str]:
    """Texts of two parties: whether anything beside them speaks for a change of hand."""
    first, second = tokens_of(old.operator), tokens_of(new.operator)
    if _one_state(first, second):
        return UNCLEAR, "two services of one state, which lists often confuse"
    if _another_mark(old, new):
        return CHANGED, f"another party and another mark: {old.registration} became {new.registration}"
    if first & _STATE or second & _STATE:
        return UNCLEAR, "another party, but a public body may be named for whoever flies for it"
    if batch.alike > 1:
        return UNCLEAR, f"the same change for {batch.alike} aircraft at once, more like an edit of the list"
    if _telling(first & second):
        return UNCLEAR, "names that share a word: one group, or namesakes"
    if first & _CONTRACTED or second & _CONTRACTED:
        return UNCLEAR, "another party, but ambulances are flown by contractors under their customers' names"
    if bool(first & _ROLES) != bool(second & _ROLES):
        return UNCLEAR, "another party, but one may fly, hold or pay for the aircraft of the other"
    return CHANGED, "another party of the same kind; mark and type stayed"


def _another_mark(old: Listed, new: Listed) -> bool:
    """Whether both marks are given and differ in more than their spelling."""
    before, after = (_letters(listed.registration) for listed in (old, new))
    known = before not in ("", "TBC", "TBD", "UNKNOWN") and after not in ("", "TBC", "TBD", "UNKNOWN")
    return known and before != after


def _letters(mark: str | None) -> str:
    return normal_mark(mark).replace("-", "") if mark else ""


def _another_type(old: Listed, new: Listed) -> bool:
    """Whether the types are surely two: no word and no figure in common, designators that differ if given."""
    codes = {code for code in (old.type_designator, new.type_designator) if code}
    if len(codes) == 1 and old.type_designator == new.type_designator:
        return False
    before, after = tokens_of(old.description), tokens_of(new.description)
    if not before or not after:
        return len(codes) == 2
    if set(_FIGURES.findall(old.description or "")).intersection(_FIGURES.findall(new.description or "")):
        return False
    common = len(before & after) + len(near_tokens(before, after))
    # the maker alone may be in common where designators differ: a T-38 and an F-5 are both by Northrop
    return common == 0 or (len(codes) == 2 and common == 1)


def _one_state(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether both names are services of what may be one state."""
    if not (first & _SERVICES and second & _SERVICES):
        return False
    states = country_tokens() | {"royal"}
    return bool(first & second & states)


def _part_of(text: str | None, tokens: frozenset[str]) -> str | None:
    """A part of the text, parted by brackets or a stroke, that has these tokens."""
    parts = _PARTS.split(text or "")
    return next((part.strip() for part in parts if len(parts) > 1 and tokens_of(part) == tokens), None)


def _is_acronym(text: str | None, other: str | None) -> bool:
    """Whether the initials of the text stand in the other in capitals, with or without a C for company.

    One more letter may come from inside a word: DRF is the Deutsche Rettungsflugwacht.
    """
    words = folded_name(_CAMEL.sub(" ", text or "")).split()
    initials = "".join(word[0] for word in words)
    # one that the tables know stands for what they say: USA is no United States Army
    written = {word.lower() for word in _CAPITALS.findall(other or "")} - _GENERIC - LEGAL_TAILS
    acronyms = {word for word in written if tokens_of(word) == {word}}
    spelled = len(initials) >= _LEAST_INITIALS and bool({initials, initials + "c"} & acronyms)
    return spelled or any(_from_inside(acronym, words) for acronym in acronyms)


def _from_inside(acronym: str, words: list[str]) -> bool:
    """Whether the acronym is the initials of the words and one letter from inside the last, in order."""
    if len(words) < 2 or len(acronym) != len(words) + 1 or len(acronym) < _LEAST_INITIALS:
        return False
    return acronym[:-1] == "".join(word[0] for word in words) and acronym[-1] in words[-1][1:]


def _swapped(tokens: frozenset[str], old: frozenset[str], new: frozenset[str]) -> frozenset[str]:
    return (tokens - old) | new if old <= tokens else tokens


def _numbers(tokens: frozenset[str]) -> bool:
    return any(char.isdigit() for token in tokens for char in token)


def _plain(text: str | None) -> frozenset[str]:
    """Words as spelled: a slip in a country's name is none in its token."""
    return frozenset(folded_name(text).split()) - STOP_WORDS - LEGAL_FORMS
