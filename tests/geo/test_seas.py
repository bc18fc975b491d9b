"""Territorial seas as computed from the packaged coasts."""

import numpy as np
import pytest

from overflight.geo.borders import Borders
from overflight.geo.seas import BREADTH_NM, SEA_ERROR_KM, territorial_sea
from overflight.units import KILOMETRES_PER_NAUTICAL_MILE

BREADTH_KM = BREADTH_NM * KILOMETRES_PER_NAUTICAL_MILE


@pytest.fixture(scope="module")
def borders():
    return Borders.load()


@pytest.fixture(scope="module", params=["CY", "GE"])
def sea(borders, request):
    return territorial_sea(borders, borders.idents.index(request.param)), borders.idents.index(request.param)


def test_it_is_what_lies_nearest_to_that_land_within_twelve_miles(borders, sea):
    """Asked of the borders point by point; within the stated error of an edge the two may differ."""
    area, region = sea
    rng = np.random.default_rng(1)
    lat = rng.uniform(area.south_deg - 0.2, area.north_deg + 0.2, 3_000)
    lon = rng.uniform(area.west_deg - 0.2, area.east_deg + 0.2, 3_000)
    away, left, right = borders.nearest_border(lat, lon, BREADTH_KM + 2 * SEA_ERROR_KM)
    ours = (borders.region_at(lat, lon) == -1) & ((left == region) | (right == region))
    surely, surely_not = ours & (away < BREADTH_KM - SEA_ERROR_KM), ~ours | (away > BREADTH_KM + SEA_ERROR_KM)
    inside = area.contains(lat, lon)
    assert surely.sum() > 100
    # of two coasts the nearer one is told to the step between their points: at the middle line either may win
    assert (inside[surely]).mean() > 0.99 and (~inside[surely_not]).mean() > 0.99


def test_no_land_and_no_high_sea_is_in_it():
    borders = Borders.load()
    area = territorial_sea(borders, borders.idents.index("CY"))
    assert area.contains([35.0, 35.05, 34.2, 35.1], [33.2, 32.2, 33.0, 33.35]).tolist() == [
        False,
        True,
        False,
        False,
    ]


def test_a_country_without_a_coast_has_none():
    borders = Borders.load()
    assert territorial_sea(borders, borders.idents.index("CH")) is None
