"""Answers as tables for people: dense, UTC to the minute, unknown as `-`, the count's parts beneath."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from overflight.cli.claim_tables import CLAIM_COLUMNS
from overflight.cli.identity_tables import CALLSIGNS, FLEET, write_who
from overflight.search.sentences import percent

PIPE_COLUMNS = 120  # width where nobody's terminal sets one: fits a printed landscape page in 10 point
GAP = 2
INTERVAL_COLUMNS = 23  # `2016-04-04 07:12..09:40`
Row = Mapping[str, Any]


def write_table(
    stream: TextIO, kind: str, rows: Sequence[Row], footer: str, *, colour: bool, width: int | None = None
) -> None:
    """Write the rows of one kind of answer as a table, and the footer under it."""
    console = Console(
        file=stream, width=width or _width(), no_color=not colour, color_system="auto" if colour else None,
        markup=False, emoji=False, highlight=False, legacy_windows=False,
    )  # fmt: skip
    for row in rows if kind == "who" else ():
        write_who(console, row)
    if rows and kind != "who":
        columns, dropped = _fitting(kind, rows, console.width)
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_edge=False)
        for head, _ in columns:
            table.add_column(head, overflow="fold", no_wrap=head in _WHOLE)
        for cells in zip(*(texts for _, texts in columns), strict=True):
            table.add_row(*cells)
        console.print(table)
        footer += f" [no room for: {', '.join(dropped)}]" if dropped else ""
    for row in rows if kind == "aircraft" else ():
        _write_statements(console, row)
    console.print(Text(printable(footer)), style="bold")


def minute(iso: str | None) -> str:
    """`2016-04-04 07:12` of an ISO time, `-` of an unknown one."""
    return "-" if iso is None else f"{iso[:10]} {iso[11:16]}"


def span(earliest: str | None, latest: str | None, beside: str | None = None) -> str:
    """`2016-04-04 07:12..09:40` of an interval; one time within a minute, `..` where open.

    What the later time shares with the earlier is not said twice: date, or year. `beside` is an ISO time
    that stands before the interval in the same row: if all of it is on that day, no date is said.
    """
    start, end = minute(earliest), minute(latest)
    if beside is not None and all(t is None or t[:10] == beside[:10] for t in (earliest, latest)):
        start, end = start[11:] or start, end[11:] or end
    if start == end:
        return start
    if earliest is None or latest is None:
        return f"{start}.." if earliest is not None else f"..{end}"
    if earliest[:10] == latest[:10]:
        return f"{start}..{end[-5:]}"
    return f"{start}..{end[5:] if earliest[:4] == latest[:4] else end}"


def printable(text: str, keep: str = "") -> str:
    """The text without control characters: text from the air or a register may drive a terminal."""
    return "".join(c if c.isprintable() or c in keep else "\N{REPLACEMENT CHARACTER}" for c in text)


def _fitting(kind: str, rows: Sequence[Row], width: int) -> tuple[list[tuple[str, list[Text]]], list[str]]:
    """The columns with their cells that fit the width, and the heads of those left out."""
    columns = [(head, [_cell(head, cell(row)) for row in rows]) for head, cell in COLUMNS[kind]]
    columns = [(head, some) for head, some in columns if head not in _RARE or {str(t) for t in some} != {"-"}]
    dropped: list[str] = []
    for head in SPARED:
        needed = sum(max(len(column_head), LEAST_COLUMNS.get(column_head, _widest(texts))) + GAP
                     for column_head, texts in columns) - GAP  # fmt: skip
        if needed <= width:
            break
        if any(head == column_head for column_head, _ in columns):
            columns = [column for column in columns if column[0] != head]
            dropped.append(head)
    return columns, dropped


def _widest(texts: list[Text]) -> int:
    return max(line.cell_len for text in texts for line in text.split())


def _cell(head: str, text: str) -> Text:
    text = printable(text)
    if head in _INTERVALS and len(text) > INTERVAL_COLUMNS:
        text = text.replace(
            "..", "..\n"
        )  # an interval over days: on two lines, so that the others keep their place
    return Text(text)


def _width() -> int:
    return shutil.get_terminal_size((PIPE_COLUMNS, 24)).columns if sys.stdout.isatty() else PIPE_COLUMNS


def _who(row: Row) -> str:
    return f"{row['registration'] or '-'} ({row['icao24']})"


def _hours(row: Row) -> str:
    low, high = (_clock(row["ground_time_s"][k]) for k in ("min", "max"))
    return low if low == high else f"{low}..{'' if high == '-' else high}"


def _clock(seconds: int | None) -> str:
    return "-" if seconds is None else f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def _end(end: Row) -> str:
    if end["place"] is None:
        return "-"
    chance = f" {percent(end['probability'])}" if end["grade"] != "observed" else ""
    return f"{end['place']['ident']}{chance} {end['grade']}"


def _ident(place: Row | None) -> str:
    return "-" if place is None else str(place["ident"])


def _calls(row: Row) -> str:
    return " ".join(row["callsigns"]) or "-"


def _side(row: Row, key: str) -> str:
    side = row[key]
    return "-" if side is None else span(side["earliest"], side["latest"])


def _after(row: Row, come: str, leave: str) -> str:
    """The later interval, without its date where that is the one before it."""
    side, before = row[leave], row[come]["latest"] or row[come]["earliest"]
    return "-" if side is None else span(side["earliest"], side["latest"], before)


def _began(row: Row) -> str:
    """Of a flight the first position, of a stop the arrival."""
    return minute(row["first_seen"]) if row["leg"] == "flight" else _side(row, "begin")


def _ended(row: Row) -> str:
    return minute(row["last_seen"]) if row["leg"] == "flight" else _after(row, "begin", "end")


def _short(place: Row) -> str:
    """The ident of a field, the name of a country or an area."""
    return str(place["name"] if place["kind"] in ("country", "area") else place["ident"])


def _leg(row: Row) -> str:
    """What a leg of an itinerary was: where it stopped, what it crossed, for how long nothing is known."""
    if row["leg"] == "stop":
        chance = "" if row["seen"] or row["probability"] is None else f" {percent(row['probability'])}"
        return f"{_ident(row['place'])}{chance}"
    if row["leg"] == "flight":
        codes = (r["ident"] + "~" * (r["kind"] == "sea") for r in row["regions"])
        return " > ".join(code for code, _ in groupby(codes)) or "-"
    return f"{row['hours'] // 24} d"


def _expected(row: Row) -> str:
    if row["expected"] is None:
        return "-"
    low, high = row["expected_low"], row["expected_high"]
    return f"{row['expected']:.1f}" + (f" ({low}..{high})" if low != high else "")


def _share(row: Row) -> str:
    time, flown = row["time_s"], row["flown_s"]
    if not flown or time["max"] is None:
        return "-"
    low, high = (f"{100 * min(1.0, time[k] / flown):.0f}" for k in ("min", "max"))
    return f"{low} %" if low == high else f"{low}..{high} %"


def _number(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _regained(row: Row) -> str:
    """When it was received again, without the date where that is the day of the loss."""
    if row["regained"] is None:
        return "not again"
    text = minute(row["regained"]["time"])
    return text[11:] if row["lost"]["time"][:10] == text[:10] else text


Column = tuple[str, Callable[[Row], str]]
SPARED = (
    "remarks",
    "others",
    "positions",
    "low ft",
    "type",
    "on ground",
    "to",
    "from",
    "call sign",
    "operator",
    "call signs",
)  # in this order
LEAST_COLUMNS = {
    "call signs": 8,
    "operator": 16,
    "region": 16,
    "place": 8,
    "remarks": 12,
}  # what may be folded to
_RARE = frozenset({"via", "time", "share", "cell", "covered h", "state"})  # left out where no row has any
_INTERVALS = frozenset({"arrived", "entered", "left", "begin", "end", "came"})
_WHOLE = _INTERVALS | {"first seen", "last seen", "on ground", "aircraft", "grade", "type", "hex", "id"}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "flights": (
        ("first seen", lambda r: minute(r["first_seen"])),
        ("last seen", lambda r: minute(r["last_seen"])),
        ("aircraft", _who),
        ("type", lambda r: r["type_designator"] or "-"),
        ("call signs", _calls),
        ("origin", lambda r: _end(r["origin"])),
        ("destination", lambda r: _end(r["destination"])),
    ),
    "visits": (
        ("arrived", lambda r: _side(r, "arrival")),
        ("left", lambda r: _after(r, "arrival", "departure")),
        ("on ground", _hours),
        ("aircraft", _who),
        ("type", lambda r: r["type_designator"] or "-"),
        ("call sign", lambda r: r["callsign_in"] or r["callsign_out"] or "-"),
        ("place", lambda r: _ident(r["place"])),
        ("grade", lambda r: r["grade"]),
        ("chance", lambda r: "-" if r["seen"] or r["probability"] is None else percent(r["probability"])),
        ("from", lambda r: _ident(r["previous_place"])),
        ("to", lambda r: _ident(r["next_place"])),
    ),
    "crossings": (
        ("region", lambda r: f"{r['region']['name']} ({r['region']['kind']})"),
        ("entered", lambda r: _side(r, "entry")),
        ("left", lambda r: _after(r, "entry", "exit")),
        ("grade", lambda r: r["entry"]["grade"]),
        ("hex", lambda r: r["icao24"]),
        ("call signs", _calls),
        ("remarks", lambda r: " ".join(r["flags"]) or "-"),
    ),
    "absences": (
        ("aircraft", _who),
        ("part", lambda r: r["part"]),
        ("since", lambda r: minute(r["since"])),
        ("until", lambda r: minute(r["until"])),
        ("outcome", lambda r: r["outcome"].replace("_", " ")),
        ("could between", lambda r: _side(r, "could")),
        ("away km", lambda r: "-" if r["nearest_km"] is None else f"{r['nearest_km']:,.0f}"),
        ("silence", lambda r: _clock(r["longest_silence_s"])),
        ("reports", lambda r: str(r["position_count"])),
        ("others there", lambda r: _received(r)),
    ),
    "itinerary": (
        ("begin", lambda r: _began(r)),
        ("end", lambda r: _ended(r)),
        ("leg", lambda r: r["leg"].replace("_", " ")),
        ("what", _leg),
        ("grade", lambda r: r["grade"] or "-"),
        ("on ground", lambda r: _hours(r) if r["leg"] == "stop" else "-"),
        ("call signs", _calls),
    ),
    "pairs": (
        ("left", lambda r: _side(r["origin"], "departure")),
        ("came", lambda r: _side(r["destination"], "arrival")),
        ("aircraft", _who),
        ("type", lambda r: r["type_designator"] or "-"),
        ("call signs", _calls),
        ("origin", lambda r: _ident(r["origin"]["field"] or r["origin"]["place"])),
        ("via", lambda r: " ".join(f"{_ident(s['place'])} {_hours(s)}" for s in r["via"]) or "-"),
        ("destination", lambda r: _ident(r["destination"]["field"] or r["destination"]["place"])),
        ("grade", lambda r: r["grade"]),
        ("chance", lambda r: "-" if r["probability"] in (None, 1.0) else percent(r["probability"])),
    ),
    "sequence": (
        ("aircraft", _who),
        ("type", lambda r: r["type_designator"] or "-"),
        ("first", lambda r: f"{_short(r['first']['place'])} {r['first']['grade']}"),
        ("left", lambda r: _side(r["first"], "exit")),
        ("then", lambda r: f"{_short(r['then']['place'])} {r['then']['grade']}"),
        ("came", lambda r: _side(r["then"], "entry")),
        ("apart", lambda r: _hours({"ground_time_s": r["gap_s"]})),
        ("order", lambda r: r["order"]),
    ),
    "counts": (
        ("of", lambda r: r["of"]),
        ("by", lambda r: " ".join(k for k in (r["key_1"], r["key_2"]) if k is not None) or "all"),
        ("observed", lambda r: str(r["observed"])),
        ("inferred", lambda r: str(r["inferred"])),
        ("compatible", lambda r: str(r["compatible"])),
        ("expected", _expected),
        ("time", lambda r: _hours({"ground_time_s": r["time_s"]})),
        ("share", _share),
        ("aircraft", lambda r: str(r["aircraft_count"])),
        ("loaded h", lambda r: f"{r['loaded_hours']} of {r['hours']}" if r["loaded_hours"] else "not loaded"),
        ("covered h", lambda r: "-" if None in (r["covered_hours"], r["loaded_hours"] or None)
         else str(r["covered_hours"])),
    ),
    "gaps": (
        ("lost", lambda r: minute(r["lost"]["time"])),
        ("regained", _regained),
        ("silence", lambda r: _clock(r["loaded_s"] if r["duration_s"] is None else r["duration_s"])),
        ("aircraft", _who),
        ("type", lambda r: r["type_designator"] or "-"),
        ("call signs", _calls),
        ("then", lambda r: r["outcome"].replace("_", " ")),
        ("place", lambda r: _ident(r["place"])),
        ("chance", lambda r: "-" if r["probability"] in (None, 1.0) else percent(r["probability"])),
        ("reach nm", lambda r: _number(r["reach"]["farthest_nm"])),
        ("others", lambda r: str(r["others"]["after_count"])),
    ),
    "near": (
        ("first", lambda r: f"{r['first'][:10]} {r['first'][11:19]}"),
        ("last", lambda r: r["last"][11:19]),
        ("aircraft", _who),
        ("type", lambda r: r["type_designator"] or "-"),
        ("call signs", _calls),
        ("near", lambda r: "the place" if r["near"]["kind"] == "point" else _who(r["near"])),
        ("nm", lambda r: _number(r["closest"]["distance_nm"], 1)),
        ("+-", lambda r: _number(r["closest"]["uncertainty_nm"], 1)),
        ("ft apart", lambda r: _number(r["closest"]["height_apart_ft"])),
        ("grade", lambda r: r["grade"]),
    ),
    "coverage": (
        ("from", lambda r: minute(r["since"])),
        ("to", lambda r: minute(r["until"])),
        ("cell", lambda r: "-" if r["cell_deg"] is None else f"{r['latitude_deg']:g} {r['longitude_deg']:g}"),
        ("reception", lambda r: r["reception"]),
        ("covered h", lambda r: f"{r['covered_hours']} of {r['loaded_hours']}"),
        ("aircraft", lambda r: f"{r['aircraft_count']:,}"),
        ("positions", lambda r: f"{r['position_count']:,}"),
        ("lowest ft", lambda r: _number(r["lowest_ft"])),
        ("low ft", lambda r: _number(r["low_ft"])),
        ("expected", lambda r: _number(r["expected_aircraft"], 1)),
    ),
    "aircraft": (
        ("hex", lambda r: r["icao24"]),
        ("mark", lambda r: r["registration"] or "-"),
        ("type", lambda r: r["type_designator"] or "-"),
        ("operator", lambda r: r["operator"] or "-"),
        ("first seen", lambda r: minute(r["first_seen"])),
        ("last seen", lambda r: minute(r["last_seen"])),
        ("flights", lambda r: str(r["flight_count"])),
        ("call signs", _calls),
    ),
    "claims": CLAIM_COLUMNS,
    "hits": (
        ("score", lambda r: f"{r['score']:.2f}"),
        ("match", lambda r: r["match"]),
        ("kind", lambda r: r["kind"]),
        ("hex", lambda r: r["icao24"] or "-"),
        ("what", lambda r: r["title"]),
        ("why", lambda r: r["reason"]),
        ("detail", lambda r: r["detail"]),
    ),
    "callsigns": CALLSIGNS,
    "fleet": (("aircraft", _who), *FLEET),
}


def _received(row: Row) -> str:
    """Who else was received at a place: a number, or why there is none."""
    count = row["other_aircraft_count"]
    return row["reception"] or "-" if count is None else str(count)


def _write_statements(console: Console, row: Row) -> None:
    console.print(Text(f"\n{row['icao24']}: {row['matched_as']}"))
    for s in row["statements"]:
        days = s["first_day"] if s["first_day"] == s["last_day"] else f"{s['first_day']}..{s['last_day']}"
        said = [s["registration"], s["type_designator"], s["description"], s["operator"]]
        said.append("military" if s["military"] else None)
        text = f"  {days}  {', '.join(part for part in said if part) or '-'}  [{s['source']}]"
        console.print(Text(printable(text)))
    for remark in row["remarks"]:
        console.print(Text(printable(f"  ! {remark}")))
