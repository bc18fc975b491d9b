import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.search.places import Airfield, Country, Drawn, find_place


@pytest.fixture(scope="module")
def find(hand):
    sources = hand._sources
    return lambda text, day="2016-04-04": find_place(
        text, sources.fields, lambda: sources.borders, day_number(day)
    )


@pytest.mark.parametrize(
    ("text", "ident"),
    [("LLOV", "LLOV"), ("llov", "LLOV"), ("TLV", "LLBG"), ("Uvda", "LLOV"), ("Ben Gurion", "LLBG")],
)
def test_airfields_by_ident_code_and_name(find, text, ident):
    place = find(text)
    assert isinstance(place, Airfield) and place.ident == ident


@pytest.mark.parametrize(
    ("text", "ident"),
    [("IL", "IL"), ("israel", "IL"), ("Jordan", "JO"), ("Northern Cyprus", "northern-cyprus")],
)
def test_countries_and_territories(find, text, ident):
    place = find(text)
    assert isinstance(place, Country) and place.ident == ident


def test_an_ambiguous_name_lists_the_choices(find):
    with pytest.raises(QuestionError, match=r"'London' may be .*EGLL .*give the ident"):
        find("London")


def test_a_circle(find):
    place = find("circle:30.767,35.283,25nm")
    assert isinstance(place, Drawn)
    assert place.area.contains([30.767, 31.3], [35.283, 35.283]).tolist() == [True, False]


@pytest.mark.parametrize(
    "text", ["circle:1,2", "circle:1,2,3", "circle:x,2,3nm", "circle:95,2,3nm", "circle:1,2,0nm"]
)
def test_no_circle(find, text):
    with pytest.raises(QuestionError):
        find(text)


def test_geojson_as_text_and_as_a_file(find, tmp_path):
    shape = {"type": "Polygon", "coordinates": [[[3, 48], [6, 48], [6, 50], [3, 50], [3, 48]]]}
    path = tmp_path / "north.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": {"name": "Champagne"}, "geometry": shape}))
    assert find(json.dumps(shape)).area.name == "area"
    assert find(str(path)).area.name == "Champagne"


@pytest.mark.parametrize("text", ["{", "{}", '{"type": "Point", "coordinates": [1, 2]}', "no/such.geojson"])
def test_geojson_that_is_none(find, text):
    with pytest.raises(QuestionError):
        find(text)


@settings(deadline=None)  # the first question loads the lists
@given(st.text(max_size=20))
def test_any_text_is_a_place_or_a_question_error(find, text):
    try:
        assert isinstance(find(text), Airfield | Country | Drawn)
    except QuestionError as error:
        assert str(error)
