import json

import pytest
import questions
from test_benchmark_synthetic import TRACE

import overflight
from overflight.geo.area import Area
from overflight.store.folder import Store


def test_values_are_taken_evenly_from_first_to_last():
    assert questions.spaced(range(101), 3) == [0, 50, 100]
    assert questions.spaced("ab", 5) == ["a", "b"]


@pytest.mark.parametrize(("latitude", "longitude"), [(43.7, -79.6), (0.0, 179.9), (-33.9, 151.2)])
def test_areas_are_areas_around_their_point(latitude, longitude):
    for text in (questions.box(latitude, longitude), questions.drawn(latitude, longitude)):
        area = Area.from_geojson(json.loads(text))
        assert area.contains([latitude, latitude + 0.6], [longitude, longitude]).tolist() == [True, False]


def test_a_drawing_has_as_many_vertices_as_asked_for():
    ring = json.loads(questions.drawn(10.0, 20.0))["coordinates"][0]
    assert len(ring) == 501
    assert ring[0] == ring[-1]


def test_every_kind_of_question_is_asked_of_a_small_archive(tmp_path):
    for icao24 in ("b00000", "b00001"):
        (tmp_path / f"{icao24}.json").write_text(json.dumps(TRACE | {"icao": icao24}))
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(sorted(tmp_path.glob("*.json")), data_kind="synthetic")
    with Store.open(tmp_path / "archive") as store:
        asked = questions.questions_about(store, 2)
    found = questions.warm(tmp_path / "archive", asked, most_ms=60_000)
    assert {kind.split(" by ")[0] for kind in found} == {"flights", "visits", "crossings", "aircraft"}
    assert [n for _, n in found["flights by address"]] == [1, 1]
    assert all(len(answers) == sum(kind == q[0] for q in asked) for kind, answers in found.items())
    assert "flights by address" in questions.shown(found)
    assert set(json.loads(questions.first(tmp_path / "archive", asked[0]))) == {"opening", "first"}
