import csv
import io
import json

import openpyxl
import pyarrow.parquet as pq
import pytest
from web_client import TestClient

from overflight.search.answer import Answer
from overflight.search.contract import SCHEMAS
from overflight.search.told import PAGE, Told
from overflight.web.api import schemas
from overflight.web.api.answers import ROW_BYTES, Answers, Kept
from overflight.web.api.paging import cursor_text
from overflight.web.api.questions import MEDIA_TYPES, Asking
from overflight.web.app import make_app
from overflight.web.limits import Limits

DAY = {"since": "2016-04-04", "until": "2016-04-05"}
DRAWN = {"type": "Polygon", "coordinates": [[[34, 29], [36, 29], [36, 32], [34, 32], [34, 29]]]}


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status and set(body) == {"type", "title", "status", "detail"}
    return body["detail"]


@pytest.mark.parametrize("kind", ["flights", "visits", "crossings"])
def test_answers_are_those_of_the_archive(api, hand, kind):
    found = api.get(f"/api/v1/{kind}", params={"aircraft": "G-TEST"}).json()
    assert found["rows"] == list(getattr(hand, kind)("G-TEST").rows)
    assert found["total"] == len(found["rows"]) > 0 and found["next"] is None
    assert found["archive_version"] == hand.version


def test_aircraft_are_guessed_from_garbled_marks(api, hand):
    found = api.get("/api/v1/aircraft", params={"aircraft": ["G-TEST", "nobody"]}).json()
    assert found["rows"] == list(hand.aircraft(["G-TEST", "nobody"]).rows)
    assert found["missing"] == ["nobody"]


def test_the_other_questions(api, hand):
    hits = api.get("/api/v1/search", params={"q": "G-TEST"}).json()["hits"]
    assert hits[0]["ident"] == "400abc" and hits[0]["why"]
    at = api.get("/api/v1/instant", params={"at": "2016-04-04T08:12Z"}).json()
    assert [fix["icao24"] for fix in at["fixes"]] == ["400abc"] and at["at"] == "2016-04-04T08:12:00Z"
    far = {"at": "2016-04-04T08:12Z", "box": "170,0,-170,1"}
    assert api.get("/api/v1/instant", params=far).json()["fixes"] == []
    trace = api.get("/api/v1/trace/flight-400abc-1").json()
    assert trace["flight_id"] == "flight-400abc-1" and len(trace["rows"]) == 5
    assert api.get("/api/v1/loaded").json()["days"][0]["day"] == "2016-04-04"
    assert api.get("/api/v1/resolve/stop-400abc-1").json()["current"] == "stop-400abc-1"
    assert "names no flight" in problem(api.get("/api/v1/resolve/stop-400abc-9"), 404)
    problem(api.get("/api/v1/trace/flight-400abc-9"), 404)


def test_formats_by_name_and_by_accept(api):
    asked = {"aircraft": "G-TEST"}
    rows = api.get("/api/v1/flights", params=asked).json()["rows"]
    lines = api.get("/api/v1/flights", params=asked, headers={"accept": "application/x-ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == rows
    table = api.get("/api/v1/flights", params=asked | {"f": "csv"}, headers={"accept": "application/json"})
    assert table.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in csv.DictReader(io.StringIO(table.text))] == [row["id"] for row in rows]
    shapes = api.get("/api/v1/flights", params=asked | {"f": "geojson"}).json()
    assert shapes["features"][0]["geometry"]["type"] == "LineString"
    assert len(shapes["features"][0]["geometry"]["coordinates"]) == 5
    assert "<kml" in api.get("/api/v1/flights", params=asked | {"f": "kml"}).text
    assert "lies nowhere" in problem(api.get("/api/v1/aircraft", params=asked | {"f": "kml"}), 400)


def test_formats_for_maps_and_tables(api):
    asked = {"aircraft": "G-TEST"}

    def body(f, kind="flights"):
        answer = api.get(f"/api/v1/{kind}", params=asked | {"f": f})
        assert answer.status_code == 200 and answer.headers["content-type"].split(";")[0] in MEDIA_TYPES[f]
        return answer.content

    rows = api.get("/api/v1/flights", params=asked).json()["rows"]
    for f in ("parquet", "geoparquet"):
        assert pq.read_table(io.BytesIO(body(f)))["id"].to_pylist() == [row["id"] for row in rows]
    assert openpyxl.load_workbook(io.BytesIO(body("xlsx")))["flights"].max_row == len(rows) + 1
    assert openpyxl.load_workbook(io.BytesIO(body("xlsx", "aircraft"))).sheetnames[-1] == "notes"
    assert body("gpkg")[68:72] == b"GPKG" and b"<trkseg>" in body("gpx")
    assert json.loads(body("czml"))[0]["id"] == "document"
    named = api.get("/api/v1/flights", params=asked, headers={"accept": MEDIA_TYPES["xlsx"]})
    assert named.content[:2] == b"PK"


@pytest.mark.parametrize("f", ["json", "ndjson"])
def test_pages_make_the_whole(api, hand, f):
    asked, found, rows = {"aircraft": "G-TEST", "limit": 1, "f": f}, [], []
    response = api.get("/api/v1/crossings", params=asked)
    while True:
        rows = response.json()["rows"] if f == "json" else list(map(json.loads, response.text.splitlines()))
        assert len(rows) == 1
        found += rows
        if "next" not in response.links:
            break
        response = api.get(response.links["next"]["url"])
        assert response.status_code == 200
    assert found == list(hand.crossings("G-TEST").rows)


def test_a_cursor_belongs_to_one_question_and_one_version(api):
    one = api.get("/api/v1/crossings", params={"aircraft": "G-TEST", "limit": 1}).json()["next"]
    other = {"aircraft": "4K-78131", "limit": 1}
    assert "another question" in problem(api.get("/api/v1/crossings", params=other | {"cursor": one}), 400)
    assert "no cursor" in problem(api.get("/api/v1/crossings", params=other | {"cursor": "gibberish"}), 400)
    old = cursor_text("0123456789abcdef", "x", 1)
    assert "changed" in problem(api.get("/api/v1/crossings", params=other | {"cursor": old}), 410)
    # the size of a page is no part of the question
    more = {"aircraft": "G-TEST", "limit": 2, "cursor": one}
    assert api.get("/api/v1/crossings", params=more).status_code == 200


def test_an_answer_at_hand_is_not_sent_again(api):
    first = api.get("/api/v1/flights", params={"aircraft": "G-TEST"})
    again = api.get(
        "/api/v1/flights", params={"aircraft": "G-TEST"}, headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip" and "Accept" in first.headers["vary"]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({}, 400, "must name `aircraft`"),
        ({"place": "LLOV"}, 400, "needs `since` and `until`"),
        ({"type": "A320", **DAY, "until": "2017-04-05"}, 400, "until=2016-05-05T00:00:00Z would be answered"),
        ({"place": "LLOV", "since": "2016-04-05", "until": "2016-04-04"}, 400, "is empty"),
        ({"aircraft": "G-TEST", "since": "yesterday"}, 400, "is not a time"),
        ({"aircraft": "G-TEST", "since": "0001-01-01"}, 400, "1970 to 2199"),
        ({"place": "Nowhereville", **DAY}, 400, "no place is called"),
        ({"place": "circle:1,2", **DAY}, 400, "is no circle"),
        ({"place": "/etc/passwd", **DAY}, 400, "files are read by the command line alone"),
        ({"place": "secrets.json", **DAY}, 400, "files are read by the command line alone"),
        ({"place": "{", **DAY}, 400, "is not JSON"),
        ({"place": json.dumps(DRAWN | {"bbox": [34, 32, 36, 29]}), **DAY}, 400, "upside down"),
        ({"aircraft": "G-TEST", "min_grade": "perhaps"}, 422, "min_grade"),
        ({"aircraft": "G-TEST", "aircraft_file": "/etc/passwd"}, 422, "is no parameter"),
        ({"aircraft": "G-TEST", "since": ["2016-04-04", "2016-04-05"]}, 422, "more than once"),
        ({"aircraft": "G-TEST\0"}, 422, "control characters"),
        ({"aircraft": "x" * 201}, 422, "200"),
        ({"aircraft": [f"G-{k}" for k in range(51)]}, 422, "50"),
        ({"aircraft": "G-TEST", "limit": 501}, 422, "500"),
        ({"aircraft": "G-TEST", "f": "xml"}, 422, "f:"),
    ],
)
def test_wrong_questions_are_told_what_would_be_right(api, asked, status, said):
    assert said in problem(api.get("/api/v1/flights", params=asked), status)


@pytest.mark.parametrize("at", ["0001-01-01T00:00+14:00", "9999-12-31", "NaN", "1e9", ""])
def test_no_time_breaks_the_instant(api, at):
    problem(api.get("/api/v1/instant", params={"at": at}), 400)


@pytest.mark.parametrize("box", ["1,2,3", "nan,0,1,1", "0,1,1,0", "a,b,c,d", "0,0,1,1e999"])
def test_no_box_breaks_the_instant(api, box):
    problem(api.get("/api/v1/instant", params={"at": "2016-04-04", "box": box}), 400)


def test_an_area_over_the_antimeridian_is_an_area(api):
    ring = [[170, -10], [190, -10], [190, 10], [170, 10], [170, -10]]
    asked = {"place": json.dumps({"type": "Polygon", "coordinates": [ring]}), **DAY}
    assert api.get("/api/v1/crossings", params=asked).json()["rows"] == []
    ring = [[0, 0], *([k / 1000, 1] for k in range(600)), [1, 0], [0, 0]]
    asked["place"] = json.dumps({"type": "Polygon", "coordinates": [ring]})
    assert "603 corners" in problem(api.get("/api/v1/crossings", params=asked), 400)


@pytest.mark.parametrize(
    "path", ["flights?aircraft=G-TEST", "loaded", "openapi.json", "flights", "nothing", "resolve/stop-a-9"]
)
def test_head_is_get_without_the_body(api, path):
    whole, head = api.get(f"/api/v1/{path}"), api.head(f"/api/v1/{path}")
    assert head.content == b"" and head.status_code == whole.status_code
    assert dict(head.headers) == dict(whole.headers) and int(head.headers["content-length"]) > 0


def kept_after(hand, monkeypatch, rows):
    """An Answers with room for so many told rows, a way to ask it, and how often the archive was asked."""
    monkeypatch.setattr("overflight.web.api.answers.KEPT_BYTES", rows * ROW_BYTES)
    answers, found = Answers(hand, Limits()), []

    def ask(name, cursor=None, limit=1):
        def find():
            found.append(name)
            return hand.flights(name)

        return answers._page("flights", Asking((name,), {}, "ndjson", limit, cursor), find)

    return answers, ask, found


def test_answers_are_kept_for_their_next_pages(hand, monkeypatch):
    answers, ask, found = kept_after(hand, monkeypatch, 100)
    assert ask("G-TEST").content == ask("G-TEST").content
    assert found == ["G-TEST"]
    answers.forget()
    ask("G-TEST")
    assert found == ["G-TEST"] * 2


def test_of_answers_no_more_told_rows_are_kept_than_there_is_room_for(hand, monkeypatch):
    _, ask, found = kept_after(hand, monkeypatch, 0)
    assert ask("G-TEST").content == ask("G-TEST").content
    assert found == ["G-TEST"] * 2


def test_an_answer_weighs_what_was_told_of_it():
    rows = Told(1_000, lambda first, end: [{}] * (end - first))
    kept = Kept(Answer("visits", rows))
    untold = kept.bytes
    kept.read(0, 0)
    assert kept.bytes == untold < 1_000 * ROW_BYTES
    kept.read(60, 70)  # of two pages of rows
    kept.read(0, 100)
    assert kept.bytes - untold == 2 * PAGE * ROW_BYTES
    kept.read(0, 1_000)
    assert kept.bytes - untold == 1_000 * ROW_BYTES
    assert Kept(Answer("aircraft", [{}] * 10)).bytes >= 10 * ROW_BYTES


def test_only_reading(api):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = api.request(method, "/api/v1/flights")
        assert "only reads" in problem(response, 405) and response.headers["allow"] == "GET, HEAD"
    assert "openapi.json" in problem(api.get("/api/v2/nothing"), 404)


def test_what_looks_at_too_much_is_refused_with_what_would_be_answered(made, pages):
    with TestClient(make_app(made, pages.document, limits=Limits(stops=0, rows=0), version="0")) as client:
        said = problem(client.get("/api/v1/visits", params={"place": "LSZH", **DAY}), 400)
    assert "one airfield or a smaller area would be answered" in said


def test_the_schemas_are_the_contract(api):
    described = api.get("/api/v1/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    for kind in schemas.SERVED:
        wanted = SCHEMAS[kind]
        made = described["components"]["schemas"][schemas.name_of(kind)]
        assert list(made["properties"]) == wanted.names == made["required"]


def test_public_facts_may_be_read_by_any_page_private_ones_by_none(api, served):
    assert api.get("/api/v1/loaded").headers["access-control-allow-origin"] == "*"
    private = served.get("/api/v1/loaded").headers
    assert "access-control-allow-origin" not in private
    assert private["cross-origin-resource-policy"] == "same-origin"
