"""How often an archive survived what was done to it: kills, bad disks, flipped bits, hostile files.

Usage: python benchmarks/faults.py [--kills N] [--disks N] [--errors N] [--flips N]
       [--bombs N] [--mutants N] [--samples DIR] [--seed S] [--keep DIR] [--write]

Prints a table of what was tried, how often, and how often it held; `--write` puts it into
docs/reliability.md, in place of the lines of the faults that were tried. Exit status 1: something did not
hold. The first things that did not are printed below the table.

The archive is a small synthetic one (`overflight synth`), so that each fault takes a second; the numbers of
faults are those of the page by default, which takes about half an hour. Full disks need root (each is a
tmpfs), failing ones Debian's package fiu-utils; where one is missing it says so. Mutants are made of the
samples of docs/own-data.md, and of recordings in `--samples`, files under 300 kB.
"""

from __future__ import annotations

import argparse
import re
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from faults_bits import flips
from faults_bombs import tried as bombs_tried
from faults_kills import failing_disks, full_disks, kills, may_fail, may_mount
from faults_mutants import mutants, seeds_of
from faults_world import counted, made_world
from measuring import machine

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: benchmarks/faults.py -->", "<!-- end of figures -->"
SAMPLE_BYTES = 300_000
ROW = re.compile(r"^\| (?!fault)([^|]+) \|([ \d,]+\|[ \d,]+\|)$", re.M)
REMARK = re.compile(r"^- (.+)$", re.M)
FENCE = re.compile(r"^```\S* file=(\S+)\n(.*?)^```$", re.M | re.S)

Line = tuple[str, int, int, list[str]]


def seeds_into(folder: Path, samples: Path | None) -> None:
    """Write the files that mutants are made of: the page's samples, a tar and a zip of them, recordings."""
    folder.mkdir(parents=True)
    for name, text in FENCE.findall((ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")):
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    written = sorted(path for path in folder.iterdir() if path.suffix != ".toml")
    with tarfile.open(folder / "all.tar", "w") as tar, zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for path in written:
            tar.add(path, path.name)
            archive.write(path, path.name)
    for path in sorted(samples.rglob("*")) if samples is not None else ():
        if path.is_file() and path.stat().st_size < SAMPLE_BYTES:
            (folder / f"{path.parent.name}-{path.name}").write_bytes(path.read_bytes())


def campaign(options: argparse.Namespace, scratch: Path) -> tuple[list[Line], list[str]]:
    """The lines of the table, and remarks under it."""
    chance = Random(options.seed)
    lines: list[Line] = []
    remarks: list[str] = []
    world = made_world(scratch / "world")
    if options.kills:
        outcomes = kills(world, scratch / "killed", options.kills, chance)
        lines.append(counted("intake killed by SIGKILL at a random moment", outcomes))
    if options.disks and may_mount():
        outcomes = full_disks(world, scratch / "disk", options.disks)
        lines.append(counted("intake to a disk that fills up", outcomes))
    elif options.disks:
        remarks.append("Full disks were not tried: that needs root.")
    if options.errors and may_fail():
        outcomes = failing_disks(world, scratch / "failing", options.errors, chance)
        lines.append(counted("intake while writes, flushes and renames fail at random", outcomes))
    elif options.errors:
        remarks.append("Failing disks were not tried: that needs fiu-utils.")
    if options.flips:
        outcomes, became = flips(world, scratch / "flipped", options.flips, chance)
        lines.append(counted("one bit flipped somewhere in an archive", outcomes))
        remarks += [f"Flipped bits, {what}: {count:,}." for what, count in sorted(became.items())]
    if options.bombs:
        outcomes, measured = bombs_tried(scratch / "bombs", options.bombs)
        lines.append(counted("bombs, endless lines, paths that lead outside", outcomes))
        name, seconds, _ = max(measured, key=lambda one: one[1])
        _, _, peak_mb = max(measured, key=lambda one: one[2])
        longest = f"the longest took {seconds:.1f} s ({name})"
        remarks.append(f"Of the bombs {longest}, the largest {peak_mb:,.0f} MB.")
    if options.mutants:
        seeds_into(scratch / "seeds", options.samples)
        outcomes, tried = mutants(seeds_of(scratch / "seeds"), scratch / "mutants", options.mutants, chance)
        lines.append(counted("a file changed at random is read", outcomes))
        remarks.append(f"Mutants were made of {len(tried):,} files.")
    return lines, remarks


def page_table(lines: Sequence[Line], remarks: Sequence[str], before: str = "") -> str:
    """The table and its remarks as the page shows them; lines of faults not tried now are those of before."""
    found = dict(ROW.findall(before))
    found |= {what: f" {tried:,} | {held:,} |" for what, tried, held, _ in lines}
    said = {_subject(text): text for text in [*REMARK.findall(before), *remarks]}
    rows = ["| fault | tried | held |", "|---|---:|---:|"]
    rows += [f"| {what} |{rest}" for what, rest in found.items()]
    return "\n".join([*rows, "", f"Measured with {machine()}.", "", *(f"- {text}" for text in said.values())])


def _subject(remark: str) -> str:
    """What a remark is about: all before its first figure."""
    return re.split(r"\d", remark)[0]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    counts = {"kills": 500, "disks": 60, "errors": 200, "flips": 2_000, "bombs": 99, "mutants": 10_000}
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count, metavar="N", help=f"default: {count:,}")
    parser.add_argument("--samples", type=Path, help="a folder of recordings to make mutants of")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a new folder for what is made, not removed")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lines, remarks = campaign(options, options.keep or Path(folder))
    print(page_table(lines, remarks))
    for what, _, _, wrong in lines:
        for text in wrong:
            print(f"\nnot held: {what}: {text}")
    if options.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        before, _, tail = rest.partition(END)
        table = page_table(lines, remarks, before)
        PAGE.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{tail}", encoding="utf-8")
    return int(any(tried != held for _, tried, held, _ in lines))


if __name__ == "__main__":
    sys.exit(main())
