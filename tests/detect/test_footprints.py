import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import A, B, fields, near, places_of

from overflight.detect.footprints import APRON_NM, Edition, footprints_of
from overflight.geo.sphere import distance_nm, interpolate
from overflight.model.fields import AIRFIELDS, RUNWAYS, schema

DAY = 17_000


def field(ident, lat, lon, kind="small_airport", **more):
    return {"ident": ident, "name": ident, "kind": kind, "latitude_deg": lat, "longitude_deg": lon, **more}


def runway(ident, ends=None, length=5_000, width=100, surface="ASP", closed=False):
    names = ("le_latitude_deg", "le_longitude_deg", "he_latitude_deg", "he_longitude_deg")
    known = dict(zip(names, ends, strict=True)) if ends else {}
    return {
        "ident": ident,
        "length_ft": length,
        "width_ft": width,
        "surface": surface,
        "closed": closed,
        **known,
    }


def located(places, points, day=DAY, rotor=False):
    lat, lon = np.array(points, dtype=float).T
    n = len(lat)
    found, far = places.locate(lat, lon, np.full(n, day), np.full(n, rotor))
    return found.tolist(), far


latitudes = st.floats(-88, 88)
longitudes = st.floats(-180, 179.999)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), lat=latitudes, lon=longitudes)
def test_locate_finds_what_a_search_of_all_runways_finds(data, lat, lon):
    """A runway of any direction, points up to 4 nm around it, over the antimeridian too."""
    course, half = data.draw(st.floats(0, 180)), data.draw(st.floats(0.2, 1.2))
    le, he = near((lat, lon), course, half), near((lat, lon), course + 180, half)
    places = places_of([field("F", lat, lon)], [runway("F", (*le, *he))])
    bearings = data.draw(st.lists(st.tuples(st.floats(0, 360), st.floats(0, 4)), min_size=1, max_size=8))
    points = [near((lat, lon), b, d) for b, d in bearings]
    found, _ = located(places, points)
    along = interpolate(*le, *he, np.linspace(0, 1, 201))
    for index, point in zip(found, points, strict=True):
        far = float(distance_nm(*point, *along).min())
        centre = float(distance_nm(*point, lat, lon))
        on = far <= APRON_NM or centre <= APRON_NM / 2
        unsure = min(abs(far - APRON_NM), abs(centre - APRON_NM / 2)) < 0.02
        assert unsure or index == (0 if on else -1)


@settings(max_examples=80, deadline=None)
@given(
    lat=st.one_of(st.floats(-90, 90), st.floats(88, 90)), lon=longitudes, radius=st.floats(1, 300),
    fields_at=st.lists(st.tuples(st.floats(-90, 90), longitudes), max_size=8),
    around=st.lists(st.tuples(st.floats(0, 360), st.floats(0, 400)), max_size=12),
)  # fmt: skip
def test_around_finds_what_a_search_of_all_fields_finds(lat, lon, radius, fields_at, around):
    points = [*fields_at, *(near((lat, lon), b, d) for b, d in around)]
    places = places_of([field(f"F{k}", *p) for k, p in enumerate(points)])
    among = np.ones(len(points), bool)
    where, found, far = places.around(np.array([lat]), np.array([lon]), np.array([radius]), among)
    assert len(set(found.tolist())) == len(found) and not where.any()
    exact = np.array([float(distance_nm(lat, lon, *p)) for p in points])
    assert set(np.flatnonzero(exact <= radius * 0.98)) <= set(found.tolist())
    assert set(found.tolist()) <= set(np.flatnonzero(exact <= radius * 1.02))
    assert far == pytest.approx(exact[found], rel=0.012, abs=0.01)


def test_around_asks_only_the_fields_named():
    places = fields()
    among = np.array([False, True, True])
    _, found, _ = places.around(np.array([A[0]]), np.array([A[1]]), np.array([80.0]), among)
    assert found.tolist() == [1]


def test_between_two_fields_the_nearer_runway_counts_and_a_tie_is_not_called():
    ends = (50.0, 9.99, 50.0, 10.01)
    north = (50.02, 9.99, 50.02, 10.01)
    places = places_of(
        [field("S", 50.0, 10.0), field("N", 50.02, 10.0)], [runway("S", ends), runway("N", north)]
    )
    assert located(places, [(50.001, 10.0), (50.019, 10.0), (50.01, 10.0)])[0] == [0, 1, -2]


def test_a_heliport_on_the_apron_is_the_airport():
    places = places_of(
        [field("H", *near(A, 0, 0.1), kind="heliport"), field("AP", *A, kind="large_airport")],
        [runway("AP", (50.0, 9.98, 50.0, 10.02))],
    )
    at = near(A, 0, 0.1)
    assert located(places, [at], rotor=True)[0] == [1]
    assert located(places, [at], rotor=False)[0] == [1]


def test_heliports_count_for_helicopters_alone():
    places = places_of([field("H", *A, kind="heliport")])
    assert located(places, [A], rotor=True)[0] == [0]
    assert located(places, [A], rotor=False)[0] == [-1]


def test_a_field_without_runway_ends_reaches_half_its_runway_further():
    places = places_of([field("F", *A)], [runway("F", length=12_000)])
    assert located(places, [near(A, 90, 1.9), near(A, 90, 2.1)])[0] == [0, -1]


def test_days_of_opening_closing_and_of_the_lists():
    made = schema(AIRFIELDS), schema(RUNWAYS)
    known = [field("NEW", *A, opened_day=100), field("OLD", *B, closed_day=200)]
    rows = type(made[0].empty_table()).from_pylist(
        [dict.fromkeys(made[0].names) | r for r in known], schema=made[0]
    )
    places = footprints_of([Edition(0, 1_000, rows, made[1].empty_table())])
    assert [located(places, [A], day=d)[0][0] for d in (99, 100, 999, 1_000)] == [-1, 0, 0, -1]
    assert [located(places, [B], day=d)[0][0] for d in (-1, 0, 199, 200)] == [-1, 1, 1, -1]
    assert places.dated.tolist() == [True, True]


def test_the_longest_open_runway_stands_for_the_field():
    places = places_of(
        [field("F", *A), field("NONE", *B)],
        [runway("F", length=4_000, width=60), runway("F", length=8_000, width=150, surface="gravel"),
         runway("F", length=11_000, closed=True), runway("F", length=None, surface="CONC")],
    )  # fmt: skip
    assert (places.length_ft[0], places.width_ft[0], places.paved[0]) == (8_000, 150, 0)
    assert np.isnan(places.length_ft[1]) and places.paved[1] == -1


def test_no_fields_at_all():
    places = places_of([])
    assert located(places, [A])[0] == [-1]
    assert [
        len(x) for x in places.around(np.array([50.0]), np.array([10.0]), np.array([9.0]), np.zeros(0, bool))
    ] == [0, 0, 0]
