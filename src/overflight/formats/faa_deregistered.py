"""Who was registered in the United States, until when: DEREG.txt of the FAA's Releasable Aircraft Database.

Its layout is in the same ardata.pdf as that of MASTER.txt, see `formats.faa_registry`: the headings differ
in spelling, and there are two towns, of which the postal one is taken. It is a list of its own, so that it
is never taken for an edition of the register that lacks everybody else.

One mark stands in it as often as it was cancelled. `CERT-ISSUE-DATE` is since when a row holds,
`CANCEL-DATE` until when: from that day on it no longer holds. `EXP-COUNTRY`, where it was exported to,
becomes a tag.
"""

from __future__ import annotations

import pyarrow as pa

from overflight.formats.faa_registry import DEREGISTERED, kind_of, read_claims
from overflight.formats.reading import Source

NAME, SOURCE = "faa_deregistered", "faa-deregistered"


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is DEREG.txt."""
    return kind_of(head) == DEREGISTERED


def read(source: Source, day: int) -> pa.Table:
    """Claims of DEREG.txt (schema CLAIMS), in its order; `day` is the UTC day number of the publication."""
    return read_claims(source, day, NAME, SOURCE)
