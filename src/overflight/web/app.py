"""The app: typed questions under /api/v1, and every other path a document of the site."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware

from overflight.archive import Archive
from overflight.errors import QuestionError
from overflight.web.api import openapi, problems
from overflight.web.api.answers import Answers, Body
from overflight.web.api.problems import Problem
from overflight.web.api.routes import PREFIX, responded, routes
from overflight.web.document import SiteOptions
from overflight.web.hot import Hot, Make
from overflight.web.limits import Busy, Gate, Limits
from overflight.web.store import Disk

PROGRAM = Path(__file__).parents[1]
GZIP_LEAST = 1_000  # bytes: what fits into one packet gains nothing


def make_app(
    archive: Archive, make: Make, options: SiteOptions = SiteOptions(), *,  # noqa: B008 (frozen)
    limits: Limits = Limits(), cache: Path | None = None, version: str = "",  # noqa: B008 (frozen)
) -> Hot:  # fmt: skip
    """The ASGI app of an archive; `make` is its Site.document, `cache` a folder for what is made once.

    With `options.public` the archive must be the public one, and any page may read the API.
    """
    gate = Gate(limits)
    api = _api(Answers(archive, limits), gate, version)
    disk = Disk(cache, edition(archive, options)) if cache is not None else None
    return Hot(api, make, lambda: archive.version, gate, disk, public=options.public)


def edition(archive: Archive, options: SiteOptions) -> str:
    """Digest of all that documents depend on beside their path: the archive, what was chosen, the program.

    The program is every file of the package, lists and fonts too: some 10 MB, read in 20 ms.
    """
    found = hashlib.sha256(msgspec.json.encode([archive.info(), repr(options)], enc_hook=str))
    for file in sorted(PROGRAM.rglob("*")):
        if "__pycache__" not in file.parts and file.is_file():
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            found.update(f"{file.relative_to(PROGRAM).as_posix()} {content}\n".encode())
    return found.hexdigest()[:32]


def _api(answers: Answers, gate: Gate, version: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        gate.close()
        answers.forget()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan, redirect_slashes=False)
    app.include_router(routes(answers, gate))
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_LEAST)
    handlers: dict[int | type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        Problem: problems.on_problem, QuestionError: _on_question, Busy: _on_busy,
        RequestValidationError: problems.on_invalid, Exception: problems.on_failure,
        404: problems.on_path, 405: problems.on_method,
    }  # fmt: skip
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    document: list[dict[str, Any]] = []

    @app.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    async def described(request: Request) -> Response:
        if not document:
            document.append(openapi.document(app, version))
        return responded(request, Body(msgspec.json.encode(document[0]), "application/json"))

    return app


async def _on_question(_: Request, error: Exception) -> Response:
    return problems.told(Problem(400, "question", str(error)[: 2 * problems.MOST_SHOWN]))


async def _on_busy(_: Request, error: Exception) -> Response:
    assert isinstance(error, Busy)
    return problems.told(Problem(429, "busy", str(error), {"Retry-After": str(error.retry_s)}))
