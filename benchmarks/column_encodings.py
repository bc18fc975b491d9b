"""Bytes per position of an archive's files under other encodings, and the time one aircraft takes to find.

Usage: python benchmarks/column_encodings.py ARCHIVE
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.store.conditions import Condition
from overflight.store.folder import Store


def size(data: pa.Table, **options: object) -> int:
    sink = io.BytesIO()
    pq.write_table(data, sink, **options)
    return sink.tell()


def main(folder: Path) -> None:
    with Store.open(folder) as store:
        entries = store.files("positions")
        rows = sum(entry.rows for entry in entries)
        print(f"{rows:,} positions in {len(entries)} files")
        default = packed = 0
        for entry in entries:
            data = store.read(entry)
            default, packed = default + size(data), packed + size(data, compression="zstd")
        for name, total in (
            ("the archive", sum(entry.bytes for entry in entries)),
            ("pyarrow's defaults", default),
            ("its defaults with zstd", packed),
        ):
            print(f"{total / rows:6.2f} bytes per position: {name}")
        addresses = pc.unique(store.find("positions", columns=["address"])["address"]).to_pylist()
        times = []
        for address in addresses[:: max(1, len(addresses) // 200)]:
            began = time.perf_counter()
            store.find("positions", [Condition("address", "=", address)], order_by=["address", "time_ms"])
            times.append(1000 * (time.perf_counter() - began))
        print(f"{median(times):6.2f} ms: one aircraft's positions, all columns, median of {len(times)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
