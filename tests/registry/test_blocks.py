from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.model.address import NOT_ICAO_BIT
from overflight.model.fields import ADDRESS_BLOCKS, schema
from overflight.registry.blocks import STANDARD, WIDEST, AddressBlocks, nationality_of
from overflight.registry.packaged import packaged_rows

BLOCKS = AddressBlocks.packaged()


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (0x600881, "AZ"),
        (0x600800, "AZ"),
        (0x600C00, "AZ"),
        (0x613133, None),
        (0x738000, "IL"),
        (0x73FFFF, "IL"),
        (0x4BFFFF, "TR"),
        (0xA00001, "US"),
        (0xADF7C8, "US"),
        (0x4D2450, "MT"),
        (0x501C00, "HR"),
        (0, None),
        (0xFFFFFF, None),
        (0x738000 | NOT_ICAO_BIT, None),
    ],
)
def test_state_of(address, country):
    state = BLOCKS.state_of(address)
    assert (state and state[0]) == country


def test_the_2016_aircraft_lies_outside_its_states_block():
    text = BLOCKS.oddity(0x613133, "4K-78131")
    assert "hex 613133 lies outside Azerbaijan's block 600800-600BFF" in text
    assert "600800-600FFF in some lists" in text and "in no State's block" in text
    assert BLOCKS.oddity(0x600881, "4K-78129") is None


def test_an_oddity_names_the_block_it_lies_in():
    assert BLOCKS.oddity(0x738123, "4K-78131").endswith("in the block of Israel")


def test_nothing_is_odd_where_nothing_is_known():
    for registration in (None, "", "24-8395", "VP-BXX"):  # Bermuda has no block of its own
        assert BLOCKS.oddity(0x613133, registration) is None
    assert BLOCKS.oddity(0x613133 | NOT_ICAO_BIT, "4K-78131") is None


def test_blocks_do_not_overlap_and_have_sizes_of_the_standard():
    spans = []
    for row in packaged_rows("address_blocks.csv"):
        block = BLOCKS.block_of(row["country"])
        assert block.wider_start <= block.start <= block.end <= block.wider_end
        size = block.end - block.start + 1
        assert size & (size - 1) == 0 and size >= 1024 and block.start % size == 0
        spans.append((block.wider_start, block.wider_end))
    spans.sort()
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert len(spans) > 180


LISTS = pa.Table.from_pylist(
    [
        dict(zip(("first_address", "last_address", "country", "military", "source", "day"), row, strict=True))
        for row in (
            (0x600800, 0x600BFF, "AZ", False, "vrs", 100),
            (0x600801, 0x600801, "AZ", True, "vrs", 100),
            (0x000000, 0x7FFFFF, "ZZ", False, "vrs", 100),
            (0x600800, 0x600FFF, "az", None, "ranges", 50),
            (0x600800, 0x6008FF, "AZ", None, "ranges", 200),
        )
    ],
    schema=schema(ADDRESS_BLOCKS),
)
BOTH = AddressBlocks.packaged(LISTS)


def test_what_each_source_says_of_an_address():
    said = [(s.source, s.day, s.country, s.military, s.text()) for s in BOTH.blocks_said(0x600801, 100)]
    assert said == [
        (STANDARD, None, "AZ", None, "600800-600BFF"),
        (WIDEST, None, "AZ", None, "600800-600FFF"),
        ("ranges", 50, "AZ", None, "600800-600FFF"),
        ("vrs", 100, "AZ", False, "600800-600BFF"),
        ("vrs", 100, "AZ", True, "600801-600801"),
    ]
    assert BOTH.blocks_said(0x613133) == ()
    assert BOTH.blocks_said(0x600801 | NOT_ICAO_BIT) == ()


def test_of_each_list_the_edition_of_the_day():
    def editions(day):
        return [s.day for s in BOTH.blocks_said(0x600801, day) if s.source == "ranges"]

    assert (editions(10), editions(60), editions(200), editions(None)) == ([50], [50], [200], [200])


def test_a_state_s_blocks_and_where_lists_differ():
    assert [s.text() for s in BOTH.blocks_of_state("AZ", 100) if s.source == "vrs"] == ["600800-600BFF"]
    text = BOTH.state_differences("AZ", 100)
    assert "600800-600BFF by ICAO Annex 10 table 9-1 and vrs of 1970-04-11" in text
    assert "600800-600FFF by the widest reading of lists in use and ranges of 1970-02-20" in text
    assert BOTH.state_differences("IL", 100) is None and BOTH.state_differences("XX", 100) is None


def test_where_an_address_stands_by_each_source():
    standing = BOTH.standing_of(0x600C00, "4K-AZ1", 100)
    assert {s.source for s in standing.inside} == {WIDEST, "ranges"}
    assert {s.source for s in standing.outside} == {STANDARD, "vrs"}
    outside = BOTH.standing_of(0x738001, "4K-AZ1", 100)
    assert not outside.inside and {s.country for s in outside.other} == {"IL"}
    for mark in (None, "", "ZK334", "VP-BXX"):
        nothing = BOTH.standing_of(0x600C00, mark, 100)
        assert (nothing.inside, nothing.outside, nothing.other) == ((), (), ())


@pytest.mark.parametrize(
    ("mark", "country"),
    [("4K-78131", "AZ"), ("ZK334", None), ("ZK-ABC", "NZ"), ("RF-76549", "RU"), ("F-RAFA", "FR"),
     ("ET-197", None), ("24-8395", None), ("", None), ("N123AB", "US"),
     ("SERV", None), ("EMER", None), ("C-RFK", None),
     ("B705", None), ("4K78131", "AZ"), ("3X+XX", None), ("C-GABC", "CA"), ("N-7101", None),
     ("VP-CHO", "KY")],
)  # fmt: skip
def test_a_nationality_is_a_mark_s_and_not_a_serial_s(mark, country):
    assert nationality_of(mark) == country


def test_taiwan_shares_a_mark_with_china_and_has_a_block_of_its_own():
    assert BLOCKS.oddity(0x899010, "B-16701") is None
    assert BLOCKS.standing_of(0x899010, "B-16701").outside == ()
    assert "in the block of Israel" in BLOCKS.oddity(0x738001, "B-16701")


@settings(deadline=None)
@given(st.integers(0, 2**25 - 1), st.text(max_size=9) | st.sampled_from(["4K-78131", "N1", "B-16701"]))
def test_no_address_and_mark_break_it(address, mark):
    standing = BOTH.standing_of(address, mark)
    assert all(s.holds(address) for s in (*standing.inside, *standing.other))
    assert not any(s.holds(address) for s in standing.outside)
    assert all(s.holds(address) for s in BOTH.blocks_said(address))
