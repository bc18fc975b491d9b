"""Files of every format, changed at random: read without a crash, a hang or much memory."""

from __future__ import annotations

import gzip
import resource
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import FrameType

from overflight.formats import Reader
from overflight.formats.reading import ReadOptions

LONGEST_S = 5  # of one file of some kilobytes: more is a hang
MOST_MB = 1_000  # by which the process may grow over all of them
WORDS = (
    b"null", b"NaN", b"1e999", b"-1", b"99999999999999999999", b"\xff\xfe", b"\0", b"[", b"]", b"{", b"}",
    b'"', b",", b"\n", b"\r", b"1e308", b"0x1", b"\x1a", b"PK\x03\x04", b"\x1f\x8b",
)  # fmt: skip


class TooLong(Exception):
    """A file took longer than LONGEST_S."""


def mutated(content: bytes, other: bytes, chance: Random) -> bytes:
    """The content with one to four changes: flips, cuts, zeros, copies, words, pieces of another file."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(data)) if data else 0
        length = min(len(data) - at, int(2 ** chance.uniform(0, 9)))
        match chance.randrange(8):
            case 0 if data:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at:]
            case 2:
                del data[at : at + length]
            case 3:
                data[at : at + length] = bytes(length)
            case 4:
                data[at:at] = data[at : at + length]
            case 5:
                data[at:at] = chance.choice(WORDS)
            case 6:
                data[at:at] = chance.randbytes(length)
            case _:
                start = chance.randrange(len(other)) if other else 0
                data[at : at + length] = other[start : start + length]
    return bytes(data)


def mutants(
    seeds: Sequence[tuple[str, bytes, ReadOptions]], folder: Path, count: int, chance: Random
) -> tuple[list[str | None], Counter[str]]:
    """What was wrong with each of `count` mutants of the seeds (None: nothing), and how many of each seed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mutant"
    outcomes: list[str | None] = []
    tried: Counter[str] = Counter()
    peak_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = signal.signal(signal.SIGALRM, _too_long)
    try:
        for number in range(count):
            name, content, options = seeds[number % len(seeds)]
            packed = number // len(seeds) % 3 == 2
            whole = gzip.compress(content, mtime=0) if packed else content
            path.write_bytes(mutated(whole, seeds[chance.randrange(len(seeds))][1], chance))
            wrong = _read(path, options)
            if wrong is not None:
                kept = folder / f"wrong-{number}-{name}"
                kept.write_bytes(path.read_bytes())
                wrong = f"{kept}: {wrong}"
            outcomes.append(wrong)
            tried[name] += 1
    finally:
        signal.signal(signal.SIGALRM, before)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_before) / 1_000
    if grown_mb > MOST_MB:
        outcomes.append(f"the process grew by {grown_mb:,.0f} MB")
    return outcomes, tried


def _read(path: Path, options: ReadOptions) -> str | None:
    """What is wrong with how a file was read."""
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    began = time.perf_counter()
    reader = Reader([path], options)
    try:
        accepted = sum(reading.positions.num_rows for reading in reader)
    except TooLong:
        return f"not read after {LONGEST_S} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    (tally,) = reader.tallies
    if tally.rows_read != accepted + tally.refused_count:
        return f"{tally.rows_read} read, {accepted} accepted, {tally.refused_count} refused"
    if not accepted and not tally.refused_count and not (tally.unreadable or tally.broke or tally.remarks):
        empty = path.stat().st_size == 0 or tally.format is not None
        return None if empty else f"nothing was said of it after {time.perf_counter() - began:.1f} s"
    return None


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise TooLong


def seeds_of(folder: Path) -> list[tuple[str, bytes, ReadOptions]]:
    """The files of a folder, by name; a column map NAME.toml beside NAME.csv is used for it."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".toml":
            mapping = path.with_suffix(".toml")
            options = ReadOptions("synthetic", mapping if mapping.exists() else None)
            found.append((path.name, path.read_bytes(), options))
    return found
