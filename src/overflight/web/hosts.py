"""Refuses requests meant for another host: a page elsewhere may give its own name this machine's address.

Without it such a page (DNS rebinding) reads an archive that is served to its owner alone.
"""

from __future__ import annotations

from overflight.web.hot import App, Receive, Scope, Send

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
_ALLOWED = {b"127.0.0.1", b"localhost", b"[::1]"}
_TEXT = b"this archive is served on this machine alone: open it as http://127.0.0.1"


class Hosts:
    """An ASGI app that passes on what names this machine."""

    def __init__(self, behind: App) -> None:
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not _is_local(scope):
            headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(_TEXT)).encode())]
            await send({"type": "http.response.start", "status": 421, "headers": headers})
            await send({"type": "http.response.body", "body": _TEXT})
            return
        await self._behind(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    host: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    if host.startswith(b"["):
        return host.partition(b"]")[0] + b"]" in _ALLOWED
    return host.partition(b":")[0].lower() in _ALLOWED
