"""The addresses under `/api/v1` and what each answers."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from overflight.clock import day_number, day_text, iso_utc, parse_utc, utc_day
from overflight.errors import QuestionError
from overflight.search.export import MAPS
from overflight.search.loaded import Box
from overflight.units import MILLISECONDS_PER_DAY
from overflight.web.api.answers import Answers, Body
from overflight.web.api.problems import Problem
from overflight.web.api.questions import (
    Aircraft,
    Asked,
    Asking,
    AsKnown,
    Chosen,
    Cursor,
    Format,
    Name,
    On,
    Party,
    Size,
    chosen_format,
    known_only,
)
from overflight.web.limits import Gate, known_time

PREFIX = "/api/v1"
ETAG_LETTERS = 32  # 128 bits
LONGEST_MIN = 60  # an instant's fixes may be so old: a recording with one look in 20 minutes shows three

Id = Annotated[str, Path(max_length=120, description="id of a flight, stop or crossing")]
Text = Annotated[str, Query(min_length=1, max_length=200, description="mark, address, call sign, place")]
At = Annotated[str, Query(max_length=40, description="UTC date or time")]
Within = Annotated[float, Query(gt=0, le=LONGEST_MIN, description="minutes a fix may be old")]
Boxed = Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees")]
Hits = Annotated[int, Query(ge=1, le=100, description="most things to list")]


def routes(answers: Answers, gate: Gate) -> APIRouter:
    """The router of all questions to one archive."""
    router = APIRouter(prefix=PREFIX, dependencies=[Depends(known_only)])

    async def run(request: Request, work: Callable[[], Body]) -> Response:
        return responded(request, await gate.run(work))

    _add_rows(router, answers, run)
    _add_identity(router, answers, run)
    _add_lookups(router, answers, run)
    return router


def responded(request: Request, body: Body) -> Response:
    """The response of an answer: with its ETag, 304 where the asker has it, and a link to the next page."""
    etag = f'W/"{hashlib.sha256(body.content).hexdigest()[:ETAG_LETTERS]}"'
    headers = {"etag": etag, "cache-control": "no-cache", "vary": "Accept, Accept-Encoding"}
    if body.next_cursor is not None:
        following = request.url.include_query_params(cursor=body.next_cursor)
        headers["link"] = f'<{following.path}?{following.query}>; rel="next"'
    if has_it(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(body.content, headers=headers, media_type=body.media_type)


def has_it(if_none_match: str | None, etag: str) -> bool:
    """Whether the asker named this ETag, compared weakly (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    named = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in named or etag.removeprefix("W/") in named


def _add_rows(router: APIRouter, answers: Answers, run: Callable[..., object]) -> None:
    for kind, summary in (
        ("flights", "departures to arrivals, as far as seen"),
        ("visits", "stops on the ground, seen or not, with the candidates"),
        ("crossings", "stays inside countries or drawn areas"),
    ):
        router.add_api_route(f"/{kind}", _rows(kind, answers, run), summary=summary, name=kind)

    @router.get("/aircraft", summary="who an aircraft is, by which source, and what is odd about it")
    async def aircraft(
        request: Request, aircraft: Aircraft = [], f: Chosen = None,  # noqa: B006
        limit: Size = 100, cursor: Cursor = None,
    ) -> Response:  # fmt: skip
        asking = Asking(tuple(aircraft), {}, _table_format(request, f), limit, cursor)
        return await run(request, lambda: answers.aircraft(asking))  # type: ignore[misc,no-any-return]


def _add_identity(router: APIRouter, answers: Answers, run: Callable[..., object]) -> None:
    @router.get("/who", summary="who an aircraft was on a day, by whose word, and what contradicts it")
    async def who(
        request: Request, aircraft: Name, on: On = None, as_known: AsKnown = None, f: Chosen = None,
        limit: Size = 100, cursor: Cursor = None,
    ) -> Response:  # fmt: skip
        day = on if on is not None else day_text(utc_day(int(time.time() * 1000)))
        asked = {"on": _day(day), "as_known": _day(as_known)}
        asking = Asking((aircraft,), asked, _table_format(request, f), limit, cursor)
        return await run(request, lambda: answers.who(asking))  # type: ignore[misc,no-any-return]

    @router.get("/fleet", summary="aircraft of which sources name a party, on a day or ever")
    async def fleet(
        request: Request, party: Party, on: On = None, as_known: AsKnown = None, f: Chosen = None,
        limit: Size = 100, cursor: Cursor = None,
    ) -> Response:  # fmt: skip
        asked = {"party": party, "on": _day(on), "as_known": _day(as_known)}
        asking = Asking((), asked, _table_format(request, f), limit, cursor)
        return await run(request, lambda: answers.fleet(asking))  # type: ignore[misc,no-any-return]


def _day(text: str | None) -> str | None:
    """The day as written, if it is one of the years 1970 to 2199; raises QuestionError."""
    if text is not None:
        known_time(day_number(text) * MILLISECONDS_PER_DAY)
    return text


def _table_format(request: Request, asked: Format | None) -> str:
    """The format of an answer that lies nowhere; raises QuestionError for those of maps."""
    format_ = chosen_format(asked, request.headers.get("accept"))
    if format_ in MAPS:
        raise QuestionError("an aircraft lies nowhere: f is json, ndjson, csv, parquet or xlsx")
    return format_


def _rows(kind: str, answers: Answers, run: Callable[..., object]) -> Callable[..., object]:
    async def rows(request: Request, asking: Asked) -> Response:
        return await run(request, lambda: answers.rows(kind, asking))  # type: ignore[misc,no-any-return]

    return rows


def _add_lookups(router: APIRouter, answers: Answers, run: Callable[..., object]) -> None:
    shelf = answers.archive

    @router.get("/search", summary="what a text may mean, best first, each with the reason")
    async def search(request: Request, q: Text, limit: Hits = 50) -> Response:
        def work() -> Body:
            found = shelf.find(q, limit)
            return answers.plain({"hits": list(found), "remarks": list(found.remarks)})

        return await run(request, work)  # type: ignore[misc,no-any-return]

    @router.get("/instant", summary="the last fix of every aircraft at or before a time, as heard")
    async def instant(request: Request, at: At, within_min: Within = 15, box: Boxed = None) -> Response:
        at_ms, where = known_time(parse_utc(at)), boxed(box)

        def work() -> Body:
            fixes = shelf.instant(at_ms, within_min, where)
            return answers.plain({"at": iso_utc(at_ms), "within_min": within_min, "fixes": fixes})

        return await run(request, work)  # type: ignore[misc,no-any-return]

    @router.get("/trace/{flight_id}", summary="every position of a flight, and what a map draws of it")
    async def trace(request: Request, flight_id: Id) -> Response:
        return await run(request, lambda: answers.trace(flight_id))  # type: ignore[misc,no-any-return]

    @router.get("/loaded", summary="what the archive holds in time and space, sources, licences")
    async def loaded(request: Request) -> Response:
        return await run(request, lambda: answers.plain(shelf.loaded()))  # type: ignore[misc,no-any-return]

    @router.get("/resolve/{id}", summary="the id that now stands for one once named in an answer")
    async def resolve(request: Request, id: Id) -> Response:
        def work() -> Body:
            try:
                return answers.plain({"id": id, "current": shelf.resolve(id)})
            except QuestionError as error:
                raise Problem(404, "id", str(error)[:300]) from error

        return await run(request, work)  # type: ignore[misc,no-any-return]


def boxed(text: str | None) -> Box | None:
    """A box of `west,south,east,north`; raises QuestionError saying what would be right."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise QuestionError(
            f"{text!r} is no box; write west,south,east,north in degrees, such as 34.0,29.4,36.0,33.4"
        ) from error
    return west, south, east, north
