"""Overflight: an open flight database for people who must prove things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overflight.errors import ArchiveError, InputError, OverflightError, QuestionError

if TYPE_CHECKING:
    from pathlib import Path

    from overflight.archive import Archive

__version__ = "0.1.0"
__all__ = ["ArchiveError", "InputError", "OverflightError", "QuestionError", "__version__", "open"]


def open(path: str | Path, *, create: bool = False) -> Archive:
    """The archive in a folder; with `create` a new one where the folder does not exist or is empty.

    Raises ArchiveError where there is none. Loads the engines, which `import overflight` does not.
    """
    from overflight import archive

    return archive.open(path, create=create)
