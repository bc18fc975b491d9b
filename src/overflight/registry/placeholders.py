"""Addresses that stand for none: what is sent or typed where an aircraft's own address is not set."""

from __future__ import annotations

from types import MappingProxyType

# The lowest block allotted to a State begins at 004000 (Zimbabwe; Annex 10 vol. III part I, table 9-1).
FIRST_ALLOTTED = 0x004000
_KNOWN = MappingProxyType(
    {
        0x000000: "all zeros, which no aircraft may be given (Annex 10 vol. III part I, 9.1.2)",
        0xFFFFFF: "all ones, which address every aircraft at once (Annex 10 vol. III part I, 9.1.2)",
        0x123456: "digits counted up, as typed where none was known",
        0x234567: "digits counted up, as typed where none was known",
        0x345678: "digits counted up, as typed where none was known",
        0x654321: "digits counted down, as typed where none was known",
        0x987654: "digits counted down, as typed where none was known",
        0xABCDEF: "letters in their order, as typed where none was known (the United States may assign it)",
        0xFEDCBA: "letters counted down, as typed where none was known",
    }
)


def placeholder(address: int) -> str | None:
    """Why an address is likely to stand for none, in words; None for any other."""
    if address in _KNOWN:
        return _KNOWN[address]
    digits = f"{address:06x}"
    if len(digits) == 6 and len(set(digits)) == 1:
        return "one digit six times, as typed where none was known"
    if 0 <= address < FIRST_ALLOTTED:
        return "below the first block allotted to any State, as left where none was set"
    return None
