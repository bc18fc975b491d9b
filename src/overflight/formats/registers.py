"""The readers of registers and aircraft lists, in the order in which they look at files; a new one is a line.

Each is a module with `NAME` (of the format, as reports word it), `SOURCE` (the name of the list: `source` of
its claims and `kind` of its entry in the catalogue), `sniff(head)` and `read(source, day)`. It may have two
functions more: `day_of(head)`, the UTC day number which the file itself states; and `is_whole(source)`,
whether the file is a whole list, so that what it lacks has ended. Without them the day is told from outside,
and a file is a whole list.
"""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa

from overflight.formats import (
    faa_deregistered,
    faa_registry,
    flightaware_list,
    g_info,
    mictronics,
    opensky_aircraft,
    plane_alert_db,
    tar1090_db,
    vrs_aircraft,
)
from overflight.formats.reading import Source


class RegisterReader(Protocol):
    """What a module must have to read a register."""

    NAME: str
    SOURCE: str

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes (unpacked) is of this register."""

    def read(self, source: Source, day: int) -> pa.Table:
        """Claims (schema CLAIMS) of one file, as of the UTC day number; its tally counts what is refused."""


READERS: tuple[RegisterReader, ...] = (
    tar1090_db,
    mictronics,
    vrs_aircraft,
    plane_alert_db,
    flightaware_list,
    faa_registry,
    faa_deregistered,
    g_info,
    opensky_aircraft,
)


def reader_of(head: bytes) -> RegisterReader | None:
    """The reader of the register that begins with these bytes (unpacked); None for anything else."""
    return next((reader for reader in READERS if reader.sniff(head)), None)


def day_of(reader: RegisterReader, head: bytes) -> int | None:
    """The UTC day number that the file itself states; None where it states none."""
    stated = getattr(reader, "day_of", None)
    day: int | None = None if stated is None else stated(head)
    return day


def is_whole(reader: RegisterReader, source: Source) -> bool:
    """Whether a file of this register is a whole list, so that what it lacks has ended."""
    asked = getattr(reader, "is_whole", None)
    return True if asked is None else bool(asked(source))
