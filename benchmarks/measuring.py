"""What the scripts here share: where the recordings are, child processes with time and memory, plain tables.

Memory of a child is given twice. `largest` is the peak resident set of its largest process, as the kernel
keeps it; `together` is the highest sum over the child and all its workers, looked at every 20 ms: a page
that two of them share counts twice, and a shorter peak is missed.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

VARIABLE = "OVERFLIGHT_SHARED_DATA"
LOOK_S = 0.02
MB = 1e6
_KB = 1024  # Linux states ru_maxrss in these


@dataclass(frozen=True)
class Run:
    """One child process: wall and processor time, peak memory of its largest process and of all, its output.

    Processor time is that of the child and of every process it waited for: a busy machine changes it less
    than it changes wall time.
    """

    seconds: float
    cpu_s: float
    largest_mb: float
    together_mb: float
    output: str


def data_folder(given: str | None) -> Path:
    """The folder of recordings, as given or from the environment; leaves with a sentence without one."""
    folder = given or os.environ.get(VARIABLE)
    if folder is None or not Path(folder).is_dir():
        sys.exit(f"where are the recordings? Give their folder or set {VARIABLE}" if folder is None
                 else f"there is no folder {folder}")  # fmt: skip
    return Path(folder)


def run(command: Sequence[str | Path]) -> Run:
    """Run a command to its end; leaves with what it said where it failed."""
    began, used = time.perf_counter(), _children_s()
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        watch = _Watch(child.pid)
        watch.start()
        output, complaint = child.communicate()
        seconds = time.perf_counter() - began
        watch.stop()
    if child.returncode:
        sys.exit(f"{' '.join(map(str, command))} left with {child.returncode}:\n{complaint[-2000:]}")
    return Run(seconds, _children_s() - used, watch.largest / MB, watch.together / MB, output)


def _children_s() -> float:
    """Processor seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class _Watch(threading.Thread):
    """Looks at a process and its descendants until stopped; peaks in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.largest, self.together = pid, 0, 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(LOOK_S):
            sizes = [_status(pid) for pid in _family(self.pid)]
            self.together = max(self.together, sum(now for now, _ in sizes))
            self.largest = max([self.largest, *(peak for _, peak in sizes)])

    def stop(self) -> None:
        self._done.set()
        self.join()


def _family(pid: int) -> list[int]:
    """The process and its descendants."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except (OSError, ValueError):
        return [pid]
    return [pid, *(found for child in children for found in _family(child))]


def _status(pid: int) -> tuple[int, int]:
    """Resident bytes now and at their peak; 0 of a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    found = {key: int(rest.split()[0]) * _KB for key, _, rest in (line.partition(":") for line in lines)
             if key in ("VmRSS", "VmHWM")}  # fmt: skip
    return found.get("VmRSS", 0), found.get("VmHWM", 0)


def timed(work: object, runs: int) -> float:
    """Median wall time in seconds of `runs` calls."""
    assert callable(work)
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under heads in columns, the first to the left and the others to the right."""
    text = [[str(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(len(row[k]) for row in text) for k in range(len(heads))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in text
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def machine() -> str:
    """One line: processors, system, and the versions that matter."""
    names = ("overflight", "pyarrow", "duckdb", "numpy", "isal")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{system}, {', '.join(f'{name} {version(name)}' for name in names)}"
