"""What each kind of recording gives: every file added to an archive of its own; the table of docs/ways-in.md.

Usage: python benchmarks/ways_in.py [DATA] [--out FILE] [--workers N]

DATA is the folder of recordings (or OVERFLIGHT_SHARED_DATA); every file under its `positions` is added, each
to a new archive, so that no file explains another. Files of one folder that are read as one format are told
in one line. Read = accepted + refused + duplicate, or the run ends. What a file does not say itself is given
as a user would give it, and told in the table: `GIVEN` has it. Without --out the page goes to the screen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring import data_folder

import overflight
from overflight.clock import parse_utc
from overflight.formats import Reader
from overflight.formats.containers import files_under
from overflight.formats.reading import ReadOptions
from overflight.model.address import icao24_text
from overflight.model.heard import is_marked_spoofed

# The moment of the snapshot is in its name alone.
GIVEN: dict[str, dict[str, str]] = {"world_snapshot_2022-05-01.csv.gz": {"started": "2022-05-01T00:00:00Z"}}
TOGETHER = 3  # files of one folder and one format from which on they share a line
REASON_MAX = 260  # characters of a reason in the table
HEAD = """\
# What each kind of file gave

Made by `python benchmarks/ways_in.py`, which adds {files} real recordings one by one, each to an archive of
its own; change that script, never this page. The recordings come from others and may not be passed on; their
names and counts are all that is here. Read = accepted + refused + duplicate holds for every file. "Stops" are
those seen and those not seen, the open ones at the ends of what was recorded among them. How each format is
read is in [own-data.md](own-data.md).

| recording | format | rows read | accepted | duplicate | refused | flights | stops |
|---|---|---:|---:|---:|---:|---:|---:|
"""


@dataclass
class Gave:
    """What one file, or several of one kind, gave."""

    name: str
    format: str
    files: int = 1
    counts: Counter[str] = field(
        default_factory=Counter
    )  # read, accepted, duplicate, refused, flights, stops
    reasons: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)  # why nothing of it could be used, or where it broke off
    spoofed: int = 0
    told_of_spoofed: int = 0  # flights, stops and crossings of the aircraft that were only spoofed

    def joined(self, other: Gave, name: str) -> Gave:
        """Both as one line under a name."""
        return Gave(
            name, self.format, self.files + other.files, self.counts + other.counts,
            self.reasons + other.reasons, self.remarks + other.remarks, self.unread + other.unread,
            self.spoofed + other.spoofed, self.told_of_spoofed + other.told_of_spoofed,
        )  # fmt: skip


def gave(path: Path, name: str) -> Gave:
    """One file added to a new archive."""
    given = GIVEN.get(path.name, {})
    with tempfile.TemporaryDirectory() as folder, overflight.open(Path(folder) / "a", create=True) as shelf:
        (report,) = shelf.add(path, **given).files
        if report.read != report.accepted + report.refused + report.duplicate:
            sys.exit(f"{name}: read is not accepted + refused + duplicate")
        tables = shelf.info()["tables"]
        counts = Counter(
            read=report.read, accepted=report.accepted, duplicate=report.duplicate, refused=report.refused,
            flights=rows(tables, "flights"), stops=rows(tables, "stops"),
        )  # fmt: skip
        unread = [text for text in (report.unreadable, report.broke) if text]
        said = f"{name} (with {', '.join(f'--{k} {v}' for k, v in given.items())})" if given else name
        found = Gave(said, report.format or "-", 1, counts, report.reasons, report.remarks, unread)
        if any("spoofed" in remark for remark in report.remarks):
            found.spoofed, found.told_of_spoofed = spoofed(path, given.get("started"), shelf)
        return found


def rows(tables: dict[str, Any], name: str) -> int:
    """Rows of a table, 0 where there are none."""
    return int(tables[name]["rows"]) if name in tables else 0


def spoofed(path: Path, started: str | None, shelf: overflight.Archive) -> tuple[int, int]:
    """Positions the source calls spoofed, and what the archive tells of aircraft that have no others."""
    only: dict[int, bool] = {}
    count = 0
    for reading in Reader([path], ReadOptions(started_ms=parse_utc(started) if started else None)):
        columns = (reading.positions[name].to_pylist() for name in ("address", "source"))
        for address, source in zip(*columns, strict=True):
            marked = is_marked_spoofed(source or "")
            count += marked
            only[address] = only.get(address, True) and marked
    names = [icao24_text(address) for address, marked in only.items() if marked]
    answers = (shelf.flights(names), shelf.visits(names), shelf.crossings(names)) if names else ()
    return count, sum(len(answer) for answer in answers)


def lines_of(found: Iterable[Gave]) -> list[Gave]:
    """The files in order, those of one folder and one format as one where they are many."""
    folders: dict[tuple[str, str], list[Gave]] = {}
    for one in found:
        folders.setdefault((one.name.rpartition("/")[0], one.format), []).append(one)
    out: list[Gave] = []
    for (folder, _), members in folders.items():
        if len(members) < TOGETHER:
            out += members
            continue
        whole = members[0]
        for other in members[1:]:
            whole = whole.joined(other, f"{folder}/")
        out.append(whole)
    return sorted(out, key=lambda one: (one.name, one.format))


def page(found: list[Gave]) -> str:
    """The table, and under it the reasons and the remarks of each line that has any."""
    text = HEAD.format(files=f"{sum(one.files for one in found):,}")
    lines = lines_of(found)
    names = ("read", "accepted", "duplicate", "refused", "flights", "stops")
    for one in lines:
        files = f" ({one.files} files)" if one.files > 1 else ""
        numbers = " | ".join(f"{one.counts[name]:,}" for name in names)
        text += f"| `{one.name}`{files} | {one.format} | {numbers} |\n"
    whole = sum((one.counts for one in lines), Counter[str]())
    text += f"| together | | {' | '.join(f'{whole[name]:,}' for name in names)} |\n"
    text += "\n## Why rows were refused, and what was remarked\n\n"
    for one in lines:
        for kind, said in (("refused", one.reasons), ("remarked", one.remarks)):
            text += "".join(f"- `{one.name}`: {kind} {n:,}: {short(why)}\n" for why, n in said.most_common())
        text += "".join(f"- `{one.name}`: {short(why)}\n" for why in dict.fromkeys(one.unread))
    marked = [one for one in lines if one.spoofed]
    if marked:
        text += "\n## Positions that their source calls spoofed\n\n"
    for one in marked:
        text += (
            f"`{one.name}`: {one.spoofed:,} positions, kept. Of the aircraft that have no others the archive "
            f"tells {one.told_of_spoofed:,} flights, stops and crossings.\n"
        )
    return text


def short(reason: str) -> str:
    """A reason on one line of bearable length."""
    text = " ".join(reason.replace("|", "\\|").split())
    return text if len(text) <= REASON_MAX else f"{text[:REASON_MAX]} ..."


def main(arguments: list[str] | None = None) -> None:
    """Add every file and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", nargs="?", metavar="DATA", help="folder of recordings")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page; the screen by default")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="files added at once")
    options = parser.parse_args(arguments)
    root = data_folder(options.data) / "positions"
    files = files_under(root)
    names = [str(file.relative_to(root)) for file in files]
    with ProcessPoolExecutor(options.workers) as pool:
        text = page(list(pool.map(gave, files, names)))
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
