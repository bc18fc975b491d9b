"""Which addresses bear a mark, and since when: an index over a register for one day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.registry.register import Register

Ints = npt.NDArray[np.int64]
_UNTOLD = -1  # not known by then
_VALUE_BITS = 32  # an address has 25, the number of a serial fewer than a table has rows


def plain_mark(mark: str) -> str:
    """The mark in capitals without hyphens and blanks."""
    return re.sub(r"[^0-9A-Z]", "", mark.upper())


class Bearers:
    """The sayings of a register by mark, for those marks that stand on more than one address or serial."""

    def __init__(self, register: Register, day: int, known_day: int | None = None) -> None:
        """How the sayings stand on a UTC day number, as known on `known_day`."""
        self._claims = register.claims
        self._rows: dict[str, Ints] = {}
        self._standing = np.full(len(self._claims), _UNTOLD, np.int64)
        marks = pc.replace_substring_regex(pc.utf8_upper(self._claims["registration"]), "[^0-9A-Z]", "")
        coded = pa.chunked_array([marks]).combine_chunks().dictionary_encode()
        codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        address = self._claims["address"].to_numpy().astype(np.int64)
        addresses = np.unique(address)
        held = register.held(addresses, np.full(len(addresses), day, np.int64), known_day)
        self._standing[held.row] = held.standing
        serial = self._claims["serial"].combine_chunks().dictionary_encode().indices
        serials = pc.fill_null(serial, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        several = _with_several(codes, address) | _with_several(codes[serials >= 0], serials[serials >= 0])
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(coded.dictionary) + 1))
        shared = sorted(several)
        names = coded.dictionary.take(pa.array(shared, pa.int64())).to_pylist()
        for code, mark in zip(shared, names, strict=True):
            self._rows[mark] = order[starts[code] : starts[code + 1]]

    def of(self, mark: str) -> Ints:
        """Rows of the sayings that give a mark; none where it stands on one airframe alone."""
        rows = self._rows.get(plain_mark(mark), np.empty(0, np.int64))
        known: Ints = rows[self._standing[rows] != _UNTOLD]
        return known

    def told(self, rows: Ints, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The named columns of the rows, then how each stands on the day."""
        if not len(rows):
            return iter(())
        taken = self._claims.select(list(names)).take(pa.array(rows))
        columns = [column.to_pylist() for column in taken.columns]
        return iter(zip(*columns, self._standing[rows].tolist(), strict=True))


def _with_several(codes: Ints, values: Ints) -> set[int]:
    """The codes that go with more than one value; values have at most 32 bits."""
    pairs = np.unique(codes[codes >= 0] << _VALUE_BITS | values[codes >= 0]) >> _VALUE_BITS
    found, counts = np.unique(pairs, return_counts=True)
    return set(found[counts > 1].tolist())
