"""Several hundred hostile texts through real intake and in every address: text stays text, everywhere."""

import csv
import gzip
import io
import json
import re
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urljoin
from xml.etree import ElementTree

import openpyxl
import pytest
from hostile_texts import texts
from program import program
from web_client import TestClient

import overflight
from overflight.web.app import make_app
from overflight.web.site import Site

TEXTS = texts()
MAP = """
[columns]
icao24 = "hex"
time = "time"
latitude_deg = "lat"
longitude_deg = "lon"
baro_altitude = "ft"
on_ground = "ground"
callsign = "call"
[claims]
registration = "mark"
type_designator = "type"
description = "words"
operator = "operator"
[constants]
data_kind = "synthetic"
"""
COLUMNS = ["hex", "time", "lat", "lon", "ft", "ground", "call", "mark", "type", "words", "operator"]
LICENCES = TEXTS[::13]
FIELD = (34.875, 33.624)  # LCLK
CALLED = re.compile(r"[A-Z0-9 ]{1,8}")
# All that templates are made of; `on...`, `style`, `srcdoc` are in none.
TAGS = set(
    "a aside b bdi body button caption code circle clippath dd defs desc details div dl dt ellipse em "
    "figcaption figure footer form g h1 h2 h3 head header html image input label li line link main meta nav "
    "noscript ol option p path pattern polygon polyline rect script section select span strong sub summary "
    "sup svg symbol table tbody td text th thead time title tr tspan ul use".split()
)


def flight(number, text):
    """Rows of a made-up approach to a field; every text of them is the one. A CSV cell holds no line."""
    text = re.sub(r"[\r\n]+", " ", text)
    for minute in range(8):
        away = max(0, 5 - minute) * 0.05
        yield [
            f"{0x4C0000 + number:06x}",
            f"2025-03-01T{10 + number % 8:02d}:{minute:02d}:00Z",
            FIELD[0] - away,
            FIELD[1] - away,
            900 * max(0, 5 - minute),
            "true" if minute > 4 else "false",
            text,
            text,
            text,
            text,
            text,
        ]


def written(path, numbered):
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for number, text in numbered:
            out.writerows(flight(number, text))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An archive in which every text from outside is hostile: files, their names, licences, a register."""
    made = tmp_path_factory.mktemp("hostile")
    (made / "map.toml").write_text(MAP)
    recordings = made / "recordings"
    recordings.mkdir()
    numbered = list(enumerate(TEXTS))
    written(recordings / "most.csv", numbered)
    for number, text in numbered:
        with suppress(OSError, ValueError):  # what no file can be called: with a slash, a NUL, too long
            written(recordings / f"{text[:60]}.csv", [(number + 1000, text)])
    assert len(list(recordings.iterdir())) > 50
    rows = "".join(
        ";".join(
            [
                f"{0x4C0000 + n:06X}",
                *[re.sub(r"[;\r\n\0]", " ", t)] * 2,
                "00",
                *[re.sub(r"[;\r\n\0]", " ", t)] * 3,
            ]
        )
        + "\n"
        for n, t in numbered
    )
    (made / "aircraft.csv.gz").write_bytes(gzip.compress(rows.encode("utf-8", "replace")))
    with overflight.open(made / "archive", create=True) as archive:
        archive.add(recordings, column_map=made / "map.toml", licence=TEXTS[0], may_publish=True)
        for number, text in enumerate(LICENCES):
            file = written(made / f"licence{number}.csv", [(2000 + number, text)])
            archive.add(file, column_map=made / "map.toml", licence=text, may_publish=True)
        archive.add_reference(made / "aircraft.csv.gz", day="2025-03-01", licence=TEXTS[1], may_publish=True)
    return made / "archive"


@pytest.fixture(scope="module")
def archive(folder):
    with overflight.open(folder) as held:
        yield held


@pytest.fixture(scope="module")
def app(archive):
    with TestClient(make_app(archive, Site(archive).document), follow_redirects=False) as client:
        yield client


class Read(HTMLParser):
    """What a page is made of; anything that is not ours is wrong."""

    def __init__(self, text):
        super().__init__()
        self.wrong, self.links, self.called, self._code = [], set(), [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        bad = [
            n
            for n in names
            if n.startswith("on") or n in ("style", "srcdoc") or not re.fullmatch(r"[a-z][\w:-]*", n)
        ]
        if tag not in TAGS or bad or len(set(names)) != len(names):
            self.wrong.append((tag, names))
        for name, value in attrs:
            if name in (
                "href",
                "src",
                "action",
                "data-trace",
                "data-geojson",
                "data-source",
                "data-page",
                "xlink:href",
            ):
                self.links.add(value)
                if re.match(r"[\s\0]*([a-z][a-z0-9+.-]*:|//|\\)", value or "", re.I):
                    self.wrong.append((tag, name, value))
            if tag == "script" and name == "src" and not value.endswith("static/js/page.js"):
                self.wrong.append((tag, value))

    def handle_data(self, data):
        self.called += re.findall(r"call sign ([^,.;]*)", data)

    def handle_comment(self, data):
        self.wrong.append(("comment", data[:80]))


def checked(answer):
    assert answer.status_code < 500, (answer.request.url, answer.text[:500])
    for name, value in answer.headers.items():
        assert "evil.example" not in value or name == "location", (name, value)
    assert "set-cookie" not in answer.headers
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html") and answer.status_code != 304:
        read = Read(answer.text)
        assert read.wrong == [], answer.request.url
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", answer.text)
        return read
    return None


def test_all_was_taken_in(archive):
    assert len(archive.visits(place="LCLK")) > 300
    loaded = archive.loaded()
    assert {batch.licence for batch in loaded.batches} > {text.strip() for text in LICENCES[:5]}
    assert any("<img src=x onerror" in str(batch.name) for batch in loaded.batches)


def test_every_page_that_links_reach_holds_text_alone(app):
    """From the pages that list everything, along every link: aircraft, flights, stops, places, files."""
    todo, seen = ["", "loaded/", "place/LCLK/", "instant/2025-03-01T10/", "country/CY/"], set()
    kinds = dict.fromkeys(
        ("aircraft", "itinerary", "flight", "stop", "place", "instant", "country", "search"), 0
    )
    while todo:
        path = todo.pop(0)
        part = "itinerary" if "/itinerary/" in path else path.partition("/")[0]
        if path in seen or "static/" in path:
            continue
        seen.add(path)
        if part in kinds:
            kinds[part] += 1
            if kinds[part] > 40 and part != "aircraft":
                continue
        files = (".png", ".kml", ".csv", ".ndjson", ".geojson", ".gpx", ".xlsx", ".pdf")
        if path.endswith(files) and kinds.get(part, 0) > 12:
            continue
        read = checked(app.get(f"/{path}"))
        if read is not None:
            todo += sorted({urljoin(f"/{path}", link)[1:].partition("#")[0] for link in read.links})
    assert min(kinds[k] for k in ("aircraft", "itinerary", "flight", "stop")) > 40, kinds


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_aircraft_shows_its_text_as_text(app, archive, text):
    icao24 = f"{0x4C0000 + TEXTS.index(text):06x}"
    read = checked(app.get(f"/aircraft/{icao24}/"))
    assert all(CALLED.fullmatch(call) for call in read.called)
    rows = archive.flights(f"hex:{icao24}").rows
    assert rows and all(CALLED.fullmatch(call) for row in rows for call in row["callsigns"])
    checked(app.get(f"/flight/{rows[0]['id']}/"))
    read = checked(app.get(f"/aircraft/{icao24}/itinerary/"))
    assert all(CALLED.fullmatch(call) for call in read.called)
    checked(app.get("/search/", params={"q": text}))


ADDRESSES = [
    "/{}",
    "/{}/",
    "/aircraft/{}/",
    "/aircraft/4c0001/itinerary/{}",
    "/flight/{}/",
    "/flight/{}/data.csv",
    "/stop/{}/",
    "/stop/{}/map.svg",
    "/place/{}/",
    "/place/LCLK/{}",
    "/country/{}/",
    "/instant/{}/",
    "/instant/{}/positions.geojson",
    "/static/{}",
    "/static/js/{}",
    "/search/{}",
    "/loaded/{}",
    "/about/{}",
    "/api/v1/{}",
    "/api/v1/trace/{}",
    "/api/v1/resolve/{}",
    "/api/{}",
]
QUERIES = [
    ("/search/", ["q"]),
    ("/instant/", ["at", "page"]),
    ("/country/CY/", ["grade", "page"]),
    ("/aircraft/4c0001/", ["page"]),
    ("/aircraft/4c0001/itinerary/", ["since", "until"]),
    ("/place/LCLK/", ["grade", "type", "since", "until", "page"]),
    ("/api/v1/search", ["q", "limit"]),
    ("/api/v1/instant", ["at", "within_min", "box"]),
    ("/api/v1/aircraft", ["aircraft", "f", "cursor", "limit"]),
    (
        "/api/v1/flights",
        ["aircraft", "type", "place", "since", "until", "min_grade", "f", "cursor", "history"],
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_path_is_an_accident(app, address):
    for text in TEXTS[::2] if "{}/" in address else TEXTS:
        for form in {
            quote(text, safe="", errors="replace"),
            quote(text, safe="/.;&=~?#:@%", errors="replace"),
        }:
            answer = app.get(address.format(form.replace("\r", "").replace("\n", "")))
            checked(answer)
            if answer.status_code in (301, 302, 307, 308):
                where = answer.headers["location"]
                assert where.startswith("/") and not where.startswith(("//", "/\\")), (address, text, where)
            assert "root:x:0" not in answer.text and "def make_app" not in answer.text


@pytest.mark.parametrize(("address", "names"), QUERIES, ids=[address for address, _ in QUERIES])
def test_no_query_is_an_accident(app, address, names):
    for name in names:
        for text in TEXTS if name in ("q", "at", "f", "cursor") else TEXTS[::6]:
            checked(app.get(address, params={name: text}))


def test_filters_by_hostile_texts(app):
    for text in [*TEXTS[::12], "nobody at all"]:
        checked(app.get("/place/LCLK/", params={"operator": text}))


@pytest.mark.parametrize(
    "path", ["place/LCLK/", "aircraft/4c0000/", "aircraft/4c0000/itinerary/", "country/CY/"]
)
def test_a_spreadsheet_calculates_nothing(app, path):
    table = list(csv.reader(io.StringIO(app.get(f"/{path}data.csv").text)))
    assert len(table) > 1 and len({len(row) for row in table}) == 1
    cells = [cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")]
    assert [cell for cell in cells if not re.fullmatch(r"-\d+(\.\d+)?", cell)] == []


@pytest.mark.parametrize("path", ["place/LCLK/", "aircraft/4c0000/", "country/CY/"])
def test_programs_can_read_every_format(app, path):
    def body(name):
        answer = app.get(f"/{path}{name}")
        assert answer.status_code == 200
        return answer.text

    lines = [json.loads(line) for line in body("data.ndjson").split("\n") if line]
    assert lines
    assert json.loads(body("data.geojson"))["type"] == "FeatureCollection"
    assert ElementTree.fromstring(body("data.kml").encode()).tag.endswith("kml")
    assert ElementTree.fromstring(body("data.gpx").encode()).tag.endswith("gpx")
    book = openpyxl.load_workbook(io.BytesIO(app.get(f"/{path}data.xlsx").content))
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "d", "b"}


def test_the_index_of_a_published_site_leads_nowhere_else(archive):
    entries = json.loads(Site(archive).document("search/index.json").body)["entries"]
    assert len(entries) > 600
    assert [
        e[1] for e in entries if not re.fullmatch(r"(aircraft|flight|place|country)/[~\w%.-]+/", e[1])
    ] == []
    assert unquote(entries[0][1]) == entries[0][1]


TRAP = """
Object.defineProperty(window, "__pwned", { set() { console.error("ran"); } });
window.alert = () => console.error("alert");
"""


def test_nothing_runs_in_a_browser(folder, archive, tmp_path):
    pytest.importorskip("playwright", reason="playwright's driver is not in the environment")
    from browsing import CHROMIUM, NO_BROWSER, Watch, browser

    if not CHROMIUM.exists():
        pytest.skip(NO_BROWSER)
    picked = TEXTS[:3] + TEXTS[3::16]
    paths = ["", "loaded/", "place/LCLK/", "country/CY/", "instant/2025-03-01T10/", "method/", "about/"]
    for text in picked:
        icao24 = f"{0x4C0000 + TEXTS.index(text):06x}"
        one = archive.flights(f"hex:{icao24}").rows[0]
        words = quote(text, safe="", errors="replace")[:1500]
        paths += [
            f"aircraft/{icao24}/",
            f"search/?q={words}",
            f"place/LCLK/?operator={words}",
            f"nothing/{words}",
        ]
        if picked.index(text) % 4 == 0:
            paths += [f"flight/{one['id']}/", f"stop/{one['stop_ids'][-1]}/"]
    with program(folder, tmp_path / "cache") as base, browser() as chrome:
        page = chrome.new_page()
        page.add_init_script(TRAP)
        dialogs = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        watch = Watch(page, base)
        for path in paths:
            page.goto(base + path, wait_until="load")
            assert page.url.startswith(base)
            assert (
                page.evaluate(
                    "document.querySelectorAll('main script, main iframe, main object, base').length"
                )
                == 0
            )
        page.goto(base + f"flight/{one['id']}/")
        page.locator("figure[data-map]").scroll_into_view_if_needed()
        page.wait_for_selector("figure[data-map][data-live=drawn]", timeout=60_000)
        page.close()
    # The console tells of pages that are 404 or 400, and of what was under way when the next page was opened.
    assert [said for said in watch.wrong if not re.search(r"status of 40[04]|net::ERR_ABORTED", said)] == []
    assert dialogs == []
