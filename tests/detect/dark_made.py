"""Made-up evidence: weights that are not the fitted ones, silences, aircraft, and earlier calls."""

import numpy as np
import pyarrow as pa

from overflight.detect.airframes import LANDPLANE, ROLES, Airframes
from overflight.detect.candidates import Knowledge
from overflight.detect.dark.cases import cases_of
from overflight.detect.dark.fields import standing_of
from overflight.detect.dark.history import History
from overflight.detect.dark.routes import Routes
from overflight.detect.dark.terms import BY_NAME, HEIGHT_BANDS_FT, ROLE_GROUPS, TERMS, TRENDS
from overflight.detect.dark.weights import SPARE_KNOTS_MIN, Weights
from overflight.model.fields import CALLS, STOPS, schema

ADDRESS = 0x3C0001
NOON_MS = 1_467_374_400_000  # 2016-07-01T12:00Z
FIXES = TRENDS * (len(HEIGHT_BANDS_FT) + 1)


def aircraft(address=ADDRESS, category=LANDPLANE, length=None, width=None, unpaved=-1, cruise=None,
             role="unknown", designator=None):  # fmt: skip
    """One aircraft of a known category."""
    real = lambda value: np.array([np.nan if value is None else value], dtype=float)  # noqa: E731
    whole = lambda value: np.array([value], dtype=np.int64)  # noqa: E731
    return Airframes(
        whole(address), whole(category), real(length), real(width), whole(unpaved), real(cruise),
        whole(ROLES.index(role)), whole(0), ("ZZZZ" if designator is None else designator,),
    )  # fmt: skip


def flat(name):
    """A table that says nothing."""
    return np.zeros((BY_NAME[name].groups, len(BY_NAME[name].knots)))


def along(name, slope):
    """A table whose curves all fall or rise with the measure."""
    return flat(name) + slope * np.asarray(BY_NAME[name].knots)


def weights(unlisted=-12.0, onward=-3.0, **tables):
    """Near and ahead is likelier, by the square of the distance; `tables` say more or something else.

    `unlisted` and `onward` are ln of places per square nautical mile, and logits of having flown on.
    """
    ways = {term.name: flat(term.name) for term in TERMS if term.evidence.startswith("way")}
    for name, slope in (("distance", -2), ("turn", -0.02)):
        ways |= {f"{name}_{side}": along(f"{name}_{side}", slope) for side in ("in", "out")}
    return Weights(
        tables=ways | tables, calls=ways, unlisted=np.full(ROLE_GROUPS, unlisted),
        onward_in=np.full(FIXES, onward), onward_out=np.full(FIXES, onward),
        onward_both=np.full(2 * FIXES, onward / 2), onward_spare=np.zeros(len(SPARE_KNOTS_MIN)),
        description={"made": "up"},
    )  # fmt: skip


def knowing(prints, held=None, calls=(), routes=None, everything=False):
    """Knowledge of the fields; earlier calls as dicts."""
    standing = standing_of(prints)
    history = History(calls_table(calls), standing.idents, everything)
    published = Routes(routes, standing.idents) if routes is not None else None
    return Knowledge(held or weights(), standing, history, published)


def calls_table(rows):
    """CALLS of dicts; what they leave out is made up."""
    usual = {"address": 1, "time_ms": 0, "probability": 1.0, "seen": True, "data_kind": "synthetic"}
    made = [
        dict.fromkeys(schema(CALLS).names) | usual | {"stop_id": f"stop-{k}"} | r for k, r in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, schema=schema(CALLS))


def fix(side, place=None, altitude=6_000, speed=300.0, track=90.0, time_ms=NOON_MS, rate=None, change=None):
    """The fields of STOPS of the fix `before` or `after`."""
    lat, lon = place or (50.0, 10.0)
    told = {"ms": time_ms, "latitude_e7": round(lat * 1e7),
            "longitude_e7": min(round(lon * 1e7), 1_799_999_999), "baro_altitude_ft": altitude,
            "groundspeed_kt": speed, "track_deg": track, "vertical_rate_fpm": rate,
            "change_ft": change}  # fmt: skip
    return {f"{side}_{name}": value for name, value in told.items()}


def silent(*fixes, number=0, **more):
    """One dark row of STOPS with its fixes."""
    usual = {
        "id": f"stop-{number:04}", "address": ADDRESS, "seen": False, "grade": "unknown",
        "arrival_grade": "unknown", "departure_grade": "unknown", "flags": ["dark"],
        "data_kind": "synthetic", "rules": "none",
    }  # fmt: skip
    made = dict.fromkeys(schema(STOPS).names) | usual
    for one in fixes:
        made |= one
    return made | more


def stops_table(rows):
    """STOPS of the rows."""
    return pa.Table.from_pylist(rows, schema=schema(STOPS))


def cases(rows, known):
    """Cases of rows of STOPS."""
    return cases_of(stops_table(rows), known)
