"""Cells: the formula, boxes and areas, and that no cell on a flight's way is missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo import sphere
from overflight.geo.area import Area
from overflight.geo.cells import cell_of, cells_of_area, cells_of_box, cells_on_segments


@given(st.floats(-90, 89.999), st.floats(-180, 179.999))
def test_cell_is_the_formula(lat: float, lon: float) -> None:
    lat, lon = round(lat, 7), round(lon, 7)
    e7 = round((lat + 90) * 1e7) // 2_500_000, round((lon + 180) * 1e7) // 2_500_000
    assert cell_of(lat, lon)[0] == e7[0] * 1440 + e7[1]


def test_cell_at_the_ends() -> None:
    assert cell_of([-90, 90, 0, 0, 0.25], [-180, 179.99, 180, -180, 0]).tolist() == [
        0, 719 * 1440 + 1439, 360 * 1440, 360 * 1440, 361 * 1440 + 720,
    ]  # fmt: skip
    assert cell_of(0, 0).dtype == np.int32


def test_cells_of_a_box() -> None:
    assert len(cells_of_box(0.1, 0.2, 0.1, 0.2)) == 1
    assert len(cells_of_box(0.1, 0.3, 0.1, 0.3)) == 4
    over = cells_of_box(0.1, 0.2, 179.9, -179.9)
    assert over.tolist() == [360 * 1440, 360 * 1440 + 1439]
    assert len(cells_of_box(-90, 90, -180, 180)) == 720 * 1440


@settings(max_examples=20, deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(5, 400))
def test_cells_of_an_area_hold_it(lat: float, lon: float, radius: float) -> None:
    area = Area.circle(lat, lon, radius)
    within, boundary = cells_of_area(area)
    rng = np.random.default_rng(3)
    there = sphere.destination(lat, lon, rng.uniform(0, 360, 2000), rng.uniform(0, 1.5 * radius, 2000))
    cell, answer = cell_of(*there), area.contains(*there)
    assert answer[np.isin(cell, within)].all()
    assert not answer[~np.isin(cell, np.concatenate([within, boundary]))].any()
    assert not np.isin(within, boundary).any()


def world(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.degrees(np.arcsin(rng.uniform(-1, 1, count))), rng.uniform(-180, 180, count)


@pytest.mark.parametrize("reach_nm", [1.0, 100.0, 2500.0])
def test_cells_on_segments_cover_every_point_of_the_way(reach_nm: float) -> None:
    count = 300
    lat, lon = world(4, count)
    rng = np.random.default_rng(5)
    end = sphere.destination(lat, lon, rng.uniform(0, 360, count), rng.uniform(0, reach_nm, count))
    segment, cell, f_in, f_out = cells_on_segments(lat, lon, *end)
    length = sphere.distance_nm(lat, lon, *end)
    assert (f_in <= f_out).all() and (f_in >= 0).all() and (f_out <= 1).all()
    for number in range(0, count, 7):
        mine = segment == number
        starts, ends, cells = f_in[mine], f_out[mine], cell[mine]
        # the visits follow on each other from 0 to 1 without a hole
        assert starts[0] == 0 and ends.max() == 1
        assert (starts[1:] <= np.maximum.accumulate(ends)[:-1] + 1e-9).all()
        assert {
            int(cell_of(lat[number], lon[number])[0]),
            int(cell_of(end[0][number], end[1][number])[0]),
        } <= set(cells)
        part = rng.uniform(0, 1, 50)
        for f, got in zip(
            part,
            cell_of(*sphere.interpolate(lat[number], lon[number], end[0][number], end[1][number], part)),
            strict=True,
        ):
            slack = (
                0.3 / 1.852 / max(length[number], 1e-9)
            )  # chords stray up to 0.2 km, slanting into the next cell
            near = (cells == got) & (starts <= f + 20 * slack) & (f - 20 * slack <= ends)
            assert near.any()


def test_cells_on_segments_by_hand() -> None:
    segment, cell, f_in, f_out = cells_on_segments([0.1], [0.1], [0.1], [0.6])
    assert segment.tolist() == [0, 0, 0]
    assert (cell - 360 * 1440 - 720).tolist() == [0, 1, 2]
    assert np.allclose(f_in, [0, 0.3, 0.8], atol=1e-6) and np.allclose(f_out, [0.3, 0.8, 1], atol=1e-6)


def test_cells_on_a_segment_over_longitude_180() -> None:
    _, cell, f_in, _ = cells_on_segments([0.1], [179.9], [0.1], [-179.9])
    assert (cell - 360 * 1440).tolist() == [1439, 0] and f_in[1] == pytest.approx(0.5, abs=1e-6)


def test_cells_of_a_point_and_of_nothing() -> None:
    segment, cell, f_in, f_out = cells_on_segments([32.0], [34.8], [32.0], [34.8])
    assert (segment.tolist(), f_in.tolist(), f_out.tolist()) == ([0], [0], [1]) and cell == cell_of(
        32.0, 34.8
    )
    none = np.zeros(0)
    assert [len(column) for column in cells_on_segments(none, none, none, none)] == [0, 0, 0, 0]


def test_a_corner_cut_is_not_missed() -> None:
    # this chord is inside cell (361, 721) for 0.002 degrees only
    _, cell, _, _ = cells_on_segments([0.2], [0.149], [0.35], [0.301])
    rows, columns = np.divmod(cell, 1440)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(360, 720), (361, 720), (361, 721)]
