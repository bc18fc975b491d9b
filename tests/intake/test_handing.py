import numpy as np
import pyarrow as pa
import pytest

from overflight.intake.handing import filed, open_tables, put_tables, taken


def test_a_thing_comes_out_of_its_file_as_it_went_in_and_the_file_goes(tmp_path):
    thing = {"words": ["a", None], "odd": np.arange(7, dtype=np.int8), "reals": np.linspace(0, 1, 1000),
             "rows": pa.table({"a": [1, None]}), "none": np.zeros(0)}  # fmt: skip
    with filed(thing, tmp_path) as path:
        back = taken(path)
        assert taken(path) is back, "made twice"
    assert not list(tmp_path.iterdir())
    assert back["words"] == thing["words"] and back["rows"].equals(thing["rows"])
    for name in ("odd", "reals", "none"):
        np.testing.assert_array_equal(back[name], thing[name])
    with pytest.raises(ValueError, match="read-only"):  # others have the same bytes
        back["reals"][0] = 1


def test_the_file_of_a_thing_goes_where_its_block_fails(tmp_path):
    with pytest.raises(KeyError), filed([1], tmp_path):
        raise KeyError
    assert not list(tmp_path.iterdir())


def test_tables_outlive_the_files_that_brought_them(tmp_path):
    tables = {
        "some": pa.table({"a": [1, 2], "b": ["x", None]}),
        "none": pa.table({"a": pa.array([], pa.int8())}),
    }
    paths = put_tables(tables, tmp_path)
    assert sorted(path for path in tmp_path.iterdir()) == sorted(paths.values())
    back = open_tables(paths)
    assert not list(tmp_path.iterdir())
    assert back == tables
