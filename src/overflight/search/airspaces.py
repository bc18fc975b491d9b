"""The archive's lists of airspaces, each used for its time: what a name means on a day, and its outline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.detect.layers import Bound, Layer
from overflight.errors import QuestionError
from overflight.formats.outlines import Limit
from overflight.geo.area import Area
from overflight.search.limits import limit_said, limits_said, no_bound
from overflight.store.view import View
from overflight.units import FEET_PER_FLIGHT_LEVEL

Row = dict[str, Any]
FIRS = ("fir", "uir")
VATSPY = "vatspy"
# Of 7,777 corners of VATSpy regions that Eurocontrol of 2015 lists too, nine in ten lie within 9.4 km of
# those borders (half within 0.24 km); the others divide the sky otherwise. Official lists give corners to a
# second and follow borders and coasts as they are drawn at their scale.
VATSPY_ERROR_KM, LISTED_ERROR_KM = 10.0, 1.0
UPPER_LEVEL_FT = 66_000  # FL660: a region that ends below it has another above
CHOICES_SHOWN = 6
_KEY = ["kind", "ident", "source", "day"]
_NAMES = [
    "kind", "ident", "name", "floor_ft", "floor_reference", "ceiling_ft", "ceiling_reference", "repaired",
    "source", "day",
]  # fmt: skip


@dataclass(frozen=True)
class Airspace:
    """One airspace of one list: its outline, floor and ceiling, and what has to be said of it."""

    area: Area
    kind: str
    ident: str
    name: str
    source: str
    day: int
    layer: Layer
    limits: str  # `ground to FL195`, empty where the list states none
    remarks: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()  # in which other lists it stands

    @property
    def dataset(self) -> str:
        """Which list as of which day, as answers name it."""
        official = " (made for flight simulation, not official)" if self.source == VATSPY else ""
        return f"{self.source} of {day_text(self.day)}{official}"

    @property
    def error_km(self) -> float:
        """How far the outline may be off."""
        return VATSPY_ERROR_KM if self.source == VATSPY else LISTED_ERROR_KM


class Airspaces:
    """Airspaces of all lists by kind, ident and name."""

    def __init__(self, view: View) -> None:
        """Of an archive; nothing is read before it is asked for."""
        self._view = view

    @cached_property
    def _rows(self) -> list[Row]:
        rows: list[Row] = self._view.find("airspaces", [], _NAMES).to_pylist()
        return rows

    @cached_property
    def _outlines(self) -> dict[tuple[Any, ...], list[str]]:
        """GeoJSON texts by kind, ident, list and day: all at once, as a world of them is some megabytes."""
        found: dict[tuple[Any, ...], list[str]] = {}
        for row in self._view.find("airspaces", [], [*_KEY, "geometry"]).to_pylist():
            found.setdefault(_key(row), []).append(row["geometry"])
        return found

    @cached_property
    def firs(self) -> dict[str, str]:
        """Name by ident of every flight information region that some list holds."""
        return {row["ident"]: row["name"] for row in self._rows if row["kind"] in FIRS}

    def kinds(self) -> list[str]:
        """Kinds that the lists hold."""
        return sorted({row["kind"] for row in self._rows})

    def idents(self, kind: str) -> list[str]:
        """Idents of a kind in any list; `airspace` means all that are neither region nor sector."""
        wanted = (lambda k: k not in (*FIRS, "sector")) if kind == "airspace" else (lambda k: k == kind)
        return sorted({row["ident"] for row in self._rows if wanted(row["kind"])})

    def find(self, text: str, day: int, kinds: Iterable[str] | None = None) -> Airspace:
        """The airspace of an ident or a name, `LLLL` or `LLLL@LIST`, as of a UTC day, of some kinds or any.

        Of the latest list that holds it not after the day, else the earliest. Raises QuestionError.
        """
        wanted, _, source = (part.strip() for part in text.partition("@"))
        rows = [row for row in self._rows if kinds is None or row["kind"] in kinds]
        rows = [row for row in rows if not source or row["source"] == source.casefold()]
        named = _named(rows, wanted)
        if not named:
            raise QuestionError(self._unknown(text, rows))
        others = {(row["kind"], row["ident"]) for row in named}
        if len(others) > 1:
            shown = ", ".join(f"{ident} ({kind})" for kind, ident in sorted(others)[:CHOICES_SHOWN])
            raise QuestionError(f"{text!r} may be {shown}; give the ident of one")
        edition = _edition(named, day)
        limits = {(_limits(row), _layer(row)) for row in edition}
        if len(limits) > 1:
            heights = "; ".join(sorted(text or "no limits" for text, _ in limits))
            raise QuestionError(
                f"{text!r} stands in its list with several limits: {heights}; draw the one meant"
            )
        return self._made(edition, named, day, *limits.pop())

    def _made(self, edition: list[Row], named: list[Row], day: int, limits: str, layer: Layer) -> Airspace:
        first = edition[0]
        outlines = self._outlines[_key(first)]
        whole = {"type": "GeometryCollection", "geometries": [json.loads(text) for text in outlines]}
        remarks = tuple(_remarks(edition, day))
        area = Area.from_geojson(whole, first["name"])
        name, source = first["name"], first["source"]
        elsewhere = tuple(_elsewhere(edition, named))
        return Airspace(
            area, first["kind"], first["ident"], name, source, first["day"], layer, limits, remarks, elsewhere
        )

    def _unknown(self, text: str, rows: list[Row]) -> str:
        if not self._rows:
            return (
                f"no list of airspaces is loaded, so {text!r} means nothing yet: "
                "`overflight reference add FILE` takes GeoJSON, KML and OpenAir"
            )
        held = ", ".join(sorted({row["source"] for row in self._rows}))
        near = sorted({row["ident"] for row in rows if row["ident"].startswith(text[:2].upper())})
        hint = f"; it has {', '.join(near[:CHOICES_SHOWN])}" if near and len(text) >= 2 else ""
        return f"no airspace of that kind is called {text!r} in what is loaded ({held}){hint}"


def _named(rows: list[Row], wanted: str) -> list[Row]:
    """Rows with that ident, else with that name, else whose name holds it."""
    folded = wanted.casefold()
    if not folded:
        return []
    for fits in (
        lambda row: row["ident"].casefold() == folded,
        lambda row: row["name"].casefold() == folded,
        lambda row: folded in row["name"].casefold(),
    ):
        if found := [row for row in rows if fits(row)]:
            return found
    return []


def _edition(rows: list[Row], day: int) -> list[Row]:
    """Rows of one list of one day: the latest not after the day, else the earliest."""
    editions = sorted({(row["day"], row["source"]) for row in rows})
    before = [edition for edition in editions if edition[0] <= day]
    chosen = before[-1] if before else editions[0]
    return [row for row in rows if (row["day"], row["source"]) == chosen]


def _layer(row: Row) -> Layer:
    sides = []
    for side in ("floor", "ceiling"):
        reference = row[f"{side}_reference"]
        sides.append(() if no_bound(reference) else (Bound(row[f"{side}_ft"], reference),))
    return Layer(*sides)


def _limits(row: Row) -> str:
    floor, ceiling = (Limit(row[f"{s}_ft"], row[f"{s}_reference"]) for s in ("floor", "ceiling"))
    return limits_said(floor, ceiling)


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)


def _elsewhere(edition: list[Row], named: list[Row]) -> Iterable[str]:
    """That other lists have the airspace too, and how to ask those."""
    ident, ours = edition[0]["ident"], _key(edition[0])
    others = sorted({f"{r['source']} of {day_text(r['day'])}" for r in named if _key(r) != ours})
    if others:
        what = f"{ident} as in {edition[0]['source']} of {day_text(edition[0]['day'])}"
        yield f"{what}; also in {', '.join(others)} (write {ident}@LIST)"


def _remarks(edition: list[Row], day: int) -> Iterable[str]:
    """What a reader must know of the outline that was taken."""
    first = edition[0]
    what = f"{first['ident']} as in {first['source']} of {day_text(first['day'])}"
    if first["day"] > day:
        yield f"{what}, the earliest list that holds it; the day asked about is {day_text(max(day, 0))}"
    if any(row["repaired"] for row in edition):
        yield f"the outline of {what} crossed itself or was not closed, and was repaired"
    top = first["ceiling_ft"]
    if (
        first["kind"] == "fir"
        and first["ceiling_reference"] == "fl"
        and top is not None
        and top < UPPER_LEVEL_FT
    ):
        yield (
            f"{what} ends at FL{round(top / FEET_PER_FLIGHT_LEVEL)}; above it another region begins, asked "
            "for by itself if a list holds it: not inside this one does not mean not above it"
        )
    for side in ("floor", "ceiling"):
        if first[f"{side}_reference"] in ("agl", "unknown"):
            yield (
                f"the {side} of {what} is {limit_said(first[f'{side}_ft'], first[f'{side}_reference'])}: "
                "positions do not tell that, so nothing here is ever sure by height"
            )


def matching(firs: dict[str, str], text: str) -> list[str]:
    """Idents of regions of that ident or name, whatever its case and with or without the word FIR."""
    wanted = text.casefold().removeprefix("fir:").removesuffix(" fir").strip()
    called = {ident: (ident.casefold(), name.casefold().removesuffix(" fir")) for ident, name in firs.items()}
    return sorted(ident for ident, names in called.items() if wanted in names)


def any_equal(column: pa.ChunkedArray, value: str) -> bool:
    """Whether the column holds the value."""
    return bool(pc.any(pc.fill_null(pc.equal(column, value), False)).as_py())
