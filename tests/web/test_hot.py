import asyncio
import gzip
import hashlib
import threading
import time

import pytest
from web_client import TestClient

from overflight.web.app import edition, make_app
from overflight.web.document import Document, SiteOptions
from overflight.web.headers import SECURITY
from overflight.web.hosts import Hosts
from overflight.web.hot import Hot, takes_gzip
from overflight.web.limits import Busy, Gate, Limits
from overflight.web.store import Disk, kept_of


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


def test_the_cache_outlives_the_process_but_not_the_edition(made, pages, tmp_path):
    for text, expected in (("one", "one"), ("two", "one")):
        pages.text = text
        client = TestClient(make_app(made, pages.document, cache=tmp_path, version="0"))
        assert f"<h1> {expected}" in client.get("/").text
    public = make_app(made, pages.document, SiteOptions(public=True), cache=tmp_path, version="0")
    assert "<h1> two" in TestClient(public).get("/").text
    assert edition(made, SiteOptions()) != edition(made, SiteOptions(public=True))


def test_a_damaged_body_is_made_again(tmp_path):
    disk = Disk(tmp_path, "e")
    disk.put(kept_of("a", Document(b"true " * 100, "text/html")))
    assert disk.get("a").plain == b"true " * 100
    [body] = (tmp_path / "bodies").glob("*/*")
    body.write_bytes(gzip.compress(b"false"))
    assert disk.get("a") is None
    body.write_bytes(b"\x1f\x8bnonsense")
    assert disk.get("a") is None
    assert disk.get("b") is None


def test_the_cache_is_bounded(tmp_path):
    disk = Disk(tmp_path, "e")
    for k in range(20):
        disk.put(kept_of(f"{k}", Document(bytes([k]) * 200, "text/html")))
    Disk(tmp_path, "e", most_bytes=1_000)
    assert len(list((tmp_path / "bodies").glob("*/*"))) == 5
    assert sum(disk.get(f"{k}") is not None for k in range(20)) == 5


def test_memory_is_bounded():
    async def nothing(scope, receive, send):
        raise AssertionError

    made = []

    def make(path, query):
        made.append(path)
        return Document(path.encode() * 100, "image/png")

    client = TestClient(Hot(nothing, make, lambda: "v", Gate(Limits()), memory_bytes=1_000))
    for path in ("/aaaaa", "/bbbbb", "/ccccc", "/aaaaa", "/aaaaa"):
        assert client.get(path).content == path[1:].encode() * 100
    assert made == ["aaaaa", "bbbbb", "ccccc", "aaaaa"]


@pytest.mark.parametrize(
    ("sent", "takes"),
    [(b"gzip, br", True), (b"GZIP;q=0.5", True), (b"*", True), (b"br", False), (b"gzip;q=0", False)],
)
def test_who_takes_gzip(sent, takes):
    assert takes_gzip(sent) is takes


def scope(path):
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}


async def asked(app, path):
    """Status and seconds of a request."""
    started, sent = time.monotonic(), []

    async def send(message):
        sent.append(message)

    await app(scope(path), None, send)
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
    guarded = TestClient(Hosts(served.app))
    for host, status in (
        ("127.0.0.1:8642", 200), ("localhost", 200), ("[::1]:8642", 200), ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
    ):  # fmt: skip
        assert guarded.get("/", headers={"host": host}).status_code == status, host
