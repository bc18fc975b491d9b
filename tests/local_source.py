"""A source on this machine for the tests of `fetch`: answers and faults on demand, and what was asked."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Said:
    """One answer. `cut`: bytes after which the connection ends, or with `stall` falls silent until the source
    is closed; `ranges`: whether Range is heeded.
    """

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: int | None = None
    ranges: bool = True
    etag: str | None = '"one"'
    heeds_if_range: bool = True
    length: bool = True
    stall: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        size = int(self.headers.get("content-length", 0))
        self.answer(self.rfile.read(size).decode())

    def do_GET(self):
        self.answer("")

    def answer(self, posted):
        source = self.server.source
        source.asked.append((self.path, dict(self.headers.items()), posted))
        said = source.next_for(self.path)
        start, status = 0, said.status
        wanted = self.headers.get("Range")
        if wanted and said.ranges and status == 200:
            fits = not said.heeds_if_range or self.headers.get("If-Range") in (None, said.etag)
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if fits else 0
            status = 206 if start else 200
            if start >= len(said.body) and start:
                status = 416
        body = said.body[start:] if status != 416 else b""
        self.send_response(status)
        headers = dict(said.headers)
        if said.etag:
            headers.setdefault("ETag", said.etag)
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{len(said.body) - 1}/{len(said.body)}"
        if said.length:
            headers["Content-Length"] = str(len(body))
        else:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if said.cut is not None:
            self.wfile.write(body[: said.cut])
            self.wfile.flush()
            if said.stall:
                source.closing.wait(30)
            self.close_connection = True
        else:
            self.wfile.write(body)
            self.close_connection = not said.length


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that hangs up in the middle is what is tested."""


class Source:
    """The server: `says[path]` is a list of answers in turn, the last of which stays; else 404."""

    def __init__(self):
        self.says: dict[str, list[Said]] = {}
        self.asked: list[tuple[str, dict, str]] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.source = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def host(self):
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def base(self):
        return f"http://{self.host}"

    @property
    def paths(self):
        return [path for path, _, _ in self.asked]

    def say(self, path, body=b"", **how):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.says.setdefault(path, []).append(Said(data, **how))
        return hashlib.sha256(data).hexdigest()

    def next_for(self, path):
        left = self.says.get(path)
        if not left:
            return Said(b"not found", 404, etag=None)
        return left.pop(0) if len(left) > 1 else left[0]

    def close(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def trace(address, hours=2, packed=True):
    """A made-up readsb trace of an aircraft that goes round over the sea."""
    points = [
        [60.0 * k, 33.0 + 0.01 * k, 33.0, 10000, 250.0, 0.0, 0, 0, None, "adsb_icao", 10100, 0, None, None]
        for k in range(60 * hours)
    ]
    head = {"icao": address, "r": "X-MADE", "t": "A320", "timestamp": 1762000000.0}
    text = json.dumps(head | {"trace": points})
    return gzip.compress(text.encode(), mtime=0) if packed else text.encode()
