"""The packaged error table says what the page of the method says."""

import re
from pathlib import Path

import pytest

from overflight.web.score import read_score

PAGE = (Path(__file__).parents[3] / "docs" / "method" / "dark-stops.md").read_text("utf-8")
NUMBER = r"([\d.,]+)"


@pytest.mark.parametrize(
    ("head", "name"),
    [("| hidden, nothing known beyond", "rows"), ("| field that nobody was seen at before", "never_seen")],
)
def test_the_table_is_the_documents(head, name):
    part = PAGE[PAGE.index(head) :]
    lines = part[: part.index("\n\n")].splitlines()[2:]
    found = []
    for line in lines:
        words, n, first, three, error = (cell.strip() for cell in line.strip("|").split("|"))
        hidden, _, routes = words.rpartition(", ")
        numbers = [float(x) for cell in (first, three, error) for x in re.findall(r"[\d.]+", cell)]
        found.append((hidden, routes == "with routes", int(n.replace(",", "")), *numbers))
    packed = [
        (r.hidden, r.routes, r.n, *r.first_percent, *r.first_three_percent, r.calibration_error_percent,
         r.perfect_percent)
        for r in getattr(read_score(), name)
    ]  # fmt: skip
    assert packed == found and len(found) == 10


def test_the_calibration_is_the_documents():
    part = PAGE[PAGE.index("```text\n  said") :]
    found = re.findall(rf"^\s*{NUMBER}%\s+{NUMBER}%\s+{NUMBER}\s", part[: part.index("```", 5)], re.MULTILINE)
    numbers = [(float(a), float(b), int(n.replace(",", ""))) for a, b, n in found]
    assert list(read_score().calibration) == numbers
