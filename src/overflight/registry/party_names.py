"""Names of owners and operators made comparable, whatever alphabet, language or legal form they come in.

What two names have in common is spelling. Equal tokens make it likely that one body is meant; they never
prove it, and two companies of one group can have them too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from overflight.registry.packaged import packaged_rows
from overflight.registry.party_words import (
    LEGAL_FORMS,
    LEGAL_HEADS,
    LEGAL_TAILS,
    MILITARY_ONLY,
    ORGANISATION_WORDS,
    PERSON_WORDS,
    SPELLINGS,
    STATE_WORDS,
    STATE_WORDS_AFTER,
    STOP_WORDS,
)

Words = tuple[str, ...]
Rules = dict[str, tuple[tuple[Words, Words], ...]]

_INSIDE = re.compile("['’ʼʻ`´ʹʺ]|(?<=\\w)[\"”](?=\\w)")  # "Sheriff's" is one word
# "S.p.A" and "U.S" are one word, "Co.Ltd" stays two.
_DOTS = re.compile(r"(?<!\w)((?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2})(?!\w)")
_OTHER = re.compile(r"[^a-z0-9]+")
# Names longer than any in a list: what comes after is not a name, and no input may take long.
LONGEST_NAME = 400
# What a pair of words a slip apart counts beside 1 for one word: less, so that the same name ranks first.
NEAR_WORD = 0.9


@dataclass(frozen=True)
class Likeness:
    """How alike two names are: `score` from 0 (nothing in common) to 1 (same tokens), `reason` in words."""

    score: float
    reason: str


def folded_name(text: str | None) -> str:
    """The name in small Latin letters and digits, words parted by one blank; empty for nothing.

    Other alphabets are transliterated letter by letter, so vowels that are not written are not there.
    """
    plain = unicodedata.normalize("NFKC", (text or "")[:LONGEST_NAME])
    plain = _DOTS.sub(lambda found: found[1].replace(".", ""), _INSIDE.sub("", plain))
    latin = _INSIDE.sub("", anyascii(plain.casefold())).lower()
    return _OTHER.sub(" ", latin).strip()[:LONGEST_NAME].strip()


def words_of(text: str | None) -> Words:
    """Words of the name in order, countries and known spellings as one canonical word each.

    Legal forms and stop words are dropped, unless nothing else is left of the name.
    """
    words = _joined_letters(tuple(folded_name(text).split()))
    known = _rewritten(words, _countries())
    known = _without_states(known)
    military = any(word in _country_tokens() for word in known)
    known = _rewritten(_without_legal_forms(known), _spellings(military))
    known = _rewritten(tuple(word for word in known if word not in STOP_WORDS), _spellings(military))
    return known or words


def tokens_of(text: str | None) -> frozenset[str]:
    """Canonical words of the name, in no order; empty where there is no name.

    `tokens_of("Azerbaijani Defence Ministry") == tokens_of("Ministry of Defence of Azerbaijan")`.
    """
    return _tokens((text or "")[:LONGEST_NAME])  # cut before it is kept: no asker may fill the memory


def tokens_by_name(names: Iterable[str | None]) -> dict[str, frozenset[str]]:
    """Tokens of each distinct name of a column; nulls and empty names are left out."""
    return {name: tokens_of(name) for name in {name for name in names if name}}


def same_party(one: str | None, other: str | None) -> Likeness:
    """How alike two names are, from 0 to 1, and why."""
    first, second = tokens_of(one), tokens_of(other)
    if not first or not second:
        return Likeness(0.0, "one name is missing")
    if folded_name(one) == folded_name(other):
        return Likeness(1.0, "same name")
    if first == second:
        return Likeness(1.0, "same words apart from legal form, order, spelling or abbreviation")
    score, near = _shared(first, second)
    plain, slips = _shared(_plain(one), _plain(other))  # a slip in a country's name: Britiain
    if plain > score:
        score, near = plain, slips
    if near:
        return Likeness(score, "like words: " + ", ".join(f"{a} and {b}" for a, b in sorted(near)))
    if first < second or second < first:
        return Likeness(score, "one name holds all words of the other")
    shared = sorted(first & second)
    return Likeness(score, "shared words: " + ", ".join(shared) if shared else "no word in common")


def _shared(first: frozenset[str], second: frozenset[str]) -> tuple[float, frozenset[tuple[str, str]]]:
    """Share of their words that two names have in common, near words included; and the near ones."""
    near = near_tokens(first, second)
    union = len(first | second) - len(near)
    return (len(first & second) + NEAR_WORD * len(near)) / union if union else 0.0, near


def _plain(text: str | None) -> frozenset[str]:
    """Words as spelled, without stop words and legal forms."""
    return frozenset(folded_name(text).split()) - STOP_WORDS - LEGAL_FORMS


def near_tokens(first: frozenset[str], second: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Pairs of words of which only one name has each, and which differ by a slip of spelling."""
    slips = [(a, b) for a in first - second for b in second - first if one_slip(a, b)]
    pairs: set[tuple[str, str]] = set()
    taken: set[str] = set()
    for a, b in sorted(slips, key=sorted):  # the same pairs whichever name comes first
        if not taken & {a, b}:
            taken |= {a, b}
            pairs.add((a, b))
    return frozenset(pairs)


def one_slip(one: str, other: str) -> bool:
    """Whether two words of at least five letters differ by one letter changed, lost, added or swapped.

    Shorter words differ by a letter too easily (Army, Arms); digits are never a slip (151, 161 Squadron).
    """
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    if any(char.isdigit() for char in one + other):
        return False
    start = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return one != other
    left, right = one[start:], other[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def looks_like_organisation(text: str | None) -> bool:
    """Whether a name is surely not a person's. False when unsure, and where a person may be named too."""
    plain = _joined_letters(tuple(folded_name(text).split()))
    if not plain or PERSON_WORDS.intersection(plain) or re.search(r"\b[cC]\s*/\s*[oO]\b", text or ""):
        return False
    if LEGAL_FORMS.intersection(plain):
        return True
    read = words_of(text)
    # A single word as it stands may be a nickname ("Navy"); one that is a known abbreviation (USAF) is not.
    return (len(plain) > 1 or len(read) > 1) and bool(ORGANISATION_WORDS.intersection({*plain, *read}))


def country_tokens() -> frozenset[str]:
    """Tokens that stand for a country."""
    return _country_tokens()


@lru_cache(maxsize=1 << 17)  # distinct names of the lists in use; a name costs 10 us to read
def _tokens(text: str) -> frozenset[str]:
    return frozenset(words_of(text))


def _joined_letters(words: Words) -> Words:
    """Single letters that stand side by side as one word: "s p a" is "spa"."""
    joined: list[str] = []
    run = ""
    for word in (*words, ""):
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        joined += [run] if run else []
        run = ""
        joined += [word] if word else []
    return tuple(joined)


def _rewritten(words: Words, rules: Rules) -> Words:
    """The words with each run that a rule knows replaced, from the left, the longest rule first."""
    out: list[str] = []
    k = 0
    while k < len(words):
        for left, right in rules.get(words[k], ()):
            if words[k : k + len(left)] == left:
                out.extend(right)
                k += len(left)
                break
        else:
            out.append(words[k])
            k += 1
    return tuple(out)


def _without_legal_forms(words: Words) -> Words:
    """The words without what says only which kind of company it is; all of them where nothing is left."""
    kept = [word for word in words if word not in LEGAL_FORMS]
    while len(kept) > 1 and kept[-1] in LEGAL_TAILS:
        kept.pop()
    while len(kept) > 1 and kept[0] in LEGAL_HEADS:
        kept.pop(0)
    return tuple(kept) or words


def _without_states(words: Words) -> Words:
    """The words without "republic of" before a country's name and "republic" behind it."""
    countries = _country_tokens()
    drop: set[int] = set()
    for k, word in enumerate(words):
        if word not in countries:
            continue
        before = k - 1
        while before >= 0 and words[before] in {*STATE_WORDS, "of", "the"}:
            before -= 1
        if any(other in STATE_WORDS for other in words[before + 1 : k]):
            drop.update(range(before + 1, k))
        if k + 1 < len(words) and words[k + 1] in STATE_WORDS_AFTER:
            drop.add(k + 1)
    return tuple(word for k, word in enumerate(words) if k not in drop)


@lru_cache(maxsize=1)
def _countries() -> Rules:
    rules: dict[Words, Words] = {}
    for row in packaged_rows("demonyms.csv"):
        token = folded_name(row["name"]).replace(" ", "")
        for form in (row["name"], *row["forms"].split(";")):
            words = _joined_letters(tuple(folded_name(form).split()))
            if words:
                rules[words] = (token,)
    return _by_first_word(rules)


@lru_cache(maxsize=1)
def _country_tokens() -> frozenset[str]:
    return frozenset(right[0] for rules in _countries().values() for _, right in rules)


@lru_cache(maxsize=2)
def _spellings(military: bool) -> Rules:
    """Rules for words; those for armed forces only where a country is named."""
    held = {left: right for left, right in SPELLINGS.items() if military or left not in MILITARY_ONLY}
    return _by_first_word(held)


def _by_first_word(rules: dict[Words, Words]) -> Rules:
    grouped: dict[str, list[tuple[Words, Words]]] = {}
    for left, right in sorted(rules.items(), key=lambda rule: -len(rule[0])):
        grouped.setdefault(left[0], []).append((left, right))
    return {first: tuple(held) for first, held in grouped.items()}
