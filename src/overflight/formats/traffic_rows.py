"""Trajectories of the `traffic` library as positions, whatever file they came in: JSON or Parquet.

Its columns, by name: `timestamp`, `icao24`, `latitude`, `longitude`, `altitude` and `geoaltitude` (ft),
`groundspeed` (kt), `track` (degrees), `vertical_rate` (ft/min), `callsign`, `squawk`, `onground`,
`last_position`, and of the aircraft `registration`, `typecode`. A trajectory may have been filtered,
resampled or filled in by whoever saved it, and nothing in it says so.

What a file lost is not guessed. A hexadecimal address that was read as a number (`3946e4` is 39460000.0 to a
careless reader) is no address; tracks that were squeezed into eight bits (-128 to 127) are no tracks, those
that look right included.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import (
    CLAIM_SCHEMA,
    STALE_AFTER_S,
    Bools,
    Checked,
    Columns,
    Floats,
    addresses,
    callsigns,
    checked,
    claim_rows,
    squawks,
)
from overflight.formats.reading import Piece, ReadOptions, Source
from overflight.model.heard import PROCESSED
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

FEED = "traffic"
TIMES = ("timestamp", "last_position")  # milliseconds since the epoch
NUMBERS = ("latitude", "longitude", "altitude", "geoaltitude", "groundspeed", "track", "vertical_rate")
TEXTS = ("icao24", "callsign", "squawk", "registration", "typecode")
FLAG = "onground"
REQUIRED = ("timestamp", "latitude", "longitude")
OWN = {"groundspeed", "vertical_rate", "geoaltitude"}
HEIGHTS = {"altitude", "geoaltitude"}

NO_ADDRESS = "no icao24 in the file: give the aircraft's address (--address)"
NAMED = "rows whose aircraft is that of --address: the file does not say which it was"
AS_SENT, SIGNED, LOST = "as sent", "signed", "lost"  # how a file writes tracks
_SIGNED_REMARK = "tracks from -180 to 180 read as 0 to 360"
_LOST_REMARK = "tracks dropped: negative ones show that the file squeezed them into eight bits (-128 to 127)"


def are_rows(names: Sequence[str]) -> bool:
    """Whether columns of these names are those of the library.

    No header says in which unit a height is; where there is one, a name that the library alone spells so must
    be there too.
    """
    own = set(names) & OWN or not set(names) & HEIGHTS
    return set(names) >= set(REQUIRED) and bool(own)


def sense_of(tracks: Sequence[tuple[float, float]]) -> str:
    """How a file writes its tracks, from the lowest and highest of each of its parts (NaN where none is).

    A number below -128 does not fit into eight bits: there the file counts from -180 to 180. Where the lowest
    is between -128 and 0 either may be meant, and the two differ by up to 104 degrees: then nothing is.
    """
    known = [(low, high) for low, high in tracks if low == low]
    lowest = min((low for low, _ in known), default=0.0)
    highest = max((high for _, high in known), default=0.0)
    if lowest >= 0:
        return AS_SENT
    return SIGNED if -180 <= lowest < -128 and highest <= 180 else LOST


def span_of(tracks: Floats) -> tuple[float, float]:
    """Lowest and highest track of a part of a file; NaN where it has none."""
    known = tracks[(tracks >= -180) & (tracks <= 360)]  # the others are no tracks, and refused one by one
    return (float(known.min()), float(known.max())) if len(known) else (np.nan, np.nan)


def rows_of(
    table: pa.Table,
    source: Source,
    options: ReadOptions,
    refused: list[tuple[str, Bools]],
    remarks: list[tuple[str, Bools]],
    sense: str,
) -> Piece:
    """Positions and claims of rows: TIMES and NUMBERS as float64, TEXTS as text, `onground` as truth values.

    Null, or a missing column, is unknown. `unaddressed` marks rows of a file that has no `icao24` at all.
    """
    count = table.num_rows
    time, updated = _floats(table, "timestamp"), _floats(table, "last_position")
    late = time - updated > STALE_AFTER_S * MILLISECONDS_PER_SECOND
    address, known, given = _addressed(table, options)
    callsign, bad_callsign = callsigns(_texts(table, "callsign"))
    squawk, bad_squawk = squawks(_texts(table, "squawk"))
    track, sense_remark = _tracks(_floats(table, "track"), sense)
    columns = Columns(
        sources=[source],
        owner=np.zeros(count, np.int32),
        address=address,
        address_known=known,
        time_ms=np.where(np.isnan(updated), time, updated),
        latitude_deg=_floats(table, "latitude"),
        longitude_deg=_floats(table, "longitude"),
        feed=FEED,
        data_kind=options.data_kind,
        numbers={
            "baro_altitude_ft": _floats(table, "altitude"),
            "geo_altitude_ft": _floats(table, "geoaltitude"),
            "groundspeed_kt": _floats(table, "groundspeed"),
            "track_deg": track,
            "vertical_rate_fpm": _floats(table, "vertical_rate"),
        },
        others={
            "callsign": callsign,
            "squawk": squawk,
            "on_ground": _array(table, FLAG, pa.bool_()),
            "stale": pa.array(late),
            "source": pa.repeat(PROCESSED, count),
            "assumed": pc.if_else(pa.array(given), "address", pa.scalar(None, pa.string())),
        },
        refused=[*refused, (NO_ADDRESS, _unaddressed(table) & ~known)],
        remarks=[
            *remarks,
            *sense_remark,
            (NAMED, given),
            ("callsign not understood, dropped", bad_callsign),
            ("squawk not understood, dropped", bad_squawk),
        ],
    )
    result = checked(columns, lambda row: str(table.slice(row, 1).to_pylist()[0]))
    return result.piece(_claims(table, result, options))


def backwards(table: pa.Table) -> tuple[str, Bools]:
    """A remark on rows earlier than the row before them of the same aircraft, in the file's order."""
    address, _ = addresses(_texts(table, "icao24"))
    order = np.argsort(address, kind="stable")
    one, time = address[order], _floats(table, "timestamp")[order]
    back = np.zeros(table.num_rows, np.bool_)
    back[order[1:]] = (one[1:] == one[:-1]) & (time[1:] < time[:-1])
    return "rows earlier than the one before them", back


def _addressed(table: pa.Table, options: ReadOptions) -> tuple[np.ndarray, Bools, Bools]:
    """The address of each row, whether it has one, and whether that was given by who added the file."""
    address, known = addresses(_texts(table, "icao24"))
    given = _unaddressed(table) & (options.address is not None)
    return np.where(given, options.address or 0, address).astype(np.uint32), known | given, given


def _unaddressed(table: pa.Table) -> Bools:
    if "unaddressed" in table.column_names:
        marked: Bools = _array(table, "unaddressed", pa.bool_()).to_numpy(zero_copy_only=False)
        return marked
    return np.full(table.num_rows, "icao24" not in table.column_names)


def _tracks(tracks: Floats, sense: str) -> tuple[Floats, list[tuple[str, Bools]]]:
    some = ~np.isnan(tracks)
    if sense == LOST:
        return np.full(len(tracks), np.nan), [(_LOST_REMARK, some)]
    if sense == SIGNED:
        return np.where(tracks < 0, tracks + 360, tracks), [(_SIGNED_REMARK, some & (tracks < 0))]
    return tracks, []


def _claims(table: pa.Table, result: Checked, options: ReadOptions) -> pa.Table:
    """What the accepted rows say of their aircraft, each statement once a day."""
    mark, designator = _texts(table, "registration"), _texts(table, "typecode")
    if mark.null_count == len(mark) and designator.null_count == len(designator):
        return CLAIM_SCHEMA.empty_table()
    kept = pa.array(result.keep)
    days = result.positions["time_ms"].to_numpy() // MILLISECONDS_PER_DAY
    said = {
        "address": result.positions["address"],
        "day": pa.array(days.astype(np.int32)),
        "registration": mark.filter(kept),
        "type_designator": designator.filter(kept),
    }
    rows = pa.table(said)
    some = pc.or_(pc.is_valid(rows["registration"]), pc.is_valid(rows["type_designator"]))
    once = rows.filter(some).group_by(rows.column_names, use_threads=False).aggregate([])
    whole = {
        "source": pa.repeat(FEED, once.num_rows),
        "data_kind": pa.repeat(options.data_kind, once.num_rows),
        **{name: once[name] for name in once.column_names},
    }
    return claim_rows(whole, once.num_rows)


def _array(table: pa.Table, name: str, type_: pa.DataType) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, type_)
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _texts(table: pa.Table, name: str) -> pa.Array:
    return _array(table, name, pa.string())


def _floats(table: pa.Table, name: str) -> Floats:
    values: Floats = _array(table, name, pa.float64()).to_numpy(zero_copy_only=False)
    return values
