"""Synthetic approaches that end, pass low or touch and go: how many are told as stops seen on the ground.

    python benchmarks/cut_short.py [--tracks 10000]

Each track is an approach along a runway of the packaged list, one report each one to ten seconds, with noise.
`cut`: the last report 0.3 to 1 nm from the threshold and 100 to 300 ft above the field, none with a ground
bit. `go-around`: down to 30-300 ft over the runway and up again. `touch-and-go`: ten seconds of ground bits
at 60 to 110 kt, and up again. Nothing here was recorded by anybody; addresses are of no state's block.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import no_airframes
from overflight.detect.candidates import Knowledge
from overflight.detect.dark.fields import standing_of
from overflight.detect.dark.weights import read_weights
from overflight.detect.derive import Rules, derive
from overflight.detect.footprints import Edition, Footprints, footprints_of
from overflight.geo.borders import Borders
from overflight.geo.sphere import bearing_deg, destination
from overflight.model.fields import POSITIONS, schema
from overflight.registry.airfields import Gazetteer

DAY, START_MS = 17_000, 17_000 * 86_400_000
KINDS = ("cut", "go-around", "touch-and-go")
NOISE_FT = 25.0  # altitudes come in steps of 25 ft
GLIDE_FT_NM = 318.0


def main() -> None:
    """Print what each kind of track is told as."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=10_000, help="of each kind")
    asked = parser.parse_args()
    fields, strips = Gazetteer.packaged().on(DAY)
    places = footprints_of([Edition(0, 99_999, fields, strips)])
    runways = _runways(places, strips)
    for kind in KINDS:
        told = _told(_tracks(kind, asked.tracks, runways, np.random.default_rng(1)), places)
        print(f"{kind}: {asked.tracks:,} tracks; " + ", ".join(f"{n:,} {what}" for what, n in told.items()))


def _runways(places: Footprints, strips: pa.Table) -> np.ndarray:
    """Runways of 4,000 ft and more with known ends: low end, high end, elevation."""
    known = pc.and_(strips["le_latitude_deg"].is_valid(), strips["he_latitude_deg"].is_valid())
    rows = strips.filter(pc.and_(known, pc.greater(pc.fill_null(strips["length_ft"], 0), 4_000)))
    field = pc.index_in(rows["ident"], places.airfields["ident"].combine_chunks())
    names = ("le_latitude_deg", "le_longitude_deg", "he_latitude_deg", "he_longitude_deg")
    ends = np.stack([rows[name].to_numpy() for name in names], axis=1)
    height = places.elevation_ft[field.fill_null(0).to_numpy()]
    whole = field.is_valid().to_numpy() & np.isfinite(height) & np.isfinite(ends).all(axis=1)
    usable = np.flatnonzero(whole & (np.abs(ends[:, 0]) < 70))
    return np.c_[ends, height][usable]


def _tracks(kind: str, count: int, runways: np.ndarray, chance: np.random.Generator) -> pa.Table:
    """POSITIONS of the tracks, one address each."""
    columns: dict[str, list[np.ndarray]] = {
        name: [] for name in ("address", "ms", "lat", "lon", "ft", "kt", "ground")
    }
    for number in range(count):
        a_lat, a_lon, b_lat, b_lon, field_ft = runways[chance.integers(len(runways))]
        step = float(chance.choice([1.0, 2.0, 5.0, 10.0]))
        speed = float(chance.uniform(100, 150))
        course = float(bearing_deg(a_lat, a_lon, b_lat, b_lon))
        out = np.arange(12.0, 0.0, -speed / 3600 * step)  # nm before the threshold
        if kind == "cut":
            last = chance.uniform(0.3, 1.0)
            out = out[out >= last]
            height = np.interp(out, [last, 12], [chance.uniform(100, 300), 12 * GLIDE_FT_NM])
            ground = np.zeros(len(out), bool)
        else:
            low = chance.uniform(30, 300) if kind == "go-around" else 0.0
            after = -np.arange(0.0, 8.0, speed / 3600 * step)
            height = np.r_[np.maximum(out * GLIDE_FT_NM, low), low + np.maximum(-after - 0.8, 0) * 500]
            out = np.r_[out, after]
            rolls = (np.arange(len(out)) * step >= (12.0 / speed * 3600)) & (out > -speed / 3600 * 10)
            ground = rolls if kind == "touch-and-go" else np.zeros(len(out), bool)
        lat, lon = destination(a_lat, a_lon, (course + 180) % 360, out)
        n = len(out)
        columns["address"].append(np.full(n, 0xB00000 + number))
        columns["ms"].append(START_MS + (np.arange(n) * step * 1000).astype(np.int64))
        columns["lat"].append(lat)
        columns["lon"].append(lon)
        feet = field_ft + height + chance.normal(0, NOISE_FT, n)
        columns["ft"].append(np.where(ground, np.nan, np.round(feet / 25) * 25))
        columns["kt"].append(np.full(n, speed if kind != "touch-and-go" else max(60.0, speed - 40)))
        columns["ground"].append(ground)
    return _positions({name: np.concatenate(parts) for name, parts in columns.items()})


def _positions(c: dict[str, np.ndarray]) -> pa.Table:
    n, contract = len(c["ms"]), schema(POSITIONS)
    known = {
        "address": c["address"].astype(np.uint32), "time_ms": c["ms"],
        "latitude_e7": np.round(c["lat"] * 1e7).astype(np.int32),
        "longitude_e7": np.round(c["lon"] * 1e7).astype(np.int32),
        "baro_altitude_ft": pa.array(np.nan_to_num(c["ft"]).astype(np.int32), mask=np.isnan(c["ft"])),
        "groundspeed_kt": c["kt"].astype(np.float32), "on_ground": c["ground"],
        "stale": np.zeros(n, bool), "new_leg": np.zeros(n, bool),
        "feed": pa.repeat("synthetic", n), "data_kind": pa.repeat("synthetic", n),
    }  # fmt: skip
    columns = {f.name: known[f.name] if f.name in known else pa.nulls(n, f.type) for f in contract}
    return pa.table(columns).cast(contract)


def _told(positions: pa.Table, places: Footprints) -> Counter[str]:
    """What the stops of the tracks are, by kind of telling."""
    rules = Rules()
    knowledge = Knowledge(read_weights(), standing_of(places))
    bits = np.zeros(len(positions), np.int64)
    stops = derive(positions, bits, places, no_airframes(), Borders.load(), rules, knowledge).stops
    seen = stops.filter(stops["seen"])
    counts = Counter({"stops seen on the ground": len(seen)})
    for grade in ("observed", "inferred", "compatible", "unknown"):
        counts[f"of them {grade}"] = int(pc.sum(pc.equal(seen["grade"], grade)).as_py() or 0)
    return counts


if __name__ == "__main__":
    main()
