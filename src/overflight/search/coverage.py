"""What was received at a place: by hour, day or cell, so that "not seen" is told from "not covered"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import iso_utc
from overflight.detect.columns import Bools
from overflight.detect.coverage import rate_interval
from overflight.errors import QuestionError
from overflight.geo.sphere import distance_nm
from overflight.model.grades import MIXED, RECORDED
from overflight.search.answer import Answer
from overflight.search.contract import Row, finish
from overflight.search.loaded import HOUR_MS, Loaded
from overflight.search.places import Airfield, Place
from overflight.search.reception import (
    COVERED,
    NOT_COVERED,
    NOT_LOADED,
    UNTOLD,
    Reception,
    find_reception,
    low_ft,
    lowest_ft,
    reception_of,
)
from overflight.search.scope import Question
from overflight.search.silence import time_of
from overflight.search.sources import Sources
from overflight.search.withheld import withheld_remarks
from overflight.units import E7_PER_DEGREE

WORDS = {COVERED: "covered", NOT_COVERED: "not covered", UNTOLD: "cannot be told", NOT_LOADED: "not loaded"}
BY = ("hour", "day", "cell")
RINGS_NM = (5.0, 10.0, 25.0)  # of an airfield: its circuit, its final approach, AROUND_NM
CELL_DEG = 0.5  # 30 nm of latitude: about the reach of a look at an airfield
MOST_ROWS = 10_000  # more parts nobody reads; a year of hours is 8,760
_RATE_DIGITS = 2


def find_coverage(asked: Question, sources: Sources, loaded: Loaded, by: str | None = None) -> Answer:
    """What was received at a place as the contract's `coverage`: one row, or by hour, day or cell.

    Reception is of all aircraft, whichever a question names. Raises QuestionError without a place.
    """
    place = sources.place_asked(asked)
    if place is None:
        raise QuestionError("coverage of what? Give --place; circle:LAT,LON,RADIUSnm is one")
    if by is not None and by not in BY:
        raise QuestionError(f"by {by!r}? Coverage is told by {', '.join(BY)}, or at once")
    since_ms, until_ms = time_of(asked, loaded)
    whole = find_reception(sources, loaded, place, since_ms, until_ms)
    made = [_row(sources, place, by, *part) for part in _parts(whole, loaded, by)]
    remarks = withheld_remarks(asked, sources.view)
    return Answer("coverage", made, remarks=remarks, summary=_summary(whole))


def _parts(whole: Reception, loaded: Loaded, by: str | None) -> Iterator[tuple[Reception, int, Row]]:
    """Reception, its part, and what names the part."""
    if by == "cell":
        yield from _cells(whole, loaded)
        return
    step = {"hour": HOUR_MS, "day": 24 * HOUR_MS}.get(by or "")
    if step is None:
        yield whole, 0, {}
        return
    first, last = whole.since_ms // step, -(-whole.until_ms // step)
    if last - first > MOST_ROWS:
        raise QuestionError(f"that would be {last - first:,} rows; ask for less time, or by day")
    for number in range(first, last):
        part = whole.cut(max(number * step, whole.since_ms), min((number + 1) * step, whole.until_ms))
        yield part, 0, {}


def _cells(whole: Reception, loaded: Loaded) -> Iterator[tuple[Reception, int, Row]]:
    """The cells in which anybody was received in the hours looked at, from the south, then from the west."""
    lat, lon = (whole.near[f"{axis}_e7"].to_numpy() / E7_PER_DEGREE for axis in ("latitude", "longitude"))
    wide = round(360 / CELL_DEG)
    number = np.floor((lat + 90) / CELL_DEG).astype(np.int64) * wide
    number += np.floor((lon + 180) / CELL_DEG).astype(np.int64)
    cells, group = np.unique(number, return_inverse=True)
    if len(cells) > MOST_ROWS:
        raise QuestionError(f"that would be {len(cells):,} cells; ask for a smaller place")
    cut = reception_of(whole.near, group, len(cells), loaded, (whole.since_ms, whole.until_ms))
    for k, cell in enumerate(cells.tolist()):
        south, west = cell // wide * CELL_DEG - 90, cell % wide * CELL_DEG - 180
        middle = {"latitude_deg": south + CELL_DEG / 2, "longitude_deg": west + CELL_DEG / 2}
        yield cut, k, middle | {"cell_deg": CELL_DEG}


def _row(sources: Sources, place: Place, by: str | None, part: Reception, group: int, where: Row) -> Row:
    near = part.asked if part.groups == 1 else _of_group(part, group)
    states, counts = part.states[group], part.counts[group]
    mean, low, high = (_rounded(value) for value in rate_interval(counts[states == COVERED]))
    middle = (f"{where[name]:g}" for name in ("latitude_deg", "longitude_deg") if where)
    words = [_slug(place.place["ident"]), *middle]
    return finish("coverage", {
        "data_kind": _kind(near, part.near), "icao24": None, "place": place.place, "by": by,
        "id": "-".join(["coverage", *words, re.sub(r"[-:]", "", iso_utc(part.since_ms) or "")]),
        "since": iso_utc(part.since_ms), "until": iso_utc(part.until_ms),
        **{name: where.get(name) for name in ("latitude_deg", "longitude_deg", "cell_deg")},
        "reception": WORDS[part.verdict(group)], **_hours(part, group),
        "position_count": near.num_rows, "aircraft_count": len(pc.unique(near["address"])),
        "on_ground_count": pc.sum(near["on_ground"]).as_py() or 0,
        "lowest_ft": lowest_ft(near), "low_ft": low_ft(near),
        "expected_aircraft": _rounded(part.expected(group)), "aircraft_per_hour": mean,
        "aircraft_per_hour_low": low, "aircraft_per_hour_high": high, "rings": _rings(place, near),
        "flags": [],
    }, sources.archive_version)  # fmt: skip


def _of_group(part: Reception, group: int) -> pa.Table:
    kept: Bools = part.within & (part.group == group)
    return part.near.filter(pa.array(kept))


def _hours(part: Reception, group: int) -> Row:
    loaded = len(part.hours) - part.count(NOT_LOADED, group)
    return {
        "hours": len(part.hours), "loaded_hours": loaded, "covered_hours": part.count(COVERED, group),
        "not_covered_hours": part.count(NOT_COVERED, group), "untold_hours": part.count(UNTOLD, group),
    }  # fmt: skip


def _rings(place: Place, near: pa.Table) -> list[dict[str, Any]]:
    """Of an airfield, who was received within each ring, and how low."""
    if not isinstance(place, Airfield):
        return []
    lat, lon = (near[f"{axis}_e7"].to_numpy() / E7_PER_DEGREE for axis in ("latitude", "longitude"))
    far = distance_nm(place.place["latitude_deg"], place.place["longitude_deg"], lat, lon)
    found = []
    for radius in RINGS_NM:
        held = near.filter(pa.array(far <= radius))
        found.append({
            "radius_nm": radius, "position_count": held.num_rows,
            "aircraft_count": len(pc.unique(held["address"])), "lowest_ft": lowest_ft(held),
            "low_ft": low_ft(held),
        })  # fmt: skip
    return found


def _summary(whole: Reception) -> str:
    said = _hours(whole, 0)
    text = f"{said['covered_hours']:,} of {said['loaded_hours']:,} loaded hours covered"
    text += f", {said['not_covered_hours']:,} not covered" if said["not_covered_hours"] else ""
    text += f", {said['untold_hours']:,} that cannot be told" if said["untold_hours"] else ""
    missing = said["hours"] - said["loaded_hours"]
    return text + (f"; {missing:,} not loaded" if missing else "")


def _kind(near: pa.Table, around: pa.Table) -> str:
    """Kind of the data of a part, of one without any that of what was looked at."""
    kinds = pc.unique((near if near.num_rows else around)["data_kind"]).to_pylist()
    return kinds[0] if len(kinds) == 1 else MIXED if kinds else RECORDED


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _RATE_DIGITS)


def _slug(text: str) -> str:
    return re.sub(r"[^\w.]+", "_", text)
