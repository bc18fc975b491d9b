"""Words of the pages: times, numbers and shares as people read them; text from outside made harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from overflight.clock import iso_utc

# Direction overrides and isolates reorder what stands beside them; `<bdi>` does what is right instead.
_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_AIR = re.compile(r"[^A-Z0-9 ]")  # ICAO Annex 10 vol. IV, 3.1.2.9.1.2: letters, digits, space
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_CALLS = ("callsign", "callsign_in", "callsign_out")


def clean(text: str) -> str:
    """The text without control characters, direction marks and lone surrogates; tab and newline stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c
        for c in text
        if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs", "Cn") and c not in _BIDI)
    )


def from_air(callsign: str) -> str:
    """A call sign in the alphabet it can be sent in; anything else shows as the replacement character."""
    return _NOT_AIR.sub(UNREADABLE, callsign)


def aired(row: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with its call signs limited to their alphabet."""
    made = dict(row)
    for name in _CALLS:
        if isinstance(made.get(name), str):
            made[name] = from_air(made[name])
    if "callsigns" in made:
        made["callsigns"] = [from_air(call) for call in made["callsigns"]]
    return made


def when(iso: str | None) -> str:
    """`2016-04-04 07:12` of an ISO time; seconds are left to the machine-readable answer."""
    return "" if iso is None else f"{iso[:10]} {iso[11:16]}"


def clock(iso: str | None) -> str:
    """`07:12:30` of an ISO time, without seconds where they are zero."""
    if iso is None:
        return ""
    return iso[11:16] if iso[17:19] == "00" else iso[11:19]


def dated(text: str) -> Markup:
    """The text with its dates kept whole where lines break."""
    return Markup(_DATE.sub(r'<span class="time">\g<0></span>', str(escape(clean(text)))))


def when_ms(time_ms: int) -> str:
    """`2016-04-04 07:12` of ms since the epoch."""
    return when(iso_utc(time_ms))


def interval(value: Mapping[str, Any] | None) -> str:
    """`2016-04-04 07:14 to 09:43`, `not before ...`, `not after ...`, `not known`."""
    if value is None:
        return "not known"
    first, last = value["earliest"], value["latest"]
    if first is None and last is None:
        return "not known"
    if first is None:
        return f"not after {when(last)}"
    if last is None:
        return f"not before {when(first)}"
    if when(first) == when(last):
        return when(first)
    return f"{when(first)} to {when(last)[11:] if first[:10] == last[:10] else when(last)}"


def share(probability: float | None) -> str:
    """`33 %`, `under 1 %`, `over 99 %`; nothing for None."""
    if probability is None:
        return ""
    if probability >= 1:
        return "100 %"
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def count(number: float | None) -> str:
    """`12,345`."""
    return "" if number is None else f"{number:,.0f}"


def duration(seconds: float | None) -> str:
    """`2 h 28 min`."""
    if seconds is None:
        return "not known"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 min"


def place_deg(latitude_deg: float | None, longitude_deg: float | None) -> str:
    """`30.767 N 35.283 E`."""
    if latitude_deg is None or longitude_deg is None:
        return ""
    north, east = "N" if latitude_deg >= 0 else "S", "E" if longitude_deg >= 0 else "W"
    return f"{abs(latitude_deg):.3f} {north} {abs(longitude_deg):.3f} {east}"


def path_part(text: object) -> str:
    """The text as one part of a path in a link."""
    return quote(str(text), safe="~")


def listed(parts: Iterable[str]) -> str:
    """`a, b and c`."""
    items = list(parts)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


_ASSUMABLE = {
    "latitude_deg": "position", "longitude_deg": "position", "baro_altitude_ft": "height",
    "geo_altitude_ft": "height", "groundspeed_kt": "speed", "track_deg": "track",
    "vertical_rate_fpm": "climb", "callsign": "call sign", "time_zone": "time zone",
}  # fmt: skip


def assumed(columns: Iterable[str]) -> str:
    """Which values of a report nobody printed or recorded: `time, position, height`."""
    return ", ".join(dict.fromkeys(_ASSUMABLE.get(name, name) for name in columns))
