"""Flights: one row for each leg in the air, with its ends, call signs, sources and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Columns, Floats, Ints
from overflight.detect.ground import Ground
from overflight.detect.ids import ids
from overflight.detect.integrity import QUARANTINE
from overflight.detect.rows import fix_columns, kinds_of, remarks, spans, taken, times, words_of, zone_assumed
from overflight.detect.stays import LEADING, Legs, StayRules, Stays
from overflight.model.fields import FLIGHTS, schema
from overflight.units import MILLISECONDS_PER_MINUTE


@dataclass(frozen=True)
class Names:
    """Ids of the flights of the legs, and of the stops of the stays."""

    flights: pa.Array
    stops: pa.Array


def names_of(c: Columns, stays: Stays, legs: Legs) -> Names:
    """Ids made of the address and the first moment known of each.

    Of a stop that is the last fix before it, else its first surface report. Where the data begin with an
    aircraft that has just left, only the first fix after the stop is known, which may be the last before
    the next stop as well: `stop-613133-before-20160404T040000Z`.
    """
    first = stays.kind == LEADING
    fix = np.where(stays.before >= 0, stays.before, np.where(first, stays.after, stays.ground_first))
    stops = ids("stop", stays.address, c.time_ms[fix], ("before",), np.where(first, 0, -1))
    return Names(ids("flight", legs.address, c.time_ms[legs.first]), stops)


def flight_table(
    c: Columns, state: Ground, legs: Legs, names: Names, rules: StayRules, versions: str
) -> pa.Table:
    """FLIGHTS of all legs; `versions` are those of the rules they were made with."""
    n = len(legs.first)
    owner, index = spans(legs.first, legs.last)
    inside = ~legs.unseen[owner]  # the surface reports around an unseen leg belong to its stays
    owner, index = owner[inside], index[inside]
    flagged = owner[state.flags[index] != 0]
    trusted = state.flags[index] & QUARANTINE == 0
    sure, known = owner[trusted], index[trusted]
    columns = {
        "id": names.flights,
        "address": pa.array(legs.address.astype(np.uint32)),
        "first_seen_ms": times(c, legs.first),
        "last_seen_ms": times(c, legs.last),
        "origin_stop_id": taken(names.stops, legs.origin),
        "destination_stop_id": taken(names.stops, legs.destination),
        "callsigns": words_of(sure, c.callsign[known], n, c.callsign_words),
        "position_count": pa.array(np.bincount(owner, minlength=n)),
        "flagged_count": pa.array(np.bincount(flagged, minlength=n)),
        "flags": remarks(_flags_met(state, owner, index, n), {
            "unseen": legs.unseen, "touch_and_go": legs.touched, "impossible_jump": legs.broken,
            "silence": _longest_silence_min(c, sure, known, n) > rules.track_gap_min,
            "zone_assumed": zone_assumed(c, legs.first, legs.last),
        }),
        "sources": words_of(owner, c.source[index], n, c.source_words),
        "data_kind": kinds_of(c, legs.first, legs.last),
        "rules": pa.repeat(versions, n),
        **fix_columns("first", c, legs.first),
        **fix_columns("last", c, legs.last),
    }  # fmt: skip
    return pa.table({name: columns[name] for name in schema(FLIGHTS).names}).cast(schema(FLIGHTS))


def _flags_met(state: Ground, owner: Ints, index: Ints, n: int) -> Ints:
    """All flags of the positions of each owner."""
    bits = np.zeros(n, np.int64)
    flagged = state.flags[index] != 0
    np.bitwise_or.at(bits, owner[flagged], state.flags[index[flagged]])
    return bits


def _longest_silence_min(c: Columns, owner: Ints, index: Ints, n: int) -> Floats:
    """Longest time between two of the positions, one value for each owner."""
    longest = np.zeros(n)
    same = owner[1:] == owner[:-1]
    np.maximum.at(longest, owner[1:][same], np.diff(c.time_ms[index])[same] / MILLISECONDS_PER_MINUTE)
    return longest
