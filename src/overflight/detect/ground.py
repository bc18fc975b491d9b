"""On the ground or not, from everything the report says; no single word or height proves a landing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Ints, altitude_ft
from overflight.detect.footprints import Footprints
from overflight.model.grades import FLAG_BITS
from overflight.units import MILLISECONDS_PER_DAY

VERSION = "ground/1"


@dataclass(frozen=True)
class GroundRules:
    """Thresholds of the ground state."""

    # Pressure altitude is off by up to 1,000 ft with the weather, geometric height by up to 350 ft (geoid), and
    # field elevations are given to the reference point: 500 ft more.
    height_error_ft: float = 1500.0
    # A ground bit away from every field and faster than taxiing (ICAO Doc 9157: taxi up to about 50 kt) is not believed.
    taxi_kt: float = 50.0
    # No landplane flies at 35 kt; many light aircraft have no ground bit at all (DO-260B lets them send "airborne").
    stopped_kt: float = 35.0
    # Without a ground bit only a known landplane that stands still proves anything: a hover or a balloon may be slow.
    standing_kt: float = 10.0


@dataclass(frozen=True)
class Ground:
    """State of each position: `down` (surface or very low and stopped), which `field`, and whether it may prove anything."""

    down: Bools
    field: Ints  # -1 no field, -2 too close to call, only meaningful where down
    solid: Bools  # down, said so by the aircraft on a field, integrity good
    flags: Ints  # flags with ground_bit_wrong added


def ground_state(
    c: Columns, flags: Ints, footprints: Footprints, rotor: Bools, landplane: Bools, rules: GroundRules
) -> Ground:
    """Fused ground state; `rotor` marks positions of helicopters, which hover, `landplane` those of known landplanes."""
    said = (c.on_ground == 1) & (flags & FLAG_BITS["ground_bit_wrong"] == 0)
    slow = (c.on_ground != 1) & (c.groundspeed_kt <= rules.stopped_kt) & ~rotor & ~np.isnan(altitude_ft(c))
    asked = np.flatnonzero(said | slow)
    field = np.full(c.size, -1, np.int64)
    day = c.time_ms[asked] // MILLISECONDS_PER_DAY
    field[asked], _ = footprints.locate(c.latitude_deg[asked], c.longitude_deg[asked], day, rotor[asked])
    on_field = field >= 0
    elevation = footprints.elevation_ft[np.maximum(field, 0)]
    with np.errstate(invalid="ignore"):
        above = np.abs(altitude_ft(c) - elevation)
    # a height is often a leftover from before touch-down: at taxi speed on a field the ground bit is believed
    slow_roll = c.groundspeed_kt <= rules.taxi_kt
    height_wrong = said & on_field & (above > rules.height_error_ft) & ~slow_roll
    wrong = height_wrong | (said & (field == -1) & (c.groundspeed_kt > rules.taxi_kt))
    said &= ~wrong
    stopped = slow & on_field & (above <= rules.height_error_ft)
    stopped &= _twice(c, stopped)
    new_flags = flags.copy()
    new_flags[wrong] |= FLAG_BITS["ground_bit_wrong"]
    standing = stopped & landplane & (c.groundspeed_kt <= rules.standing_kt)
    solid = (said | standing) & on_field & (flags & FLAG_BITS["poor_integrity"] == 0)
    return Ground(down=said | stopped, field=field, solid=solid, flags=new_flags)


def _twice(c: Columns, stopped: Bools) -> Bools:
    """Whether a neighbouring position of the same aircraft is stopped too: one slow report may be a bad speed."""
    same = c.address[1:] == c.address[:-1]
    both = same & stopped[1:] & stopped[:-1]
    return np.r_[False, both] | np.r_[both, False]
