"""Run by test_intake_kills: adds files to an archive in processes that die while they do.

Usage: kill_intake.py FOLDER FILE... and on stdin one line for each process: the name of a checkpoint, and at
which of its calls the process kills itself (`renamed 3`), or seconds after which it is killed (`0.25`). For
each line prints the exit status, negative for a signal. A fork saves the seconds that imports and lists take.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from intake_samples import OPTIONS, START_S

from overflight.geo.borders import Borders
from overflight.intake import context, run
from overflight.intake.places import footprints_for
from overflight.registry.airfields import Gazetteer
from overflight.store.folder import Store


def add(folder: Path, files: list[Path], point: str, call: int) -> None:
    calls = 0

    def die(name: str) -> None:
        nonlocal calls
        calls += name == point
        if name == point and calls == call:
            os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(folder) as store:
        run.add(store, files, OPTIONS, workers=1, checkpoint=die)


def status_of(folder: Path, files: list[Path], words: list[str]) -> int:
    child = os.fork()
    if child == 0:
        add(folder, files, words[0], int(words[1]) if words[1:] else 0)
        os._exit(0)
    if len(words) == 1:
        time.sleep(float(words[0]))
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    places = footprints_for(Gazetteer.packaged(), range(START_S // 86_400 - 3, START_S // 86_400 + 60))
    borders = Borders.load()
    context.gazetteer_of = lambda view: None
    context.footprints_for = lambda gazetteer, days: places
    context.Borders.load = staticmethod(lambda: borders)
    given = [Path(argument) for argument in sys.argv[1:]]
    for line in sys.stdin:
        print(status_of(given[0], given[1:], line.split()), flush=True)
