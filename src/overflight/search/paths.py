"""The lines flights were seen to fly, for maps: in pieces, so that nothing is drawn across a silence."""

from __future__ import annotations

import numpy as np

from overflight.detect.crossings import CrossingRules
from overflight.search.contract import Row
from overflight.search.drawn import lines_of
from overflight.search.rows import find_by
from overflight.store.view import View
from overflight.units import MILLISECONDS_PER_MINUTE

Piece = list[tuple[float, float]]


def find_paths(view: View, flights: list[Row]) -> dict[str, list[Piece]]:
    """For each flight, by id, its pieces of (longitude, latitude) in degrees; flagged positions are left out.

    A piece ends where the next position comes later than a line may be drawn across (detect.crossings).
    """
    table = find_by(view, "flights", "id", (row["id"] for row in flights))
    if table.num_rows == 0:
        return {}
    gap_ms = CrossingRules().track_gap_min * MILLISECONDS_PER_MINUTE
    columns, paths, _, ids = lines_of(view, table)
    found: dict[str, list[Piece]] = {id_: [] for id_ in ids.to_pylist()}
    names = ids.to_pylist()
    time = columns.time_ms[paths.index]
    ends = np.flatnonzero((np.diff(paths.leg) != 0) | (np.diff(time) > gap_ms)) + 1
    for part in np.split(np.arange(len(paths.index)), ends):
        if len(part):
            index = paths.index[part]
            line = zip(
                columns.longitude_deg[index].tolist(), columns.latitude_deg[index].tolist(), strict=True
            )
            found[names[paths.leg[part[0]]]].append(list(line))
    return found
