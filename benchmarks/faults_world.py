"""A small archive to be hurt: some made-up flights in it, others to be added, and what both states say."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import run

import overflight
from overflight.errors import ArchiveError
from overflight.store.folder import Store

POSITIONS, SEED = 6_000, 5
ASKED = ("flights", "visits", "crossings")
State = tuple[str, int]  # what the archive holds, and how many recordings it lists


@dataclass(frozen=True)
class World:
    """`saved` holds the first recordings, `whole` the last ones too; `old` and `new` are their states."""

    saved: Path
    whole: Path
    last: list[Path]
    old: State
    new: State
    read: int


def made_world(folder: Path) -> World:
    """A world of some synthetic flights, written by `overflight synth`."""
    traces = folder / "traces"
    run([sys.executable, "-m", "overflight", "--quiet", "synth", "--positions", str(POSITIONS), "--seed",
         str(SEED), "--out", traces])  # fmt: skip
    files = sorted(path for path in traces.rglob("*") if path.is_file() and "trace_full" in path.name)
    half = len(files) // 2
    saved, whole = folder / "saved", folder / "whole"
    with overflight.open(saved, create=True) as shelf:
        shelf.add(files[:half], data_kind="synthetic")
        shelf.prepare()
        old = state_of(saved)
    shutil.copytree(saved, whole)
    with overflight.open(whole) as shelf:
        read = shelf.add(files[half:], data_kind="synthetic").total("read")
    return World(saved, whole, files[half:], old, state_of(whole), read)


def state_of(folder: Path) -> State:
    """What an archive holds now; raises ArchiveError where it cannot be told."""
    with Store.open(folder) as store:
        return store.version.digest, len(store.batches())


def fresh(saved: Path, folder: Path) -> None:
    """A copy of the saved archive, in place of whatever is there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(saved, folder)


def add_last(world: World, folder: Path) -> int:
    """Rows of the last recordings that were there already; the rest has been added now."""
    with overflight.open(folder) as shelf:
        return shelf.add(world.last, data_kind="synthetic").total("duplicate")


def whole_again(world: World, folder: Path) -> str | None:
    """What is wrong with an archive after a fault; None where it is whole and can be added to."""
    try:
        state = state_of(folder)
        if state not in (world.old, world.new):
            return f"neither old nor new: {state}"
        damaged = overflight.archive.verify(folder).damaged
        if damaged:
            return f"damaged: {damaged[0].what}"
        doubled = add_last(world, folder)
        if doubled != (world.read if state == world.new else 0):
            return f"{doubled} rows came twice of {world.read}"
        if state_of(folder) != world.new:
            return "adding again gave another archive"
    except ArchiveError as error:
        return f"cannot be used: {error}"
    return None


def answers(folder: Path) -> str:
    """All that the archive says to every kind of question, as text."""
    said = io.StringIO()
    with overflight.open(folder) as shelf:
        for kind in ASKED:
            ask: Callable[..., overflight.archive.Answer] = getattr(shelf, kind)
            answer = ask()
            said.write("\n".join(map(repr, answer.rows)))
        said.write(repr(list(shelf.visits(place="LEMD").rows)))
        said.write(repr(shelf.info()))
    return said.getvalue()


def counted(what: str, outcomes: Sequence[str | None]) -> tuple[str, int, int, list[str]]:
    """What was tried, how often, how often it held, and the first things that did not hold."""
    wrong = [text for text in outcomes if text is not None]
    return what, len(outcomes), len(outcomes) - len(wrong), wrong[:5]
