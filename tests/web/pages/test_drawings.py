"""Drawings: projection, land, bars; numbers in, numbers out."""

import re

import numpy as np
import pytest

from overflight.geo.borders import Borders
from overflight.web.figures.calendar import calendar
from overflight.web.figures.flight_map import place_map, ranked
from overflight.web.figures.land import Land
from overflight.web.figures.months import Month, months
from overflight.web.figures.profile import profile
from overflight.web.figures.projection import fitted, unturned


@pytest.fixture(scope="module")
def land():
    return Land(Borders.load())


def test_everything_fits_with_a_margin():
    points = [(50.0, 40.4), (35.2, 30.7), (33.0, 35.0)]
    view = fitted(points, 960, 300, 620)
    x, y = view.xy(*zip(*points, strict=True))
    assert (x > 40).all() and (x < 920).all() and (y > 20).all() and (y < view.height - 20).all()


def test_the_antimeridian_is_no_edge():
    assert np.ptp(unturned([170.0, -170.0, 179.0])) == 20
    x, _ = fitted([(170.0, 60.0), (-170.0, 62.0)], 960, 300, 620).xy([170.0, -170.0], [60.0, 62.0])
    assert 0 < x[0] < x[1] < 960


def test_land_lies_where_the_countries_are(land):
    view = fitted([(31.0, 31.0), (39.0, 37.0)], 960, 300, 620)
    drawn = str(land.drawn(view))
    rings = re.search(r' d="([^"]*)"', drawn)[1]
    assert inside(rings, *(float(v) for v in view.xy(36.0, 33.5)))  # near Damascus
    assert not inside(rings, *(float(v) for v in view.xy(33.0, 33.0)))  # between Cyprus and Egypt


def inside(path, x, y):
    """Even-odd rule over the rings of relative path data."""
    odd = False
    for ring in filter(None, path.split("Z")):
        start, steps = ring[1:].split("l")
        points = [np.array([float(v) for v in start.split()])]
        numbers = [float(v) for v in re.findall(r"-?\d+", steps)]
        for step in zip(numbers[::2], numbers[1::2], strict=True):
            points.append(points[-1] + step)
        for a, b in zip(points, [*points[1:], points[0]], strict=True):
            if (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]):
                odd = not odd
    return odd


def test_discs_are_ranked_at_each_end_and_drawn_by_area(land):
    def one(end, ident, chance, out=False):
        return {"end": end, "ident": ident, "name": ident, "probability": chance, "ruled_out": out,
                "longitude_deg": 35.0, "latitude_deg": 30.0}  # fmt: skip

    some = [
        one("d", "B", 0.1),
        one("d", "A", 0.4),
        one("o", "C", 0.9),
        one("d", "X", 0.005),
        one("d", "Y", 0.3, True),
    ]
    assert [(rank, c["ident"]) for rank, c in ranked(some)] == [(1, "A"), (2, "B"), (1, "C")]
    radii = dict(re.findall(r'<title>\d\. (\w).*?r="([\d.]+)"', str(place_map(some, land, "t"))))
    assert float(radii["A"]) / float(radii["B"]) == pytest.approx(2, abs=0.02)  # four times the area


def trace(rows, silences=(), crossings=()):
    return {"rows": rows, "silences": list(silences), "crossings": list(crossings)}


def test_the_profile_is_broken_where_nothing_was_heard():
    rows = [
        [m * 60_000, 0, 0, 1000 * m, None, 100, 0, 0, None, "", 0 if m < 5 else 1, None]
        for m in (0, 1, 2, 60, 61)
    ]
    silence = {"from": 120_000, "to": 3_600_000}
    drawn = str(profile(trace(rows, [silence]), "t"))
    assert re.search(r'class="height"', drawn)
    height = re.search(r'<path d="([^"]*)"[^>]*class="height"', drawn)[1]
    assert height.count("M") == 2 and "url(#unheard)" in drawn
    assert 'data-from-ms="0"' in drawn and 'data-to-ms="3660000"' in drawn


def test_bars_stand_on_each_other_by_grade():
    drawn = str(months([Month("2016-04", {"observed": 2, "inferred": 1, "compatible": 4}, 3.5)], "t"))
    assert "2 observed, 1 inferred, 4 compatible; expected 3.5" in drawn
    high = [float(h) for h in re.findall(r'height="([\d.]+)" class="col', drawn)]
    assert high[0] == pytest.approx(2 * high[1]) and high[2] == pytest.approx(4 * high[1])
    assert "not loaded" in str(months([Month("2016-05", loaded=False)], "t"))


def test_days_not_loaded_are_no_empty_days():
    drawn = str(calendar({"2016-04-04": 2}, {"2016-04-04", "2016-04-05"}, "t"))
    assert "2016-04-04: 2 flights" in drawn and "2016-04-05: loaded, not seen" in drawn
    assert "2016-04-06" not in drawn and drawn.count('class="day seen"') == 1
