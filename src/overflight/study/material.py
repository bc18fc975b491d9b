"""What a study draws on: an archive's positions with their flags, its stops, and the lists of its days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import utc_day
from overflight.detect.columns import Ints
from overflight.detect.dark.fields import Standing, standing_of
from overflight.detect.dark.routes import Routes
from overflight.detect.derive import Rules
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.registry.routes import routes_on
from overflight.store.view import View
from overflight.study.hiding import Material, truths
from overflight.units import MILLISECONDS_PER_DAY

_KEY = ("address", "time_ms", "latitude_e7", "longitude_e7")


@dataclass(frozen=True)
class Study:
    """Positions with flags, the stops derived from them, the fields' standing, routes of their call signs."""

    material: Material
    stops: pa.Table
    standing: Standing
    routes: Routes | None

    @property
    def has_truth(self) -> bool:
        """Whether any landing and any take-off was seen well enough to be hidden."""
        truth = truths(self.material, self.stops)
        return bool((truth.before >= 0).any() and (truth.after >= 0).any())


def read_study(view: View) -> Study:
    """Everything of an archive that fitting and scoring read."""
    positions, flags = _flagged(view.find("positions", []), view.find("position_flags", []))
    stops = view.find("stops", [])
    days = np.unique(positions["time_ms"].to_numpy() // MILLISECONDS_PER_DAY).tolist()
    footprints = footprints_for(gazetteer_of(view), days)
    airframes = airframes_of(view, np.unique(positions["address"].to_numpy()).tolist())
    standing = standing_of(footprints)
    material = Material(positions, flags, footprints, airframes, Rules())
    return Study(material, stops, standing, _routes(view, stops, standing))


def _flagged(positions: pa.Table, flags: pa.Table) -> tuple[pa.Table, Ints]:
    """Positions by address and time, and the integrity bits of each."""
    order = [(name, "ascending") for name in _KEY]
    positions = positions.take(pc.sort_indices(positions, order))
    # one number for all rows of a key, so that a flag finds its position by search
    both = pa.concat_tables([positions.select(_KEY), flags.select(_KEY)])
    columns = [both[name].to_numpy().astype(np.int64) for name in _KEY]
    sort = np.lexsort(columns[::-1])
    new = np.zeros(len(sort), bool)
    for column in columns:
        new[1:] |= column[sort][1:] != column[sort][:-1]
    number = np.empty(len(sort), np.int64)
    number[sort] = np.cumsum(new)
    bits = np.zeros(len(sort) + 1, np.int64)
    np.bitwise_or.at(bits, number[len(positions) :], flags["flags"].to_numpy().astype(np.int64))
    return positions.combine_chunks(), bits[number[: len(positions)]]


def _routes(view: View, stops: pa.Table, standing: Standing) -> Routes | None:
    """Routes as published by the archive's first day, else the earliest after it; None without any."""
    rows = view.find("routes", [])
    if not rows.num_rows or not stops.num_rows:
        return None
    named = pc.unique(pa.concat_arrays([stops[f"callsign_{way}"].combine_chunks() for way in ("in", "out")]))
    rows = rows.filter(pc.is_in(rows["callsign"], named.drop_null()))
    times = pc.coalesce(stops["before_ms"], stops["after_ms"], stops["arrival_latest_ms"])
    published = routes_on(rows, utc_day(pc.min(times).as_py()))
    return Routes({name: found[0].airports for name, found in published.items()}, standing.idents)
