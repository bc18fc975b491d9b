"""By what a removal knows a name again though it keeps only a hash: case, order and spelling aside.

The hash is of the canonical words of the name (registry.party_names) in alphabetical order. So `PUBLIC, John
Q` is `John Q. Public`; `John Public` is another name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence

from overflight.registry.party_names import folded_name, tokens_of, words_of

JOINT = ";"  # between the parties of one field: readers join registrants with it
# Words of a name that is looked for inside a sentence: the longest names of ministries in the lists have
# nine. A longer one is known again only where it is all of a text.
MOST_WORDS = 12
# A text is read in runs of twice as many, so that each name is whole in one: of usual words some 200 letters.
_RUN = 2 * MOST_WORDS
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_PIECE = 400  # letters between two blanks that are folded at one go: party_names reads no more


def folded_text(text: str) -> str:
    """The text with case and blanks aside."""
    return " ".join(text.casefold().split())


def digest_of(text: str) -> str:
    """SHA-256 (hex) of the folded text: a removal keeps no name."""
    return hashlib.sha256(folded_text(text).encode()).hexdigest()


def name_digest(name: str) -> str:
    """Digest of a name's canonical words in alphabetical order; of the folded text where it has no words."""
    tokens = tokens_of(name)
    return digest_of(" ".join(sorted(tokens)) if tokens else name)


def parties_in(text: str) -> list[str]:
    """The parties of one field: `Jane Doe; John Roe` are two."""
    return [part for piece in text.split(JOINT) if (part := piece.strip())]


def party_digests(text: str) -> frozenset[str]:
    """Digests by which a removal may know a field, as a whole or one of its parties."""
    parts = (text, *parties_in(text))
    return frozenset(digest for part in parts for digest in (digest_of(part), name_digest(part)))


def without_party(text: str, digest: str) -> str | None:
    """The field without the parties that have the digest; None where nobody is left."""
    if digest in (digest_of(text), name_digest(text)):
        return None
    kept = [part for part in parties_in(text) if digest not in (digest_of(part), name_digest(part))]
    return f"{JOINT} ".join(kept) or None


def tells_any(text: str, digests: Collection[str]) -> bool:
    """Whether a text is, or holds as consecutive words, a name that has one of the digests."""
    if not digests:
        return False
    return not party_digests(text).isdisjoint(digests) or any(one in digests for one in _inside(text))


def _inside(text: str) -> Iterator[str]:
    """Digests of all runs of at most MOST_WORDS words, as they stand and as canonical words."""
    plain = [
        word
        for piece in _POSSESSIVE.sub("", text).split()
        for start in range(0, len(piece), _PIECE)
        for word in folded_name(piece[start : start + _PIECE]).split()
    ]
    yield from _runs(plain)
    for start in range(0, max(len(plain) - MOST_WORDS, 1), MOST_WORDS):
        yield from _runs(words_of(" ".join(plain[start : start + _RUN])))


def _runs(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        held: set[str] = set()
        for word in words[start : start + MOST_WORDS]:
            held.add(word)
            yield hashlib.sha256(" ".join(sorted(held)).encode()).hexdigest()
