"""Read and split recordings with `traffic` in its own environment; prints counts and seconds as JSON.

Usage: TRAFFIC_ENV/bin/python benchmarks/traffic_side.py traces|states MOST PATH...

What is timed, after `traffic` is imported: `read`, from the files to its objects, with its own readers, and
`split`, from those to a list of flights. MOST bounds the positions read, 0 is no bound; a file is read
whole.

- traces: `Flight.from_readsb` of each file; it takes plain JSON only, so gzip is inflated before it by the
  standard library. Split: `Flight.split("10 minutes")`, its default.
- states: `Traffic.from_file` of each CSV file (gzip is inflated by pandas), their frames joined, Unix times
  made timestamps. Split: `Traffic.iterate(by="30 minutes")`, by address and call sign; its default of 10
  minutes would cut a recording of one look in 20 minutes into single positions. Rows without a call sign
  are left out by it.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from traffic.core import Flight, Traffic

GZIP = b"\x1f\x8b"


def files_of(paths: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def traces(paths: list[str], most: int) -> dict[str, float]:
    began = time.perf_counter()
    flights, positions, failed = [], 0, 0
    for file in files_of(paths):
        content = file.read_bytes()
        content = gzip.decompress(content) if content[:2] == GZIP else content
        try:
            flight = Flight.from_readsb(io.BytesIO(content))
        except Exception:
            failed += 1  # it cannot read rows of another length
            continue
        flights.append(flight)
        positions += len(flight.data)
        if most and positions >= most:
            break
    read = time.perf_counter()
    found = [part for flight in flights for part in flight.split("10 minutes")]
    return told(began, read, positions, len(found), failed)


def states(paths: list[str], most: int) -> dict[str, float]:
    began = time.perf_counter()
    frames, positions = [], 0
    for file in files_of(paths):
        frame = Traffic.from_file(file).data
        frames.append(
            frame.assign(timestamp=pd.to_datetime(frame.timestamp.astype("int64"), unit="s", utc=True))
        )
        positions += len(frame)
        if most and positions >= most:
            break
    whole = Traffic(pd.concat(frames, ignore_index=True))
    read = time.perf_counter()
    found = list(whole.iterate(by="30 minutes"))
    return told(began, read, positions, len(found), 0)


def told(began: float, read: float, positions: int, flights: int, failed: int) -> dict[str, float]:
    end = time.perf_counter()
    return {
        "positions": positions,
        "flights": flights,
        "failed": failed,
        "read": read - began,
        "split": end - read,
    }


if __name__ == "__main__":
    work = {"traces": traces, "states": states}[sys.argv[1]]
    print(json.dumps(work(sys.argv[3:], int(sys.argv[2]))))
