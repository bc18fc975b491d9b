"""Packaged reference files: their bytes, their CSV rows, and the day of the airfield list."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

PACKAGED_DATE = "2022-10-11"  # of the airfield and runway lists: data/airfields.SOURCE.txt


def packaged_bytes(name: str) -> bytes:
    """Bytes of a file of the package's `data` folder."""
    return (files("overflight") / "data" / name).read_bytes()


def packaged_rows(name: str) -> list[dict[str, str]]:
    """Rows of a packaged CSV file by column name; empty cells are empty strings."""
    return list(csv.DictReader(io.StringIO(packaged_bytes(name).decode())))
