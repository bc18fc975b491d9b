"""What other messages of the same aircraft said near the time of a position, within stated bounds."""

from __future__ import annotations

import numpy as np

from overflight.formats.checking import END_MS, FIRST_MS
from overflight.formats.mode_s.frames import Longs

# Speed and track: sent twice a second. An aircraft in a standard turn (3 degrees a second) has turned by 15
# degrees in this time, as far as an older value may lead astray.
MOTION_MS = 5_000
# Call sign (sent every 5 s, every 10 s when parked) and quality (every 2.5 s): six repetitions may be missed;
# both change between flights, not in them.
STATUS_MS = 60_000
# Mode A code: sent when a radar asks, every 4 to 12 s; when it changes in flight it matters at once.
SQUAWK_MS = 15_000
_TIME_BITS = 42  # hold END_MS - FIRST_MS in ms


def keys(*owners: Longs) -> list[Longs]:
    """Small numbers for the owners, equal where these are, in every one of the given arrays."""
    _, index = np.unique(np.concatenate(owners), return_inverse=True)
    return np.split(index.reshape(-1).astype(np.int64), np.cumsum([len(one) for one in owners])[:-1])


def in_order(key: Longs, time_ms: Longs) -> Longs:
    """One number that sorts by key, then time."""
    return (key << _TIME_BITS) + np.clip(time_ms - FIRST_MS, 0, END_MS - FIRST_MS)


def last_said(key: Longs, time_ms: Longs, said_key: Longs, said_ms: Longs, within_ms: int) -> Longs:
    """Row of the last message of the same key at or before each time, not older than that; -1 for none."""
    return _looked_up(key, time_ms, said_key, said_ms, within_ms, False)


def nearest_said(key: Longs, time_ms: Longs, said_key: Longs, said_ms: Longs, within_ms: int) -> Longs:
    """Row of the message of the same key nearest in time, not farther than that; -1 for none."""
    return _looked_up(key, time_ms, said_key, said_ms, within_ms, True)


def _looked_up(
    key: Longs, time_ms: Longs, said_key: Longs, said_ms: Longs, within_ms: int, after_too: bool
) -> Longs:
    if not len(said_key):
        return np.full(len(key), -1, np.int64)
    small, said_small = keys(key, said_key)
    order = np.argsort(in_order(said_small, said_ms), kind="stable")
    place = np.searchsorted(in_order(said_small, said_ms)[order], in_order(small, time_ms), side="right")
    best = np.full(len(key), -1, np.int64)
    gap = np.full(len(key), within_ms + 1, np.int64)
    for step in (place - 1, place) if after_too else (place - 1,):
        row = order[np.clip(step, 0, len(order) - 1)]
        away = np.abs(said_ms[row] - time_ms)
        better = (step >= 0) & (step < len(order)) & (said_small[row] == small) & (away < gap)
        best, gap = np.where(better, row, best), np.where(better, away, gap)
    return best


def told_twice(key: Longs, time_ms: Longs, value: Longs, within_ms: int) -> Longs:
    """Rows whose neighbour in time, of the same key and not farther than that, says the same."""
    small = keys(key)[0]
    order = np.argsort(in_order(small, time_ms), kind="stable")
    one, next_one = order[:-1], order[1:]
    same = (small[one] == small[next_one]) & (value[one] == value[next_one])
    same &= time_ms[next_one] - time_ms[one] <= within_ms
    return np.unique(np.concatenate([one[same], next_one[same]]))
