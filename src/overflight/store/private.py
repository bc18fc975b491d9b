"""Addresses made so that nobody can tell whose they are, and what speaks of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.model.address import NOT_ICAO_BIT, address_of
from overflight.model.sayings import PIA

DOCUMENT_COLUMNS = ("address", "as_reported", "statement", "value")  # by which `about_hidden` knows a claim

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def tagged_in(path: Path) -> Ints:
    """Addresses that a file of claims tags as FAA privacy addresses, each once."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        if "tags" not in names:  # of an older Overflight
            return np.zeros(0, np.int64)
        column = names.index("tags")
        groups = [g for g in range(file.num_row_groups) if _may_tell(file.metadata.row_group(g), column)]
        rows = file.read_row_groups(groups, columns=["address", "tags"])
    texts = pc.unique(rows["tags"]).drop_null().to_pylist()
    named = [text for text in texts if PIA in (part.strip() for part in text.split(";"))]
    said = rows["address"].filter(pc.is_in(rows["tags"], value_set=pa.array(named, pa.string())))
    return np.unique(said.drop_null().to_numpy().astype(np.int64))


def _may_tell(group: Any, column: int) -> bool:
    """Whether a row group may hold a tag: most lists have none at all."""
    told = group.column(column).statistics
    return told is None or not told.has_null_count or told.null_count < group.num_rows


def hidden_among(addresses: Any, private: Ints) -> Flags:
    """Which of a column of addresses are `~` addresses or among the private ones; null is neither."""
    known = np.asarray(pc.fill_null(addresses, 0)).astype(np.int64)
    return np.asarray((known >= NOT_ICAO_BIT) | np.isin(known, private), np.bool_)


def about_hidden(claim: Mapping[str, Any], private: Ints) -> bool:
    """Whether a document's claim (DOCUMENT_COLUMNS) speaks of such an address, whatever gives it."""
    said = [claim["address"], address_of(claim["as_reported"])]
    said += [address_of(claim["value"] or "")] if claim["statement"] == "address" else []
    known = [address for address in said if address is not None]
    return any(address >= NOT_ICAO_BIT or address in private for address in known)
