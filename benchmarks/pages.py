"""Weight and time of the heaviest pages in a browser: busy airfields, a flight, a much seen aircraft.

Usage: python benchmarks/pages.py --archive DIR [--airfields EDDF,EGLL,LTFM] [--runs N]

Needs Debian's package `chromium`. The archive is served by `overflight serve` with an empty cache, all on
this machine, and each page is opened in turn:

- `cold`: for the first time ever, so that the server makes it, by a browser that holds nothing;
- `warm`: made before, by a browser that holds nothing;
- `again`: made before, by a browser that has seen it.

Printed are the compressed kilobytes that crossed the wire for the page and all it needs before the map (what
the map needs is counted apart: it is fetched when the map comes near the window), milliseconds until the
server had answered, until the page was interactive (DOMContentLoaded, which waits for the page's module to
have run) and, from when the map comes near the window, until it was drawn; medians of the runs. Chromium
draws in software here; a graphics card is faster. Exit status 1: a page is too heavy, or too slow once made.
"""

from __future__ import annotations

import argparse
import re
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from measuring import machine, table
from playwright.sync_api import Browser, BrowserContext, sync_playwright

import overflight
from overflight.archive import Archive

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
OF_THE_MAP = re.compile(r"/vendor/|/js/(basemap|flightmap|placemap)\.js|\.pmtiles|\.geojson")
MOST_KB, MOST_MS = 300, 1_000  # what a page may weigh and take, see the design
DRAWN_S = 60
SHOWN = ("kb", "map_kb", "answer", "ready", "map")
TIMES = """() => { const n = performance.getEntriesByType("navigation")[0];
  return [n.responseEnd, n.domContentLoadedEventEnd]; }"""
NEAR = """() => { const f = document.querySelector("figure[data-map]"); if (!f) return null;
  const now = performance.now(); f.scrollIntoView(); return now; }"""
DRAWN = """() => performance.getEntriesByName("overflight-map-drawn")[0].startTime"""


def main() -> int:
    """Measure, print; 1 where a page is too heavy or too slow."""
    options = arguments()
    with overflight.open(options.archive) as archive:
        paths = chosen(archive, options.airfields.split(","))
    rows, bad = [], False
    for name, path in paths:
        runs: dict[str, list[dict[str, float]]] = {"cold": [], "warm": [], "again": []}
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory() as cache, served(options.archive, cache) as base:
                for how, seen in opened(base + path).items():
                    runs[how].append(seen)
        for how, seen in runs.items():
            middle = {key: statistics.median(one[key] for one in seen) for key in seen[0]}
            bad |= middle["kb"] > MOST_KB or (how != "cold" and middle["ready"] > MOST_MS)
            rows.append([name, how, *(f"{middle[key]:,.0f}" for key in SHOWN)])
    print(machine())
    print(
        table(["page", "", "KB", "KB of the map", "answered, ms", "interactive, ms", "map drawn, ms"], rows)
    )
    return int(bad)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", required=True)
    parser.add_argument("--airfields", default="EDDF,EGLL,LTFM")
    parser.add_argument("--runs", type=int, default=3)
    return parser.parse_args()


def chosen(archive: Archive, airfields: list[str]) -> list[tuple[str, str]]:
    """Names and paths: the airfields, the longest trace with a silence, the aircraft with most flights."""
    rows = archive.flights().rows
    by: dict[str, int] = {}
    for row in rows:
        by[row["icao24"]] = by.get(row["icao24"], 0) + 1
    most = max(by, key=lambda icao24: (by[icao24], icao24))
    silent = max((r for r in rows if "silence" in r["flags"]), key=lambda r: (r["position_count"], r["id"]))
    return [
        *((f"airfield {ident}", f"place/{ident}/") for ident in airfields),
        (f"flight with a silence, {silent['position_count']:,} positions", f"flight/{silent['id']}/"),
        (f"aircraft with {by[most]:,} flights", f"aircraft/{most}/"),
    ]


@contextmanager
def served(archive: str, cache: str) -> Iterator[str]:
    """Address of a server with an empty cache."""
    words = [
        sys.executable,
        "-m",
        "overflight",
        "--archive",
        archive,
        "serve",
        "--port",
        "0",
        "--cache",
        cache,
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def opened(url: str) -> dict[str, dict[str, float]]:
    """What was seen when the page was opened cold, warm and again."""
    with sync_playwright() as play:
        chrome: Browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        held = chrome.new_context()
        blank = held.new_page()  # the browser's own start is not the page's
        blank.goto("about:blank")
        cold = measured(held, url)
        held.close()
        fresh = chrome.new_context()
        found = {"cold": cold, "warm": measured(fresh, url), "again": measured(fresh, url)}
        chrome.close()
    return found


def measured(context: BrowserContext, url: str) -> dict[str, float]:
    """Kilobytes and milliseconds of one opening."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    asked: dict[str, str] = {}
    sizes: dict[bool, float] = {True: 0, False: 0}

    def ended(event: dict[str, Any]) -> None:
        address = asked.get(event["requestId"], "")
        sizes[bool(OF_THE_MAP.search(address))] += event["encodedDataLength"]

    wire.on("Network.requestWillBeSent", lambda e: asked.update({e["requestId"]: e["request"]["url"]}))
    wire.on("Network.loadingFinished", ended)
    page.goto(url, wait_until="load", timeout=DRAWN_S * 1_000)
    answer, ready = page.evaluate(TIMES)
    near, drawn = page.evaluate(NEAR), float("nan")
    if near is not None:
        page.wait_for_selector("figure[data-map][data-live=drawn]", timeout=DRAWN_S * 1_000)
        drawn = page.evaluate(DRAWN) - min(near, ready)
    page.wait_for_load_state("networkidle")
    page.close()
    kb = {"kb": sizes[False] / 1_000, "map_kb": sizes[True] / 1_000}
    return {**kb, "answer": answer, "ready": ready, "map": drawn}


if __name__ == "__main__":
    sys.exit(main())
