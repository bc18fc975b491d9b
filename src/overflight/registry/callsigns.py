"""What a call sign says of the operator, and when it says nothing.

ICAO Doc 4444 appendix 2, item 7: the aircraft identification is either the registration mark, or the
operator's three-letter designator followed by the flight identification, at most seven characters in all.
Military and other State flights use words of their own, so the first three letters alone prove nothing.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from types import MappingProxyType

from overflight.registry.marks import normal_mark

_TELEPHONY = re.compile(r"([A-Z]{3})([0-9][0-9A-Z]{0,3})")
# Marks of three letters and digits that look like designator and flight number once the hyphen is gone:
# Kazakhstan's UP-I7645, Cuba's CU-T1234.
_MARK_LIKE = re.compile(r"UP[A-Z][0-9]{4}|CU[A-Z][0-9]{4}")

# Designators that answers must name rightly; ICAO Doc 8585. Few on purpose: a call sign is no register.
OPERATORS = MappingProxyType(
    {
        "AZA": "Alitalia (until 2021)",
        "AZG": "Silk Way West Airlines",
        "AHY": "Azerbaijan Airlines",
        "AZQ": "Silk Way Airlines",
        "ELY": "El Al",
        "THY": "Turkish Airlines",
    }
)


@dataclass(frozen=True)
class Designator:
    """A three-letter designator, or None with the reason; the operator where this package names it."""

    text: str | None
    operator: str | None
    reason: str


def operator_designator(callsign: str) -> Designator:
    """The operator's ICAO designator a call sign carries, only where its form says so."""
    sign = callsign.strip().upper()
    if _MARK_LIKE.fullmatch(sign):
        return Designator(None, None, f"{sign} reads as the registration {normal_mark(sign)}")
    match = _TELEPHONY.fullmatch(sign)
    if match:
        letters = match[1]
        return Designator(letters, OPERATORS.get(letters), f"{letters} followed by flight {match[2]}")
    letters = sign[: len(sign) - len(sign.lstrip(string.ascii_uppercase))]
    if len(letters) <= 3:
        return Designator(None, None, f"{sign!r} is no three-letter designator followed by a flight number")
    reason = f"{letters} is not a three-letter designator followed by a flight number"
    holder = OPERATORS.get(letters[:3])
    if holder:
        reason += f"; {letters[:3]} is the designator of {holder}"
    return Designator(None, None, reason)
