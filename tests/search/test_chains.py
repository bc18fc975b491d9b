"""Which consecutive flights are one trip, from tables alone."""

import pytest

from overflight.search.chains import Chain, Short, Wanted, duration_s, find_chains


def leg(number, callsigns=("X1",), address=1, linked=True):
    """Flight `number`, between the stops numbered alike and one more."""
    return {
        "id": f"f{number}", "address": address, "callsigns": list(callsigns), "flags": [],
        "origin_stop_id": f"s{number}" if linked else None, "destination_stop_id": f"s{number + 1}",
    }  # fmt: skip


def stops(**minutes):
    """Stops with least and most minutes on the ground."""
    return {
        name: {"ground_min_s": low * 60, "ground_max_s": None if high is None else high * 60}
        for name, (low, high) in minutes.items()
    }


def found(legs, held, origins=None, destinations=None, short=Short()):  # noqa: B008 (frozen)
    chains = find_chains(legs, held.get, Wanted(origins, destinations, short))
    return [[flight["id"] for flight in chain.flights] for chain in chains]


LEGS = [leg(0), leg(1), leg(2)]
TEN = Short(1, 0, 600)


def test_without_stops_on_the_way_every_flight_is_a_trip():
    assert found(LEGS, stops()) == [["f0"], ["f1"], ["f2"]]
    assert found(LEGS, stops(), {"s0": True}, {"s3": True}) == []


def test_a_short_stop_lies_on_the_way_and_a_long_one_does_not():
    held = stops(s1=(3, 5), s2=(40, 50))
    assert found(LEGS, held, {"s0": True}, {"s2": True}, TEN) == [["f0", "f1"]]
    assert found(LEGS, held, {"s1": True}, {"s3": True}, TEN) == []


def test_only_so_many_stops():
    held = stops(s1=(3, 5), s2=(3, 5))
    ends = ({"s0": True}, {"s3": True})
    assert found(LEGS, held, *ends, TEN) == []
    assert found(LEGS, held, *ends, Short(2, 0, 600)) == [["f0", "f1", "f2"]]


@pytest.mark.parametrize(("stop", "fits", "surely"), [
    ((3, 5), True, True), ((9, 11), True, False), ((11, 20), False, False), ((0, 150), True, False),
    ((0, None), True, False),
])  # fmt: skip
def test_how_short_a_stop_is(stop, fits, surely):
    row = stops(s=stop)["s"]
    assert (TEN.fits(row), TEN.surely(row)) == (fits, surely)
    assert not Short(1, 60, 600).fits({"ground_min_s": 0, "ground_max_s": 30})


def test_a_trip_begins_at_the_last_stop_surely_at_its_origin():
    held = stops(s1=(3, 5), s2=(3, 5))
    assert found(LEGS, held, {"s0": True, "s1": True}, {"s2": True}, TEN) == [["f1"]]
    # where the later one is merely possible both stand
    assert found(LEGS, held, {"s0": True, "s1": False}, {"s2": True}, TEN) == [["f1"], ["f0", "f1"]]


def test_a_trip_does_not_run_on_through_its_destination():
    held = stops(s1=(3, 5), s2=(3, 5))
    ends = {"s0": True}, {"s1": True, "s2": True}
    assert found(LEGS, held, *ends, TEN) == [["f0"]]


def test_where_any_place_will_do_a_surely_short_stop_ends_no_trip():
    held = stops(s1=(3, 5), s2=(40, 50))
    assert found(LEGS, held, short=TEN) == [["f0", "f1"], ["f2"]]
    # one that may have been short ends a trip and may lie on one
    assert found(LEGS[:2], stops(s1=(0, 150)), short=TEN) == [["f0"], ["f1"], ["f0", "f1"]]


def test_flights_that_no_stop_links_are_no_chain():
    legs = [leg(0), leg(1, linked=False), leg(2, address=2)]
    assert found(legs, stops(s1=(1, 2), s2=(1, 2)), short=Short(2, 0, 600)) == [["f0"], ["f2"]]


def test_call_signs_that_change():
    flags = Chain((leg(0, ["A", "B"]), leg(1, ["C"]))).flags()
    assert flags == ["callsign_changed_in_flight", "callsign_changed_at_stop"]
    assert Chain((leg(0, ["A"]), leg(1, []), leg(2, ["A"]))).flags() == []


def test_how_long_it_took():
    left = {"departure_earliest_ms": 0, "departure_latest_ms": 60_000}
    came = {"arrival_earliest_ms": 600_000, "arrival_latest_ms": None}
    assert duration_s(left, came) == {"min": 540, "max": None}
