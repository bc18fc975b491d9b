"""Blocks of 24-bit addresses allotted to States, and whether an address fits the mark it came with.

Block sizes are those of ICAO Annex 10 Volume III, Part I, chapter 9, table 9-1. Lists in use give many of the
smallest blocks (1,024 addresses) twice that size, and registers do use those addresses: `wider_end` holds
that reading, and only an address outside both is called outside.

Lists that an archive has taken in stand beside the packaged table, each with its day, none above another. The
country of a block is a hint at who registered an aircraft, never who owns, flies or sent it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.clock import day_text
from overflight.model.address import NOT_ICAO_BIT, icao24_text
from overflight.registry.countries import country_names
from overflight.registry.marks import is_civil, normal_mark, state_of_mark
from overflight.registry.packaged import packaged_rows

Ints = npt.NDArray[np.int64]
STANDARD, WIDEST = "ICAO Annex 10 table 9-1", "the widest reading of lists in use"
_NOWHERE = frozenset({"", "ZZ"})  # what lists write of addresses that no State has
# Marks that several authorities share: Taiwan's aircraft bear B- as China's do, with addresses of their own.
_SHARED_MARKS = {"CN": ("TW",)}
_MARK = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)?")
_STATE_MARK = re.compile(r"RF-?[0-9]{5}|F-?[RTUZ][A-Z]{3}")  # State aircraft with the civil form of a mark


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


@dataclass(frozen=True)
class BlockSaid:
    """What one source says of addresses: both ends included, `military` None where it does not tell."""

    source: str
    day: int | None
    country: str
    military: bool | None
    first: int
    last: int

    def holds(self, address: int) -> bool:
        """Whether the address is among them."""
        return self.first <= address <= self.last

    def text(self) -> str:
        """`600800-600BFF`."""
        return f"{self.first:06X}-{self.last:06X}"

    def by(self) -> str:
        """The source, with its day where it has one."""
        return self.source if self.day is None else f"{self.source} of {day_text(self.day)}"


@dataclass(frozen=True)
class Standing:
    """Where an address lies, seen from the State its mark names: blocks of each source.

    `inside`: the State's that hold it; `outside`: the State's, of sources that place it outside; `other`:
    other States' that hold it by those sources. All empty where nothing can be said.
    """

    country: str | None
    inside: tuple[BlockSaid, ...]
    outside: tuple[BlockSaid, ...]
    other: tuple[BlockSaid, ...]


def nationality_of(registration: str) -> str | None:
    """Code of the State whose nationality mark it bears, in the form its marks have; None for serials.

    Military serials begin like marks (Britain's ZK334, New Zealand's ZK-ABC) and name no State by it, nor do
    words in their place (SERV on an airport's cars, no Swedish SE-RV) and marks that lost a letter (C-RFK).
    """
    plain = registration.strip().upper()
    if not _MARK.fullmatch(plain) or not _written_so(plain, normal_mark(plain)):
        return None
    if is_civil(plain, None) or _STATE_MARK.fullmatch(plain):
        return state_of_mark(plain)
    return None


def _written_so(plain: str, usual: str) -> bool:
    """Whether a mark is in its usual spelling, or in that of lists that leave the hyphen out.

    Without it a figure must show that it is no word; and what begins with a mark of one letter may be
    anything (Korea's B705 is no mark of China's).
    """
    bare, words = usual.replace("-", ""), plain.isalpha()
    return plain == usual or (plain == bare and not words and usual.find("-") > 1)


class AddressBlocks:
    """The blocks of all States."""

    def __init__(self, blocks: list[AddressBlock], lists: pa.Table | None = None) -> None:
        """Blocks that do not overlap, in any order; `lists` has what further ones say (ADDRESS_BLOCKS)."""
        self._said = [*_standard(blocks), *_listed(lists)]
        self._blocks = sorted(blocks, key=lambda block: block.wider_start)
        self._starts = [block.wider_start for block in self._blocks]
        self._by_country = {block.country: block for block in self._blocks}
        self._editions: dict[int | None, list[BlockSaid]] = {}
        self._bounds: dict[int | None, tuple[Ints, Ints]] = {}
        self._states: dict[int | None, dict[str, list[BlockSaid]]] = {}

    @classmethod
    def packaged(cls, lists: pa.Table | None = None) -> AddressBlocks:
        """Blocks of data/address_blocks.csv; `lists` (ADDRESS_BLOCKS) are asked by `blocks_said` as well."""
        names = country_names()
        return cls([_block(row, names) for row in packaged_rows("address_blocks.csv")], lists)

    def blocks_said(self, address: int, day: int | None = None) -> tuple[BlockSaid, ...]:
        """Every block that holds the address, by source, a State's before a part of it; none for `~`.

        Of each list its edition of the UTC day number or before, else the earliest after it; without a day
        the newest.
        """
        said = self._on(day)
        first, last = self._bounds[day]
        return tuple(said[i] for i in np.flatnonzero((first <= address) & (address <= last)).tolist())

    def blocks_of_state(self, country: str, day: int | None = None) -> tuple[BlockSaid, ...]:
        """The blocks of a State by its two-letter code, by source; not those inside another of the same."""
        return tuple(self._of_states(day).get(country, ()))

    def state_differences(self, country: str, day: int | None = None) -> str | None:
        """A sentence where sources give a State different blocks, else None."""
        by_extent: dict[str, list[str]] = {}
        spans: dict[str, list[str]] = {}
        for said in self.blocks_of_state(country, day):
            spans.setdefault(said.by(), []).append(said.text())
        for source, texts in spans.items():
            by_extent.setdefault(", ".join(texts), []).append(source)
        if len(by_extent) < 2:
            return None
        told = "; ".join(f"{extent} by {' and '.join(who)}" for extent, who in by_extent.items())
        return f"lists differ on the block of {self._name(country)}: {told}"

    def standing_of(self, address: int, registration: str | None, day: int | None = None) -> Standing:
        """What each source says of an address and the State that its mark names."""
        country = nationality_of(registration) if registration else None
        if country is None or address & NOT_ICAO_BIT or country not in self._by_country:
            return Standing(country, (), (), ())
        theirs = (country, *_SHARED_MARKS.get(country, ()))
        own = [said for state in theirs for said in self._of_states(day).get(state, ())]
        here = [said for said in self.blocks_said(address, day)]
        within = {said.source for said in here if said.country in theirs}
        inside = [said for said in own if said.source in within and said.holds(address)]
        outside = [said for said in own if said.source not in within and said.country == country]
        other = [said for said in here if said.country not in theirs and said.source not in within]
        return Standing(country, tuple(inside), tuple(outside), tuple(other))

    def _on(self, day: int | None) -> list[BlockSaid]:
        """What the lists say as of a day; worked out once for each day asked for."""
        if day not in self._editions:
            days: dict[str, set[int]] = {}
            for said in self._said:
                if said.day is not None:
                    days.setdefault(said.source, set()).add(said.day)
            chosen = {
                source: max((d for d in known if day is None or d <= day), default=min(known))
                for source, known in days.items()
            }
            kept = [s for s in self._said if s.day is None or s.day == chosen[s.source]]
            self._editions[day] = kept
            self._bounds[day] = np.array([s.first for s in kept]), np.array([s.last for s in kept])
        return self._editions[day]

    def _of_states(self, day: int | None) -> dict[str, list[BlockSaid]]:
        if day not in self._states:
            found: dict[str, list[BlockSaid]] = {}
            for said in self._on(day):  # the widest of a source come first
                ours = found.setdefault(said.country, [])
                held = (o for o in ours if o.source == said.source and o.holds(said.first))
                if not any(o.holds(said.last) for o in held):
                    ours.append(said)
            self._states[day] = found
        return self._states[day]

    def _name(self, country: str) -> str:
        block = self._by_country.get(country)
        return block.name if block else country

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
        country = nationality_of(registration) if registration else None
        block = self._by_country.get(country) if country else None
        if block is None or address & NOT_ICAO_BIT or block.holds(address):
            return None
        where = self.state_of(address)
        if where and where[0] in _SHARED_MARKS.get(block.country, ()):
            return None
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


def _standard(blocks: list[AddressBlock]) -> list[BlockSaid]:
    found = [BlockSaid(STANDARD, None, b.country, None, b.start, b.end) for b in blocks]
    wide = [b for b in blocks if (b.start, b.end) != (b.wider_start, b.wider_end)]
    return found + [BlockSaid(WIDEST, None, b.country, None, b.wider_start, b.wider_end) for b in wide]


def _listed(lists: pa.Table | None) -> list[BlockSaid]:
    """What lists say, by source and day, wider blocks before the parts of them."""
    rows: list[dict[str, Any]] = [] if lists is None else lists.to_pylist()
    found = {
        BlockSaid(
            row["source"], row["day"], row["country"].upper(), row["military"], row["first_address"],
            row["last_address"],
        )
        for row in rows if row["country"].upper() not in _NOWHERE
    }  # fmt: skip
    return sorted(found, key=lambda s: (s.source, s.day, s.first - s.last, s.first, s.country))
