"""Sites: places in no list where aircraft came down, learned from the stops themselves.

Two kinds of evidence: stops seen on the ground where no field is listed, and silences that begin low and
sinking and end low and climbing around one place again and again, with no listed field there to explain them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.detect.calls import call_rows
from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.cases import CLIMBS, SINKS, Side, real, side_of
from overflight.detect.dark.evidence import FEET_PER_MILE
from overflight.detect.footprints import SITE, Footprints
from overflight.geo.sphere import destination, distance_nm
from overflight.model.fields import LISTED_AIRFIELDS, SITES, schema
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_DAY

VERSION = "sites/1"
NM_PER_DEGREE = 60.0  # of latitude, by the definition of the nautical mile to 0.3 %
PREFIX = "SITE-"


@dataclass(frozen=True)
class SiteRules:
    """Thresholds of learned sites."""

    ground_link_nm: float = 1.5  # surface reports of one field are as far apart as its runway and aprons
    # A listed field so near has aprons and far ends of its own there, which runway ends do not tell.
    ground_explained_nm: float = 3.0
    # Where the two fixes of a silence point to is good to some miles: an approach is flown from any side.
    cone_link_nm: float = 8.0
    least_seen: int = 2  # one stop may be a forced landing or a wrong position
    least_cones: int = 3  # twice may be chance, and one aircraft's one errand
    least_days: int = 2  # of cones: one day may be one exercise, or one hole in coverage
    low_ft: float = 12_000.0  # higher fixes do not point to a place
    apart_nm: float = 40.0  # both fixes of a cone lie around one place
    # A listed field so near explains the cone: where fixes 20 minutes apart point to is off by up to that.
    explained_nm: float = 30.0


def find_sites(stops: pa.Table, footprints: Footprints, rules: SiteRules) -> pa.Table:
    """SITES of all stops (schema STOPS), by ident; `footprints`: the fields that are listed."""
    at = np.flatnonzero(_seen_nowhere(stops))
    seen = stops.take(pa.array(at))
    lat, lon = (real(seen[f"{axis}_e7"]) / E7_PER_DEGREE for axis in ("latitude", "longitude"))
    free = _unexplained(lat, lon, footprints, rules.ground_explained_nm)
    at, lat, lon = at[free], lat[free], lon[free]
    cone, cone_lat, cone_lon = _cones(stops, footprints, rules)
    rows = [
        _row(stops, at[group], lat[group], lon[group], True, rules.least_seen)
        for group in _groups(lat, lon, rules.ground_link_nm)
        if len(group) >= rules.least_seen
    ]
    known = [(row["latitude_deg"], row["longitude_deg"]) for row in rows]
    for group in _groups(cone_lat, cone_lon, rules.cone_link_nm):
        row = _row(stops, cone[group], cone_lat[group], cone_lon[group], False, rules.least_cones)
        days = {t // MILLISECONDS_PER_DAY for t in _times(stops, cone[group]).tolist()}
        enough = len(group) >= rules.least_cones and len(days) >= rules.least_days
        if enough and not _near(row, known, rules.cone_link_nm):
            rows.append(row)
    rows.sort(key=lambda row: str(row["ident"]))
    return pa.Table.from_pylist(rows, schema=schema(SITES))


def _seen_nowhere(stops: pa.Table) -> Bools:
    """Stops seen on the ground where no field is listed.

    None of them is proven, for proof asks for a field; what integrity flags quarantine makes no stop at all.
    """
    unnamed = pc.and_(stops["seen"], stops["place_ident"].is_null())
    nowhere = np.array(["no_field_known_here" in flags for flags in stops["flags"].to_pylist()], bool)
    return np.asarray(unnamed.to_numpy().astype(bool) & nowhere)


def _cones(stops: pa.Table, footprints: Footprints, rules: SiteRules) -> tuple[Ints, Floats, Floats]:
    """Rows of silences that point to one place without a field, and where."""
    into, out = side_of(stops, "before"), side_of(stops, "after")
    low = (into.altitude_ft <= rules.low_ft) & (out.altitude_ft <= rules.low_ft)
    signs = ~np.isnan(into.track_deg) & ~np.isnan(out.track_deg)
    signs &= (into.trend >= SINKS) & (out.trend <= CLIMBS)
    at = np.flatnonzero(~stops["seen"].to_numpy().astype(bool) & low & signs)
    far = distance_nm(*(values[at] for values in (
        into.latitude_deg, into.longitude_deg, out.latitude_deg, out.longitude_deg)))  # fmt: skip
    at = at[far <= rules.apart_nm]
    lat, lon = _pointed_at(into, out, at)
    free = _unexplained(lat, lon, footprints, rules.explained_nm)
    return at[free], lat[free], lon[free]


def _unexplained(lat: Floats, lon: Floats, footprints: Footprints, near_nm: float) -> Bools:
    """Points with no listed field near."""
    free = np.ones(len(lat), bool)
    if len(lat):
        explained, _, _ = footprints.around(lat, lon, np.full(len(lat), near_nm), footprints.landable)
        free[explained] = False
    return free


def _pointed_at(into: Side, out: Side, at: Ints) -> tuple[Floats, Floats]:
    """Where a three-degree descent on the last course ends and a climb to the next fix began, in between."""
    ends = []
    for side, back in ((into, 0.0), (out, 180.0)):
        way = np.maximum(side.altitude_ft[at], 0.0) / FEET_PER_MILE
        course = (side.track_deg[at] + back) % 360
        ends.append((*destination(side.latitude_deg[at], side.longitude_deg[at], course, way), way + 1.0))
    (lat_a, lon_a, way_a), (lat_b, lon_b, way_b) = ends
    share = way_b / (way_a + way_b)  # the nearer fix points the better
    shift = (lon_b - lon_a + 180) % 360 - 180
    return lat_b + (lat_a - lat_b) * share, (lon_b - shift * share + 180) % 360 - 180


def _groups(lat: Floats, lon: Floats, link_nm: float) -> list[Ints]:
    """Points that hold together by steps no longer than the link."""
    order = np.argsort(lat, kind="stable")
    height = lat[order] * NM_PER_DEGREE
    low = np.searchsorted(height, height - link_nm)
    high = np.searchsorted(height, height + link_nm, "right")
    seen = np.zeros(len(lat), bool)
    groups = []
    for start in range(len(lat)):
        if seen[start]:
            continue
        seen[start] = True
        group, edge = [], [start]
        while edge:
            here = edge.pop()
            group.append(here)
            band = np.arange(low[here], high[here])
            band = band[~seen[band]]
            a, b = order[band], order[here]
            close = band[distance_nm(lat[a], lon[a], lat[b], lon[b]) <= link_nm]
            seen[close] = True
            edge += close.tolist()
        groups.append(np.sort(order[np.array(group)]))
    return groups


def _times(stops: pa.Table, rows: Ints) -> Ints:
    """First known moment of each stop (ms)."""
    some = stops.take(pa.array(rows))
    return np.asarray(pc.coalesce(some["before_ms"], some["arrival_latest_ms"], some["after_ms"]).to_numpy())


def _row(stops: pa.Table, rows: Ints, lat: Floats, lon: Floats, seen: bool, least: int) -> dict[str, object]:
    times = np.sort(_times(stops, rows))
    some = stops.take(pa.array(rows))
    shift = (lon - lon[0] + 180) % 360 - 180
    latitude, longitude = float(np.median(lat)), float((lon[0] + np.median(shift) + 180) % 360 - 180)
    return {
        "ident": site_ident(latitude, longitude), "latitude_deg": latitude, "longitude_deg": longitude,
        "radius_nm": float(distance_nm(lat, lon, latitude, longitude).max()),
        "seen_count": len(rows) if seen else 0, "dark_count": 0 if seen else len(rows),
        "aircraft_count": len(pc.unique(some["address"])),
        "known_day": int(times[min(least, len(times)) - 1] // MILLISECONDS_PER_DAY) + 1,
        "first_ms": int(times[0]), "last_ms": int(times[-1]), "stop_ids": sorted(some["id"].to_pylist()),
    }  # fmt: skip


def site_ident(latitude_deg: float, longitude_deg: float) -> str:
    """`SITE-40.76N119.21W`: a site is named by where it is, to a hundredth of a degree."""
    north, east = "N" if latitude_deg >= 0 else "S", "E" if longitude_deg >= 0 else "W"
    return f"{PREFIX}{abs(latitude_deg):.2f}{north}{abs(longitude_deg):.2f}{east}"


def _near(row: dict[str, object], known: Iterable[tuple[object, object]], link_nm: float) -> bool:
    here = np.array([[row["latitude_deg"], row["longitude_deg"]]], dtype=np.float64)
    there = np.array(list(known), dtype=np.float64).reshape(-1, 2)
    return bool((distance_nm(there[:, 0], there[:, 1], here[0, 0], here[0, 1]) <= link_nm).any())


def site_fields(sites: pa.Table, countries: pa.Array) -> pa.Table:
    """SITES as LISTED_AIRFIELDS rows: of kind `site`, without runway or elevation; `countries` by row."""
    names = [
        f"a place in no list ({row['seen_count'] + row['dark_count']} stops)"
        for row in sites.select(["seen_count", "dark_count"]).to_pylist()
    ]
    contract = schema(LISTED_AIRFIELDS)
    known = {
        "ident": sites["ident"], "name": pa.array(names, pa.string()), "country": countries,
        "kind": pa.repeat(SITE, len(sites)),
        "latitude_deg": sites["latitude_deg"], "longitude_deg": sites["longitude_deg"],
    }  # fmt: skip
    columns = {field.name: known.get(field.name, pa.nulls(len(sites), field.type)) for field in contract}
    return pa.table(columns).cast(contract)


def calls_at_sites(sites: pa.Table, stops: pa.Table, airframes: Airframes) -> pa.Table:
    """CALLS at the sites by the stops that made them (rows of `stops`)."""
    at = pc.index_in(pc.list_flatten(sites["stop_ids"]), stops["id"].combine_chunks())
    counts = pc.list_value_length(sites["stop_ids"]).to_numpy()
    ident = sites["ident"].combine_chunks().take(pa.array(np.repeat(np.arange(len(sites)), counts)))
    rows = stops.take(at)
    moments = pc.coalesce(rows["before_ms"], rows["arrival_latest_ms"], rows["after_ms"]).to_numpy()
    seen = rows["seen"].to_numpy().astype(bool)
    return call_rows(rows, airframes, ident, moments, np.ones(len(rows)), seen)
