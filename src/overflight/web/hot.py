"""The hot path: documents that were made before, sent as ready bytes before any routing.

A document that depends on its path and the archive's version alone is made once, by one request while the
others wait for it, compressed, and kept in memory and on disk.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote

from overflight.web.api.problems import MEDIA_TYPE, MISTAKE, problem_body
from overflight.web.document import HTML, Document
from overflight.web.headers import OPEN, SECURITY, Header, encoded
from overflight.web.limits import Busy, Gate
from overflight.web.store import Disk, Kept, kept_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Make = Callable[[str, Mapping[str, str]], Document]

MEMORY_BYTES = 64 << 20  # some 3,000 pages of 20 kB
ENTRY_BYTES = 4_096  # of memory that an answer takes beside its body: headers, names, the dictionary's place
_FILTERS = ("grade", "owner", "operator", "registry", "type", "since", "until")
# By the first part of a path, what its page reads of a query. Nothing else of a query (what a newsletter adds
# to a link) is looked at, so that one address with a thousand queries is still made once.
READ = {
    "search": ("q",), "place": _FILTERS, "country": _FILTERS, "instant": ("at",),
    "aircraft": ("on", "known"),
}  # fmt: skip
_ITINERARY, _DAYS = re.compile(r"aircraft/[^/]+/itinerary/(?![0-9])"), ("since", "until")
# Pages whose path says all: an hour, what lies below an aircraft's page, as a month of its itinerary.
_SAID = re.compile(r"instant/[0-9]|aircraft/[^/]+/.")
_DRAWN = ("/map.svg", "/map.png")  # the same whatever is filtered
API = "/api/"
# Made of every flight there is: minutes of work in a large archive, too much for one request.
PUBLISHED_ALONE = "search/index.json"
NOT_SERVED = "this file comes with a published site alone; here ask search/?q= or /api/v1/search?q="
READS_ONLY = "this service only reads: ask with GET or HEAD"
PLAIN = "text/plain; charset=utf-8"
BUSY = (
    "<!doctype html><html lang=en><title>Busy</title><h1>Too many pages at once</h1>"
    "<p>Please load this page again in a few seconds.</html>"
)
FAILED = (
    "<!doctype html><html lang=en><title>Not made</title><h1>This page could not be made</h1>"
    "<p>That is a mistake of the program, not of the question. Whoever runs it finds where it happened "
    "in what the program printed.</html>"
)
# Beyond 18 digits a number is no place in a file; such a header is one to ignore (RFC 9110, 14.2).
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_AS_SENT = "/?:@!$&'()*+,;=~%"  # of a query in a redirect: what an address may hold, escapes too


class Hot:
    """An ASGI app: documents by path; what begins with /api/ is the business of the app behind it."""

    def __init__(
        self, behind: App, make: Make, version: Callable[[], str], gate: Gate, disk: Disk | None = None,
        *, public: bool = False, memory_bytes: int = MEMORY_BYTES,
    ) -> None:  # fmt: skip
        """`make` is Site.document; `version` that of the archive, asked at every request."""
        self._behind, self._make, self._version, self._gate, self._disk = behind, make, version, gate, disk
        self._always = encoded(SECURITY, OPEN if public else {"cross-origin-resource-policy": "same-origin"})
        self._memory: OrderedDict[tuple[str, str], _Ready] = OrderedDict()
        self._bytes, self._most_bytes = 0, memory_bytes
        self._making: dict[tuple[str, str], asyncio.Future[_Ready]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what goes wrong in it is told without saying what was asked."""
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        path: str = scope["path"]
        is_api = path.startswith(API) or path == "/api"
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await (self._api if is_api else self._page)(scope, receive, sending)
        except Exception as error:
            _say(path, error)
            if not begun:
                text = json.dumps(problem_body(500, "failure", MISTAKE)) if is_api else FAILED
                await self._text(send, 500, text, [], MEDIA_TYPE if is_api else HTML)

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._gate.retry_s is not None:  # refused here, as the way to the router costs milliseconds
            await self._busy(send, Busy(self._gate.retry_s), problem=True)
            return
        head = scope["method"] == "HEAD"  # answered as GET, whose headers it wants
        asked = {**scope, "method": "GET"} if head else scope
        await self._behind(asked, receive, self._with_headers(send, bodiless=head))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await self._text(send, 405, READS_ONLY, [(b"allow", b"GET, HEAD")])
            return
        path = scope["path"].lstrip("/")
        if path == PUBLISHED_ALONE:
            await self._text(send, 404, NOT_SERVED, [])
            return
        if query := read_query(path, scope["query_string"]):
            await self._cold(scope, path, query, send)
            return
        key = (self._version(), path)
        ready = self._memory.get(key)
        try:
            if ready is None:
                ready = await self._made(key)
            else:
                self._memory.move_to_end(key)
        except Busy as busy:
            await self._busy(send, busy)
            return
        await self._send(scope, ready, send)

    async def _made(self, key: tuple[str, str]) -> _Ready:
        """The answer for a key, made by whoever comes first."""
        future = self._making.get(key)
        if future is None:
            future = asyncio.ensure_future(self._gate.run(lambda: self._fetch(key[1])))
            self._making[key] = future
            future.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(future)

    def _fetch(self, path: str) -> _Ready:
        """In a thread: from the disk, else made anew; what may be kept is written to the disk."""
        found = self._disk.get(path) if self._disk is not None else None
        if found is not None:
            return _Ready(found, keep=True)
        document = self._make(path, {})
        kept = kept_of(path, document)
        keep = document.keep and document.status == 200  # others are many: every wrong address has one
        if keep and self._disk is not None:
            self._disk.put(kept)
        return _Ready(kept, keep)

    def _keep(self, key: tuple[str, str], done: asyncio.Future[_Ready]) -> None:
        self._making.pop(key, None)
        if done.cancelled() or done.exception() is not None or not done.result().keep:
            return
        ready = done.result()
        if ready.bytes > self._most_bytes or key in self._memory:
            return
        self._memory[key] = ready
        self._bytes += ready.bytes
        while self._bytes > self._most_bytes:
            self._bytes -= self._memory.popitem(last=False)[1].bytes

    async def _cold(self, scope: Scope, path: str, query: Mapping[str, str], send: Send) -> None:
        """A document that depends on its query: made for this request alone."""
        try:
            ready = await self._gate.run(lambda: _Ready(kept_of(path, self._make(path, query)), keep=False))
        except Busy as busy:
            await self._busy(send, busy)
            return
        await self._send(scope, ready, send)

    async def _busy(self, send: Send, busy: Busy, *, problem: bool = False) -> None:
        retry = (b"retry-after", str(busy.retry_s).encode())
        text = json.dumps(problem_body(429, "busy", str(busy))) if problem else BUSY
        await self._text(send, 429, text, [retry], MEDIA_TYPE if problem else HTML)

    async def _text(
        self, send: Send, status: int, text: str, headers: list[Header], type_: str = PLAIN
    ) -> None:  # fmt: skip
        body = text.encode()
        made = [
            *self._always, (b"content-type", type_.encode()), (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()), *headers,
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": status, "headers": made})
        await send({"type": "http.response.body", "body": body})

    def _with_headers(self, send: Send, *, bodiless: bool) -> Send:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._always]
            elif bodiless:
                message = {**message, "body": b""}
            await send(message)

        return sending

    async def _send(self, scope: Scope, ready: _Ready, send: Send) -> None:
        asked = {name: value for name, value in scope["headers"] if name in _LOOKED_AT}
        if scope["method"] != "GET":  # parts are of a GET alone (RFC 9110, 14.2)
            asked.pop(b"range", None)
        status, headers, body = ready.response(asked, scope.get("root_path", ""), scope["query_string"])
        await send({"type": "http.response.start", "status": status, "headers": self._always + headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


_LOOKED_AT = (b"accept-encoding", b"if-none-match", b"range", b"if-range")


class _Ready:
    """An answer with its headers made."""

    def __init__(self, kept: Kept, keep: bool) -> None:
        self.kept, self.keep = kept, keep
        self.bytes = len(kept.body) + ENTRY_BYTES
        digest = kept.named.sha256[:32].encode()  # 128 bits
        self._tags = {True: b'"' + digest + b'-gz"', False: b'"' + digest + b'"'}
        path = kept.named.path
        fresh = b"public, max-age=300" if path.startswith("static/") else b"no-cache"
        self._common: list[Header] = [
            (b"content-type", kept.named.media_type.encode()),
            (b"cache-control", fresh if kept.named.status == 200 else b"no-store"),
            (b"vary", b"accept-encoding"), (b"accept-ranges", b"bytes"),
        ]  # fmt: skip
        self._full = {
            packed: [
                *self._common, (b"etag", self._tags[packed]),
                *([(b"content-encoding", b"gzip")] if packed else []),
            ]
            for packed in (True, False)
        }  # fmt: skip

    def response(
        self, asked: Mapping[bytes, bytes], root: str, query: bytes
    ) -> tuple[int, list[Header], bytes]:  # fmt: skip
        """Status, headers and body for a request's headers and its query, which a redirect hands on."""
        named = self.kept.named
        if named.location is not None:
            target = f"{root}/{quote(named.location, safe='/~=&;,')}"
            target += f"?{quote(query, safe=_AS_SENT)}" if query else ""
            moved = (b"location", target.encode("ascii"))
            return named.status, [*self._common, moved, (b"content-length", b"0")], b""
        packed = self.kept.packed and takes_gzip(asked.get(b"accept-encoding", b""))
        headers = self._full[packed]
        # looked at before the range (RFC 9110, 13.2.2)
        if b"if-none-match" in asked and named.status == 200 and self._has(asked[b"if-none-match"]):
            return 304, headers, b""
        if b"range" in asked and named.status == 200:
            part = self._part(asked)
            if part is not None:
                return part
        body = self.kept.body if packed == self.kept.packed else self.kept.plain
        return named.status, [*headers, (b"content-length", str(len(body)).encode())], body

    def _has(self, sent: bytes) -> bool:
        tags = {tag.strip().removeprefix(b"W/") for tag in sent.split(b",")}
        return b"*" in tags or bool(tags & set(self._tags.values()))

    def _part(self, asked: Mapping[bytes, bytes]) -> tuple[int, list[Header], bytes] | None:
        """The one range asked for (RFC 9110, 14); None where the whole is right: several, or an old copy."""
        match = _RANGE.fullmatch(asked[b"range"].decode("latin-1").strip())
        if match is None or match.groups() == ("", ""):
            return None
        if asked.get(b"if-range", self._tags[False]) != self._tags[False]:
            return None
        plain = self.kept.plain
        first, last = match.groups()
        start = int(first) if first else max(len(plain) - int(last), 0)
        end = min(int(last), len(plain) - 1) if first and last else len(plain) - 1
        headers = self._full[False]
        if start > end or (not first and int(last) == 0):
            unmet = (b"content-range", f"bytes */{len(plain)}".encode())
            return 416, [*self._common, unmet, (b"content-length", b"0")], b""
        body = plain[start : end + 1]
        where = (b"content-range", f"bytes {start}-{end}/{len(plain)}".encode())
        return 206, [*headers, where, (b"content-length", str(len(body)).encode())], body


def read_query(path: str, sent: bytes) -> dict[str, str]:
    """What of a query the page at a path (no leading slash) reads; empty where it is the page without one."""
    names = READ.get(path.partition("/")[0], ()) if sent else ()
    if _ITINERARY.match(path):
        names = _DAYS
    elif _SAID.match(path) or path.endswith(_DRAWN):
        names = ()
    if not (names and sent):
        return {}
    pairs = parse_qsl(sent.decode("latin-1"), errors="replace")
    return {name: value for name, value in pairs if name in names and value.strip()}


def _say(path: str, error: Exception) -> None:
    """Print where something went wrong; not the error's message, which may repeat what was asked."""
    kind = path.lstrip("/").partition("/")[0][:20]
    where = "".join(traceback.format_tb(error.__traceback__))
    shown = kind if kind.isascii() and kind.isalnum() else "?"
    print(f"overflight: an answer under /{shown} failed: {type(error).__name__}\n{where}", file=sys.stderr)


def takes_gzip(accepted: bytes) -> bool:
    """Whether a browser that sends this Accept-Encoding takes gzip."""
    for part in accepted.lower().split(b","):
        name, _, parameters = part.partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return parameters.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False
