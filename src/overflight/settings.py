"""Settings a user may keep: environment first, then `overflight.toml` here, then the one in the configuration
folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from overflight.errors import QuestionError

PREFIX = "OVERFLIGHT_"
FILE_NAME = "overflight.toml"


@dataclass(frozen=True)
class Settings:
    """What is set, None where nothing is: the `archive`'s folder, the `licence` of new recordings."""

    archive: Path | None = None
    licence: str | None = None


def settings_from(environment: Mapping[str, str], folder: Path) -> Settings:
    """Settings of a user who stands in `folder`: `OVERFLIGHT_ARCHIVE` and its like win over the first file
    found.

        A folder written in a file is relative to that file. Raises QuestionError for a file or a key that is
    wrong.
    """
    values: dict[str, Any] = {}
    for path in (folder / FILE_NAME, _home(environment) / "overflight" / "config.toml"):
        if path.is_file():
            values = _read(path)
            break
    names = [field.name for field in fields(Settings)]
    values |= {n: environment[PREFIX + n.upper()] for n in names if environment.get(PREFIX + n.upper())}
    archive = values.get("archive")
    return Settings(Path(archive).expanduser() if archive is not None else None, values.get("licence"))


def _home(environment: Mapping[str, str]) -> Path:
    configured = environment.get("XDG_CONFIG_HOME")
    return Path(configured) if configured else Path(environment.get("HOME", "~")).expanduser() / ".config"


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QuestionError(f"cannot read the settings in {path}: {error}") from error
    known = [field.name for field in fields(Settings)]
    for name, value in values.items():
        if name not in known or not isinstance(value, str):
            raise QuestionError(
                f"{path}: {name!r} is not a setting; known are {', '.join(known)}, each a text"
            )
    if "archive" in values:
        values["archive"] = str(path.parent / Path(values["archive"]).expanduser())
    return values
