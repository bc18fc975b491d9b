"""`/api/v1/who` and `/api/v1/fleet`: the archive's own answers, in pages, and what is refused."""

import csv
import io
import time

import pytest
from web_client import TestClient

import hand_made
import overflight
from overflight.clock import day_number, day_text, utc_day
from overflight.store.entries import Reference
from overflight.store.folder import Store
from overflight.web.app import make_app
from overflight.web.document import SiteOptions
from overflight.web.limits import Limits

DAY, SOURCE = "2016-03-01", "a list"
OWNED = {0x600001: "Example Air Ltd", 0x600002: "Example Air Ltd", 0x600003: "EXAMPLE AIR LIMITED",
         0x600004: "Example Jane", 0x600005: "Doe John"}  # fmt: skip


@pytest.fixture(scope="module")
def owned(tmp_path_factory):
    """The archive made by hand, and a list, free to publish, of a firm's three aircraft and two of people."""
    folder = hand_made.write_archive(tmp_path_factory.mktemp("owned") / "archive")
    rows = [hand_made.claim(a, DAY, f"9H-{a & 15:03}", "GLF5", who, SOURCE) for a, who in OWNED.items()]
    rows[-1]["party_kind"] = "person"
    day = day_number(DAY)
    with Store.open(folder) as store, store.writer("a list") as writer:
        writer.add_reference(Reference(SOURCE, "register", day, "sha", "by hand", "CC0", may_publish=True))
        writer.put("claims", f"{SOURCE}/{day}", hand_made.table("claims", rows))
        writer.commit()
    with overflight.open(folder) as archive:
        yield archive


@pytest.fixture(scope="module")
def asked(owned, pages_module):
    with TestClient(make_app(owned, pages_module, version="0"), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def public(owned, pages_module):
    shown = owned.public(publish_receiver_area=True)
    app = make_app(shown, pages_module, SiteOptions(public=True), version="0")
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def pages_module():
    return lambda path, query=None: None


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["detail"]


def test_who_is_the_archives_answer(api, hand):
    asked = {"aircraft": "G-TEST", "on": "2016-04-04"}
    found = api.get("/api/v1/who", params=asked).json()
    assert found["rows"] == list(hand.who("G-TEST", "2016-04-04").rows) and found["kind"] == "who"
    assert found["rows"][0]["mark"]["value"] == "G-TEST"
    known = api.get("/api/v1/who", params=asked | {"as_known": "2015-12-31"}).json()["rows"][0]
    assert known["mark"] is None and known["as_known"] == "2015-12-31"
    assert api.get("/api/v1/who", params=asked | {"aircraft": "nobody"}).json()["missing"] == ["nobody"]


def test_without_a_day_it_is_today(api):
    before = utc_day(int(time.time() * 1000))
    told = api.get("/api/v1/who", params={"aircraft": "G-TEST"}).json()["rows"][0]["on"]
    assert told in (day_text(before), day_text(before + 1))


def test_a_fleet_comes_in_pages(asked, owned):
    question = {"party": "Air, Example", "on": "2016-04-04", "limit": 2}
    first = asked.get("/api/v1/fleet", params=question)
    assert first.json()["total"] == 3 and len(first.json()["rows"]) == 2
    second = asked.get(first.links["next"]["url"])
    rows = first.json()["rows"] + second.json()["rows"]
    assert rows == list(owned.fleet("Example Air", "2016-04-04").rows) and second.json()["next"] is None
    assert {row["party"]["value"] for row in rows} == {"Example Air Ltd", "EXAMPLE AIR LIMITED"}
    early = asked.get("/api/v1/fleet", params={"party": "Example Air", "on": "2016-02-01"}).json()
    assert early["rows"] == [] and "on other days" in early["remarks"][0]


@pytest.mark.parametrize("kind", ["who?aircraft=9H-001&on=2016-04-04", "fleet?party=Example+Air"])
def test_tables_and_lines_but_no_maps(asked, kind):
    lines = asked.get(f"/api/v1/{kind}&f=ndjson")
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    table = list(csv.DictReader(io.StringIO(asked.get(f"/api/v1/{kind}&f=csv").text)))
    assert len(table) == len(lines.text.splitlines()) > 0
    for f in ("xlsx", "parquet"):
        assert asked.get(f"/api/v1/{kind}&f={f}").status_code == 200
    assert "lies nowhere" in problem(asked.get(f"/api/v1/{kind}&f=kml"), 400)


@pytest.mark.parametrize(("path", "status", "words"), [
    ("who", 422, "aircraft"), ("who?aircraft=", 422, "aircraft"), ("fleet", 422, "party"),
    ("who?aircraft=G-TEST&aircraft=G-SOLD", 422, "more than once"),
    ("who?aircraft=G-TEST&on=yesterday", 400, "is not a time"), ("fleet?party=,", 400, "names no party"),
    ("fleet?party=Example&as_known=9999-01-01", 400, "1970 to 2199"),
    ("fleet?party=Example&owner=x", 422, "is no parameter"), ("fleet?party=" + "x" * 201, 422, "200"),
])  # fmt: skip
def test_wrong_questions_are_told_what_would_be_right(api, path, status, words):
    assert words in problem(api.get(f"/api/v1/{path}"), status)


def test_a_fleet_too_large_is_refused_before_it_is_looked_at(owned, pages_module):
    few = Limits(fleet=2, named=0)
    with TestClient(make_app(owned, pages_module, limits=few, version="0")) as client:
        assert "stands for 3 aircraft" in problem(client.get("/api/v1/fleet?party=Example+Air"), 400)
        assert "its address" in problem(client.get("/api/v1/who?aircraft=9H-001"), 400)


def test_where_everybody_may_ask_no_person_is_found_by_name(asked, public):
    for name in ("Jane Example", "Doe John"):
        assert asked.get("/api/v1/fleet", params={"party": name}).json()["total"] == 1
        hidden = public.get("/api/v1/fleet", params={"party": name}).json()
        assert hidden["total"] == 0 and hidden["missing"] == [name]
        assert "may be a person's" in hidden["remarks"][0]
        days = {"since": "2016-04-04", "until": "2016-04-05"}
        assert public.get("/api/v1/visits", params={"owner": name, **days}).json()["total"] == 0
    firm = public.get("/api/v1/fleet", params={"party": "Example Air"}).json()
    assert firm["total"] == 3 and firm["remarks"] == []
    both = public.get("/api/v1/fleet", params={"party": "Example"}).json()
    assert asked.get("/api/v1/fleet", params={"party": "Example"}).json()["total"] == 4
    assert both["total"] == 3  # the firm's, and not that of a name that may be a person's
    told = public.get("/api/v1/who", params={"aircraft": "600005", "on": "2016-04-04"}).json()["rows"][0]
    assert told["operator"]["value"] == "Doe John"  # asked for by its address it is told
