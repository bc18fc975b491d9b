"""BaseStation.sqb files made here: good ones, odd ones, and ones made to do harm."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.store import basestation

# as in Virtual Radar Server's script of the table, without the columns that nobody fills
TABLE = """CREATE TABLE Aircraft (AircraftID INTEGER PRIMARY KEY, FirstCreated DATETIME NOT NULL,
 LastModified DATETIME NOT NULL, ModeS VARCHAR(6) NOT NULL UNIQUE, ModeSCountry VARCHAR(24),
 Country VARCHAR(24), Registration VARCHAR(20), Manufacturer VARCHAR(60), ICAOTypeCode VARCHAR(10),
 Type VARCHAR(40), SerialNo VARCHAR(30), RegisteredOwners VARCHAR(100), YearBuilt VARCHAR(4),
 UserNotes VARCHAR(300), OperatorFlagCode VARCHAR(20))"""
FIELDS = (
    "FirstCreated, LastModified, ModeS, Registration, Manufacturer, ICAOTypeCode, Type, SerialNo, "
    "RegisteredOwners, YearBuilt, UserNotes"
)
ROW = ("2020-01-01", "2021-01-01", "4C0001", "ZZ-AAA", "Made Up", "ZZ1", "One 100", "S-1", "Made Up Air",
       "1999", "seen at 1 Nowhere Road")  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Base Station?#%20.sqb"  # a name that means something in the address of a file


def made(path, *statements, rows=()):
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    for row in rows:
        connection.execute(f"INSERT INTO Aircraft ({FIELDS}) VALUES ({', '.join('?' * len(row))})", row)
    connection.commit()
    connection.close()
    return path


def test_the_columns_that_say_who_and_what(path):
    made(path, TABLE, rows=[ROW])
    before = path.read_bytes()
    assert basestation.sniff(before[:100]) and not basestation.sniff(b"ModeS,Registration")
    found = basestation.read_aircraft(path)
    assert found.rows.to_pylist() == [
        {
            "ModeS": "4C0001", "Registration": "ZZ-AAA", "ICAOTypeCode": "ZZ1", "Type": "One 100",
            "Manufacturer": "Made Up", "SerialNo": "S-1", "RegisteredOwners": "Made Up Air",
            "YearBuilt": "1999",
        }
    ]  # fmt: skip
    assert not found.remarks
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir()] == [path.name]


def test_other_spellings_and_fewer_columns(path):
    table = "CREATE TABLE aircraft (modes TEXT, REGISTRATION TEXT)"
    made(path, table, "INSERT INTO aircraft VALUES (' 4c0001 ', '')")
    (row,) = basestation.read_aircraft(path).rows.to_pylist()
    assert row["ModeS"] == "4c0001" and set(row.values()) == {"4c0001", None}


def test_values_of_other_kinds(path):
    made(
        path, "CREATE TABLE Aircraft (ModeS, Registration, Type)",
        "INSERT INTO Aircraft VALUES (400610, x'00ff', 'a' || char(0) || 'b')",
        "INSERT INTO Aircraft VALUES (1.5, NULL, CAST(x'ff41' AS TEXT))",
    )  # fmt: skip
    first, second = basestation.read_aircraft(path).rows.to_pylist()
    assert (first["ModeS"], first["Registration"], first["Type"]) == ("400610", None, "ab")
    assert (second["ModeS"], second["Type"]) == ("1.5", "\ufffdA")


def test_a_text_that_never_ends_is_unknown(path):
    made(path, TABLE, rows=[(*ROW[:8], "x" * 1001, *ROW[9:])])
    found = basestation.read_aircraft(path)
    assert found.rows["RegisteredOwners"].to_pylist() == [None]
    assert found.remarks == {"texts of more than 1000 characters, taken as unknown": 1}


def test_changes_that_wait_beside_the_file_are_said(path):
    made(path, TABLE, rows=[ROW])
    path.with_name(path.name + "-wal").write_bytes(b"x")
    (words,) = basestation.read_aircraft(path).remarks
    assert "-wal" in words


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["CREATE TABLE Flights (ModeS)"], "no table Aircraft"),
        (["CREATE TABLE Aircraft (Hex, Mark)"], "no column ModeS, Registration"),
        (["CREATE TABLE x (ModeS)", "CREATE VIEW Aircraft AS SELECT * FROM x"], "no plain table"),
        (["CREATE VIRTUAL TABLE Aircraft USING fts5(ModeS, Registration)"], "no plain table"),
    ],
)
def test_what_is_no_such_database(path, statements, told):
    made(path, *statements)
    with pytest.raises(InputError, match=told):
        basestation.read_aircraft(path)


def test_a_view_that_would_run_for_ever_is_not_asked(path):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS ModeS FROM n"
    made(path, f"CREATE VIEW Aircraft AS {endless}")
    with pytest.raises(InputError, match="no plain table"):
        basestation.read_aircraft(path)


def test_work_and_size_are_bounded(path, monkeypatch):
    made(path, TABLE, rows=[ROW, (*ROW[:2], "4C0002", *ROW[3:])])
    for name, value, told in (
        ("ROWS_MOST", 1, "more than 1 aircraft"), ("BYTES_HELD_MOST", 10, "more than 10 bytes"),
        ("BYTES_MOST", 100, "at most 100"), ("_LOOKS_MOST", 0, "interrupted"), ("_VALUE_MOST", 10, "too big"),
    ):  # fmt: skip
        with monkeypatch.context() as patched:
            patched.setattr(basestation, name, value)
            if name == "_LOOKS_MOST":
                patched.setattr(basestation, "_STEPS", 1)
            with pytest.raises(InputError, match=told):
                basestation.read_aircraft(path)
    assert basestation.read_aircraft(path).rows.num_rows == 2


def test_a_column_that_is_computed_is_not_asked_for(path):
    made(
        path, "CREATE TABLE Aircraft (ModeS, Registration, Type AS (hex(zeroblob(200000000))))",
        "INSERT INTO Aircraft VALUES ('4C0001', 'ZZ-AAA')",
    )  # fmt: skip
    assert basestation.read_aircraft(path).rows["Type"].to_pylist() == [None]


def test_no_file_and_no_database(path):
    with pytest.raises(InputError, match="cannot be opened"):
        basestation.read_aircraft(path)
    for data in (b"", b"not a database at all" * 50, basestation.MAGIC, basestation.MAGIC + bytes(4096)):
        path.write_bytes(data)
        with pytest.raises(InputError, match=path.name.replace("?", ".")):
            basestation.read_aircraft(path)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_damage_crashes_it(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("sqb")
    whole = made(folder / "a.sqb", TABLE, rows=[ROW]).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    patch = data.draw(st.binary(min_size=1, max_size=40))
    cut = data.draw(st.integers(0, len(whole)))
    for name, bad in (("b.sqb", whole[:at] + patch + whole[at + len(patch) :]), ("c.sqb", whole[:cut])):
        (folder / name).write_bytes(bad)
        try:
            basestation.read_aircraft(folder / name)
        except InputError:
            continue
