"""Positions of some aircraft in, every derived table out: the one kernel the mapper runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from overflight.detect import crossings, footprints, ground, integrity, shared, stays
from overflight.detect.airframes import HELICOPTER, LANDPLANE, Airframes
from overflight.detect.columns import Columns, Ints, columns_of
from overflight.detect.crossings import CrossingRules, find_crossings
from overflight.detect.flights import flight_table
from overflight.detect.footprints import Footprints
from overflight.detect.ground import Ground, GroundRules, ground_state
from overflight.detect.integrity import IntegrityRules, flag_positions
from overflight.detect.paths import flight_boxes, paths_of
from overflight.detect.shared import SharedRules, find_shared
from overflight.detect.stays import StayRules, find_stays
from overflight.detect.stops import stop_table
from overflight.geo.borders import Borders
from overflight.model.fields import POSITION_FLAGS, schema

VERSION = "derive/1"


@dataclass(frozen=True)
class Rules:
    """All thresholds together; `name` is what every derived row states."""

    integrity: IntegrityRules = field(default_factory=IntegrityRules)
    shared: SharedRules = field(default_factory=SharedRules)
    ground: GroundRules = field(default_factory=GroundRules)
    stays: StayRules = field(default_factory=StayRules)
    crossings: CrossingRules = field(default_factory=CrossingRules)

    @property
    def name(self) -> str:
        """Versions of the kernels; a change of a threshold comes with a new version."""
        modules = (integrity, shared, ground, footprints, stays, crossings)
        return " ".join(module.VERSION for module in modules)


@dataclass(frozen=True)
class Derived:
    """The derived tables of the positions given."""

    position_flags: pa.Table
    flights: pa.Table
    stops: pa.Table
    crossings: pa.Table
    flight_boxes: pa.Table

    def items(self) -> list[tuple[str, pa.Table]]:
        """Table names and tables."""
        return list(vars(self).items())


def shared_flags(positions: pa.Table, rules: Rules) -> Ints:
    """Bits of the positions of one whole UTC day (all aircraft, sorted by address and time) that aircraft share."""
    return find_shared(columns_of(positions), rules.shared)


def derive(
    positions: pa.Table,
    shared_bits: Ints,
    places: Footprints,
    airframes: Airframes,
    borders: Borders,
    rules: Rules,
) -> Derived:
    """Derived tables of some aircraft: `positions` hold the whole window, sorted by address and time."""
    c = columns_of(positions)
    flags = flag_positions(c, rules.integrity, shared_bits)
    landplane, rotor = (airframes.is_category(c.address, k) for k in (LANDPLANE, HELICOPTER))
    state = ground_state(c, flags, places, rotor, landplane, rules.ground)
    stays, legs = find_stays(c, state, rules.stays, rules.integrity)
    flights, flight_ids, stop_ids = flight_table(c, state, stays, legs, rules.name)
    stops = stop_table(c, state, stays, legs, places, flight_ids, stop_ids, rules)
    paths = paths_of(c, state.flags, legs)
    crossed = find_crossings(c, paths, legs, flight_ids, borders, rules.crossings, rules.name)
    return Derived(
        position_flags=_flagged(c, state),
        flights=flights,
        stops=stops,
        crossings=crossed,
        flight_boxes=flight_boxes(c, paths, legs, flight_ids),
    )


def _flagged(c: Columns, state: Ground) -> pa.Table:
    """POSITION_FLAGS: one row for each flagged position."""
    index = np.flatnonzero(state.flags)
    names = schema(POSITION_FLAGS).names[:-1]
    rows = c.table.select(names).take(pa.array(index))
    return rows.append_column("flags", pa.array(state.flags[index].astype(np.int32))).cast(
        schema(POSITION_FLAGS)
    )
