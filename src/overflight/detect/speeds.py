"""How far an aircraft can have come in a time: what makes two positions an impossible jump."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from overflight.detect.columns import Bools, Columns, Floats, Ints
from overflight.geo.sphere import farther
from overflight.units import MILLISECONDS_PER_SECOND

_PAIRS = 1 << 14  # worked on at once: their dozen columns stay in cache


@dataclass(frozen=True)
class SpeedRules:
    """Thresholds of impossible speed and of telling emitters apart."""

    # An airliner in a 200 kt jet stream reaches about 680 kt over the ground; 717 kt (825 mph) is the figure
    # reported as a record. Above 600 kt reported at both ends, the report itself times 1.3 is allowed (fast
    # military aircraft).
    speed_limit_kt: float = 700.0
    fast_report_kt: float = 600.0
    fast_margin: float = 1.3
    slack_nm: float = 0.3  # noise of MLAT and of NIC 7 positions (Rc 0.2 nm) so that 1 s pairs do not jump
    slack_s: float = 1.0  # readsb states times to 10 ms but OpenSky to whole seconds
    chain_cap: int = 8  # emitters told apart at once: bounds the work on hostile data
    minor_least: int = 5  # fewer positions than this are a jump, not a second aircraft
    minor_share: float = 0.25  # while both are heard, a second aircraft is heard at least this part as often
    sure_majority: float = 3.0  # a vote less clear than three to one leaves both sides of a jump in doubt


def allowed_nm(dt_s: Floats, speed_a_kt: Floats, speed_b_kt: Floats, rules: SpeedRules) -> Floats:
    """Farthest an aircraft can have come in `dt_s` seconds (nm), by the speeds reported at both ends."""
    slower = np.fmin(speed_a_kt, speed_b_kt)
    fast = np.maximum(rules.speed_limit_kt, rules.fast_margin * slower)
    limit = np.where(slower > rules.fast_report_kt, fast, rules.speed_limit_kt)
    return np.asarray(rules.slack_nm + limit * (dt_s + rules.slack_s) / 3600)


def allowed_between_nm(dt_s: float, speed_a_kt: float, speed_b_kt: float, rules: SpeedRules) -> float:
    """`allowed_nm` of two single reports, for loops in which numpy would cost more than it saves."""
    slower = speed_b_kt if math.isnan(speed_a_kt) or speed_b_kt < speed_a_kt else speed_a_kt
    limit = rules.speed_limit_kt
    if slower > rules.fast_report_kt:
        limit = max(limit, rules.fast_margin * slower)
    return rules.slack_nm + limit * (dt_s + rules.slack_s) / 3600


def jumps(c: Columns, first: Ints, second: Ints, rules: SpeedRules) -> Bools:
    """Whether the pair of positions implies an impossible speed; both arrays are indexes into the columns."""
    out = np.empty(len(first), np.bool_)
    for begin in range(0, len(first), _PAIRS):
        part = slice(begin, begin + _PAIRS)
        out[part] = _jump(c, first[part], second[part], rules)
    return out


def _jump(c: Columns, a: Ints, b: Ints, rules: SpeedRules) -> Bools:
    dt = (c.time_ms[b] - c.time_ms[a]) / MILLISECONDS_PER_SECOND
    limit = allowed_nm(dt, c.groundspeed_kt[a], c.groundspeed_kt[b], rules)
    return farther(c.latitude_deg[a], c.longitude_deg[a], c.latitude_deg[b], c.longitude_deg[b], limit)
