"""What is said of the outcomes that are no field, and of what would change the order of the candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

import numpy as np

from overflight.detect.stays import StayRules, spare_min
from overflight.geo.sphere import distance_nm
from overflight.model.fields import EVIDENCE
from overflight.search.contract import Row, degrees
from overflight.units import MILLISECONDS_PER_MINUTE

# How each kind of evidence is named where leaving it out would change the order.
_NAMED = {
    "way_in": "the height, heading and speed at the last fix",
    "way_out": "where it was seen again",
    "field": "what fields aircraft of its kind use",
    "origin": "where its flight had begun",
    "history": "who called where before",
    "route": "the published route of its call sign",
}


def typical(rows: Sequence[Row]) -> dict[str, float]:
    """What each kind of evidence says of the fields on the whole (nats): its mean, weighed by probability."""
    fields = _fields(rows)
    total = sum(row["probability"] for row in fields)
    if not total:
        return {}
    return {
        kind: sum(row["probability"] * row[f"{kind}_nats"] for row in fields) / total for kind in EVIDENCE
    }


def changes(rows: Sequence[Row]) -> list[str]:
    """`without ..., LLBG would come first (41 %)` for each kind of evidence that decides the order."""
    fields = _fields(rows)
    if not fields:
        return []
    first, found = fields[0]["ident"], []
    for kind, words in _NAMED.items():
        chance = [row["probability"] * exp(-row[f"{kind}_nats"]) for row in fields]
        best = max(range(len(fields)), key=chance.__getitem__)
        if fields[best]["ident"] != first and sum(chance) > 0:
            share = round(100 * chance[best] / sum(chance))
            ident = fields[best]["ident"]
            found.append(f"without {words}, {ident} would come first ({share} % of the listed fields)")
    return found


def other_outcome(outcome: str, stop: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Clauses for and against a place in no list, having flown on, or the fields not listed one by one."""
    if outcome == "unlisted":
        return ["strips and fields that no list has exist everywhere"], []
    if outcome == "airfield":
        return ["all other fields within reach together; each is less likely than those listed"], []
    before, after = stop["before_ms"], stop["after_ms"]
    if before is None or after is None:
        side = "after the last fix" if after is None else "before the first fix"
        return [f"nothing was heard {side}: it may have flown out of reception"], []
    minutes, direct = _silence(stop)
    text = f"the direct way between the fixes takes about {direct:,.0f} of the {minutes:,.0f} min of silence"
    return ([text], []) if direct > minutes / 2 else ([], [text])


def _silence(stop: Mapping[str, Any]) -> tuple[float, float]:
    """Minutes of the silence, and of the direct way between its fixes at the speed flown."""
    names = [f"{side}_{axis}_e7" for side in ("before", "after") for axis in ("latitude", "longitude")]
    fixes = [degrees(stop[name]) for name in names]
    speeds = [stop[f"{side}_groundspeed_kt"] for side in ("before", "after")]
    fastest = max((speed for speed in speeds if speed is not None), default=None)
    minutes = (stop["after_ms"] - stop["before_ms"]) / MILLISECONDS_PER_MINUTE
    way_nm = float(distance_nm(*(np.array([value]) for value in fixes))[0])
    speed = np.array([np.nan if fastest is None else fastest])
    spare = float(spare_min(np.array([minutes]), np.array([way_nm]), speed, StayRules())[0])
    return minutes, minutes - spare


def _fields(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["ident"] is not None and not row["ruled_out"]]
