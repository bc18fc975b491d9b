import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import cut_gzip, register_of, said

from overflight.clock import day_number
from overflight.formats import identity_lists, mictronics, registers

DAY = day_number("2022-05-15")
AIRCRAFT = {
    "4C0001": ["X-MADE", "A320", "00"],
    "4c0002": [" X-UP ", "C130", "10", "made up Hercules"],
    "4C0003": ["X-TAG", "", "01", ""],
}
OPERATORS = {"XMA": ["Made Up Air", "Nowhere", "MADEUP"], "XUP": ["Up", "", ""]}


def as_json(entries):
    return json.dumps(entries, separators=(",", ":")).encode()


def rows(entries):
    data = entries if isinstance(entries, bytes) else as_json(entries)
    table, tally = register_of(mictronics.read, data, DAY)
    return said(table, "military"), tally


def test_aircraft_as_published():
    kept, tally = rows(AIRCRAFT)
    whose = {"day": DAY, "source": "mictronics", "data_kind": "recorded", "grade": "list"}
    assert kept == [
        {"address": 0x4C0001, "registration": "X-MADE", "type_designator": "A320", "military": False,
         **whose},
        {"address": 0x4C0002, "registration": "X-UP", "type_designator": "C130", "military": True, **whose,
         "description": "made up Hercules"},
        {"address": 0x4C0003, "registration": "X-TAG", "military": False, "tags": "interesting", **whose},
    ]  # fmt: skip
    assert not tally.refused and tally.format == "mictronics"


def test_bad_entries_are_refused_and_the_rest_kept():
    kept, tally = rows(
        {**AIRCRAFT, "zzz": ["A", "B", "00"], "4C0004": ["X"], "4C0005": "X", "4C0006": ["A", 1, "0"]}
    )
    assert len(kept) == 3 and tally.rows_read == 7
    assert tally.refused == {"no six-digit address": 1, "not three or four texts": 3}
    (unknown,), _ = rows({"4C0001": ["X-MADE", "", ""]})
    assert unknown["military"] is None and "type_designator" not in unknown


def test_a_cut_file_keeps_the_entries_before():
    many = {f"{n:06X}": [f"X-{n * 7919 % 99991:05d}", "B738", "00"] for n in range(1, 4000)}
    kept, tally = rows(cut_gzip(as_json(many)))
    assert 500 < len(kept) < 3999 and tally.refused == {"entry cut off": 1}
    assert [row["registration"] for row in kept] == [row[0] for row in list(many.values())[: len(kept)]]


def test_operators_become_designators():
    bad = {"": ["A", "B", "C"], "XNO": ["", "B", "C"], "XFE": ["A"], "XNU": [1, 2, 3], "XST": "A"}
    table, tally = register_of(mictronics.read_operators, as_json({**OPERATORS, **bad}), DAY, "designators")
    assert said(table) == [
        {"code": "XMA", "name": "Made Up Air", "country": "Nowhere", "telephony": "MADEUP",
         "source": "mictronics", "day": DAY},
        {"code": "XUP", "name": "Up", "source": "mictronics", "day": DAY},
    ]  # fmt: skip
    assert tally.refused_count == 5


def test_each_file_is_told_by_its_content():
    assert registers.reader_of(as_json(AIRCRAFT)) is mictronics
    assert identity_lists.reader_of(as_json(OPERATORS)).name == "mictronics operators"
    types = as_json({"AAA": ["MADE UP A", "L1P", "M"], "A002": ["IRKUT A-002", "G1P", "L"]})
    for other in (types, as_json({"version": 301}), b"", b"[]", b'{"4C0001": {}}'):
        assert registers.reader_of(other) is None and identity_lists.reader_of(other) is None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_never_crash(tail):
    for read, table, start in (
        (mictronics.read, "claims", b'{"4C0001":["a","b","00"],'),
        (mictronics.read_operators, "designators", b'{"XMA":["a","b","c"],'),
    ):
        for data in (tail, start + tail, start + b'"4C0002":' + tail + b"}"):
            register_of(read, data, DAY, table)


def test_nesting_without_end_never_crashes():
    _, tally = rows(b'{"4C0001":' + b"[" * 100_000)
    assert tally.unreadable.startswith("not readable JSON")


def test_the_zip_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    path = Path(shared) / "reference" / "mictronics" / "Mictronics_db_2022-05-15.zip"
    with zipfile.ZipFile(path) as zipped:
        kept, tally = register_of(mictronics.read, zipped.read("aircrafts.json"), DAY)
        codes, _ = register_of(
            mictronics.read_operators, zipped.read("operators.json"), DAY, "designators"
        )
    assert tally.rows_read == kept.num_rows == 434_159 and codes.num_rows == 5_894
    ours = {row["address"]: row for row in kept.to_pylist()}[0x613133]
    assert (ours["registration"], ours["military"]) == ("4K-78131", False)
