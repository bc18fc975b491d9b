"""Integrity flags: which positions cannot carry an observed landing or crossing, and why. Nothing is removed.

Everything here looks at one aircraft and one UTC day at a time (the order of adding files cannot matter)
and only at what the report and its neighbours say. Which of several impossible places is the wrong one:
`chains`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.detect.chains import aircraft_days, chains_of, doubt_chains
from overflight.detect.columns import Bools, Codes, Columns, Floats, Ints, altitude_ft, rows_of
from overflight.detect.speeds import SpeedRules
from overflight.geo.ragged import among
from overflight.geo.sphere import bearing_deg, distance_nm, farther, turn_deg
from overflight.model.grades import FLAG_BITS, PROVES_NOTHING
from overflight.model.heard import is_document, is_marked_spoofed, is_processed
from overflight.units import EARTH_RADIUS_NM, MILLISECONDS_PER_SECOND

VERSION = "integrity/1"
# Reports with one of these flags say nothing of where the aircraft was: no leg, stay or crossing is made of
# them. Poor integrity, documents and what was processed are not: they tell where, but prove nothing.
NO_PROOF = sum(FLAG_BITS[word] for word in PROVES_NOTHING)
QUARANTINE = sum(FLAG_BITS.values()) - NO_PROOF
NOT_RECEIVED = QUARANTINE | FLAG_BITS["document"]  # says nothing of what was received
_STALE, _FROZEN, _SAME_TIME = FLAG_BITS["stale"], FLAG_BITS["frozen"], FLAG_BITS["same_time"]
_SPOOFED, _DOCUMENT = FLAG_BITS["marked_spoofed"], FLAG_BITS["document"]
_PROCESSED = FLAG_BITS["processed"]
_LEAST_NM_PER_DEGREE = EARTH_RADIUS_NM * 3.1415 / 180  # a little less than one of latitude has
_ROUNDING_DEG = 1e-6
_OUT_OF_PLACE = FLAG_BITS["teleport"] | FLAG_BITS["two_places"]


@dataclass(frozen=True)
class IntegrityRules(SpeedRules):
    """Thresholds of the integrity flags."""

    # Repeats at taxi speed are parking, above it they are repeats.
    frozen_speed_kt: float = 50.0
    # 50 kt for 5 s is 130 m, 26 times the 5 m grid on which positions are sent from the air.
    frozen_after_s: float = 5.0
    # An aircraft that flies the same round again and again comes back to within metres of itself, but to
    # the very digit only by chance; over hours chance has many tries. After an hour the same place alone is
    # no repeat, the same place with the same speed and heading still is.
    frozen_longest_s: float = 3_600.0
    # A feed rounded to 0.001 degree or coarser repeats places by rounding: there the state must be the same
    # too, and the speed must ask for 1.2 nm, twice the grain of a feed of 0.01 degree.
    coarse_e7: int = 10_000
    coarse_nm: float = 1.2
    # Measured on OpenSky's dump of 2025-07-05, where old states come back under new times: of the pairs in
    # one state (speed, heading) whose place moved by under a quarter of what the speed asks for, 96 % moved
    # by under a tenth. A holding pattern turns its heading. A minute, because within less a rounded place
    # may stand still.
    creep_speed_kt: float = 100.0
    creep_after_s: float = 60.0
    creep_fraction: float = 0.25
    creep_turn_deg: float = 5.0
    creep_speed_change: float = 0.05
    # The same in a turn or a climb: all that changed fits the few seconds the way took, not the time
    # claimed. Allowed a little more than a turn at rate one (3 degrees a second), a jet's climb (4,000 ft a
    # minute) and 0.13 g, which airliners seldom gain once in the air.
    later_longest_s: float = 30.0
    later_turn_deg_s: float = 3.5
    later_climb_ft_s: float = 80.0
    later_speed_kt_s: float = 2.5
    # More than a right angle against the reported track, both before and after.
    backward_turn_deg: float = 120.0
    backward_least_nm: float = 0.2  # more than the noise of positions
    # A real reversal fits into two minutes (a 180 degree turn at rate one is 60 s).
    backward_longest_s: float = 120.0
    least_nic: int = 5  # NIC 5: containment radius 1 nm; worse cannot place an aircraft on an airfield
    least_nac_p: int = 5  # NACp 5: 95 % within 0.5 nm
    carry_s: float = 300.0  # integrity words are sent every few seconds but logged only when they change
    ground_speed_limit_kt: float = 200.0  # no transport aircraft rolls faster (tyre limits are 195-204 kt)
    # Highest civil airport: Daocheng, 14,472 ft, plus 1,000 ft of weather.
    ground_altitude_limit_ft: float = 15_500.0


def flag_positions(c: Columns, rules: IntegrityRules, shared: Ints) -> Ints:
    """Bits of `model.grades.FLAG_BITS` for each position; `shared` carries the bits found across aircraft.

    What a source calls spoofed casts no doubt on anything else, and what a document says none on what was
    received: receptions are looked at among themselves, documents among both.
    """
    told = _told_by_source(c)
    if not told.any():
        return _found(c, rules, shared)
    flags = shared | told | np.where(c.stale, _STALE, 0)
    for judged, beside in judged_beside(told):
        found = np.zeros(c.size, np.int64)
        found[beside] = _found(rows_of(c, beside), rules, shared[beside])
        flags[judged] |= found[judged]
    return flags


def judged_beside(flags: Ints) -> tuple[tuple[Bools, Bools], tuple[Bools, Bools]]:
    """Which positions are looked at beside which: received ones by themselves, documents beside both."""
    received, believed = flags & (_SPOOFED | _DOCUMENT) == 0, flags & _SPOOFED == 0
    return (received, received), (believed & ~received, believed)


def _found(c: Columns, rules: IntegrityRules, shared: Ints) -> Ints:
    """The bits that reports of one kind of trust give each other."""
    flags = shared.copy()
    flags[c.stale] |= _STALE
    flags[_same_time(c, rules)] |= _SAME_TIME
    usable = np.flatnonzero(flags & (_STALE | _SAME_TIME) == 0)
    days = aircraft_days(c)
    chain = chains_of(c, usable, days, rules)
    frozen = _frozen(c, usable, chain, rules)
    flags[frozen] |= _FROZEN
    # once more without the repeats: what seemed to jump away from a repeat may well fit what was before it
    moves = flags[usable] & _FROZEN == 0
    moving, chain = usable[moves], chain[moves]
    again = np.flatnonzero(among(days[moving], days[frozen]))
    chain[again] = chains_of(c, moving[again], days, rules)
    doubt_chains(moving, chain, days, flags, rules)
    clean = np.flatnonzero(flags & (_STALE | _SAME_TIME | _FROZEN | _OUT_OF_PLACE) == 0)
    flags[_out_of_order(c, clean, rules)] |= FLAG_BITS["out_of_order"]
    flags[_poor(c, rules)] |= FLAG_BITS["poor_integrity"]
    too_fast = c.groundspeed_kt > rules.ground_speed_limit_kt
    too_high = altitude_ft(c) > rules.ground_altitude_limit_ft
    flags[(c.on_ground == 1) & (too_fast | too_high)] |= FLAG_BITS["ground_bit_wrong"]
    return flags


def _told_by_source(c: Columns) -> Ints:
    """Bits that rest on how the source says it came by a position."""
    of_word = [
        (_SPOOFED if is_marked_spoofed(word) else 0)
        | (_DOCUMENT if is_document(word) else 0)
        | (_PROCESSED if is_processed(word) else 0)
        for word in c.source_words
    ]
    bits: Ints = np.array(of_word, np.int64)[c.source]
    return bits


def _same_time(c: Columns, rules: IntegrityRules) -> Bools:
    """Positions of one instant that are not at one place: all of them, for nothing says which is right."""
    tied = np.flatnonzero((c.address[1:] == c.address[:-1]) & (c.time_ms[1:] == c.time_ms[:-1])) + 1
    new = np.ones(len(tied), bool)
    new[1:] = tied[1:] != tied[:-1] + 1
    moment = np.cumsum(new) - 1
    first = (tied[new] - 1)[moment]
    lat, lon = c.latitude_deg, c.longitude_deg
    apart = farther(lat[first], lon[first], lat[tied], lon[tied], rules.slack_nm)
    torn = np.bincount(moment[apart], minlength=int(new.sum())) > 0
    out = np.zeros(c.size, bool)
    out[tied] = torn[moment]
    out[first[torn[moment]]] = True
    return out


def _frozen(c: Columns, usable: Ints, chain: Ints, rules: IntegrityRules) -> Ints:
    """Repeated states among `usable`: the reported speed says it moved, the place says it hardly did."""
    a, b = _suspects(c, usable, chain, rules)
    dt = (c.time_ms[b] - c.time_ms[a]) / MILLISECONDS_PER_SECOND
    far = distance_nm(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
    slower = np.minimum(c.groundspeed_kt[a], c.groundspeed_kt[b])
    gain = np.abs(c.groundspeed_kt[a] - c.groundspeed_kt[b])
    turn = turn_deg(c.track_deg[a], c.track_deg[b])
    asked = slower * dt / 3600
    same = (turn <= rules.creep_turn_deg) & (gain <= rules.creep_speed_change * slower)
    alone = (dt <= rules.frozen_longest_s) & ~_coarse(c, b, rules)
    again = (dt >= rules.frozen_after_s) & (alone | (same & (asked >= rules.coarse_nm)))
    repeated = (far == 0) & (slower >= rules.frozen_speed_kt) & again
    slow = (dt >= rules.creep_after_s) & (far < rules.creep_fraction * asked)
    creeping = slow & same & (slower >= rules.creep_speed_kt)
    frozen = repeated | creeping | (slow & _moments_later(c, a, b, far, rules))
    return np.asarray(b[frozen])


def _suspects(c: Columns, usable: Ints, chain: Ints, rules: IntegrityRules) -> tuple[Ints, Ints]:
    """Neighbours in a chain that may be a repeat: at one place, or slow on their latitudes alone."""
    order = np.argsort(chain, kind="stable")
    row, chain = usable[order], chain[order]
    second = np.flatnonzero(chain[1:] == chain[:-1]) + 1
    a, b = row[second - 1], row[second]
    seconds = (c.time_ms[b] - c.time_ms[a]) / MILLISECONDS_PER_SECOND
    high = np.abs(c.latitude_deg[b] - c.latitude_deg[a])
    still = (high == 0) & (c.longitude_deg[a] == c.longitude_deg[b]) & (seconds >= rules.frozen_after_s)
    some = np.flatnonzero(still | (seconds >= rules.creep_after_s))
    a, b, seconds, high, still = a[some], b[some], seconds[some], high[some], still[some]
    slower = np.minimum(c.groundspeed_kt[a], c.groundspeed_kt[b])
    least_nm = high * _LEAST_NM_PER_DEGREE
    may = still | (least_nm < rules.creep_fraction * slower * seconds / 3600)
    may &= slower >= min(rules.frozen_speed_kt, rules.creep_speed_kt)
    return a[may], b[may]


def _moments_later(c: Columns, a: Ints, b: Ints, far: np.ndarray, rules: IntegrityRules) -> Bools:
    """Whether b is the state of a a few seconds on, by way, course, turn, climb and speed."""
    slower = np.minimum(c.groundspeed_kt[a], c.groundspeed_kt[b])
    moving = slower >= rules.frozen_speed_kt
    took = 3600 * far / np.where(moving, slower, np.nan)
    course = bearing_deg(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b])
    turned = rules.creep_turn_deg + rules.later_turn_deg_s * took
    climbed = np.abs(altitude_ft(c)[a] - altitude_ft(c)[b])
    gain = np.abs(c.groundspeed_kt[a] - c.groundspeed_kt[b])
    return np.asarray(
        (took <= rules.later_longest_s)
        & (turn_deg(c.track_deg[a], c.track_deg[b]) <= turned)
        & (turn_deg(course, c.track_deg[a]) <= turned)
        & ~(climbed > rules.later_climb_ft_s * (1 + took))
        & (gain <= rules.creep_speed_change * slower + rules.later_speed_kt_s * took)
    )


def _coarse(c: Columns, rows: Ints, rules: IntegrityRules) -> Bools:
    """Whether both coordinates are round, which one in a hundred million is by chance."""
    lat, lon = (np.rint(v[rows] * 1e7).astype(np.int64) for v in (c.latitude_deg, c.longitude_deg))
    return np.asarray((lat % rules.coarse_e7 == 0) & (lon % rules.coarse_e7 == 0))


def _out_of_order(c: Columns, clean: Ints, rules: IntegrityRules) -> Ints:
    """Positions that step back while the aircraft went on: reports older than their time says."""
    time, address, speed = c.time_ms[clean], c.address[clean], c.groundspeed_kt[clean]
    soon = time[2:] - time[:-2] <= rules.backward_longest_s * MILLISECONDS_PER_SECOND
    fast = np.minimum(speed[:-2], speed[1:-1]) >= rules.creep_speed_kt
    lat, lon, track = c.latitude_deg[clean], c.longitude_deg[clean], c.track_deg[clean]
    may = _may_go_back(lat[:-2], lon[:-2], lat[1:-1], lon[1:-1], track[:-2], rules)
    a = np.flatnonzero((address[2:] == address[:-2]) & soon & fast & may)
    b, d = a + 1, a + 2
    steady = turn_deg(track[a], track[b]) <= 90 - rules.backward_turn_deg / 2
    back = turn_deg(bearing_deg(lat[a], lon[a], lat[b], lon[b]), track[a]) > rules.backward_turn_deg
    course = bearing_deg(lat[b], lon[b], lat[d], lon[d])
    onward = turn_deg(course, track[a]) < 180 - rules.backward_turn_deg
    far = farther(lat[a], lon[a], lat[b], lon[b], rules.backward_least_nm)
    return clean[b[steady & back & onward & far]]


def _may_go_back(
    lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats, track_deg: Floats, rules: IntegrityRules
) -> Bools:
    """Whether the way may turn back against the track; nearly all do not, and their quadrant tells.

    A course is no further than 45 degrees from the middle of its quadrant. Eastward or westward is as the
    longitudes say, northward or southward as the latitudes say unless a great circle bends by more: with the
    terms of `bearing_deg`, by up to a quarter of the square of the difference of longitudes.
    """
    north, east = lat2 - lat1, lon2 - lon1
    middle = np.where(north > 0, 45.0, 135.0)
    middle = np.where(east > 0, middle, -middle)
    bend = east * east * (np.pi / 180 / 4)
    unsure = (np.abs(north) < 1.1 * bend) | (np.abs(north) > 5) | (np.abs(east) > 5)
    return np.asarray(unsure | (turn_deg(middle, track_deg) > rules.backward_turn_deg - 45 - _ROUNDING_DEG))


def _poor(c: Columns, rules: IntegrityRules) -> Bools:
    """NIC or NACp too low, or SIL 0 from a version 2 transmitter (older ones did not have to send one)."""
    poor = np.zeros(c.size, bool)
    for values, least in ((c.nic, rules.least_nic), (c.nac_p, rules.least_nac_p)):
        if ((values >= 0) & (values < least)).any():
            held = _carried(values, c, rules)
            poor |= (held >= 0) & (held < least)
    if (c.sil == 0).any() and (c.adsb_version == 2).any():
        poor |= (_carried(c.sil, c, rules) == 0) & (_carried(c.adsb_version, c, rules) == 2)
    return poor


def _carried(values: Codes, c: Columns, rules: IntegrityRules) -> Codes:
    """Last value reported by the aircraft within `carry_s`; -1 where none was."""
    index = np.maximum.accumulate(np.where(values >= 0, np.arange(c.size), -1))
    at = np.maximum(index, 0)
    recent = c.time_ms - c.time_ms[at] <= rules.carry_s * MILLISECONDS_PER_SECOND
    known = (index >= 0) & (c.address[at] == c.address) & recent
    return np.where(known, values[at], np.int8(-1))
