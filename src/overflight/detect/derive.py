"""Positions of some aircraft in, every derived table out: the one kernel the mapper runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from overflight.detect import calls, crossings, footprints, ground, integrity, shared, stays, stops
from overflight.detect.airframes import HELICOPTER, LANDPLANE, Airframes
from overflight.detect.calls import calls_of
from overflight.detect.candidates import Knowledge
from overflight.detect.columns import Columns, Ints, columns_of
from overflight.detect.crossings import CrossingRules, find_crossings
from overflight.detect.flights import flight_table, names_of
from overflight.detect.footprints import Footprints
from overflight.detect.ground import Ground, GroundRules, ground_state
from overflight.detect.integrity import IntegrityRules, flag_positions
from overflight.detect.paths import flight_boxes, paths_of
from overflight.detect.shared import SharedRules, find_shared
from overflight.detect.stays import StayRules, find_stays
from overflight.detect.stops import stop_table
from overflight.geo.borders import Borders
from overflight.model.fields import POSITION_FLAGS, schema


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
        modules = (integrity, shared, ground, footprints, stays, stops, crossings, calls)
        return " ".join(module.VERSION for module in modules)


@dataclass(frozen=True)
class Derived:
    """The derived tables of the positions given."""

    position_flags: pa.Table
    flights: pa.Table
    stops: pa.Table
    crossings: pa.Table
    flight_boxes: pa.Table
    calls: pa.Table

    def items(self) -> list[tuple[str, pa.Table]]:
        """Table names and tables."""
        return list(vars(self).items())


def shared_flags(positions: pa.Table, rules: Rules) -> Ints:
    """Bits that aircraft share, for all positions of one UTC day sorted by address and time."""
    return find_shared(columns_of(positions.select(shared.NEEDED)), rules.shared)


def derive(
    positions: pa.Table,
    shared_bits: Ints,
    places: Footprints,
    airframes: Airframes,
    borders: Borders,
    rules: Rules,
    knowledge: Knowledge,
) -> Derived:
    """Derived tables of some aircraft: `positions` hold the whole window, sorted by address and time."""
    c = columns_of(positions)
    flags = flag_positions(c, rules.integrity, shared_bits)
    landplane, rotor = (airframes.is_category(c.address, k) for k in (LANDPLANE, HELICOPTER))
    state = ground_state(c, flags, places, rotor, landplane, rules.ground)
    found, legs = find_stays(c, state, rules.stays, rules.integrity)
    names, versions = names_of(c, found, legs), rules.name
    paths = paths_of(c, state.flags, legs)
    stays = stop_table(c, state, found, legs, places, names, rules.stays, rules.integrity, versions)
    return Derived(
        position_flags=_flagged(c, state),
        flights=flight_table(c, state, legs, names, rules.stays, versions),
        stops=stays,
        crossings=find_crossings(c, paths, legs, names.flights, borders, rules.crossings, versions),
        flight_boxes=flight_boxes(c, paths, legs, names.flights),
        calls=calls_of(stays, places, airframes, knowledge.standing, knowledge.weights),
    )


def _flagged(c: Columns, state: Ground) -> pa.Table:
    """POSITION_FLAGS: one row for each flagged position."""
    index = np.flatnonzero(state.flags)
    rows = c.table.select(schema(POSITION_FLAGS).names[:-1]).take(pa.array(index))
    bits = pa.array(state.flags[index].astype(np.int32))
    return rows.append_column("flags", bits).cast(schema(POSITION_FLAGS))
