"""A made-up world on real ground: packaged airfields, receivers at some of them, aircraft and their legs.

Nothing of it happened. Addresses lie in B00000-BFFFFF, which ICAO's table of blocks (Annex 10, volume III,
chapter 9) allots to no state; call signs have five letters before the digits, where operators have three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.geo.sphere import distance_nm, unit_vectors
from overflight.registry.airfields import Snapshot
from overflight.registry.types import TypeNeeds
from overflight.units import EARTH_RADIUS_NM

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

FIRST_ADDRESS, ADDRESSES = 0xB00000, 1 << 20
RUNWAY_FT = (5_000, 18_100)  # what jets use; the longest paved one (Qamdo Bamda) had 18,045 ft
HIGHEST_FT = 6_000  # of a field: above it the climb of `synth_motion` would need other figures
RUNWAY_END_NM = 3.0  # a runway end farther from the reference point is a slip of the list
LENGTH_SLIP = 0.2  # between the published length and that between the ends
LARGE_WEIGHT = 8.0  # of a large airport against 1 of a medium one: most flights are between large ones
HEARD = {True: 0.8, False: 0.4}  # share of large and of medium fields with a receiver of their own
CELLS_PER_DEG = 2  # of the map of receivers; a cell is at most 30 nm wide, an eighth of what one hears
TRIES = 256  # fields looked at for a next leg; nearly always one of them lies within the leg's bounds
LEG_NM = {"airliner": (200, 2_800), "regional": (130, 800), "business": (150, 1_800)}
CEILING_FT = {"airliner": 37_000, "regional": 31_000, "business": 41_000}
FLEET = ("airliner", "regional", "business")
SHARE = (0.65, 0.25, 0.10)  # of airframes, roughly as in recordings of a day
TURN_MIN = (35, 150)  # from parking to leaving again
REST = (0.12, 7 * 60)  # chance of a longer stay, and its minutes
LONGEST_LEGS = 60  # of one aircraft in a week: shorter ones do not fit


@dataclass(frozen=True)
class Fields:
    """Airfields, one element each: place, elevation, the two ends of the longest runway, whether heard."""

    ident: list[str]
    lat: Floats
    lon: Floats
    elevation_ft: Floats
    ends: Floats  # [field, end, lat lon] in degrees
    share: Floats  # cumulative, of flights
    heard: Bools


@dataclass(frozen=True)
class World:
    """Fields, the distance in nm from each cell of the map to the nearest receiver, the types by role."""

    fields: Fields
    nearest_nm: Floats  # [latitude, longitude] cells from -90, -180
    types: dict[str, list[tuple[str, float]]]  # role to designators and cruising speeds in kt

    def receiver_nm(self, lat: Floats, lon: Floats) -> Floats:
        """Distance in nm from places in degrees to the nearest receiver, to about half a cell."""
        row = np.minimum(((lat + 90) * CELLS_PER_DEG).astype(np.int64), self.nearest_nm.shape[0] - 1)
        column = np.minimum(((lon + 180) * CELLS_PER_DEG).astype(np.int64), self.nearest_nm.shape[1] - 1)
        found: Floats = self.nearest_nm[row, column]
        return found


@dataclass(frozen=True)
class Legs:
    """Flights, one element each, ordered by aircraft and time; fields by number."""

    aircraft: Ints
    origin: Ints
    destination: Ints
    start_ms: Ints  # engines on at the stand
    cruise_kt: Floats
    ceiling_ft: Floats
    number: Ints  # in the call sign


@dataclass(frozen=True)
class Fleet:
    """Aircraft, one element each: number in the world, type, role, operator's letter."""

    first: int
    type_designator: list[str]
    role: list[str]
    operator: list[str]


def world_of(snapshot: Snapshot, needs: TypeNeeds, seed: int) -> World:
    """The world of a seed."""
    chance = np.random.default_rng([seed])
    fields = _fields(snapshot, chance)
    types: dict[str, list[tuple[str, float]]] = {role: [] for role in FLEET}
    for row in needs.table().to_pylist():
        if row["role"] in types and row["cruise_kt"] and row["category"] == "landplane":
            types[row["role"]].append((row["type_designator"], float(row["cruise_kt"])))
    return World(fields, _nearest_nm(fields), types)


def legs_of(world: World, first: int, count: int, begin_ms: int, end_ms: int,
            chance: np.random.Generator) -> tuple[Fleet, Legs]:  # fmt: skip
    """`count` aircraft from number `first` on, and all their legs that begin in the time given."""
    roles = [FLEET[k] for k in chance.choice(len(FLEET), count, p=SHARE)]
    picked = [world.types[role][int(chance.integers(len(world.types[role])))] for role in roles]
    letters = [chr(ord("A") + int(k)) for k in chance.integers(0, 26, count)]
    fleet = Fleet(first, [name for name, _ in picked], roles, letters)
    cruise = np.array([speed for _, speed in picked])
    ceiling = np.array([CEILING_FT[role] for role in roles], np.float64)
    bounds = np.array([LEG_NM[role] for role in roles], np.float64)
    here = np.searchsorted(world.fields.share, chance.random(count))
    now = begin_ms + (chance.random(count) * 12 * 3_600_000).astype(np.int64)
    made: list[tuple[Ints, ...]] = []
    for _ in range(LONGEST_LEGS):
        there, way_nm = _next(world.fields, here, bounds, chance)
        going = np.flatnonzero(now < end_ms)
        if len(going) == 0:
            break
        number = chance.integers(0, 1000, count)
        made.append(tuple(one[going] for one in (np.arange(count), here, there, now, number)))
        rest = np.where(chance.random(count) < REST[0], REST[1], 0)
        turn_min = chance.uniform(*TURN_MIN, count) + rest
        # A generous estimate of stand to stand, so that no aircraft leaves before it has come.
        now = now + ((way_nm / (0.8 * cruise) * 60 + 50 + turn_min) * 60_000).astype(np.int64)
        here = there
    aircraft, origin, destination, start, number = (np.concatenate(c) for c in zip(*made, strict=True))
    order = np.lexsort((start, aircraft))
    who = aircraft[order]
    wind = chance.normal(0, 20, len(who)).clip(-45, 45)
    flown = np.minimum(ceiling[who] - 2_000 * chance.integers(0, 4, len(who)), 45_000)
    return fleet, Legs(who, origin[order], destination[order], start[order], cruise[who] + wind, flown,
                       number[order])  # fmt: skip


def _next(fields: Fields, here: Ints, bounds: Floats, chance: np.random.Generator) -> tuple[Ints, Floats]:
    """For each aircraft a field within the bounds of its legs, else the one that misses them least."""
    tried = np.searchsorted(fields.share, chance.random((len(here), TRIES)))
    way = distance_nm(
        fields.lat[here][:, None], fields.lon[here][:, None], fields.lat[tried], fields.lon[tried]
    )
    low, high = bounds[:, :1], bounds[:, 1:]
    # Too near counts a hundredfold: a leg shorter than its climb and descent cannot be flown.
    misses = np.maximum(way - high, 0) + 100 * np.maximum(low - way, 0)
    best = misses.argmin(axis=1)
    rows = np.arange(len(here))
    return tried[rows, best], way[rows, best]


def _fields(snapshot: Snapshot, chance: np.random.Generator) -> Fields:
    """Large and medium airports with a jet's runway whose ends are known."""
    known = snapshot.airfields.select(["ident", "kind", "latitude_deg", "longitude_deg", "elevation_ft"])
    kinds = pa.array(["large_airport", "medium_airport"])
    known = known.filter(pc.is_in(known["kind"], kinds)).drop_null()
    strips = snapshot.runways.filter(pc.invert(snapshot.runways["closed"])).drop_columns(
        ["name", "width_ft", "surface", "closed"]
    )
    table = strips.drop_null().join(known, "ident", join_type="inner")
    table = table.sort_by(
        [("ident", "ascending"), ("length_ft", "descending"), ("le_latitude_deg", "ascending")]
    )
    c = {name: table[name].to_numpy() for name in table.column_names if name not in ("ident", "kind")}
    ends = np.stack(
        [np.stack([c[f"{e}_latitude_deg"], c[f"{e}_longitude_deg"]], axis=1) for e in ("le", "he")], axis=1
    )
    lat, lon, length = c["latitude_deg"], c["longitude_deg"], c["length_ft"]
    off = distance_nm(ends[..., 0], ends[..., 1], lat[:, None], lon[:, None]).max(axis=1)
    long_ft = distance_nm(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1]) * 6_076.115
    fit = (length >= RUNWAY_FT[0]) & (length <= RUNWAY_FT[1]) & (off < RUNWAY_END_NM)
    fit &= (np.abs(long_ft / np.maximum(length, 1) - 1) < LENGTH_SLIP) & (c["elevation_ft"] <= HIGHEST_FT)
    ident = table["ident"].to_numpy()
    fit[1:] &= (ident[1:] != ident[:-1]) | ~fit[:-1]  # the longest of each that fits
    kept = np.flatnonzero(fit)
    kept = kept[np.unique(ident[kept], return_index=True)[1]]
    large = (table["kind"].to_numpy() == "large_airport")[kept]
    weight = np.where(large, LARGE_WEIGHT, 1.0)
    heard = chance.random(len(kept)) < np.where(large, HEARD[True], HEARD[False])
    share = np.cumsum(weight) / weight.sum()
    share[-1] = 1.0
    return Fields(ident[kept].tolist(), lat[kept], lon[kept], c["elevation_ft"][kept].astype(np.float64),
                  ends[kept], share, heard)  # fmt: skip


def _nearest_nm(fields: Fields) -> Floats:
    """For each cell of the map the distance in nm from its middle to the nearest receiver."""
    receivers = unit_vectors(fields.lat[fields.heard], fields.lon[fields.heard]).astype(np.float32)
    lats = (np.arange(180 * CELLS_PER_DEG) + 0.5) / CELLS_PER_DEG - 90
    lons = (np.arange(360 * CELLS_PER_DEG) + 0.5) / CELLS_PER_DEG - 180
    rows = [
        (unit_vectors(np.full(len(lons), lat), lons).astype(np.float32).T @ receivers).max(axis=1)
        for lat in lats
    ]
    nearest: Floats = np.arccos(np.clip(np.stack(rows), -1, 1)).astype(np.float64) * EARTH_RADIUS_NM
    return nearest
