"""Whose call signs begin with which letters: State prefixes and some airlines' designators, with dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from overflight.clock import day_number, day_text
from overflight.registry.packaged import packaged_rows

_LIST = re.compile(r"\.(?:csv|json)\b")  # files of lists among the sources of a row


@dataclass(frozen=True)
class Holder:
    """Who uses a prefix or designator: since which UTC day number, and the first on which no longer."""

    code: str
    name: str
    country: str | None
    telephony: str | None
    since_day: int | None
    until_day: int | None
    source: str

    def held_on(self, day: int) -> bool:
        """Whether the dates, where there are any, allow the day."""
        begun = self.since_day is None or self.since_day <= day
        return begun and (self.until_day is None or day < self.until_day)


@cache
def state_prefixes() -> Mapping[str, tuple[Holder, ...]]:
    """Prefixes of military and other State aircraft, of data/callsign_prefixes.csv."""
    return _by_code("callsign_prefixes.csv", "prefix")


@cache
def designator_holders() -> Mapping[str, tuple[Holder, ...]]:
    """Airlines' designators that are typed in with dates, of data/designator_holders.csv; the present first.

    Few on purpose: lists that an archive has taken in name thousands.
    """
    return _by_code("designator_holders.csv", "code")


def lists_in(source: str) -> int:
    """How many lists that were seen a source names; none where all of it was written from memory."""
    return len(_LIST.findall(source))


def holder_text(holder: Holder) -> str:
    """`Alitalia (until 2021)`."""
    if holder.until_day is None:
        return holder.name
    return f"{holder.name} (until {day_text(holder.until_day)[:4]})"


def _by_code(file: str, code: str) -> Mapping[str, tuple[Holder, ...]]:
    found: dict[str, tuple[Holder, ...]] = {}
    for row in packaged_rows(file):
        holder = Holder(
            row[code], row["name"], row["country"] or None, row["telephony"] or None,
            _day(row["since"]), _day(row["until"]), row["source"],
        )  # fmt: skip
        found[holder.code] = (*found.get(holder.code, ()), holder)
    return MappingProxyType(found)


def _day(text: str) -> int | None:
    return day_number(text) if text else None
