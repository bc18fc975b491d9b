"""The candidates of made-up rows, listed by stop."""

import pytest
from dark_made import knowing
from tracks import derived

from overflight.detect.airframes import no_airframes
from overflight.detect.candidates import CandidateRules, find_candidates
from overflight.model.grades import OBJECTION_BITS, words


def objections(candidate):
    """What speaks against it, in words."""
    return words(candidate["objections"], OBJECTION_BITS)


def listed(rows, places, known=None, rules=None, there=None, knowledge=None):
    """Candidates by stop of all stops of the rows, and the counts beside the stops."""
    stops = derived(rows, places=places).stops
    found = find_candidates(
        stops, places, known or no_airframes(), knowledge or knowing(places), rules or CandidateRules(), there
    )
    by_stop = {s: [] for s in stops["id"].to_pylist()}
    for candidate in found.table.to_pylist():
        by_stop[candidate["stop_id"]].append(candidate)
    return by_stop, found, stops


def fitting(candidates):
    return [c["ident"] for c in candidates if c["outcome"] == "airfield" and not c["ruled_out"]]


def in_order(candidates):
    """What holds of every list: ranks, what is ruled out last, the rest by probability, the sum 1."""
    assert [c["rank"] for c in candidates] == list(range(1, len(candidates) + 1))
    ruled = [c["ruled_out"] for c in candidates]
    assert ruled == sorted(ruled)
    assert {c["probability"] for c in candidates if c["ruled_out"]} <= {0.0}
    outcomes = [c["outcome"] for c in candidates]
    assert outcomes.count("unlisted") == outcomes.count("kept_flying") == 1
    chances = [c["probability"] for c in candidates]
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) == pytest.approx(1, abs=1e-6)
    lumps = [k for k, c in enumerate(candidates) if c["outcome"] == "airfield" and c["ident"] is None]
    fits = [k for k, out in enumerate(ruled) if not out]
    assert lumps in ([], fits[-1:])
    likely = [chances[k] for k in fits if k not in lumps]
    assert likely == sorted(likely, reverse=True)
    return candidates
