"""Owners, operators and registrants found by the words of their names, whatever order, form or alphabet.

Equal words make it likely that one body is meant and prove nothing: every name is found as its source writes
it, and none is put in the place of another.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.model.sayings import PARTIES
from overflight.registry.finder_names import EXACT, GUESS, PARTIAL
from overflight.registry.finder_rows import ORGANISATIONS, PERSONS, ranks
from overflight.registry.party_names import folded_name, looks_like_organisation, tokens_of

# The same name, the same words in any order, and the least and the most for words among others.
SAME_NAME, SAME_WORDS, AMONG_OTHERS, _ALL_BUT_NONE = 0.87, 0.86, 0.60, 0.20
_BEGUN, _SLIP = 0.9, 0.85  # what a word's beginning, and a word with a slip, leave of that
_LEAST_BEGINNING = 3  # letters; two begin hundreds of words
_LEAST_SLIPPED = 5  # letters: shorter words differ by one too easily (Army, Arms)
_MOST_BEGUN = 200  # words with one beginning: more say nothing
MOST = 50  # parties found: more are no answer but a list
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Arrays = Mapping[str, pa.Array]


@dataclass(frozen=True)
class Party:
    """A name as its sources write it, and why it was found; `number` is its place in the index."""

    number: int
    name: str
    match: str
    score: float
    reason: str


@dataclass(frozen=True)
class Tie:
    """That a source named a party with an aircraft, in a role, from a first to a last UTC day."""

    address: int
    role: str
    source: str
    first_day: int
    last_day: int


def is_public(name: str, kinds: int) -> bool:
    """Whether a party may be searched for by name where everybody may search.

    Not one that any source calls a person. One that sources call an organisation or government may. Of the
    others only what surely names no person: registers are full of people who own one small aircraft, and a
    public box that finds them by name would be a directory of where they live and fly.
    """
    if kinds & PERSONS:
        return False
    return bool(kinds & ORGANISATIONS) or looks_like_organisation(name)


def parties_of(said: pa.Table) -> dict[str, pa.Array]:
    """Arrays of the parties in SAYINGS: names, their words, and the aircraft of each, newest first."""
    names, code = sorted(set(said["text"].to_pylist())), ranks(said["text"])
    kinds = np.zeros(len(names), np.int64)
    np.bitwise_or.at(kinds, code, said["kinds"].to_numpy().astype(np.int64))
    last = -said["last_day"].to_numpy()
    order = np.lexsort((said["role"].to_numpy(), said["address"].to_numpy(), last, code))
    ties = said.take(pa.array(order)).combine_chunks()
    tokens = [sorted(tokens_of(name)) for name in names]
    vocabulary = sorted(set().union(*tokens))
    number = {token: k for k, token in enumerate(vocabulary)}
    word = np.array([number[token] for some in tokens for token in some], np.int64)
    holder = np.repeat(np.arange(len(names)), [len(some) for some in tokens])
    by_word = np.lexsort((holder, word))
    public = [is_public(name, int(of)) for name, of in zip(names, kinds, strict=True)]
    found = {
        "name": pa.array(names, pa.string()), "public": pa.array(public, pa.bool_()),
        "ties": _ends(code, len(names)), "word": pa.array(vocabulary, pa.string()),
        "held": _ends(word, len(vocabulary)), "holder": pa.array(holder[by_word], pa.int32()),
    }  # fmt: skip
    for column in ("role", "address", "source", "first_day", "last_day"):
        found[column] = ties[column].combine_chunks()
    found["source"] = found["source"].dictionary_encode()
    return found


class Parties:
    """Names of parties, searchable."""

    def __init__(self, arrays: Arrays) -> None:
        """Arrays as `parties_of` makes them; nothing is copied."""
        self._arrays = arrays

    def __len__(self) -> int:
        return len(self._arrays["name"])

    def named(self, text: str, *, public: bool = False) -> list[Party]:
        """Parties whose names hold all words of the text, surest first; `public`: none that is private."""
        asked = sorted(tokens_of(text))
        if not asked or not len(self):
            return []
        among: Ints | None = None
        weight, share, slipped, begun = 0.0, 1.0, [], []
        for token in asked:
            words, left = self._words(token)
            held = np.unique(np.concatenate([np.zeros(0, np.int64), *(self._holders(w) for w in words)]))
            among = held if among is None else np.intersect1d(among, held, assume_unique=True)
            if not len(among):
                return []
            weight, share = weight + max(self._weights[word] for word in words), share * left
            slipped += [token] if left == _SLIP else []
            begun += [token] if left == _BEGUN else []
        assert among is not None
        among = among[self._public[among]] if public else among
        sure = share * (AMONG_OTHERS + _ALL_BUT_NONE * np.minimum(weight / self._whole[among], 1.0))
        best = np.lexsort((among, -sure))[:MOST]
        why, wanted = _why(slipped, begun), frozenset(asked)
        pairs = zip(among[best].tolist(), sure[best].tolist(), strict=True)
        found = [self._party(number, score, text, wanted, why) for number, score in pairs]
        return sorted(found, key=lambda party: -party.score)

    def number_of(self, name: str) -> int | None:
        """Place of a name in the index; None where no source writes it so."""
        found = pc.index(self._arrays["name"], pa.scalar(name)).as_py()
        return None if found < 0 else int(found)

    def ties(self, number: int) -> list[Tie]:
        """The aircraft of a party, the one last said first."""
        ends = self._arrays["ties"]
        run = range(ends[number].as_py(), ends[number + 1].as_py())
        return [self._tie(k) for k in run]

    def addresses(self, number: int) -> Ints:
        """Addresses of the aircraft of a party, in order, each once."""
        ends = self._arrays["ties"]
        first, last = ends[number].as_py(), ends[number + 1].as_py()
        return np.unique(self._arrays["address"].slice(first, last - first).to_numpy()).astype(np.int64)

    def _tie(self, k: int) -> Tie:
        names = ("address", "source", "first_day", "last_day")
        held = {name: self._arrays[name][k].as_py() for name in names}
        return Tie(role=PARTIES[self._arrays["role"][k].as_py()], **held)

    def _party(self, number: int, sure: float, text: str, asked: frozenset[str], why: str) -> Party:
        name = self._arrays["name"][number].as_py()
        if why:
            return Party(number, name, GUESS, sure, why)
        if folded_name(name) == folded_name(text):
            return Party(number, name, EXACT, SAME_NAME, "the same name")
        if tokens_of(name) == asked:
            reason = "the same words, apart from legal form, order, spelling or language"
            return Party(number, name, EXACT, SAME_WORDS, reason)
        return Party(number, name, PARTIAL, sure, f"its name holds {' and '.join(sorted(asked))}")

    def _words(self, token: str) -> tuple[list[int], float]:
        """Words of names that one of the text stands for, and what that leaves of being sure."""
        place = self._number.get(token)
        if place is not None:
            return [place], 1.0
        begun = self._begun(token)
        if begun:
            return begun, _BEGUN
        slips = {self._number[word] for word in _slips(token) if word in self._number}
        return sorted(slips), _SLIP

    def _begun(self, token: str) -> list[int]:
        if len(token) < _LEAST_BEGINNING:
            return []
        first = bisect_left(self._vocabulary, token)
        last = bisect_left(self._vocabulary, token + "\U0010ffff")
        return list(range(first, last)) if last - first <= _MOST_BEGUN else []

    def _holders(self, word: int) -> Ints:
        ends = self._arrays["held"]
        first, last = ends[word].as_py(), ends[word + 1].as_py()
        return np.asarray(self._arrays["holder"].slice(first, last - first).to_numpy(), np.int64)

    @cached_property
    def _vocabulary(self) -> list[str]:
        return list(self._arrays["word"].to_pylist())

    @cached_property
    def _number(self) -> dict[str, int]:
        return {word: k for k, word in enumerate(self._vocabulary)}

    @cached_property
    def _public(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._arrays["public"].to_numpy(zero_copy_only=False), bool)

    @cached_property
    def _weights(self) -> Floats:
        """What each word says: the rarer the more (the usual inverse document frequency)."""
        counts = np.diff(self._arrays["held"].to_numpy())
        return np.asarray(np.log1p(len(self) / np.maximum(counts, 1)), float)

    @cached_property
    def _whole(self) -> Floats:
        """What all words of each name say together."""
        counts = np.diff(self._arrays["held"].to_numpy())
        of = np.repeat(self._weights, counts)
        total = np.bincount(self._arrays["holder"].to_numpy(), of, minlength=len(self))
        return np.maximum(total, math.ulp(1.0))


def _slips(token: str) -> set[str]:
    """Words one letter changed, lost, added or swapped away; figures are never a slip (151, 161 Squadron)."""
    if len(token) < _LEAST_SLIPPED or not token.isalpha():
        return set()
    parts = [(token[:k], token[k:]) for k in range(len(token) + 1)]
    found = {a + b[1:] for a, b in parts if b} | {a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1}
    found |= {a + letter + b for a, b in parts for letter in _ALPHABET}
    return found | {a + letter + b[1:] for a, b in parts if b for letter in _ALPHABET}


def _why(slipped: list[str], begun: list[str]) -> str:
    parts = [f"{' and '.join(slipped)} read as a slip of the pen"] if slipped else []
    parts += [f"{' and '.join(begun)} read as the beginning of a word"] if begun else []
    return ", ".join(parts)


def _ends(codes: Ints, count: int) -> pa.Array:
    """Where the run of each number begins among sorted ones, and where the last one ends."""
    return pa.array(np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=count))]), pa.int64())
