"""The raw lists read a second time, in plain Python and by other code: what `registers.py` compares with.

`rows_of(path)` gives the name of the list, the address and what the row says of it, None where nothing.
`private` is set where the list flags an FAA privacy address.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

csv.field_size_limit(1 << 24)
HEX = re.compile(r"~?[0-9a-fA-F]{6}")
DATE = re.compile(r"(20\d\d)-?(\d\d)-?(\d\d)")
FAILED = ("#N/A", "#REF!", "#VALUE!", "#NAME?")  # formulas of a spreadsheet


class Row(NamedTuple):
    """What one row of a list says of an address."""

    registration: str | None
    type_designator: str | None
    operator: str | None
    military: bool | None
    serial: str | None
    private: bool = False


def day_text_in(path: Path) -> str | None:
    """The date in a file's name as `2020-01-07`, None without one."""
    match = DATE.search(path.name)
    return "-".join(match.groups()) if match else None


def rows_of(path: Path) -> Iterator[tuple[str, int, Row]]:
    """Name of the list, address and row, in the order of the file; nothing of a file that is no such list."""
    if path.name.endswith((".tar.gz", ".tar")):
        with tarfile.open(path) as archive:
            for member in archive:
                if "/aircraft/" in member.name and member.name.endswith(".csv"):
                    data = archive.extractfile(member)
                    assert data is not None
                    yield from _csv_rows(io.TextIOWrapper(data, "utf-8-sig", newline=""))
        return
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as zipped:
            if "aircrafts.json" in zipped.namelist():
                yield from _mictronics(json.loads(zipped.read("aircrafts.json")))
        return
    if path.name.endswith((".csv", ".csv.gz", ".csv.xz", ".csv.bz2")):
        with _opened(path) as text:
            yield from _csv_rows(text)


def _opened(path: Path) -> TextIO:
    kinds = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
    opened = kinds.get(path.suffix, open)(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    assert isinstance(opened, io.TextIOWrapper)
    return opened


def _mictronics(entries: dict[str, list[str]]) -> Iterator[tuple[str, int, Row]]:
    for key, (mark, kind, flags, *_) in entries.items():
        if (address := _address(key)) is not None:
            yield "mictronics", address, Row(_text(mark), _text(kind), None, _flag(flags), None)


def _csv_rows(text: TextIO) -> Iterator[tuple[str, int, Row]]:
    reader = csv.reader(text)
    names = [name.lstrip("$#") for name in next(reader, [])]
    if names[:5] == ["hex", "reg", "type", "flags", "desc"]:
        for fields in reader:
            if len(fields) == 5 and (address := _address(fields[0])) is not None:
                private = fields[3][2:3] == "1"
                mark, kind = _text(fields[1]), _text(fields[2])
                yield "tar1090-db", address, Row(mark, kind, None, _flag(fields[3]), None, private)
    elif names == ["icao24", "r", "t", "desc"]:
        for fields in reader:
            if len(fields) == 4 and (address := _address(fields[0])) is not None:
                mark, kind = _text(fields[1]), _text(fields[2])
                yield "flightaware-registrations", address, Row(mark, kind, None, None, None)
    elif {"ICAO", "CMPG", "Category"} <= set(names):
        yield from _plane_alert(names, reader)
    elif names[:3] == ["ICAO", "Registration", "ModelICAO"]:
        for fields in reader:
            if len(fields) == len(names) and (address := _address(fields[0])) is not None:
                said = dict(zip(names, fields, strict=True))
                named = None if said["IsPrivateOperator"] == "1" else _text(said["Operator"])
                mark, kind = _text(said["Registration"]), _text(said["ModelICAO"])
                yield "vrs-standing-data", address, Row(mark, kind, named, None, _text(said["SerialNumber"]))


def _plane_alert(names: list[str], reader: Iterator[list[str]]) -> Iterator[tuple[str, int, Row]]:
    last = max(k for k, name in enumerate(names) if name) + 1
    for fields in reader:
        if len(fields) < last or any(fields[last:]) or (address := _address(fields[0])) is None:
            continue
        said = {n: v.strip() if v.strip() not in FAILED else "" for n, v in zip(names, fields, strict=False)}
        mark = _text(said.get("Registration") or said.get("Ident", ""))
        group = {"Mil": True, "Civ": False}.get(said["CMPG"])
        kind, operator = _text(said.get("ICAO Type", "")), _text(said["Operator"])
        private = "PIA" in fields  # as a tag
        yield "plane-alert-db", address, Row(mark, kind, operator, group, None, private)


def _address(text: str) -> int | None:
    plain = text.strip()
    if HEX.fullmatch(plain) is None:
        return None
    return int(plain.lstrip("~"), 16) | (plain.startswith("~") << 24)


def _text(text: str) -> str | None:
    return text.strip() or None


def _flag(flags: str) -> bool | None:
    return flags[0] == "1" if flags else None
