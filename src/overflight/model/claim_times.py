"""The days and instants of which claims of documents may speak: the calendar years 1900 to 2199, UTC.

No aircraft flew before 1903, so a claim has nothing to say of the years before 1900. Leases, deliveries and
bans are dated decades ahead, none 170 years: what is later is a slip of the pen, or there to break the sums.
"""

from __future__ import annotations

from overflight.clock import day_number
from overflight.units import MILLISECONDS_PER_DAY

FIRST_DAY, END_DAY = day_number("1900-01-01"), day_number("2200-01-01")
FIRST_MS, END_MS = FIRST_DAY * MILLISECONDS_PER_DAY, END_DAY * MILLISECONDS_PER_DAY


def within_days(day: int) -> int:
    """The UTC day, or the nearest of which a claim may speak."""
    return min(max(day, FIRST_DAY), END_DAY - 1)


def within_ms(time_ms: int) -> int:
    """The instant, or the nearest of which a claim may speak; bounds are half-open: the end is one."""
    return min(max(time_ms, FIRST_MS), END_MS)
