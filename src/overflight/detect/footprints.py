"""Which airfield a position on the ground is on, by distance to the runways, not to a reference point.

Also finds the fields around a place. Built once from the AIRFIELDS and RUNWAYS tables in force on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Floats, Ints
from overflight.geo.ragged import expand
from overflight.geo.sphere import distance_nm, wrap_deg
from overflight.units import FEET_PER_NAUTICAL_MILE

VERSION = "footprints/1"

# Aprons, hangars and terminals lie within a nautical mile of a runway's edge at all but a few of the largest
# airports; those have several runways, so that the nearest one is still within it.
APRON_NM = 1.0
AMBIGUOUS_NM = 0.1  # closer than this to call: the place is not named
NOT_FOR_LANDPLANES = ("heliport", "seaplane_base", "balloonport")
_MOST_OF_THEM = 0.2  # of the fields asked for: then the order kept for all of them costs less than a new one
_FEW = 64  # places asked about: the same
_CELL_DEG = 0.1  # 6 nm: an airfield lies in one to four cells
_COLUMNS = 3600
_BAND_DEG = 0.25  # 15 nm: circles of 20 to 270 nm lie in 4 to 37 bands, little of which is outside them
_BANDS = 720
_AXIS_DEG = 1_000.0  # bands lie so far apart on one axis that no run reaches the next one
_ROUNDED = 1 + 1e-9
_HALF_TURN_DEG = 179.9
_NM_PER_DEGREE = 60.0
_POLAR_DEG = 89.0  # beyond it a place has no longitude to speak of: every cell of its row is its neighbour
_HIGH_DEG = 60.0  # beyond it the plane on which distances are first taken is no longer good to 1 %
# What a kind costs in nautical miles when two fields claim one place: a heliport on an airport's apron is the
# airport.
_KIND_COST_NM = {
    "small_airport": 0.1,
    "closed": 0.5,
    "seaplane_base": 0.6,
    "heliport": 0.8,
    "balloonport": 0.8,
}


SITE = "site"  # kind of a place that is in no list and was learned from stops: detect.sites


@dataclass(frozen=True)
class Footprints:
    """Fields (n) and their runway segments, indexed by cells of 0.1 degree."""

    airfields: pa.Table
    kind: list[str]
    latitude_deg: Floats
    longitude_deg: Floats
    elevation_ft: Floats
    listed_from_day: Ints  # days for which this row of the lists holds: [from, until)
    listed_until_day: Ints
    opened_day: Ints  # very small where unknown
    closed_day: Ints  # very large where unknown
    dated: Bools  # a dated fact says when it opened or closed
    cost_nm: Floats
    length_ft: Floats  # longest runway not marked closed; NaN where no runway is recorded
    width_ft: Floats  # width of that runway
    paved: Ints  # 1, 0, -1 unknown: surface of that runway
    segments: Floats  # m x 4: lat, lon, lat, lon; a point where ends are unknown
    segment_field: Ints
    reach_nm: Floats  # how far from the segment still counts
    cells: Ints
    cell_starts: Ints
    cell_segments: Ints

    def locate(self, lat: Floats, lon: Floats, day: Ints, rotor: Bools) -> tuple[Ints, Floats]:
        """Field index (-1 none, -2 too close to call) and distance to its runway (nm) for each position.

        `rotor` marks helicopters: for other aircraft heliports, seaplane bases and balloonports do not count.
        """
        point, segment = self._pairs(lat, lon)
        far = _to_segment_nm(lat[point], lon[point], self.segments[segment])
        field = self.segment_field[segment]
        fits = (far <= self.reach_nm[segment]) & self.listed(field, day[point])
        fits &= (day[point] >= self.opened_day[field]) & (day[point] < self.closed_day[field])
        fits &= rotor[point] | self._for_landplanes[field]
        point, field, far = point[fits], field[fits], far[fits]
        cost = far + self.cost_nm[field]
        order = np.lexsort((field, cost, point))
        point, field, far, cost = point[order], field[order], far[order], cost[order]
        new = np.ones(len(point), bool)
        new[1:] = point[1:] != point[:-1]
        first = np.flatnonzero(new)
        best, away = np.full(len(lat), -1, np.int64), np.full(len(lat), np.nan)
        best[point[first]], away[point[first]] = field[first], far[first]
        leader = first[np.cumsum(new) - 1]
        rival = (field != field[leader]) & (cost - cost[leader] < AMBIGUOUS_NM)
        best[point[rival]] = -2
        return best, away

    def listed(self, field: Ints, day: Ints) -> Bools:
        """Whether the row of the lists holds on the day."""
        return np.asarray((day >= self.listed_from_day[field]) & (day < self.listed_until_day[field]))

    def around(self, lat: Floats, lon: Floats, radius_nm: Floats, among: Bools) -> tuple[Ints, Ints, Floats]:
        """Triples (place, field, distance nm) of the fields of `among` within `radius_nm` of each place.

        Sorted by place and field. The distance is good to 1 % within 300 nm: for choosing, not for stating.
        """
        place, west, east = _bands_around(lat, lon, radius_nm)
        if len(lat) < _FEW or among.sum() > _MOST_OF_THEM * len(among):
            order, key = self._by_band
        else:
            order, key = _in_bands(self.latitude_deg, self.longitude_deg, np.flatnonzero(among))
        begin, end = np.searchsorted(key, west, "left"), np.searchsorted(key, east, "right")
        owner, at = expand(begin, end - begin)
        where, field = place[owner], order[at]
        kept = np.flatnonzero(among[field])
        where, field = where[kept], field[kept]
        far = _roughly_nm(lat[where], lon[where], self.latitude_deg[field], self.longitude_deg[field])
        near = np.flatnonzero(far <= radius_nm[where])
        pair = where[near] * len(among) + field[near]  # one key: half the time of sorting by two
        near = near[np.argsort(pair)]
        return where[near], field[near], far[near]

    @cached_property
    def landable(self) -> Bools:
        """Fields a landplane may come down on; a closed one without a runway record is a name on a map."""
        return np.asarray(self._for_landplanes & ~(self.closed & np.isnan(self.length_ft)))

    @cached_property
    def heliports(self) -> Bools:
        """Fields that are heliports."""
        return np.array([kind == "heliport" for kind in self.kind], np.bool_)

    @cached_property
    def closed(self) -> Bools:
        """Fields the lists call closed."""
        return np.array([kind == "closed" for kind in self.kind], np.bool_)

    @cached_property
    def _for_landplanes(self) -> Bools:
        return np.array([kind not in NOT_FOR_LANDPLANES for kind in self.kind], np.bool_)

    @cached_property
    def _by_band(self) -> tuple[Ints, Floats]:
        """All fields in order of their bands and longitudes, and the keys of both."""
        return _in_bands(self.latitude_deg, self.longitude_deg, np.arange(len(self.kind)))

    def _pairs(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints]:
        """Pairs of position and segment that lie in one cell."""
        key = _cell(lat, lon)
        slot = np.searchsorted(self.cells, key, "left")
        hit = np.searchsorted(self.cells, key, "right") > slot
        starts = self.cell_starts[slot]
        counts = np.where(hit, self.cell_starts[slot + hit] - starts, 0)
        owner, at = expand(starts, counts)
        return owner, self.cell_segments[at]


@dataclass(frozen=True)
class Edition:
    """AIRFIELDS and RUNWAYS as they hold for the UTC days [from_day, until_day)."""

    from_day: int
    until_day: int
    airfields: pa.Table
    runways: pa.Table


def footprints_of(editions: Sequence[Edition]) -> Footprints:
    """Index of the fields and runways of one or more editions of the lists, each used for its own days."""
    airfields = pa.concat_tables([e.airfields for e in editions])
    sizes = [len(e.airfields) for e in editions]
    usable, owner = _owned(editions)
    kind = airfields["kind"].to_pylist()
    lat, lon = _real(airfields["latitude_deg"]), _real(airfields["longitude_deg"])
    length, width, paved = _longest(owner, usable, len(kind))
    segments, field, reach = _segments(lat, lon, length, usable, owner)
    cells, starts, members = _index(segments, reach)
    return Footprints(
        airfields=airfields, kind=kind, latitude_deg=lat, longitude_deg=lon,
        elevation_ft=_real(airfields["elevation_ft"]),
        listed_from_day=np.repeat([e.from_day for e in editions], sizes),
        listed_until_day=np.repeat([e.until_day for e in editions], sizes),
        opened_day=_day(airfields["opened_day"], -(10**9)), closed_day=_day(airfields["closed_day"], 10**9),
        dated=pc.or_(airfields["opened_day"].is_valid(), airfields["closed_day"].is_valid()).to_numpy(),
        cost_nm=np.array([_KIND_COST_NM.get(k, 0.0) for k in kind], dtype=np.float64),
        length_ft=length, width_ft=width, paved=paved, segments=segments, segment_field=field, reach_nm=reach,
        cells=cells, cell_starts=starts, cell_segments=members,
    )  # fmt: skip


def _owned(editions: Sequence[Edition]) -> tuple[pa.Table, Ints]:
    """Runways not marked closed, and the row of the field each belongs to."""
    tables, owners, start = [], [], 0
    for e in editions:
        known = e.airfields["ident"].combine_chunks()
        usable = e.runways.filter(
            pc.and_(pc.invert(e.runways["closed"]), pc.is_in(e.runways["ident"], known))
        )
        tables.append(usable)
        owners.append(np.asarray(pc.index_in(usable["ident"], known).to_numpy(), dtype=np.int64) + start)
        start += len(e.airfields)
    return pa.concat_tables(tables), np.concatenate(owners)


def _day(column: pa.ChunkedArray, unknown: int) -> Ints:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), unknown).to_numpy(), dtype=np.int64)


def _real(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)


def _longest(owner: Ints, runways: pa.Table, n: int) -> tuple[Floats, Floats, Ints]:
    """Length, width and pavedness of each field's longest runway."""
    length, width = _real(runways["length_ft"]), _real(runways["width_ft"])
    surface = pc.fill_null(pc.utf8_upper(runways["surface"]), "")
    hard = pc.match_substring_regex(surface, "^(ASP|CON|BIT|PEM|TAR|PAV|MAC)").to_numpy()
    said = pc.not_equal(surface, "").to_numpy()
    # of several values assigned to one field the last stays: that of its longest, then widest runway
    order = np.lexsort((np.nan_to_num(width, nan=-1), np.nan_to_num(length, nan=-1), owner))
    field = owner[order]
    out_length, out_width, out_paved = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, np.int64)
    out_length[field], out_width[field] = length[order], width[order]
    out_paved[field] = np.where(hard, 1, np.where(said, 0, -1))[order]
    return out_length, out_width, out_paved


def _segments(
    lat: Floats, lon: Floats, length: Floats, runways: pa.Table, owner: Ints
) -> tuple[Floats, Ints, Floats]:
    """Runways with known ends, then every field's reference point; the field of each, and its reach (nm)."""
    names = ("le_latitude_deg", "le_longitude_deg", "he_latitude_deg", "he_longitude_deg")
    ends = np.stack([_real(runways[name]) for name in names], axis=1)
    known = ~np.isnan(ends).any(axis=1)
    fields = np.arange(len(lat))
    # without runway ends the reference point must stand for the whole runway: half its length more
    half = np.nan_to_num(length) / 2 / FEET_PER_NAUTICAL_MILE
    alone = np.where(np.isin(fields, owner[known]), APRON_NM / 2, APRON_NM + half)
    reach = np.concatenate([np.full(int(known.sum()), APRON_NM), alone])
    points = np.stack([lat, lon, lat, lon], axis=1)
    return np.concatenate([ends[known], points]), np.concatenate([owner[known], fields]), reach


def _cell(lat: Floats, lon: Floats) -> Ints:
    row = np.floor((lat + 90) / _CELL_DEG).astype(np.int64)
    column = np.floor((lon + 180) / _CELL_DEG).astype(np.int64) % _COLUMNS
    return np.asarray(row * _COLUMNS + column)


def _band(lat: Floats) -> Ints:
    """Number of the band of latitude, from the south pole."""
    return np.asarray(np.clip(np.floor((lat + 90) / _BAND_DEG), 0, _BANDS - 1).astype(np.int64))


def _in_bands(lat: Floats, lon: Floats, chosen: Ints) -> tuple[Ints, Floats]:
    """The chosen fields by band of latitude, in it by longitude; and their places on one axis."""
    key = _band(lat[chosen]) * _AXIS_DEG + wrap_deg(lon[chosen]) + 180
    order = np.argsort(key, kind="stable")
    return chosen[order], key[order]


def _width_deg(highest: Floats, tall: Floats) -> Floats:
    """Degrees of longitude within `tall` degrees of latitude's length of a place, at its highest latitude."""
    slim = np.cos(np.radians(np.minimum(highest, _POLAR_DEG)))
    return np.where(highest > _POLAR_DEG, 180.0, np.minimum(tall / slim, 180.0))


def _bands_around(lat: Floats, lon: Floats, radius_nm: Floats) -> tuple[Ints, Floats, Floats]:
    """Runs of the axis of bands that together hold the circle round each place: place, first, last."""
    tall = radius_nm * _ROUNDED / _NM_PER_DEGREE
    row0, row1 = _band(lat - tall), _band(lat + tall)
    place, row = expand(row0, row1 - row0 + 1)
    south = row * _BAND_DEG - 90
    here, high = lat[place], tall[place]
    # of the band what lies nearest to the place in latitude: there the circle is widest
    apart = np.maximum(np.maximum(south - here, here - south - _BAND_DEG), 0)
    chord = np.sqrt(np.maximum(high * high - apart * apart, 0))
    highest = np.maximum(np.maximum(np.abs(south), np.abs(south + _BAND_DEG)), np.abs(here))
    slim = np.cos(np.radians(np.minimum(highest, _POLAR_DEG)))
    # haversine: sin(turn / 2) is at most half the chord over the cosine of the highest latitude on the way
    wide = np.degrees(2 * np.arcsin(np.minimum(np.radians(chord) / 2 / slim, 1.0)))
    whole = (wide >= _HALF_TURN_DEG) | (highest > _POLAR_DEG)
    west = np.where(whole, 0.0, wrap_deg(lon[place]) + 180 - wide)
    east = np.where(whole, 360.0, west + 2 * wide)
    start = row * _AXIS_DEG
    parts = [(place, start + np.maximum(west, 0), start + np.minimum(east, 360))]
    for over, first, last in ((west < 0, west + 360, east + 360), (east > 360, west - 360, east - 360)):
        some = np.flatnonzero(over)  # wrapped at the antimeridian
        low, high_ = np.maximum(first[some], 0), np.minimum(last[some], 360)
        parts.append((place[some], start[some] + low, start[some] + high_))
    where, begin, end = (np.concatenate(part) for part in zip(*parts, strict=True))
    return where, begin, end


def _roughly_nm(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """Distance on a plane, several times faster than on the sphere; in high latitudes the sphere's."""
    middle = (lat1 + lat2) / 2
    turn = lon2 - lon1
    x = (turn - 360.0 * np.rint(turn / 360.0)) * np.cos(np.radians(middle))
    y = lat2 - lat1
    far = np.sqrt(x * x + y * y) * _NM_PER_DEGREE
    high = np.flatnonzero(np.maximum(np.abs(lat1), np.abs(lat2)) > _HIGH_DEG)
    far[high] = distance_nm(lat1[high], lon1[high], lat2[high], lon2[high])
    return np.asarray(far)


def _index(segments: Floats, reach: Floats) -> tuple[Ints, Ints, Ints]:
    """Cells (sorted), where each cell's list starts, and the segments listed."""
    lat, lon = np.sort(segments[:, [0, 2]], axis=1), np.sort(segments[:, [1, 3]], axis=1)
    tall = reach / _NM_PER_DEGREE
    wide = _width_deg(np.abs(lat).max(axis=1) + tall, tall)
    row0 = np.floor((lat[:, 0] - tall + 90) / _CELL_DEG).astype(np.int64)
    row1 = np.floor((lat[:, 1] + tall + 90) / _CELL_DEG).astype(np.int64)
    col0 = np.floor((lon[:, 0] - wide + 180) / _CELL_DEG).astype(np.int64)
    col1 = np.floor((lon[:, 1] + wide + 180) / _CELL_DEG).astype(np.int64)
    columns = np.minimum(col1 - col0 + 1, _COLUMNS)
    segment, k = expand(np.zeros(len(reach), np.int64), (row1 - row0 + 1) * columns)
    row = row0[segment] + k // columns[segment]
    column = (col0[segment] + k % columns[segment]) % _COLUMNS
    key = row * _COLUMNS + column
    order = np.lexsort((segment, key))
    cells, first = np.unique(key[order], return_index=True)
    return cells, np.r_[first, len(key)], segment[order]


def _to_segment_nm(lat: Floats, lon: Floats, segments: Floats) -> Floats:
    """Distance from each point to its segment, on a plane around the point (fine below 10 nm)."""
    scale = np.cos(np.radians(lat)) * _NM_PER_DEGREE
    ax, bx = (wrap_deg(segments[:, i] - lon) * scale for i in (1, 3))
    ay, by = ((segments[:, i] - lat) * _NM_PER_DEGREE for i in (0, 2))
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    along = np.clip(-(ax * dx + ay * dy) / np.where(square > 0, square, 1.0), 0, 1)
    return np.asarray(np.hypot(ax + along * dx, ay + along * dy))
