"""The readers of lists about call signs, addresses and marks: who uses a designator, which State has a block.

Each list is one `ListReader`; several may come from one publisher. A new one: one line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa

from overflight.formats import address_ranges as ranges
from overflight.formats import airline_lists as airlines
from overflight.formats import mictronics
from overflight.formats import vrs_lists as vrs
from overflight.formats.reading import Source


class ListReader(NamedTuple):
    """How one list is told and read, and into which table of model.fields."""

    name: str  # of the format
    source: str  # name of the list: `source` of its rows and `kind` of its entry in the catalogue
    table: str  # designators, address_blocks or mark_prefixes
    sniff: Callable[[bytes], bool]
    read: Callable[[Source, int], pa.Table]


READERS = (
    ListReader(vrs.AIRLINES, vrs.SOURCE, "designators", vrs.sniff_airlines, vrs.read_airlines),
    ListReader(vrs.CODE_BLOCKS, vrs.SOURCE, "address_blocks", vrs.sniff_code_blocks, vrs.read_code_blocks),
    ListReader(vrs.PREFIXES, vrs.SOURCE, "mark_prefixes", vrs.sniff_prefixes, vrs.read_prefixes),
    ListReader(
        mictronics.OPERATORS_NAME, mictronics.SOURCE, "designators", mictronics.sniff_operators,
        mictronics.read_operators,
    ),
    ListReader(
        airlines.CSV_NAME, airlines.CSV_SOURCE, "designators", airlines.sniff_csv, airlines.read_csv
    ),
    ListReader(
        airlines.JSON_NAME, airlines.JSON_SOURCE, "designators", airlines.sniff_json, airlines.read_json
    ),
    ListReader(ranges.CSV_NAME, ranges.CSV_SOURCE, "address_blocks", ranges.sniff_csv, ranges.read_csv),
    ListReader(ranges.JSON_NAME, ranges.JSON_SOURCE, "address_blocks", ranges.sniff_json, ranges.read_json),
)  # fmt: skip


def reader_of(head: bytes) -> ListReader | None:
    """The reader of the list that begins with these bytes (unpacked); None for anything else."""
    return next((reader for reader in READERS if reader.sniff(head)), None)
