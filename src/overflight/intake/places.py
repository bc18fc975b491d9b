"""Reference data as the kernels want it: the gazetteer of an archive, footprints for its days, types of aircraft."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import HELICOPTER, LANDPLANE, OTHER, UNKNOWN, Airframes, no_airframes
from overflight.detect.footprints import Edition, Footprints, footprints_of
from overflight.registry.airfields import Gazetteer, Snapshot
from overflight.registry.register import Register
from overflight.registry.types import TypeNeeds
from overflight.store.conditions import Condition
from overflight.store.view import View

_CATEGORY = {"landplane": LANDPLANE, "helicopter": HELICOPTER, "unknown": UNKNOWN}
LAST_DAY = 2**22  # far beyond any date: "the latest claim there is"


def gazetteer_of(view: View) -> Gazetteer:
    """The packaged lists and facts, with the snapshots added to this archive."""
    references = [r for r in view.references() if r.kind == "ourairports"]
    snapshots = []
    for day in sorted({r.day for r in references}):
        partitions = [reference_partition("ourairports", day)]
        fields, strips = (view.find(table, partitions=partitions) for table in ("airfields", "runways"))
        digest = " ".join(sorted(r.sha256 for r in references if r.day == day))
        snapshots.append(Snapshot(day, fields, strips, digest))
    return Gazetteer.packaged(snapshots)


def reference_partition(name: str, day: int) -> str:
    """Partition that holds a reference snapshot's rows."""
    return f"{name}/{day}"


def footprints_for(gazetteer: Gazetteer, days: Iterable[int]) -> Footprints:
    """Footprints of the editions of the lists that hold on the days."""
    editions: dict[int, list[int]] = {}
    for day in days:
        editions.setdefault(gazetteer.edition(day), []).append(day)
    made = []
    for number in sorted(editions):
        first, last = min(editions[number]), max(editions[number])
        made.append(Edition(first, last + 1, *gazetteer.on(first)))
    return footprints_of(made)


def airframes_of(view: View, addresses: list[int]) -> Airframes:
    """Type needs of the addresses by the latest claim about each; a type without figures is left out."""
    claims = view.find("claims", [Condition("address", "in", addresses)])
    if claims.num_rows == 0:
        return no_airframes()
    who = np.unique(claims["address"].to_numpy().astype(np.int64))
    said = Register(claims).as_of_many(who, np.full(len(who), LAST_DAY))["type_designator"]
    known = said.is_valid().to_numpy() if isinstance(said, pa.Array) else pc.is_valid(said).to_numpy()
    who, stated = who[known], said.drop_null()
    coded = stated.dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    types = TypeNeeds.packaged()
    needs = [types.need_of(word) for word in coded.dictionary.to_pylist()]
    code = coded.indices.to_numpy()
    number = lambda values: np.array([np.nan if v is None else float(v) for v in values] or [np.nan])[code]  # noqa: E731
    return Airframes(
        address=who,
        category=np.array([_CATEGORY.get(n.category or "unknown", OTHER) for n in needs] or [0])[code],
        need_length_ft=number([n.runway_length_ft for n in needs]),
        need_width_ft=number([n.runway_width_ft for n in needs]),
        unpaved=np.array([-1 if n.unpaved is None else int(n.unpaved) for n in needs] or [-1])[code],
        cruise_kt=number([n.cruise_kt for n in needs]),
    )
