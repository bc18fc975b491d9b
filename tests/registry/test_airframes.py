"""Airframes followed by serial number; every aircraft here is made up."""

import pyarrow as pa
import pytest

from overflight.model.fields import CLAIMS, schema
from overflight.registry.airframes import MOST_ADDRESSES, is_serial, maker_of, same_airframe

ONE, OTHER = 0x4CA001, 0x896001


def claim(address, mark, serial, day=100, **values):
    row = {"address": address, "day": day, "source": "list", "data_kind": "recorded"}
    return {**row, "registration": mark, "serial": serial, **values}


def joined(*rows, address=ONE):
    table = pa.Table.from_pylist(list(rows), schema=schema(CLAIMS))
    return [(one.address, one.registration, one.reason) for one in same_airframe(address, table)]


def test_the_same_number_and_type_is_the_same_airframe():
    rows = [
        claim(ONE, "EI-ABC", "28-123", type_designator="B738"),
        claim(OTHER, "A6-XYZ", "28123", day=200, type_designator="B738"),
    ]
    why = "the same serial number 28123 and the same type, B738"
    assert joined(*rows) == [(OTHER, "A6-XYZ", why)]
    assert joined(*rows, address=OTHER)[0][:2] == (ONE, "EI-ABC")


def test_669_of_two_makers_never_joins():
    airbus, boeing = {"manufacturer": "AIRBUS INDUSTRIE"}, {"manufacturer": "The Boeing Company"}
    a320 = claim(ONE, "EI-ABC", "669", type_designator="A320", **airbus)
    assert joined(a320, claim(OTHER, "A6-B", "669", type_designator="B732", **boeing)) == []
    assert joined(a320, claim(OTHER, "A6-B", "669", type_designator="A343", **airbus)) == []
    assert joined(a320, claim(OTHER, "A6-B", "669", type_designator="A320", **boeing)) == []
    assert joined(a320, claim(OTHER, "A6-B", "669")) == []


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"type_designator": "B739", "manufacturer": "BOEING"}, "and types of one family"),
        ({"manufacturer": "BOEING"}, "the same maker, boeing"),
    ],
)
def test_makers_join_within_a_family_or_where_no_type_is_said(values, why):
    ours = claim(ONE, "EI-ABC", "28123", type_designator="B738", manufacturer="Boeing Commercial")
    assert joined(ours, claim(OTHER, "A6-XYZ", "28123", **values))[0][2].endswith(why)


def test_another_mark_of_the_same_address_is_told_too():
    rows = [
        claim(ONE, "EI-ABC", "28123", type_designator="B738"),
        claim(ONE, "EI-DEF", "28123", day=300, type_designator="B738"),
    ]
    assert [mark for _, mark, _ in joined(*rows)] == ["EI-ABC", "EI-DEF"]


@pytest.mark.parametrize("serial", ["0", "000", "UNKNOWN", "n/a", "", "ABC"])
def test_texts_that_stand_for_no_number_join_nobody(serial):
    assert not is_serial(serial)
    same = {"type_designator": "B738"}
    assert joined(claim(ONE, "EI-ABC", serial, **same), claim(OTHER, "A6-B", serial, **same)) == []


def test_a_number_that_many_addresses_bear_joins_nobody():
    rows = [claim(ONE + k, f"EI-{k}", "123", type_designator="C172") for k in range(MOST_ADDRESSES + 1)]
    assert joined(*rows) == []
    assert len(joined(*rows[:-1])) == MOST_ADDRESSES - 1


def test_other_emitters_are_never_joined():
    same = {"type_designator": "B738"}
    assert joined(claim(ONE, "EI-ABC", "28123", **same), claim(1 << 24, "A6-B", "28123", **same)) == []


def test_makers_are_known_by_their_first_word_that_says_something():
    assert maker_of("THE BOEING COMPANY") == maker_of("Boeing Commercial Airplanes") == "boeing"
    assert maker_of(None) is None and maker_of("Aircraft Company") is None
