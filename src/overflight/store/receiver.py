"""Whether recordings could be those of one antenna: published, they would show where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.geo.sphere import Floats, degrees_of, destination, unit_vectors
from overflight.model.grades import RECORDED
from overflight.store.conditions import Condition
from overflight.store.entries import Batch
from overflight.store.view import View
from overflight.units import EARTH_RADIUS_NM

# Radio horizon in nm: 1.23 * (sqrt(aircraft ft) + sqrt(antenna ft)); 40,000 ft seen from 10 ft: 250.
RANGE_NM = 250.0
# Positions heard farther (ducts, a mountain top) or false (jamming, a bad decode) must not hide the rest.
SHARE = 0.99
SAMPLE = 500  # aircraft-days, two positions of each: where 1 in 50 lies beyond, 1 chance in 20,000 to miss it
_STEP_NM, _BEARINGS = 25.0, 120  # of the places tried, which then lie within 25 nm of any place in their disc
_SLACK_NM = 25.0


def one_receiver(view: View) -> str | None:
    """Why some recordings may be one antenna's, in a sentence; None where none can be.

    Each batch of several aircraft is judged by itself; batches of one aircraft (traces come so) together with
    the others of their intake. The first and last position of each aircraft on each day are looked at: where
    it came into reach and left it. No format is exempt: none says for certain that many receivers made it.
    """
    lineage = view.find("lineage", [], ["batch", "address", "first_ms", "last_ms"])
    for batches, rows in _groups(view.batches(), lineage):
        places = _places(view, rows)
        if places.shape[1] and _within_reach(places):
            more = f" and {len(batches) - 1:,} more added with it" if len(batches) > 1 else ""
            return (
                f"the positions of {batches[0].name}{more} all lie within {RANGE_NM:g} nm of one point: one "
                "receiver may have heard them, and its place would show"
            )
    return None


def _groups(batches: list[Batch], lineage: pa.Table) -> Iterator[tuple[list[Batch], pa.Table]]:
    """Batches judged together, with their lineage."""
    number = lineage["batch"].to_numpy()
    pairs = lineage.group_by(["batch", "address"]).aggregate([])
    many, count = np.unique(pairs["batch"].to_numpy(), return_counts=True)
    several = set(many[count > 1].tolist())
    groups: dict[tuple[str, int], list[Batch]] = {}
    for batch in batches:
        key = ("batch", batch.number) if batch.number in several else ("intake", batch.added_version)
        groups.setdefault(key, []).append(batch)
    for some in groups.values():
        yield some, lineage.filter(pa.array(np.isin(number, [batch.number for batch in some])))


def _places(view: View, lineage: pa.Table) -> Floats:
    """Unit vectors of the first and last recorded positions of some rows of lineage, evenly taken."""
    rows = lineage.sort_by([(name, "ascending") for name in ("address", "first_ms", "last_ms")])
    if len(rows) > SAMPLE:
        rows = rows.take(pa.array(np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)))
    ends = [rows.select(["address", name]).rename_columns(["address", "time_ms"])
            for name in ("first_ms", "last_ms")]  # fmt: skip
    wanted = pa.concat_tables(ends)
    asked = [
        Condition(name, "in", pc.unique(wanted[name]).to_pylist()) for name in ("address", "time_ms")
    ] + [Condition("data_kind", "=", RECORDED)]
    found = view.find("positions", asked, ["address", "time_ms", "latitude_e7", "longitude_e7"])
    keys = ["address", "time_ms"]
    real = found.join(wanted.group_by(keys).aggregate([]), keys, None, "left semi")
    latitude, longitude = (real[f"{axis}_e7"].to_numpy() / 1e7 for axis in ("latitude", "longitude"))
    return unit_vectors(latitude, longitude)


def _within_reach(places: Floats) -> bool:
    """Whether nearly all of the places could be heard from one point, rather yes than no."""
    near = np.mean(places.T @ places >= np.cos(2 * RANGE_NM / EARTH_RADIUS_NM), axis=1)
    best = int(np.argmax(near))
    if near[best] < SHARE:  # around any of a disc's points, twice its radius holds the whole disc
        return False
    latitude, longitude = degrees_of(places[:, best])
    # the disc and what is around `best` have points in common, so its middle is within three radii
    rings = np.arange(0.0, 3 * RANGE_NM + _STEP_NM, _STEP_NM)
    bearings = np.arange(_BEARINGS) * 360 / _BEARINGS
    far, way = (grid.ravel() for grid in np.meshgrid(rings, bearings))
    middles = unit_vectors(*destination(latitude, longitude, way, far))
    inside = middles.T @ places >= np.cos((RANGE_NM + _SLACK_NM) / EARTH_RADIUS_NM)
    return bool(np.mean(inside, axis=1).max() >= SHARE)
