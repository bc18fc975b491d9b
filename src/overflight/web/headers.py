"""Headers of every answer: what a browser may do with it, and what it may ask on its behalf."""

from __future__ import annotations

Header = tuple[bytes, bytes]

# No inline script or style, nothing from another host, no frame around it.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY: dict[str, str] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # another site must not learn which page was read here
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Public facts may be read by any page; what stands on a reporter's own machine by none but its own.
OPEN: dict[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Retry-After",
}


def encoded(*parts: dict[str, str]) -> list[Header]:
    """Headers as ASGI wants them, in order."""
    return [(name.encode(), value.encode("latin-1")) for part in parts for name, value in part.items()]
