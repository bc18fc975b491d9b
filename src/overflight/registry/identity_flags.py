"""What is odd about an identity, each oddity a flag with its evidence in words; none is an accusation.

Most come from lists that are behind, were merged or mistyped (docs/method/identity.md has counts). A flag
says what does not fit, by which source and day; it changes no answer. Of addresses for which nobody can be
named (`~`, FAA privacy addresses) only that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.clock import day_text
from overflight.model.address import NOT_ICAO_BIT, icao24_text
from overflight.model.sayings import PIA
from overflight.registry.blocks import AddressBlocks, nationality_of
from overflight.registry.identity_bearers import Bearers, plain_mark
from overflight.registry.marks import normal_mark
from overflight.registry.placeholders import placeholder
from overflight.registry.register import HOLDS, Register

OUTSIDE, BLOCKS_DIFFER, OTHER_STATE = "address_outside_block", "block_lists_differ", "block_of_another_state"
TWO_AIRFRAMES, TWO_ADDRESSES, REUSED = "two_airframes_on_address", "airframe_on_two_addresses", "mark_reused"
PLACEHOLDER, ANONYMOUS, PRIVACY = "placeholder_address", "anonymous_address", "privacy_address"
FLIPS = "military_flag_flips"
FLAGS = (
    ANONYMOUS, PRIVACY, PLACEHOLDER, OUTSIDE, OTHER_STATE, BLOCKS_DIFFER, TWO_AIRFRAMES, TWO_ADDRESSES,
    REUSED, FLIPS,
)  # fmt: skip
TOLD = 5  # sayings quoted as evidence: enough to go and look
# Shorter serials ("501") are painted on aircraft of many air forces: the same one says nothing.
SHORTEST_SERIAL = 5
# Addresses looked at in one go: their sayings are Python objects then, some tens of megabytes.
_AT_ONCE = 20_000
_PRIVATE = re.compile(rf"(^|; ){PIA}(;|$)")
_NEEDED = ("address", "day", "source", "registration", "serial", "type_designator", "military", "tags")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class IdentityFlag:
    """One oddity: its name, one of FLAGS, and its evidence in words."""

    name: str
    evidence: str


class Said(NamedTuple):
    """What one source said of an address, as far as flags need it; `standing` as in Register."""

    address: int
    day: int
    source: str
    mark: str | None
    serial: str | None
    type_designator: str | None
    military: bool | None
    tags: str | None
    standing: int

    def by(self) -> str:
        """`tar1090-db 2020-01-07`."""
        return f"{self.source} {day_text(self.day)}"


def flags_of(
    register: Register, address: int, day: int, known_day: int | None = None,
    blocks: AddressBlocks | None = None, bearers: Register | pa.Table | None = None,
) -> list[IdentityFlag]:  # fmt: skip
    """The flags of one address on a UTC day number, as known on `known_day`, in the order of FLAGS.

    `bearers`: all sayings about the addresses that ever bore a mark of this one, as a register or as claims;
    without them those of the register itself are looked at.
    """
    return flags_of_many(register, [address], day, known_day, blocks, bearers)[address]


def flags_of_many(
    register: Register, addresses: Iterable[int], day: int, known_day: int | None = None,
    blocks: AddressBlocks | None = None, bearers: Register | pa.Table | None = None,
) -> dict[int, list[IdentityFlag]]:  # fmt: skip
    """The same for many addresses on one day, by address."""
    blocks = blocks or AddressBlocks.packaged()
    if isinstance(bearers, pa.Table):
        bearers = Register(bearers, {name: days.tolist() for name, days in register.editions.items()})
    others = Bearers(bearers or register, day, known_day)
    wanted = list(dict.fromkeys(addresses))
    found: dict[int, list[IdentityFlag]] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        days = np.full(len(some), day, np.int64)
        marks = register.as_of_many(some, days, known_day)["registration"].to_pylist()
        sayings = _said_of(register, some, days, known_day)
        for address, mark, said in zip(some, marks, sayings, strict=True):
            found[address] = list(_flags(address, mark, said, day, blocks, others))
    return found


def _flags(
    address: int, mark: str | None, said: Sequence[Said], day: int, blocks: AddressBlocks, others: Bearers
) -> Iterator[IdentityFlag]:
    if address & NOT_ICAO_BIT:
        text = icao24_text(address)
        yield IdentityFlag(ANONYMOUS, f"{text} is no address a State assigned: it is joined to nobody")
        return
    private = [s for s in said if s.tags and _PRIVATE.search(s.tags)]
    if private:
        told = f"a privacy address of the FAA ({_sources(private)}): it is joined to nobody"
        yield IdentityFlag(PRIVACY, told)
        return
    reason = placeholder(address)
    if reason is not None:
        yield IdentityFlag(PLACEHOLDER, f"{icao24_text(address)}: {reason}")
    if mark is not None:
        yield from _of_blocks(address, mark, day, blocks)
    yield from _two_airframes([s for s in said if s.standing == HOLDS])
    yield from _elsewhere(address, said, others)
    yield from _flips(said)


def _of_blocks(address: int, mark: str, day: int, blocks: AddressBlocks) -> Iterator[IdentityFlag]:
    """Of the mark that is displayed for the day."""
    standing = blocks.standing_of(address, mark, day)
    if standing.country is None or not standing.outside:
        return
    differ = blocks.state_differences(standing.country, day)
    if standing.inside:
        inside = " and ".join(sorted({s.by() for s in standing.inside}))
        outside = " and ".join(sorted({s.by() for s in standing.outside}))
        where = f"hex {icao24_text(address)} ({mark}) lies in its State's block by {inside}"
        yield IdentityFlag(BLOCKS_DIFFER, f"{where}, outside by {outside}")
        return
    odd = blocks.oddity(address, mark)
    if odd is None:
        return
    yield IdentityFlag(OUTSIDE, f"{odd} ({mark}){'; ' + differ if differ else ''}")
    if standing.other:
        theirs = sorted({s.country for s in standing.other})
        told = ", ".join(
            f"{state} by {' and '.join(sorted({s.by() for s in standing.other if s.country == state}))}"
            for state in theirs
        )
        text = f"the mark {mark} is {standing.country}'s, the address in a block of {told}"
        yield IdentityFlag(OTHER_STATE, f"{text}: a hint at who registered it once, no more")


def _two_airframes(now: Sequence[Said]) -> Iterator[IdentityFlag]:
    """Where what holds on the day gives different serials, or different marks."""
    serials = {plain_serial(s.serial) for s in now if s.serial}
    marks = {plain_mark(s.mark) for s in now if s.mark}
    if len(serials) < 2 and len(marks) < 2:
        return
    if len(serials) > 1:
        kind = "different serial numbers"
    elif serials:
        kind = "different marks of one serial number"
    elif len(marks) == 2 and len({normal_mark(mark).partition("-")[2] or mark for mark in marks}) == 1:
        kind = "one number behind two nationality marks"  # Russia's RA for civil, RF for State aircraft
    elif len(marks) == 2 and one_apart(*sorted(marks)):
        kind = "marks one character apart, likely a slip of a list"
    elif len({s.type_designator for s in now if s.type_designator}) > 1:
        kind = "different marks and types"
    else:
        kind = "different marks; one of the lists may not know yet of a new one"
    told = _told(s for s in sorted(now, key=lambda s: (s.day, s.source)) if s.mark or s.serial)
    yield IdentityFlag(TWO_AIRFRAMES, f"{kind}: {told}")


def _elsewhere(address: int, said: Sequence[Said], others: Bearers) -> Iterator[IdentityFlag]:
    """The marks of an address on other addresses on that day, and at any time on other airframes."""
    for mark in sorted({s.mark for s in said if s.mark}):
        rows = others.of(mark)
        if not len(rows) or not _tells(mark):
            continue
        here = [s for s in said if s.mark and plain_mark(s.mark) == plain_mark(mark)]
        there = [
            s for s in (Said(*values) for values in others.told(rows, _NEEDED))
            if s.address != address and _same_kind(mark, s.mark or "")
        ]
        ours, theirs = ([s for s in group if s.standing == HOLDS] for group in (here, there))
        if ours and theirs:
            one = {plain_serial(s.serial) for s in ours if s.serial}
            two = {plain_serial(s.serial) for s in theirs if s.serial}
            kind = "with another serial number at" if one and two and not one & two else "at"
            text = f"{mark} ({_sources(ours)}) stands on that day also {kind} {_told(theirs, address=True)}"
            text += _slip(address, theirs)
            yield IdentityFlag(TWO_ADDRESSES, text)
        before = [s for s in there if s.standing != HOLDS or not ours]
        serials = {plain_serial(s.serial) for s in [*here, *there] if s.serial}
        if before or len(serials) > 1:
            rest = before or [s for s in here if s.serial]
            text = f"{mark} has stood on {_told([*here[:1], *rest], address=True)}{_slip(address, rest)}"
            yield IdentityFlag(REUSED, text)


def _flips(said: Sequence[Said]) -> Iterator[IdentityFlag]:
    """One source that called it military and not, in turn; sources that differ are told elsewhere."""
    by_source: dict[str, dict[int, bool]] = {}
    for s in said:
        if s.military is not None:
            by_source.setdefault(s.source, {}).setdefault(s.day, s.military)
    for source, days in sorted(by_source.items()):
        if len(set(days.values())) < 2:
            continue
        turns = [d for i, d in enumerate(days) if not i or days[d] != list(days.values())[i - 1]]
        words = ", ".join(f"{'military' if days[d] else 'not military'} on {day_text(d)}" for d in turns)
        yield IdentityFlag(FLIPS, f"{source} marks it as {words}")


def plain_serial(text: str) -> str:
    """A serial number without signs, blanks and leading zeros: lists write 0043452534 and 43452534."""
    return re.sub(r"[^0-9A-Z]", "", text.upper()).lstrip("0")


def one_apart(one: str, other: str) -> bool:
    """Whether two texts differ in one character: one missing, one too many, or one for another."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short != long and short[same + (len(short) == len(long)) :] == long[same + 1 :]


def _slip(address: int, said: Sequence[Said]) -> str:
    """What is said where another address differs in one digit: TC-EJA stood at 489541 and at 4b9541."""
    near = any(one_apart(icao24_text(address), icao24_text(s.address)) for s in said)
    return "; one digit apart, perhaps a slip of a list" if near else ""


def _same_kind(one: str, other: str) -> bool:
    """Not of a mark and a serial that differ in a hyphen alone: N22020, and Australia's N22-020."""
    mine, theirs = nationality_of(one), nationality_of(other)
    return not (("-" in one and mine is None and theirs is not None)
                or ("-" in other and theirs is None and mine is not None))  # fmt: skip


def _tells(mark: str) -> bool:
    """Whether a mark names one airframe: a nationality mark, or a serial long enough and no mere word.

    A number with a word beside it (`25 BLUE`) is painted on many.
    """
    plain = plain_mark(mark)
    if " " in mark.strip():
        return False
    return nationality_of(mark) is not None or (len(plain) >= SHORTEST_SERIAL and not plain.isalpha())


def _told(said: Iterable[Said], address: bool = False) -> str:
    """The sayings in words, each value once with who says so."""
    who: dict[str, list[str]] = {}
    for s in said:
        parts = [s.mark or "no mark", *([f"serial {s.serial}"] if s.serial else [])]
        parts += [s.type_designator] if s.type_designator else []
        text = " ".join([*([icao24_text(s.address)] if address else []), *parts])
        who.setdefault(text, []).append(s.by())
    texts = [f"{text} ({', '.join(_few(by))})" for text, by in who.items()]
    return "; ".join(_few(texts))


def _sources(said: Iterable[Said]) -> str:
    return ", ".join(_few(sorted({s.by() for s in said})))


def _few(texts: Sequence[str]) -> list[str]:
    rest = len(texts) - TOLD
    return [*texts[:TOLD], *([f"and {rest} more"] if rest > 0 else [])]


def _said_of(
    register: Register, addresses: Sequence[int], days: Ints, known_day: int | None
) -> list[list[Said]]:
    """For each address its sayings by day, with how each stands on its day."""
    held = register.held(addresses, days, known_day)
    found: list[list[Said]] = [[] for _ in addresses]
    rows = register.claims.select(list(_NEEDED)).take(pa.array(held.row))
    columns: list[Any] = [column.to_pylist() for column in rows.columns]
    for question, *values in zip(held.question.tolist(), *columns, held.standing.tolist(), strict=True):
        found[question].append(Said(*values))
    return found
