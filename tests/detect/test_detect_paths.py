import itertools

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tracks import START_S, A, derived, fly, row, stand, table

from overflight.detect.columns import columns_of
from overflight.detect.paths import flight_boxes, paths_of
from overflight.detect.stays import Legs
from overflight.geo.sphere import interpolate
from overflight.model.fields import FLIGHT_BOXES, schema
from overflight.model.grades import FLAG_BITS


def boxes_of(rows, flags=None):
    c = columns_of(table(rows))
    whole, no = np.array([0]), np.array([False])
    legs = Legs(c.address[:1], whole, np.array([c.size - 1]), whole - 1, whole - 1, no, no, no)
    paths = paths_of(c, np.zeros(c.size, np.int64) if flags is None else flags, legs)
    return flight_boxes(c, paths, legs, pa.array(["flight"]))


def held(boxes, lat, lon, time_ms):
    """Whether the point lies in a box of a piece under way at the time, at any turn of the longitude."""
    b = {name: boxes[name].to_numpy() for name in boxes.column_names[2:]}
    inside = (
        (b["first_ms"] <= time_ms)
        & (time_ms <= b["last_ms"])
        & (b["south_deg"] <= lat)
        & (lat <= b["north_deg"])
    )
    around = [(b["west_deg"] <= lon + turn) & (lon + turn <= b["east_deg"]) for turn in (-360, 0, 360)]
    return bool((inside & np.any(around, axis=0)).any())


places = st.one_of(
    st.tuples(st.floats(-85, 85), st.floats(-180, 179.9)),
    st.tuples(st.floats(60, 89.9), st.floats(-180, 179.9)),
    st.tuples(st.floats(-30, 30), st.floats(178, 181).map(lambda x: x - 360 if x >= 180 else x)),
)


@settings(max_examples=150, deadline=None)
@example([(88.0, 0.0), (88.0, 170.0)])
@example([(-60.0, 10.0), (-60.0, -160.0)])
@given(st.lists(places, min_size=2, max_size=6))
def test_boxes_hold_every_point_of_the_great_circles(fixes):
    rows = [row(START_S + 600 * k, *f, 30_000, 400, 0, False) for k, f in enumerate(fixes)]
    boxes = boxes_of(rows)
    part = np.linspace(0, 1, 41)
    for k, (a, b) in enumerate(itertools.pairwise(rows)):
        ends = [v / 1e7 for r in (a, b) for v in (r["latitude_e7"], r["longitude_e7"])]
        if abs(ends[0] + ends[2]) < 1e-3 and abs(abs(ends[1] - ends[3]) - 180) < 1e-3:
            continue  # of opposite points every great circle is the shortest
        lat, lon = interpolate(*ends, part)
        time = (START_S + 600 * (k + part)) * 1000
        # at a pole itself a point has any longitude
        below = np.abs(lat) < 89.999
        assert all(held(boxes, *point) for point in zip(lat[below], lon[below], time[below], strict=True))


def test_a_long_flight_has_a_box_for_every_degree_cell_it_meets():
    boxes = boxes_of(fly((50.5, 0.5), (50.5, 6.5), 400, 10, alt=None))
    assert 6 <= boxes.num_rows <= 9
    wide = boxes["east_deg"].to_numpy() - boxes["west_deg"].to_numpy()
    assert wide.max() < 1.1


def test_over_the_antimeridian_boxes_run_on():
    boxes = boxes_of(
        [
            row(START_S, 10, 179.5, 9_000, 400, 90, False),
            row(START_S + 600, 10, -179.5, 9_000, 400, 90, False),
        ]
    )
    first = boxes.to_pylist()[0]
    assert first["west_deg"] < 179.5 < 180.5 < first["east_deg"]


def test_flagged_positions_are_not_on_the_line():
    rows = fly((50.5, 0.5), (50.5, 6.5), 400, 60)
    flags = np.zeros(len(rows), np.int64)
    flags[5], rows[5] = FLAG_BITS["teleport"], rows[5] | {"latitude_e7": -500_000_000}
    assert min(boxes_of(rows, flags)["south_deg"].to_pylist()) > 50


def test_surface_reports_are_no_line():
    assert derived(stand(A, START_S, 5)).flight_boxes.num_rows == 0
    assert derived([]).flight_boxes.schema == schema(FLIGHT_BOXES)
