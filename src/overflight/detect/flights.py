"""Flights: one row for each leg in the air, with its ends, call signs, sources and what is wrong with it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Columns
from overflight.detect.ground import Ground
from overflight.detect.rows import fix_columns, ids, kinds_of, remarks, spans, times, words_of
from overflight.detect.stays import QUARANTINE, Legs, Stays
from overflight.model.fields import FLIGHTS, schema

VERSION = "flights/1"


def flight_table(
    c: Columns, state: Ground, stays: Stays, legs: Legs, rules: str
) -> tuple[pa.Table, pa.Array, pa.Array]:
    """FLIGHTS of all legs, with the ids of flights and of stays (stops)."""
    flight_ids = ids("flight", legs.address, c.time_ms[legs.first])
    stop_ids = ids("stop", stays.address, c.time_ms[stop_anchor(stays)])
    owner, index = spans(legs.first, legs.last)
    inside = ~legs.unseen[owner]  # the surface reports around an unseen leg belong to its stays
    owner, index = owner[inside], index[inside]
    bits = np.zeros(len(legs.first), np.int64)
    np.bitwise_or.at(bits, owner, state.flags[index])
    trusted = state.flags[index] & QUARANTINE == 0
    flagged = np.bincount(owner[state.flags[index] != 0], minlength=len(legs.first))
    trusted_owner, trusted_index = owner[trusted], index[trusted]
    longest = _longest_silence_min(c, trusted_owner, trusted_index, len(legs.first))
    extra = {
        "unseen": legs.unseen,
        "touch_and_go": legs.touched,
        "impossible_jump": legs.broken,
        # a feed of 20-minute snapshots skips one now and then: a silence is what is longer than the track rule
        "silence": longest > 30,
    }
    columns = {
        "id": flight_ids,
        "address": pa.array(legs.address.astype(np.uint32)),
        "first_seen_ms": times(c, legs.first),
        "last_seen_ms": times(c, legs.last),
        "origin_stop_id": _of(stop_ids, legs.origin),
        "destination_stop_id": _of(stop_ids, legs.destination),
        "callsigns": words_of(trusted_owner, c.callsign[trusted_index], len(legs.first), c.callsign_words),
        "position_count": pa.array(np.bincount(owner, minlength=len(legs.first))),
        "flagged_count": pa.array(flagged),
        "flags": remarks(bits, extra),
        "sources": words_of(owner, c.source[index], len(legs.first), c.source_words),
        "data_kind": kinds_of(c, legs.first, legs.last),
        "rules": pa.array([rules] * len(legs.first), pa.string()),
        **fix_columns("first", c, legs.first),
        **fix_columns("last", c, legs.last),
    }
    names = schema(FLIGHTS).names
    return pa.table({name: columns[name] for name in names}).cast(schema(FLIGHTS)), flight_ids, stop_ids


def stop_anchor(stays: Stays) -> np.ndarray:
    """Index of the position whose time names the stop: the last one before it, else the first one known of it."""
    at = np.where(stays.before >= 0, stays.before, stays.ground_first)
    return np.where(at >= 0, at, stays.after)


def _of(stop_ids: pa.Array, number: np.ndarray) -> pa.Array:
    return stop_ids.take(pa.array(np.maximum(number, 0), mask=number < 0))


def _longest_silence_min(c: Columns, owner: np.ndarray, index: np.ndarray, n: int) -> np.ndarray:
    longest = np.zeros(n)
    if len(index) > 1:
        same = owner[1:] == owner[:-1]
        np.maximum.at(longest, owner[1:][same], np.diff(c.time_ms[index])[same] / 60_000)
    return longest
