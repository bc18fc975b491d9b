"""Claims of a BaseStation.sqb: the database opened by the store, its columns told by the formats."""

from __future__ import annotations

import pyarrow as pa

from overflight.errors import InputError
from overflight.formats import basestation as meaning
from overflight.formats.checking import CLAIM_SCHEMA
from overflight.formats.reading import Source
from overflight.store import basestation

SOURCE = meaning.SOURCE
sniff = basestation.sniff


def read(source: Source, day: int) -> pa.Table:
    """Claims (schema CLAIMS) as of a UTC day number; a file that cannot be used says why in its tally."""
    if source.path is None:
        source.reject("a BaseStation database inside an archive: unpack it, it is opened where it lies")
        return CLAIM_SCHEMA.empty_table()
    try:
        found = basestation.read_aircraft(source.path)
    except InputError as error:
        source.reject(str(error))
        return CLAIM_SCHEMA.empty_table()
    source.tally.remarks.update(found.remarks)
    return meaning.claims(source, found.rows, day)
