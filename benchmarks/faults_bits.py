"""Single bits flipped in every kind of file of an archive: found by `verify`, and never in an answer."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from random import Random

from faults_world import World, answers

import overflight
from overflight.errors import ArchiveError


def flips(world: World, folder: Path, count: int, chance: Random) -> tuple[list[str | None], Counter[str]]:
    """What was wrong after each of `count` flips (None: nothing), and what became of them by kind of file."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(world.whole, folder)
    with overflight.open(folder) as shelf:
        shelf.prepare()
    said, listed = answers(folder), _listed(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    sizes = [path.stat().st_size for path in files]
    outcomes: list[str | None] = []
    became: Counter[str] = Counter()
    for number in range(count):
        # half by size, half by file: small files would hardly be met else
        path = chance.choices(files, sizes)[0] if number % 2 else chance.choice(files)
        content = path.read_bytes()
        place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        try:
            wrong, how = _tried(folder, path, said, listed)
        finally:
            for left in folder.glob("catalogue.sqlite-*"):
                left.unlink()
            path.write_bytes(content)
        outcomes.append(f"{path.name} byte {place} bit {bit}: {wrong}" if wrong else None)
        became[f"{_kind(path)}: {how}"] += 1
    return outcomes, became


def _kind(path: Path) -> str:
    """What a file of an archive is, in words."""
    if path.suffix == ".sha256":
        return "digest of what is prepared"
    return path.parent.name if path.suffix == ".parquet" else path.name


def _tried(folder: Path, path: Path, said: str, listed: object) -> tuple[str | None, str]:
    """What is wrong (None: nothing), and how it came out in a few words."""
    try:
        found = bool(overflight.archive.verify(folder).damaged)
    except ArchiveError:
        found = True
    try:
        told = answers(folder)
    except ArchiveError:
        told = ""
    if told and told != said:
        return "another answer was given", "another answer"
    if found:
        return None, "found" if told else "found, and refused to answer"
    if path.name == "catalogue.sqlite" and _listed(folder) == listed:
        return None, "in bytes that hold nothing"
    return "not found", "not found"


def _listed(folder: Path) -> object:
    """Every row of the catalogue; None where SQLite refuses."""
    connection = sqlite3.connect(f"{(folder / 'catalogue.sqlite').as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        rows = [connection.execute(f'SELECT * FROM "{name}"').fetchall() for name, sql in tables
                if sql and sql.startswith("CREATE TABLE")]  # fmt: skip
        return tables, rows
    except sqlite3.Error:
        return None
    finally:
        connection.close()
