"""Blocks of 24-bit addresses allotted to States, and whether an address fits the mark it came with.

Block sizes are those of ICAO Annex 10 Volume III, Part I, chapter 9, table 9-1. Lists in use give many of the
smallest blocks (1,024 addresses) twice that size, and registers do use those addresses: `wider_end` holds
that reading, and only an address outside both is called outside.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from overflight.model.address import NOT_ICAO_BIT, icao24_text
from overflight.registry.countries import country_names
from overflight.registry.marks import state_of_mark
from overflight.registry.packaged import packaged_rows


@dataclass(frozen=True)
class AddressBlock:
    """One State's block, both ends included; the wider ends are those of the most generous list."""

    start: int
    end: int
    wider_start: int
    wider_end: int
    country: str
    name: str

    def holds(self, address: int) -> bool:
        """Whether the address lies in the block, read as widely as any list does."""
        return self.wider_start <= address <= self.wider_end

    def text(self) -> str:
        """`600800-600BFF`, with the wider reading in brackets where there is one."""
        plain = f"{self.start:06X}-{self.end:06X}"
        if (self.start, self.end) == (self.wider_start, self.wider_end):
            return plain
        return f"{plain} ({self.wider_start:06X}-{self.wider_end:06X} in some lists)"


class AddressBlocks:
    """The blocks of all States."""

    def __init__(self, blocks: list[AddressBlock]) -> None:
        """Blocks that do not overlap, in any order."""
        self._blocks = sorted(blocks, key=lambda block: block.wider_start)
        self._starts = [block.wider_start for block in self._blocks]
        self._by_country = {block.country: block for block in self._blocks}

    @classmethod
    def packaged(cls) -> AddressBlocks:
        """Blocks of data/address_blocks.csv."""
        names = country_names()
        return cls([_block(row, names) for row in packaged_rows("address_blocks.csv")])

    def state_of(self, address: int) -> tuple[str, str] | None:
        """Country code and name of the State whose block holds the address; None outside all blocks."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address & NOT_ICAO_BIT or not self._blocks[index].holds(address):
            return None
        return self._blocks[index].country, self._blocks[index].name

    def block_of(self, country: str) -> AddressBlock | None:
        """The block of a State by its two-letter code; None for one without a block of its own."""
        return self._by_country.get(country)

    def oddity(self, address: int, registration: str | None) -> str | None:
        """A sentence where the address lies outside the block of the State the mark names, else None."""
        country = state_of_mark(registration) if registration else None
        block = self._by_country.get(country) if country else None
        if block is None or address & NOT_ICAO_BIT or block.holds(address):
            return None
        where = self.state_of(address)
        elsewhere = f"in the block of {where[1]}" if where else "in no State's block"
        hex_text = icao24_text(address)
        return f"hex {hex_text} lies outside {block.name}'s block {block.text()}, {elsewhere}"


def _block(row: dict[str, str], names: dict[str, str]) -> AddressBlock:
    start, end = int(row["start"], 16), int(row["end"], 16)
    return AddressBlock(
        start=start,
        end=end,
        wider_start=int(row["wider_start"] or row["start"], 16),
        wider_end=int(row["wider_end"] or row["end"], 16),
        country=row["country"],
        name=names[row["country"]],
    )
