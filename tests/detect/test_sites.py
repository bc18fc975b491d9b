"""Sites: places in no list, learned from stops seen there and from silences that point there."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from dark_made import knowing
from tracks import START_S, borders, derived, fly, places_of, row

import overflight
from overflight.detect.airframes import no_airframes
from overflight.detect.derive import Rules, derive, shared_flags
from overflight.detect.footprints import Edition, footprints_of
from overflight.detect.sites import SiteRules, calls_at_sites, find_sites, site_fields, site_ident
from overflight.registry.airfields import Gazetteer

DESERT = (22.0, 24.0)  # nothing is listed within hundreds of miles in these tests
FAR_OFF = {"ident": "XXFF", "name": "far off", "kind": "small_airport", "latitude_deg": -60.0,
           "longitude_deg": -120.0}  # fmt: skip
NOWHERE = places_of([FAR_OFF])


def cone(day, south=0.25, address=0x3C0001, where=DESERT):
    """Lost low and sinking towards the place, seen again low and climbing away an hour later."""
    at = START_S + day * 86_400
    here = (where[0] - south, where[1])
    into = fly((here[0] - 1.0, here[1]), here, 260, 60, at, (22_000, 6_000), -1500, address=address)
    away = fly(here, (here[0] - 1.0, here[1]), 260, 60, at + 6_000, (6_000, 20_000), 1500, address=address)
    return into + away


def derived_from(positions, places):
    """STOPS of recorded positions against other lists than the packaged ones."""
    bits = shared_flags(positions, Rules())
    made = derive(positions, bits, places, no_airframes(), borders(), Rules(), knowing(places))
    return made.stops


def stops_of(rows):
    return derived(rows, places=NOWHERE).stops


@pytest.mark.parametrize(("days", "sites"), [((0, 1), 0), ((0, 1, 2), 1), ((0, 0.2, 0.4), 0)])
def test_silences_that_point_to_one_place_make_a_site_when_they_are_enough(days, sites):
    found = find_sites(stops_of([r for day in days for r in cone(day)]), NOWHERE, SiteRules())
    assert len(found) == sites
    if sites:
        site = found.to_pylist()[0]
        assert site["dark_count"] == 3 and site["seen_count"] == 0
        assert abs(site["latitude_deg"] - DESERT[0]) < 0.3 and abs(site["longitude_deg"] - DESERT[1]) < 0.1
        assert site["ident"] == site_ident(site["latitude_deg"], site["longitude_deg"])
        assert len(site["stop_ids"]) == 3


def test_a_listed_field_explains_the_cones():
    near = FAR_OFF | {"ident": "HLXX", "latitude_deg": DESERT[0], "longitude_deg": DESERT[1] + 0.1}
    listed = places_of([near])
    stops = stops_of([r for day in range(3) for r in cone(day)])
    assert len(find_sites(stops, NOWHERE, SiteRules())) == 1
    assert len(find_sites(stops, listed, SiteRules())) == 0


def test_stops_seen_where_no_field_is_make_a_site_and_calls_there():
    rows = []
    for day in (0, 1):
        at = START_S + day * 86_400
        rows += fly((21.5, 24.0), (21.99, 24.0), 200, 20, at, (8_000, 1_400), -700)
        rows += [row(at + 620 + k * 30, 22.0 + k * 1e-4, 24.0, None, 8, 0, True) for k in range(20)]
        rows += fly((22.01, 24.0), (22.5, 24.0), 200, 20, at + 1_300, (1_500, 9_000), 900)
    stops = stops_of(rows)
    sites = find_sites(stops, NOWHERE, SiteRules())
    assert [(s["seen_count"], s["aircraft_count"]) for s in sites.to_pylist()] == [(2, 1)]
    calls = calls_at_sites(sites, stops, no_airframes())
    assert calls["ident"].to_pylist() == sites["ident"].to_pylist() * 2 and all(calls["seen"].to_pylist())
    fields = site_fields(sites, pa.array(["LY"])).to_pylist()
    assert fields[0]["kind"] == "site" and fields[0]["country"] == "LY"
    assert sites["known_day"][0].as_py() == pc.max(stops["after_ms"]).as_py() // 86_400_000 + 1


def test_cones_on_either_side_of_the_antimeridian_are_one_place():
    rows = [r for day in range(3) for r in cone(day, where=(-30.0, 179.99 if day % 2 else -179.99))]
    found = find_sites(stops_of(rows), NOWHERE, SiteRules()).to_pylist()
    assert len(found) == 1 and abs(abs(found[0]["longitude_deg"]) - 180) < 0.2


def test_black_rock_city_is_learned_where_the_lists_lack_it(tmp_path):
    root = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not root:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set: no real recordings here")
    with overflight.open(tmp_path / "archive", create=True) as shelf:
        shelf.add([Path(root, "positions", "readsb_traces", "2023-08-30")])
        positions = shelf._store.find("positions", [])
    positions = positions.sort_by([("address", "ascending"), ("time_ms", "ascending")])
    day = positions["time_ms"][0].as_py() // 86_400_000
    fields, strips = Gazetteer.packaged().on(day)
    hidden = fields.filter(pc.not_equal(fields["ident"], "88NV"))
    places = footprints_of([Edition(0, 99_999, hidden, strips)])
    stops = derived_from(positions, places)
    sites = find_sites(stops, places, SiteRules()).to_pylist()
    listed = fields.filter(pc.equal(fields["ident"], "88NV")).to_pylist()[0]
    assert len(sites) == 1 and sites[0]["aircraft_count"] == 3 and sites[0]["seen_count"] >= 3
    assert abs(sites[0]["latitude_deg"] - listed["latitude_deg"]) < 0.02
    assert abs(sites[0]["longitude_deg"] - listed["longitude_deg"]) < 0.02
