from datetime import timedelta

import pytest

from overflight.clock import parse_utc
from overflight.search.zones import utc_offset, zones_of

SUMMER, WINTER = parse_utc("2016-07-04"), parse_utc("2016-01-04")


@pytest.mark.parametrize(
    ("countries", "time_ms", "hours"),
    [
        (["IL"], SUMMER, 3),
        (["IL"], WINTER, 2),
        (["IL", "JO"], SUMMER, 3),  # either way
        (["IL", "SA"], WINTER, None),  # they differ
        (["CY"], SUMMER, 3),  # two zones that agree
        (["US"], SUMMER, None),  # many zones
        (["northern-cyprus"], SUMMER, None),
        ([], SUMMER, None),  # at sea
    ],
)
def test_local_time_only_where_it_is_certain(countries, time_ms, hours):
    assert utc_offset(countries, time_ms) == (None if hours is None else timedelta(hours=hours))


def test_the_list_of_zones():
    assert zones_of("AZ") == ("Asia/Baku",)
    assert zones_of("RU") == ()
