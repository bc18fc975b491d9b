"""Everything a derive step needs beside positions: lists in force, kinds of aircraft, shapes, rules."""

from __future__ import annotations

from overflight.clock import day_number
from overflight.detect.derive import Rules
from overflight.geo.borders import Borders
from overflight.intake.chunk import Context
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.store.writing import Writer


def context_of(writer: Writer, addresses: list[int], rules: Rules) -> Context:
    """Reference data for deriving these aircraft: lists for every day of the archive, types, shapes."""
    days = {day_number(entry.partition.split("/")[0]) for entry in writer.view.files("positions")}
    places = footprints_for(gazetteer_of(writer.view), days)
    return Context(places, airframes_of(writer.view, addresses), Borders.load(), rules)
