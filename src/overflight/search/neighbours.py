"""The stops before and after a stop, by the flights that link them."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import Airframes
from overflight.model.fields import STOPS, schema
from overflight.search.contract import Row
from overflight.search.sources import Sources
from overflight.search.weighing import Weighed, weigh
from overflight.store.conditions import Condition


@dataclass(frozen=True)
class Neighbours:
    """Stops by the flight that left them and by the flight that reached them, weighed."""

    left_by: dict[str, Row]
    reached_by: dict[str, Row]
    weighed: Weighed

    def before(self, stop: Row) -> Row | None:
        """The stop that the flight in had left."""
        return self.left_by.get(stop["flight_in_id"])

    def after(self, stop: Row) -> Row | None:
        """The stop that the flight out reached."""
        return self.reached_by.get(stop["flight_out_id"])


def find_neighbours(
    sources: Sources, stops: list[Row], found: Weighed, airframes: Airframes, later: bool
) -> Neighbours:
    """The stops before and after those given; what `found` holds already is not weighed again."""
    into = {stop["flight_in_id"] for stop in stops} - {None}
    out = {stop["flight_out_id"] for stop in stops} - {None}
    at_hand = {stop["id"]: stop for stop in found.stops}
    left_by = {stop["flight_out_id"]: stop for stop in found.stops if stop["flight_out_id"] in into}
    reached_by = {stop["flight_in_id"]: stop for stop in found.stops if stop["flight_in_id"] in out}
    table = schema(STOPS).empty_table()
    if len(left_by) < len(into) or len(reached_by) < len(out):
        # by address, which the archive is sorted by, and not by flight, which it is not
        ours = Condition("address", "in", sorted({stop["address"] for stop in stops}))
        table = sources.view.find("stops", [ours])
    before = pc.is_in(table["flight_out_id"], pa.array(sorted(into), pa.string()))
    after = pc.is_in(table["flight_in_id"], pa.array(sorted(out), pa.string()))
    new = pc.invert(pc.is_in(table["id"], pa.array(list(at_hand), pa.string())))
    weighed = weigh(sources, table.filter(pc.and_(pc.or_(before, after), new)), airframes, later=later)
    left_by |= {stop["flight_out_id"]: stop for stop in weighed.stops if stop["flight_out_id"] in into}
    reached_by |= {stop["flight_in_id"]: stop for stop in weighed.stops if stop["flight_in_id"] in out}
    return Neighbours(left_by, reached_by, weighed)
