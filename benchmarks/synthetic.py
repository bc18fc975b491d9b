"""Larger OpenSky states copied from real ones, for measuring only: the same rows, moved, of other addresses.

Flights made up from nothing are `overflight synth`'s (study/synth.py), which writes traces; these keep the
holes, the creeping old states and the 20 minutes between looks of the real dumps. Addresses are of the same
block, allotted to no state. Archives of it are to be marked `synthetic`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from isal import igzip

from overflight.study.synth_world import ADDRESSES, FIRST_ADDRESS

STEP_DEG = 0.0002  # OpenSky's columns have four decimals
LEVEL = 1  # isal's compression


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
