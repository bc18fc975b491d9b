"""From legs to position reports: stand, taxi, roll, climb, cruise, descent, final, roll, taxi, stand.

A leg is thirteen phases of steady acceleration and steady climb along six great circles, so that every report
is a short sum; all legs of a chunk are computed at once. Then what no receiver heard is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.geo.sphere import bearing_deg, degrees_of, destination, distance_nm, turn_deg, unit_vectors
from overflight.study.synth_world import Bools, Fields, Floats, Ints, Legs, World
from overflight.units import EARTH_RADIUS_NM

# Seconds between reports in each phase, as readsb keeps them: dense where something changes.
STEP_S = np.array([20, 8, 10, 2, 6, 10, 20, 10, 8, 4, 2, 8, 20], np.float64)
GROUND = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1], np.bool_)
PHASES = len(STEP_S)
TAXI_KT = (12.0, 22.0)  # ICAO Doc 9157: up to about 50 kt, mostly far less
ROTATE_KT, APPROACH_KT, BELOW_10000_KT = (
    145.0,
    138.0,
    250.0,
)  # 250 kt below 10,000 ft: the rule in most states
CLIMB_FPM, HIGH_CLIMB_FPM = 2_300.0, 1_700.0  # of jets to 10,000 ft and above
DESCENT_FPM, LOW_DESCENT_FPM = 2_200.0, 1_400.0
FINAL_NM, FINAL_FT = 9.42, 3_000.0  # three degrees
OUT_NM = 4.0  # straight out before the turn on course
ROLL_NM = 0.7  # 4,250 ft at most, and at most 0.8 of the runway
NM_PER_1000_FT = 7.0  # of a leg's length for each 1,000 ft it climbs: climb and descent together need 5.5
STAND_NM = 0.2  # of a stand from the reference point, at most
HORIZON_NM = 1.23  # times the square root of the height in ft: the radio horizon (ITU-R P.528: 4/3 earth)
FARTHEST_NM = 200.0  # antennas and receivers rarely hear farther
LOW_FT = 3_000.0  # below it, near the field, only the field's own receiver hears
LOST = 0.03  # of reports, as collisions on 1090 MHz do
SILENT = 0.15  # of legs have a silence that nothing explains
SILENCE_MIN = (4.0, 45.0)
NOISE_DEG = 9e-5  # 10 m of latitude: NACp 9 is 30 m for 95 %
PRESSURE_FT = 200.0  # standard deviation of pressure altitude: 7 hPa of weather
GEO_NOISE_FT = 12.0


@dataclass(frozen=True)
class Reports:
    """Reports that were heard, in order of aircraft and time; `leg` by number."""

    leg: Ints
    phase: Ints
    time_ms: Ints
    lat: Floats
    lon: Floats
    height_ft: Floats  # geometric
    baro_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    rate_fpm: Floats
    on_ground: Bools


@dataclass(frozen=True)
class Plan:
    """Legs before they are flown: for each phase its start and length, and the path."""

    start_ms: Ints
    lasts_s: Floats  # [leg, phase]
    from_s: Floats  # [leg, phase] since the start
    from_nm: Floats  # [leg, phase] along the path
    speed_kt: Floats  # [leg, phase + 1]
    height_ft: Floats  # [leg, phase + 1]
    points: Floats  # [x y z, leg, 7]
    reach_nm: Floats  # [leg, 7] along the path


def plan_of(legs: Legs, fields: Fields, chance: np.random.Generator) -> Plan:
    """When and where each leg is in which phase."""
    count = len(legs.aircraft)
    points, roll_nm = _path(legs, fields, chance)
    lengths = _lengths_nm(points)
    reach = np.concatenate([np.zeros((count, 1)), np.cumsum(lengths, axis=1)], axis=1)
    low, high = fields.elevation_ft[legs.origin], fields.elevation_ft[legs.destination]
    free = reach[:, 3] - reach[:, 1] - roll_nm[:, 0]  # from leaving the ground to the final approach
    top = np.minimum(legs.ceiling_ft, free / NM_PER_1000_FT * 1_000 + np.maximum(low, high))
    out, into = (np.minimum(10_000, 0.5 * (top - ground)) for ground in (low, high))
    taxi = chance.uniform(*TAXI_KT, (count, 2))
    none = np.zeros(count)
    speed = np.stack([none, none, none, none, none + ROTATE_KT, none + BELOW_10000_KT, legs.cruise_kt,
                      legs.cruise_kt, none + BELOW_10000_KT, none + APPROACH_KT + 20, none + APPROACH_KT,
                      taxi[:, 1], none, none], axis=1)  # fmt: skip
    height = np.stack([low, low, low, low, low, low + out, top, top, high + into, high + FINAL_FT,
                       high, high, high, high], axis=1)  # fmt: skip
    mean = (speed[:, 1:] + speed[:, :-1]) / 2
    mean[:, 1], mean[:, 11] = taxi[:, 0], taxi[:, 1]
    lasts = np.zeros((count, PHASES))
    lasts[:, 0], lasts[:, 2], lasts[:, 12] = (
        chance.uniform(*span, count) for span in ((120, 420), (15, 90), (60, 360))
    )
    for phase, rate in ((4, CLIMB_FPM), (5, HIGH_CLIMB_FPM), (7, DESCENT_FPM), (8, LOW_DESCENT_FPM)):
        lasts[:, phase] = np.abs(height[:, phase + 1] - height[:, phase]) / rate * 60
    ways = {1: lengths[:, 0], 3: roll_nm[:, 0], 9: lengths[:, 3], 10: lengths[:, 4], 11: lengths[:, 5]}
    ways[6] = free - (lasts[:, [4, 5, 7, 8]] * mean[:, [4, 5, 7, 8]]).sum(axis=1) / 3_600
    for phase, way in ways.items():
        lasts[:, phase] = np.maximum(way, 0) / mean[:, phase] * 3_600
    from_s, from_nm = (np.cumsum(a, axis=1) - a for a in (lasts, lasts * mean / 3_600))
    return Plan(legs.start_ms, lasts, from_s, from_nm, speed, height, points, reach)


def fly(legs: Legs, plan: Plan, world: World, chance: np.random.Generator) -> Reports:
    """The reports of all legs that a receiver heard."""
    phase, spent, leg = _moments(legs, plan, chance)
    flat = leg * PHASES + phase
    lasts = plan.lasts_s.ravel()[flat]
    ends = leg * (PHASES + 1) + phase
    slow, fast = plan.speed_kt.ravel()[ends], plan.speed_kt.ravel()[ends + 1]
    taxies = (phase == 1) | (phase == 11)
    way = _way_nm(plan, flat)
    slow = np.where(taxies, way / lasts * 3_600, slow)
    fast = np.where(taxies, slow, fast)
    share = spent / lasts
    speed = slow + (fast - slow) * share
    along = plan.from_nm.ravel()[flat] + (slow + speed) / 2 * spent / 3_600
    begin, end = plan.height_ft.ravel()[ends], plan.height_ft.ravel()[ends + 1]
    height = begin + (end - begin) * share
    lat, lon, track = _where(plan, leg, along)
    heard = _heard(legs, world, leg, phase, lat, lon, height)
    size = int(heard.sum())
    noise = chance.standard_normal((4, size), np.float32)
    pressure = chance.normal(0, PRESSURE_FT, len(legs.aircraft))
    lat, lon, height, leg, phase = lat[heard], lon[heard], height[heard], leg[heard], phase[heard]
    rate = ((end - begin) / lasts * 60)[heard]
    millis = (
        plan.start_ms[leg] + np.rint((plan.from_s.ravel()[flat] + spent)[heard] * 100).astype(np.int64) * 10
    )
    east = NOISE_DEG / np.maximum(np.cos(np.radians(lat)), 0.1)
    return Reports(
        leg=leg, phase=phase, time_ms=millis,
        lat=(lat + noise[0] * NOISE_DEG).clip(-89.9, 89.9), lon=(lon + noise[1] * east + 180) % 360 - 180,
        height_ft=height + noise[2] * GEO_NOISE_FT, baro_ft=height + pressure[leg] + noise[3] * 8,
        groundspeed_kt=speed[heard], track_deg=track[heard], rate_fpm=rate, on_ground=GROUND[phase],
    )  # fmt: skip


def _way_nm(plan: Plan, flat: Ints) -> Floats:
    """Length in nm of the phase each report is in."""
    ends = np.concatenate([plan.from_nm[:, 1:], plan.reach_nm[:, -1:]], axis=1)
    way: Floats = (ends - plan.from_nm).ravel()[flat]
    return way


def _moments(legs: Legs, plan: Plan, chance: np.random.Generator) -> tuple[Ints, Floats, Ints]:
    """Phase, seconds since its start, and leg of each report that is not lost and in no odd silence."""
    counts = np.floor(plan.lasts_s / STEP_S).astype(np.int64).ravel()
    flat = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
    leg, phase = np.divmod(flat, PHASES)
    spent = (nth + 0.7 * chance.random(len(flat), np.float32)) * STEP_S[phase]
    whole = plan.from_s[:, -1]
    size = len(legs.aircraft)
    begin = chance.random(size) * whole
    end = begin + np.where(chance.random(size) < SILENT, chance.uniform(*SILENCE_MIN, size) * 60, 0)
    moment = plan.from_s.ravel()[flat] + spent
    kept = (chance.random(len(flat), np.float32) >= LOST) & ((moment < begin[leg]) | (moment >= end[leg]))
    return phase[kept], spent[kept], leg[kept]


def _heard(
    legs: Legs, world: World, leg: Ints, phase: Ints, lat: Floats, lon: Floats, height: Floats
) -> Bools:
    """Whether a receiver is near enough: the field's own on and near the ground, else the nearest of all."""
    fields = world.fields
    leaving = phase < PHASES // 2
    field = np.where(leaving, legs.origin[leg], legs.destination[leg])
    above = np.maximum(height - fields.elevation_ft[field], 0)
    near = (above < LOW_FT) & (GROUND[phase] | (phase == 4) | (phase == 9))
    reach = np.minimum(HORIZON_NM * np.sqrt(np.maximum(height, 0)), FARTHEST_NM)
    return np.where(near, fields.heard[field], world.receiver_nm(lat, lon) < reach)


def _where(plan: Plan, leg: Ints, along: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude and track in degrees at a distance in nm along each leg's path."""
    piece = np.zeros(len(leg), np.int64)
    for k in range(1, 6):
        piece += along >= plan.reach_nm[:, k][leg]
    at = leg * 7 + piece
    reach = plan.reach_nm.ravel()
    angle = np.maximum(reach[at + 1] - reach[at], 1e-6) / EARTH_RADIUS_NM
    done = np.clip(along - reach[at], 0, None) / EARTH_RADIUS_NM
    flat = plan.points.reshape(3, -1)
    start, end, sine = flat[:, at], flat[:, at + 1], np.sin(angle)
    left = angle - done
    x, y, z = (np.sin(left) * start + np.sin(done) * end) / sine
    dx, dy, dz = np.cos(done) * end - np.cos(left) * start
    lat, lon = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    return lat, lon, np.degrees(np.arctan2(x * dy - y * dx, dz)) % 360


def _path(legs: Legs, fields: Fields, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Unit vectors of the seven points of each leg's path, and the nm of its two runs on runways."""
    count = len(legs.aircraft)
    there, here = fields.ends[legs.destination], fields.ends[legs.origin]
    course = bearing_deg(here[:, 0, 0], here[:, 0, 1], there[:, 0, 0], there[:, 0, 1])
    arriving = bearing_deg(there[:, 0, 0], there[:, 0, 1], here[:, 0, 0], here[:, 0, 1]) + 180
    (go, go_deg, go_nm), (come, come_deg, come_nm) = _facing(here, course), _facing(there, arriving)
    roll = np.stack([np.minimum(ROLL_NM, 0.8 * go_nm), np.minimum(ROLL_NM, 0.8 * come_nm)], axis=1)
    stands = [
        destination(fields.lat[field], fields.lon[field], chance.uniform(0, 360, count),
                    chance.uniform(0.05, STAND_NM, count))
        for field in (legs.origin, legs.destination)
    ]  # fmt: skip
    out = destination(go[:, 0], go[:, 1], go_deg, go_nm + OUT_NM)
    gate = destination(come[:, 0], come[:, 1], come_deg + 180, np.full(count, FINAL_NM))
    stop = destination(come[:, 0], come[:, 1], come_deg, roll[:, 1])
    places = [stands[0], (go[:, 0], go[:, 1]), out, gate, (come[:, 0], come[:, 1]), stop, stands[1]]
    return np.stack([unit_vectors(lat, lon) for lat, lon in places], axis=2), roll


def _facing(ends: Floats, course: Floats) -> tuple[Floats, Floats, Floats]:
    """The end of each runway that leads nearest to the course, the direction and the length in nm."""
    (a, b) = ends[:, 0], ends[:, 1]
    ahead = bearing_deg(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    back = bearing_deg(b[:, 0], b[:, 1], a[:, 0], a[:, 1])
    turned = turn_deg(ahead, course) > turn_deg(back, course)
    start = np.where(turned[:, None], b, a)
    return start, np.where(turned, back, ahead), distance_nm(a[:, 0], a[:, 1], b[:, 0], b[:, 1])


def _lengths_nm(points: Floats) -> Floats:
    """Lengths in nm of the six parts of each path."""
    places = degrees_of(points)
    lengths: Floats = distance_nm(places[0][:, :-1], places[1][:, :-1], places[0][:, 1:], places[1][:, 1:])
    return lengths
