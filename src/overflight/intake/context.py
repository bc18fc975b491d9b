"""Everything a derive step needs beside positions: lists in force, kinds of aircraft, shapes, rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from overflight.clock import day_number
from overflight.detect.candidates import Knowledge
from overflight.detect.dark.fields import standing_of
from overflight.detect.dark.weights import read_weights
from overflight.detect.derive import Rules
from overflight.detect.footprints import Footprints
from overflight.geo.borders import Borders
from overflight.intake.chunk import Context
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.store.writing import Writer


class Ground(NamedTuple):
    """Airfields in force on some days with their standing, borders, and the weights of dark stops."""

    places: Footprints
    borders: Borders
    knowledge: Knowledge


def ground_of(writer: Writer, days: Iterable[int] = ()) -> Ground:
    """The ground for every day of the archive and some more."""
    known = {day_number(entry.partition.split("/")[0]) for entry in writer.view.files("positions")}
    places = footprints_for(gazetteer_of(writer.view), known.union(days))
    return Ground(places, Borders.load(), Knowledge(read_weights(), standing_of(places)))


def context_of(writer: Writer, addresses: list[int], ground: Ground, rules: Rules) -> Context:
    """Reference data for deriving these aircraft: lists, shapes, types."""
    known = airframes_of(writer.view, addresses)
    return Context(ground.places, known, ground.borders, rules, ground.knowledge)
