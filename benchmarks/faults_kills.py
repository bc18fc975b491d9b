"""An intake in a process of its own that is killed at random moments, or whose disk is full or fails."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from faults_world import World, fresh, state_of, whole_again

CHILD = """
import faulthandler, sys
faulthandler.dump_traceback_later(20)
from pathlib import Path
import overflight
from overflight.errors import OverflightError
try:
    with overflight.open(sys.argv[1]) as shelf:
        print("began", flush=True)
        shelf.add([Path(p) for p in sys.argv[2:]], data_kind="synthetic")
except OverflightError as error:
    print(f"{type(error).__name__}: {error}", flush=True)
    sys.exit(3)
"""
LONGEST_S = 30  # an intake of these files takes one second; more is a hang
FIU = "/usr/bin/fiu-run"


def adding(world: World, folder: Path, before: list[str] | None = None) -> subprocess.Popen[str]:
    """A process that adds the last recordings."""
    command = [*(before or []), sys.executable, "-c", CHILD, str(folder), *map(str, world.last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(child: subprocess.Popen[str]) -> tuple[str, str]:
    """What it said on standard output and error; a child that hangs is ended, and seen to have been (-9)."""
    try:
        return child.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        child.kill()
        said, complaint = child.communicate()
        return said, f"{complaint}\nnot done after {LONGEST_S} s"


def kills(world: World, folder: Path, count: int, chance: Random) -> list[str | None]:
    """What was wrong after each of `count` intakes killed at a moment of their own (None: nothing)."""
    fresh(world.saved, folder)
    with adding(world, folder) as child:
        assert child.stdout is not None
        child.stdout.readline()
        began = time.perf_counter()
        ended(child)
        longest = time.perf_counter() - began
    outcomes: list[str | None] = []
    for _ in range(count):
        fresh(world.saved, folder)
        with adding(world, folder) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0, 1.1 * longest))
            child.send_signal(signal.SIGKILL)
            ended(child)
        outcomes.append(whole_again(world, folder))
    return outcomes


def full_disks(world: World, folder: Path, count: int) -> list[str | None]:
    """What was wrong after intakes to disks of `count` sizes, from hardly larger than the archive to ample.

    Needs to be root: each disk is a tmpfs of its own.
    """
    held = sum(path.stat().st_size for path in world.saved.rglob("*") if path.is_file())
    folder.mkdir(parents=True, exist_ok=True)
    outcomes: list[str | None] = []
    for step in range(count):
        spare = (16 << 10) + step * ((4 << 20) // count)
        blocks = held + held // 4 + spare + (1 << 18)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={blocks}", "tmpfs", folder], check=True)
        try:
            outcomes.append(_on_full_disk(world, folder))
        finally:
            subprocess.run(["umount", folder], check=True)
    return outcomes


def _on_full_disk(world: World, folder: Path) -> str | None:
    archive = folder / "archive"
    try:
        shutil.copytree(world.saved, archive)
    except shutil.Error:
        return "the archive itself did not fit: the disk was made too small"
    with adding(world, archive) as child:
        said, complaint = ended(child)
    wrong = _said_wrongly(child.returncode, said, complaint)
    if wrong:
        return wrong
    try:  # reads stay up while it is full
        state = state_of(archive)
    except Exception as error:
        return f"cannot be read while the disk is full: {error}"
    if state not in (world.old, world.new):
        return f"neither old nor new: {state}"
    subprocess.run(["mount", "-o", "remount,size=512M", folder], check=True)
    return whole_again(world, archive)


def failing_disks(world: World, folder: Path, count: int, chance: Random) -> list[str | None]:
    """What was wrong after `count` intakes in which writes, flushes and renames fail at random (libfiu)."""
    outcomes: list[str | None] = []
    while len(outcomes) < count:
        fresh(world.saved, folder)
        share = 10 ** chance.uniform(-3.5, -1)
        points = ("posix/io/rw/write", "posix/io/rw/pwrite", "posix/io/sync/*", "posix/io/dir/rename")
        orders = [word for p in points for word in ("-c", f"enable_random name={p},probability={share:.6f}")]
        # libfiu and jemalloc's background thread wait for each other at the start of a process
        calm = ["env", "ARROW_DEFAULT_MEMORY_POOL=system", "JE_ARROW_MALLOC_CONF=background_thread:false"]
        with adding(world, folder, [*calm, FIU, "-x", "-f", "", *orders]) as child:
            said, complaint = ended(child)
        if not said and child.returncode < 0:  # libfiu got stuck before the intake had begun
            continue
        # a write to standard output fails too: what is said then is not ours to judge
        wrong = f"ended by signal {-child.returncode}: {complaint[-3000:]}" if child.returncode < 0 else None
        wrong = wrong or ("a traceback" if "Traceback" in complaint and "sqlite3" in complaint else None)
        outcomes.append(wrong or whole_again(world, folder))
    return outcomes


def _said_wrongly(status: int, said: str, complaint: str) -> str | None:
    """What is wrong with how a failed intake ended: it should say what happened in one sentence."""
    if status == 0:
        return None
    if status < 0:
        return f"ended by signal {-status}"
    if status != 3 or "ArchiveError" not in said:
        return f"no clear error: {(complaint or said).strip().splitlines()[-1:]}"
    return None


def may_mount() -> bool:
    """Whether disks of their own can be made here."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


def may_fail() -> bool:
    """Whether libfiu is here (Debian's package fiu-utils)."""
    return Path(FIU).exists()
