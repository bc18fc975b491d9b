"""From raw columns to rows of POSITIONS: every row is accepted, or refused with a reason and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.reading import EXAMPLES_KEPT, Piece, Source
from overflight.model.address import address_of
from overflight.model.fields import CLAIMS, POSITIONS, schema
from overflight.units import E7_PER_DEGREE

Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Ints = np.ndarray[Any, np.dtype[np.int32]]

# What marks an FAA privacy address among the tags of a claim; nobody is ever named for such an address.
PIA_TAG = "PIA"
POSITION_SCHEMA, CLAIM_SCHEMA = schema(POSITIONS), schema(CLAIMS)


def claim_rows(columns: Mapping[str, Any], rows: int) -> pa.Table:
    """Claims (schema CLAIMS) of the columns a source has; what it does not say is null."""
    whole = {field.name: pa.nulls(rows, field.type) for field in CLAIM_SCHEMA} | dict(columns)
    table = pa.table([whole[name] for name in CLAIM_SCHEMA.names], names=CLAIM_SCHEMA.names)
    return table.cast(CLAIM_SCHEMA).combine_chunks()


FIRST_MS, END_MS = (
    631_152_000_000,
    4_102_444_800_000,
)  # 1990 to 2100: Mode S and ADS-B recordings, clock faults aside

# A snapshot's heights and speeds are of its own moment, the position is older: after 15 s of a usual descent
# (2,000 ft/min) they are 500 ft apart. OpenSky calls the position of a snapshot unknown after the same 15 s
# (https://openskynetwork.github.io/opensky-api/rest.html, `time_position`).
STALE_AFTER_S = 15

# A number outside these is no measurement, and a row that carries one is not trusted: refused.
BOUNDS: dict[str, tuple[float, float]] = {
    "baro_altitude_ft": (
        -10_000,
        200_000,
    ),  # altitude codes end at 126,750 ft (Annex 10 vol. IV, 3.1.2.6.5.4)
    "geo_altitude_ft": (-10_000, 200_000),  # sent as a difference of at most 3,137 ft, or as such a code
    "groundspeed_kt": (
        0,
        10_000,
    ),  # the supersonic velocity message ends at 4,084 kt on each axis (DO-260B 2.2.3.2.6)
    "track_deg": (0, 360),
    "vertical_rate_fpm": (
        -100_000,
        100_000,
    ),  # velocity messages end at 32,640 ft/min; sources that derive go higher
}
SMALL = {
    "nic": 15,
    "nac_p": 15,
    "sil": 3,
    "adsb_version": 7,
}  # widths of the fields, 4, 4, 2, 3 bits (DO-260B)

_CALLSIGN = "^[A-Z0-9 ]{1,8}$"  # the six-bit alphabet of Annex 10 vol. IV, table 3-9
_SQUAWK = "^[0-7]{4}$"
_NOT_HEX = 16
_HEX = np.full(256, _NOT_HEX, np.uint32)  # value of each byte as a hex digit
_HEX[np.frombuffer(b"0123456789", np.uint8)] = np.arange(10)
_HEX[np.frombuffer(b"abcdef", np.uint8)] = _HEX[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)
_HEX.setflags(write=False)
_PLACES = np.array([16**5, 16**4, 16**3, 16**2, 16, 1], np.uint32)


@dataclass
class Columns:
    """Raw columns in the schema's units, unknown as NaN or null; `owner` is each row's source."""

    sources: Sequence[Source]
    owner: Ints
    address: np.ndarray[Any, np.dtype[np.uint32]]
    address_known: Bools
    time_ms: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    feed: str
    data_kind: str
    numbers: dict[str, Floats] = field(default_factory=dict)  # those of BOUNDS and SMALL
    others: dict[str, pa.Array] = field(default_factory=dict)  # flags and texts, ready for the schema
    refused: list[tuple[str, Bools]] = field(
        default_factory=list
    )  # the format's own reasons, the first one counts
    remarks: list[tuple[str, Bools]] = field(default_factory=list)


class Checked(NamedTuple):
    """The accepted rows as POSITIONS, the number of the file of each, which of the given rows they are."""

    positions: pa.Table
    file_index: Ints
    keep: Bools

    def piece(self, claims: pa.Table | None = None) -> Piece:
        """What a format yields, with the claims beside the positions."""
        return Piece(
            self.positions, CLAIM_SCHEMA.empty_table() if claims is None else claims, self.file_index
        )


def checked(columns: Columns, example: Callable[[int], str]) -> Checked:
    """The rows that can be used; the others are counted under their first reason, `example` showing one."""
    reasons = columns.refused + _reasons(columns)
    code = np.zeros(len(columns.owner), np.int16)
    for number, (_, mask) in enumerate(reasons, 1):
        if mask.any():
            code[mask & (code == 0)] = number
    for number in np.unique(code[code > 0]):
        _count_refused(columns, reasons[number - 1][0], np.flatnonzero(code == number), example)
    keep = code == 0
    for text, mask in columns.remarks + _null_small(columns):
        for owner, count in zip(*np.unique(columns.owner[mask & keep], return_counts=True), strict=True):
            columns.sources[owner].tally.remarks[text] += int(count)
    numbers = np.array([source.file_index for source in columns.sources], np.int32)
    return Checked(_table(columns, None if keep.all() else keep), numbers[columns.owner[keep]], keep)


def addresses(texts: pa.Array) -> tuple[np.ndarray[Any, np.dtype[np.uint32]], Bools]:
    """Addresses of hex texts (any case, `~` allowed), 0 where there is none, and where there is one."""
    texts = texts.cast(pa.binary())
    values, known = np.zeros(len(texts), np.uint32), np.zeros(len(texts), np.bool_)
    plain = pc.fill_null(pc.equal(pc.binary_length(texts), 6), False).to_numpy(zero_copy_only=False)
    six = texts.filter(pa.array(plain)).cast(pa.binary(6))
    if len(six):
        digits = _HEX[np.frombuffer(six.buffers()[1], np.uint8, 6 * len(six), 6 * six.offset).reshape(-1, 6)]
        values[plain] = digits @ _PLACES
        known[plain] = digits.max(axis=1) < _NOT_HEX
    for row in np.flatnonzero(~plain):  # `~` addresses, blanks around the digits, or no address
        address = address_of((texts[row].as_py() or b"").decode("utf-8", "replace"))
        values[row], known[row] = address or 0, address is not None
    return np.where(known, values, 0).astype(np.uint32), known


def callsigns(texts: pa.Array) -> tuple[pa.Array, Bools]:
    """Call signs without trailing blanks, null where blank; where one is not in the alphabet (null too)."""
    return _cleaned(texts, _CALLSIGN)


def squawks(texts: pa.Array) -> tuple[pa.Array, Bools]:
    """Four-digit octal codes, and where the text is something else (null there)."""
    return _cleaned(texts, _SQUAWK)


def _cleaned(texts: pa.Array, pattern: str) -> tuple[pa.Array, Bools]:
    coded = as_text(texts).dictionary_encode()  # a flight's rows say the same: each text is looked at once
    cleaned, bad = _cleaned_words(coded.dictionary, pattern)
    wrong = pc.fill_null(bad.take(coded.indices), False)
    return cleaned.take(coded.indices), wrong.to_numpy(zero_copy_only=False)


def _cleaned_words(texts: pa.Array, pattern: str) -> tuple[pa.Array, pa.Array]:
    texts = pc.ascii_rtrim_whitespace(texts)
    good = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    wrong = pc.and_not(pc.fill_null(pc.greater(pc.binary_length(texts), 0), False), good)
    return pc.if_else(good, texts, pa.scalar(None, pa.string())), wrong


def as_text(array: pa.Array) -> pa.Array:
    """Text of a bytes or text column; bytes that are not UTF-8 become the replacement character."""
    try:
        return array.cast(pa.string())
    except pa.ArrowInvalid:
        decoded = [None if value is None else value.decode("utf-8", "replace") for value in array.to_pylist()]
        return pa.array(decoded, pa.string())


def _reasons(columns: Columns) -> list[tuple[str, Bools]]:
    """What makes a row unusable, in the order in which it is told."""
    time, latitude, longitude = columns.time_ms, columns.latitude_deg, columns.longitude_deg
    reasons = [
        ("no aircraft address of six hex digits", ~columns.address_known),
        ("no time", np.isnan(time)),
        ("time outside 1990 to 2100", (time < FIRST_MS) | (time >= END_MS)),
        ("no latitude", np.isnan(latitude)),
        ("no longitude", np.isnan(longitude)),
        ("latitude outside -90 to 90", np.abs(latitude) > 90),
        ("longitude outside -180 to 180", np.abs(longitude) > 180),
    ]
    for name, (low, high) in BOUNDS.items():
        if name in columns.numbers:
            values = columns.numbers[name]
            reasons.append((f"{name} outside {low:,} to {high:,}", (values < low) | (values > high)))
    return reasons


def _null_small(columns: Columns) -> list[tuple[str, Bools]]:
    """Where a category has a value its field cannot carry: it becomes unknown, the row stays."""
    found = []
    for name, most in SMALL.items():
        values = columns.numbers.get(name)
        if values is None:
            continue
        wrong = (values < 0) | (values > most) | (values != np.floor(values)) & ~np.isnan(values)
        if wrong.any():
            columns.numbers[name] = np.where(wrong, np.nan, values)
            found.append((f"{name} outside 0 to {most}, dropped", wrong))
    return found


def _count_refused(columns: Columns, reason: str, rows: Any, example: Callable[[int], str]) -> None:
    owners = columns.owner[rows]
    for owner, first, count in zip(*np.unique(owners, return_index=True, return_counts=True), strict=True):
        source = columns.sources[owner]
        source.refuse(reason, example(int(rows[first])), int(count))
        for row in rows[owners == owner][1:EXAMPLES_KEPT]:
            source.refuse(reason, example(int(row)), 0)


def _table(columns: Columns, keep: Bools | None) -> pa.Table:
    """The kept rows in the schema's types: coordinates as whole 1e-7 degrees, longitude 180 as -180."""
    chosen = slice(None) if keep is None else keep
    longitude = np.rint(columns.longitude_deg[chosen] * E7_PER_DEGREE)
    longitude[longitude >= 180 * E7_PER_DEGREE] -= 360 * E7_PER_DEGREE
    track = columns.numbers.get("track_deg")
    if track is not None:
        columns.numbers["track_deg"] = np.where(track == 360, 0.0, track)
    count = len(longitude)
    made: dict[str, pa.Array] = {
        "address": pa.array(columns.address[chosen]),
        "time_ms": pa.array(np.rint(columns.time_ms[chosen]).astype(np.int64)),
        "latitude_e7": pa.array(np.rint(columns.latitude_deg[chosen] * E7_PER_DEGREE).astype(np.int32)),
        "longitude_e7": pa.array(longitude.astype(np.int32)),
        "stale": pa.repeat(False, count),
        "new_leg": pa.repeat(False, count),
        "feed": pa.repeat(columns.feed, count),
        "data_kind": pa.repeat(columns.data_kind, count),
    }
    mask = None if keep is None else pa.array(keep)
    for name, values in columns.others.items():
        made[name] = values if mask is None else values.filter(mask)
    for name, numbers in columns.numbers.items():
        made[name] = _typed(numbers[chosen], POSITION_SCHEMA.field(name).type)
    arrays = [made.get(f.name, pa.nulls(count, f.type)) for f in POSITION_SCHEMA]
    return pa.Table.from_arrays(arrays, schema=POSITION_SCHEMA)


def _typed(values: Floats, type_: pa.DataType) -> pa.Array:
    """Numbers in the column's type, NaN as null, rounded where the type is whole."""
    unknown = np.isnan(values)
    if pa.types.is_floating(type_):
        return pa.array(values.astype(np.float32), type_, mask=unknown)
    return pa.array(
        np.rint(np.where(unknown, 0, values)).astype(type_.to_pandas_dtype()), type_, mask=unknown
    )
