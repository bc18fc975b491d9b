"""The archive that a verb is about."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from overflight import archive, settings
from overflight.errors import QuestionError


def archive_folder(options: argparse.Namespace) -> str | Path:
    """The folder named by the options or the settings; QuestionError where neither names one."""
    path = options.archive or settings.settings_from(os.environ, Path.cwd()).archive
    if path is None:
        raise QuestionError("which archive? Give --archive DIR or set OVERFLIGHT_ARCHIVE")
    return path


def opened(options: argparse.Namespace, *, create: bool = False) -> archive.Archive:
    """The archive named by the options or the settings; QuestionError where neither names one."""
    return archive.open(archive_folder(options), create=create)
