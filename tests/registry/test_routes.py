import itertools

import pyarrow as pa
import pytest

from overflight.model.fields import ROUTES, schema
from overflight.registry.routes import Route, initials, partitions_for, routes_on

LIST = [("XMA1", "LCLK-LGAV", 100), ("XMA1", "LCLK-LTBA", 200), ("XMB7", "LGAV-LCLK-OLBA", 200)]


def table(rows):
    made = [
        {"callsign": sign, "airports": route.split("-"), "day": day, "source": "made up"}
        for sign, route, day in rows
    ]
    return pa.Table.from_pylist(made, schema=schema(ROUTES))


def told(rows, day):
    return {
        sign: [("-".join(one.airports), one.day, one.later) for one in routes]
        for sign, routes in routes_on(table(rows), day).items()
    }


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (99, ("LCLK-LGAV", 100, True)),  # before the first list: the earliest, and it says so
        (100, ("LCLK-LGAV", 100, False)),
        (199, ("LCLK-LGAV", 100, False)),
        (200, ("LCLK-LTBA", 200, False)),
        (999, ("LCLK-LTBA", 200, False)),
    ],
)
def test_the_latest_list_not_after_the_day_else_the_earliest(day, wanted):
    assert told(LIST, day)["XMA1"] == [wanted]


def test_a_list_that_does_not_name_the_call_sign_does_not_end_its_route():
    assert told([LIST[0], LIST[2]], 300)["XMA1"] == [("LCLK-LGAV", 100, False)]


def test_airports_come_in_order_with_who_published_them():
    assert routes_on(table(LIST), 200)["XMB7"] == (
        Route("XMB7", ("LGAV", "LCLK", "OLBA"), "made up", 200, False),
    )
    assert routes_on(table([]), 200) == {}


def test_lists_of_one_day_that_contradict_each_other_are_both_told_in_any_order():
    rows = [*LIST, ("XMA1", "EGLL-LCLK", 200), ("XMA1", "LCLK-LTBA", 200)]
    both = [("EGLL-LCLK", 200, False), ("LCLK-LTBA", 200, False)]
    assert {str(told(order, 250)["XMA1"]) for order in itertools.permutations(rows)} == {str(both)}


def test_partitions_that_may_hold_a_call_sign():
    held = ["vrs/200/X", "vrs/100/X", "vrs/200/Y", "vrs/200/4", "vrs/200/other", "vrs/200/X"]
    assert partitions_for(held, ["XMA1"]) == ["vrs/100/X", "vrs/200/X"]
    assert partitions_for(held, ["4XABC", "xma1", ""]) == ["vrs/200/4", "vrs/200/other"]
    assert partitions_for(held, []) == []
    assert initials(pa.array(["XMA1", "\u00c4B", "", "x"])).to_pylist() == ["X", "other", "other", "other"]
