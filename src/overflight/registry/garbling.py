"""What a garbled mark or serial number may have been: every text one mishap away, plainest mishap first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from overflight.registry.finder_keys import LETTERS, LONGEST

# Shapes that people and text recognition take for each other; each leads both ways.
_PAIRS = (
    ("O", "0"), ("Q", "0"), ("D", "0"), ("I", "1"), ("L", "1"), ("I", "L"), ("Z", "2"), ("S", "5"),
    ("B", "8"), ("G", "6"),
)  # fmt: skip
_SHORTEST_EDITED = 4  # one edit of three characters reaches thousands of marks and says nothing
_MOST_SHAPES = 3  # shapes mistaken at once: four of them are another text
# How sure a guess is, of 1. The order is that of how common the mishaps are and how few marks each reaches:
# a turned text has two readings, one of n characters mistaken for any other some 36 n.
TURNED, SHAPE, SHAPES, SWAPPED, EXTRA, MISSING, WRONG = 0.78, 0.77, 0.73, 0.70, 0.68, 0.66, 0.64


@dataclass(frozen=True)
class Reading:
    """A compact text that another may stand for, how sure that is, and the mishap in words."""

    text: str
    score: float
    reason: str


def readings(text: str, *, edited: bool = True) -> list[Reading]:
    """What a compact text may have been, none twice, surest first; the text itself is not among them."""
    found: dict[str, Reading] = {}
    for reading in _readings(text, edited):
        if reading.text != text:
            found.setdefault(reading.text, reading)
    return sorted(found.values(), key=lambda reading: -reading.score)


def alike(text: str) -> list[Reading]:
    """What a compact text may have been if shapes alone were mistaken."""
    return [reading for reading in _shapes(text) if reading.text != text]


def _readings(text: str, edited: bool) -> Iterator[Reading]:
    if len(text) > 1:
        yield Reading(text[-1] + text[:-1], TURNED, "its first character stands at the end")
        yield Reading(text[1:] + text[:1], TURNED - 0.01, "its last character stands at the front")
    yield from _shapes(text)
    if len(text) > 1:
        for reading in _shapes(text[-1] + text[:-1]):
            why = f"its first character stands at the end, {reading.reason}"
            yield Reading(reading.text, TURNED - 0.06, why)
    if edited and _SHORTEST_EDITED <= len(text) <= LONGEST + 1:
        yield from _edits(text)


def _shapes(text: str) -> Iterator[Reading]:
    """Up to three characters written with another one's shape."""
    others = [(k, shape) for k, letter in enumerate(text[:LONGEST]) for shape in _ALIKE.get(letter, "")]
    for count in range(1, _MOST_SHAPES + 1):
        for chosen in combinations(others, count):
            if len({k for k, _ in chosen}) < count:
                continue
            letters = list(text)
            for k, shape in chosen:
                letters[k] = shape
            said = ", ".join(f"{text[k]} written for {shape}" for k, shape in chosen)
            yield Reading("".join(letters), SHAPE if count == 1 else SHAPES - 0.01 * count, said)


def _edits(text: str) -> Iterator[Reading]:
    for k in range(len(text) - 1):
        pair = text[k : k + 2]
        yield Reading(text[:k] + pair[::-1] + text[k + 2 :], SWAPPED, f"{pair} written for {pair[::-1]}")
    for k, letter in enumerate(text):
        yield Reading(text[:k] + text[k + 1 :], EXTRA, f"a {letter} too many")
    for k in range(len(text) + 1):
        for letter in LETTERS:
            yield Reading(text[:k] + letter + text[k:], MISSING, f"a {letter} missing")
    for k, old in enumerate(text):
        for letter in LETTERS:
            yield Reading(text[:k] + letter + text[k + 1 :], WRONG, f"{old} written for {letter}")


def _alike() -> dict[str, str]:
    found: dict[str, str] = {}
    for one, other in _PAIRS:
        found[one] = found.get(one, "") + other
        found[other] = found.get(other, "") + one
    return found


_ALIKE = _alike()
