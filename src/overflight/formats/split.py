"""Files cut into parts, `NAME.tar.aa, NAME.tar.ab ...`, as `split` makes them and adsb.lol publishes days.

A part is no file of its own: only its name says what it is a part of, the one case in which a name counts.
Naming one part names all that lie beside it; they are read one after the other in order of their letters, as
if they were one file. No joined copy is written. Where a part is missing, what comes before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from string import ascii_lowercase

_PART = re.compile(
    r"(?P<stem>.+\.(?:tar|tgz|tar\.gz|tar\.xz|tar\.bz2|zip)\.)(?!gz|xz|bz|lz)(?P<letters>[a-z]{2})"
)
_EARLY = "a"  # first letter of the first 26 parts; of later ones `aa` has to be there too


@dataclass(frozen=True)
class Split:
    """The parts to be read, in order, and in words what is missing; no parts where the first one is."""

    stem: str
    parts: tuple[Path, ...]
    missing: str | None = None

    @property
    def name(self) -> str:
        """Name for reports: that of the first part and the letters of the last."""
        if len(self.parts) < 2:
            return self.parts[0].name if self.parts else f"{self.stem}aa"
        return f"{self.parts[0].name} to {self.parts[-1].name.removeprefix(self.stem)}"

    def __str__(self) -> str:
        return self.name


Input = Path | Split


def joined(files: Iterable[Path]) -> list[Input]:
    """The files, each set of parts once, at the place of the first of them that was named."""
    found: list[Input] = []
    seen: set[tuple[Path, str]] = set()
    for file in files:
        match = _PART.fullmatch(file.name)
        first = None if match is None else file.with_name(f"{match['stem']}aa")
        if match is None or first is None or not (match["letters"].startswith(_EARLY) or first.exists()):
            found.append(file)
            continue
        key = (file.parent.resolve(), match["stem"])
        if key not in seen:
            seen.add(key)
            found.append(_split(file.parent, match["stem"]))
    return found


def parts_of(given: Input) -> Sequence[Path]:
    """The files of an input: itself, or its parts."""
    return given.parts if isinstance(given, Split) else (given,)


def size_of(given: Input) -> int:
    """Bytes of an input."""
    return sum(part.stat().st_size for part in parts_of(given))


def _split(folder: Path, stem: str) -> Split:
    """All parts in a folder up to the first that is missing."""
    matches = (_PART.fullmatch(path.name) for path in folder.iterdir())
    there = sorted(match["letters"] for match in matches if match is not None and match["stem"] == stem)
    pairs = zip(there, _in_order(), strict=False)
    whole = [have for have, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    parts = tuple(folder / f"{stem}{letters}" for letters in whole)
    if len(whole) == len(there):
        return Split(stem, parts)
    wanted = next(letters for letters in _in_order() if letters not in whole)
    later = len(there) - len(whole)
    rest = f"{later} part{'' if later == 1 else 's'} after it not read"
    first = "" if whole else ", the first part,"
    return Split(stem, parts, f"{stem}{wanted}{first} is missing: {rest}")


def _in_order() -> Iterator[str]:
    """`aa`, `ab` ... `zz`."""
    return (first + second for first in ascii_lowercase for second in ascii_lowercase)
