"""Made-up state vectors as a typed table, for the tests of the files that carry such."""

import csv
import io

import pyarrow as pa
from trace_samples import states_bytes

_TEXTS = ("icao24", "callsign", "squawk")
_FLAGS = ("onground", "alert", "spi")


def vector_rows(rows=60):
    """The rows of `states_bytes` with values of their types; unknown is None."""

    def typed(name, text):
        if text == "":
            return None
        if name in _TEXTS:
            return text
        return text == "true" if name in _FLAGS else float(text)

    lines = csv.DictReader(io.StringIO(states_bytes(rows).decode()))
    return [{name: typed(name, text) for name, text in line.items()} for line in lines]


def vector_table(rows=60):
    """The same as an Arrow table: whole seconds, text, truth values, float64."""
    table = pa.Table.from_pylist(vector_rows(rows))
    at = table.column_names.index("time")
    return table.set_column(at, "time", table["time"].cast(pa.int64()))
