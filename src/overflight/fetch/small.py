"""Short JSON answers that are read and not kept: a release's list of files, a token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from overflight.errors import FetchError
from overflight.fetch import failures
from overflight.fetch.failures import Cut
from overflight.fetch.wire import Wire

SMALL = 4 << 20  # bytes: a release of a few files has under 20 kB


def read_json(
    wire: Wire, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
) -> Any:
    """The JSON under an address; None for a 404. The words of a failure never quote what was sent."""
    host, tries = urlsplit(url).netloc, wire.manners.tries
    for tried in range(1, tries + 1):
        try:
            with wire.ask(url, headers, form) as answer:
                data = b""
                for piece in answer.pieces():
                    data += piece
                    if len(data) > SMALL:
                        raise FetchError(failures.too_large(f"the answer of {host}", len(data), SMALL))
                if answer.status in (404, 410):
                    return None
            return json.loads(data)
        except Cut as cut:
            if tried == tries:
                raise FetchError(failures.gave_up(host, str(cut), tries)) from cut
            wire.wait(tried)
        except (ValueError, RecursionError) as error:
            raise FetchError(
                f"{host} answered with something that is not JSON: its format has changed, or a login, a "
                "block or an outage stands in its place"
            ) from error
    raise AssertionError("every try returns or raises")
