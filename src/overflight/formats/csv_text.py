"""Plain UTF-8 text of a reference file in memory: gunzipped by its magic bytes, repaired where not UTF-8."""

from __future__ import annotations

import io

from overflight.formats.containers import ByteStream
from overflight.formats.gzip import MAGIC, Gunzip
from overflight.formats.reading import Tally

SIZE_LIMIT = 256 << 20  # bytes; the largest such lists are some 30 MB, many times that is a mistake or a bomb
_PIECE = 1 << 20  # bytes inflated at a time


class _Memory:
    """Bytes at hand, read in order; they never break off."""

    broke: str | None = None

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


def head_text(head: bytes) -> str:
    """First line of a plain or gzip file of which only the beginning is at hand; bad bytes replaced."""
    if head.startswith(MAGIC):
        head = _inflated(head, _PIECE)[0]
    return head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8", "replace")


def plain_text(data: bytes, tally: Tally) -> bytes:
    """UTF-8 bytes without a byte-order mark; a cut gzip keeps its whole lines, `tally.broke` says where."""
    if data.startswith(MAGIC):
        data, tally.broke = _inflated(data, SIZE_LIMIT)
        if tally.broke:
            data = data[: data.rfind(b"\n") + 1]
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
    except UnicodeDecodeError:
        tally.remarks["bytes that are not UTF-8 replaced"] += 1
        data = data.decode(errors="replace").encode()
    return data


def _inflated(data: bytes, limit: int) -> tuple[bytes, str | None]:
    """What gzip data inflate to, about `limit` bytes at most, and how they broke off if they did."""
    stream, plain = Gunzip(ByteStream(_Memory(data))), bytearray()
    while piece := stream.read(_PIECE):
        plain += piece
        if len(plain) > limit:
            return bytes(plain), f"more than {limit} bytes once inflated"
    return bytes(plain), stream.broke
