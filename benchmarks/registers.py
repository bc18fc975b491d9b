"""Do registers come in whole, does an as-of answer equal the list in force, how often do lists contradict?

Usage: python benchmarks/registers.py [DATA] [--sample 1000] [--seed 1] [--undated 2026-08-19]

DATA is a folder of registers and identity lists, searched through (or `reference` in OVERFLIGHT_SHARED_DATA).
All that is told to be one is loaded into a fresh archive, as of the date in its name, else `--undated`.

(a) For each register, addresses that any of its snapshots names are drawn by chance, each with a day between
    a year before the first snapshot and a year after the last. What a Register of that source's claims says
    holds on that day must be what the raw snapshot in force has, as `registers_raw.py` reads it: a second
    reader in plain Python that shares no code. Nothing may hold before the first snapshot, and nothing where
    the snapshot in force lacks the address. The addresses of all snapshots must be the same in both readings.
(b) The lists are loaded once more in a shuffled order into another archive: the hashes of all tables must be
    the same.
(c) What contradicts: between lists in force on the day of the newest one; between consecutive snapshots of
    one list; and one mark on several addresses in one list.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from measuring import VARIABLE, data_folder, machine, table
from registers_raw import Row, day_text_in, rows_of

from overflight.clock import day_number, day_text
from overflight.errors import QuestionError
from overflight.formats import identity_lists, registers, vrs_routes
from overflight.formats.containers import files_under, members
from overflight.formats.reading import Tally
from overflight.intake import reference
from overflight.intake.rows import rows_about
from overflight.registry.register import HOLDS, Register
from overflight.store.folder import Store

TABLES = ("claims", "designators", "address_blocks", "mark_prefixes", "routes")
FIELDS = ("registration", "type_designator", "operator", "military")
HEAD = 1 << 16
YEAR = 365  # days
Snapshots = dict[str, dict[int, Path]]  # by name of the list, by day


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, check, count; 1 where anything differs."""
    options = _options(arguments)
    folder = Path(options.data) if options.data else data_folder(None) / "reference"
    lists = [path for path in files_under(folder) if is_list(path)]
    if not lists:
        sys.exit(f"no register and no identity list in {folder}")
    print(machine(), end="\n\n")
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as place:
        with Store.create(Path(place) / "one") as store:
            load(store, lists, options.undated)
            snapshots = _snapshots(lists, options.undated)
            wrong = 0
            for name, days in sorted(snapshots.items()):
                wrong += compare(store, name, days, options.sample, chance)
            hashes = store.table_hashes()
            print()
            contradictions(store)
        chance.shuffle(lists)
        with Store.create(Path(place) / "two") as other:
            for path in lists:
                _add(other, path, options.undated)
            same = {name: digest == hashes[name] for name, digest in other.table_hashes().items()}
    differing = sorted(name for name, equal in same.items() if not equal)
    print(f"\nLoaded in a shuffled order: {len(same)} tables, {', '.join(differing) or 'none'} differs")
    return int(bool(wrong or differing))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", nargs="?", help=f"folder of lists; default: reference in {VARIABLE}")
    parser.add_argument("--sample", type=int, default=1000, help="addresses and days drawn for each register")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--undated", default="2026-08-19", help="day of lists without a date in their name")
    return parser.parse_args(arguments)


def is_list(path: Path) -> bool:
    """Whether the file, or anything in it, is a register, an identity list or one of VRS standing data."""
    for source in members(path, Tally(path.name)):
        head = source.stream.peek(HEAD)
        if registers.reader_of(head) or identity_lists.reader_of(head) or vrs_routes.kind_of(head):
            return True
    return False


def load(store: Store, lists: Iterable[Path], undated: str) -> None:
    """Load each file and print rows and seconds."""
    rows: list[Sequence[object]] = []
    for path in lists:
        began = time.perf_counter()
        report = _add(store, path, undated)
        seconds = time.perf_counter() - began
        file = report.files[0]
        kinds = len((file.format or "").split(", "))
        counts = (f"{file.read:,}", f"{file.accepted:,}", f"{file.refused:,}", f"{seconds:.1f}")
        rows.append((path.name, kinds, *counts))
    print(table(("file", "lists in it", "rows", "kept", "refused", "s"), rows), end="\n\n")
    stored = []
    for name in TABLES:
        files = store.files(name)
        stored.append((name, f"{sum(e.rows for e in files):,}", f"{sum(e.bytes for e in files) / 1e6:.1f}"))
    print(table(("table", "rows", "MB"), stored), end="\n\n")


def _add(store: Store, path: Path, undated: str) -> Any:
    try:
        return reference.add(store, path, workers=1)
    except QuestionError:
        return reference.add(store, path, day_number(undated), workers=1)


def _snapshots(lists: Iterable[Path], undated: str) -> Snapshots:
    found: Snapshots = defaultdict(dict)
    for path in lists:
        first = next(rows_of(path), None)
        if first is not None:
            found[first[0]][day_number(day_text_in(path) or undated)] = path
    return found


def compare(store: Store, name: str, days: dict[int, Path], sample: int, chance: random.Random) -> int:
    """How many sampled answers of one register differ from the raw snapshot in force; printed."""
    began, order = time.perf_counter(), sorted(days)
    everybody = {address for path in days.values() for _, address, _ in rows_of(path)}
    held = {entry.partition for entry in store.files("claims") if entry.partition.startswith(f"{name}/")}
    ours = set(store.find("claims", [], ["address"], partitions=sorted(held))["address"].to_pylist())
    addresses = chance.choices(sorted(everybody), k=sample)
    dates = [chance.randint(order[0] - YEAR, order[-1] + YEAR) for _ in addresses]
    raw = _raw_rows(days, set(addresses))
    claims = rows_about(store, "claims", np.unique(np.array(addresses, np.int64)))
    editions = [r.day for r in store.references() if (r.kind, r.name) == (name, "register")]
    register = Register(claims.filter(pc.equal(claims["source"], name)), {name: editions})
    answers = register.as_of_many(np.array(addresses), np.array(dates)).to_pylist()
    state = register.held(addresses, dates)
    holding: dict[int, set[Row]] = defaultdict(set)
    holds = state.standing == HOLDS
    for question, row in zip(state.question[holds].tolist(), state.row[holds].tolist(), strict=True):
        said = register.claims.slice(row, 1).to_pylist()[0]
        holding[question].add(Row(*(said[field] for field in Row._fields[:5])))
    wrong = before = gone = 0
    for number, (address, date) in enumerate(zip(addresses, dates, strict=True)):
        in_force = max((day for day in order if day <= date), default=None)
        wanted = _in_force(raw, address, in_force)
        before, gone = before + (in_force is None), gone + (in_force is not None and not wanted)
        right = holding[number] == wanted and _displayed(answers[number], wanted)
        if not right:
            wrong += 1
            print(f"  {name} {address:06x} {day_text(date)}: {holding[number]} and not {wanted}")
    print(
        f"{name}: {len(order)} snapshots, {len(everybody):,} addresses ({len(everybody ^ ours):,} differ); "
        f"{sample:,} answers ({before} before the first, {gone} not in the one in force): {wrong} wrong; "
        f"{time.perf_counter() - began:.0f} s"
    )
    return wrong + len(everybody ^ ours)


def _raw_rows(days: dict[int, Path], wanted: set[int]) -> dict[tuple[int, int], set[Row]]:
    found: dict[tuple[int, int], set[Row]] = defaultdict(set)
    for day, path in days.items():
        for _, address, row in rows_of(path):
            if address in wanted:
                found[day, address].add(row)
    return found


def _in_force(raw: dict[tuple[int, int], set[Row]], address: int, day: int | None) -> set[Row]:
    """What the list in force says; of `~` addresses and those ever flagged private no mark or operator."""
    rows = raw.get((day, address), set()) if day is not None else set()
    flagged = any(row.private for (_, who), some in raw.items() if who == address for row in some)
    private = flagged or address >= 1 << 24
    hidden = {"registration": None, "operator": None} if private else {}
    return {row._replace(private=False, **hidden) for row in rows}


def _displayed(answer: dict[str, Any], rows: set[Row]) -> bool:
    """Whether what is displayed first is what one of the rows in force says, for all that they do say."""
    for field in Row._fields[:5]:
        said = {getattr(row, field) for row in rows} - {None}
        if said and answer[field] not in said:
            return False
    return True


def contradictions(store: Store) -> None:
    """Print figures of what lists say differently of one address, and of one mark on several."""
    snapshots: dict[str, list[int]] = defaultdict(list)
    for entry in store.references():
        if entry.name == "register":
            snapshots[entry.kind].append(entry.day)
    newest = {name: _said(store, name, max(days)) for name, days in snapshots.items()}
    day = max(day for days in snapshots.values() for day in days)
    print(f"Lists in force on {day_text(day)}, {len(newest)} registers:")
    rows = []
    for field in FIELDS:
        told = pa.concat_tables([said.select(["address", "list", field]) for said in newest.values()])
        told = told.filter(told[field].is_valid()).group_by(["address", "list", field]).aggregate([])
        by_list = told.group_by("address").aggregate([("list", "count_distinct"), (field, "count_distinct")])
        several = by_list.filter(pc.greater(by_list["list_count_distinct"], 1))
        differ = pc.sum(pc.greater(several[f"{field}_count_distinct"], 1)).as_py() or 0
        counts = (by_list.num_rows, several.num_rows, differ)
        rows.append((field, *(f"{count:,}" for count in counts), _share(differ, several.num_rows)))
    print(table(("what", "addresses told", "by several lists", "they differ", "share"), rows))
    print("\nFrom one snapshot of a list to its next:")
    changes = []
    for name, days in sorted(snapshots.items()):
        for first, second in zip(sorted(days), sorted(days)[1:], strict=False):
            days_told = f"{name} {day_text(first)} .. {day_text(second)}"
            changes.append((days_told, *_changed(store, name, first, second)))
    print(table(("list", "in both", "dropped", "new", *(f"other {field}" for field in FIELDS)), changes))
    print("\nOne mark on several addresses in one list:")
    shared = [(name, *_shared_marks(said)) for name, said in sorted(newest.items())]
    print(table(("list", "marks", "on several"), shared))


def _said(store: Store, name: str, day: int) -> pa.Table:
    """What a list of a day says: mark in capitals without hyphens, type, operator in lower case, military."""
    rows = store.find("claims", [], ["address", *FIELDS], partitions=[f"{name}/{day}"])
    rows = rows.filter(rows["address"].is_valid())
    mark = pc.replace_substring_regex(pc.utf8_upper(rows["registration"]), "[^0-9A-Z]", "")
    operator = pc.utf8_lower(rows["operator"])
    texts = {"registration": mark, "type_designator": rows["type_designator"], "operator": operator}
    flags = pc.if_else(rows["military"], "yes", "no")
    whose = pa.repeat(name, len(rows))
    return pa.table({"address": rows["address"], **texts, "military": flags, "list": whose})


def _changed(store: Store, name: str, first: int, second: int) -> list[str]:
    least = [(field, "min") for field in FIELDS]  # of an address that a list names twice, as of all
    old, new = (_said(store, name, day).group_by("address").aggregate(least) for day in (first, second))
    both = old.join(new, "address", right_suffix="_new", join_type="full outer", coalesce_keys=False)
    there = pc.and_(both["address"].is_valid(), both["address_new"].is_valid())
    lost, came = pc.is_null(both["address_new"]), pc.is_null(both["address"])
    counts = [pc.sum(mask).as_py() for mask in (there, lost, came)]
    for field in FIELDS:
        counts.append(pc.sum(pc.not_equal(both[f"{field}_min"], both[f"{field}_min_new"])).as_py())
    return [f"{count or 0:,}" for count in counts]


def _shared_marks(said: pa.Table) -> list[str]:
    marks = said.filter(said["registration"].is_valid()).group_by(["registration", "address"]).aggregate([])
    counted = marks.group_by("registration").aggregate([("address", "count")])
    return [f"{counted.num_rows:,}", f"{pc.sum(pc.greater(counted['address_count'], 1)).as_py() or 0:,}"]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
