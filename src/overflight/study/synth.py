"""Made-up recordings for load tests and trials: readsb traces of flights nobody flew, with the truth beside.

The same seed gives the same bytes. Aircraft are made in small batches, so that memory does not grow with
what is asked for; the airfields are those of the packaged list, on the days after it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_number, day_text, iso_utc
from overflight.errors import QuestionError
from overflight.model.grades import SYNTHETIC
from overflight.registry.airfields import packaged_snapshot
from overflight.registry.packaged import PACKAGED_DATE
from overflight.registry.types import TypeNeeds
from overflight.study.synth_motion import Reports, fly, plan_of
from overflight.study.synth_world import (
    ADDRESSES,
    FIRST_ADDRESS,
    Fleet,
    Ints,
    Legs,
    World,
    legs_of,
    world_of,
)
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

BATCH = 64  # aircraft made at once: some 300,000 reports, 200 MB while they are made
DAYS = 3
TRUTH = "landings.csv"
NOTE = "synthetic: made by a program; nobody flew this"
DETAILS_EVERY = 8  # reports: readsb gives call sign and categories with about so many
COLUMNS = (
    "data_kind,icao24,type_designator,callsign,origin,took_off,destination,landed,"
    "report_count,ground_count_origin,ground_count_destination\n"
)
_ALTITUDE_STEP_FT = 25  # of the altitude codes (Annex 10 vol. IV, 3.1.2.6.5.4)
_RATE_STEP_FPM = 64  # of velocity messages (DO-260B 2.2.3.2.6)
_NEW_LEG = 2  # bit of a trace's row
_TOUCHDOWN, _LIFT_OFF = 10, 4  # phases of `synth_motion` that begin so

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Made:
    """What was written: a folder of traces for each UTC day in order, the truth, and how many there are."""

    days: list[Path]
    truth: Path
    positions: int
    aircraft: int


def nobody(count: int) -> None:
    """Progress that nobody watches."""


def make(folder: Path, positions: int, seed: int, *, truth: Path | None = None, days: int = DAYS,
         progress: Progress = nobody) -> Made:  # fmt: skip
    """Write readsb traces of exactly so many positions into an empty folder, `DAY/HH/trace_full_HEX.json`.

    `truth` (by default landings.csv in the folder) lists every leg with the times at which it left the ground
    and came down, in UTC. Raises QuestionError for a folder that holds something, or a number that cannot be.
    """
    if positions < 1:
        raise QuestionError(f"{positions} positions cannot be made; ask for at least 1")
    if seed < 0:
        raise QuestionError(f"{seed} is no seed; give a whole number from 0 on")
    if folder.exists() and any(folder.iterdir()):
        raise QuestionError(f"{folder} is not empty; give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    truth = truth or folder / TRUTH
    world = world_of(packaged_snapshot(), TypeNeeds.packaged(), seed)
    begin_ms = (day_number(PACKAGED_DATE) + 1) * MILLISECONDS_PER_DAY
    total = batch = 0
    written: set[Path] = set()
    with truth.open("w", encoding="utf-8", newline="\n") as out:
        out.write(COLUMNS)
        while total < positions:
            if (batch + 1) * BATCH > ADDRESSES:
                raise QuestionError(
                    f"{positions} positions need more than {ADDRESSES} aircraft in {days} days"
                )
            one = _batch(world, batch, seed, begin_ms, begin_ms + days * MILLISECONDS_PER_DAY)
            reports = _first(one.reports, positions - total)
            written |= _write(folder, one, reports, seed)
            _write_truth(out, world, one, reports)
            total += len(reports.time_ms)
            batch += 1
            progress(total)
    return Made(sorted(written), truth, total, batch * BATCH)


@dataclass(frozen=True)
class _Batch:
    fleet: Fleet
    legs: Legs
    took_off_ms: Ints
    landed_ms: Ints
    reports: Reports


def _batch(world: World, number: int, seed: int, begin_ms: int, end_ms: int) -> _Batch:
    """One batch of aircraft; its chances depend on the seed and its number alone."""
    chance = np.random.default_rng([seed, number])
    fleet, legs = legs_of(world, number * BATCH, BATCH, begin_ms, end_ms, chance)
    plan = plan_of(legs, world.fields, chance)
    reports = fly(legs, plan, world, chance)
    reports = _chosen(reports, np.flatnonzero(reports.time_ms < end_ms))
    off, down = (plan.start_ms + np.rint(plan.from_s[:, k] * MILLISECONDS_PER_SECOND).astype(np.int64)
                 for k in (_LIFT_OFF, _TOUCHDOWN))  # fmt: skip
    return _Batch(fleet, legs, off, down, reports)


def _first(reports: Reports, count: int) -> Reports:
    return reports if len(reports.time_ms) <= count else _chosen(reports, np.arange(count))


def _chosen(reports: Reports, rows: Ints) -> Reports:
    return Reports(**{name: column[rows] for name, column in vars(reports).items()})


def _write(folder: Path, one: _Batch, reports: Reports, seed: int) -> set[Path]:
    """Write a trace for each aircraft and UTC day; the folders of days written to."""
    day, aircraft = reports.time_ms // MILLISECONDS_PER_DAY, one.legs.aircraft[reports.leg]
    starts = np.flatnonzero(np.diff(day, prepend=-1) | np.diff(aircraft, prepend=-1))
    texts = _rows(one, reports, day)
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts) + 1]
    text = texts.buffers()[2].to_pybytes()
    written = set()
    for start, stop in zip(starts, [*starts[1:], len(day)], strict=True):
        who, when = int(aircraft[start]), int(day[start])
        name = _icao24(one.fleet.first + who)
        into = folder / day_text(when)
        file = into / name[-2:] / f"trace_full_{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = text[offsets[start] : offsets[stop] - 2]  # without the last comma and line end
        file.write_bytes(_header(one.fleet, who, when, seed) + rows + b"]}\n")
        written.add(into)
    return written


def _header(fleet: Fleet, who: int, day: int, seed: int) -> bytes:
    number = fleet.first + who
    said = {
        "icao": _icao24(number), "r": f"SYNTHETIC-{number}", "t": fleet.type_designator[who],
        "desc": SYNTHETIC, "ownOp": f"Synthetic Air {fleet.operator[who]}", "data_kind": SYNTHETIC,
        "note": f"{NOTE} (seed {seed})", "timestamp": day * MILLISECONDS_PER_DAY // MILLISECONDS_PER_SECOND,
    }  # fmt: skip
    return json.dumps(said, separators=(",", ":")).encode()[:-1] + b',"trace":[\n'


def _rows(one: _Batch, r: Reports, day: Ints) -> pa.Array:
    """Each report as a row of a trace, with a comma and a line end."""
    second = (r.time_ms - day * MILLISECONDS_PER_DAY) / MILLISECONDS_PER_SECOND
    ground = pa.array(r.on_ground)
    new = np.zeros(len(r.leg), np.int64)
    new[np.diff(r.leg, prepend=-1) != 0] = _NEW_LEG
    details = np.where(np.arange(len(r.leg)) % DETAILS_EVERY == 0, r.leg, -1)
    details[new > 0] = r.leg[new > 0]
    said = pa.array([*_details(one), "null"]).take(
        pa.array(np.where(details < 0, len(one.legs.aircraft), details))
    )
    null = pa.scalar("null")
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise("[", _text(second), ""),
        _text(np.round(r.lat, 6)),
        _text(np.round(r.lon, 6)),
        pc.if_else(ground, pa.scalar('"ground"'), _text(_stepped(r.baro_ft, _ALTITUDE_STEP_FT))),
        _text(np.round(r.groundspeed_kt, 1)),
        _text(np.round(r.track_deg, 1) % 360),
        _text(new),
        pc.if_else(ground, null, _text(_stepped(r.rate_fpm, _RATE_STEP_FPM))),
        said,
        '"adsb_icao"',
        pc.if_else(ground, null, _text(_stepped(r.height_ft, _ALTITUDE_STEP_FT))),
        "null],\n",
        ",",
    )


def _details(one: _Batch) -> Iterator[str]:
    """What rows with details say on each leg; NIC 8, NACp 9 and SIL 3 are a sound installation's."""
    for who, number in zip(one.legs.aircraft.tolist(), one.legs.number.tolist(), strict=True):
        said = {"type": "adsb_icao", "flight": _callsign(one.fleet, who, number).ljust(8), "nic": 8,
                "nac_p": 9, "sil": 3, "version": 2}  # fmt: skip
        yield json.dumps(said, separators=(",", ":"))


def _write_truth(out: TextIO, world: World, one: _Batch, reports: Reports) -> None:
    """A line for each leg of which something was heard or could have been."""
    count = len(one.legs.aircraft)
    heard = np.bincount(reports.leg, minlength=count)
    at_origin = np.bincount(reports.leg[reports.on_ground & (reports.phase < _LIFT_OFF)], minlength=count)
    at_end = np.bincount(reports.leg[reports.on_ground & (reports.phase >= _TOUCHDOWN)], minlength=count)
    last = int(reports.leg[-1]) if len(reports.leg) else -1
    for k in range(last + 1):
        who = int(one.legs.aircraft[k])
        line: list[Any] = [
            SYNTHETIC, _icao24(one.fleet.first + who), one.fleet.type_designator[who],
            _callsign(one.fleet, who, int(one.legs.number[k])),
            world.fields.ident[one.legs.origin[k]], iso_utc(one.took_off_ms[k]),
            world.fields.ident[one.legs.destination[k]], iso_utc(one.landed_ms[k]),
            heard[k], at_origin[k], at_end[k],
        ]  # fmt: skip
        out.write(",".join(map(str, line)) + "\n")


def _icao24(number: int) -> str:
    return f"{FIRST_ADDRESS + number:06x}"


def _callsign(fleet: Fleet, who: int, number: int) -> str:
    return f"SYNT{fleet.operator[who]}{number:03d}"


def _stepped(values: np.ndarray[Any, Any], step: int) -> Ints:
    whole: Ints = np.rint(values / step).astype(np.int64) * step
    return whole


def _text(values: np.ndarray[Any, Any]) -> pa.Array:
    return pc.cast(pa.array(values), pa.string())
