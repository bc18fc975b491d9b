"""Aircraft addresses: six lowercase hex digits for people, one integer in the files."""

from __future__ import annotations

import re

from overflight.errors import InputError

# readsb writes `~` before an address that was not assigned by ICAO (TIS-B, ADS-R, anonymised)
NOT_ICAO_BIT = 1 << 24
_TEXT = re.compile(r"~?[0-9a-f]{6}")


def address_of(text: str) -> int | None:
    """Integer of `613133` or `~2a3f01`, any case; None where the text is no address."""
    text = text.strip().lower()
    if not _TEXT.fullmatch(text):
        return None
    return int(text[1:], 16) | NOT_ICAO_BIT if text[0] == "~" else int(text, 16)


def address_asked(text: str) -> int:
    """The address in a text that somebody typed; raises InputError where it is none."""
    address = address_of(text)
    if address is None:
        raise InputError(f"{text!r} is no aircraft address: write six hex digits, for example 4c0001")
    return address


def icao24_text(address: int) -> str:
    """`613133`, or `~2a3f01` for an address not assigned by ICAO."""
    mark = "~" if address & NOT_ICAO_BIT else ""
    return f"{mark}{address & (NOT_ICAO_BIT - 1):06x}"
