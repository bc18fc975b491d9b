"""What the kernels need to know of each aircraft's type, as columns beside its address."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from overflight.detect.columns import Bools, Floats, Ints

UNKNOWN, LANDPLANE, HELICOPTER, OTHER = 0, 1, 2, 3
# What a type is used for (registry.types); unknown first.
ROLES = (
    "unknown", "airliner", "regional", "business", "utility", "light", "transport", "combat", "helicopter",
    "glider", "balloon",
)  # fmt: skip


@dataclass(frozen=True)
class Airframes:
    """Sorted addresses, and beside each what is known of its type; NaN unknown."""

    address: Ints
    category: Ints  # one of the codes above
    need_length_ft: Floats
    need_width_ft: Floats
    unpaved: Ints  # 1 may use unpaved runways, 0 may not, -1 unknown
    cruise_kt: Floats
    role: Ints  # index into ROLES
    type_code: Ints  # index into type_words
    type_words: tuple[str, ...] = ()
    # addresses, of no type or one not listed, that a claim says are no combat aircraft (registry.marks)
    civil: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def rows(self, address: Ints) -> Ints:
        """Row of each address, -1 where nothing is known of it."""
        if not len(self.address):
            return np.full(len(address), -1, np.int64)
        slot = np.minimum(np.searchsorted(self.address, address), len(self.address) - 1)
        return np.where(self.address[slot] == address, slot, -1)

    def is_category(self, address: Ints, category: int) -> Bools:
        """Whether each address is known to be of the category."""
        row = self.rows(address)
        return np.asarray((row >= 0) & (np.r_[self.category, UNKNOWN][row] == category))

    def value(self, column: Floats, address: Ints, unknown: float) -> Floats:
        """Column value of each address, `unknown` where there is none."""
        values = np.r_[column, np.nan][self.rows(address)]
        return np.where(np.isnan(values), unknown, values)


def no_airframes(civil: Ints | None = None) -> Airframes:
    """No type known of any aircraft; `civil` are those known to be no combat aircraft."""
    none = np.empty(0)
    whole = np.empty(0, np.int64)
    return Airframes(
        whole, whole, none, none, whole, none, whole, whole, civil=whole if civil is None else civil
    )
