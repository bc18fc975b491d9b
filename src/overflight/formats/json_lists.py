"""Entries of a JSON file that is one object or one array; of one that breaks off, those before the break."""

from __future__ import annotations

from typing import Any

import msgspec

from overflight.formats.csv_text import SIZE_LIMIT, plain_text
from overflight.formats.reading import Source
from overflight.formats.register_rows import all_bytes


def object_entries(source: Source) -> dict[str, Any]:
    """Entries of an object by their names, counted as rows read; none where it is no object."""
    found = _decoded(source, b"{", b"}")
    return found if isinstance(found, dict) else {}


def array_entries(source: Source) -> list[Any]:
    """Entries of an array, counted as rows read; none where it is no array."""
    found = _decoded(source, b"[", b"]")
    return found if isinstance(found, list) else []


def _decoded(source: Source, opening: bytes, closing: bytes) -> Any:
    data = all_bytes(source)
    cut = bool(source.stream.broke) or len(data) >= SIZE_LIMIT
    plain = plain_text(data, source.tally).strip()
    if not plain.startswith(opening):
        source.reject("not the JSON that it began like")
        return None
    if cut and not plain.endswith(closing):
        plain = _whole_entries(source, plain, closing)
    try:
        found = msgspec.json.decode(plain)
    except (msgspec.DecodeError, RecursionError) as error:
        source.reject(f"not readable JSON: {error}")
        return None
    source.tally.rows_read += len(found)
    return found


def _whole_entries(source: Source, plain: bytes, closing: bytes) -> bytes:
    """The text up to its last whole entry, closed; what is left of the next one is refused."""
    ends = [plain.rfind(end) for end in (b"],", b"},", b'",')]
    at = max(ends[:2]) if max(ends[:2]) >= 0 else ends[2]
    source.tally.rows_read += 1
    source.refuse("entry cut off", plain[at + 2 :][:200].decode("utf-8", "replace"))
    return plain[: at + 1] + closing if at >= 0 else plain[:1] + closing
