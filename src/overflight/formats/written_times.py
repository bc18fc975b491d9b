"""Times as people and programs write them, to milliseconds UTC; local times by the rules of their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import milliseconds
from overflight.formats.column_map import Times, zone_of
from overflight.formats.csv_blocks import Bools, Floats, numbers
from overflight.units import MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

# A colon before the offset tells it from the end of a bare date.
_OFFSET = r":[0-9]{2}(?:[.,][0-9]+)?\s*(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)$"
_EPOCH = datetime(1970, 1, 1)
_NANOSECONDS_PER_MILLISECOND = 1_000_000


class Instants(NamedTuple):
    """`time_ms` (NaN where there is none), what is wrong with others, which had no zone."""

    time_ms: Floats
    refused: list[tuple[str, Bools]]
    without_zone: Bools


def instants(texts: pa.Array, times: Times) -> Instants:
    """Instants of written times; the reasons cover every row that is not null and has no instant."""
    nowhere = np.zeros(len(texts), np.bool_)
    if times.format in ("unix_s", "unix_ms"):
        values, wrong = numbers(texts)
        factor = MILLISECONDS_PER_SECOND if times.format == "unix_s" else 1
        return Instants(values * factor, [("time is not a number", wrong)], nowhere)
    local_ms, stated = _parsed(texts, times.format)
    present = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    refused = [(f"time is not written as {times.format}", present & np.isnan(local_ms))]
    naive = ~stated & ~np.isnan(local_ms)
    zone = zone_of(times.zone)
    if zone is None:
        refused.append(("time without a zone", naive))
        return Instants(np.where(naive, np.nan, local_ms), refused, naive)
    utc_ms, skipped, twice = _to_utc(np.where(naive, local_ms, np.nan), zone, times.ambiguous)
    refused.append((f"local time that does not exist in {times.zone}: clocks went forward", skipped))
    refused.append((f"local time that occurs twice in {times.zone}: clocks went back", twice))
    return Instants(np.where(naive, utc_ms, local_ms), refused, nowhere)


def _parsed(texts: pa.Array, written: str) -> tuple[Floats, Bools]:
    """Milliseconds as written (UTC where the text states an offset, else local), and where it states one."""
    if written == "iso":
        offset = pc.fill_null(pc.match_substring_regex(texts, _OFFSET), False)
        nothing = pa.scalar(None, pa.string())
        try:
            local = pc.if_else(offset, nothing, texts).cast(pa.timestamp("ns"))
            exact = pc.if_else(offset, texts, nothing).cast(pa.timestamp("ns", "UTC"))
            whole = pc.coalesce(local.cast(pa.int64()), exact.cast(pa.int64()))
            values = whole.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            return values / _NANOSECONDS_PER_MILLISECOND, offset.to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            pass  # some row is not so written: one by one below
    encoded = texts.dictionary_encode()
    parsed = [_one(text, written) for text in encoded.dictionary.to_pylist()] + [(np.nan, False)]
    index = pc.fill_null(encoded.indices, len(parsed) - 1).to_numpy(zero_copy_only=False)
    return np.array([ms for ms, _ in parsed], np.float64)[index], np.array(
        [own for _, own in parsed], np.bool_
    )[index]


def _one(text: str, written: str) -> tuple[float, bool]:
    try:
        moment = datetime.fromisoformat(text) if written == "iso" else datetime.strptime(text, written)
        return float(
            milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        ), moment.tzinfo is not None
    except (ValueError, OverflowError):
        return np.nan, False


def _to_utc(local_ms: Floats, zone: tzinfo, ambiguous: str) -> tuple[Floats, Bools, Bools]:
    """UTC of local times, which of them the zone skips, and which it has twice (those only where refused).

    Zones change their offset at whole minutes, so each distinct minute is asked once.
    """
    known = ~np.isnan(local_ms)
    minute = np.floor(np.where(known, local_ms, 0) / MILLISECONDS_PER_MINUTE).astype(np.int64)
    distinct, index = np.unique(minute, return_inverse=True)
    asked = np.array([_offsets(int(one), zone) for one in distinct], np.float64).reshape(-1, 3)[index]
    earlier, later, skipped = asked[:, 0], asked[:, 1], known & (asked[:, 2] > 0)
    twice = known & (earlier != later) & ~skipped
    utc_ms = local_ms - np.where(twice & (ambiguous == "later"), later, earlier)
    refused = twice if ambiguous == "refuse" else np.zeros_like(twice)
    return np.where(skipped | refused, np.nan, utc_ms), skipped, refused


def _offsets(minute: int, zone: tzinfo) -> tuple[float, float, float]:
    """Offsets from UTC in ms at a local minute's first and second occurrence, and 1 where it never occurs."""
    try:
        local = _EPOCH + timedelta(minutes=minute)
        found: list[Any] = [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
        back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return 0.0, 0.0, 0.0  # beyond what a calendar holds: the check of years refuses it
    first, second = (offset / timedelta(milliseconds=1) for offset in found)
    return first, second, float(back != local)
