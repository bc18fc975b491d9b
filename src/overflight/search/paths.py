"""The lines flights were seen to fly, for maps: in pieces, so that nothing is drawn across a silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from overflight.detect.columns import Columns, Floats, Ints
from overflight.detect.crossings import CrossingRules
from overflight.detect.paths import Paths
from overflight.search.contract import Row
from overflight.search.drawn import lines_of
from overflight.search.rows import find_by
from overflight.store.view import View
from overflight.units import MILLISECONDS_PER_MINUTE

Piece = list[tuple[float, float]]


class Track(NamedTuple):
    """A piece of a line: of each position the place, the time in ms, both altitudes in ft or None."""

    where: Piece  # longitude, latitude in degrees
    time_ms: list[int]
    baro_altitude_ft: list[float | None]  # pressure altitude
    geo_altitude_ft: list[float | None]  # above the WGS-84 ellipsoid


def find_paths(view: View, flights: Sequence[Row]) -> dict[str, list[Piece]]:
    """For each flight, by id, its pieces of (longitude, latitude) in degrees; flagged positions are left out.

    A piece ends where the next position comes later than a line may be drawn across (detect.crossings).
    """
    return {id_: [track.where for track in tracks] for id_, tracks in find_tracks(view, flights).items()}


def find_tracks(view: View, flights: Sequence[Row]) -> dict[str, list[Track]]:
    """The same pieces with their times and altitudes."""
    table = find_by(view, "flights", "id", (row["id"] for row in flights))
    if table.num_rows == 0:
        return {}
    columns, paths, _, ids = lines_of(view, table)
    names = ids.to_pylist()
    found: dict[str, list[Track]] = {id_: [] for id_ in names}
    for part in np.split(np.arange(len(paths.index)), piece_ends(columns, paths)):
        if len(part):
            index = paths.index[part]
            line = zip(
                columns.longitude_deg[index].tolist(), columns.latitude_deg[index].tolist(), strict=True
            )
            baro, geo = (_known(c[index]) for c in (columns.baro_altitude_ft, columns.geo_altitude_ft))
            track = Track(list(line), columns.time_ms[index].tolist(), baro, geo)
            found[names[paths.leg[part[0]]]].append(track)
    return found


def _known(values: Floats) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def piece_ends(columns: Columns, paths: Paths) -> Ints:
    """Where in `paths.index` a new piece begins, the first one left out."""
    gap_ms = CrossingRules().track_gap_min * MILLISECONDS_PER_MINUTE
    time = columns.time_ms[paths.index]
    return np.flatnonzero((np.diff(paths.leg) != 0) | (np.diff(time) > gap_ms)) + 1
