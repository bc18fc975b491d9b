"""Any CSV register by a map of its columns; the registers are made up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_samples import register_of, said, source_of

from overflight.clock import day_number
from overflight.errors import InputError
from overflight.formats import register_map
from overflight.formats.generic_register import GenericRegister
from overflight.model.sayings import GRADES

DAY = day_number("2024-06-01")
MAP = """
source = "made-up-register"
grade = "official"
delimiter = ";"
day = "2024-06-01"
prefix = {registration = "ZZ-"}

[columns]
address = "Mode S"
registration = "Mark"
registrant = ["Holder", "Second holder"]
party_region = ["Town", "Country"]
party_kind = "Kind"
valid_from_day = "Entered on"
valid_until_day = "Struck on"
military = "State"

[dates]
format = "%d.%m.%Y"

[constants]
manufacturer = "Made Up"

[words.party_kind]
P = "person"
C = "organisation"
"""
TEXT = (
    "Mark;Mode S;Holder;Second holder;Street;Town;Country;Entered on;Struck on;Kind;State\n"
    "ABC;4b0001;Aero Club;;1 Nowhere Road;Nowhere;ZZ;03.04.2015;;C;no\n"
    "ZZ-ABD;;A. Nobody;B. Nobody;2 Nowhere Road;;ZZ;31.02.2015;01.06.2020;P;yes\n"
    "ABE;4b0003;;;;;;05.06.2021;04.06.2020;Q;perhaps\n"
    ";xyz;;;3 Nowhere Road;;;;;;\n"
)


def made(tmp_path, text=MAP):
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    return register_map.load(path)


def of(tmp_path, text=TEXT, written=MAP):
    return register_of(GenericRegister(made(tmp_path, written)).read, text.encode(), DAY)


def test_each_column_goes_where_the_map_says(tmp_path):
    rows, tally = of(tmp_path)
    always = {"day": DAY, "source": "made-up-register", "data_kind": "recorded", "grade": "official",
              "manufacturer": "Made Up"}  # fmt: skip
    assert said(rows) == [
        always | {
            "address": 0x4B0001, "registration": "ZZ-ABC", "registrant": "Aero Club",
            "party_kind": "organisation", "party_region": "Nowhere, ZZ",
            "valid_from_day": day_number("2015-04-03"), "military": False,
        },
        always | {
            "registration": "ZZ-ABD", "registrant": "A. Nobody; B. Nobody", "party_kind": "person",
            "party_region": "ZZ", "valid_until_day": day_number("2020-06-01"), "military": True,
        },
        always | {
            "address": 0x4B0003, "registration": "ZZ-ABE", "valid_until_day": day_number("2020-06-04"),
        },
    ]  # fmt: skip
    assert tally.refused == {"neither address nor mark nor serial number": 1} and not tally.examples
    assert tally.remarks == {
        "addresses that are none, taken as unknown": 1, "dates that are none, taken as unknown": 1,
        "no kind of party: taken as unknown": 1, "neither yes nor no: military unknown": 1,
        "ends that are not after their beginning: the beginning taken as unknown": 1,
    }  # fmt: skip
    assert "Road" not in str(rows.to_pylist()) + str(tally)


@pytest.mark.parametrize(
    ("written", "digits"),
    [("hex", "4B0001"), ("octal", "22600001"), ("decimal", "4915201"),
     ("binary", "0100 1011 0000 0000 0000 0001")],
)  # fmt: skip
def test_addresses_in_other_digits(tmp_path, written, digits):
    small = f'source = "x"\naddress_written = "{written}"\n[columns]\naddress = "A"\nserial = "S"\n'
    rows, _ = of(tmp_path, f"A,S\n{digits},1\n0,2\n-1,3\n99999999999999999999,4\n", small)
    assert rows["address"].to_pylist() == [0x4B0001, None, None, None]


def test_a_day_of_each_row_and_that_it_is_then_no_whole_list(tmp_path):
    small = 'source = "x"\n[columns]\nregistration = "R"\nday = "As of"\n'
    rows, tally = of(tmp_path, "R,As of\nA,2024-01-02\nB,\nC,2025-01-01\n", small)
    assert rows["day"].to_pylist() == [day_number("2024-01-02"), DAY, DAY]
    assert tally.remarks == {"dates after the day of the list, taken as unknown": 1}
    assert not GenericRegister(made(tmp_path, small)).is_whole(source_of(b""))
    reader = GenericRegister(made(tmp_path))
    assert reader.is_whole(source_of(b"")) and reader.day_of(b"") == DAY
    assert not GenericRegister(made(tmp_path, "whole = false\n" + MAP)).is_whole(source_of(b""))


def changed(old, new):
    assert old in MAP
    return MAP.replace(old, new)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (changed('"made-up-register"', '"Made up"'), "lower-case letters"),
        (changed('source = "made-up-register"', ""), "source"),
        (changed('"official"', '"offical"'), "none of official, document"),
        (changed('"2024-06-01"', '"June"'), "2024-06-01"),
        (changed('";"', '";;"'), "one character"),
        (changed('"%d.%m.%Y"', '"dd.mm.yyyy"'), "%d.%m.%Y"),
        (changed("registrant =", "registrants ="), "did you mean 'registrant'?"),
        (changed('address = "Mode S"\nregistration = "Mark"', ""), "address, registration or serial"),
        (changed('"Mode S"', '["Mode S", "Mark"]'), "must be one column"),
        (changed('["Town", "Country"]', "[]"), "made of no column"),
        (changed("manufacturer =", "registrant ="), "leave one of them out"),
        (changed("manufacturer =", "serial ="), "the same serial"),
        (changed('manufacturer = "Made Up"', "manufacturer = true"), "true or false"),
        (changed('"person"', '"individual"'), "person, organisation, government"),
        (MAP + '[words.military]\nx = "maybe"\n', '"true" or "false"'),
        (MAP + "[words.day]\nx = 'y'\n", "words cannot be given for day"),
        (MAP + "colums = 1\n", "map"),
        (changed("[columns]", "[columns"), "map"),
        ("\ufeff", "source"),
    ],
)
def test_a_wrong_map_is_told_what_would_be_right(tmp_path, written, told):
    with pytest.raises(InputError) as raised:
        made(tmp_path, written)
    assert told in str(raised.value) and "map.toml" in str(raised.value)


@pytest.mark.parametrize(
    "column",
    ["Street", "STREET2", "Owner address", "Address1", "Strasse", "Straße", "Postcode", "ZIP CODE",
     "P.O. Box", "Email", "Telephone", "Адрес", "Dirección", "date of birth"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["registrant", "party_region", "tags"])
def test_streets_and_numbers_of_people_are_refused_in_a_map(tmp_path, column, field):
    small = f'source = "x"\n[columns]\nregistration = "R"\n{field} = "{column}"\n'
    with pytest.raises(InputError, match="never stored"):
        made(tmp_path, small)


@pytest.mark.parametrize("column", ["Mode S address", "ICAO 24-bit address", "Aircraft address", "HexAddr"])
def test_the_address_of_a_transponder_is_no_street(tmp_path, column):
    assert made(tmp_path, f'source = "x"\n[columns]\naddress = "{column}"\nlink = "Web address"\n').columns


def test_a_column_that_the_file_lacks(tmp_path):
    reader = GenericRegister(made(tmp_path, changed('"Mode S"', '"ModeS"')))
    with pytest.raises(InputError, match=r"no column 'ModeS', which .* for address; did you mean 'Mode S'"):
        reader.read(source_of(TEXT.encode()), DAY)


def test_a_map_cannot_take_the_name_of_a_list_that_is_known(tmp_path):
    with pytest.raises(InputError, match="name of its own"):
        GenericRegister(made(tmp_path, changed("made-up-register", "faa-registry")))


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be opened"):
        register_map.load(tmp_path / "none.toml")


def test_the_example_in_the_code_is_a_right_map(tmp_path):
    example = register_map.__doc__.split("```toml\n")[1].split("```")[0]
    assert made(tmp_path, example).grade in GRADES


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_it(tmp_path_factory, data):
    reader = GenericRegister(made(tmp_path_factory.mktemp("map")))
    register_of(reader.read, TEXT.encode() + data, DAY)
