"""How the columns of a foreign CSV are to be read, from a JSON or TOML file that its owner writes.

```json
{"columns": {"icao24": "icao", "time": "point_time", "latitude_deg": "lat", "longitude_deg": "lon",
             "baro_altitude": "altitude", "groundspeed": "ground_speed", "callsign": "call_sign"},
 "units": {"baro_altitude": "ft", "groundspeed": "kt"},
 "time": {"format": "iso", "zone": "UTC"},
 "claims": {"registration": "nnumber"},
 "constants": {"data_kind": "recorded"}}
```

`columns` and `claims` name a column of the file for each field, `constants` gives a value for every row;
`time` may name two columns (date and time of day), joined by a blank. `age_s` is how many seconds older than
`time` a position is. A field the map does not name is unknown.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from overflight.errors import InputError
from overflight.model.address import address_of
from overflight.model.grades import DATA_KINDS
from overflight.units import FEET_PER_METRE, KNOTS_PER_METRE_PER_SECOND, NAUTICAL_MILES_PER_KILOMETRE

_HEIGHTS = {"ft": 1.0, "m": FEET_PER_METRE, "FL": 100.0}
UNITS: dict[
    str, dict[str, float]
] = {  # factor into the schema's unit; the first is taken where the map is silent
    "baro_altitude": _HEIGHTS,
    "geo_altitude": _HEIGHTS,
    "groundspeed": {"kt": 1.0, "m/s": KNOTS_PER_METRE_PER_SECOND, "km/h": NAUTICAL_MILES_PER_KILOMETRE},
    "vertical_rate": {"fpm": 1.0, "m/s": FEET_PER_METRE * 60},
}
REQUIRED = ("icao24", "time", "latitude_deg", "longitude_deg")
FLAGS = ("on_ground", "stale", "new_leg", "vertical_rate_geometric")
CATEGORIES = ("nic", "nac_p", "sil", "adsb_version")
TEXTS = ("callsign", "squawk", "source", "assumed")
SPOOFED = "spoofed"  # a truth value: the source itself calls the row spoofed or made up
FIELDS = (*REQUIRED, *UNITS, "track_deg", *FLAGS, *CATEGORIES, *TEXTS, "age_s", SPOOFED)
# What readsb's details of a row are called there, for the fields that the map itself leaves out.
DETAILS = {
    "callsign": "flight",
    "squawk": "squawk",
    "source": "type",
    "nic": "nic",
    "nac_p": "nac_p",
    "sil": "sil",
    "adsb_version": "version",
}
CLAIMS = ("registration", "type_designator", "description", "operator", "military")

# Column names seen in exports of tar1090, traffic, ADS-B Exchange and others, the surest of each field first.
_ALIASES: dict[str, tuple[str, ...]] = {
    "icao24": ("icao24", "icao", "hex", "hexident", "icao_address", "address"),
    "time": (
        "timestamp_utc",
        "ping_time",
        "point_time",
        "datetime",
        "snapshot_time",
        "timestamp",
        "time",
        "utc",
    ),
    "latitude_deg": ("lat", "latitude"),
    "longitude_deg": ("lon", "lng", "long", "longitude"),
    "baro_altitude": ("alt_baro", "baro_altitude", "altitude", "alt"),
    "geo_altitude": ("alt_geom", "geo_altitude", "geoaltitude"),
    "groundspeed": ("gs", "groundspeed", "ground_speed", "speed"),
    "track_deg": ("track", "heading"),
    "vertical_rate": ("baro_rate", "vertical_rate", "vert_rate"),
    "on_ground": ("on_ground", "onground"),
    "callsign": ("callsign", "call_sign", "flight"),
    "squawk": ("squawk",),
    "nic": ("nic",),
    "age_s": ("seen_pos",),
    "registration": ("registration", "nnumber", "reg", "r"),
    "type_designator": ("typecode", "type_designator", "model", "t"),
    "operator": ("operator", "ownop"),
}


class Times(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How times are written: `iso`, `unix_s`, `unix_ms` or a strptime pattern, and the zone they are in.

    A time that states its own offset keeps it. A local time that occurs twice, when clocks go back, is
    refused unless `ambiguous` says which of the two is meant; one that clocks skip is always refused.
    """

    format: str = "iso"
    zone: str | None = None
    ambiguous: Literal["refuse", "earlier", "later"] = "refuse"


class ColumnMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The map as written; `load` has checked it."""

    columns: dict[str, str | list[str]] = {}
    units: dict[str, str] = {}
    time: Times = Times()
    constants: dict[str, str | int | float | bool] = {}
    claims: dict[str, str] = {}
    claims_source: str = "generic_csv"
    details: str | None = None
    delimiter: str | None = None

    def factor(self, field: str) -> float:
        """What a number of the field is multiplied by to be in the schema's unit."""
        known = UNITS[field]
        return known[self.units[field]] if field in self.units else next(iter(known.values()))

    def wanted(self) -> list[str]:
        """The columns of the file that the map names, each once."""
        named = [*self.columns.values(), *self.claims.values(), *([self.details] if self.details else [])]
        return list(dict.fromkeys(name for one in named for name in ([one] if isinstance(one, str) else one)))


def load(path: Path) -> ColumnMap:
    """The column map in a JSON or TOML file; InputError says what in it is wrong and what would be right."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        plain = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        column_map = made(plain)
    except OSError as error:
        raise InputError(f"column map {path} cannot be opened: {error.strerror}") from error
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise InputError(f"column map {path}: {error}") from error
    return column_map


def made(plain: object, known_later: tuple[str, ...] = ()) -> ColumnMap:
    """The map of plain JSON or TOML values, checked; fields known later may be missing. Raises ValueError."""
    column_map = msgspec.convert(plain, ColumnMap)
    _check(column_map, known_later)
    return column_map


def zone_of(text: str | None) -> tzinfo | None:
    """The zone named `UTC`, `+03:00` or `America/Los_Angeles`; ValueError where none is called so."""
    if text is None:
        return None
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    if text.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"unknown time zone {text!r}; write UTC, an offset such as +03:00, or a name such as "
            "America/Los_Angeles (names need the system's time zone data, package tzdata)"
        ) from error


def suggestion(names: Iterable[str]) -> str | None:
    """A map, as JSON, for column names that are recognised; None where no position is among them."""
    lower = {name.lower(): name for name in names}
    found = {
        field: lower[alias]
        for field, aliases in _ALIASES.items()
        for alias in [next((alias for alias in aliases if alias in lower), None)]
        if alias
    }
    if "latitude_deg" not in found or "longitude_deg" not in found:
        return None
    suggested: dict[str, dict[str, str]] = {"columns": {k: v for k, v in found.items() if k not in CLAIMS}}
    suggested["units"] = {field: next(iter(UNITS[field])) for field in UNITS if field in found}
    suggested["time"] = {"format": "iso", "zone": "UTC"}
    suggested["claims"] = {k: v for k, v in found.items() if k in CLAIMS}
    suggested["constants"] = {field: "..." for field in REQUIRED if field not in found}
    return json.dumps({key: value for key, value in suggested.items() if value})


def _check(column_map: ColumnMap, known_later: tuple[str, ...]) -> None:
    """Raise ValueError for the first thing in the map that cannot be meant."""
    for part, allowed in (
        ("columns", FIELDS),
        ("units", tuple(UNITS)),
        ("constants", (*FIELDS, *CLAIMS, "data_kind")),
        ("claims", CLAIMS),
    ):
        for name in getattr(column_map, part):
            if name not in allowed:
                raise ValueError(f"{part} names the field {name!r}, which is none; {_nearest(name, allowed)}")
    for field, unit in column_map.units.items():
        if unit not in UNITS[field]:
            raise ValueError(f"unit {unit!r} of {field} is not known; write one of {', '.join(UNITS[field])}")
    for field in REQUIRED:
        if field not in (*column_map.columns, *column_map.constants, *known_later):
            raise ValueError(
                f"{field} is missing: name its column under columns or its value under constants"
            )
    for field, column in column_map.columns.items():
        if not isinstance(column, str) and field != "time":
            raise ValueError(f"{field} must be one column; only time may be made of several")
    _check_values(column_map)


def _check_values(column_map: ColumnMap) -> None:
    kind = column_map.constants.get("data_kind")
    if kind is not None and kind not in DATA_KINDS:
        raise ValueError(f"data_kind {kind!r} is none of {', '.join(DATA_KINDS)}")
    address = column_map.constants.get("icao24")
    if address is not None and address_of(str(address)) is None:
        raise ValueError(f"icao24 {address!r} is not six hex digits (in quotes)")
    zone_of(column_map.time.zone)
    written = column_map.time.format
    if written not in ("iso", "unix_s", "unix_ms") and "%" not in written:
        raise ValueError(
            f"time format {written!r} is none of iso, unix_s, unix_ms or a pattern such as %d.%m.%Y %H:%M"
        )
    if column_map.delimiter is not None and len(column_map.delimiter) != 1:
        raise ValueError(f"delimiter {column_map.delimiter!r} must be one character")


def _nearest(name: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, allowed, 1)
    return f"did you mean {near[0]}?" if near else f"the fields are {', '.join(allowed)}"
