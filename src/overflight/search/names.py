"""Other names of an airframe: other marks of its address, other addresses of its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from overflight.clock import day_text
from overflight.model.address import icao24_text
from overflight.registry.airframes import COLUMNS, is_serial, same_airframe
from overflight.registry.finder_keys import compact
from overflight.registry.marks import normal_mark, spellings_of
from overflight.registry.spans import Span
from overflight.search.contract import Row
from overflight.search.private import claims_by
from overflight.search.sources import Sources
from overflight.store.conditions import Condition

_MOST = 20  # of one kind: more are a list's placeholder, no names of one airframe
_SAME_ADDRESS = "another mark at the same address: another mark of the airframe, or another airframe"
_SAME_MARK = "the same mark at another address"


class OtherNames:
    """Names beside the displayed one, each with who gives it, when, and why it may be the same airframe."""

    def __init__(
        self, sources: Sources, marks: Iterable[str], serials: Iterable[str] = (),
        known_day: int | None = None,
    ) -> None:  # fmt: skip
        """Of aircraft that display one of some marks or serials: the lists are asked once for all of them.

        `known_day`: by what had been said until that UTC day.
        """
        until = [] if known_day is None else [Condition("day", "<=", known_day)]
        self._same_serial = _with_serials(sources, [text for text in serials if is_serial(text)], until)
        spellings = {text for mark in marks for text in (mark, *spellings_of(mark))}
        columns = ["address", "registration", "source", "day"]
        claims = claims_by(sources.view, "registration", spellings, until, columns)
        told = claims.filter(claims["address"].is_valid()).group_by(columns[:3])
        rows = told.aggregate([("day", "min"), ("day", "max")])
        order = [(name, "ascending") for name in ("day_min", "address", "source")]
        self._bearers: dict[str, list[Row]] = {}
        for row in rows.sort_by(order).to_pylist():
            self._bearers.setdefault(normal_mark(row["registration"]), []).append(row)

    def of(self, address: int, spans: Sequence[Span], displayed: Mapping[str, Span]) -> list[Row]:
        """The contract's other names of an address, given what is said of it."""
        mark = displayed.get("registration")
        shown = None if mark is None else normal_mark(mark.value)
        found = [
            _name(address, span.value, span.source, span.first_said_day, span.last_said_day, _SAME_ADDRESS)
            for span in spans if span.field == "registration" and normal_mark(span.value) != shown
        ][:_MOST]  # fmt: skip
        others = [row for row in self._bearers.get(shown or "", ()) if row["address"] != address]
        found += self._airframe(address, spans, shown)
        return found + [_bearer(row) for row in others[:_MOST]]

    def _airframe(self, address: int, spans: Sequence[Span], shown: str | None) -> list[Row]:
        """Names that the same manufacturer's serial number ties to it."""
        if not any(span.field == "serial" for span in spans):
            return []
        return [
            _name(one.address, one.registration, one.source, one.first_day, one.last_day, one.reason)
            for one in same_airframe(address, self._same_serial)
            if one.address != address or normal_mark(one.registration or "") != shown
        ][:_MOST]


def _bearer(row: Row) -> Row:
    first, last = row["day_min"], row["day_max"]
    return _name(row["address"], row["registration"], row["source"], first, last, _SAME_MARK)


def _with_serials(sources: Sources, serials: Iterable[str], until: Sequence[Condition]) -> pa.Table:
    """Claims that give one of the serial numbers, in the ways in which lists write them."""
    spellings = {text for one in serials for text in (one, compact(one), one.lstrip("0"))}
    return claims_by(sources.view, "serial", spellings, until, COLUMNS)


def _name(address: int, mark: str | None, source: str, first: int, last: int, why: str) -> Row:
    return {
        "icao24": icao24_text(address), "registration": mark, "source": source,
        "said_first": day_text(first), "said_last": day_text(last), "why": why,
    }  # fmt: skip
