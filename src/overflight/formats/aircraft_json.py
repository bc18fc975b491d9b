"""Positions and claims from `aircraft.json`, the snapshots that dump1090, dump1090-fa and readsb write.

Three dialects, told apart field by field: dump1090 until 2018 (`altitude`, `speed`, `vert_rate`,
`validposition`), dump1090-fa (`alt_baro`, `gs`, `baro_rate`), readsb and the interfaces in its manner
(`type`, `dbFlags`, `ac` for `aircraft`, `now` in milliseconds). What the fields mean is in README-json.md of
https://github.com/wiedehopf/readsb, https://github.com/flightaware/dump1090 and
https://github.com/mutability/dump1090; `aircraft_documents` takes the files apart.

A snapshot goes on showing the last position for up to a minute. Its time is therefore `now - seen_pos`, and
of a snapshot every second that hears a position once the same position comes sixty times: of one file the
first counts, the others are refused. Heights, speeds and the call sign beside it are of `now` itself: beside
a stale position heights and speeds are dropped. Where a row has no `seen_pos` the age of its
position is unknown: it counts from the last message (`seen`), else from `now`, and its time is marked as
assumed. `lastPosition` (older than a minute), `rr_lat` and `rr_lon` (a guess from where the receivers stand)
are no observations of the moment and are not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from overflight.formats.aircraft_documents import Aircraft, Document, documents
from overflight.formats.checking import (
    CLAIM_SCHEMA,
    END_MS,
    FIRST_MS,
    PIA_TAG,
    STALE_AFTER_S,
    Bools,
    Checked,
    Columns,
    Floats,
    addresses,
    callsigns,
    checked,
    squawks,
)
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.model.address import address_of
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

NAME = "aircraft_json"
BATCH_ROWS = 32_768  # rows checked at once, as for traces
# `now` and `seen_pos` are each rounded to a tenth of a second by some programs; an aircraft sends a position
# every half second.
SAME_POSITION_MS = 200
_AGAIN = "the position of an earlier snapshot again"
SECONDS_END = 1e11  # a `now` beyond it, the year 5138 in seconds, is in milliseconds (from 1973 on)

_MILITARY, _PRIVACY = 1, 4  # bits of dbFlags: README-json.md of readsb; 4 is an FAA privacy address (PIA)
_HEX = re.compile(rb'"hex"\s*:\s*"~?[0-9a-fA-F]{6}"')
_SNAPSHOT = re.compile(rb'"(?:aircraft|ac)"\s*:\s*\[')


def sniff(head: bytes) -> bool:
    """Whether a file that begins so holds aircraft as dump1090 and readsb write them."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    empty = b'"now"' in head and _SNAPSHOT.search(head)
    return start in (b"{", b"[") and bool(empty or _HEX.search(head))


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions and claims of many snapshots, some tens of thousands of rows at a time."""
    batch, shown = _Batch(), _Shown()
    for source in sources:
        source.is_of(NAME)
        for document in documents(source):
            batch.add(source, document)
            if len(batch.rows) >= BATCH_ROWS:
                yield batch.piece(options, shown)
                batch = _Batch()
    if batch.sources:
        yield batch.piece(options, shown)


class _Shown:
    """The last position of each aircraft in one file, to know it again in the snapshots that follow.

    Of one file alone: what others hold never bears on what a file gives.
    """

    def __init__(self) -> None:
        self._source: Source | None = None
        self._last: dict[int, tuple[int, int, int]] = {}

    def again(self, source: Source, address: int, latitude: int, longitude: int, time_ms: int) -> bool:
        """Whether the position was the last one of the aircraft in that file already."""
        if source is not self._source:
            self._source, self._last = source, {}
        last = self._last.get(address)
        if last and last[:2] == (latitude, longitude) and abs(time_ms - last[2]) <= SAME_POSITION_MS:
            return True
        self._last[address] = latitude, longitude, time_ms
        return False


class _Said(NamedTuple):
    """What a snapshot says of an aircraft beside its position, on a UTC day."""

    address: int
    day: int
    registration: str | None
    type_designator: str | None
    description: str | None
    operator: str | None
    military: bool | None
    tags: str | None


@dataclass
class _Batch:
    """Aircraft of several snapshots, with the source and the `now` of each."""

    sources: list[Source] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    now: list[float | None] = field(default_factory=list)
    rows: list[Aircraft] = field(default_factory=list)

    def add(self, source: Source, document: Document) -> None:
        """Take in a snapshot."""
        source.tally.rows_read += len(document.aircraft) + document.refused.total()
        for reason, count in document.refused.items():
            source.refuse(reason, None, count)
        for reason, text in document.examples:
            source.refuse(reason, text, 0)
        if document.dropped:
            source.tally.remarks["texts of a row not understood, dropped"] += document.dropped
        if document.given_up:
            source.break_off("too many damaged aircraft in a snapshot: the rest of it was not read")
        if not self.sources or self.sources[-1] is not source:
            self.sources.append(source)
        self.owner += [len(self.sources) - 1] * len(document.aircraft)
        self.now += [document.now if row.now is None else row.now for row in document.aircraft]
        self.rows += document.aircraft

    def piece(self, options: ReadOptions, shown: _Shown) -> Piece:
        """The rows as checked positions, with the claims beside them."""
        rows = self.rows
        now, age = _numbers(self.now), _numbers([row.seen_pos for row in rows])
        now = np.where(now >= SECONDS_END, now / MILLISECONDS_PER_SECOND, now)
        known, silent = ~np.isnan(age), _numbers([row.seen for row in rows])
        age = np.where(known, age, np.where(silent >= 0, silent, 0.0))  # no position after the last message
        address, address_known = addresses(pa.array([row.hex for row in rows], pa.string()))
        columns = Columns(
            sources=self.sources,
            owner=np.array(self.owner, np.int32),
            address=address,
            address_known=address_known,
            time_ms=np.rint((now - age) * MILLISECONDS_PER_SECOND),
            latitude_deg=_numbers([row.lat for row in rows]),
            longitude_deg=_numbers([row.lon for row in rows]),
            feed=NAME,
            data_kind=options.data_kind,
            refused=_unusable(rows, now, age),
        )
        _fill_motion(columns, rows, known, known & (age > STALE_AFTER_S))
        _fill_reported(columns, rows)
        columns.others["stale"] = pa.array(age > STALE_AFTER_S)
        columns.others["assumed"] = pa.array(["time"] * len(rows), mask=known)
        columns.remarks.append(("age of the position not said, its time assumed", ~known))

        def example(row: int) -> str:
            one = rows[row]
            when = f"now {self.now[row]}, seen_pos {one.seen_pos}"
            return f"hex {one.hex}, lat {one.lat}, lon {one.lon}, {when}"

        found = self._once(checked(columns, example), known, shown)
        return found.piece(self._claims(now, options.data_kind))

    def _once(self, found: Checked, known: Bools, shown: _Shown) -> Checked:
        """The accepted rows without those that show a position of known age again."""
        place = ("address", "latitude_e7", "longitude_e7", "time_ms")
        at = zip(*(found.positions[name].to_pylist() for name in place), strict=True)
        owner = np.array(self.owner, np.int32)[found.keep]
        each = zip(owner.tolist(), known[found.keep].tolist(), at, strict=True)
        again = np.array([sure and shown.again(self.sources[k], *row) for k, sure, row in each], np.bool_)
        for k, count in zip(*np.unique(owner[again], return_counts=True), strict=True):
            self.sources[k].refuse(_AGAIN, None, int(count))
        keep = found.keep.copy()
        keep[np.flatnonzero(keep)[again]] = False
        return Checked(found.positions.filter(pa.array(~again)), found.file_index[~again], keep)

    def _claims(self, now: Floats, data_kind: str) -> pa.Table:
        """What the snapshots say of each aircraft on each UTC day, each thing once."""
        said = {_said(row, time) for row, time in zip(self.rows, now.tolist(), strict=True)} - {None}
        rows = [one._asdict() | {"source": NAME, "data_kind": data_kind} for one in said if one is not None]
        order = sorted(rows, key=lambda one: [str(value) for value in one.values()])
        return pa.Table.from_pylist(order, schema=CLAIM_SCHEMA)


def _said(row: Aircraft, now_s: float) -> _Said | None:
    """What a row claims of the aircraft, None where it claims nothing."""
    texts = [text or None for text in (row.r, row.t, row.desc, row.ownOp)]
    if row.dbFlags is None and not any(texts):
        return None
    address, time_ms = address_of(row.hex or ""), now_s * MILLISECONDS_PER_SECOND
    if address is None or not FIRST_MS <= time_ms < END_MS:
        return None
    registration, designator, description, operator = texts
    flags = row.dbFlags or 0
    if flags & _PRIVACY:  # made so that nobody can tell whose it is: nor do we
        registration = operator = None
    military = None if row.dbFlags is None else bool(flags & _MILITARY)
    day = int(time_ms) // MILLISECONDS_PER_DAY
    tags = PIA_TAG if flags & _PRIVACY else None
    return _Said(address, day, registration, designator, description, operator, military, tags)


def _unusable(rows: list[Aircraft], now: Floats, age: Floats) -> list[tuple[str, Bools]]:
    """Reasons of this format's own, in the order in which they are told."""
    nowhere = np.array([row.lat is None and row.lon is None for row in rows], np.bool_)
    old = np.array([row.lastPosition is not None for row in rows], np.bool_)
    rough = np.array([row.rr_lat is not None for row in rows], np.bool_)
    invalid = np.array([row.validposition == 0 for row in rows], np.bool_)
    return [
        ("no time: neither the file nor the row says `now`", np.isnan(now)),
        ("no position of its moment, an old one only (lastPosition)", nowhere & old),
        ("no position, a rough estimate only (rr_lat, rr_lon)", nowhere & rough),
        ("no position", nowhere),
        ("the file says that the position is not valid", invalid),
        ("position from after its own snapshot (seen_pos below 0)", age < 0),
    ]


def _fill_motion(columns: Columns, rows: list[Aircraft], original: Bools, late: Bools) -> None:
    """Heights, speeds and the ground; `original` are rows as these programs write them, with `seen_pos`.

    Of `late` rows they are of another moment than the position, and left out.
    """
    heights = [row.altitude if row.alt_baro is None else row.alt_baro for row in rows]
    ground = np.array([value == "ground" for value in heights], np.bool_)
    altitude = _numbers([None if value == "ground" else value for value in heights])
    # Loggers that rewrite the rows were seen to put 0 for `ground` and for no height at all (1,200 of 6,114
    # rows, at up to 525 kt, over land 3,900 ft high): it is no measurement, and what is not 0 not airborne.
    stand_in = ~original & (altitude == 0)
    altitude = np.where(stand_in, np.nan, altitude)
    columns.remarks.append(("height 0 of a rewritten row, no measurement, dropped", stand_in))
    baro = _numbers([row.vert_rate if row.baro_rate is None else row.baro_rate for row in rows])
    geometric = _numbers([row.geom_rate for row in rows])
    rate = np.where(np.isnan(baro), geometric, baro)
    # dump1090's `vert_rate` was either of the two, and did not say which
    either = np.array([row.baro_rate is None and row.vert_rate is not None for row in rows], np.bool_)
    moving = {
        "baro_altitude_ft": altitude,
        "geo_altitude_ft": _numbers([row.alt_geom for row in rows]),
        "groundspeed_kt": _numbers([row.speed if row.gs is None else row.gs for row in rows]),
        "track_deg": _numbers([row.track for row in rows]),
        "vertical_rate_fpm": rate,
    }
    columns.remarks.append(("height and speed newer than the position by over 15 s, dropped", late))
    columns.numbers |= {name: np.where(late, np.nan, values) for name, values in moving.items()} | {
        "nic": _numbers([row.nic for row in rows]),
        "nac_p": _numbers([row.nac_p for row in rows]),
        "sil": _numbers([row.sil for row in rows]),
        "adsb_version": _numbers([row.version for row in rows]),
    }
    columns.others |= {
        "on_ground": pa.array(ground, mask=late | ((np.isnan(altitude) | ~original) & ~ground)),
        "vertical_rate_geometric": pa.array(np.isnan(baro), mask=late | np.isnan(rate) | either),
    }


def _fill_reported(columns: Columns, rows: list[Aircraft]) -> None:
    for name, (texts, wrong) in (
        ("callsign", callsigns(pa.array([row.flight for row in rows], pa.string()))),
        ("squawk", squawks(pa.array([row.squawk for row in rows], pa.string()))),
    ):
        columns.others[name] = texts
        columns.remarks.append((f"{name} not understood, dropped", wrong))
    columns.others["source"] = pa.array([_source(row) for row in rows], pa.string())


def _source(row: Aircraft) -> str | None:
    """How the position was heard: the lists of what came by MLAT and TIS-B count before the type."""
    word = None if row.type == "unknown" else row.type
    if _names_position(row.mlat):
        return "mlat"
    if _names_position(row.tisb) and not (word or "").startswith("tisb"):
        return "tisb_other" if (row.hex or "").startswith("~") else "tisb_icao"
    return word


def _names_position(fields: Any) -> bool:
    return isinstance(fields, list) and "lat" in fields


def _numbers(values: list[Any]) -> Floats:
    """The numbers, NaN for None (through Arrow, which is faster at this than numpy)."""
    numbers: Floats = pa.array(values, pa.float64()).to_numpy(zero_copy_only=False)
    return numbers
