"""What the lists say of each field's standing, as columns beside the footprints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.footprints import Footprints

_SIZE = {"medium_airport": 1.0, "large_airport": 2.0}  # any other kind: 0
# Words by which the lists' names tell a military field; the lists have no column for it.
_MILITARY = (
    r"(?i)air base|airbase|air force|\bAFB\b|\bRAF\b|\bRNAS\b|\bNAS\b|naval|army|military|base a.rea|"
    r"base a.rienne|fliegerhorst|aeroporto militare"
)


@dataclass(frozen=True)
class Standing:
    """One value a field of the footprints."""

    size: Floats  # 0 small, 1 medium, 2 large
    scheduled: Floats  # 1 used by scheduled flights, 0 not, NaN unknown
    iata: Floats  # 1 has an IATA code
    icao: Floats  # 1 has a location indicator of four letters
    military: Floats  # 1 by its name
    ident: pa.Array
    code: Ints  # number of the ident: one for all editions of the lists

    @property
    def idents(self) -> pa.Array:
        """Distinct idents, in order of their numbers."""
        return pc.unique(self.ident)


def standing_of(footprints: Footprints) -> Standing:
    """Standing of all fields, in the footprints' order."""
    rows = footprints.airfields
    ident = rows["ident"].combine_chunks()
    coded = ident.dictionary_encode()
    return Standing(
        size=np.array([_SIZE.get(kind, 0.0) for kind in footprints.kind]),
        scheduled=_known(rows["scheduled"]),
        iata=_flag(rows["iata"].is_valid()),
        icao=_flag(pc.match_substring_regex(ident, r"^[A-Z]{4}$")),
        military=_flag(pc.match_substring_regex(rows["name"], _MILITARY)),
        ident=ident,
        code=np.asarray(coded.indices.to_numpy(), dtype=np.int64),
    )


def served(standing: Standing) -> Bools:
    """Whether scheduled flights are known to use the field."""
    return np.asarray(standing.scheduled == 1)


def _flag(values: pa.ChunkedArray | pa.Array) -> Floats:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _known(values: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.cast(pc.cast(values, pa.int8()), pa.float64()).to_numpy(), dtype=np.float64)
