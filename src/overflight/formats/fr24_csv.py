"""Positions from Flightradar24's CSV of a flight: `Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction`.

`Timestamp` is Unix seconds and `UTC` the same instant in words, `Position` is `"latitude,longitude"`,
altitude is in feet, speed in knots. What such a file is worth is said in `fr24`.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable

from overflight.clock import parse_utc
from overflight.errors import QuestionError
from overflight.formats import csv_blocks, fr24
from overflight.formats.fr24 import Printed
from overflight.formats.reading import Pieces, ReadOptions, Source
from overflight.units import MILLISECONDS_PER_SECOND

NAME = "fr24_csv"
_COLUMNS = ("Timestamp", "UTC", "Callsign", "Position", "Altitude", "Speed", "Direction")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LINE_MAX = 1_000


def sniff(head: bytes) -> bool:
    """Whether a file that begins so has the columns of Flightradar24's CSV."""
    header = csv_blocks.header_of(head, ",")
    return header is not None and header.names == _COLUMNS


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, for the aircraft that the options name."""
    for source in sources:
        source.is_of(NAME)
        address = fr24.named(source, options)
        if address is None:
            continue
        for block in csv_blocks.blocks(source):
            rows = Printed()
            for line in block.decode("utf-8", "replace").split("\n"):
                if line.strip():
                    _take(rows, line)
            yield fr24.printed(rows, address, source, options)


def _take(rows: Printed, line: str) -> None:
    wrong, nothing = None, math.nan
    try:
        fields = next(csv.reader([line[:_LINE_MAX]], strict=True), [])
    except csv.Error:
        fields = []
    if len(fields) != len(_COLUMNS):
        wrong = f"not the {len(_COLUMNS)} fields of the header"
        fields = ["", "", "", "", "", "", ""]
    stamp, utc, callsign, position, altitude, speed, direction = (text.strip() for text in fields)
    latitude, comma, longitude = position.partition(",")
    numbers = [_number(text) for text in (stamp, latitude, longitude, altitude, speed, direction)]
    if wrong is None and None in numbers:
        wrong = "a number that is none"
    time_s, lat, lon, feet, knots, track = (nothing if one is None else one for one in numbers)
    if wrong is None and not comma:
        wrong = "no position"
    if wrong is None and not _agree(time_s, utc):
        wrong = "Timestamp and UTC are not the same instant"
    rows.add(
        time_s * MILLISECONDS_PER_SECOND, (lat, lon), feet, (knots, track), callsign or None, wrong, line
    )


def _number(text: str) -> float | None:
    """The number, NaN for an empty field, None for what is no number."""
    if not text.strip():
        return math.nan
    return float(text) if _NUMBER.fullmatch(text.strip()) else None


def _agree(time_s: float, utc: str) -> bool:
    """Whether the two times are one, to the second; a missing one contradicts nothing."""
    if not utc or math.isnan(time_s):
        return True
    try:
        return abs(parse_utc(utc) - time_s * MILLISECONDS_PER_SECOND) < MILLISECONDS_PER_SECOND
    except QuestionError:
        return False
