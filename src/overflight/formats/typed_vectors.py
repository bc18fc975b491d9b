"""State vectors from tables with types of their own (Parquet, Avro): what their columns hold, understood."""

from __future__ import annotations

import pyarrow as pa

from overflight.formats import opensky_vectors
from overflight.formats.reading import Piece, ReadOptions, Source
from overflight.formats.table_columns import TableColumns
from overflight.units import MILLISECONDS_PER_SECOND

_INSTANTS = ("time", "lastposupdate")


def vectors_of(batch: pa.RecordBatch, names: dict[str, str], source: Source, options: ReadOptions) -> Piece:
    """Positions of a batch; `names` leads from the columns of `opensky_vectors` to those of the batch."""
    columns, made = TableColumns(batch, names), {}
    for name in names:
        if name in _INSTANTS:
            seconds = columns.milliseconds(name, MILLISECONDS_PER_SECOND).to_numpy(zero_copy_only=False)
            made[name] = pa.array(seconds / MILLISECONDS_PER_SECOND, from_pandas=True)
        elif name in opensky_vectors.NUMBERS:
            made[name] = columns.numbers(name)
        elif name == opensky_vectors.FLAG:
            made[name] = columns.flags(name)
        else:
            made[name] = columns.texts(name)
    return opensky_vectors.vectors(pa.table(made), source, options, columns.refused, remarks=columns.remarks)
