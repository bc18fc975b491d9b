"""Published routes of call signs as the kernels want them: what each field is on the route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Floats, Ints
from overflight.detect.dark.evidence import Pairs

NOT_ON_IT, END, BEGINNING, BETWEEN = 0.0, 1.0, 2.0, 3.0
ON_ROUTE = ("none", "end", "beginning", "between")


class Routes:
    """Routes by call sign; a field's place on one as a number for the term `route`."""

    def __init__(self, published: Mapping[str, Sequence[str]], idents: pa.Array) -> None:
        """Airports of each call sign in order, by ident; `idents`: the fields by number."""
        self._words = pa.array(list(published), pa.string())
        owner = np.repeat(np.arange(len(published)), [len(stops) for stops in published.values()])
        place = [
            END if k == len(stops) - 1 else BEGINNING if k == 0 else BETWEEN
            for stops in published.values()
            for k in range(len(stops))
        ]
        names = pa.array([name for stops in published.values() for name in stops], pa.string())
        field = pc.fill_null(pc.index_in(names, idents), -1).to_numpy().astype(np.int64)
        self._width = max(len(idents), 1)
        key, value = owner * self._width + field, np.array(place)
        # a route that ends where it began ends there: the end comes first
        order = np.lexsort((value, key))
        known = order[field[order] >= 0]
        self._keys, first = np.unique(key[known], return_index=True)
        self._places = value[known][first]

    def measure(self, p: Pairs) -> Floats:
        """NOT_ON_IT, END, BEGINNING or BETWEEN for each pair; NaN where the call sign has no route."""
        number = pc.fill_null(pc.index_in(p.cases.callsign, self._words), -1)
        route: Ints = number.to_numpy(zero_copy_only=False).astype(np.int64)[p.row]
        out = np.where(route >= 0, NOT_ON_IT, np.nan)
        if len(self._keys):
            key = route * self._width + p.standing.code[p.field]
            slot = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
            hit = (self._keys[slot] == key) & (route >= 0)
            out = np.where(hit, self._places[slot], out)
        return out
