"""Call signs: who may have flown under one on a day, every reading with its source and confidence."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable

import pyarrow as pa

from overflight.clock import day_number, day_text, utc_day
from overflight.errors import QuestionError
from overflight.model.grades import RECORDED
from overflight.registry.callsign_candidates import STATE_PREFIX, OperatorCandidate, candidates_of
from overflight.registry.callsigns import operator_designator, tidy_callsign
from overflight.search.answer import Answer
from overflight.search.contract import Row, finish
from overflight.search.sources import Sources
from overflight.store.conditions import Condition

_ID_DIGITS = 12  # of a hash: 48 bits, as in other ids


def find_callsign(text: str, sources: Sources, on: str | None = None) -> Answer:
    """The contract's `callsigns`: one row a reading, the best supported first; no row where none fits.

    `on` is a UTC day, today where it is None. Raises QuestionError for a day that is none, and for no text.
    """
    sign = tidy_callsign(text)
    if not sign:
        raise QuestionError("which call sign? Give one as it was heard, for example AZAF8")
    day = day_number(on) if on is not None else utc_day(int(time.time() * 1000))
    routes = sources.routes_of([sign], day).get(sign, ())
    found = candidates_of(sign, day, _designators(sign, sources), routes)
    rows = [finish("callsigns", _columns(text, sign, day, one), sources.archive_version) for one in found]
    said = operator_designator(sign)
    remarks = (said.reason,) if said.text is None and not rows else ()
    return Answer("callsigns", rows, missing=() if rows else (text,), remarks=remarks)


def callsign_remarks(callsigns: Iterable[str], day: int) -> list[str]:
    """Whose State aircraft call signs point to, each in a sentence that says how surely."""
    return [
        f"call sign {sign} points to the {one.name}: {one.confidence} confidence ({one.source})"
        for sign in callsigns
        for one in candidates_of(sign, day)
        if one.kind == STATE_PREFIX
    ]


def _designators(sign: str, sources: Sources) -> pa.Table | None:
    """What the archive's lists say of the designator that the call sign carries."""
    code = operator_designator(sign).text
    if code is None:
        return None
    return sources.view.find("designators", [Condition("code", "=", code)])


def _columns(text: str, sign: str, day: int, one: OperatorCandidate) -> Row:
    said = "\n".join([one.kind, one.name, one.source, str(one.list_day), str(one.since_day)])
    digest = hashlib.sha256(said.encode()).hexdigest()[:_ID_DIGITS]
    return {
        "data_kind": RECORDED, "id": f"callsign-{sign}-{day_text(day)}-{digest}", "icao24": None,
        "callsign": sign, "as_reported": text, "on": day_text(day), "kind": one.kind, "name": one.name,
        "code": one.code, "country": one.country, "confidence": one.confidence, "why": one.why,
        "since": _day(one.since_day), "until": _day(one.until_day), "source": one.source,
        "list_day": _day(one.list_day), "flags": [],
    }  # fmt: skip


def _day(day: int | None) -> str | None:
    return None if day is None else day_text(day)
