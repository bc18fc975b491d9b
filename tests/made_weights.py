"""Weights made up for the tests of questions: what is asked does not hang on what was fitted.

Near is likelier than far, straight on likelier than turning; a long runway and earlier calls speak for a
field; places in no list are few. Nobody measured any of it.
"""

from __future__ import annotations

import numpy as np

from overflight.detect.dark.terms import BY_NAME, HEIGHT_BANDS_FT, ROLE_GROUPS, TRENDS
from overflight.detect.dark.weights import SPARE_KNOTS_MIN, Weights

NATS_PER_NM, NATS_PER_DEG, NATS_PER_FT = -0.06, -0.06, 0.0002
NATS_PER_LOG_CALL, NATS_PER_SHARE = 1.0, 2.0
LN_STRIPS_PER_NM2 = -9.0
ONWARD_LOGIT = -2.0  # 12 %
CURVES = {
    "distance_in": lambda knot: NATS_PER_NM * np.exp(knot),  # knots are ln(nm + 3)
    "turn_in": lambda knot: NATS_PER_DEG * knot,
    "runway": lambda knot: NATS_PER_FT * knot,
    "calls_seen": lambda knot: NATS_PER_LOG_CALL * knot,
    "operator_seen": lambda knot: NATS_PER_SHARE * knot,  # of the calls, 0 to 1
    "route": lambda knot: np.where(knot == 0, -1.0, 1.0),
}


def made_weights(sharper=1.0, ln_strips_per_nm2=LN_STRIPS_PER_NM2):
    """Weights by the curves above; `sharper` multiplies what position and field say."""
    tables = {}
    for name, curve in CURVES.items():
        term = BY_NAME[name]
        stretch = sharper if term.evidence in ("way_in", "field") else 1.0
        tables[name] = np.tile(stretch * curve(np.array(term.knots)), (term.groups, 1))
    fixes = TRENDS * (len(HEIGHT_BANDS_FT) + 1)
    return Weights(
        tables=tables, calls={}, unlisted=np.full(ROLE_GROUPS, ln_strips_per_nm2),
        onward_in=np.full(fixes, ONWARD_LOGIT), onward_out=np.full(fixes, ONWARD_LOGIT),
        onward_both=np.zeros(2 * fixes),
        onward_spare=np.interp(SPARE_KNOTS_MIN, [-20.0, 60.0], [3.0, ONWARD_LOGIT]),
        description={"note": "made up for tests"},
    )  # fmt: skip


def asked_by(archive, weights):
    """The archive, its unseen stops weighed by these weights."""
    archive._sources.weights = weights
    return archive
