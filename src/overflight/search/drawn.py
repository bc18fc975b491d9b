"""Crossings of an area drawn by the asker: few flights by boxes, then their exact lines."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pyarrow as pa

from overflight.detect.columns import Columns, Ints, columns_of
from overflight.detect.crossings import VERSION, CrossingRules, find_crossings
from overflight.detect.paths import Paths, paths_of
from overflight.detect.stays import Legs
from overflight.geo.area import Area
from overflight.geo.borders import Borders
from overflight.model.fields import CROSSINGS, schema
from overflight.search.rows import find_by, find_of
from overflight.search.scope import Scope
from overflight.store.conditions import Condition
from overflight.store.view import View

Bounds = tuple[int | None, int | None]
_KEYS = ["address", "time_ms", "latitude_e7", "longitude_e7"]


def find_drawn_crossings(view: View, area: Area, scope: Scope, within: Bounds) -> pa.Table:
    """CROSSINGS of a drawn area by the flights in scope near it in [since, until) (ms, None open)."""
    flights = _flights_near(view, area, scope, within)
    if flights.num_rows == 0:
        return schema(CROSSINGS).empty_table()
    columns, paths, legs, ids = lines_of(view, flights)
    return find_crossings(columns, paths, legs, ids, borders_of(area), CrossingRules(), VERSION, kind="area")


def lines_of(view: View, flights: pa.Table) -> tuple[Columns, Paths, Legs, pa.Array]:
    """Positions of FLIGHTS rows, the trusted lines through them, the flights as legs, and their ids."""
    flights = flights.sort_by([("address", "ascending"), ("first_seen_ms", "ascending")])
    positions = _positions_of(view, flights)
    columns = columns_of(positions)
    legs = _legs(columns, flights)
    return columns, paths_of(columns, _flags_of(view, positions), legs), legs, flights["id"].combine_chunks()


def borders_of(area: Area) -> Borders:
    """The area's edge as borders; its ident is made from its shape and does not change with its name."""
    digest = hashlib.sha256(repr(area.rings).encode()).hexdigest()[:8]
    return replace(Borders.from_area(area), idents=(f"area{digest}",))


def _flights_near(view: View, area: Area, scope: Scope, within: Bounds) -> pa.Table:
    """Flights in scope with a piece of line whose box meets that of the area."""
    conditions = [
        Condition("south_deg", "<=", area.north_deg), Condition("north_deg", ">=", area.south_deg),
        Condition(("first_ms", "last_ms"), "overlaps", within),
    ]  # fmt: skip
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
    return find_of(view, "flights", "id", wanted, wanted.values())


def _windows(west: float, east: float) -> list[tuple[float, float]]:
    """The area's longitudes as boxes hold them: past 180 where a line crosses the antimeridian."""
    east = east + 360 if west > east else east
    return [
        (west + turn, east + turn) for turn in (-360, 0, 360) if west + turn <= 360 and east + turn >= -360
    ]


def _positions_of(view: View, flights: pa.Table) -> pa.Table:
    first, last = flights["first_seen_ms"].to_numpy().min(), flights["last_seen_ms"].to_numpy().max()
    addresses = sorted(set(flights["address"].to_pylist()))
    conditions = [
        Condition("address", "in", addresses), Condition("time_ms", ">=", int(first)),
        Condition("time_ms", "<=", int(last)),
    ]  # fmt: skip
    return view.find("positions", conditions, order_by=("address", "time_ms", "latitude_e7", "longitude_e7"))


def _flags_of(view: View, positions: pa.Table) -> Ints:
    """Integrity bits of each position, as the archive holds them."""
    bits = np.zeros(positions.num_rows, np.int64)
    flagged = find_by(view, "position_flags", "address", set(positions["address"].to_pylist()))
    if flagged.num_rows and positions.num_rows:
        numbered = positions.select(_KEYS).append_column("row", pa.array(np.arange(positions.num_rows)))
        joined = numbered.join(
            flagged.group_by(_KEYS).aggregate([("flags", "max")]), _KEYS, join_type="inner"
        )
        bits[joined["row"].to_numpy()] = joined["flags_max"].to_numpy()
    return bits


def _legs(c: Columns, flights: pa.Table) -> Legs:
    """The flights as legs: which positions each spans."""
    who = flights["address"].to_numpy().astype(np.int64)
    first = _place(c, who, flights["first_seen_ms"].to_numpy(), "left")
    last = _place(c, who, flights["last_seen_ms"].to_numpy(), "right") - 1
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


def _place(c: Columns, address: Ints, time_ms: Ints, side: str) -> Ints:
    """Where each (address, time) would stand in the positions, which are sorted by both."""
    low, high = np.searchsorted(c.address, address, "left"), np.searchsorted(c.address, address, "right")
    spots = [
        a + int(np.searchsorted(c.time_ms[a:b], t, "left" if side == "left" else "right"))
        for a, b, t in zip(low.tolist(), high.tolist(), time_ms.tolist(), strict=True)
    ]
    return np.array(spots, dtype=np.int64)
