"""Registration marks: their usual spelling, the State they name, and what a garbled one may have been."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from overflight.registry.mark_prefixes import MARKS_OF_COUNTRY, NO_HYPHEN

# One-letter nationality marks that are also the beginning of many two-character ones: what must follow them.
# Canada and Germany issue letters in these ranges (Transport Canada; LuftVG annex); the others are as in
# their registers. Without this `CS...` or `D2...` would be split after the first letter.
_AFTER_SINGLE = {
    "B": r"[0-9A-Z]{3,5}",
    "C": r"[FGI][A-Z]{3}",
    "D": r"[A-Z]{4}|[0-9]{4}",
    "F": r"[A-Z]{4}",
    "G": r"[A-Z]{4}",
    "I": r"[A-Z0-9]{4}",
    "M": r"[A-Z]{4}",
    "N": r"[1-9][0-9]{0,4}|[1-9][0-9]{0,3}[A-Z]|[1-9][0-9]{0,2}[A-Z]{2}",
    "P": r"[0-9]{3}",
    "Z": r"[A-Z]{3}",
    "2": r"[A-Z]{4}",
}
_LOOKALIKES = str.maketrans("O0I1", "0O1I")
_NOT_A_MARK = re.compile(r"[^0-9A-Z]")
_KEPT = string.ascii_uppercase + string.digits
# States whose civil marks have figures behind the nationality mark, as in their registers.
_WITH_FIGURES = frozenset("N JA HL YV HI RA B HK OB UK UP EX 4K CU VN".split())
# Marks that State aircraft carry, combat aircraft among them: Russia's RF, France's F-R, F-T, F-U and F-Z.
_STATE_USE = re.compile(r"RF|F[RTUZ][A-Z]{3}$")
_LEAST_LETTERS = 2  # shortest civil marks: two letters after a prefix of three characters (A4O-AB)
_LONGEST_MARK = 4  # RDPL
_SHORTEST_EDITED = 4  # one edit of three characters reaches thousands of marks and says nothing


@dataclass(frozen=True)
class MarkGuess:
    """A known mark that a garbled one may have been, and the rule that leads there in words."""

    mark: str
    reason: str


def normal_mark(text: str) -> str:
    """The mark in capitals with its usual hyphen: `4k 78131` and `4K78131` give `4K-78131`.

    Where no nationality mark fits, the text in capitals without blanks, its hyphens kept.
    """
    tidy = re.sub(r"\s+", "", text.upper())
    compact = _NOT_A_MARK.sub("", tidy)
    prefix = _prefix(compact)
    if prefix is None:
        return tidy
    return compact if prefix in NO_HYPHEN else f"{prefix}-{compact[len(prefix) :]}"


def spellings_of(text: str) -> set[str]:
    """A mark as registers may write it: as given in capitals, with its usual hyphen, and without any."""
    usual = normal_mark(text)
    return {text.strip().upper(), usual, usual.replace("-", "")}


def state_of_mark(text: str) -> str | None:
    """Two-letter code of the State or territory whose nationality mark the text begins with; None if none."""
    compact = _NOT_A_MARK.sub("", text.upper())
    prefix = _prefix(compact)
    if prefix is None:
        return None
    states, longest = _states_by_mark(), min(len(compact), _LONGEST_MARK)
    sizes = range(longest, len(prefix) - 1, -1)  # the longer mark wins: B-H is Hong Kong's, B China's
    return next((states[compact[:size]] for size in sizes if compact[:size] in states), None)


def is_civil(registration: str | None, military: bool | None) -> bool:
    """Whether a claim rules combat aircraft out: `military` said to be false, or unsaid beside a civil mark.

    Military serials look like marks (ZK334 like New Zealand's, ET-197 like Ethiopia's): a mark counts as
    civil if letters alone follow the nationality mark, or figures where the State's civil marks have them.
    """
    if military is not None or registration is None:
        return military is False
    compact = _NOT_A_MARK.sub("", registration.upper())
    prefix = _prefix(compact)
    if prefix is None or _STATE_USE.match(compact):
        return False
    rest = compact[len(prefix) :]
    return prefix in _WITH_FIGURES or (rest.isalpha() and len(rest) >= _LEAST_LETTERS)


def mark_guesses(text: str, known: Collection[str]) -> list[MarkGuess]:
    """Known marks the text may stand for, the plainest explanation first; empty where no rule leads to one.

    `known` holds marks as its register writes them (a set is fastest). Rules, in order: as written; another
    hyphen; a first character that slid to the end, or the last to the front; O for 0 and I for 1; two
    neighbours swapped; one character missing, too many or wrong.
    """
    marks = known if isinstance(known, set | frozenset | dict) else set(known)
    compact = _NOT_A_MARK.sub("", text.upper())
    if not compact:
        return []
    found: dict[str, str] = {}
    for candidate, reason in _candidates(compact):
        for spelling in _spellings(candidate):
            if spelling in marks:
                found.setdefault(spelling, reason)
    written = re.sub(r"\s+", "", text.upper())
    if written in marks:
        found = {written: "as written", **{m: r for m, r in found.items() if m != written}}
    return [MarkGuess(mark, reason) for mark, reason in found.items()]


def _prefix(compact: str) -> str | None:
    """Nationality mark a compact registration begins with, the hyphen's place for territories included."""
    begins = (compact[:size] for size in range(2, min(_LONGEST_MARK, len(compact) - 2) + 1))
    fitting = [mark for mark in begins if mark in _nationality_marks()]
    single = _AFTER_SINGLE.get(compact[:1])
    if single and re.fullmatch(single, compact[1:]):
        long_enough = [mark for mark in fitting if len(compact) - len(mark) >= 3]
        # `GABCD` is G-ABCD, but `ZSABC` and `PHABC` belong to the longer mark
        if not long_enough:
            return compact[0]
    return max(fitting, key=len, default=None)


@cache
def _nationality_marks() -> frozenset[str]:
    """Every nationality mark up to its hyphen."""
    return frozenset(mark.split("-")[0] for marks in MARKS_OF_COUNTRY.values() for mark in marks.split())


@cache
def _states_by_mark() -> Mapping[str, str]:
    """Country code by nationality mark, the hyphens of territories' marks left out."""
    found: dict[str, str] = {}
    for country, marks in MARKS_OF_COUNTRY.items():
        for mark in marks.split():
            found.setdefault(mark.replace("-", ""), country)
    return MappingProxyType(found)


def _spellings(compact: str) -> Iterator[str]:
    yield compact
    for place in range(1, min(5, len(compact))):
        yield f"{compact[:place]}-{compact[place:]}"


def _candidates(compact: str) -> Iterator[tuple[str, str]]:
    yield compact, "the same characters with the usual hyphen"
    yield compact[-1] + compact[:-1], "its first character stands at the end"
    yield compact[1:] + compact[:1], "its last character stands at the front"
    for place, letter in enumerate(compact):
        if letter in "O0I1":
            swapped = compact[:place] + letter.translate(_LOOKALIKES) + compact[place + 1 :]
            yield swapped, f"{letter} written for {letter.translate(_LOOKALIKES)}"
    yield compact.translate(_LOOKALIKES), "O and 0, I and 1 written for each other"
    if len(compact) >= _SHORTEST_EDITED:
        yield from _edited(compact)


def _edited(compact: str) -> Iterator[tuple[str, str]]:
    for i in range(len(compact) - 1):
        pair = compact[i : i + 2]
        yield compact[:i] + pair[::-1] + compact[i + 2 :], f"{pair} written for {pair[::-1]}"
    for i, letter in enumerate(compact):
        yield compact[:i] + compact[i + 1 :], f"a {letter} too many"
    for i in range(len(compact) + 1):
        for letter in _KEPT:
            yield compact[:i] + letter + compact[i:], f"a {letter} missing"
    for i, old in enumerate(compact):
        for letter in _KEPT:
            yield compact[:i] + letter + compact[i + 1 :], f"{old} written for {letter}"
