"""Refuses requests meant for another host: a page elsewhere may give its own name this machine's address.

Without it such a page (DNS rebinding) reads an archive that is not served to all. A number is no name that
could be given another address, so that numbers are always right.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from overflight.web.headers import SECURITY, encoded
from overflight.web.hot import App, Receive, Scope, Send

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::[0-9]*)?")
_TEXT = (
    b"this archive is not served under that name: open it by the address that was printed, such as "
    b"http://127.0.0.1:8642/, or have it served with --name and the name"
)


class Hosts:
    """An ASGI app that passes on what is asked of an address in numbers, of localhost or of a given name."""

    def __init__(self, behind: App, names: Iterable[str] = ()) -> None:
        """`names` are further host names that are right, without port."""
        self._behind = behind
        self._names = {"localhost", *(_plain(name) for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not self._is_ours(scope):
            headers = [
                *encoded(SECURITY), (b"content-type", b"text/plain"),
                (b"content-length", str(len(_TEXT)).encode()),
            ]  # fmt: skip
            await send({"type": "http.response.start", "status": 421, "headers": headers})
            await send({"type": "http.response.body", "body": _TEXT})
            return
        await self._behind(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if found is None:
            return False
        six, other = found.groups()
        return _is_number(six, 6) if six is not None else _is_number(other, 4) or _plain(other) in self._names


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")


def _is_number(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False
