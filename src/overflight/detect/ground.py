"""On the ground or not, from everything the report says; no single word or height proves a landing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Ints, altitude_ft
from overflight.detect.footprints import Footprints
from overflight.detect.integrity import NO_PROOF, QUARANTINE
from overflight.model.grades import FLAG_BITS
from overflight.units import MILLISECONDS_PER_DAY

VERSION = "ground/1"
_WRONG = FLAG_BITS["ground_bit_wrong"]


@dataclass(frozen=True)
class GroundRules:
    """Thresholds of the ground state."""

    # Pressure altitude is off by up to 1,000 ft with the weather, geometric height by up to 350 ft (geoid),
    # and field elevations are given to the reference point: 500 ft more.
    height_error_ft: float = 1_500.0
    # A ground bit away from every field and faster than taxiing (ICAO Doc 9157: taxi up to about 50 kt) is
    # not believed.
    taxi_kt: float = 50.0
    # No landplane flies at 35 kt; many light aircraft have no ground bit at all (DO-260B lets them send
    # "airborne").
    stopped_kt: float = 35.0
    # Without a ground bit only a known landplane that stands still proves anything: a hover or a balloon
    # may be slow.
    standing_kt: float = 10.0


@dataclass(frozen=True)
class Ground:
    """State of each position: on the ground or not, where, and whether that may prove anything."""

    down: Bools  # on the surface, or stopped at the height of a field
    field: Ints  # -1 no field, -2 too close to call; only meaningful where down
    solid: Bools  # down on a field, by its ground bit or standing still, with nothing wrong with the report
    flags: Ints  # flags with ground_bit_wrong added


def ground_state(
    c: Columns, flags: Ints, footprints: Footprints, rotor: Bools, landplane: Bools, rules: GroundRules
) -> Ground:
    """Fused ground state; `rotor` marks positions of helicopters, `landplane` those of known landplanes."""
    height = altitude_ft(c)
    said = (c.on_ground == 1) & (flags & _WRONG == 0)
    slow = (c.on_ground != 1) & (c.groundspeed_kt <= rules.stopped_kt) & ~rotor & ~np.isnan(height)
    field = _field(c, said | slow, footprints, rotor)
    on_field = field >= 0
    above = np.full(c.size, np.nan)
    above[on_field] = np.abs(height[on_field] - footprints.elevation_ft[field[on_field]])
    # A height is often a leftover from before touch-down: at taxi speed on a field the ground bit is
    # believed.
    taxies = c.groundspeed_kt <= rules.taxi_kt
    height_wrong = said & (above > rules.height_error_ft) & ~taxies
    wrong = height_wrong | (said & (field == -1) & (c.groundspeed_kt > rules.taxi_kt))
    said &= ~wrong
    stopped = slow & (above <= rules.height_error_ft)
    stopped &= _twice(c, stopped)
    flags = np.where(wrong, flags | _WRONG, flags)
    standing = stopped & landplane & (c.groundspeed_kt <= rules.standing_kt)
    good = flags & (QUARANTINE | NO_PROOF) == 0
    return Ground(down=said | stopped, field=field, solid=(said | standing) & on_field & good, flags=flags)


def _field(c: Columns, asked: Bools, footprints: Footprints, rotor: Bools) -> Ints:
    """Field on which each of the positions asked for is, -1 none, -2 too close to call."""
    field = np.full(c.size, -1, np.int64)
    at = np.flatnonzero(asked)
    day = c.time_ms[at] // MILLISECONDS_PER_DAY
    field[at], _ = footprints.locate(c.latitude_deg[at], c.longitude_deg[at], day, rotor[at])
    return field


def _twice(c: Columns, stopped: Bools) -> Bools:
    """Whether a neighbouring position is stopped too: one slow report may be a bad speed."""
    both = (c.address[1:] == c.address[:-1]) & stopped[1:] & stopped[:-1]
    out = np.zeros(c.size, bool)
    out[1:] |= both
    out[:-1] |= both
    return out
