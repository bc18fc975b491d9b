"""Whether bytes are what a radio received before anybody looked for frames in them."""

from __future__ import annotations

import numpy as np

ADVICE = (
    "I/Q samples, not frames: demodulate with dump1090 first (dump1090 --ifile FILE) and give its Beast or "
    "AVR output"
)
_HEAD = 4_096
_MIDDLE = 127.5  # unsigned samples lie around it: noise stays near it, and signals are short
_NEAR, _MOSTLY = 40, 0.9
_HALVES = (0.35, 0.65)  # text has no bytes from 128 up, compressed data few near the middle


def sampled(head: bytes) -> bool:
    """Whether a file that begins so looks like unsigned 8-bit I/Q samples."""
    values = np.frombuffer(head[:_HEAD], np.uint8).astype(np.int16)
    if len(values) < _HEAD:
        return False
    above = float((values > _MIDDLE).mean())
    return float((np.abs(values - _MIDDLE) <= _NEAR).mean()) >= _MOSTLY and _HALVES[0] <= above <= _HALVES[1]
