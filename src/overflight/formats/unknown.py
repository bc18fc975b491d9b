"""What to tell somebody whose file is of no kind known here: what it seems to be, what to give instead."""

from __future__ import annotations

import re

_NAMES_TOLD = 6
_NAME = re.compile(rb'"([A-Za-z0-9_. -]{1,40})"\s*:')
_FRAME = re.compile(rb'"[0-9a-fA-F]{14}(?:[0-9a-fA-F]{14})?"\s*:\s*\{')
_KNOWN = (
    "JSON read here: readsb's traces and aircraft.json, answers of OpenSky's API, frames of jet1090, and "
    "trajectories with timestamp, latitude and longitude"
)


def of_json(head: bytes) -> str | None:
    """Words for JSON of no known kind; None for anything else."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    names = list(dict.fromkeys(name.decode() for name in _NAME.findall(head)))
    if start not in (b"{", b"[") or not names:
        return None
    if _FRAME.search(head) and b'"df"' in head:
        return (
            "what a decoder made of Mode S frames, without the times they were heard: give the recording "
            "itself (Beast, AVR lines that begin with @, SBS, or jet1090's lines)"
        )
    shown = ", ".join(names[:_NAMES_TOLD])
    return f"JSON of no kind that is read here (it begins with {shown}). {_KNOWN}"
