"""Distances to a region and ways by it: never more than they truly are."""

import numpy as np
import pytest

from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.fences import Fence, alone
from overflight.geo.sphere import destination, distance_nm

CIRCLE = Area.circle(40.0, 10.0, 60.0)


@pytest.fixture(scope="module")
def fence():
    return Fence.of(Borders.from_area(CIRCLE), 0)


@pytest.mark.parametrize("far", [1.0, 10.0, 100.0, 1_000.0])
def test_a_distance_is_less_than_the_true_one_by_at_most_twice_the_slack(fence, far):
    lat, lon = destination(40.0, 10.0, np.arange(0, 360, 7), 60.0 + far)
    told = fence.distance_nm(lat, lon)
    assert (told <= far + 0.01).all() and (told >= far - 2 * fence.slack_nm - 0.01).all()
    assert fence.slack_nm < 2.2


def test_a_way_by_the_region_is_no_longer_than_any_that_there_is(fence):
    rng = np.random.default_rng(4)
    a, b = ((rng.uniform(35, 45, 50), rng.uniform(0, 20, 50)) for _ in range(2))
    told = fence.detour_nm(a, b)
    edge = np.array(CIRCLE.rings[0])
    ways = [
        distance_nm(*(x[k] for x in a), edge[:, 1], edge[:, 0])
        + distance_nm(*(x[k] for x in b), edge[:, 1], edge[:, 0])
        for k in range(50)
    ]
    shortest = np.min(ways, axis=1)
    assert (told <= shortest + 0.01).all() and (told >= shortest - 4 * fence.slack_nm - 0.01).all()


def test_the_error_of_the_shapes_makes_everything_nearer():
    borders = Borders.load()
    one = alone(borders, borders.idents.index("CY"))
    fence = Fence.of(one, 0)
    away, _, _ = one.nearest_border([34.5], [33.0], 100)
    nm = away[0] / 1.852
    told = fence.distance_nm(np.array([34.5]), np.array([33.0]))[0]
    assert nm - 2 * fence.slack_nm - 0.1 < told < nm - borders.error_km / 1.852 + 0.1


def test_one_country_alone_has_the_same_inside():
    borders = Borders.load()
    region = borders.idents.index("JO")
    rng = np.random.default_rng(2)
    lat, lon = rng.uniform(28, 34, 2_000), rng.uniform(34, 40, 2_000)
    assert (
        (alone(borders, region).region_at(lat, lon) == 0) == (borders.region_at(lat, lon) == region)
    ).all()
