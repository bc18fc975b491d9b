"""The machine-readable answers, `overflight/1`: the keys of each kind of object in order, and their version.

Within a schema number keys are added, never removed or redefined. Unknown is null; times are ISO 8601 UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from overflight.clock import iso_utc, parse_utc
from overflight.units import E7_PER_DEGREE

SCHEMA = "overflight/1"
CHANCE_DIGITS = 4  # a probability's further digits mean nothing: it is good to one part in a hundred
VERSION_DIGITS = 16  # 64 bits: among 10 million versions of one id a collision has a chance of 3e-6

Row = dict[str, Any]

_T = pa.timestamp("ms", tz="UTC")
_S, _F, _I, _B, _TEXTS = pa.string(), pa.float64(), pa.int64(), pa.bool_(), pa.list_(pa.string())


def _struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct(list(fields.items()))


PLACE = _struct(scheme=_S, ident=_S, name=_S, country=_S, kind=_S, latitude_deg=_F, longitude_deg=_F)
FIX = _struct(
    time=_T,
    latitude_deg=_F,
    longitude_deg=_F,
    baro_altitude_ft=_I,
    geo_altitude_ft=_I,
    on_ground=_B,
    vertical_rate_fpm=_I,
    assumed=_TEXTS,
)
CANDIDATE = _struct(
    outcome=_S, place=PLACE, probability=_F, ruled_out=_B, reasons_for=_TEXTS, reasons_against=_TEXTS
)
END = _struct(
    grade=_S, place=PLACE, probability=_F, earliest=_T, latest=_T, candidates=pa.list_(CANDIDATE),
    candidate_count=_I, fix=FIX,
)  # fmt: skip
INTERVAL = _struct(earliest=_T, latest=_T)
REGION = _struct(kind=_S, ident=_S, name=_S, dataset=_S, error_km=_F, limits=_S)
BORDER = _struct(grade=_S, earliest=_T, latest=_T, latitude_deg=_F, longitude_deg=_F)
STATEMENT = _struct(
    registration=_S,
    type_designator=_S,
    description=_S,
    operator=_S,
    military=_B,
    first_day=_S,
    last_day=_S,
    source=_S,
)
_SECONDS = _struct(min=_I, max=_I)
STAY = _struct(
    stop_id=_S, place=PLACE, field=PLACE, grade=_S, probability=_F, seen=_B, arrival=INTERVAL,
    departure=INTERVAL, ground_time_s=_SECONDS,
)  # fmt: skip
PRESENCE = _struct(
    kind=_S, id=_S, place=PLACE, grade=_S, probability=_F, entry=INTERVAL, exit=INTERVAL
)  # fmt: skip
CROSSED = _struct(kind=_S, ident=_S, name=_S, grade=_S, entry=INTERVAL, exit=INTERVAL)

MOVING = _struct(
    **{field.name: field.type for field in FIX}, groundspeed_kt=_F, track_deg=_F
)  # a fix with where it was heading
REACH = _struct(
    speed_kt=_F, speed_source=_S, direct_nm=_F, direct_s=_I, farthest_nm=_F, aside_nm=_F, ground_max_s=_I
)  # fmt: skip
OTHERS = _struct(
    radius_nm=_F, minutes=_I, before_count=_I, after_count=_I, after_no_higher_count=_I
)  # fmt: skip
RING = _struct(radius_nm=_F, position_count=_I, aircraft_count=_I, lowest_ft=_I, low_ft=_I)
CLOSEST = _struct(
    time=_T, distance_nm=_F, uncertainty_nm=_F, height_apart_ft=_I, latitude_deg=_F, longitude_deg=_F,
    baro_altitude_ft=_I,
)  # fmt: skip
TARGET = _struct(
    kind=_S, icao24=_S, registration=_S, type_designator=_S, operator=_S, callsigns=_TEXTS, flight_id=_S,
    latitude_deg=_F, longitude_deg=_F, baro_altitude_ft=_I, before=FIX, after=FIX, within_nm=_F, within_ft=_F,
)  # fmt: skip

SAID = _struct(
    value=_S, since=_S, until=_S, source=_S, grade=_S, said_first=_S, said_last=_S, changed_after=_S,
    changed_before=_S, standing=_S, claim_id=_S, quotation=_S, link=_S, licence=_S, party_kind=_S,
    party_region=_S,
)  # fmt: skip
CONFLICT = _struct(field=_S, kind=_S, **{field.name: field.type for field in SAID})
CHANGE = _struct(
    field=_S, source=_S, before=_S, after=_S, changed_after=_S, changed_before=_S, reading=_S, reason=_S,
)  # fmt: skip
OTHER_NAME = _struct(icao24=_S, registration=_S, source=_S, said_first=_S, said_last=_S, why=_S)
BLOCK = _struct(source=_S, first=_S, last=_S, country=_S, military=_B, holds_address=_B)

BESIDE = _struct(
    claim_id=_S, statement=_S, place=_S, since=INTERVAL, until=INTERVAL, source=_S, grade=_S, relation=_S
)  # fmt: skip

_HEAD = [
    ("schema", _S),
    ("archive_version", _S),
    ("data_kind", _S),
    ("id", _S),
    ("version", _S),
    ("icao24", _S),
]
_WHO = [
    ("registration", _S), ("type_designator", _S), ("operator", _S), ("owner", _S), ("registrant", _S),
]  # fmt: skip
_TAIL = [("flags", _TEXTS)]

SCHEMAS: dict[str, pa.Schema] = {
    "flights": pa.schema([
        *_HEAD, *_WHO, ("callsigns", _TEXTS), ("first_seen", _T), ("last_seen", _T), ("origin", END),
        ("destination", END), ("stop_ids", _TEXTS), ("position_count", _I), *_TAIL,
        ("sources", _TEXTS), ("rules", _S),
    ]),
    "visits": pa.schema([
        *_HEAD, *_WHO, ("callsign_in", _S), ("callsign_out", _S), ("flight_in_id", _S), ("flight_out_id", _S),
        ("place", PLACE), ("grade", _S), ("probability", _F), ("seen", _B), ("arrival", INTERVAL),
        ("departure", INTERVAL),
        ("ground_time_s", _struct(min=_I, max=_I)), ("candidates", pa.list_(CANDIDATE)),
        ("candidate_count", _I), ("what_would_change", _TEXTS),
        ("previous_place", PLACE),
        ("next_place", PLACE), ("before", FIX), ("after", FIX), ("claims", pa.list_(BESIDE)), *_TAIL,
        ("rules", _S),
    ]),
    "crossings": pa.schema([
        *_HEAD, *_WHO, ("callsigns", _TEXTS), ("flight_id", _S), ("sequence", _I), ("region", REGION),
        ("entry", BORDER), ("exit", BORDER),
        *_TAIL, ("rules", _S),
    ]),
    "aircraft": pa.schema([
        *_HEAD, *_WHO, ("military", _B), ("address_state", _S), ("registration_state", _S),
        ("first_seen", _T),
        ("last_seen", _T), ("flight_count", _I), ("callsigns", _TEXTS), ("statements", pa.list_(STATEMENT)),
        ("remarks", _TEXTS), ("matched_as", _S), *_TAIL,
    ]),
    "who": pa.schema([
        *_HEAD, ("on", _S), ("as_known", _S), ("mark", SAID), ("type_designator", SAID), ("serial", SAID),
        ("owner", SAID), ("operator", SAID), ("registrant", SAID), ("military", SAID),
        ("conflicts", pa.list_(CONFLICT)), ("changes", pa.list_(CHANGE)), ("timeline", pa.list_(CONFLICT)),
        ("other_names", pa.list_(OTHER_NAME)), ("blocks", pa.list_(BLOCK)), ("removed", _TEXTS),
        ("remarks", _TEXTS), ("matched_as", _S), *_TAIL,
    ]),
    "fleet": pa.schema([
        *_HEAD, ("registration", _S), ("type_designator", _S), ("serial", _S), ("role", _S), ("on", _S),
        ("party", SAID), ("before", SAID), ("after", SAID), ("other_names", pa.list_(OTHER_NAME)), *_TAIL,
    ]),
    "claims": pa.schema([
        *_HEAD, ("registration", _S), ("serial", _S), ("as_reported", _S), ("resolved_as", _S),
        ("statement", _S), ("value", _S), ("place", PLACE), ("place_as_reported", _S), ("since", INTERVAL),
        ("until", INTERVAL), ("published", _S), ("recorded", _S), ("withdrawn", _S), ("source", _S),
        ("title", _S), ("link", _S), ("copy_sha256", _S), ("quotation", _S), ("grade", _S),
        ("party_kind", _S), ("licence", _S), ("may_publish", _B), *_TAIL,
    ]),
    "callsigns": pa.schema([
        *_HEAD, ("callsign", _S), ("as_reported", _S), ("on", _S), ("kind", _S), ("name", _S), ("code", _S),
        ("country", _S), ("confidence", _S), ("why", _S), ("since", _S), ("until", _S), ("source", _S),
        ("list_day", _S), *_TAIL,
    ]),
    "hits": pa.schema([
        *_HEAD, ("kind", _S), ("registration", _S), ("score", _F), ("match", _S), ("reason", _S),
        ("as_reported", _S), ("title", _S), ("detail", _S), *_TAIL,
    ]),
    "itinerary": pa.schema([
        *_HEAD, *_WHO, ("sequence", _I), ("leg", _S), ("callsigns", _TEXTS), ("first_seen", _T),
        ("last_seen", _T), ("begin", INTERVAL), ("end", INTERVAL), ("place", PLACE),
        ("grade", _S), ("probability", _F), ("seen", _B), ("ground_time_s", _SECONDS),
        ("candidates", pa.list_(CANDIDATE)), ("candidate_count", _I),
        ("regions", pa.list_(CROSSED)), ("silences", pa.list_(INTERVAL)), ("before", FIX), ("after", FIX),
        ("hours", _I), ("loaded_hours", _I), *_TAIL, ("rules", _S),
    ]),
    "pairs": pa.schema([
        *_HEAD, *_WHO, ("callsigns", _TEXTS), ("first_seen", _T), ("last_seen", _T), ("origin", STAY),
        ("destination", STAY), ("via", pa.list_(STAY)), ("grade", _S), ("probability", _F),
        ("probability_least", _F), ("probability_most", _F), ("duration_s", _SECONDS), ("first", _B),
        ("flight_ids", _TEXTS), *_TAIL, ("rules", _S),
    ]),
    "sequence": pa.schema([
        *_HEAD, *_WHO, ("callsigns", _TEXTS), ("first", PRESENCE), ("then", PRESENCE), ("order", _S),
        ("gap_s", _SECONDS), ("grade", _S), ("probability", _F), ("probability_least", _F),
        ("probability_most", _F), *_TAIL, ("rules", _S),
    ]),
    "counts": pa.schema([
        *_HEAD, ("of", _S), ("place", PLACE), ("origin", PLACE), ("destination", PLACE), ("by_1", _S),
        ("key_1", _S), ("by_2", _S), ("key_2", _S), ("since", _T), ("until", _T), ("sum", _I),
        ("observed", _I), ("inferred", _I), ("compatible", _I), ("unknown", _I), ("expected", _F),
        ("expected_low", _I), ("expected_high", _I), ("hours", _I), ("loaded_hours", _I),
        ("covered_hours", _I), ("aircraft_count", _I), ("first", _T), ("last", _T), ("time_s", _SECONDS),
        ("flown_s", _I), *_TAIL,
    ]),
    "gaps": pa.schema([
        *_HEAD, *_WHO, ("callsigns", _TEXTS), ("outcome", _S), ("lost", MOVING), ("regained", MOVING),
        ("duration_s", _I), ("loaded_s", _I), ("flagged_count", _I), ("flight_before_id", _S),
        ("flight_after_id", _S),
        ("stop_id", _S), ("place", PLACE), ("grade", _S), ("probability", _F),
        ("kept_flying_probability", _F), ("reach", REACH), ("others", OTHERS), *_TAIL, ("rules", _S),
    ]),
    "near": pa.schema([
        *_HEAD, *_WHO, ("callsigns", _TEXTS), ("flight_id", _S), ("grade", _S), ("near", TARGET),
        ("first", _T), ("last", _T), ("closest", CLOSEST), ("before", FIX), ("after", FIX), *_TAIL,
        ("rules", _S),
    ]),
    "absences": pa.schema([
        *_HEAD, *_WHO, ("region", REGION), ("part", _S), ("outcome", _S), ("reason", _S), ("since", _T),
        ("until", _T), ("could", INTERVAL), ("windows", pa.list_(INTERVAL)), ("excluded_s", _I),
        ("possible_s", _I), ("not_loaded_s", _I), ("entered_s", _I), ("position_count", _I),
        ("flagged_inside_count", _I), ("nearest_km", _F), ("longest_silence_s", _I), ("speed_limit_kt", _I),
        ("speed_source", _S), ("reception", _S), ("other_aircraft_count", _I), ("lowest_ft", _I),
        ("before", FIX), ("after", FIX), *_TAIL, ("rules", _S),
    ]),
    "coverage": pa.schema([
        *_HEAD, ("place", PLACE), ("by", _S), ("since", _T), ("until", _T), ("latitude_deg", _F),
        ("longitude_deg", _F), ("cell_deg", _F), ("reception", _S), ("hours", _I), ("loaded_hours", _I),
        ("covered_hours", _I), ("not_covered_hours", _I), ("untold_hours", _I), ("position_count", _I),
        ("aircraft_count", _I), ("on_ground_count", _I), ("lowest_ft", _I), ("low_ft", _I),
        ("expected_aircraft", _F), ("aircraft_per_hour", _F), ("aircraft_per_hour_low", _F),
        ("aircraft_per_hour_high", _F), ("rings", pa.list_(RING)), *_TAIL,
    ]),
}  # fmt: skip


_NAMES = {kind: tuple(wanted.names) for kind, wanted in SCHEMAS.items()}


def finish(kind: str, fields: Mapping[str, Any], archive_version: str) -> Row:
    """One object of the contract, keys in its order, with `schema`, `archive_version`, `version`.

    `version` is a hash of everything else in the object, so it changes when and only when what is said
    changes.
    """
    content = {"schema": SCHEMA, **fields}
    digest = hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()[:VERSION_DIGITS]
    content |= {"archive_version": archive_version, "version": digest}
    return {name: content[name] for name in _NAMES[kind]}


def place_object(scheme: str, ident: str, name: str, country: str | None, kind: str,
                 latitude_deg: float | None, longitude_deg: float | None) -> Row:  # fmt: skip
    """The contract's place."""
    return {
        "scheme": scheme, "ident": ident, "name": name, "country": country, "kind": kind,
        "latitude_deg": latitude_deg, "longitude_deg": longitude_deg,
    }  # fmt: skip


def fix_object(row: Mapping[str, Any], prefix: str) -> Row | None:
    """The contract's fix from the columns `PREFIX_ms`, `PREFIX_latitude_e7` ...; None where unknown."""
    if row[f"{prefix}_ms"] is None:
        return None
    assumed = row[f"{prefix}_assumed"]
    return {
        "time": iso_utc(row[f"{prefix}_ms"]),
        "latitude_deg": degrees(row[f"{prefix}_latitude_e7"]),
        "longitude_deg": degrees(row[f"{prefix}_longitude_e7"]),
        "baro_altitude_ft": row[f"{prefix}_baro_altitude_ft"],
        "geo_altitude_ft": row[f"{prefix}_geo_altitude_ft"],
        "on_ground": row[f"{prefix}_on_ground"],
        "vertical_rate_fpm": row[f"{prefix}_vertical_rate_fpm"],
        "assumed": assumed.split(",") if assumed else None,
    }


def interval_object(earliest_ms: int | None, latest_ms: int | None) -> Row:
    """The contract's interval `{earliest, latest}`."""
    return {"earliest": iso_utc(earliest_ms), "latest": iso_utc(latest_ms)}


def degrees(e7: int | None) -> float | None:
    """Degrees of a stored whole number of 1e-7 degrees."""
    return None if e7 is None else e7 / E7_PER_DEGREE


def flat_names(kind: str) -> list[str]:
    """Names of a kind's columns with nested names joined by `_`, in order; a list is one column."""
    return [name for field in SCHEMAS[kind] for name in _flat(field, "")]


def _flat(field: pa.Field, prefix: str) -> list[str]:
    if pa.types.is_struct(field.type):
        return [name for inner in field.type for name in _flat(inner, f"{prefix}{field.name}_")]
    return [prefix + field.name]


def table_of(kind: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of one kind as an Arrow table with the contract's nested columns; times become UTC timestamps."""
    wanted = SCHEMAS[kind]
    whole = pa.struct(list(wanted))
    return pa.Table.from_pylist([_timed(row, whole) for row in rows], schema=wanted)


def _timed(value: Any, type_: pa.DataType) -> Any:
    """The value with every ISO text that the type calls a timestamp turned into milliseconds."""
    if value is None:
        return None
    if pa.types.is_timestamp(type_):
        return parse_utc(value)
    if pa.types.is_struct(type_):
        return {f.name: _timed(value[f.name], f.type) for f in type_}
    if pa.types.is_list(type_) and pa.types.is_struct(type_.value_type):
        return [_timed(item, type_.value_type) for item in value]
    return value
