"""Crossings of an outline, drawn or of a list: few flights by boxes, then their exact lines and heights."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Columns, Floats, Ints, columns_of
from overflight.detect.crossings import VERSION, CrossingRules, find_crossings
from overflight.detect.layers import VERSION as LAYERS
from overflight.detect.layers import Fixes, Layer, LayerRules, heights, surely, within_layer
from overflight.detect.paths import Paths, paths_of
from overflight.detect.stays import Legs
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.geo.fences import alone
from overflight.model.fields import CROSSINGS, schema
from overflight.search.places import Country, Drawn
from overflight.search.rows import find_by, find_of
from overflight.search.scope import Scope
from overflight.store.conditions import Condition
from overflight.store.view import View

Bounds = tuple[int | None, int | None]
_FLIGHT = ["id", "address", "first_seen_ms", "last_seen_ms", "flags"]  # what a line needs of its flight
_KEYS = ["address", "time_ms", "latitude_e7", "longitude_e7"]


def find_drawn_crossings(view: View, place: Drawn, scope: Scope, within: Bounds) -> pa.Table:
    """CROSSINGS of an outline by the flights in scope near it in [since, until) (ms, None open)."""
    flights = flights_near(view, place.area, scope, within)
    if flights.num_rows == 0:
        return schema(CROSSINGS).empty_table()
    columns, paths, legs, ids = lines_of(view, flights)
    borders, rules = place.borders, CrossingRules()
    found = find_crossings(columns, paths, legs, ids, borders, rules, VERSION, kind=place.kind)
    if not place.layer.bounded:
        return found
    return at_layer(found, (columns, paths, ids), borders, place.layer)


def at_heights(view: View, crossings: pa.Table, borders: Borders, place: Country) -> pa.Table:
    """CROSSINGS of a country as stays between heights."""
    flights = find_by(view, "flights", "id", crossings["flight_id"].to_pylist(), columns=_FLIGHT)
    if flights.num_rows == 0:
        return crossings
    columns, paths, _, ids = lines_of(view, flights)
    one = alone(borders, borders.idents.index(place.ident))
    return at_layer(crossings, (columns, paths, ids), one, place.layer)


def at_layer(
    crossings: pa.Table, lines: tuple[Columns, Paths, pa.Array], borders: Borders, layer: Layer
) -> pa.Table:
    """CROSSINGS of the one region of `borders` as stays within a layer; `lines`: those of their flights."""
    columns, paths, ids = lines
    inside = surely_inside(borders, columns.latitude_deg, columns.longitude_deg)
    fixes = Fixes.of(columns, paths, inside, heights(layer, columns, LayerRules()))
    found = within_layer(crossings, fixes, ids, CrossingRules().track_gap_min)
    rules = pa.repeat(f"{VERSION} {LAYERS}", found.num_rows)
    place = found.schema.get_field_index("rules")
    return found.set_column(place, found.schema.field(place), rules)


def surely_inside(borders: Borders, latitude_deg: Floats, longitude_deg: Floats) -> Ints:
    """1 for points surely in the one region, -1 for those surely not, 0 nearer to its border than it errs."""
    here = borders.region_at(latitude_deg, longitude_deg) == 0
    away, _, _ = borders.nearest_border(latitude_deg, longitude_deg, borders.error_km)
    return surely(here, away <= borders.error_km)


def lines_of(view: View, flights: pa.Table) -> tuple[Columns, Paths, Legs, pa.Array]:
    """Positions of FLIGHTS rows, the trusted lines through them, the flights as legs, and their ids."""
    return flagged_lines_of(view, flights)[:4]


def flagged_lines_of(view: View, flights: pa.Table) -> tuple[Columns, Paths, Legs, pa.Array, Ints]:
    """The same, and the integrity bits of each position."""
    flights = flights.select(_FLIGHT).sort_by([("address", "ascending"), ("first_seen_ms", "ascending")])
    positions = _positions_of(view, flights)
    columns, flags = columns_of(positions), flags_of(view, positions)
    legs = _legs(columns, flights)
    return columns, paths_of(columns, flags, legs), legs, flights["id"].combine_chunks(), flags


def flights_near(view: View, area: Area, scope: Scope, within: Bounds) -> pa.Table:
    """Flights in scope with a piece of line whose box meets that of the area."""
    conditions = [
        Condition("south_deg", "<=", area.north_deg), Condition("north_deg", ">=", area.south_deg),
    ]  # fmt: skip
    if within != (None, None):
        conditions.append(Condition(("first_ms", "last_ms"), "overlaps", within))
    if not scope.everything and not scope.flight_ids:
        conditions.append(Condition("address", "in", sorted(scope.addresses)))
    wanted: dict[str, int] = {}
    for west, east in _windows(area.west_deg, area.east_deg):
        sides = [Condition("west_deg", "<=", east), Condition("east_deg", ">=", west)]
        near = view.find("flight_boxes", [*conditions, *sides], ["flight_id", "address"])
        wanted |= {
            flight: address
            for flight, address in zip(*(near[n].to_pylist() for n in ("flight_id", "address")), strict=True)
            if scope.everything or address in scope.addresses or flight in scope.flight_ids
        }  # fmt: skip
    return find_of(view, "flights", "id", wanted, wanted.values(), _FLIGHT)


def _windows(west: float, east: float) -> list[tuple[float, float]]:
    """The area's longitudes as boxes hold them: past 180 where a line crosses the antimeridian."""
    east = east + 360 if west > east else east
    return [
        (west + turn, east + turn) for turn in (-360, 0, 360) if west + turn <= 360 and east + turn >= -360
    ]


def _positions_of(view: View, flights: pa.Table) -> pa.Table:
    """Positions from the first to the last of each flight, by address and time; few of their neighbours'."""
    who, first, last = (flights[n].to_numpy() for n in ("address", "first_seen_ms", "last_seen_ms"))
    conditions = [
        Condition("address", "in", np.unique(who).tolist()),
        Condition("time_ms", ">=", int(first.min())), Condition("time_ms", "<=", int(last.max())),
    ]  # fmt: skip
    found = view.find("positions", conditions)
    order = _Order(flights)
    begun, ended = np.sort(order.of(who, first)), np.sort(order.of(who, last))
    at = order.of(*(found[n].to_numpy() for n in ("address", "time_ms")))
    flying = np.searchsorted(begun, at, "right") > np.searchsorted(ended, at, "left")
    rows = np.flatnonzero(flying)
    rows = rows[np.lexsort([found[n].to_numpy()[rows] for n in reversed(_KEYS)])]
    return found.combine_chunks().take(pa.array(rows))


class _Order:
    """One number for each moment of an aircraft that flew one of the flights: by address, then time.

    An aircraft takes as many numbers as there are ms from the first flight to the last: 64 bits hold a
    million aircraft for 290 years.
    """

    def __init__(self, flights: pa.Table) -> None:
        self._who = np.unique(flights["address"].to_numpy())
        self._begin_ms = flights["first_seen_ms"].to_numpy().min()
        self._span_ms = flights["last_seen_ms"].to_numpy().max() - self._begin_ms + 1

    def of(self, address: Ints, time_ms: Ints) -> Ints:
        """The numbers of moments within the flights' time."""
        return np.asarray(np.searchsorted(self._who, address) * self._span_ms + (time_ms - self._begin_ms))


def flags_of(view: View, positions: pa.Table) -> Ints:
    """Integrity bits of each position, as the archive holds them."""
    n = positions.num_rows
    if not n:
        return np.zeros(n, np.int64)
    span = pc.min_max(positions["time_ms"]).as_py()
    within = [Condition("time_ms", ">=", span["min"]), Condition("time_ms", "<=", span["max"])]
    addresses = pc.unique(positions["address"]).to_pylist()
    flagged = find_by(view, "position_flags", "address", addresses, within)
    if not flagged.num_rows:
        return np.zeros(n, np.int64)
    keys = [np.r_[positions[k].to_numpy(), flagged[k].to_numpy()] for k in _KEYS]
    order = np.lexsort(keys[::-1])
    new = np.zeros(len(order), bool)
    for key in keys:
        new[1:] |= np.diff(key[order]) != 0
    place = np.empty(len(order), np.int64)  # of each row among the different ones
    place[order] = np.cumsum(new)
    bits = np.zeros(len(order), np.int64)
    np.maximum.at(bits, place[n:], flagged["flags"].to_numpy())
    return bits[place[:n]]


def _legs(c: Columns, flights: pa.Table) -> Legs:
    """The flights as legs: which positions each spans."""
    order = _Order(flights)
    who = flights["address"].to_numpy().astype(np.int64)
    at = order.of(c.address, c.time_ms)
    first = np.searchsorted(at, order.of(who, flights["first_seen_ms"].to_numpy()), "left")
    last = np.searchsorted(at, order.of(who, flights["last_seen_ms"].to_numpy()), "right") - 1
    unknown, no = np.full(len(who), -1, np.int64), np.zeros(len(who), bool)
    unseen = np.array(["unseen" in words for words in flights["flags"].to_pylist()], dtype=bool)
    return Legs(
        address=who,
        first=first,
        last=last,
        origin=unknown,
        destination=unknown,
        unseen=unseen,
        touched=no,
        broken=no,
    )
