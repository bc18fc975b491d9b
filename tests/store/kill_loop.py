"""Run by test_store_kills: writes version after version until killed, says on stdout which are acknowledged.

Usage: kill_loop.py FOLDER POINT kills itself at the named point of the second version it writes.
`kill_loop.py FOLDER` reads seconds from stdin: for each line it lets a fresh process write for so long, kills
it and prints the last version that process acknowledged (0: none). A fork saves the second that imports take.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TextIO

from store_samples import sample_rows

from overflight.store.folder import Store


def write_for_ever(folder: Path, point: str | None, said: TextIO) -> None:
    def die(name: str) -> None:
        if name == point and store.version.number == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(folder) as store:
        while True:
            number = store.version.number + 1
            with store.writer(f"version {number}", checkpoint=die) as writer:
                for table in ("positions", "flights", "stops"):
                    writer.put(table, "a", sample_rows(table, 3, seed=number, data_kind=str(number)))
                    writer.put(table, str(number), sample_rows(table, 1, seed=-number))
                writer.commit()
            print(number, file=said, flush=True)


def kill_after(folder: Path, seconds: float) -> int:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        write_for_ever(folder, None, os.fdopen(writing, "w"))
    os.close(writing)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return max(map(int, pipe.read().split()), default=0)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        write_for_ever(Path(sys.argv[1]), sys.argv[2], sys.stdout)
    for line in sys.stdin:
        print(kill_after(Path(sys.argv[1]), float(line)), flush=True)
