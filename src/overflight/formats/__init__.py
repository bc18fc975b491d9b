"""Ways in and out, one file a format; `Reader` tells them apart by content, yields positions and claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
import pyarrow as pa

from overflight.formats import (
    aircraft_json,
    avr,
    beast,
    column_map,
    containers,
    fr24_csv,
    fr24_kml,
    generic_csv,
    opensky_avro,
    opensky_json,
    opensky_states,
    packaged_maps,
    parquet_tables,
    readsb_heatmap,
    readsb_trace,
    sbs,
    timed_frames,
    traffic_json,
    unknown,
)
from overflight.formats.checking import CLAIM_SCHEMA, POSITION_SCHEMA
from overflight.formats.csv_blocks import HEADER_MAX
from overflight.formats.mode_s import samples
from overflight.formats.reading import Piece, Pieces, Reading, ReadOptions, Source, Tally
from overflight.formats.split import Input

__all__ = ["FORMATS", "Reader", "sniff"]

# Formats that say themselves what their fields mean, in the order in which they are asked. CSV of other
# makers comes last: it needs a column map.
TOLD = (
    readsb_trace, aircraft_json, readsb_heatmap, opensky_states, traffic_json, parquet_tables,
    opensky_avro, opensky_json, fr24_csv, fr24_kml, sbs, beast, avr, timed_frames,
)  # fmt: skip
FORMATS = (*TOLD, generic_csv)
_UNREADABLE = "unreadable"


def sniff(head: bytes) -> str | None:
    """Name of the format of a file that begins so, after gunzipping; None where this program knows none."""
    return next((one.NAME for one in FORMATS if one.sniff(head)), None)


class Reader:
    """Readings of files in order; after (and while) they are taken, `tallies` has one tally for each path.

    One file that fails never stops the others. Raises InputError for a column map that is wrong in itself.
    """

    def __init__(
        self, paths: Sequence[Input], options: ReadOptions | None = None, rows_per_chunk: int = 500_000
    ) -> None:
        self.tallies = [Tally(str(path)) for path in paths]
        self._paths = paths
        self._options = options or ReadOptions()
        self._rows_per_chunk = rows_per_chunk
        given = self._options.column_map
        self._map = None if given is None else column_map.load(given)

    def __iter__(self) -> Iterator[Reading]:
        """Chunks of at least `rows_per_chunk` positions, the last of what is left; each file is read once."""
        held: list[Piece] = []
        for piece in self._pieces():
            held.append(piece)
            if sum(one.positions.num_rows for one in held) >= self._rows_per_chunk:
                yield _joined(held)
                held = []
        if held:
            yield _joined(held)

    def _pieces(self) -> Pieces:
        for name, sources in groupby(self._sources(), key=self._format):
            told = next((one for one in TOLD if name == one.NAME), None)
            if told is not None:
                yield from told.read(sources, self._options)
            elif name == generic_csv.NAME and self._map is not None:
                yield from generic_csv.read(sources, self._options, self._map)
            elif name == generic_csv.NAME:
                yield from _packaged(sources, self._options)
            else:
                _reject(sources)

    def _sources(self) -> Iterator[Source]:
        for index, (path, tally) in enumerate(zip(self._paths, self.tallies, strict=True)):
            yield from containers.members(path, tally, index)

    def _format(self, source: Source) -> str:
        """The format of a source; with a column map every table is read by the map, OpenSky's too."""
        head = source.stream.peek(HEADER_MAX)
        name = sniff(head)
        tables = (opensky_states.NAME, timed_frames.NAME)
        if self._map is not None and name in tables and generic_csv.sniff(head):
            return generic_csv.NAME
        return name or _UNREADABLE


def _shown(head: bytes) -> str:
    """The first bytes as text where they are text, else as hex."""
    text = head[:60].decode("utf-8", "replace")
    return f"bytes {head[:12].hex(' ')}" if "\ufffd" in text or "\0" in text else repr(text)


def _joined(pieces: Iterable[Piece]) -> Reading:
    positions, claims, index = zip(*pieces, strict=True)
    return Reading(
        pa.concat_tables([POSITION_SCHEMA.empty_table(), *positions]),
        pa.concat_tables([CLAIM_SCHEMA.empty_table(), *claims]),
        np.concatenate([np.zeros(0, np.int32), *index]).astype(np.int32),
    )


def _packaged(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of CSV files whose columns are known; the others are rejected."""
    for source in sources:
        found = packaged_maps.packaged(source.stream.peek(HEADER_MAX))
        if found is None:
            _reject([source])
        else:
            yield from packaged_maps.read(source, options, found)


def _reject(sources: Iterable[Source]) -> None:
    """Say of each source why it cannot be read and, where that is known, what to do."""
    for source in sources:
        head = source.stream.peek(HEADER_MAX)
        elsewhere = containers.not_opened(head)
        if not head:
            source.reject("empty" if source.stream.broke is None else "nothing in it before it breaks off")
        elif samples.sampled(head):
            source.reject(samples.ADVICE)
        elif elsewhere:
            source.reject(f"not a format this reader knows: {elsewhere}; unpack it first")
        elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
            source.reject("not a format this reader knows: UTF-16 text; save it as UTF-8")
        elif generic_csv.sniff(head):
            source.reject(generic_csv.without_map(head))
        else:
            unread = unknown.of_json(head) or f"begins with {_shown(head)}"
            source.reject(f"not a format this reader knows: {unread}")
