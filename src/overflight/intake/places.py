"""Reference data as the kernels want it: an archive's gazetteer, footprints for its days, aircraft types."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import (
    HELICOPTER,
    LANDPLANE,
    OTHER,
    ROLES,
    UNKNOWN,
    Airframes,
    no_airframes,
)
from overflight.detect.columns import Floats, Ints
from overflight.detect.footprints import Edition, Footprints, footprints_of
from overflight.intake.rows import rows_about
from overflight.registry.airfields import Gazetteer, Snapshot
from overflight.registry.marks import is_civil
from overflight.registry.register import NEVER, Register
from overflight.registry.types import TypeNeeds
from overflight.store.view import View

_CATEGORY = {"landplane": LANDPLANE, "helicopter": HELICOPTER, "unknown": UNKNOWN}
LAST_DAY = NEVER - 1  # far beyond any date, and before the end of what never ends: the latest claim there is


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
    for day in set(days) or {0}:  # an archive that holds or shows nothing can be asked too
        editions.setdefault(gazetteer.edition(day), []).append(day)
    made = []
    for number in sorted(editions):
        first, last = min(editions[number]), max(editions[number])
        made.append(Edition(first, last + 1, *gazetteer.on(first)))
    return footprints_of(made)


def airframes_of(view: View, addresses: Iterable[int], types: TypeNeeds | None = None) -> Airframes:
    """Type needs of the addresses by the latest claim about each; one without a type is left out.

    `types` if at hand: the packaged list takes 5 ms to read.
    """
    claims = rows_about(view, "claims", np.unique(np.asarray(list(addresses), dtype=np.int64)))
    who = np.unique(claims["address"].to_numpy().astype(np.int64))
    known = Register(claims).as_of_many(who, np.full(len(who), LAST_DAY))
    said = known["type_designator"]
    if said.null_count == len(said):
        return no_airframes(_civil(who, known))
    everybody, typed = who, pc.is_valid(said).to_numpy()
    who, stated = who[typed], said.drop_null()
    coded = stated.combine_chunks().dictionary_encode()
    types = types if types is not None else TypeNeeds.packaged()
    needs = [types.need_of(word) for word in coded.dictionary.to_pylist()]
    code = coded.indices.to_numpy()
    role = np.array([ROLES.index(need.role or "unknown") for need in needs])[code]
    unclear = ~typed
    unclear[typed] = role == ROLES.index("unknown")
    return Airframes(
        address=who,
        category=np.array([_CATEGORY.get(need.category, OTHER) for need in needs])[code],
        need_length_ft=_numbers([need.runway_length_ft for need in needs])[code],
        need_width_ft=_numbers([need.runway_width_ft for need in needs])[code],
        unpaved=np.array([-1 if need.unpaved is None else int(need.unpaved) for need in needs])[code],
        cruise_kt=_numbers([need.cruise_kt for need in needs])[code],
        role=role,
        type_code=code.astype(np.int64),
        type_words=tuple(need.type_designator for need in needs),
        civil=_civil(everybody[unclear], known.filter(pa.array(unclear))),
    )


def _civil(who: Ints, known: pa.Table) -> Ints:
    """Those of the addresses whose claims rule a combat aircraft out."""
    said = known.select(["registration", "military"])
    pairs = zip(*(column.to_pylist() for column in said.columns), strict=True)
    return who[np.array([is_civil(*pair) for pair in pairs], np.bool_)]


def _numbers(values: list[int | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values])
