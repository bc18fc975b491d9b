import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.formats.csv import write_rows


def written(rows, columns=None):
    out = io.StringIO(newline="")
    write_rows(rows, out, columns)
    return out.getvalue()


def test_nested_names_lists_and_unknowns():
    row = {"id": "a", "place": {"ident": "LLOV", "at": {"latitude_deg": 29.94}}, "seen": True, "count": -3,
           "callsigns": ["AZAF8", "J2"], "candidates": [{"n": 1}], "flags": [], "none": None}  # fmt: skip
    assert written([row]) == (
        "id,place_ident,place_at_latitude_deg,seen,count,callsigns,candidates,flags,none\n"
        'a,LLOV,29.94,true,-3,AZAF8 | J2,"[{""n"":1}]",,\n'
    )


def test_formulas_are_disarmed_and_numbers_left_alone():
    cells = {
        "a": "=1+1",
        "b": "+972",
        "c": "-5",
        "d": "@x",
        "e": "\tx",
        "f": "\rx",
        "g": -5,
        "h": -0.5,
        "i": ["=x"],
    }
    assert next(csv.reader(io.StringIO(written([cells]).split("\n", 1)[1], newline=""))) == [
        "'=1+1", "'+972", "'-5", "'@x", "'\tx", "'\rx", "-5", "-0.5", "'=x",
    ]  # fmt: skip
    assert written([{"=a": 1}]).startswith("'=a\n")


def test_columns_are_those_of_all_rows_or_those_given():
    rows = [{"id": 1, "departure": None}, {"id": 2, "departure": {"earliest": "x"}, "more": 5}]
    assert written(rows) == "id,departure_earliest,more\n1,,\n2,x,5\n"
    assert written(rows, ["more", "id", "departure_earliest"]) == "more,id,departure_earliest\n,1,\n5,2,x\n"
    with pytest.raises(ValueError, match="no column for departure_earliest, more"):
        written(rows, ["id"])
    assert written([]) == "\n" and written([], ["id"]) == "id\n"


@given(rows=st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.none() | st.integers()}), min_size=1))
def test_any_text_comes_back_from_a_csv_reader(rows):
    back = list(csv.DictReader(io.StringIO(written(rows), newline="")))
    for row, found in zip(rows, back, strict=True):
        assert found["a"] in (row["a"], "'" + row["a"])
        assert found["b"] == ("" if row["b"] is None else str(row["b"]))
