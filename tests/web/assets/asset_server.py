"""A small site around the real static files, served with the policy of the pages."""

import contextlib
import json
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from browsing import CHROMIUM, Watch, browser

__all__ = ["CHROMIUM", "Watch", "browser", "served", "write_site"]
STATIC = Path(__file__).resolve().parents[3] / "src/overflight/web/static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
COLUMNS = [
    "time", "longitude_deg", "latitude_deg", "baro_altitude_ft", "geo_altitude_ft", "groundspeed_kt",
    "track_deg", "vertical_rate_fpm", "on_ground", "flags", "piece",
]  # fmt: skip
HOSTILE = "<img src=x onerror=\"document.title='hit'\">"


class Handler(SimpleHTTPRequestHandler):
    """Static files under the policy; ranges only where the class says so."""

    ranges = True
    asked = ()  # each server has a list of its own

    def __init__(self, *args, folder, **more):
        self.folder = folder
        super().__init__(*args, directory=str(folder), **more)

    def translate_path(self, path):
        path = path.split("?")[0].split("#")[0]
        found = re.search(r"/static/(.*)$", path)
        return str(STATIC / found[1]) if found else super().translate_path(path)

    def log_message(self, *args):
        pass

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append((self.path, wanted))
        if not (self.ranges and wanted and self.path.endswith(".pmtiles")):
            super().do_GET()
            return
        raw = Path(self.translate_path(self.path)).read_bytes()
        first, last = (int(number) for number in re.fullmatch(r"bytes=(\d+)-(\d+)", wanted).groups())
        part = raw[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(raw)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)


@contextlib.contextmanager
def served(folder, ranges=True):
    """Address of the folder, in a folder of its own as a mirror would have it, and what was asked."""
    kind = type("Kind", (Handler,), {"ranges": ranges, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, folder=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/deep/er/", kind.asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def row(ms, lon, lat, feet, flags="", piece=0):
    return [ms, lon, lat, feet, None, 420, 90, None, None, flags, piece]


def trace_2016():
    """A made-up flight like that of 2016: two pieces, a silence, a flagged point, candidates, crossings."""
    start = 1459742400000
    first = [row(start + k * 60000, 50 - 0.25 * k, 40.45 - 0.05 * k, 2500 + 500 * k) for k in range(60)]
    second = [
        row(start + (90 + k) * 60000, 33.15 + 0.06 * k, 34.95 - 0.1 * k, 31000 - 500 * k, piece=1)
        for k in range(35)
    ]
    flagged = row(start + 100 * 60000, 30.0, 33.0, 31000, "jump", -1)
    rows = sorted([*first, *second, flagged])
    gap = {"from": first[-1][0], "to": second[0][0], "from_deg": first[-1][1:3], "to_deg": second[0][1:3]}
    ends = [
        ("destination", "LLOV", "Ovda <b>", 34.93, 29.94, 0.62, False),
        ("destination", "LLHA", "Uvda East", 34.3, 30.6, 0.2, False),
        ("destination", "OJAQ", "Aqaba", 35.02, 29.61, 0.05, True),
        ("origin", "UBBB", "Heydar Aliyev", 50.05, 40.47, 0.9, False),
    ]
    names = ("end", "ident", "name", "longitude_deg", "latitude_deg", "probability", "ruled_out")
    crossings = [
        ("AZ", "Azerbaijan", start, start + 16 * 60000, "observed"),
        ("TR", "Turkey", start + 20 * 60000, start + 59 * 60000, "observed"),
        ("IL", "Israel", start + 112 * 60000, start + 124 * 60000, "inferred"),
        ("JO", "Jordan", start + 112 * 60000, start + 124 * 60000, "compatible"),
    ]
    return {
        "schema": "overflight/1", "archive_version": "v", "flight_id": "f", "data_kind": "reconstruction",
        "columns": COLUMNS, "rows": rows, "silences": [gap],
        "candidates": [{**dict(zip(names, end, strict=True)), "stop_id": "s"} for end in ends],
        "crossings": [
            {"id": i, "name": n, "kind": "country", "entry_ms": a, "exit_ms": b, "grade": g}
            for i, n, a, b, g in crossings
        ],
    }  # fmt: skip


def trace_pacific():
    """A made-up flight over the antimeridian with a silence over it."""
    start = 1459742400000
    first = [row(start + k * 60000, 170 + 0.3 * k, 40 + 0.1 * k, 35000) for k in range(30)]
    second = [row(start + (60 + k) * 60000, -172 + 0.3 * k, 45, 35000, piece=1) for k in range(30)]
    gap = {"from": first[-1][0], "to": second[0][0], "from_deg": first[-1][1:3], "to_deg": second[0][1:3]}
    return {**trace_2016(), "rows": first + second, "silences": [gap], "candidates": [], "crossings": []}


def html(body, root="../../static/"):
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>page</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY.split("; frame")[0]}">'
        f'<meta name="color-scheme" content="light dark"><link rel="icon" href="{root}icon.svg">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{root}fonts/fonts.css"><link rel="stylesheet" href="{root}map.css">'
        f'<script type="module" src="{root}js/page.js"></script></head><body>{body}</body></html>'
    )


def flight_page(view=""):
    profile = (
        '<svg viewBox="0 0 600 120" width="600" height="120" data-from-ms="1459742400000" data-left="10" '
        'data-to-ms="1459749840000" data-right="590" data-top="10" data-bottom="110"><rect x="10" y="10" '
        'width="580" height="100" fill="none" stroke="grey"/></svg>'
    )
    return html(
        f'<h1>Flight</h1><figure data-map="flight" data-trace="trace.json" data-point-of-view="{view}">'
        '<svg viewBox="0 0 10 10" width="100"><circle r="3"/></svg></figure>'
        f'<figure data-profile data-trace="trace.json">{profile}</figure>'
        '<ol><li data-at-ms="1459742400000"><a href="#a">first seen</a></li>'
        '<li data-at-ms="1459747800000"><a href="#b">seen again</a></li></ol><p data-ident="LLOV">LLOV</p>'
    )


def write_site(folder):
    """Writes the pages under deep/er/ and returns that folder."""
    site = folder / "deep/er"
    for name, trace in (("flight/A/", trace_2016()), ("flight/P/", trace_pacific())):
        (site / name).mkdir(parents=True)
        (site / name / "index.html").write_text(flight_page(), "utf-8")
        (site / name / "deu.html").write_text(flight_page("deu"), "utf-8")
        (site / name / "none.html").write_text(flight_page("none"), "utf-8")
        (site / name / "trace.json").write_text(json.dumps(trace), "utf-8")
    write_search(site)
    write_place(site)
    return site


def write_search(site):
    (site / "search").mkdir()
    entries = [
        ["aircraft", "aircraft/613133/", "4K-78131", "Il-76", ["613133", "AZAF8"]],
        ["place", "place/LLOV/", "LLOV", HOSTILE, ["Ovda", "Овда", "עובדה"]],
        ["place", "javascript:document.title='hit'", HOSTILE, "bad path", ["hostile"]],
    ]
    index = {"archive_version": "v", "entries": entries}
    (site / "search/index.json").write_text(json.dumps(index), "utf-8")
    body = '<form data-search><input name="q" aria-label="Search"></form><div data-search-results></div>'
    (site / "search/index.html").write_text(html(body, "../static/"), "utf-8")


def write_place(site):
    def points(*found):
        made = [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y]}, "properties": p}
            for x, y, p in found
        ]
        return json.dumps({"type": "FeatureCollection", "features": made})

    (site / "stop/S").mkdir(parents=True)
    found = [("LLOV", 34.93, 29.94, 0.6), ("OJAQ", 35.02, 29.61, 0.1)]
    found = [(x, y, {"ident": ident, "probability": p}) for ident, x, y, p in found]
    (site / "stop/S/data.geojson").write_text(points(*found), "utf-8")
    stop = '<figure data-map="stop" data-geojson="data.geojson" data-name="Stop"><svg></svg></figure>'
    (site / "stop/S/index.html").write_text(html(stop), "utf-8")
    rows = "".join(
        f'<tr data-grade="{g}" data-operator="{o}" data-day="2016-04-{d}"><td>{g}</td></tr>'
        for g, o, d in [("observed", "ACME", "04"), ("inferred", "ACME", "05"), ("observed", "X", "06")]
    )
    body = (
        '<form data-filter="#visits"><input name="grade"><input name="since"></form>'
        '<span data-filter-count></span><figure data-map="place" data-longitude="34.93" '
        'data-latitude="29.94" data-name="Ovda"><svg></svg></figure>'
        f'<table id="visits"><tbody>{rows}</tbody></table>'
    )
    (site / "place/LLOV").mkdir(parents=True)
    (site / "place/LLOV/index.html").write_text(html(body), "utf-8")
    for hour, count in (("06", 1), ("07", 3)):
        (site / f"instant/2016-04-04T{hour}").mkdir(parents=True)
        many = points(*[(30 + k, 35, {"registration": f"4X-{k}"}) for k in range(count)])
        (site / f"instant/2016-04-04T{hour}/data.geojson").write_text(many, "utf-8")
    body = (
        '<figure data-map="instant" data-geojson="data.geojson" data-name="07:00"><svg></svg></figure>'
        '<div data-instant data-hours="2016-04-04T06 2016-04-04T07" data-current="2016-04-04T07" '
        'data-source="../{hour}/data.geojson" data-page="../{hour}/"></div><table data-instant-facts></table>'
    )
    (site / "instant/2016-04-04T07/index.html").write_text(html(body), "utf-8")
