"""The nouns: true units in names, one spelling each, and a glossary that says what the table says."""

import ast
import re
import subprocess
import sys

import pyarrow as pa
import pytest
from house_source import ROOT, Module, read_modules

from overflight.model import fields

UNITS = ("ms", "s", "min", "e7", "deg", "ft", "kt", "fpm", "nm", "km", "count", "day", "nats")

# Numbers that have no unit, each with what they are instead.
UNITLESS = {
    "address": "a name, kept as a number",
    "first_address": "a name, kept as a number",
    "last_address": "a name, kept as a number",
    "nic": "a category of the standard",
    "nac_p": "a category of the standard",
    "sil": "a level of the standard",
    "adsb_version": "a version number",
    "flags": "bits",
    "objections": "bits",
    "probability": "a share of 1",
    "rank": "an order",
    "sequence": "an ordinal number",
    "batch": "a name, kept as a number",
    "source_id": "a name, kept as a number",
}

# Names the field uses loosely, and what is said here instead.
BANNED = {
    "typecode": "type_designator",
    "altitude": "baro_altitude_ft or geo_altitude_ft",
    "alt": "baro_altitude_ft or geo_altitude_ft",
    "timestamp": "time or time_ms",
    "heading": "track_deg, or a heading that says its unit",
    "velocity": "groundspeed_kt",
    "onground": "on_ground",
}

ALL_TABLES = {n: value for n, value in vars(fields).items() if n.isupper() and isinstance(value, tuple)}
FIELDS = [(table, field) for table, columns in ALL_TABLES.items() for field in columns]


def is_number(type_):
    return pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)


def loose_names(module):
    """Arguments and annotated attributes with a name that hides its unit or has two spellings."""
    for node in ast.walk(module.tree):
        name = node.arg if isinstance(node, ast.arg) else None
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        if name in BANNED:
            yield f"{module.name}:{node.lineno} {name}: write {BANNED[name]}"


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=[f"{t}.{f.name}" for t, f in FIELDS])
def test_a_field_says_its_unit_and_its_meaning(table, field):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
    assert field.name not in BANNED
    assert field.meaning.strip() and "\n" not in field.meaning
    if is_number(field.type):
        assert field.name in UNITLESS or field.name.rsplit("_", 1)[-1] in UNITS


def test_a_name_has_one_type_in_every_table():
    types = {}
    for _table, field in FIELDS:
        types.setdefault(field.name, set()).add(field.type)
    # flags are bits where one position carries them and words where people read them
    assert {name: found for name, found in types.items() if len(found) > 1 and name != "flags"} == {}


def test_no_table_names_a_field_twice():
    for table, columns in ALL_TABLES.items():
        names = [field.name for field in columns]
        assert len(names) == len(set(names)), table


def test_the_list_of_unitless_numbers_is_not_longer_than_needed():
    numbers = {field.name for _table, field in FIELDS if is_number(field.type)}
    assert set(UNITLESS) <= numbers


def test_no_loose_names_in_the_package():
    # formats/ is where the names of the sources end: the records of a source carry the names it gave them
    inside = [module for module in read_modules() if module.room != "formats"]
    assert [finding for module in inside for finding in loose_names(module)] == []


def test_the_check_finds_loose_names():
    bad = Module("overflight.bad", "class A:\n    altitude: int\ndef f(typecode: str) -> None: ...")
    assert len(list(loose_names(bad))) == 2


def test_the_glossary_is_what_the_table_of_fields_says():
    command = [sys.executable, str(ROOT / "scripts" / "glossary.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
