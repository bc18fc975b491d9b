"""Requests per second, milliseconds and refusals of pages, traces and typed questions, over loopback.

Usage: python benchmarks/serving.py --archive DIR [--published DIR] [--seconds S] [--quick]

Needs Debian's packages `wrk` and `nginx`; both run as processes of this one and are ended by their ids.
What serves and what asks share the processors, so that every figure is lower than with a machine for each.
In turn:

- `published`: flight pages and traces of a folder that `overflight publish` wrote (to a temporary one, where
  `--published` names none), from nginx with one worker: what any static server can do;
- `app, pages`: the same pages and traces from `overflight serve`, each asked once before;
- `app, questions`: typed questions under /api/v1, a different one each time: flights and visits of an
  aircraft, visits of an airfield in a day, searches by call sign and mark;
- `app, searches`: what marks, addresses and call signs mean, as the search box asks;
- `app, one address`: one flight page asked by 1,000 connections at once;
- `app, ten times`: questions offered at ten times the rate that `app, questions` reached, by connections of
  this process (`serving_load.py`): how many are answered, how many refused (429 or 503), and how soon.

wrk asks as fast as answers come, so its milliseconds are those of a full queue. Three minutes in all, with
`--quick` under one.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import quote

import measuring
from measuring import machine, table
from serving_load import offered

import overflight
from overflight.clock import day_text, utc_day
from overflight.model.address import icao24_text
from overflight.store.folder import Store

CONNECTIONS, CROWD = 32, 1_000
SAMPLED = 200  # flights whose pages are asked for; questions are ten times as many
START_S = 60  # longest that a server may take until it answers
OPEN_FILES = 4_096
HOST = "127.0.0.1"

# Paths in turn from a file, each thread beginning elsewhere; at the end one line of JSON.
LUA = """
local paths, at, started = {}, 0, 0
function setup(thread) thread:set("offset", started * 7919); started = started + 1 end
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  wrk.headers["Accept-Encoding"] = "gzip"
  at = offset
end
function request() at = at + 1; return wrk.format("GET", paths[at % #paths + 1]) end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"bytes":%d,"status":%d,"broken":%d,' ..
    '"p50":%f,"p95":%f,"p99":%f,"longest":%f}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes, e.status,
    e.connect + e.read + e.write + e.timeout, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
"""

NGINX = """
daemon off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.log; {user}
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; gzip_static on; keepalive_requests 1000000; open_file_cache max=10000;
  types {{ text/html html; application/json json; text/css css; text/javascript js; image/svg+xml svg; }}
  client_body_temp_path {scratch}/body; proxy_temp_path {scratch}/proxy; fastcgi_temp_path {scratch}/fastcgi;
  uwsgi_temp_path {scratch}/uwsgi; scgi_temp_path {scratch}/scgi;
  server {{ listen {host}:{port} backlog=4096; root {folder}; }}
}}
"""


@dataclass(frozen=True)
class Measured:
    """What wrk said; milliseconds, `broken` connections and answers that are not 2xx or 3xx."""

    requests: int
    seconds: float
    bytes: int
    status: int
    broken: int
    p50: float
    p95: float
    p99: float
    longest: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return (self.requests - self.status) / self.seconds


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@contextmanager
def running(command: Sequence[str | Path], port: int, log: Path) -> Iterator[None]:
    """The command as a process that answers at the port, ended by its id; leaves where it fails."""
    with log.open("wb") as out, subprocess.Popen([str(w) for w in command], stdout=out, stderr=out) as child:
        try:
            until = time.monotonic() + START_S
            while not _answers(port):
                if child.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{command[0]} did not come up:\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.1)
            yield
        finally:
            child.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex((HOST, port)) == 0


def wrk(port: int, paths: Sequence[str], connections: int, seconds: int, scratch: Path) -> Measured:
    """What wrk measured asking for the paths in turn."""
    script, listed = scratch / "ask.lua", scratch / "paths"
    script.write_text(LUA)
    listed.write_text("".join(f"/{path}\n" for path in paths))
    threads = 2 if connections > CONNECTIONS else 1
    said = measuring.run(
        ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script,
         f"http://{HOST}:{port}", "--", listed]
    )  # fmt: skip
    return Measured(**json.loads(said.output.splitlines()[-1]))


def flight_paths(folder: Path, chance: Random) -> list[str]:
    """Pages and traces of some flights of the archive."""
    ids = sorted(Store.open(folder).find("flights", [], ["id"])["id"].to_pylist())
    chosen = chance.sample(ids, min(SAMPLED, len(ids)))
    return [path for id_ in chosen for path in (f"flight/{id_}/", f"flight/{id_}/trace.json")]


def question_paths(folder: Path, chance: Random) -> list[str]:
    """Typed questions, each another, in the order of a shuffled deck."""
    store = Store.open(folder)
    flights = store.find("flights", [], ["address", "callsigns", "first_seen_ms"])
    stops = store.find("stops", [], ["place_ident", "arrival_latest_ms"]).drop_null()
    made = []
    for row in flights.take(chance.sample(range(len(flights)), min(SAMPLED * 4, len(flights)))).to_pylist():
        name = icao24_text(row["address"])
        made += [
            f"flights?aircraft={quote(name)}",
            f"visits?aircraft={quote(name)}",
            f"search?q={quote(name)}",
        ]
        made += [f"search?q={quote(sign)}" for sign in row["callsigns"][:1]]
    for row in stops.take(chance.sample(range(len(stops)), min(SAMPLED, len(stops)))).to_pylist():
        day = utc_day(row["arrival_latest_ms"])
        span = f"since={day_text(day)}&until={day_text(day + 1)}"
        made.append(f"visits?place={quote(row['place_ident'])}&{span}")
    made = sorted(set(made))
    chance.shuffle(made)
    return [f"api/v1/{path}" for path in made]


def existing(folder: Path, paths: Sequence[str]) -> list[str]:
    """Those of the paths that the published folder has."""
    return [p for p in paths if (folder / (f"{p}index.html" if p.endswith("/") else p)).is_file()]


def warmed(port: int, paths: Sequence[str]) -> None:
    """Ask for each path once; leaves where one is not answered."""
    for path in paths:
        with urllib.request.urlopen(f"http://{HOST}:{port}/{path}") as answer:
            answer.read()


def published(folder: Path, paths: Sequence[str], seconds: int, scratch: Path) -> list[tuple[str, Measured]]:
    """Pages and traces from nginx."""
    there = existing(folder, paths)
    if not there:  # another archive's site: its own flights
        found = sorted(one.relative_to(folder).as_posix() for one in folder.glob("flight/*/trace.json"))
        there = existing(folder, [p for t in found[:SAMPLED] for p in (t.removesuffix("trace.json"), t)])
    if not there:
        sys.exit(f"{folder} holds no page and no trace of a flight")
    port = free_port()
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    conf = scratch / "nginx.conf"
    conf.write_text(NGINX.format(scratch=scratch, user=user, host=HOST, port=port, folder=folder.absolute()))
    with running(["nginx", "-p", scratch, "-c", conf], port, scratch / "nginx.out"):
        warmed(port, there)
        return [("published", wrk(port, there, CONNECTIONS, seconds, scratch))]


def app(archive: Path, paths: Sequence[str], seconds: int, scratch: Path) -> list[tuple[str, Measured]]:
    """Pages, questions, one address by a crowd, and ten times the load, from `overflight serve`."""
    port = free_port()
    questions = question_paths(archive, Random(2))
    program = [sys.executable, "-m", "overflight", "--archive", archive, "serve", "--port", str(port)]
    with running(program, port, scratch / "serve.out"):
        warmed(port, paths)
        rows = [
            ("app, pages", wrk(port, paths, CONNECTIONS, seconds, scratch)),
            ("app, questions", wrk(port, questions, 8, seconds, scratch)),
            ("app, searches", wrk(port, [p for p in questions if "search?" in p], 8, seconds, scratch)),
            ("app, one address", wrk(port, paths[:1], CROWD, seconds, scratch)),
        ]
        print(shown(rows), flush=True)
        rate = rows[1][1].rate * 10
        print(f"\napp, ten times: {offered(HOST, port, questions, rate, seconds).said()}", flush=True)
    return []


def shown(rows: Sequence[tuple[str, Measured]]) -> str:
    """Rows as a table."""
    heads = ("", "requests/s", "p50 ms", "p95 ms", "p99 ms", "longest ms", "not 2xx", "broken", "MB/s")
    return table(heads, [
        (what, f"{m.rate:,.0f}", f"{m.p50:.1f}", f"{m.p95:.1f}", f"{m.p99:.1f}", f"{m.longest:,.0f}",
         f"{m.status:,}", f"{m.broken:,}", f"{m.bytes / m.seconds / 1e6:.1f}")
        for what, m in rows
    ])  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--published", type=Path, help="a folder that `overflight publish` wrote")
    parser.add_argument("--seconds", type=int, default=20, help="of each measurement")
    parser.add_argument("--quick", action="store_true", help="5 seconds each")
    options = parser.parse_args(arguments)
    seconds = 5 if options.quick else options.seconds
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, most), most))
    with overflight.open(options.archive) as shelf:
        print(f"{machine()}\narchive {shelf.version}")
    paths = flight_paths(options.archive, Random(1))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        site = options.published
        if site is None:
            site = scratch / "site"
            ran = measuring.run(
                [sys.executable, "-m", "overflight", "--archive", options.archive, "publish", site]
            )
            print(f"published in {ran.seconds:.0f} s, {ran.together_mb:,.0f} MB")
        print(shown(published(site, paths, seconds, scratch)), flush=True)
        app(options.archive, paths, seconds, scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
