"""The page of a flight information region or a sea: which flights were inside, and what it is."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from overflight.archive import Answer
from overflight.errors import QuestionError
from overflight.search.region_words import region_named
from overflight.search.scope import Asked
from overflight.web import exports
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document, Refused
from overflight.web.limits import Limits
from overflight.web.pages.paging import ROWS
from overflight.web.pages.place import CROSSED, crossed_row

_IDENT = re.compile(r"[A-Za-z0-9]{2,4}")
_SAID = {"fir": "Flight information region: air traffic control, not territory",
         "sea": "Sea within 12 nm, computed: no legal baseline"}  # fmt: skip


def page(desk: Desk, ask: Ask) -> Document:
    """The page `fir/LLLL/` or `sea/CY/`, or one of the files beside it."""
    kind, ident = ask.parts[0], ask.parts[1]
    if not _IDENT.fullmatch(ident):
        raise Refused(404, "No such region", "Write fir/ and four letters, or sea/ and a country's two.")
    file, text = ask.file(CROSSED), f"{kind}:{ident}"
    asked: Asked = {"place": text}
    for name in ("since", "until"):
        if ask.query.get(name, "").strip():
            asked[name] = ask.query[name].strip()
    try:
        place = desk.archive.place(text)
    except QuestionError as error:
        raise Refused(404, "No such region", f"{error}.") from error
    if place["ident"] != ident:
        return Document(
            b"", "text/html", 301, "/".join([kind, place["ident"], *ask.parts[2:]]) + "/" * (not file)
        )
    many = desk.archive.reach("crossings", **asked).rows > Limits().rows
    if file and many:
        raise Refused(400, "Too wide a question", "That is too much for one file; add ?since= and ?until=.")
    found = Answer("crossings", []) if many else desk.archive.crossings(**asked)
    return exports.data(desk.archive, found, file) if file else _html(desk, ask, kind, place, found, many)


def _html(desk: Desk, ask: Ask, kind: str, place: dict[str, object], found: Answer, many: bool) -> Document:
    times = {name: ask.query[name].strip() for name in ("since", "until") if ask.query.get(name, "").strip()}
    kinds = {row["data_kind"] for row in found}
    silence = None if many or len(found) else desk.archive.silence(
        place=f"{kind}:{place['ident']}", since=times.get("since"), until=times.get("until")
    )  # fmt: skip
    more = f"?{urlencode(times)}" if times else ""
    return desk.page(
        "region.html", ask, place=place, kicker=_SAID[kind], asked=times, keep=not ask.query, many=many,
        named=region_named(found[0]["region"]) if len(found) else None, footer=found.footer(),
        region=found[0]["region"] if len(found) else None, remarks=found.remarks, silence=silence,
        crossed=[crossed_row(row) for row in found.rows[:ROWS]], total=len(found),
        exports=[] if many else [
            (name + more, words) for name, (_, words) in zip(CROSSED, exports.FILES, strict=True)
        ],
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "recorded",
    )  # fmt: skip
