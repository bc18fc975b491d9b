"""The page on the contract names every field the program writes, in its order, and no other."""

import json
import re
from pathlib import Path

import pytest

import contract_example
from overflight.search import contract

PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text("utf-8")
COMMON = ["schema", "archive_version", "data_kind", "id", "version", "icao24"]
PARTS = {
    "place": contract.PLACE, "fix": contract.FIX, "candidate": contract.CANDIDATE, "end": contract.END,
    "stay": contract.STAY, "presence": contract.PRESENCE,
}  # fmt: skip


def fields_of(head):
    section = re.split(rf"^##+ {head}$", PAGE, flags=re.M)[1].split("\n#")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.M)


def test_the_fields_of_every_object():
    assert fields_of("Every object") == COMMON


@pytest.mark.parametrize("kind", contract.SCHEMAS)
def test_a_kind_of_answer(kind):
    assert COMMON + fields_of(kind) == contract.SCHEMAS[kind].names


@pytest.mark.parametrize("part", PARTS)
def test_a_part(part):
    assert fields_of(part) == [field.name for field in PARTS[part]]


@pytest.mark.parametrize(
    "part",
    [
        "REGION", "BORDER", "STATEMENT", "CROSSED", "REACH", "OTHERS", "TARGET", "CLOSEST", "RING", "SAID",
        "OTHER_NAME", "BLOCK", "CHANGE", "BESIDE",
    ],
)
def test_a_part_spelled_out_in_a_line(part):
    names = ", ".join(f'"{field.name}"' for field in getattr(contract, part))
    assert f"`{{{names}}}`" in PAGE


def test_the_example_is_what_is_answered_now():
    """`python tests/contract_example.py` writes it anew."""
    assert json.loads(contract_example.BLOCK.search(PAGE)[0]) == contract_example.example()


def test_the_example_is_a_visit():
    example = json.loads(contract_example.BLOCK.search(PAGE)[0])
    assert list(example) == contract.SCHEMAS["visits"].names
    assert list(example["candidates"][0]) == [field.name for field in contract.CANDIDATE]
    assert list(example["place"]) == [field.name for field in contract.PLACE]
