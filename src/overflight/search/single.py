"""One object of the contract by its id: what a page of one flight or one stop is made of."""

from __future__ import annotations

import re
from dataclasses import replace

import pyarrow as pa

from overflight.model.address import address_of, icao24_text
from overflight.model.grades import GRADES, UNKNOWN
from overflight.search.answer import Answer, count_grades
from overflight.search.contract import Row
from overflight.search.crossings import find_crossings_asked
from overflight.search.flights import find_flights
from overflight.search.scope import Question
from overflight.search.sources import Sources
from overflight.search.visits import find_visits
from overflight.store.conditions import Condition
from overflight.store.view import View

_ID = re.compile(r"(flight|stop)-(~?[0-9a-f]{6})-\S{1,60}")  # ids are a third as long


def find_flight(id_: str, sources: Sources) -> Row | None:
    """The contract's flight of that id, as `find_flights` tells it; None where none stands under it."""
    row = flight_row(id_, sources.view)
    if row is None:
        return None
    asked = _about(row, row["first_seen_ms"], row["first_seen_ms"] + 1)
    return next((told for told in find_flights(asked, sources) if told["id"] == id_), None)


def find_stop(id_: str, sources: Sources) -> Row | None:
    """The contract's visit of the stop of that id, as `find_visits` tells it; None where there is none."""
    row = _only(_rows(id_, "stop", "stops", sources.view))
    if row is None:
        return None
    # all of its interval, for what its candidates leave of that lies somewhere inside; open where that is
    begin_ms, end_ms = row["arrival_earliest_ms"], row["departure_latest_ms"]
    asked = _about(row, begin_ms, None if end_ms is None else end_ms + 1)
    return next((told for told in find_visits(asked, sources) if told["id"] == id_), None)


def find_crossings_of(flight_id: str, sources: Sources) -> Answer:
    """The crossings of one flight along its line, as `find_crossings_asked` tells them; empty for none."""
    row = flight_row(flight_id, sources.view)
    if row is None:
        return Answer("crossings", [])
    answer = find_crossings_asked(_about(row, row["first_seen_ms"], row["last_seen_ms"] + 1), sources)
    rows = sorted((r for r in answer if r["flight_id"] == flight_id), key=lambda r: int(r["sequence"]))
    return replace(answer, rows=rows, counts=count_grades([stay_grade(r) for r in rows]))


def flight_row(flight_id: str, view: View) -> Row | None:
    """The archive's row of a flight (FLIGHTS); None where no flight stands under the id."""
    return _only(_rows(flight_id, "flight", "flights", view))


def flight_table(flight_id: str, view: View) -> pa.Table:
    """The same as a table of one row or none."""
    return _rows(flight_id, "flight", "flights", view)


def _rows(id_: str, kind: str, table: str, view: View) -> pa.Table:
    match = _ID.fullmatch(id_)
    address = address_of(match[2]) if match and match[1] == kind else None
    ours = [] if address is None else [address]  # tables lie by address: few pages are read
    return view.find(table, [Condition("address", "in", ours), Condition("id", "=", id_)])


def _only(table: pa.Table) -> Row | None:
    rows: list[Row] = table.to_pylist()
    return rows[0] if rows else None


def _about(row: Row, since_ms: int | None, until_ms: int | None) -> Question:
    return Question(aircraft=(f"hex:{icao24_text(row['address'])}",), since_ms=since_ms, until_ms=until_ms)


def stay_grade(crossing: Row) -> str:
    """How sure a crossing of the contract is: as sure as the surer of its entry and exit."""
    ends = [end["grade"] for end in (crossing["entry"], crossing["exit"]) if end is not None]
    return str(min([*ends, UNKNOWN], key=GRADES.index))
