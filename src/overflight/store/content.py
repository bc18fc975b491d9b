"""The hash of a table's rows, whatever wrote them and however they lie in memory or on disk."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_BLOCK_ROWS = 1 << 20  # hashed by fixed blocks so that chunking cannot show and memory stays bounded


def content_hash(data: pa.Table) -> str:
    """SHA-256 (hex) of the rows in their order: names, types, nulls and values, not chunks or encodings.

    Floats count by their bits: 0.0 and -0.0 differ, as they do for the engines that print them.
    """
    digest = hashlib.sha256()
    for field in data.schema:
        digest.update(f"{field.name}\0{field.type}\0".encode())
    for start in range(0, data.num_rows, _BLOCK_ROWS):
        for column in data.slice(start, _BLOCK_ROWS).columns:  # one after the other: little is copied at once
            _feed(digest, column.chunk(0) if column.num_chunks == 1 else column.combine_chunks())
    return digest.hexdigest()


def combined_hash(parts: list[tuple[str, ...]]) -> str:
    """SHA-256 (hex) over parts in sorted order, so that the order in which they were added does not count."""
    digest = hashlib.sha256()
    for part in sorted(parts):
        digest.update("\0".join(part).encode() + b"\n")
    return digest.hexdigest()


def _feed(digest: Any, array: pa.Array) -> None:
    """Length, then nulls as `all`, `none` or a bit map, then values: each part self-delimiting."""
    count = len(array)
    digest.update(count.to_bytes(8, "little"))
    if array.null_count == count:
        digest.update(b"0")
        return
    if array.null_count:
        digest.update(b"?")
        digest.update(np.packbits(pc.is_valid(array).to_numpy(zero_copy_only=False)))
    else:
        digest.update(b"1")
    if pa.types.is_list(array.type):
        _feed_lengths(digest, pc.list_value_length(array))
        _feed(digest, array.flatten())  # flatten leaves out what a null list may hide
    elif pa.types.is_string(array.type):
        _feed_lengths(digest, pc.binary_length(array))
        _feed_text(digest, pc.fill_null(array, "") if array.null_count else array)
    elif pa.types.is_boolean(array.type):
        digest.update(np.packbits(pc.fill_null(array, False).to_numpy(zero_copy_only=False)))
    else:
        values = pc.fill_null(array, 0).to_numpy(zero_copy_only=False)
        digest.update(np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")))


def _feed_lengths(digest: Any, lengths: pa.Array) -> None:
    digest.update(np.ascontiguousarray(pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False), dtype="<i4"))


def _feed_text(digest: Any, array: pa.Array) -> None:
    _, offsets_buffer, text_buffer = array.buffers()
    if text_buffer is None:
        return
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    digest.update(memoryview(text_buffer)[int(offsets[0]) : int(offsets[-1])])
