"""Column maps that come with the program, for CSV files recognised by their exact set of columns.

A map is taken only where the file has the very columns it was written for: another file's `altitude` may be
in metres, and no header says so. `data/maps` has them, each with how its units and zone were established.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from overflight.clock import iso_utc
from overflight.formats import column_map, csv_blocks, generic_csv
from overflight.formats.column_map import ColumnMap
from overflight.formats.reading import Pieces, ReadOptions, Source

_TIME = "time"
NO_TIME = (
    "a snapshot that says nowhere of what moment it is: give the moment, "
    "for example --started 2022-05-01T00:00:00Z"
)


class Packaged(NamedTuple):
    """A map, and what its files are called; `stamped` where the time must be given by who adds the file."""

    name: str
    column_map: ColumnMap
    stamped: bool


def packaged(head: bytes) -> Packaged | None:
    """The map for a file that begins so; None where its columns are not exactly those of one."""
    header = csv_blocks.header_of(head)
    return None if header is None else _maps().get(frozenset(header.names))


def read(source: Source, options: ReadOptions, found: Packaged) -> Pieces:
    """Positions and claims of a file of known columns."""
    by = found.column_map
    if found.stamped:
        if options.started_ms is None:
            source.is_of(found.name)
            source.reject(NO_TIME)
            return
        moment = str(iso_utc(options.started_ms))
        by = msgspec.structs.replace(by, constants={**by.constants, _TIME: moment})
    yield from generic_csv.read([source], options, by, found.name)


@cache
def _maps() -> dict[frozenset[str], Packaged]:
    """Every packaged map by the set of columns it is for."""
    found: dict[frozenset[str], Packaged] = {}
    folder = files("overflight") / "data" / "maps"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".toml"):
            continue
        plain = tomllib.loads(file.read_text(encoding="utf-8"))
        by = column_map.made(plain["map"], known_later=(_TIME,))
        one = Packaged(plain["name"], by, _TIME not in by.columns)
        found |= {frozenset(header): one for header in plain["headers"]}
    return found
