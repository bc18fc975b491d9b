from itertools import pairwise

import pytest

from overflight.model.address import NOT_ICAO_BIT
from overflight.registry.blocks import AddressBlocks
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
