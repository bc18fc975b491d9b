"""Positions per second and peak memory from recordings to a queryable archive, beside what bounds it.

Usage: python benchmarks/intake.py [DATA] [--quick] [--positions N] [--traffic-env DIR]

DATA is the folder of recordings (or OVERFLIGHT_SHARED_DATA). Two kinds are measured, readsb traces (gzip
JSON) and OpenSky state vectors (gzip CSV), each as it is and as a larger synthetic set (N positions each,
2.5 million if not said, 300,000 with `--quick`) in a temporary folder: traces as `overflight synth` makes
them, states copied from the real ones (`synthetic.py`).
For each set, in turn:

- `overflight add`: the whole program in a process of its own, from its start to its end: Python and
  imports, reading, merging, flags, flights, stops, crossings, everything written and published (the median
  of 3 runs, of 2 for a synthetic set, of 1 with `--quick`);
- `the same, warm`: the same work by `overflight.intake.run.add` in a process that has added something
  before;
- `isal gunzip alone`: reading and inflating the same files with isal in one thread. No intake can be faster
  than that on one processor: it is the physical limit beside which the rest stands;
- `four columns of Parquet`: address, time, latitude and longitude of all positions read back by pyarrow;
- `traffic`, with `--traffic-env`: the same files read and split into flights by it (`traffic_side.py` says
  how), in a virtual environment that is made in DIR if there is none: `pip install traffic "pandas<3"`. Of
  large sets it gets the first files only, and its rate is that of those. It makes no stops, crossings,
  flags or files.

Memory and processor time (`CPU s`, of the whole process, of the run that stands for it): see `measuring.py`.
On a machine that does other things too, compare those and the ratios, which are to the rate of `overflight
add`. Under 10 minutes on two cores, with
`--quick` under 2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import measuring
from measuring import Run, data_folder, machine, table
from synthetic import write_states

import overflight
from overflight.formats.containers import files_under
from overflight.study.synth import make

HERE = Path(__file__).parent
FULL, QUICK = 2_500_000, 300_000
TRAFFIC_MOST = {True: 15_000, False: 150_000}  # positions: it splits some 10,000 states a second


@dataclass
class Set:
    """One set of recordings and what was measured of it."""

    name: str
    kind: str  # traces or states
    paths: list[Path]
    data_kind: str
    runs: int
    positions: int = 0
    derived: str = ""
    rows: list[tuple[str, int, float, Run]] = field(default_factory=list)  # what, positions, seconds


def overflight_add(folder: Path, one: Set) -> list[str | Path]:
    """The command that adds a set to the archive in a folder."""
    program = [sys.executable, "-m", "overflight", "--archive", folder, "--quiet", "add"]
    return [*program, "--data-kind", one.data_kind, *one.paths]


def part(*words: str | Path) -> Run:
    """One part of `intake_parts.py` in a process of its own."""
    return measuring.run([sys.executable, HERE / "intake_parts.py", *words])


def measure(one: Set, scratch: Path, small: Path, traffic: Path | None, most: int) -> None:
    """Measure everything of one set, one after the other."""
    folders = [scratch / f"{one.name}-{k}".replace(" ", "-") for k in range(one.runs)]
    whole = [measuring.run(overflight_add(folder, one)) for folder in folders]
    with overflight.open(folders[0]) as archive:
        tables = archive.info()["tables"]
    one.positions = tables["positions"]["rows"]
    one.derived = ", ".join(f"{tables[name]['rows']:,} {name}" for name in ("flights", "stops", "crossings"))
    middle = sorted(whole, key=lambda r: r.seconds)[(len(whole) - 1) // 2]
    one.rows.append(("overflight add", one.positions, middle.seconds, middle))
    warm = part("warm", small, str(one.runs), one.data_kind, *one.paths)
    one.rows.append(("the same, warm", one.positions, float(warm.output), warm))
    for name, words in (
        ("isal gunzip alone", ["gunzip", *one.paths]), ("four columns of Parquet", ["columns", folders[0]])
    ):  # fmt: skip
        ran = part(*words)
        one.rows.append((name, one.positions, float(ran.output), ran))
    if traffic is not None:
        one.rows.append(by_traffic(one, traffic, most))


def by_traffic(one: Set, python: Path, most: int) -> tuple[str, int, float, Run]:
    """What `traffic` needs to read and split the set, or its first files."""
    ran = measuring.run([python, HERE / "traffic_side.py", one.kind, str(most), *one.paths])
    said = json.loads(ran.output)
    name = f"traffic ({said['read']:.1f} s read, {said['split']:.1f} s split)"
    return name, said["positions"], said["read"] + said["split"], ran


def shown(one: Set) -> str:
    """The set's table."""
    rate = one.rows[0][1] / one.rows[0][2]
    heads = ("", "positions", "seconds", "positions/s", "ratio", "CPU s", "MB largest", "MB together")
    rows = [
        (
            what, f"{positions:,}", f"{seconds:.3f}", f"{positions / seconds:,.0f}",
            f"{positions / seconds / rate:.2f}", f"{ran.cpu_s:.1f}", f"{ran.largest_mb:,.0f}",
            f"{ran.together_mb:,.0f}",
        )
        for what, positions, seconds, ran in one.rows
    ]  # fmt: skip
    size = sum(file.stat().st_size for path in one.paths for file in files_under(path))
    return f"\n{one.name}: {size / 1e6:.1f} MB of files; {one.derived}\n{table(heads, rows)}"


def traffic_python(folder: Path) -> Path:
    """The interpreter of the environment with `traffic`, made if there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        measuring.run([python, "-m", "pip", "install", "--quiet", "traffic", "pandas<3"])
    os.environ |= {name: str(folder / "settings") for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    ask = "from importlib.metadata import version as v; print('traffic', v('traffic'), 'pandas', v('pandas'))"
    print(measuring.run([python, "-c", ask]).output.strip())
    return python


def sets_of(data: Path, scratch: Path, positions: int, quick: bool) -> list[Set]:
    """The real sets and the synthetic ones made from them."""
    traces, states = data / "positions" / "readsb_traces", data / "positions" / "opensky_states"
    files = {folder: list(files_under(folder)) for folder in (traces, states)}
    make(scratch / "traces", positions, seed=1, truth=scratch / "landings.csv")
    write_states(scratch / "states", files[states], positions)
    runs = (1, 1) if quick else (3, 2)
    return [
        Set("readsb traces", "traces", [traces], "recorded", runs[0]),
        Set("OpenSky states", "states", [states], "recorded", runs[0]),
        Set("synthetic traces", "traces", [scratch / "traces"], "synthetic", runs[1]),
        Set("synthetic states", "states", [scratch / "states"], "synthetic", runs[1]),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", nargs="?", help="folder of the recordings")
    parser.add_argument("--quick", action="store_true", help="smaller synthetic sets, one run each")
    parser.add_argument("--positions", type=int, help="positions of each synthetic set")
    parser.add_argument("--traffic-env", type=Path, help="folder of the environment with traffic")
    options = parser.parse_args(arguments)
    data = data_folder(options.data)
    traffic = traffic_python(options.traffic_env.absolute()) if options.traffic_env else None
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        positions = options.positions or (QUICK if options.quick else FULL)
        sets = sets_of(data, Path(scratch), positions, options.quick)
        small = sorted(files_under(sets[0].paths[0]))[0]
        for one in sets:
            measure(one, Path(scratch), small, traffic, TRAFFIC_MOST[options.quick])
            print(shown(one), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
