"""Who an aircraft was on a day, as a sheet: each value with its source, then what contradicts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from overflight.search.identity_words import GRADE_WORDS

Row = Mapping[str, Any]

FIELDS = ("mark", "type_designator", "serial", "owner", "operator", "registrant", "military")
# Columns of `callsigns`; the source of each reading stands in the other formats.
CALLSIGNS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("call sign", lambda row: row["callsign"]),
    ("reading", lambda row: row["kind"].replace("_", " ")),
    ("name", lambda row: row["name"]),
    ("state", lambda row: row["country"] or "-"),
    ("confidence", lambda row: row["confidence"]),
    ("why", lambda row: row["why"]),
)
# Columns of `fleet` after the aircraft.
FLEET: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("type", lambda row: row["type_designator"] or "-"),
    ("role", lambda row: row["role"]),
    ("party", lambda row: row["party"]["value"]),
    ("since", lambda row: row["party"]["since"] or "-"),
    ("until", lambda row: row["party"]["until"] or "-"),
    ("said", lambda row: f"{row['party']['said_first']}..{row['party']['said_last']}"),
    ("source", lambda row: row["party"]["source"]),
    ("before", lambda row: row["before"]["value"] if row["before"] else "-"),
    ("after", lambda row: row["after"]["value"] if row["after"] else "-"),
)
_HEADS = ("", "", "since", "until", "source", "said", "")
_WHOLE = ("since", "until", "said")  # dates are not folded
_STANDING = {"holds": "", "said_later": "said only later", "ended": "ended"}


def write_who(console: Console, row: Row) -> None:
    """Write one row of `who`."""
    known = f", as known on {row['as_known']}" if row["as_known"] else ""
    console.print(Text(f"\n{row['icao24']} on {row['on']}{known}: {row['matched_as']}", style="bold"))
    shown = [(_worded(name), row[name]) for name in FIELDS]
    _table(console, shown)
    if row["conflicts"]:
        console.print(Text("\nsaid otherwise", style="bold"))
        _table(console, [(f"{_worded(s['field'])} ({_KINDS[s['kind']]})", s) for s in row["conflicts"]])
    if row["changes"]:
        console.print(Text("\nthe list was changed", style="bold"))
        for change in row["changes"]:
            when = f"between {change['changed_after']} and {change['changed_before']}"
            text = f"{change['before']} -> {change['after']}  {when}: {change['reading']}, {change['reason']}"
            console.print(Text(_plain(f"{text}  [{change['source']}]")))
    if row["other_names"]:
        console.print(Text("\nother names", style="bold"))
        for name in row["other_names"]:
            when = _days(name["said_first"], name["said_last"])
            text = f"{name['icao24']} {name['registration'] or '-'}  {name['why']}  [{name['source']} {when}]"
            console.print(Text(_plain(text)))
    for remark in (*row["remarks"], *row["removed"]):
        console.print(Text(_plain(f"! {remark}")))


_KINDS = {"at_once": "at once", "over_time": "at another time", "wording": "other words",
          "other_mark": "under another mark"}  # fmt: skip


def _worded(name: str) -> str:
    return name.replace("_", " ")


def _table(console: Console, said: Iterable[tuple[str, Row | None]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for head in _HEADS:
        table.add_column(head, overflow="fold", no_wrap=head in _WHOLE)
    for name, one in said:
        table.add_row(name, *_cells(one))
    console.print(table)


def _cells(said: Row | None) -> list[Text]:
    if said is None:
        return [Text("-"), *(Text("") for _ in _HEADS[2:])]
    source = f"{said['source']} ({GRADE_WORDS[said['grade']]})"
    when = _days(said["said_first"], said["said_last"])
    texts = (said["value"], said["since"] or "-", said["until"] or "-", source, when,
             _STANDING[said["standing"]])  # fmt: skip
    return [Text(_plain(text)) for text in texts]


def _days(first: str, last: str) -> str:
    return first if first == last else f"{first}..{last}"


def _plain(text: str) -> str:
    """The text without control characters: text from a register may drive a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
