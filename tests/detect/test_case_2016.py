"""The case of 2016: two stops nobody saw, in the desert south of the Dead Sea."""

import csv
from datetime import datetime
from importlib import resources

import pytest
from dark_made import aircraft, knowing
from listed import fitting, in_order, listed, objections
from tracks import (
    row,
)

from overflight.clock import day_number
from overflight.detect.dark.weights import read_weights
from overflight.detect.footprints import Edition, footprints_of
from overflight.registry.airfields import Gazetteer
from overflight.registry.types import TypeNeeds

CASE = 0x613133
NORTH, SOUTH = (31.5, 35.0), (29.0, 35.0)


@pytest.fixture(scope="module")
def then_known():
    """Airfields as on 4 April 2016, and what an Il-76 needs."""
    fields, strips = Gazetteer.packaged().on(day_number("2016-04-04"))
    need = TypeNeeds.packaged().need_of("IL76")
    freighter = aircraft(CASE, length=need.runway_length_ft, width=need.runway_width_ft,
                         unpaved=int(need.unpaved), cruise=need.cruise_kt,
                         role="transport", designator="IL76")  # fmt: skip
    return footprints_of([Edition(0, 10**6, fields, strips)]), freighter


def case(again=None, seen_again=True):
    """Fixes of the packaged reconstruction; `again` moves the place where it was seen again."""
    text = resources.files("overflight").joinpath("data/case_2016.csv").read_text("utf-8")
    rows = []
    for fact in csv.DictReader(text.splitlines()):
        place = float(fact["latitude_deg"]), float(fact["longitude_deg"])
        if fact["what"] == "seen again":
            if not seen_again:
                break
            place = again or place
        time = datetime.fromisoformat(fact["time"]).timestamp()
        numbers = (float(fact[n]) for n in ("baro_altitude_ft", "groundspeed_kt", "track_deg"))
        alt, speed, track = numbers
        rows.append(row(time, *place, int(alt), speed, track, address=CASE, callsign=fact["callsign"],
                        data_kind="reconstruction"))  # fmt: skip
    return rows


def dark_stops(rows, then_known):
    by_stop, found, stops = listed(rows, *then_known)
    dark = [s for s in stops.to_pylist() if s["before_latitude_e7"] == 307_670_000]
    return [by_stop[s["id"]] for s in dark], found


def test_the_case_has_two_dark_stops_near_hatzeva(then_known):
    dark, _ = dark_stops(case(), then_known)
    assert len(dark) == 2
    assert next(fitting(c) for c in dark) == fitting(dark[1])


def test_ovda_is_among_the_candidates_of_both(then_known):
    for candidates in dark_stops(case(), then_known)[0]:
        assert "LLOV" in fitting(candidates)
        (ovda,) = [c for c in candidates if c["ident"] == "LLOV"]
        assert ovda["objections"] == 0
        assert ovda["runway_length_ft"] >= ovda["need_length_ft"] > 0
        assert ovda["needed_min"] < ovda["available_min"] == 153


def test_ein_yahav_is_ruled_out_by_its_runway(then_known):
    """The nearest field: 3,943 x 60 ft."""
    for candidates in dark_stops(case(), then_known)[0]:
        (yahav,) = [c for c in candidates if c["ident"] == "LLEY"]
        assert yahav["ruled_out"] and (yahav["runway_length_ft"], yahav["runway_width_ft"]) == (3_943, 60)
        assert {"runway_short", "runway_narrow"} <= set(objections(yahav))
        fields = [c for c in candidates if c["ident"]]
        assert yahav["probability"] == 0
        assert min(fields, key=lambda c: c["distance_in_nm"])["ident"] == "LLEY"


def test_ramon_had_not_opened_and_eilat_was_still_open(then_known):
    for candidates in dark_stops(case(), then_known)[0]:
        (ramon,) = [c for c in candidates if c["ident"] == "LLER"]
        assert ramon["ruled_out"] and "not_open_yet" in objections(ramon)
        eilat = [
            c
            for c in candidates
            if (c["latitude_deg"], c["longitude_deg"]) == pytest.approx((29.56, 34.96), abs=0.03)
        ]
        assert [c["ident"] for c in eilat] == ["LLET"]
        assert not {"closed_before", "listed_closed", "not_open_yet"} & set(objections(eilat[0]))


def test_what_is_not_an_airfield_is_always_offered(then_known):
    for candidates in dark_stops(case(), then_known)[0]:
        in_order(candidates)


def test_the_packaged_weights_tell_the_case_apart(then_known):
    """Ovda is among the likeliest; the fields whose runways do not do have nothing."""
    prints, freighter = then_known
    knowledge = knowing(prints, read_weights())
    by_stop, _, stops = listed(case(), prints, freighter, knowledge=knowledge)
    dark = [s["id"] for s in stops.to_pylist() if s["before_latitude_e7"] == 307_670_000]
    for candidates in (in_order(by_stop[stop]) for stop in dark):
        chance = {c["ident"]: c["probability"] for c in candidates if c["ident"]}
        assert chance["LLEY"] == 0 < chance["LLOV"]


def test_the_order_changes_with_the_place_where_it_was_seen_again(then_known):
    orders = [fitting(dark_stops(case(again=at), then_known)[0][0]) for at in (None, NORTH, SOUTH)]
    unknown = in_order(dark_stops(case(seen_again=False), then_known)[0][0])
    assert all(c["available_min"] is None and c["turn_out_deg"] is None for c in unknown)
    assert {c["way_out_nats"] for c in unknown if c["ident"]} == {0.0}
    orders.append(fitting(unknown))
    assert len({tuple(order) for order in orders}) == 4
    assert all("LLOV" in order for order in orders)


def test_a_list_of_another_year_offers_another_field():
    """By the facts, Ramon is open in 2020 and Eilat's old field is not."""
    fields, strips = Gazetteer.packaged().on(day_number("2020-04-04"))
    later = case()
    for r in later:
        r["time_ms"] += (day_number("2020-04-04") - day_number("2016-04-04")) * 86_400_000
    dark, _ = dark_stops(later, (footprints_of([Edition(0, 10**6, fields, strips)]), None))
    candidates = {c["ident"]: c for c in dark[0]}
    assert not {"not_open_yet", "closed_before"} & set(objections(candidates["LLER"]))
    assert all(
        "closed_before" in objections(c)
        for c in candidates.values()
        if c["ident"] == "IL-0021" or c["ident"] == "LLET"
    )
