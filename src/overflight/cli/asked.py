"""What was asked, as one line that asks it again; for the notes of an export."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

# What belongs to the machine and the output, not to the question.
_NOT_ASKED = ("archive", "quiet", "run", "verb", "format", "output", "sentences")


def asked_text(options: argparse.Namespace) -> str:
    """`overflight visits --place LLOV --since 2016-04-01`; of a file its name, not the folder it is in."""
    words = ["overflight", options.verb]
    for name, value in vars(options).items():
        if name in _NOT_ASKED or value in (None, False, [], ()) or (name, value) == ("regions", "country"):
            continue
        positional = name in ("name", "names", "of") or (name == "place" and options.verb == "never")
        option = "" if positional else f"--{name.replace('_', '-')}"
        for one in value if isinstance(value, list | tuple) else [value]:
            words += [option] if one is True else [option, _named(str(one))]
    return shlex.join(word for word in words if word)


def _named(text: str) -> str:
    """The name of a file, else the text."""
    try:
        return Path(text).name if Path(text).is_file() else text
    except (OSError, ValueError):
        return text
