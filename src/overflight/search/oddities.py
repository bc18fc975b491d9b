"""What is odd about an identity: flags with their evidence, blocks of addresses, what was removed."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

import pyarrow.compute as pc

from overflight.clock import day_text
from overflight.registry.blocks import AddressBlocks, BlockSaid, nationality_of
from overflight.registry.identity_flags import flags_of
from overflight.registry.marks import spellings_of
from overflight.registry.register import Register
from overflight.search.callsigns import callsign_remarks
from overflight.search.contract import Row
from overflight.search.identity import register_for
from overflight.search.private import claims_by
from overflight.search.rows import find_by
from overflight.search.sources import Sources
from overflight.store.conditions import Condition
from overflight.units import MILLISECONDS_PER_DAY

# Addresses with a mark of one that are looked at: more are a list's placeholder for marks it does not know.
_MOST_BEARERS = 50


def blocks_of(sources: Sources) -> AddressBlocks:
    """Blocks of addresses: the packaged table, and the lists that the archive has taken in."""
    return AddressBlocks.packaged(sources.view.find("address_blocks", []))


class Oddities:
    """Tells them of addresses as of a UTC day, by what had been said until `known_day` (None: all)."""

    def __init__(self, sources: Sources, register: Register, day: int, known_day: int | None) -> None:
        """Of aircraft in the register."""
        self.register, self.block_table = register, blocks_of(sources)
        self._sources, self._day, self._known_day = sources, day, known_day
        self._bearers: Register | None = None

    def with_bearers(self, addresses: Iterable[int]) -> Oddities:
        """The same, with what is said of others that bear a mark of these addresses read at once."""
        other = copy(self)
        other._bearers = bearers_of(self._sources, self.register, addresses)
        return other

    def on(self, day: int) -> Oddities:
        """The same on another UTC day."""
        other = copy(self)
        other._day = day
        return other

    def of(self, address: int) -> tuple[list[str], list[str]]:
        """Names of the flags that an address deserves, and the evidence for each in words."""
        bearers = self._bearers or bearers_of(self._sources, self.register, [address])
        flags = flags_of(self.register, address, self._day, self._known_day, self.block_table, bearers)
        return list(dict.fromkeys(flag.name for flag in flags)), [flag.evidence for flag in flags]

    def blocks(self, address: int) -> list[Row]:
        """The contract's blocks that bear on an address: that hold it, or are its mark's State's."""
        mark = self.register.as_of(address, self._day, self._known_day)["registration"]
        country = nationality_of(mark) if mark else None
        own = () if country is None else self.block_table.blocks_of_state(country, self._day)
        told = dict.fromkeys([*own, *self.block_table.blocks_said(address, self._day)])
        return [_block(said, address) for said in told]

    def heard(self, address: int) -> list[str]:
        """Whose State aircraft the call signs it was heard to use on the day point to, with how surely."""
        begin_ms, end_ms = (day * MILLISECONDS_PER_DAY for day in (self._day, self._day + 1))
        flown = [Condition("first_seen_ms", "<", end_ms), Condition("last_seen_ms", ">=", begin_ms)]
        flights = find_by(self._sources.view, "flights", "address", [address], flown, ["callsigns"])
        signs = [sign for row in flights["callsigns"].to_pylist() for sign in row]
        return callsign_remarks(sorted(set(signs)), self._day)

    def removed(self, address: int) -> list[str]:
        """What is no longer told of the address: which field, why in a word, since when."""
        stones = self._sources.removed
        return [
            f"{row['field']}: removed on {day_text(row['day'])} ({row['reason'].replace('_', ' ')})"
            for row in ([] if stones is None else stones.to_pylist()) if row["address"] == address
        ]  # fmt: skip


def bearers_of(sources: Sources, register: Register, addresses: Iterable[int]) -> Register:
    """What is said of all addresses that ever bore a mark of these, these among them."""
    ours = set(addresses)
    said = [mark for a in sorted(ours) for mark in register.claims_of(a)["registration"].to_pylist()]
    spellings = {text for mark in set(said) if mark for text in (mark, *spellings_of(mark))}
    found = claims_by(sources.view, "registration", spellings, columns=["address"])["address"]
    others = set(pc.unique(found).drop_null().to_pylist()) - ours
    return register_for(sources, ours | set(sorted(others)[: _MOST_BEARERS * len(ours)]))


def _block(said: BlockSaid, address: int) -> Row:
    return {
        "source": said.by(), "first": f"{said.first:06x}", "last": f"{said.last:06x}",
        "country": said.country, "military": said.military, "holds_address": said.holds(address),
    }  # fmt: skip
