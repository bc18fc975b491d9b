"""Pages of flight information regions and seas, and finding the regions by the search box."""

import pytest

import overflight
from overflight.web.site import Site

RING = [[-43, 10], [-40, 10], [-40, 12], [-43, 12], [-43, 10]]
LIST = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"ident": "XAAA", "name": '
    '"Made-up <FIR>", "type": "FIR", "ceiling": "FL245"}, "geometry": {"type": "Polygon", "coordinates": '
    f"[{RING}]}}}}]}}"
)
HEAD = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,"
    "geoaltitude,lastposupdate,lastcontact\n"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regions")
    rows = (
        f"{t},4c0003,11.0,{-46 + k * 0.1125:.4f},216,,,LOW1,False,False,False,,6096,6096,{t},{t}\n"
        for k, t in enumerate(range(1707732000, 1707732000 + 81 * 60, 60))
    )
    (folder / "flown.csv").write_text(HEAD + "".join(rows))
    (folder / "made-up-2020-01-01.geojson").write_text(LIST)
    with overflight.open(folder / "archive", create=True) as archive:
        archive.add(folder / "flown.csv", data_kind="synthetic")
        archive.add_reference(folder / "made-up-2020-01-01.geojson")
        yield Site(archive)


def test_the_page_of_a_region_says_what_it_is_and_lists_the_stays(site):
    page = site.document("fir/XAAA/")
    text = page.body.decode()
    assert page.status == 200 and "air traffic control, not territory" in text and "LOW1" in text
    assert "Made-up &lt;FIR&gt;" in text and "<FIR>" not in text
    assert "ends at FL245" in text and "airspaces-made-up of 2020-01-01" in text


def test_a_region_is_reached_by_other_ways(site):
    assert site.document("fir/xaaa/").location == "fir/XAAA/"
    assert site.document("place/XAAA/").location == "fir/XAAA/"
    found = site.document("search/", {"q": "XAAA"}).body.decode()
    assert "fir/XAAA/" in found and "flight information region" in found


def test_the_stays_as_files(site):
    assert b"XAAA" in site.document("fir/XAAA/crossings.csv").body
    assert site.document("fir/XAAA/nothing.csv").status == 404


def test_a_sea_says_that_it_is_computed(site):
    text = site.document("sea/CY/").body.decode()
    assert "no legal baseline" in text and "Not covered" in text


@pytest.mark.parametrize(
    "path", ["fir/ZZZZ/", "fir/..%2Fx/", "sea/CH/", "fir/a.kml/", "place/x.kml/", "place/x.txt/"]
)
def test_what_is_no_region_is_not_found(site, path):
    assert site.document(path).status == 404


def test_a_time_with_nothing_says_why(site):
    text = site.document("fir/XAAA/", {"since": "2010-01-01", "until": "2010-01-02"}).body.decode()
    assert "Not loaded" in text
