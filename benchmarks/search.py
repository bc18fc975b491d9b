"""Milliseconds and hits of the search box on garbled marks, beside SQL LIKE and rapidfuzz over the list.

Usage: python benchmarks/search.py --archive DIR [--asked N] [--seed N]

DIR is an archive with registers (`overflight reference add`). N names (200) are drawn from the marks that its
lists give, each is damaged in one of thirteen ways, and asked of

- `search`: `Archive.search(text, 10)`, the whole box: marks, addresses, serials, owners, places, dates ...;
- `index`: the part of it that looks for marks;
- `LIKE`: DuckDB over a table of the distinct marks without hyphens, `mark LIKE '%TEXT%' LIMIT 10`;
- `rapidfuzz`: `process.extract(TEXT, marks, scorer=ratio, limit=10)` over the same list (every tenth name: it
  takes long), where rapidfuzz is installed; Overflight itself does not need it.

A name counts as found at 1 or at 10 where the mark it was made from stands there. Neither LIKE nor rapidfuzz
ranks by how marks are garbled, and LIKE does not rank at all; marks that are one letter apart from several
others cannot be told from them by anybody. The index is made anew, kept, and read back.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import duckdb
import pyarrow as pa
from measuring import machine, table

import overflight
from overflight.registry.finder import Finder
from overflight.registry.finder_keys import LETTERS, compact
from overflight.registry.marks import normal_mark
from overflight.search.index import index_for, index_name, prepare_index
from overflight.store.folder import Store
from overflight.store.prepared import arrays_path

CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
SHAPES = {"O": "0", "0": "O", "I": "1", "1": "l", "Z": "2", "2": "Z", "S": "5", "5": "S", "B": "8", "8": "B",
          "G": "6", "6": "G"}  # fmt: skip
SLOW_EVERY = 10  # of the names rapidfuzz is asked: a pass over two million marks takes a second
SHOWN = 10


@dataclass(frozen=True)
class Case:
    """A mark, how it was damaged, and what is left of it."""

    mark: str
    damage: str
    text: str


@dataclass(frozen=True)
class Asked:
    """What one way of searching made of one case: places of the mark (None: not found) and milliseconds."""

    case: Case
    place: int | None
    ms: float


Damage = Callable[[str, Random], str | None]


def cases(marks: Sequence[str], count: int, random: Random) -> list[Case]:
    """Damaged marks, each way of damage as often as the others, every other mark of the United States."""
    found: list[Case] = []
    while len(found) < count:
        name, damage = list(DAMAGES.items())[len(found) % len(DAMAGES)]
        mark = normal_mark(marks[random.randrange(len(marks))])
        if (len(found) // len(DAMAGES) % 2 == 1) != is_american(mark):
            continue
        text = damage(mark, random) if len(compact(mark)) > 3 else None
        if text is not None and (name == "as written" or text != mark):
            found.append(Case(mark, name, text))
    return found


def is_american(mark: str) -> bool:
    """Whether a mark is of the United States' series, where nearly every number is taken."""
    return mark.startswith("N") and mark[1:2].isdigit()


def _at(text: str, random: Random) -> int:
    return random.randrange(len(text))


def _shape(mark: str, random: Random) -> str | None:
    places = [k for k, letter in enumerate(mark) if letter in SHAPES]
    if not places:
        return None
    k = random.choice(places)
    return mark[:k] + SHAPES[mark[k]] + mark[k + 1 :]


def _cyrillic(mark: str, random: Random) -> str | None:
    return mark.translate(CYRILLIC) if mark.translate(CYRILLIC) != mark else None


def _swapped(mark: str, random: Random) -> str | None:
    plain = compact(mark)
    k = random.randrange(len(plain) - 1)
    return None if plain[k] == plain[k + 1] else plain[:k] + plain[k + 1] + plain[k] + plain[k + 2 :]


def _wrong(mark: str, random: Random) -> str:
    plain = compact(mark)
    k = _at(plain, random)
    return plain[:k] + random.choice(LETTERS.replace(plain[k], "")) + plain[k + 1 :]


def _lost(mark: str, random: Random) -> str:
    plain = compact(mark)
    k = _at(plain, random)
    return plain[:k] + plain[k + 1 :]


def _more(mark: str, random: Random) -> str:
    plain = compact(mark)
    k = _at(plain, random)
    return plain[:k] + random.choice(LETTERS) + plain[k:]


def _unprefixed(mark: str) -> str | None:
    """What follows the nationality mark, as people say it."""
    rest = mark[1:] if is_american(mark) else mark.partition("-")[2]
    return rest if len(rest) > 2 else None


DAMAGES: dict[str, Damage] = {
    "as written": lambda mark, random: mark,
    "no hyphen, small": lambda mark, random: compact(mark).lower(),
    "hyphen elsewhere": lambda mark, random: f"{compact(mark)[:3]}-{compact(mark)[3:]}",
    "Cyrillic letters": _cyrillic,
    "first to the end": lambda mark, random: mark.replace("-", "")[1:] + mark[0],
    "last to the front": lambda mark, random: mark[-1] + mark.replace("-", "")[:-1],
    "a shape mistaken": _shape,
    "two swapped": _swapped,
    "one missing": _lost,
    "one too many": _more,
    "one wrong": _wrong,
    "last one cut": lambda mark, random: mark[:-1],
    "prefix cut": lambda mark, random: _unprefixed(mark),
}  # fmt: skip


def timed(case: Case, ask: Callable[[str], list[str]]) -> Asked:
    """One case asked."""
    began = time.perf_counter()
    told = ask(case.text)
    ms = (time.perf_counter() - began) * 1000
    plain = [compact(mark or "") for mark in told[:SHOWN]]
    wanted = compact(case.mark)
    return Asked(case, plain.index(wanted) + 1 if wanted in plain else None, ms)


def by_index(finder: Finder, text: str) -> list[str]:
    """Marks the index finds, as the box asks it."""
    found = finder.marks.exact(text)
    near = [] if found else [*finder.marks.partial(text), *finder.marks.garbled(text)]
    found += sorted(near, key=lambda named: -named.score)
    return [named.written for named in found]


def like(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """Marks that hold the text, hyphens aside: the first ten that come."""
    sql = "SELECT mark FROM marks WHERE plain LIKE '%' || ? || '%' LIMIT 10"
    return [row[0] for row in connection.execute(sql, [text.upper().replace("-", "")]).fetchall()]


def fuzzy(marks: Sequence[str]) -> Callable[[str], list[str]] | None:
    """rapidfuzz over the whole list; None where it is not installed."""
    if importlib.util.find_spec("rapidfuzz") is None:
        return None
    from rapidfuzz import fuzz, process

    def ask(text: str) -> list[str]:
        plain = text.upper().replace("-", "")
        return [found[0] for found in process.extract(plain, marks, scorer=fuzz.ratio, limit=SHOWN)]

    return ask


def built(store: Store) -> tuple[Finder, list[list[object]]]:
    """The index made anew, and what that took."""
    began = time.perf_counter()
    rows = prepare_index(store, lambda _what, _done, _all: None)
    made_s = time.perf_counter() - began
    began = time.perf_counter()
    finder = index_for(store).finder
    read_s = time.perf_counter() - began
    size = arrays_path(store.folder, index_name(store)).stat().st_size
    facts: list[list[object]] = [
        ["sayings of the lists", f"{rows:,}"], ["aircraft", f"{len(finder.addresses):,}"],
        ["marks", f"{len(finder.marks):,}"], ["serial numbers", f"{len(finder.serials):,}"],
        ["parties", f"{len(finder.parties):,}"], ["made in", f"{made_s:.1f} s"],
        ["kept as", f"{size / 1e6:,.0f} MB"], ["read in", f"{read_s * 1000:.0f} ms"],
    ]  # fmt: skip
    return finder, facts


def summary(name: str, asked: Sequence[Asked]) -> list[object]:
    """A row: milliseconds, and the share found."""
    ms = sorted(one.ms for one in asked)
    at = [sum(one.place is not None and one.place <= k for one in asked) / len(asked) for k in (1, SHOWN)]
    late = ms[min(len(ms) - 1, int(len(ms) * 0.95))]
    return [name, len(asked), f"{median(ms):.1f}", f"{late:.1f}", f"{ms[-1]:.1f}", *(f"{a:.0%}" for a in at)]


def kinds(ways: dict[str, list[Asked]]) -> Iterator[list[object]]:
    """A row for each way of damage: found at 1 and at 10 by each way of searching."""
    for damage in DAMAGES:
        cells: list[object] = [damage]
        for asked in ways.values():
            ours = [one for one in asked if one.case.damage == damage]
            for k in (1, SHOWN):
                found = sum(one.place is not None and one.place <= k for one in ours)
                cells.append(f"{found}/{len(ours)}")
        yield cells


def main() -> None:
    """Build, ask, print."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine(), "\n")
    with Store.open(options.archive) as store:
        finder, facts = built(store)
        print(table(["index", ""], facts), "\n")
        written = finder.marks.written()
    marks = sorted({compact(mark) for mark in written if mark})
    tried = cases(written, options.asked, Random(options.seed))
    with overflight.open(options.archive) as archive:
        archive.search("warm")
        ways = {
            "search": [timed(c, lambda text: _told(archive, text)) for c in tried],
            "index": [timed(c, lambda text: by_index(finder, text)) for c in tried],
        }
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"plain": marks}))
        connection.execute("CREATE TABLE marks AS SELECT plain, plain AS mark FROM given")
        ways["LIKE"] = [timed(c, lambda text: like(connection, text)) for c in tried]
    if (ask := fuzzy(marks)) is not None:
        few = tried[::SLOW_EVERY]  # thirteen ways of damage and ten have no common measure
        ways["rapidfuzz"] = [timed(case, ask) for case in few]
    heads = ["", "asked", "median ms", "p95 ms", "most ms", "at 1", "at 10"]
    print(table(heads, [summary(name, asked) for name, asked in ways.items()]), "\n")
    heads[0] = "not of the United States"
    others = {name: [a for a in asked if not is_american(a.case.mark)] for name, asked in ways.items()}
    print(table(heads, [summary(name, asked) for name, asked in others.items()]), "\n")
    heads = ["damage", *(f"{name} at {k}" for name in ways for k in (1, SHOWN))]
    print(table(heads, list(kinds(ways))))


def _told(archive: overflight.Archive, text: str) -> list[str]:
    """Marks of the hits, and as their source writes them."""
    rows = archive.search(text, SHOWN).rows
    return [row["as_reported"] if row["kind"] == "aircraft" else row["registration"] or "" for row in rows]


if __name__ == "__main__":
    main()
