"""The parameters of a question: the command line's names, checked before anything is looked up."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_origin

from fastapi import Depends, Query, Request

from overflight.errors import QuestionError
from overflight.model.grades import ALL, BEFORE
from overflight.search.places import names_a_file
from overflight.search.scope import Question, question
from overflight.store.geopackage import MEDIA_TYPE as GEOPACKAGE
from overflight.web.api.problems import Problem
from overflight.web.limits import Limits

Format = Literal[
    "json", "ndjson", "csv", "geojson", "kml", "gpx", "czml", "parquet", "geoparquet", "gpkg", "xlsx"
]
Grade = Literal["observed", "inferred", "compatible", "unknown", "contradicted"]
History = Literal["before", "all"]
MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpx": "application/gpx+xml",
    "czml": "application/vnd.cesium.czml+json",
    "parquet": "application/vnd.apache.parquet",
    "geoparquet": "application/vnd.apache.parquet",  # which has no name of its own: `f` asks for it
    "gpkg": GEOPACKAGE,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOUNDS = Limits()  # the lengths that stand in the OpenAPI document
_TEXT = _BOUNDS.texts

Aircraft = Annotated[
    list[Annotated[str, Query(max_length=_TEXT)]],
    Query(max_length=_BOUNDS.aircraft, description="mark, address of six hex digits, or call sign"),
]
Place = Annotated[
    str | None,
    Query(max_length=_BOUNDS.drawing,
          description="airfield (ident, IATA, name), country, circle:LAT,LON,RADIUSnm, fir:LLLL, sea:CY, "
          "airspace:NAME, or GeoJSON text"),
]  # fmt: skip
Type = Annotated[
    list[Annotated[str, Query(max_length=_TEXT)]],
    Query(max_length=_BOUNDS.aircraft, description="ICAO type designator, such as IL76; repeatable"),
]
Owner = Annotated[
    str | None,
    Query(max_length=_TEXT, description="owned by or registered to, on the day of each row, by sources"),
]
Operator = Annotated[str | None, Query(max_length=_TEXT, description="operated by, on the day of each row")]
Registry = Annotated[
    str | None, Query(max_length=_TEXT, description="with a mark of that State on the day of each row")
]
Name = Annotated[
    str, Query(min_length=1, max_length=_TEXT, description="mark, address of six hex digits, or call sign")
]
Party = Annotated[
    str,
    Query(min_length=1, max_length=_TEXT, description="owner, operator or registrant; words in any order"),
]
On = Annotated[str | None, Query(max_length=_TEXT, description="UTC day on which it was so")]
AsKnown = Annotated[
    str | None, Query(max_length=_TEXT, description="leave out what was said only after this UTC day")
]
Since = Annotated[str | None, Query(max_length=_TEXT, description="from this UTC date or time on")]
Until = Annotated[str | None, Query(max_length=_TEXT, description="before this UTC date or time")]
Least = Annotated[Grade | None, Query(description="leave out what is less sure")]
Past = Annotated[History, Query(description="whether later stops may tell where an unseen one was")]
Chosen = Annotated[Format | None, Query(description="format of the answer; wins over Accept")]
Size = Annotated[int, Query(ge=1, le=_BOUNDS.page, description="rows of one page")]
Cursor = Annotated[str | None, Query(max_length=_TEXT, description="`next` of the page before")]


@dataclass(frozen=True)
class Asking:
    """A question as sent, and which page of its answer in which format."""

    aircraft: tuple[str, ...]
    asked: dict[str, Any]
    format: str
    limit: int
    cursor: str | None

    @property
    def question(self) -> Question:
        """The question in checked form; raises QuestionError."""
        return question(self.aircraft, **self.asked)

    @property
    def identity(self) -> list[Any]:
        """What makes two questions the same, whatever page and format is wanted."""
        return [list(self.aircraft), self.asked]


def known_only(request: Request) -> None:
    """Refuses parameters nobody reads, and single ones sent twice: a slip must not widen the question."""
    route = request.scope["route"]
    known = {p.alias: p for p in _parameters(route.dependant)}
    sent = [name for name, _ in request.query_params.multi_items()]
    for name in sent:
        if name not in known:
            raise Problem(
                422, "parameters",
                f"{_shown(name)} is no parameter of this address; they are {', '.join(sorted(known))}",
            )  # fmt: skip
        if sent.count(name) > 1 and not _is_list(known[name]):
            raise Problem(422, "parameters", f"{name} was given more than once; once is right")
    for name, value in request.query_params.multi_items():
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
            raise Problem(422, "parameters", f"{name} holds control characters; leave them out")


def _parameters(dependant: Any) -> list[Any]:
    return [*dependant.query_params, *(p for d in dependant.dependencies for p in _parameters(d))]


def _is_list(parameter: Any) -> bool:
    """Whether a parameter may be repeated."""
    return get_origin(parameter.field_info.annotation) is list


def _shown(text: str) -> str:
    return repr(text[:40])


def asking(
    request: Request, aircraft: Aircraft = [], place: Place = None, type: Type = [],  # noqa: B006
    since: Since = None, until: Until = None, min_grade: Least = None, history: Past = "before",
    owner: Owner = None, operator: Operator = None, registry_country: Registry = None,
    f: Chosen = None, limit: Size = _BOUNDS.first_page, cursor: Cursor = None,
) -> Asking:  # fmt: skip
    """The question that a request asks; raises QuestionError where it cannot be understood."""
    asked = {
        "place": _checked_place(place), "type": list(type), "since": since, "until": until,
        "min_grade": min_grade, "history": ALL if history == ALL else BEFORE,
        "owner": owner, "operator": operator, "registry_country": registry_country,
    }  # fmt: skip
    return Asking(tuple(aircraft), asked, chosen_format(f, request.headers.get("accept")), limit, cursor)


Asked = Annotated[Asking, Depends(asking)]


def chosen_format(asked: str | None, accept: str | None) -> str:
    """The format asked for by `f`, else the first one of Accept that can be given, else JSON."""
    if asked is not None:
        return asked
    for part in (accept or "").split(","):
        wanted = part.partition(";")[0].strip().lower()
        for name, media_type in MEDIA_TYPES.items():
            if wanted == media_type:
                return name
    return "json"


def _checked_place(text: str | None) -> str | None:
    """The place, unless it would be read from a file of this machine or is too large a drawing."""
    if text is None or text.strip().lower().startswith("circle:"):
        return text
    if text.strip().startswith("{"):
        _check_drawing(text)
        return text
    if names_a_file(text) or "\\" in text or text.strip().lower().endswith(("json", "geojson")):
        raise QuestionError(
            "files are read by the command line alone; give GeoJSON as text, or the ident of an airfield"
        )
    if len(text) > _TEXT:
        raise QuestionError(f"a place's name has at most {_TEXT} letters")
    return text


def _check_drawing(text: str) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"the GeoJSON given is not JSON: {error}") from error
    corners = _corners(document)
    if corners > _BOUNDS.vertices:
        raise QuestionError(
            f"the drawing has {corners} corners; up to {_BOUNDS.vertices} are answered: simplify it"
        )
    box = document.get("bbox") if isinstance(document, dict) else None
    if isinstance(box, list) and len(box) == 4 and all(isinstance(v, int | float) for v in box):
        if box[1] > box[3]:
            raise QuestionError(f"the bbox {box} lies upside down: south comes before north")


def _corners(node: Any) -> int:
    """How many points a GeoJSON document lists."""
    count, left = 0, [node]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += one.values()
        elif isinstance(one, list):
            if one and all(isinstance(value, int | float) for value in one):
                count += 1
            else:
                left += one
    return count
