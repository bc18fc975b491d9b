"""Frames of a file, however many, to pieces of positions; each frame is counted, used or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.formats.checking import Columns, callsigns, checked
from overflight.formats.mode_s import bits, fixes, sorting, told
from overflight.formats.mode_s.bits import Texts8
from overflight.formats.mode_s.fixes import Codes, Fixes, Halves
from overflight.formats.mode_s.frames import Bools, Bytes8, Floats, Frames, Longs, joined
from overflight.formats.mode_s.sorting import Sorted
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source
from overflight.formats.windows import CORE, MARGIN, windows
from overflight.units import MILLISECONDS_PER_MINUTE

PIECE_ROWS = 1 << 18  # positions on the surface, held to the end, handed over at a time
_GROUND, _AIRBORNE = 4, 5  # capability field of DF17: on the ground, in the air; others do not say


@dataclass(frozen=True)
class Rows:
    """Frames with a position, and what was said beside them; NaN, -1 or an empty text where nobody said."""

    halves: Halves
    source: Longs
    surface: Bools
    baro_altitude_ft: Floats
    geo_altitude_ft: Floats
    groundspeed_kt: Floats
    track_deg: Floats
    vertical_rate_fpm: Floats
    rate_geometric: Bools
    on_ground: Codes
    callsign: Texts8
    squawk: Longs
    nic: Floats
    nac_p: Floats
    sil: Floats
    adsb_version: Floats
    frame: Bytes8

    def __getitem__(self, rows: Longs | slice) -> Rows:
        """Those of a list of rows."""
        return Rows(*(getattr(self, one.name)[rows] for one in fields(self)))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.source)


def decoded(
    blocks: Iterable[Frames], source: Source, options: ReadOptions, feed: str,
    core: int = CORE, margin: int = MARGIN,
) -> Pieces:  # fmt: skip
    """Positions of one file's frames; those on the surface come last, when all of the file is known."""
    surface: list[Rows] = []
    known: list[tuple[Halves, Floats, Floats]] = []
    for frames, now in windows(blocks, joined, core, margin):
        s = sorting.sorted_frames(frames)
        _count(frames[now], s.code[now], source)
        rows, mine = _rows(frames, s, now)
        air = np.flatnonzero(~rows.surface)
        found = fixes.air_fixes(rows.halves[air])
        used = found.code == fixes.USED
        once = _each_minute(rows.halves[air[used]])
        known.append((rows.halves[air[used][once]], found.latitude[used][once], found.longitude[used][once]))
        emitted = mine[air]
        yield _piece(rows[air[emitted]], _part(found, emitted), source, options, feed)
        surface.append(rows[np.flatnonzero(rows.surface & mine)])
    if any(len(rows) for rows in surface):
        yield from _surface(surface, known, source, options, feed)


def _count(frames: Frames, code: Codes, source: Source) -> None:
    """Count every frame as read, and those that have no position as refused."""
    source.tally.rows_read += len(frames)
    for number, reason in enumerate(sorting.REASONS):
        rows = np.flatnonzero(code == number)
        if number == sorting.POSITION or not len(rows):
            continue
        shown = None if number == sorting.OTHER else frames.hex(int(rows[0]))
        source.refuse(reason, shown, len(rows))


def _rows(frames: Frames, s: Sorted, now: slice) -> tuple[Rows, Bools]:
    """The frames that have a position, and which of them are to be decoded now."""
    at = np.flatnonzero(s.code == sorting.POSITION)
    message, kind, owner, time_ms = s.message[at], s.type[at], s.owner()[at], s.time_ms[at]
    surface = np.isin(kind, sorting.SURFACE_TYPES)
    altitude = np.where(surface, np.nan, bits.altitude_ft(message))
    geometric = kind >= 20
    speed, track, rate, rate_geometric, difference = _motion(s, owner, time_ms)
    rolling, heading = bits.movement(message)
    capability = frames.data[at, 0] & 7
    said = np.where(s.format[at] == 17, np.where(capability == _AIRBORNE, 0, -1), 0)
    quality = _quality(s, owner, time_ms, kind, np.where(s.source[at] < 3, bits.flag(message, 8), False))
    rows = Rows(
        halves=Halves(
            owner, time_ms, bits.flag(message, 22), bits.bits(message, 23, 39), bits.bits(message, 40, 56)
        ),
        source=s.source[at], surface=surface,
        baro_altitude_ft=np.where(geometric, np.nan, altitude),
        geo_altitude_ft=np.where(geometric, altitude, altitude + difference),
        groundspeed_kt=np.where(surface, rolling, speed), track_deg=np.where(surface, heading, track),
        vertical_rate_fpm=np.where(surface, np.nan, rate), rate_geometric=rate_geometric,
        on_ground=np.where(surface, 1, said).astype(np.int8),
        callsign=_callsign(s, owner, time_ms), squawk=_squawk(s, frames, owner, time_ms),
        nic=quality[0], nac_p=quality[1], sil=quality[2], adsb_version=quality[3], frame=frames.data[at],
    )  # fmt: skip
    mine = np.zeros(len(frames), np.bool_)
    mine[now] = True
    return rows, mine[at]


def _motion(s: Sorted, owner: Longs, time_ms: Longs) -> tuple[Floats, Floats, Floats, Bools, Floats]:
    """Speed, track, rate of climb, whether that is geometric, height less altitude: nearest in time."""
    rows = s.squitters(19)
    message = s.message[rows]
    best = told.nearest_said(owner, time_ms, s.owner()[rows], s.time_ms[rows], told.MOTION_MS)
    rate, geometric = bits.vertical_rate_fpm(message)
    speed, track = bits.velocity(message)
    return (
        _at(speed, best), _at(track, best), _at(rate, best),
        _at(geometric.astype(np.float64), best) == 1, _at(bits.height_difference_ft(message), best),
    )  # fmt: skip


def _quality(
    s: Sorted, owner: Longs, time_ms: Longs, kind: Longs, b: Bools
) -> tuple[Floats, Floats, Floats, Floats]:
    """NIC of each position; NACp, SIL and version as its aircraft last sent them."""
    rows = s.squitters(31)
    rows = rows[bits.bits(s.message[rows], 6, 8) <= 1]
    message = s.message[rows]
    best = told.last_said(owner, time_ms, s.owner()[rows], s.time_ms[rows], told.STATUS_MS)
    version = bits.bits(message, 41, 43).astype(np.float64)
    first = version == 0  # the field was reserved: neither NACp nor SIL are sent
    nac_p = _at(np.where(first, np.nan, bits.bits(message, 45, 48)), best)
    sil = _at(np.where(first, np.nan, bits.bits(message, 51, 52)), best)
    a = _at(bits.bits(message, 44, 44).astype(np.float64), best) == 1
    on_surface = bits.bits(message, 6, 8) == 1
    c = _at((bits.flag(message, 20) & on_surface).astype(np.float64), best) == 1
    version = _at(version, best)
    known = np.where(np.isnan(version), -1, version).astype(np.int64)
    return bits.containment(kind, known, a, b, c).astype(np.float64), nac_p, sil, version


def _callsign(s: Sorted, owner: Longs, time_ms: Longs) -> Texts8:
    rows = s.squitters(1, 2, 3, 4)
    best = told.last_said(owner, time_ms, s.owner()[rows], s.time_ms[rows], told.STATUS_MS)
    texts = np.append(bits.callsigns8(s.message[rows]), np.array([b""], "S8"))
    return texts[best]


def _squawk(s: Sorted, frames: Frames, owner: Longs, time_ms: Longs) -> Longs:
    """The Mode A code last told twice within SQUAWK_MS; -1 where there is none."""
    address, when, code = sorting.squawks_heard(s, frames.data)
    again = told.told_twice(address, when, code, told.SQUAWK_MS)
    address, when, code = address[again], when[again], code[again]
    best = told.last_said(owner, time_ms, address, when, told.SQUAWK_MS)  # owners of DF17 are plain addresses
    return np.append(code, -1)[best]


def _at(values: Floats, rows: Longs) -> Floats:
    """The values of those rows, NaN for row -1."""
    return np.append(values, np.nan)[rows]


def _each_minute(halves: Halves) -> Longs:
    """One row for each owner and minute: enough to tell in which eighth of the globe it was."""
    minute = halves.time_ms // MILLISECONDS_PER_MINUTE * MILLISECONDS_PER_MINUTE
    return np.unique(told.in_order(told.keys(halves.owner)[0], minute), return_index=True)[1]


def _surface(
    held: list[Rows],
    known: list[tuple[Halves, Floats, Floats]],
    source: Source,
    options: ReadOptions,
    feed: str,
) -> Pieces:
    halves = fixes.all_halves([one.halves for one in held])
    others = [f.name for f in fields(Rows) if f.name != "halves"]
    rows = Rows(halves, *(np.concatenate([getattr(one, name) for one in held]) for name in others))
    air = fixes.all_halves([one for one, _, _ in known])
    at = tuple(np.concatenate([one[place] for one in known]) for place in (1, 2))
    found = fixes.surface_fixes(rows.halves, rows.groundspeed_kt, air, (at[0], at[1]))
    for first in range(0, len(rows), PIECE_ROWS):
        part = slice(first, first + PIECE_ROWS)
        yield _piece(rows[part], _part(found, part), source, options, feed)


def _part(found: Fixes, rows: Bools | slice) -> Fixes:
    return Fixes(found.latitude[rows], found.longitude[rows], found.code[rows])


def _piece(rows: Rows, found: Fixes, source: Source, options: ReadOptions, feed: str) -> Piece:
    """The rows as checked positions, each that has none refused with its reason."""
    texts = pa.array(rows.callsign).cast(pa.string())
    callsign, odd_callsign = callsigns(texts)
    digits = pa.array(rows.squawk, mask=rows.squawk < 0).cast(pa.string())
    columns = Columns(
        sources=[source],
        owner=np.zeros(len(rows), np.int32),
        address=(rows.halves.owner & 0x1FFFFFF).astype(np.uint32),
        address_known=np.ones(len(rows), np.bool_),
        time_ms=rows.halves.time_ms.astype(np.float64),
        latitude_deg=found.latitude,
        longitude_deg=found.longitude,
        feed=feed,
        data_kind=options.data_kind,
        numbers={
            name: getattr(rows, name)
            for name in ("baro_altitude_ft", "geo_altitude_ft", "groundspeed_kt", "track_deg",
                         "vertical_rate_fpm", "nic", "nac_p", "sil", "adsb_version")
        },
        others={
            "callsign": callsign,
            "squawk": pc.utf8_lpad(digits, 4, "0"),
            "on_ground": pa.array(rows.on_ground == 1, mask=rows.on_ground < 0),
            "vertical_rate_geometric": pa.array(rows.rate_geometric, mask=np.isnan(rows.vertical_rate_fpm)),
            "source": pa.array(sorting.SOURCES).take(pa.array(rows.source)),
        },
        refused=[(reason, found.code == code) for code, reason in enumerate(fixes.REASONS) if code],
        remarks=[("callsign not understood, dropped", odd_callsign)],
    )  # fmt: skip
    return checked(columns, lambda row: rows.frame[row].tobytes().hex()).piece()
