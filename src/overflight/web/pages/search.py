"""The page of a search: what a text may mean, best first, each with its reason."""

from __future__ import annotations

from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.words import path_part

EXAMPLES = ("K-781314", "AZAF8", "LLOV", "Turkey", "2016-04-04", "IL76")
_PATHS = {"aircraft": "aircraft", "flight": "flight", "stop": "stop", "place": "place", "country": "country"}


def page(desk: Desk, ask: Ask) -> Document:
    """The page `search/?q=`."""
    if len(ask.parts) > 1:
        raise Refused(404, "No such page", "Write search/?q= and what you look for.")
    text = ask.query.get("q", "").strip()[:200]
    found = desk.archive.find(text) if text else []
    hits = [(hit, path_of(hit.kind, hit.ident)) for hit in found]
    return desk.page(
        "search.html", ask, query=text, hits=hits, keep=not ask.query, examples=EXAMPLES,
        remarks=getattr(found, "remarks", ()), loaded=desk.archive.loaded(),
    )  # fmt: skip


def path_of(kind: str, ident: str) -> str:
    """Where a hit leads, from the root."""
    if kind in _PATHS:
        return f"{_PATHS[kind]}/{path_part(ident)}/"
    if kind == "date":
        return f"instant/?at={path_part(ident[:10])}T12:00Z"
    return f"search/?q={path_part(ident)}"
