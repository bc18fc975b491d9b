"""What a path leads to: bytes with a media type; and what the operator of a site chose."""

from __future__ import annotations

from dataclasses import dataclass

HTML = "text/html; charset=utf-8"
SVG = "image/svg+xml"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".html": HTML,
    ".gpx": "application/gpx+xml",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".map": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".pmtiles": "application/vnd.pmtiles",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": SVG,
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Document:
    """An answer to a path; `location` is relative to the site's root; `keep` where it may be published."""

    body: bytes  # not compressed
    media_type: str
    status: int = 200  # 200, 301 (location), 400, 404
    location: str | None = None
    keep: bool = True  # depends on path and archive version alone


@dataclass(frozen=True)
class SiteOptions:
    """An answer to a path; `location` is relative to the root; `keep` where it may be published."""

    public: bool = False
    point_of_view: str | None = None
    base_url: str | None = None


class Refused(Exception):
    """A path or query that leads to no page: `status` 400 or 404, what is wrong, what would be right."""

    def __init__(
        self, status: int, title: str, sentence: str, tries: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """`tries` are (words, path from the root) to go on from."""
        super().__init__(title)
        self.status, self.title, self.sentence, self.tries = status, title, sentence, tries
