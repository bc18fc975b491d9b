import asyncio
import hashlib
import threading
import time

import pytest
from web_client import TestClient

from overflight.web.app import make_app
from overflight.web.document import Document
from overflight.web.headers import SECURITY
from overflight.web.hosts import Hosts
from overflight.web.hot import ENTRY_BYTES, Hot, read_query, takes_gzip
from overflight.web.limits import Busy, Gate, Limits


def test_a_page_is_made_once_and_named_by_its_content(served, pages):
    first = served.get("/")
    again = served.get("/?utm_source=letter", headers={"if-none-match": first.headers["etag"]})
    plain = served.get("/", headers={"accept-encoding": "identity"})
    assert pages.made == [""]
    assert (again.status_code, again.content) == (304, b"")
    assert first.content == plain.content and "content-encoding" not in plain.headers
    digest = hashlib.sha256(plain.content).hexdigest()[:32]
    assert first.headers["etag"] == f'"{digest}-gz"' and plain.headers["etag"] == f'"{digest}"'
    assert int(first.headers["content-length"]) < int(plain.headers["content-length"])


def test_every_answer_carries_the_security_headers(served):
    for path in ("/", "/flight/old/", "/nowhere/", "/search/?q=x", "/api/v1/loaded", "/api/v1/flights"):
        response = served.get(path)
        assert {name: response.headers[name] for name in SECURITY} == SECURITY, path
    assert {name: served.post("/").headers[name] for name in SECURITY} == SECURITY
    assert "'unsafe" not in SECURITY["content-security-policy"]


def test_what_depends_on_a_query_is_made_for_it(served, pages):
    assert "K-78" in served.get("/search/?q=K-78").text
    assert "G-TE" in served.get("/search/?q=G-TE").text
    assert pages.made == ["search/", "search/"]
    assert "{'q': 'x'}" in served.get("/search/?q=x&utm_source=letter").text


@pytest.mark.parametrize(
    ("path", "sent", "read"),
    [
        ("search/", b"q=a+b&x=1", {"q": "a b"}),
        ("search/", b"q=+&x=1", {}),
        ("place/LLOV/", b"since=2016&q=x&grade=&type=IL76", {"since": "2016", "type": "IL76"}),
        ("place/LLOV/data.csv", b"operator=a", {"operator": "a"}),
        ("place/LLOV/map.svg", b"operator=a", {}),
        ("country/TR/page-2.html", b"until=2016", {"until": "2016"}),
        ("instant/", b"at=2016-04-04&since=1", {"at": "2016-04-04"}),
        ("instant/2016-04-04T07/", b"at=2016-04-05", {}),
        ("flight/x/", b"since=2016", {}),
        ("", b"q=x", {}),
    ],
)
def test_of_a_query_only_what_the_page_reads_is_looked_at(path, sent, read):
    assert read_query(path, sent) == read


def test_queries_that_no_page_reads_do_not_make_it_again(served, pages):
    for k in range(3):
        assert served.get(f"/flight/new/?since={k}&x={k}").status_code == 200
    assert pages.made == ["flight/new/"]


def test_a_head_sends_no_body_to_any_server():
    async def behind(scope, receive, send):
        assert scope["method"] == "GET"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"body"})

    async def run():
        sent = []

        async def send(message):
            sent.append(message)

        app = Hot(behind, None, lambda: "v", Gate(Limits()))
        await app(scope("/api/v1/loaded", b"") | {"method": "HEAD"}, None, send)
        return sent

    start, body = asyncio.run(run())
    assert dict(start["headers"])[b"content-length"] == b"4" and body["body"] == b""


def test_the_index_of_a_published_site_is_never_made_for_a_request(served, pages):
    for address in ("/search/index.json", "/search/index.json?x=1", "/search/%69ndex.json"):
        refused = served.get(address)
        assert refused.status_code == 404 and "search/?q=" in refused.text
    assert pages.made == []


@pytest.mark.parametrize(
    ("sent", "handed_on"),
    [
        ("", ""),
        ("?q=K-781314&since=2016-04-05", "?q=K-781314&since=2016-04-05"),
        ("?q=%C3%A9%0d%0aset-cookie:x", "?q=%C3%A9%0d%0aset-cookie:x"),
    ],
)
def test_a_redirect_hands_the_query_on(served, sent, handed_on):
    moved = served.get(f"/flight/old/{sent}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/flight/new/{handed_on}")


def test_a_redirect_hands_no_control_characters_on(pages):
    async def run():
        app = Hot(None, pages.document, lambda: "v", Gate(Limits()))
        return await asked(app, "/flight/old/", query=b'q=\r\nset-cookie: x\xe9 "<>')

    status, _, headers = asyncio.run(run())
    assert (status, headers[b"location"]) == (301, b"/flight/new/?q=%0D%0Aset-cookie:%20x%E9%20%22%3C%3E")


SECRET = "K-781314"


@pytest.mark.parametrize("address", [f"/search/?q={SECRET}", f"/flight/{SECRET}/?x={SECRET}"])
def test_a_page_that_cannot_be_made_is_a_500_that_tells_nothing_and_the_next_is_made(capsys, address):
    def make(path, query):
        if path == "":
            return Document(b"page", "text/html")
        raise KeyError(f"{path} {query}")

    client = TestClient(Hot(None, make, lambda: "v", Gate(Limits())))
    for _ in range(2):
        failed = client.get(address)
        assert failed.status_code == 500 and failed.headers["content-type"].startswith("text/html")
        assert {name: failed.headers[name] for name in SECURITY} == SECURITY
        assert failed.headers["cache-control"] == "no-store"
        assert "KeyError" not in failed.text and SECRET not in failed.text
    said = capsys.readouterr().err
    assert said.count("failed: KeyError") == 2 and "in make" in said and SECRET not in said
    assert client.get("/").status_code == 200


def test_a_question_that_fails_is_a_problem_that_tells_nothing(made, pages, capsys, monkeypatch):
    def fails(*words):
        raise KeyError(SECRET)

    with TestClient(make_app(made, pages.document, version="0")) as client:
        monkeypatch.setattr(type(made), "find", fails)
        failed = client.get(f"/api/v1/search?q={SECRET}")
    assert failed.status_code == 500 and failed.headers["content-type"] == "application/problem+json"
    assert {name: failed.headers[name] for name in SECURITY} == SECURITY
    assert "mistake of the program" in failed.json()["detail"] and SECRET not in failed.text
    said = capsys.readouterr().err
    assert "failed: KeyError" in said and "in fails" in said and SECRET not in said


def test_redirects_lead_on_and_wrong_addresses_are_not_kept(served, pages):
    moved = served.get("/flight/old/")
    assert (moved.status_code, moved.headers["location"]) == (301, "/flight/new/")
    assert [served.get("/nowhere/").status_code for _ in range(2)] == [404, 404]
    assert pages.made.count("nowhere/") == 2
    refused = served.post("/flight/new/")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert served.head("/flight/new/").content == b""


@pytest.mark.parametrize(
    ("asked", "status", "where", "length"),
    [
        ("bytes=0-126", 206, "bytes 0-126/10240", 127),
        ("bytes=10000-", 206, "bytes 10000-10239/10240", 240),
        ("bytes=-40", 206, "bytes 10200-10239/10240", 40),
        ("bytes=0-99999", 206, "bytes 0-10239/10240", 10240),
        ("bytes=10240-", 416, "bytes */10240", 0),
        ("bytes=-0", 416, "bytes */10240", 0),
        ("bytes=0-1,5-6", 200, None, 10240),
        ("bytes=-", 200, None, 10240),
        (f"bytes=0-{'9' * 18}", 206, "bytes 0-10239/10240", 10240),
        (f"bytes=0-{'9' * 5_000}", 200, None, 10240),
        (f"bytes=-{'9' * 5_000}", 200, None, 10240),
        ("pages=1-2", 200, None, 10240),
    ],
)
def test_ranges(served, asked, status, where, length):
    response = served.get("/static/basemap.pmtiles", headers={"range": asked})
    assert (response.status_code, response.headers.get("content-range")) == (status, where)
    assert len(response.content) == length and "content-encoding" not in response.headers
    if status == 206:
        start = int(where.split()[1].split("-")[0])
        assert response.content == (bytes(range(256)) * 40)[start : start + length]


def test_who_has_the_whole_gets_no_part_and_parts_are_of_get_alone(served):
    part = {"range": "bytes=0-1"}
    whole = served.head("/static/basemap.pmtiles", headers=part)
    assert (whole.status_code, whole.headers["content-length"]) == (200, "10240")
    had = served.get("/static/basemap.pmtiles", headers=part | {"if-none-match": whole.headers["etag"]})
    assert (had.status_code, had.content) == (304, b"")
    other = served.get("/static/basemap.pmtiles", headers=part | {"if-none-match": '"other"'})
    assert (other.status_code, len(other.content)) == (206, 2)


def test_a_range_of_an_old_copy_gives_the_whole(served):
    response = served.get("/static/basemap.pmtiles", headers={"range": "bytes=0-1", "if-range": '"old"'})
    assert response.status_code == 200


def test_another_version_of_the_archive_is_another_page(pages, tmp_path):
    versions = ["a"]

    async def nothing(scope, receive, send):
        raise AssertionError

    hot = Hot(nothing, pages.document, lambda: versions[-1], Gate(Limits()))
    client = TestClient(hot)
    one = client.get("/").text
    pages.text = "two"
    assert client.get("/").text == one
    versions.append("b")
    assert "two" in client.get("/").text
    versions.append("a")
    assert client.get("/").text == one


def test_memory_is_bounded():
    async def nothing(scope, receive, send):
        raise AssertionError

    made = []

    def make(path, query):
        made.append(path)
        return Document(path.encode() * 2_000, "image/png")

    hot = Hot(nothing, make, lambda: "v", Gate(Limits()), memory_bytes=2 * (10_000 + ENTRY_BYTES))
    client = TestClient(hot)
    for path in ("/aaaaa", "/bbbbb", "/ccccc", "/aaaaa", "/aaaaa"):
        assert client.get(path).content == path[1:].encode() * 2_000
    assert made == ["aaaaa", "bbbbb", "ccccc", "aaaaa"]
    made.clear()
    for path in ("/" + "x" * 20, "/aaaaa", "/ccccc", "/" + "x" * 20):  # what is larger than all is not kept
        client.get(path)
    assert made == ["x" * 20] * 2


@pytest.mark.parametrize(
    ("sent", "takes"),
    [(b"gzip, br", True), (b"GZIP;q=0.5", True), (b"*", True), (b"br", False), (b"gzip;q=0", False)],
)
def test_who_takes_gzip(sent, takes):
    assert takes_gzip(sent) is takes


def scope(path, query):
    return {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}


async def asked(app, path, query=b""):
    """Status and seconds of a request."""
    started, sent = time.monotonic(), []

    async def send(message):
        sent.append(message)

    await app(scope(path, query), None, send)
    return sent[0]["status"], time.monotonic() - started, dict(sent[0]["headers"])


def test_one_cold_page_asked_for_by_a_thousand_is_made_once_and_refused_to_none():
    made = []

    def make(path, query):
        made.append(path)
        time.sleep(0.05)
        return Document(b"page", "text/html")

    async def crowd():
        app = Hot(None, make, lambda: "v", Gate(Limits()))
        return await asyncio.gather(*(asked(app, "/") for _ in range(1_000)))

    assert {status for status, *_ in asyncio.run(crowd())} == {200}
    assert made == [""]


def test_beyond_the_queue_the_refusal_comes_at_once_and_ready_pages_still_come():
    release = threading.Event()

    def make(path, query):
        if path != "ready":
            release.wait(10)
        return Document(b"page", "text/html")

    async def crowd():
        limits = Limits()
        app = Hot(None, make, lambda: "v", Gate(limits))
        assert (await asked(app, "/ready"))[0] == 200
        waiting = [asyncio.ensure_future(asked(app, f"/{k}")) for k in range(limits.workers + limits.queue)]
        await asyncio.sleep(0)
        for k in range(100):
            status, seconds, headers = await asked(app, f"/more-{k}")
            assert (status, headers[b"retry-after"]) == (429, b"2") and seconds < 0.1
            status, seconds, headers = await asked(app, "/api/v1/loaded")
            assert (status, headers[b"content-type"]) == (429, b"application/problem+json") and seconds < 0.1
            status, seconds, _ = await asked(app, "/ready")
            assert status == 200 and seconds < 0.1
        release.set()
        assert {status for status, *_ in await asyncio.gather(*waiting)} == {200}
        assert (await asked(app, "/afterwards"))[0] == 200

    asyncio.run(crowd())


def test_who_hangs_up_frees_no_place_before_the_work_is_done():
    release, begun = threading.Event(), threading.Event()

    def work():
        begun.set()
        release.wait(10)

    async def run():
        gate = Gate(Limits(workers=1, queue=0))
        first = asyncio.ensure_future(gate.run(work))
        await asyncio.to_thread(begun.wait)
        first.cancel()
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await gate.run(work)
        release.set()
        gate.close()
        await asyncio.sleep(0.01)
        assert first.cancelled()

    asyncio.run(run())


def test_a_page_elsewhere_cannot_read_what_is_served_to_this_machine(served):
    guarded = TestClient(Hosts(served.app, ["News.example", "0.0.0.0"]))
    for host, status in (
        ("127.0.0.1:8642", 200), ("localhost", 200), ("localhost.:1", 200), ("[::1]:8642", 200),
        ("[::1]", 200), ("192.168.1.7:8642", 200), ("[fe80::1]", 200), ("news.example:8642", 200),
        ("NEWS.EXAMPLE.", 200),
        ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("[evil.example]", 421), ("[127.0.0.1]", 421),
        ("a.news.example", 421), ("127.0.0.1:1@evil.example", 421), ("127.1", 421), ("[", 421), ("", 421),
    ):  # fmt: skip
        answer = guarded.get("/", headers={"host": host})
        assert answer.status_code == status, host
        assert {name: answer.headers[name] for name in SECURITY} == SECURITY
