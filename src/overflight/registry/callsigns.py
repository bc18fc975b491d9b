"""What the form of a call sign says: a designator and a flight, a State's prefix, a mark, or nothing.

ICAO Doc 4444 appendix 2, item 7: the aircraft identification is either the registration mark, or the
operator's three-letter designator followed by the flight identification, at most seven characters in all.
Military and other State flights use words of their own, so the first three letters alone prove nothing.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from types import MappingProxyType

from overflight.registry.callsign_holders import designator_holders, holder_text
from overflight.registry.marks import normal_mark, state_of_mark

_TELEPHONY = re.compile(r"([A-Z]{3})([0-9][0-9A-Z]{0,3})")
# Marks of three letters and digits that look like designator and flight number once the hyphen is gone:
# Kazakhstan's UP-I7645, Cuba's CU-T1234.
_MARK_LIKE = re.compile(r"UP[A-Z][0-9]{4}|CU[A-Z][0-9]{4}")
# A call sign has at most eight characters on the air (Annex 10 vol. IV, 3.1.2.9.1): six letters and a number.
_PREFIXED = re.compile(r"([A-Z]{2,6})([0-9][0-9A-Z]*)")
_NOT_KEPT = re.compile(r"[^0-9A-Z]")
# What follows the nationality mark where figures do, as in the registers. Elsewhere letters alone follow it;
# with the civil marks' forms unchecked, RAWHD51 (a tanker's word) would read as Russian, BB025 as Chinese.
_WITH_FIGURES = MappingProxyType(
    {
        "N": r"[1-9][0-9]{0,4}|[1-9][0-9]{0,3}[A-Z]|[1-9][0-9]{0,2}[A-Z]{2}",
        "JA": r"[0-9][0-9A-Z]{3}",
        "HL": r"[0-9]{4}",
        "YV": r"[0-9]{3,4}T?",
        "HI": r"[0-9]{3,4}",
        "RA": r"[0-9]{4,5}[A-Z]?",
        "RF": r"[0-9]{5}",
        "B": r"[0-9][0-9A-Z]{3,4}|[HKLM][A-Z]{2}",
        "HK": r"[0-9]{4}[A-Z]?",
        "OB": r"[0-9]{4}P?",
        "OK": r"[A-Z]{3}[0-9]{0,2}",
        "UK": r"[0-9]{5}",
        "UP": r"[A-Z]{1,2}[0-9]{3,4}",
        "EX": r"[0-9]{3,5}",
        "4K": r"[A-Z]{2,3}[0-9]{0,3}|[0-9]{4,6}",
        "CU": r"[A-Z][0-9]{3,4}",
        "VN": r"[A-Z][0-9]{3}",
    }
)
_LETTERS = re.compile(r"[A-Z]{2,4}")


@dataclass(frozen=True)
class Designator:
    """A three-letter designator, or None with the reason; the operator where this package names it."""

    text: str | None
    operator: str | None
    reason: str


@dataclass(frozen=True)
class CallsignMark:
    """A registration mark used as call sign; not `certain` where it may as well be a word (FORTE, F-ORTE)."""

    mark: str
    country: str
    certain: bool


def tidy_callsign(text: str) -> str:
    """The call sign in capitals without blanks; a hyphen is kept."""
    return "".join(text.upper().split())


def operator_designator(callsign: str) -> Designator:
    """The operator's ICAO designator a call sign carries, only where its form says so."""
    sign = callsign.strip().upper()
    if _MARK_LIKE.fullmatch(sign):
        return Designator(None, None, f"{sign} reads as the registration {normal_mark(sign)}")
    match = _TELEPHONY.fullmatch(sign)
    if match:
        letters = match[1]
        return Designator(letters, _operator(letters), f"{letters} followed by flight {match[2]}")
    letters = sign[: len(sign) - len(sign.lstrip(string.ascii_uppercase))]
    if len(letters) <= 3:
        return Designator(None, None, f"{sign!r} is no three-letter designator followed by a flight number")
    reason = f"{letters} is not a three-letter designator followed by a flight number"
    holder = _operator(letters[:3])
    if holder:
        reason += f"; {letters[:3]} is the designator of {holder}"
    return Designator(None, None, reason)


def lettered_prefix(callsign: str) -> str | None:
    """All the letters before the first figure, `AZAF` of AZAF8; None where the form is another."""
    match = _PREFIXED.fullmatch(tidy_callsign(callsign))
    return match[1] if match else None


def mark_of_callsign(callsign: str) -> CallsignMark | None:
    """The registration mark that the call sign is, with or without its hyphen; None where it is none.

    A designator followed by digits is read as such (CFC1 is Canada's forces, not a mark of Canada's).
    """
    sign = tidy_callsign(callsign)
    compact = _NOT_KEPT.sub("", sign)
    if _TELEPHONY.fullmatch(sign) and not _MARK_LIKE.fullmatch(sign):
        return None
    country = state_of_mark(compact)
    if country is None or not set(sign) <= {*string.ascii_uppercase, *string.digits, "-"}:
        return None
    mark = normal_mark(compact)
    prefix = next((p for p in _WITH_FIGURES if mark == compact and compact.startswith(p)), None)
    prefix, rest = (prefix, compact[len(prefix) :]) if prefix else tuple(mark.partition("-")[::2])
    form = _WITH_FIGURES.get(prefix)
    fits = re.fullmatch(form, rest) if form else _LETTERS.fullmatch(rest)
    if not fits or ("-" in sign and sign != mark):
        return None
    return CallsignMark(mark, country, (sign == mark and "-" in mark) or not compact.isalpha())


def _operator(letters: str) -> str | None:
    held = designator_holders().get(letters)
    return holder_text(held[0]) if held else None
