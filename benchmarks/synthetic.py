"""Larger recordings made from real ones, for measuring only: the same rows, moved, under other addresses.

Every address made here lies in B00000-BFFFFF, which ICAO's table of blocks (Annex 10, volume III, chapter
9) allots to no state, so that nothing of it can be taken for an aircraft. Archives of it are to be marked
`synthetic`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from isal import igzip

FIRST_ADDRESS, ADDRESSES = 0xB00000, 1 << 20
NEAR_DEG = 0.004  # 440 m: surface reports stay on their airfield, and no two copies share a point
FAR_DEG = (15.0, 60.0)  # latitude, longitude: other fields, other countries
STEP_DEG = 0.0002  # OpenSky's columns have four decimals
TIME_S = 6 * 3600.0
LEVEL = 1  # isal's compression; readsb writes with zlib's level 1 too
Trace = dict[str, Any]


def read_traces(files: Sequence[Path]) -> list[Trace]:
    """readsb traces, plain or gzip."""
    contents = [file.read_bytes() for file in files]
    return [json.loads(igzip.decompress(c) if c[:2] == b"\x1f\x8b" else c) for c in contents]


def copies_of(traces: Sequence[Trace], positions: int, seed: int = 1) -> Iterator[Trace]:
    """Copies of the traces in turn until `positions` rows are made; every other round is moved far."""
    chance = np.random.default_rng(seed)
    made = number = 0
    while made < positions:
        far = number // len(traces) % 2 == 1
        yield moved(traces[number % len(traces)], number, far, chance)
        made += len(traces[number % len(traces)]["trace"])
        number += 1


def moved(trace: Trace, number: int, far: bool, chance: np.random.Generator) -> Trace:
    """A trace under the number's address, shifted in time by up to 6 h and in place."""
    reach = FAR_DEG if far else (NEAR_DEG, NEAR_DEG)
    north, east = (float(chance.uniform(-r, r)) for r in reach)
    rows = [
        [row[0], round(row[1] + north, 6), round((row[2] + east + 180) % 360 - 180, 6), *row[3:]]
        for row in trace["trace"]
        if abs(row[1] + north) < 90
    ]
    return {
        **trace,
        "icao": f"{FIRST_ADDRESS + number % ADDRESSES:06x}",
        "r": f"SYNTHETIC{number}",
        "desc": "synthetic",
        "ownOp": "synthetic",
        "timestamp": round(trace["timestamp"] + float(chance.uniform(-TIME_S, TIME_S)), 3),
        "trace": rows,
    }


def write_traces(folder: Path, files: Sequence[Path], positions: int) -> int:
    """Rows written as gzip `trace_full_HEX.json` in folders by the last two digits, as readsb does."""
    total = 0
    for trace in copies_of(read_traces(files), positions):
        into = folder / trace["icao"][-2:]
        into.mkdir(parents=True, exist_ok=True)
        text = json.dumps(trace, separators=(",", ":")).encode()
        (into / f"trace_full_{trace['icao']}.json").write_bytes(igzip.compress(text, LEVEL))
        total += len(trace["trace"])
    return total


def write_states(folder: Path, files: Sequence[Path], positions: int) -> int:
    """Rows written, about as many as asked for: files over and over, under other addresses, a step away."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = [_read_states(file) for file in files]
    times = max(1, round(positions / sum(t.num_rows for t in tables)))
    known = pc.unique(pa.concat_tables([t.select(["icao24"]) for t in tables])["icao24"])
    total = 0
    for file, rows in zip(files, tables, strict=True):
        code = pc.index_in(rows["icao24"], known).to_numpy()
        for k in range(times):
            copy = _copy(rows, code + k * len(known), k)
            with igzip.open(folder / f"copy{k:02d}_{file.name}", "wb", compresslevel=LEVEL) as out:
                out.write(f"{','.join(copy.column_names)}\n".encode())
                pa.csv.write_csv(copy, out, pa.csv.WriteOptions(include_header=False, quoting_style="none"))
            total += rows.num_rows
    return total


def _read_states(file: Path) -> pa.Table:
    """All columns as text, so that what is written again is what was read."""
    with igzip.open(file) as stream:
        names = stream.readline().decode().strip().split(",")
    options = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    with igzip.open(file) as stream:
        return pa.csv.read_csv(stream, convert_options=options)


def _copy(rows: pa.Table, number: np.ndarray, k: int) -> pa.Table:
    names = [f"{FIRST_ADDRESS + n % ADDRESSES:06x}" for n in range(int(number.max()) + 1)]
    copy = rows.set_column(
        rows.column_names.index("icao24"), "icao24", pa.array(names).take(pa.array(number))
    )
    for name in ("lat", "lon"):
        values = pc.round(pc.add(pc.cast(rows[name], pa.float64()), STEP_DEG * k), 4)
        text = pc.cast(pc.cast(values, pa.decimal128(9, 4)), pa.string())
        copy = copy.set_column(copy.column_names.index(name), name, text)
    return copy
