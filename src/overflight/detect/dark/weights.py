"""The fitted weights: one table a term, the share of places in no list, and the signs of having flown on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from overflight.detect.columns import Floats
from overflight.detect.dark.terms import BY_NAME, HEIGHT_BANDS_FT, ROLE_GROUPS, SPEED_BANDS_KT, TRENDS

PACKAGED = Path(__file__).parent.parent.parent / "data" / "dark_stops.json"
# Minutes of a silence that the direct way does not need: around 0 a hole in coverage, from an hour on a stop.
SPARE_KNOTS_MIN = (-20.0, 0.0, 10.0, 20.0, 35.0, 60.0, 120.0, 240.0, 600.0)
_FIXES = TRENDS * (len(HEIGHT_BANDS_FT) + 1)
_ONWARD = ("unlisted", "onward_in", "onward_out", "onward_both", "onward_spare", "onward_speed")
SPEED_CLASSES = len(SPEED_BANDS_KT) + 2
_DIGITS = 4  # a weight's fourth decimal changes no probability by 0.1 %


@dataclass(frozen=True)
class Weights:
    """Tables by term; density of unlisted places by role group; logits of having flown on."""

    tables: Mapping[str, Floats]
    calls: Mapping[str, Floats]  # tables without history and routes: by them earlier calls are told
    unlisted: Floats  # ln of places per square nautical mile, one a role group
    onward_in: Floats  # by height band and trend of the last fix, where nothing is known after
    onward_out: Floats  # by height band and trend of the first fix, where nothing is known before
    onward_both: Floats  # by both fixes' bands and trends, added to that by spare minutes
    onward_spare: Floats
    description: Mapping[str, str]
    # by speed band, unknown last, added to both: slow aircraft fly about in a hole, fast ones through it
    onward_speed: Floats = field(default_factory=lambda: np.zeros(SPEED_CLASSES))

    def dump(self) -> str:
        """The weights as JSON, rounded."""
        rest = {name: np.round(getattr(self, name), _DIGITS).tolist() for name in _ONWARD}
        parts = [f'"description": {json.dumps(dict(self.description), indent=1)}']
        for part in ("tables", "calls"):
            held = {name: np.round(table, _DIGITS).tolist() for name, table in getattr(self, part).items()}
            lines = (f'"{name}": {json.dumps(rows)}' for name, rows in held.items())
            parts.append(f'"{part}": {{\n' + ",\n".join(lines) + "\n}")
        parts += [f'"{name}": {json.dumps(rows)}' for name, rows in rest.items()]
        return "{\n" + ",\n".join(parts) + "\n}\n"


def read_weights(path: Path = PACKAGED) -> Weights:
    """The weights of a file; those that come with the package by default.

    Raises ValueError where a table has not the shape that its term asks for.
    """
    held = json.loads(path.read_text())
    tables, calls = (
        {name: np.array(rows, dtype=np.float64) for name, rows in held[part].items()}
        for part in ("tables", "calls")
    )
    for name, table in (*tables.items(), *calls.items()):
        term = BY_NAME.get(name)
        if term is None or table.shape != (term.groups, len(term.knots)):
            raise ValueError(f"{path.name}: table {name} has not the shape of the term of that name")
    others = {name: np.array(held[name]) for name in _ONWARD}
    wanted = (ROLE_GROUPS, _FIXES, _FIXES, 2 * _FIXES, len(SPARE_KNOTS_MIN), SPEED_CLASSES)
    for (name, values), size in zip(others.items(), wanted, strict=True):
        if values.shape != (size,):
            raise ValueError(f"{path.name}: {name} holds {values.shape} values, not {size}")
    return Weights(tables=tables, calls=calls, description=held["description"], **others)
