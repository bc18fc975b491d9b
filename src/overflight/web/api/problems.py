"""Problem details (RFC 9457): every error in one JSON shape, with what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
KINDS = "urn:overflight:problem:"
MISTAKE = "this is a mistake of the program, not of the question"
MOST_SHOWN = 300  # characters of what was sent that are said back: enough to recognise it


class Problem(Exception):
    """An answer that is an error: status, kind (a word for programs), and a sentence for people."""

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        """`detail` says what would be right."""
        super().__init__(detail)
        self.status, self.kind, self.detail, self.headers = status, kind, detail, dict(headers or {})


class ProblemResponse(JSONResponse):
    """JSON of the media type of problem details."""

    media_type = MEDIA_TYPE


def problem_body(status: int, kind: str, detail: str) -> dict[str, Any]:
    """The members of a problem."""
    return {"type": KINDS + kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def told(problem: Problem) -> Response:
    """The response that tells a problem."""
    body = problem_body(problem.status, problem.kind, problem.detail)
    return ProblemResponse(body, problem.status, {"cache-control": "no-store", **problem.headers})


async def on_problem(_: Request, error: Exception) -> Response:
    """The response to a Problem."""
    assert isinstance(error, Problem)
    return told(error)


async def on_method(_: Request, error: Exception) -> Response:
    """The response to methods other than GET and HEAD."""
    return told(
        Problem(405, "method", "this service only reads: ask with GET or HEAD", {"Allow": "GET, HEAD"})
    )


async def on_path(_: Request, error: Exception) -> Response:
    """The response to a path nobody answers."""
    return told(Problem(404, "path", "nothing is here; /api/v1/openapi.json lists what can be asked"))


async def on_invalid(_: Request, error: Exception) -> Response:
    """The response to parameters that do not fit their types, each with what is wrong with it."""
    assert isinstance(error, RequestValidationError)
    said = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()
    )
    return told(Problem(422, "parameters", said[:MOST_SHOWN]))


async def on_failure(_: Request, error: Exception) -> Response:
    """The response to an error of this program: nothing of it is told but that it happened."""
    return told(Problem(500, "failure", MISTAKE))
