"""Where everything was at an instant: the last fix of each aircraft up to it, as heard and never moved on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Bools, Ints
from overflight.errors import QuestionError
from overflight.model.address import icao24_text
from overflight.model.grades import FLAG_BITS, words
from overflight.search.contract import degrees
from overflight.search.drawn import flags_of
from overflight.search.known import Known
from overflight.search.loaded import Box
from overflight.search.trace import REAL_DIGITS
from overflight.store.conditions import Condition
from overflight.store.view import View
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_DAY, MILLISECONDS_PER_MINUTE

LONGEST_MIN = 24 * 60  # what was heard longer ago says nothing of where an aircraft is
_COLUMNS = (
    "address", "time_ms", "latitude_e7", "longitude_e7", "baro_altitude_ft", "geo_altitude_ft",
    "groundspeed_kt", "track_deg", "vertical_rate_fpm", "on_ground", "callsign", "data_kind", "assumed",
)  # fmt: skip
_AS_HEARD = (
    "time_ms", "baro_altitude_ft", "geo_altitude_ft", "vertical_rate_fpm", "on_ground", "callsign", "assumed",
    "data_kind",
)  # fmt: skip
_FLIGHT = ("id", "address", "first_seen_ms", "last_seen_ms")


@dataclass(frozen=True)
class Fix:
    """The last fix of an aircraft: what was heard, how long before the instant, of whom, on which flight.

    `flags` are integrity words; a position that bears one may be wrong. `flight_id` is None for one that
    belongs to no flight: on the ground, or flagged.
    """

    icao24: str
    time_ms: int
    age_s: float
    longitude_deg: float
    latitude_deg: float
    baro_altitude_ft: int | None
    geo_altitude_ft: int | None
    groundspeed_kt: float | None
    track_deg: float | None
    vertical_rate_fpm: int | None
    on_ground: bool | None
    callsign: str | None
    flight_id: str | None
    registration: str | None
    type_designator: str | None
    operator: str | None
    flags: tuple[str, ...]
    assumed: str | None
    data_kind: str


def find_instant(known: Known, at_ms: int, within_min: float = 15, box: Box | None = None) -> list[Fix]:
    """The last fix at or before `at_ms` of each aircraft, not older than `within_min`, by address.

    In a box: of those whose last fix lies in it. Raises QuestionError for no such box or time.
    """
    if not 0 < within_min <= LONGEST_MIN:
        raise QuestionError(f"within {within_min} minutes? Give more than 0 and up to {LONGEST_MIN}")
    if box is not None:
        _check(box)
    since_ms = at_ms - int(within_min * MILLISECONDS_PER_MINUTE)
    view = known.view
    heard = view.find(
        "positions", [Condition("time_ms", ">=", since_ms), Condition("time_ms", "<=", at_ms)], _COLUMNS
    )
    if not heard.num_rows:
        return []
    flags = flags_of(view, heard)
    last = _last(heard, flags)
    if box is not None:
        last = last[
            _inside(
                box, *(heard[f"{a}_e7"].to_numpy()[last] / E7_PER_DEGREE for a in ("longitude", "latitude"))
            )
        ]
    rows = heard.combine_chunks().take(pa.array(last))
    days = rows["time_ms"].to_numpy() // MILLISECONDS_PER_DAY
    who = known.register.as_of_many(rows["address"].to_numpy(), days).to_pylist()
    flown = _flights(view, rows, since_ms, at_ms)
    told = zip(rows.to_pylist(), flags[last].tolist(), flown, who, strict=True)
    return [_fix(row, bits, flight, known_as, at_ms) for row, bits, flight, known_as in told]


def _last(heard: pa.Table, flags: Ints) -> Ints:
    """Row of the last position of each address; of several at one instant an unflagged one."""
    columns = {name: heard[name].to_numpy() for name in ("address", "time_ms", "latitude_e7", "longitude_e7")}
    order = np.lexsort(
        (columns["longitude_e7"], columns["latitude_e7"], -flags, columns["time_ms"], columns["address"])
    )
    address = columns["address"][order]
    return np.asarray(order[np.r_[np.flatnonzero(address[1:] != address[:-1]), len(order) - 1]])


def _inside(box: Box, longitude: Any, latitude: Any) -> Bools:
    west, south, east, north = box
    within = (
        (longitude >= west) & (longitude <= east)
        if west <= east
        else (longitude >= west) | (longitude <= east)
    )
    return np.asarray(within & (latitude >= south) & (latitude <= north))


def _check(box: Box) -> None:
    west, south, east, north = box
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise QuestionError(
            f"no such box: west {west}, south {south}, east {east}, north {north}; longitudes lie in "
            "[-180, 180], latitudes in [-90, 90] with south up to north; west greater than east runs over 180"
        )


def _flights(view: View, rows: pa.Table, since_ms: int, at_ms: int) -> list[str | None]:
    """Id of the flight each row's position lies in."""
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (since_ms, at_ms + 1))]
    spans: dict[int, list[tuple[int, int, str]]] = {}
    columns = (view.find("flights", within, _FLIGHT)[name].to_pylist() for name in _FLIGHT)
    for id_, address, first, last in zip(*columns, strict=True):
        spans.setdefault(address, []).append((first, last, id_))
    return [
        next((id_ for first, last, id_ in spans.get(address, ()) if first <= time <= last), None)
        for address, time in zip(rows["address"].to_pylist(), rows["time_ms"].to_pylist(), strict=True)
    ]


def _fix(row: dict[str, Any], bits: int, flight_id: str | None, who: dict[str, Any], at_ms: int) -> Fix:
    longitude, latitude = degrees(row["longitude_e7"]), degrees(row["latitude_e7"])
    assert longitude is not None and latitude is not None
    return Fix(
        icao24=icao24_text(row["address"]),
        age_s=(at_ms - row["time_ms"]) / 1000,
        longitude_deg=longitude,
        latitude_deg=latitude,
        flight_id=flight_id,
        registration=who["registration"],
        type_designator=who["type_designator"],
        operator=who["operator"],
        flags=tuple(words(bits, FLAG_BITS)),
        groundspeed_kt=_rounded(row["groundspeed_kt"]),
        track_deg=_rounded(row["track_deg"]),
        **{name: row[name] for name in _AS_HEARD},
    )


def _rounded(value: float | None) -> float | None:
    """A 32-bit number without the digits it does not have."""
    return None if value is None else round(value, REAL_DIGITS)
