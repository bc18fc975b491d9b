"""What a type of aircraft needs of a runway and how fast it cruises, each figure with its source.

The figures rule airfields out, so they are the least with which a flight is known or thought possible, not
what a manual asks at full weight. One whose source begins with `class value` is a cautious one for its class.

The role says what a type is used for, never what one airframe of it does, and goes by the type alone:

- `airliner`: jet airliners of about 100 seats and more, also as freighters
- `regional`: smaller jet airliners and turboprops built for airlines; a family stays together (CRJ, BAe 146)
- `business`: business jets
- `utility`: turboprops for business, farming and the bush; flying boats for fire fighting
- `light`: other piston and electric aeroplanes, ultralights and amphibians among them, and warbirds
- `transport`: military transports, tankers and patrol aircraft, manned or not, ex-Soviet freighters, and the
  large piston airliners that served as military transports
- `combat`: fighters, bombers, jet and turboprop military trainers, armed unmanned aircraft
- `helicopter`, `glider`, `balloon`: gyroplanes and tilt-rotors, motor gliders and airships included
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

import pyarrow as pa

from overflight.model.fields import TYPES, schema
from overflight.registry.packaged import packaged_bytes, packaged_rows


@dataclass(frozen=True)
class TypeNeed:
    """Needs of one type designator; None means that nothing is ruled out on that account.

    `category` is landplane, helicopter, seaplane, glider or balloon; `unknown` for a type not in the list.
    `role` is one of the roles above; None for a type not in the list.
    """

    type_designator: str
    name: str
    category: str
    role: str | None
    runway_length_ft: int | None
    runway_width_ft: int | None
    unpaved: bool | None
    cruise_kt: int | None
    source: str


class TypeNeeds:
    """Needs of all listed types; `digest` is a hash of the list."""

    def __init__(self, needs: Mapping[str, TypeNeed], digest: str) -> None:
        """Needs by type designator."""
        self._needs = MappingProxyType(dict(needs))
        self.digest = digest

    @classmethod
    def packaged(cls) -> TypeNeeds:
        """The list of data/types.csv."""
        needs = (_need(row) for row in packaged_rows("types.csv"))
        digest = hashlib.sha256(packaged_bytes("types.csv")).hexdigest()
        return cls({need.type_designator: need for need in needs}, digest)

    def need_of(self, type_designator: str | None) -> TypeNeed:
        """Needs of a type by its ICAO designator, any case.

        For a type not listed, or None: category `unknown` and no needs, so that no airfield is ruled out.
        """
        designator = (type_designator or "").strip().upper()
        if designator in self._needs:
            return self._needs[designator]
        source = f"{designator} is not in the list of types" if designator else "type not known"
        return TypeNeed(designator, designator, "unknown", None, None, None, None, None, source)

    def table(self) -> pa.Table:
        """All listed types (schema TYPES), by designator."""
        rows = [asdict(need) for _, need in sorted(self._needs.items())]
        return pa.Table.from_pylist(rows, schema=schema(TYPES))


def _need(row: dict[str, str]) -> TypeNeed:
    def whole(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    return TypeNeed(
        type_designator=row["type_designator"],
        name=row["name"],
        category=row["category"],
        role=row["role"],
        runway_length_ft=whole("runway_length_ft"),
        runway_width_ft=whole("runway_width_ft"),
        unpaved={"1": True, "0": False}.get(row["unpaved"]),
        cruise_kt=whole("cruise_kt"),
        source=row["source"],
    )
