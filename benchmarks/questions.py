"""Milliseconds per question to an open archive, by aircraft, by place and by area; the target is 20.

Usage: python benchmarks/questions.py [DATA | --archive DIR] [--number N] [--runs N] [--seconds S]

DATA is the folder of recordings (or OVERFLIGHT_SHARED_DATA): an archive of `positions/opensky_states`
(three days) is made from it in a temporary folder, unless `--archive` names one that holds them.

- warm: one process asks every kind of question N times (60 if not said), each time a different one, in an
  order mixed by a fixed seed, after one question of each kind that is not counted. The median, the 95th
  percentile and the longest, with the median number of rows in an answer, for each row is a full object of
  the contract with its candidates and reasons: `ms a row` is the sum of times over the sum of rows. A kind
  that has used up S seconds (20) is asked no more; `asked` says how often it was.
- cold: the first question to an archive just opened, in a fresh process, the median of N runs (3):
  `opening` (which imports what it needs), `first question` (it loads airfields, borders, footprints), and
  `the process` from its start to its end.

The questions: addresses evenly spaced over all that are in the archive, call signs likewise; airfields
evenly spaced over all at which a stop was observed, from the busiest to the least busy, once for all three
days and once for one hour; countries likewise by crossings; boxes of one degree by one, and drawings of 500
vertices of that size, around positions taken by chance.

The physical limit: no question is faster than its find by the engine; that of one aircraft's positions
stands below.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import measuring
import numpy as np
import pyarrow.compute as pc
from measuring import data_folder, machine, percentile, table

import overflight
from overflight.clock import iso_utc
from overflight.model.address import icao24_text
from overflight.store.conditions import Condition
from overflight.store.folder import Store
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_HOUR

TARGET_MS = 20
SEED = 20_250_704
VERTICES = 500
Question = tuple[str, str, dict[str, Any]]  # its kind in words, the verb, what it is restricted by


def spaced(values: Sequence[Any], number: int) -> list[Any]:
    """`number` of the values, evenly spaced from the first to the last; all where there are fewer."""
    if len(values) <= number:
        return list(values)
    return [values[round(k * (len(values) - 1) / (number - 1))] for k in range(number)]


def box(latitude: float, longitude: float) -> str:
    """GeoJSON of a box of one degree by one around a point."""
    south, north = max(latitude - 0.5, -89.9), min(latitude + 0.5, 89.9)
    west, east = longitude - 0.5, longitude + 0.5
    return polygon([(west, south), (east, south), (east, north), (west, north)])


def drawn(latitude: float, longitude: float, vertices: int = VERTICES) -> str:
    """GeoJSON of a drawing with that many vertices: a ring 0.4 to 0.5 degree from its centre, in lobes."""
    ring = []
    for k in range(vertices):
        angle = 2 * math.pi * k / vertices
        reach = 0.45 + 0.05 * math.sin(5 * angle)
        north = max(-89.9, min(89.9, latitude + reach * math.sin(angle)))
        ring.append((longitude + reach * math.cos(angle), north))
    return polygon(ring)


def polygon(ring: list[tuple[float, float]]) -> str:
    """GeoJSON of one ring, closed."""
    wrapped = [((lon + 180) % 360 - 180, lat) for lon, lat in ring]
    return json.dumps({"type": "Polygon", "coordinates": [[*wrapped, wrapped[0]]]})


def most_common(store: Store, name: str, column: str, conditions: Sequence[Condition] = ()) -> list[str]:
    """Values of a column, the most frequent first."""
    counts = pc.value_counts(store.find(name, conditions, [column])[column].drop_null()).to_pylist()
    return [row["values"] for row in sorted(counts, key=lambda row: (-row["counts"], row["values"]))]


def questions_about(store: Store, number: int) -> list[Question]:
    """`number` questions of each kind, drawn from what is in the archive."""
    addresses = [
        icao24_text(a)
        for a in spaced(
            sorted(pc.unique(store.find("flights", columns=["address"])["address"]).to_pylist()), number
        )
    ]
    callsigns = spaced(sorted(most_common(store, "positions", "callsign")), number)
    fields = spaced(most_common(store, "stops", "place_ident", [Condition("grade", "=", "observed")]), number)
    lands = [Condition("region_kind", "=", "country")]
    countries = spaced(most_common(store, "crossings", "region_ident", lands), number)
    positions = store.find("positions", columns=["time_ms", "latitude_e7", "longitude_e7"])
    chance = np.random.default_rng(SEED)
    rows = positions.take(chance.choice(positions.num_rows, 2 * number, replace=False)).to_pylist()
    spots = [(r["latitude_e7"] / E7_PER_DEGREE, r["longitude_e7"] / E7_PER_DEGREE) for r in rows]
    hours = [
        {"since": iso_utc(r["time_ms"]), "until": iso_utc(r["time_ms"] + MILLISECONDS_PER_HOUR)} for r in rows
    ]
    ends, three = ("flights", "visits"), ("flights", "visits", "crossings")
    in_an_hour = [{"place": f, **h} for f, h in zip(fields, hours, strict=False)]
    over_an_hour = [{"place": c, **h} for c, h in zip(countries, hours, strict=False)]
    kinds: list[tuple[str, tuple[str, ...], list[dict[str, Any]]]] = [
        ("address", (*three, "aircraft"), [{"aircraft": f"hex:{a}"} for a in addresses]),
        ("call sign", ("flights",), [{"aircraft": f"callsign:{c}"} for c in callsigns]),
        ("airfield", ends, [{"place": f} for f in fields]),
        ("airfield, one hour", ends, in_an_hour),
        ("country", ("crossings",), [{"place": c} for c in countries]),
        ("country, one hour", three, over_an_hour),
        ("box of one degree", three, [{"place": box(*s)} for s in spots[:number]]),
        ("drawing of 500 vertices", three, [{"place": drawn(*s)} for s in spots[number:]]),
    ]
    return [(f"{verb} by {kind}", verb, how) for kind, verbs, ways in kinds for verb in verbs for how in ways]


def asked(archive: overflight.Archive, question: Question) -> tuple[float, int]:
    """Milliseconds and rows of one question."""
    _, verb, how = question
    ask: Callable[..., Any] = getattr(archive, verb)
    words = {"names": how["aircraft"]} if verb == "aircraft" else how
    began = time.perf_counter()
    answer = ask(**words)
    return 1000 * (time.perf_counter() - began), len(answer)


def warm(folder: Path, questions: list[Question], most_ms: float) -> dict[str, list[tuple[float, int]]]:
    """Times and rows by kind of question, asked of one archive in a mixed order, `most_ms` a kind."""
    kinds = dict.fromkeys(kind for kind, *_ in questions)
    found: dict[str, list[tuple[float, int]]] = {kind: [] for kind in kinds}
    with overflight.open(folder) as archive:
        for kind in kinds:
            asked(archive, next(q for q in reversed(questions) if q[0] == kind))
        order = np.random.default_rng(SEED).permutation(len(questions))
        for k in order.tolist():
            answers = found[questions[k][0]]
            if sum(t for t, _ in answers) < most_ms:
                answers.append(asked(archive, questions[k]))
    return found


def shown(found: dict[str, list[tuple[float, int]]]) -> str:
    """The table of the warm questions."""
    rows = []
    for kind, answers in found.items():
        times, counts = [t for t, _ in answers], [n for _, n in answers]
        each = f"{sum(times) / sum(counts):.2f}" if sum(counts) else "-"
        within = sum(t <= TARGET_MS for t in times) / len(times)
        rows.append((
            kind, len(times), f"{median(times):.1f}", f"{percentile(times, 0.95):.1f}", f"{max(times):.0f}",
            f"{within:.0%}", f"{median(counts):.0f}", max(counts), each,
        ))  # fmt: skip
    return table(
        ("warm", "asked", "median ms", "p95 ms", "longest", f"<= {TARGET_MS} ms", "rows", "most", "ms a row"),
        rows,
    )


def cold(folder: Path, questions: list[Question], runs: int) -> str:
    """The table of first questions, each in a fresh process."""
    rows = []
    for kind in dict.fromkeys(kind for kind, *_ in questions):
        question = next(q for q in questions if q[0] == kind)
        command = [sys.executable, __file__, "--first", json.dumps(question), "--archive", folder]
        ran = [measuring.run(command) for _ in range(runs)]
        inside = [json.loads(r.output) for r in ran]
        rows.append((
            kind, *(f"{1000 * median(i[k] for i in inside):.0f}" for k in ("opening", "first")),
            f"{1000 * median(r.seconds for r in ran):.0f}", f"{max(r.largest_mb for r in ran):.0f}",
        ))  # fmt: skip
    return table(("cold", "opening ms", "first question ms", "the process ms", "MB"), rows)


def first(folder: Path, question: Question) -> str:
    """Seconds of opening and of the first question in this process, as JSON."""
    began = time.perf_counter()
    with overflight.open(folder) as archive:
        opened = time.perf_counter()
        asked(archive, question)
    return json.dumps({"opening": opened - began, "first": time.perf_counter() - opened})


def engine_ms(folder: Path, number: int) -> float:
    """Median milliseconds in which the engine alone finds one aircraft's positions."""
    with Store.open(folder) as store:
        addresses = spaced(
            pc.unique(store.find("flights", columns=["address"])["address"]).to_pylist(), number + 1
        )
        times = []
        for address in addresses:
            began = time.perf_counter()
            store.find("positions", [Condition("address", "=", address)])
            times.append(1000 * (time.perf_counter() - began))
    return median(times[1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", nargs="?", help="folder of the recordings")
    parser.add_argument("--archive", type=Path, help="an archive to ask")
    parser.add_argument("--number", type=int, default=60, help="different questions of each kind")
    parser.add_argument("--runs", type=int, default=3, help="fresh processes for each first question")
    parser.add_argument(
        "--seconds", type=float, default=20, help="longest time spent on one kind of question"
    )
    parser.add_argument("--first", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.first:
        print(first(options.archive, tuple(json.loads(options.first))))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.archive or Path(scratch) / "archive"
        if options.archive is None:
            with overflight.open(folder, create=True) as archive:
                archive.add(data_folder(options.data) / "positions" / "opensky_states")
        print(machine())
        with Store.open(folder) as store:
            questions = questions_about(store, options.number)
            rows = {
                name: sum(f.rows for f in store.files(name)) for name in ("positions", "flights", "stops")
            }
        print(", ".join(f"{count:,} {name}" for name, count in rows.items()), "\n")
        print(shown(warm(folder, questions, 1000 * options.seconds)))
        print(f"\nthe engine alone, one aircraft's positions: {engine_ms(folder, options.number):.1f} ms\n")
        print(cold(folder, questions, options.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
