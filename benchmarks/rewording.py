"""How well re-wordings in a list's operator texts are told from changes of hand; in Markdown.

Usage: python benchmarks/rewording.py [FOLDER]

Reads tests/data/operator_changes/labels.csv, where one judge judged one aircraft of each distinct change of
text. Prints the confusion of judgement and answer, and precision and recall with intervals, for the half of
the pairs on which the rules were made and for the half that was held out. With FOLDER, which holds the lists
as `plane-alert-db_YYYY-MM-DD.csv.gz`, it also draws the sample anew, compares, counts all changes by kind,
and counts how many random pairs of different names that share a word are read as one party.
"""

from __future__ import annotations

import csv
import hashlib
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import sqrt
from pathlib import Path

from overflight.clock import day_number
from overflight.formats import plane_alert_db
from overflight.formats.containers import members
from overflight.formats.reading import Tally
from overflight.registry.party_names import tokens_of
from overflight.registry.rewording import (
    CHANGED,
    KINDS,
    UNCLEAR,
    Batch,
    Change,
    Listed,
    batches_of,
    change_of,
    changes_between,
    listed_by_address,
)

LABELS = Path(__file__).resolve().parent.parent / "tests/data/operator_changes/labels.csv"
JUDGED = ("reworded", "renamed", "another", "changed", "unclear")
DEVELOPMENT, HELD_OUT = "development", "held-out"
BULK = 3  # aircraft with the same change of text in one list: from here on it is an edit in bulk
SEED = "overflight"
PAIRS = 5000  # random pairs of names
Z = 1.96  # of a normal distribution, for intervals of 95 %
# Of labels.csv, which has `label` and `why` besides.
COLUMNS = (
    "icao24", "mark_before", "mark_after", "type_before", "type_after", "designator_before",
    "designator_after", "from_day", "to_day", "operator_before", "operator_after", "alike", "kept", "already",
    "stratum", "half",
)  # fmt: skip


def read_labels(path: Path = LABELS) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answer(row: dict[str, str]) -> Change:
    """What the rules say of one judged row."""
    old, new = (
        Listed(
            row[f"operator_{when}"], row[f"mark_{when}"] or None, row[f"designator_{when}"] or None,
            row[f"type_{when}"] or None,
        )
        for when in ("before", "after")
    )  # fmt: skip
    return change_of(old, new, Batch(int(row["alike"]), int(row["kept"]), int(row["already"])))


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def figures(rows: Iterable[dict[str, str]]) -> dict[str, tuple[int, int]]:
    """Hits and cases of each measure over judged rows; rows judged unclear count only where it is said."""
    judged = [(row["label"], answer(row).kind) for row in rows]
    clear = [(label, kind) for label, kind in judged if label != "unclear"]
    same = {"reworded", "renamed"}
    other = {"changed", "another"}

    def share(of: list[tuple[str, str]], hit: set[str], column: int) -> tuple[int, int]:
        return sum(pair[column] in hit for pair in of), len(of)

    return {
        "changed: precision": share([p for p in clear if p[1] == CHANGED], {"changed"}, 0),
        "changed: precision, judged unclear as wrong": share(
            [p for p in judged if p[1] == CHANGED], {"changed"}, 0
        ),
        "changed: recall": share([p for p in clear if p[0] == "changed"], {CHANGED}, 1),
        "another party: precision": share([p for p in clear if p[1] in (CHANGED, UNCLEAR)], other, 0),
        "another party: recall": share([p for p in clear if p[0] in other], {CHANGED, UNCLEAR}, 1),
        "same party: precision": share([p for p in clear if p[1] in same], same, 0),
        "same party: recall": share([p for p in clear if p[0] in same], same, 1),
        "judged unclear and left open": share([p for p in judged if p[0] == "unclear"], {UNCLEAR}, 1),
    }


def confusion(rows: Iterable[dict[str, str]]) -> dict[tuple[str, str], int]:
    """Rows by judgement and answer."""
    return Counter((row["label"], answer(row).kind) for row in rows)


def lists(folder: Path) -> dict[str, dict[int, Listed]]:
    """The lists of the folder by day."""
    found = {}
    for path in sorted(folder.glob("plane-alert-db_*.csv.gz")):
        day = path.name.removeprefix("plane-alert-db_").removesuffix(".csv.gz")
        for source in members(path, Tally(path.name)):
            found[day] = listed_by_address(plane_alert_db.read(source, day_number(day)))
    return found


def half_of(before: str, after: str) -> str:
    """Half of a pair of texts, the same in every list, so that no pair is in both."""
    digest = hashlib.sha256(f"{SEED}|{before}|{after}".encode()).digest()
    return DEVELOPMENT if digest[0] % 2 else HELD_OUT


def drawn(by_day: dict[str, dict[int, Listed]]) -> list[dict[str, str]]:
    """One aircraft of each distinct change of text in each list, drawn with a seed."""
    rows = []
    for (first, older), (second, newer) in pairwise(by_day.items()):
        batches, pairs = batches_of(older, newer), defaultdict(list)
        for address in sorted(batches):
            pairs[older[address].operator or "", newer[address].operator or ""].append(address)
        for (before, after), addresses in sorted(pairs.items()):
            chosen = random.Random(f"{SEED}|{first}|{before}|{after}").choice(addresses)
            old, new, batch = older[chosen], newer[chosen], batches[chosen]
            said = (
                f"{chosen:06x}", old.registration, new.registration, old.description, new.description,
                old.type_designator, new.type_designator, first, second, before, after,
                batch.alike, batch.kept, batch.already,
                "bulk" if batch.alike >= BULK else "single", half_of(before, after),
            )  # fmt: skip
            rows.append(dict(zip(COLUMNS, ("" if x is None else str(x) for x in said), strict=True)))
    return rows


def report(rows: list[dict[str, str]]) -> None:
    for half in (DEVELOPMENT, HELD_OUT):
        chosen = [row for row in rows if row["half"] == half]
        print(f"\n## {half}: {len(chosen)} changes of text\n\n| judged | {' | '.join(KINDS)} |")
        print("|---" * (len(KINDS) + 1) + "|")
        table = confusion(chosen)
        for label in JUDGED:
            print(f"| {label} | " + " | ".join(str(table[label, kind]) for kind in KINDS) + " |")
        print("\n| | share | 95 % | hits of |\n|---|---|---|---|")
        for name, (hits, of) in figures(chosen).items():
            low, high = interval(hits, of)
            share = f"{hits / of:.2f}" if of else "-"
            print(f"| {name} | {share} | {low:.2f} to {high:.2f} | {hits} of {of} |")


def count_all(by_day: dict[str, dict[int, Listed]]) -> None:
    print("\n## All changes of text between two lists in a row\n")
    print(f"| list | aircraft in both | changed text | {' | '.join(KINDS)} |")
    print("|---" * (len(KINDS) + 3) + "|")
    total: Counter[str] = Counter()
    for (_, older), (day, newer) in pairwise(by_day.items()):
        kinds = Counter(change.kind for change in changes_between(older, newer).values())
        total += kinds
        cells = (len(older.keys() & newer.keys()), kinds.total(), *(kinds[kind] for kind in KINDS))
        print(f"| {day} | " + " | ".join(map(str, cells)) + " |")
    print(f"| all | | {total.total()} | " + " | ".join(str(total[kind]) for kind in KINDS) + " |")


def namesakes(newest: dict[int, Listed]) -> None:
    """Random pairs of different names of one list that share a word, by kind; each without any context."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name in sorted({listed.operator for listed in newest.values() if listed.operator}):
        for token in sorted(tokens_of(name)):
            holders[token].append(name)
    words = [word for word, names in holders.items() if len(names) > 1]
    chance = random.Random(SEED)
    pairs: set[tuple[str, str]] = set()
    while len(pairs) < PAIRS:
        first, second = sorted(chance.sample(holders[chance.choice(words)], 2))
        pairs.add((first, second))
    kinds = Counter(change_of(Listed(first), Listed(second)).kind for first, second in pairs)
    equal = sum(tokens_of(first) == tokens_of(second) for first, second in pairs)
    print(f"\n## {PAIRS:,} random pairs of different names that share a word, from the newest list\n")
    print(", ".join(f"{kind} {kinds[kind]}" for kind in KINDS), f"; with the same words {equal}")
    for first, second in sorted(pairs):
        change = change_of(Listed(first), Listed(second))
        if change.same_party and tokens_of(first) != tokens_of(second):
            print(f"- {first} / {second}: {change.reason}")


def main(arguments: list[str]) -> None:
    rows = read_labels()
    report(rows)
    if arguments:
        by_day = lists(Path(arguments[0]))
        held = [{name: row[name] for name in COLUMNS} for row in rows]
        anew = drawn(by_day)
        missing = sum(row not in anew for row in held)
        print(f"\ndrawn anew: {len(anew)} distinct changes of text, {len(anew) - len(held)} not judged;")
        print(f"{missing} of the {len(held)} judged are not among them")
        left_out = Counter(answer(row).kind for row in anew if row not in held)
        print("those not judged:", ", ".join(f"{kind} {left_out[kind]}" for kind in KINDS))
        count_all(by_day)
        namesakes(list(by_day.values())[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
