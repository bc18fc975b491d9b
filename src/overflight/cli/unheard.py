"""What is said of reception beside an answer: why it is empty, and what a count at a place rests on."""

from __future__ import annotations

import argparse

from overflight.archive import Archive
from overflight.clock import iso_utc, parse_utc
from overflight.search.scope import Asked
from overflight.units import MILLISECONDS_PER_MINUTE

ASKED = ("flights", "visits", "crossings", "gaps", "near")  # verbs whose question is of aircraft, place, time
_SAME = (
    "aircraft_file", "place", "type", "since", "until", "floor", "ceiling", "owner", "operator",
    "registry_country",
)  # fmt: skip


def said_of_reception(shelf: Archive, options: argparse.Namespace, found: bool) -> list[str]:
    """Why nothing was found; with `--covered` the hours in which the place was in reception."""
    said = [] if found else [_silence(shelf, options)]
    if getattr(options, "covered", False) and options.place is not None:
        asked = {name: getattr(options, name, None) for name in ("since", "until", "floor", "ceiling")}
        said.append(f"reception at the place: {shelf.coverage(options.place, **asked).footer()}")
    return [text for text in said if text]


def _silence(shelf: Archive, options: argparse.Namespace) -> str | None:
    """The sentence on an answer without rows; None where the aircraft were received there."""
    if options.verb not in ASKED:
        return None
    if options.verb == "gaps" and not (options.aircraft or options.aircraft_file or options.place):
        return None  # nobody fell silent: that somebody was received is no answer to it
    asked: Asked = {name: getattr(options, name) for name in _SAME if hasattr(options, name)}  # type: ignore[assignment]
    if getattr(options, "at", None):
        asked |= _around(options)
    silence = shelf.silence(options.aircraft, **asked)
    return None if silence is None else silence.sentence


def _around(options: argparse.Namespace) -> Asked:
    """The circle and the time that `near --at` asks about."""
    latitude, longitude, *_ = options.at.split(",")
    middle, span = parse_utc(options.time), round(options.within_min * MILLISECONDS_PER_MINUTE)
    return {
        "place": f"circle:{latitude.strip()},{longitude.strip()},{options.within:g}nm",
        "since": iso_utc(middle - span), "until": iso_utc(middle + span),
    }  # fmt: skip
