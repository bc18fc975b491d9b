"""The page on own data names every field that a column map may name."""

import re
from pathlib import Path

from overflight.formats import column_map

PAGE = (Path(__file__).parents[2] / "docs" / "own-data.md").read_text("utf-8")


def test_the_page_names_every_field_and_unit():
    section = PAGE.split("## Any other CSV")[1].split("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert set(column_map.FIELDS) | set(column_map.CLAIMS) <= named
    for field, units in column_map.UNITS.items():
        assert f"`{field}` ({', '.join(units)})" in section or field == "baro_altitude"
