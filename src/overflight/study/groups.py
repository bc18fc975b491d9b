"""Which hidden stops are told apart in the tables: by distance, kind of aircraft, region, what was known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from overflight.detect.columns import Bools, Floats
from overflight.detect.dark.cases import GROUP_NAMES
from overflight.geo.sphere import distance_nm
from overflight.study.material import Study
from overflight.study.score import Judge
from overflight.study.trials import Trial

BANDS_NM = (10.0, 30.0, 60.0, 120.0)
# ICAO designators of operators that fly freight only (ICAO Doc 8585; the operators' own descriptions).
FREIGHT = frozenset(
    "ABW ABX AHK AJT ATN AZG BCS BOX CAO CKK CKS CLX CSB CSS CXK DAE DHK DHL DHX FDX GEC GTI ICV KYE MNB "
    "MPH MSX NCA NCR PAC POC RCF SQC SWN TAY TGX UPS VDA WGN YZR".split()
)
# Boxes good enough to tell where lists, reception and ways of flying differ: lat and lon, from and to.
_REGIONS = {
    "Americas": (-90.0, 90.0, -180.0, -30.0),
    "Europe": (35.0, 90.0, -30.0, 40.0),
    "Africa and Middle East": (-90.0, 35.0, -30.0, 63.0),
    "Asia and Oceania": (-90.0, 90.0, -30.0, 180.0),
}


def groups_of(study: Study, trial: Trial, judge: Judge) -> dict[str, Bools]:
    """Hidden stops by group: every stop stands in several."""
    all_ = np.ones(trial.cases.size, bool)
    found = {"all": all_, "field never seen before": ~visited(study, trial, judge)}
    if study.routes is not None:
        published = ~np.isnan(study.routes.measure(trial.pairs))
        known = np.zeros(trial.cases.size, bool)
        known[trial.pairs.row[published]] = True
        found |= {"call sign without a route": ~known}
    operator = trial.cases.operator.to_pylist()
    found["freighters"] = np.array([name in FREIGHT for name in operator], bool)
    found |= {f"role: {name}": trial.cases.role == k for k, name in enumerate(GROUP_NAMES)}
    return found | _distances(study, trial) | _regions(study, trial)


def visited(study: Study, trial: Trial, judge: Judge) -> Bools:
    """Whether any aircraft had been seen on the true field before each stop."""
    cases, rows = trial.cases, np.arange(trial.cases.size)
    return judge.history.counts("any", True, cases, rows, trial.true) > 0


def _distances(study: Study, trial: Trial) -> dict[str, Bools]:
    lat, lon = _truth(study, trial)
    side = trial.cases.into if trial.cases.into.known.all() else trial.cases.out
    far = distance_nm(side.latitude_deg, side.longitude_deg, lat, lon)
    edges = (0.0, *BANDS_NM, np.inf)
    return {
        f"{low:g} nm and more" if high == np.inf else f"{low:g} to {high:g} nm": (far >= low) & (far < high)
        for low, high in pairwise(edges)
    }


def _regions(study: Study, trial: Trial) -> dict[str, Bools]:
    lat, lon = _truth(study, trial)
    out: dict[str, Bools] = {}
    left = np.ones(len(lat), bool)
    for name, (south, north, west, east) in _REGIONS.items():
        out[name] = left & (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        left &= ~out[name]
    return out


def _truth(study: Study, trial: Trial) -> tuple[Floats, Floats]:
    """Latitude and longitude (deg) of each true field."""
    _, first = np.unique(study.standing.code, return_index=True)
    prints = study.material.footprints
    return prints.latitude_deg[first][trial.true], prints.longitude_deg[first][trial.true]
