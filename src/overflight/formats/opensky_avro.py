"""Positions from OpenSky's state vectors as Avro, as its public dumps were published beside the CSV.

The columns are those of the CSV (`opensky_states`) under the same names and in the same units.
"""

from __future__ import annotations

from collections.abc import Iterable

from overflight.formats import avro_blocks, opensky_vectors
from overflight.formats.avro_blocks import Damaged, Unsupported
from overflight.formats.reading import Pieces, ReadOptions, Source
from overflight.formats.typed_vectors import vectors_of

NAME = "opensky_avro"


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is Avro."""
    return head.startswith(avro_blocks.MAGIC)


def read(sources: Iterable[Source], options: ReadOptions) -> Pieces:
    """Positions of each file in turn, a block of the file at a time."""
    for source in sources:
        source.is_of(NAME)
        try:
            header = avro_blocks.header_of(source.stream)
        except (Damaged, Unsupported) as error:
            source.reject(f"Avro that cannot be used: {error}")
            continue
        lower = {name.lower(): name for name in header.names}
        if not opensky_vectors.are_vectors(list(lower)):
            shown = ", ".join(header.names[:40])
            source.reject(f"Avro, but no state vectors of OpenSky: its fields are {shown}")
            continue
        names = {name: lower[name] for name in opensky_vectors.wanted(list(lower))}
        try:
            for batch in avro_blocks.blocks(source.stream, header):
                source.tally.rows_read += batch.num_rows
                yield vectors_of(batch, names, source, options)
        except (Damaged, Unsupported) as error:
            source.break_off(f"{error}; what came before it was read")
