"""Positions from the JSON of OpenSky's REST API: `/states/all` and `/tracks/all`, one document or one a line.

A state is an array of 17 elements, 18 where the category was asked for; heights are metres, speeds metres a
second. A state whose `time_position` is null was not heard for 15 seconds: its place is an old one, and is
marked stale. A track is a list of waypoints `[time, latitude, longitude, barometric altitude in metres,
track, on the ground]` that OpenSky chose from what it received: it is thinned, and says so nowhere.
https://openskynetwork.github.io/opensky-api/rest.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pyarrow as pa

from overflight.formats import opensky_vectors
from overflight.formats.reading import Piece, Pieces, ReadOptions, Source

NAME = "opensky_json"
TRACK_FEED = "opensky_track"
SIZE_MAX = 128 << 20  # bytes; the whole world at one moment is 2 MB. Memory grows sixfold in decoding

_STATES = re.compile(rb'\{[^\[{]{0,200}"states"\s*:\s*(?:\[|null)')
_TRACK = re.compile(rb'\{[^\[{]{0,400}"path"\s*:\s*\[')
_TIME = re.compile(rb'"time"\s*:\s*([0-9]+(?:\.[0-9]+)?)')
_ICAO24 = re.compile(rb'"icao24"\s*:\s*"([0-9a-fA-F]{6})"')
# An array without arrays in it but for one level: a state may name its receivers.
_ROW = re.compile(rb"\[(?:[^\[\]]++|\[[^\[\]]*+\])*+\]")


class _State(msgspec.Struct, array_like=True, gc=False):
    """A state vector, in the order of the API's description."""

    icao24: str | None
    callsign: str | None
    origin_country: Any
    time_position: float | None
    last_contact: Any
    longitude: float | None
    latitude: float | None
    baro_altitude: float | None
    on_ground: bool | None
    velocity: float | None
    true_track: float | None
    vertical_rate: float | None
    sensors: Any
    geo_altitude: float | None
    squawk: str | None
    spi: Any = None
    position_source: int | None = None


class _Waypoint(msgspec.Struct, array_like=True, gc=False):
    """A point of a track."""

    time: float | None
    latitude: float | None
    longitude: float | None
    baro_altitude: float | None
    true_track: float | None
    on_ground: bool | None


class _States(msgspec.Struct, gc=False):
    time: float | None
    states: list[_State] | None


class _Track(msgspec.Struct, gc=False):
    icao24: str
    path: list[_Waypoint]
    callsign: str | None = None
    calllsign: str | None = None  # the API spells it so


_ERRORS = (msgspec.MsgspecError, ValueError, RecursionError)


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is an answer of OpenSky's API."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _STATES.match(start):
        return b'"time"' in start
    return bool(_TRACK.match(start)) and b'"icao24"' in start


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, a document at a time."""
    for source in sources:
        source.is_of(NAME)
        parts, size = [], 0
        while size <= SIZE_MAX and (part := source.stream.read(1 << 20)):
            parts.append(part)
            size += len(part)
        if size > SIZE_MAX:
            source.break_off(f"longer than the {SIZE_MAX:,} bytes it may have: the rest was not read")
        for text in _documents(b"".join(parts)[:SIZE_MAX].removeprefix(b"\xef\xbb\xbf")):
            yield from _positions(text, source, options)


def _documents(data: bytes) -> Iterator[bytes]:
    """The whole where it is one document, else its lines."""
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
        yield data
    except _ERRORS:
        if data.count(b"\n") and data.split(b"\n", 1)[0].rstrip().endswith(b"}"):
            yield from (line for line in data.split(b"\n") if line.strip())
        else:
            yield data


def _positions(text: bytes, source: Source, options: ReadOptions) -> Pieces:
    """Positions of one document; of a damaged one every whole row."""
    if _STATES.match(text.lstrip()):
        try:
            found = msgspec.json.decode(text, type=_States)
            yield _vectors(found.states or [], found.time, source, options)
        except _ERRORS:
            time = _TIME.search(text)
            rows: list[_State] = _salvaged(text, b'"states"', _State, source)
            yield _vectors(rows, float(time.group(1)) if time else None, source, options)
        return
    if not _TRACK.match(text.lstrip()):
        source.tally.rows_read += 1
        source.refuse("a line that is no answer of OpenSky's API", text[:200].decode("utf-8", "replace"))
        return
    try:
        track = msgspec.json.decode(text, type=_Track)
    except _ERRORS:
        icao24 = _ICAO24.search(text)
        whole = _salvaged(text, b'"path"', _Waypoint, source)
        track = _Track(icao24.group(1).decode() if icao24 else "", whole)
    yield _waypoints(track, source, options)


def _salvaged(text: bytes, name: bytes, type_: type, source: Source) -> list[Any]:
    """Every row that can be understood after the name of the array; the others are refused."""
    body = text[text.index(b"[", text.index(name)) + 1 :]
    rows: list[Any] = []
    end = 0
    for found in _ROW.finditer(body):
        end = found.end()
        try:
            rows.append(msgspec.json.decode(found.group(), type=type_))
        except _ERRORS as error:
            reason = "row is not JSON"
            if isinstance(error, msgspec.ValidationError):
                reason = str(error).replace("`", "")
            source.tally.rows_read += 1
            source.refuse(reason, found.group()[:200].decode("utf-8", "replace"))
    rest = body[end:].strip(b" \t\r\n,")
    if not rest.startswith(b"]"):
        if rest:
            source.tally.rows_read += 1
            source.refuse("row cut off", rest[:200].decode("utf-8", "replace"))
        if not source.stream.broke:
            source.break_off("JSON cut off within its rows")
    return rows


def _vectors(rows: list[_State], time: float | None, source: Source, options: ReadOptions) -> Piece:
    source.tally.rows_read += len(rows)
    table = pa.table(
        {
            "time": pa.array([time] * len(rows), pa.float64()),
            "icao24": pa.array([row.icao24 for row in rows], pa.string()),
            "lat": pa.array([row.latitude for row in rows], pa.float64()),
            "lon": pa.array([row.longitude for row in rows], pa.float64()),
            "velocity": pa.array([row.velocity for row in rows], pa.float64()),
            "heading": pa.array([row.true_track for row in rows], pa.float64()),
            "vertrate": pa.array([row.vertical_rate for row in rows], pa.float64()),
            "callsign": pa.array([row.callsign for row in rows], pa.string()),
            "onground": pa.array([row.on_ground for row in rows], pa.bool_()),
            "squawk": pa.array([row.squawk for row in rows], pa.string()),
            "baroaltitude": pa.array([row.baro_altitude for row in rows], pa.float64()),
            "geoaltitude": pa.array([row.geo_altitude for row in rows], pa.float64()),
            "lastposupdate": pa.array([row.time_position for row in rows], pa.float64()),
            "position_source": pa.array(
                [None if row.position_source is None else str(row.position_source) for row in rows],
                pa.string(),
            ),
            opensky_vectors.OLD: pa.array([row.time_position is None for row in rows], pa.bool_()),
        }
    )
    return opensky_vectors.vectors(table, source, options, [])


def _waypoints(track: _Track, source: Source, options: ReadOptions) -> Piece:
    rows = track.path
    source.tally.rows_read += len(rows)
    table = pa.table(
        {
            "time": pa.array([row.time for row in rows], pa.float64()),
            "icao24": pa.repeat(track.icao24, len(rows)),
            "lat": pa.array([row.latitude for row in rows], pa.float64()),
            "lon": pa.array([row.longitude for row in rows], pa.float64()),
            "heading": pa.array([row.true_track for row in rows], pa.float64()),
            "callsign": pa.array([track.callsign or track.calllsign] * len(rows), pa.string()),
            "onground": pa.array([row.on_ground for row in rows], pa.bool_()),
            "baroaltitude": pa.array([row.baro_altitude for row in rows], pa.float64()),
        }
    )
    return opensky_vectors.vectors(table, source, options, [], feed=TRACK_FEED)
