"""What one run brought: files, what the source did not have, and why it stopped where it did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from overflight.errors import FetchError
from overflight.fetch import failures
from overflight.fetch.taking import Got, Origin, Taker, Wanted

TOLD = 20  # lines about single files; the record has every one


@dataclass
class Haul:
    """The outcome of a run. `stopped` says what ended it early; `left` counts what was not asked."""

    origin: Origin
    got: list[Got] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    stopped: str | None = None
    left: int = 0

    @property
    def found(self) -> bool:
        """Whether any file is there now, fetched by this run or before."""
        return bool(self.got)

    def lines(self) -> Iterator[str]:
        """The outcome for a person, first the counts."""
        new = [one for one in self.got if one.new]
        size = failures.size_text(sum(one.record.bytes or 0 for one in new))
        had = len(self.got) - len(new)
        said = [f"{len(new):,} file{'' if len(new) == 1 else 's'} fetched ({size})"]
        said += [f"{had:,} there already"] if had else []
        said += [f"{len(self.absent):,} not there"] if self.absent else []
        said += [f"{self.left:,} not asked for"] if self.left else []
        yield ", ".join(said)
        yield from (f"  {text}" for text in self.absent[:TOLD])
        if len(self.absent) > TOLD:
            yield f"  and {len(self.absent) - TOLD:,} more; the record has them all"
        yield from self.remarks
        if self.stopped:
            yield f"stopped: {self.stopped}"


def take_each(taker: Taker, haul: Haul, wanted: Iterable[Wanted]) -> None:
    """Take one file after the other into the haul; the first failure ends it, what is there stays."""
    rest = list(wanted)
    of = len(rest)
    while rest:
        one = rest.pop(0)
        taker.progress("files asked for", of - len(rest), of)
        try:
            got = taker.take(one)
        except FetchError as error:
            haul.stopped, haul.left = str(error), len(rest)
            return
        if got is None:
            haul.absent.append(one.absent)
        else:
            haul.got.append(got)
