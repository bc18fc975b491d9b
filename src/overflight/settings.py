"""Settings a user may keep: environment first, then `overflight.toml` here, then the one in the configuration
folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from overflight.errors import QuestionError

PREFIX = "OVERFLIGHT_"
FILE_NAME = "overflight.toml"


@dataclass(frozen=True)
class Settings:
    """What is set, None where nothing is: the `archive`'s folder, the `licence` of new recordings.

    `publish_receiver_area` is the consent to show recordings that may betray where their one antenna stands.
    `contact` is told to sources that are fetched from, the two of `opensky` are keys to an account there.
    """

    archive: Path | None = None
    licence: str | None = None
    publish_receiver_area: bool = False
    contact: str | None = None
    opensky_client_id: str | None = None
    opensky_client_secret: str | None = field(default=None, repr=False)


_KINDS: dict[str, type] = {
    "archive": str, "licence": str, "publish_receiver_area": bool, "contact": str,
    "opensky_client_id": str, "opensky_client_secret": str,
}  # fmt: skip
_WRITTEN = {"true": True, "false": False}  # in the environment, where all is text


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
    consent = values.get("publish_receiver_area", False)
    if isinstance(consent, str):
        if consent.lower() not in _WRITTEN:
            raise QuestionError(f"{PREFIX}PUBLISH_RECEIVER_AREA is true or false, not {consent!r}")
        consent = _WRITTEN[consent.lower()]
    archive = values.get("archive")
    folder_set = Path(archive).expanduser() if archive is not None else None
    others = {name: values.get(name) for name in ("contact", "opensky_client_id", "opensky_client_secret")}
    return Settings(folder_set, values.get("licence"), consent, **others)


def _home(environment: Mapping[str, str]) -> Path:
    configured = environment.get("XDG_CONFIG_HOME")
    return Path(configured) if configured else Path(environment.get("HOME", "~")).expanduser() / ".config"


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QuestionError(f"cannot read the settings in {path}: {error}") from error
    for name, value in values.items():
        if name not in _KINDS or not isinstance(value, _KINDS[name]):
            kinds = {str: "a text", bool: "true or false"}
            known = ", ".join(f"{key} ({kinds[kind]})" for key, kind in _KINDS.items())
            raise QuestionError(f"{path}: {name!r} is not a setting; known are {known}")
    if "archive" in values:
        values["archive"] = str(path.parent / Path(values["archive"]).expanduser())
    return values
