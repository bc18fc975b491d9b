"""How often answers about unseen stops were right: the measured table that comes with the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class ScoreRow:
    """Stops hidden in one way: how many, shares right with 95 % intervals (percent), calibration error."""

    hidden: str
    routes: bool
    n: int
    first_percent: tuple[float, float, float]  # share, lower, upper
    first_three_percent: tuple[float, float, float]
    calibration_error_percent: float
    perfect_percent: float

    @property
    def first(self) -> str:
        """`89.7 %`."""
        return f"{self.first_percent[0]:.1f} %"

    @property
    def first_three(self) -> str:
        """`97.7 %`."""
        return f"{self.first_three_percent[0]:.1f} %"

    @property
    def error(self) -> str:
        """`1.3 %`."""
        return f"{self.calibration_error_percent:.1f} %"

    @property
    def words(self) -> str:
        """What was hidden, and what was known."""
        routes = "with" if self.routes else "without"
        return f"Hidden: {self.hidden}; {routes} the published route of the call sign."


@dataclass(frozen=True)
class Score:
    """The table, its part of fields that nobody had been seen at, and (said, true, stops), percent."""

    data: str
    rows: tuple[ScoreRow, ...]
    never_seen: tuple[ScoreRow, ...]
    calibration_of: str
    calibration: tuple[tuple[float, float, int], ...]

    def like(self, stop: Mapping[str, Any]) -> tuple[ScoreRow, ScoreRow] | None:
        """The rows measured on stops hidden as this one is, the second where nobody had been seen before.

        None for one that was seen.
        """
        if stop["seen"]:
            return None
        before, after = stop["before"] is not None, stop["after"] is not None
        cut = {
            (True, True): "fix before landing, next fix known",
            (True, False): "fix before landing (0-20 min out)",
            (False, True): "take-off, nothing before known",
        }.get((before, after))
        found = [
            next((row for row in rows if row.hidden == cut and not row.routes), None)
            for rows in (self.rows, self.never_seen)
        ]
        return (found[0], found[1]) if found[0] is not None and found[1] is not None else None

    def bin_of(self, probability: float) -> tuple[float, float, int]:
        """The bin (said, true, stops) whose answers said nearly that probability of their first field."""
        return min(self.calibration, key=lambda one: abs(one[0] - 100 * probability))


def read_score() -> Score:
    """The packaged table."""
    packed = json.loads(resources.files("overflight").joinpath("data/dark_stops_score.json").read_bytes())
    rows, never_seen = (
        tuple(
            ScoreRow(**row | {k: tuple(row[k]) for k in ("first_percent", "first_three_percent")})
            for row in packed[name]
        )
        for name in ("rows", "never_seen_rows")
    )
    bins = tuple((said, true, n) for said, true, n in packed["calibration"]["bins"])
    return Score(packed["data"], rows, never_seen, packed["calibration"]["of"], bins)
