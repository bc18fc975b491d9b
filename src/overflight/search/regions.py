"""Which airspaces flights passed: the stays inside all regions of a kind, of one edition of each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Floats
from overflight.detect.crossings import VERSION, CrossingRules, find_crossings
from overflight.errors import QuestionError
from overflight.geo.borders import Borders
from overflight.model.fields import CROSSINGS, schema
from overflight.search.airspaces import FIRS
from overflight.search.contract import Row
from overflight.search.drawn import at_layer, lines_of
from overflight.search.places import Country, Drawn, Place, airspace_place
from overflight.search.rows import find_of
from overflight.search.scope import Question, Scope, find_scoped
from overflight.search.sources import Sources
from overflight.store.conditions import Condition
from overflight.store.view import View


@dataclass(frozen=True)
class Regions:
    """The contract's regions by kind and ident, and what has to be said of them."""

    known: dict[tuple[str, str], Row] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def of(self, row: Row, borders: Borders) -> Row:
        """The region of a row of CROSSINGS; of a country by the borders' name."""
        key = row["region_kind"], row["region_ident"]
        if key not in self.known:
            self.known[key] = region_object(key[0], key[1], borders)
        return self.known[key]


def region_object(kind: str, ident: str, borders: Borders, limits: str = "") -> Row:
    """The contract's region."""
    names = dict(zip(borders.idents, borders.names, strict=True))
    return {
        "kind": kind, "ident": ident, "name": names.get(ident, ident), "dataset": borders.dataset,
        "error_km": borders.error_km, "limits": limits or None,
    }  # fmt: skip


def regions_of(place: Place | None, borders: Borders) -> Regions:
    """The region that a place is, with its heights."""
    if isinstance(place, Drawn):
        edge = place.borders
        key = (place.kind, edge.idents[0])
        return Regions({key: region_object(*key, edge, place.limits)}, place.remarks)
    if isinstance(place, Country) and place.limits:
        key = ("country", place.ident)
        return Regions({key: region_object(*key, borders, place.limits)}, place.remarks)
    return Regions()


def crossings_of_kind(sources: Sources, asked: Question, scope: Scope) -> tuple[pa.Table, Regions]:
    """CROSSINGS of all regions of the kind asked for, by the flights in scope, and those regions.

    Raises QuestionError without aircraft, and where no list holds such regions.
    """
    if scope.everything:
        raise QuestionError(
            f"of which aircraft? --regions {asked.regions} follows each of their lines; give --aircraft, or "
            "ask for one region: --place fir:LLLL"
        )
    places, remarks = _places(sources, asked)
    within = [Condition(("first_seen_ms", "last_seen_ms"), "overlaps", (asked.since_ms, asked.until_ms))]
    flights = find_scoped(sources.view, "flights", scope, ("id",), within)
    empty = schema(CROSSINGS).empty_table()
    if not flights.num_rows:
        return empty, Regions()
    columns, paths, legs, ids = lines_of(sources.view, flights)
    found, known, said, boxes = [empty], {}, list(remarks), _boxes(sources.view, flights)
    for place in places:
        if not _near(place, boxes):
            continue
        borders = place.borders
        table = find_crossings(columns, paths, legs, ids, borders, CrossingRules(), VERSION, kind=place.kind)
        if place.layer.bounded and table.num_rows:
            table = at_layer(table, (columns, paths, ids), borders, place.layer)
        if table.num_rows:
            known[place.kind, borders.idents[0]] = region_object(
                place.kind, borders.idents[0], borders, place.limits
            )
            said += place.remarks
            found.append(table)
    return _numbered(pa.concat_tables(found)), Regions(known, tuple(dict.fromkeys(said)))


def _places(sources: Sources, asked: Question) -> tuple[list[Drawn], list[str]]:
    """All regions of the kind by the lists of the day asked about; those not told apart are named."""
    airspaces = sources.airspaces
    idents = airspaces.idents(asked.regions)
    if not idents:
        held = ", ".join(airspaces.kinds()) or "no list of airspaces"
        raise QuestionError(
            f"no region of the kind {asked.regions} is loaded ({held}); `overflight reference add FILE`"
        )
    kinds = {"fir": FIRS, "sector": ("sector",)}.get(asked.regions)
    kinds = kinds or tuple(k for k in airspaces.kinds() if k not in (*FIRS, "sector"))
    places, left_out, day = [], [], sources.day_asked(asked)
    for ident in idents:
        try:
            places.append(airspace_place(airspaces.find(ident, day, kinds), alone=True))
        except QuestionError:
            left_out.append(ident)
    shown = ", ".join(left_out[:10])
    more = f" and {len(left_out) - 10} more" if len(left_out) > 10 else ""
    told = [f"left out, as their names stand for several airspaces: {shown}{more}"] if left_out else []
    return places, told


def _near(place: Drawn, boxes: dict[str, Floats]) -> bool:
    """Whether a piece of the lines may meet the region, by its box; longitudes there run on past 180."""
    area = place.area
    east = area.east_deg + (360.0 if area.west_deg > area.east_deg else 0.0)
    level = (boxes["south_deg"] <= area.north_deg) & (boxes["north_deg"] >= area.south_deg)
    beside = [
        (boxes["west_deg"] <= east + turn) & (boxes["east_deg"] >= area.west_deg + turn)
        for turn in (-360, 0, 360)
    ]
    return bool((level & np.any(beside, axis=0)).any())


def _boxes(view: View, flights: pa.Table) -> dict[str, Floats]:
    """The boxes round the pieces of the flights' lines."""
    sides = [f"{side}_deg" for side in ("south", "north", "west", "east")]
    who = flights["address"].to_pylist()
    found = find_of(view, "flight_boxes", "flight_id", flights["id"].to_pylist(), who, sides)
    return {name: found[name].to_numpy().astype(np.float64) for name in sides}


def _numbered(table: pa.Table) -> pa.Table:
    """The rows with `sequence` counted over all regions of a flight, by entry."""
    rows = table.to_pylist()
    rows.sort(
        key=lambda r: (r["flight_id"], r["entry_earliest_ms"] or r["entry_latest_ms"], r["region_ident"])
    )
    number: dict[str, int] = {}
    for row in rows:
        row["sequence"] = number[row["flight_id"]] = number.get(row["flight_id"], 0) + 1
    return pa.Table.from_pylist(rows, schema=schema(CROSSINGS))
