"""How often each flag of an identity is raised over whole lists, and examples to look at by hand.

    .venv/bin/python benchmarks/identity_flags.py FOLDER_OF_LISTS [--day 2021-06-01 ...] [--sample 200000]

FOLDER_OF_LISTS holds registers and lists of address blocks as `overflight reference add` takes them; the day
of each is in its name, `--as-of` is that of a file without. The counts are of addresses; an address may have
several flags. Examples are drawn with a fixed seed and go to standard output after the counts.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa

from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.intake.reference_files import REGISTER, read_file
from overflight.model.address import icao24_text
from overflight.model.fields import ADDRESS_BLOCKS, schema
from overflight.registry.blocks import AddressBlocks
from overflight.registry.identity_flags import FLAGS, flags_of_many
from overflight.registry.register import Register

DAYS = ("2018-09-01", "2021-06-01", "2023-09-01")
SEED = 6


def loaded(folder: Path, as_of: str) -> tuple[Register, AddressBlocks]:
    """The register of all lists in a folder, and the blocks of those that have some."""
    claims, blocks, editions = [], [schema(ADDRESS_BLOCKS).empty_table()], defaultdict(list)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            found, _ = read_file(file, None)
        except QuestionError:
            found, _ = read_file(file, day_number(as_of))
        for one in found:
            if one.table == "claims":
                claims.append(one.rows)
                if one.kind == REGISTER:
                    editions[one.source].append(one.day)
            elif one.table == "address_blocks":
                blocks.append(one.rows)
    return Register(claims, editions), AddressBlocks.packaged(pa.concat_tables(blocks))


def main() -> None:
    """Counts for each day, then examples."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--day", action="append", default=[])
    parser.add_argument("--as-of", default="2026-08-19", help="day of lists that have none in their names")
    parser.add_argument("--sample", type=int, help="only so many addresses, drawn with a fixed seed")
    parser.add_argument("--look", type=int, default=20, help="examples of each flag, on the last day")
    options = parser.parse_args()
    begun = time.perf_counter()
    register, blocks = loaded(options.folder, options.as_of)
    addresses = register.claims["address"].unique().to_pylist()
    print(f"{register.claims.num_rows:,} sayings of {len(addresses):,} addresses,", end=" ")
    print(f"read in {time.perf_counter() - begun:.0f} s", flush=True)
    if options.sample:
        addresses = sorted(random.Random(SEED).sample(sorted(addresses), options.sample))
        print(f"of them {len(addresses):,} looked at")
    for name in options.day or DAYS:
        begun = time.perf_counter()
        found = flags_of_many(register, addresses, day_number(name), blocks=blocks)
        counts = Counter(flag.name for flags in found.values() for flag in flags)
        print(f"\n{name}: {sum(map(bool, found.values())):,} addresses with a flag,", end=" ")
        print(f"in {time.perf_counter() - begun:.0f} s")
        for flag in FLAGS:
            print(f"  {flag:28} {counts[flag]:8,}")
    told = defaultdict(list)
    for address, flags in found.items():
        for flag in flags:
            told[flag.name].append(f"{icao24_text(address)}  {flag.evidence}")
    for flag in FLAGS:
        some = sorted(told[flag])
        print(f"\n{flag}, {min(options.look, len(some))} of {len(some):,}")
        for text in random.Random(SEED).sample(some, min(options.look, len(some))):
            print(f"  {text}")


if __name__ == "__main__":
    main()
