"""`map(kernel, partitions)` on a pool of processes, or in this one where the work is small."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from types import TracebackType
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

# What workers run, imported once by the server they are forked from.
_KERNELS = ["__main__", "overflight.intake.chunk", "overflight.intake.days", "overflight.intake.staging"]
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def default_workers() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _die_with_parent() -> None:
    """Have this worker end when its parent does: one that is killed tells nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class Workers:
    """Processes that are started when first needed and serve every step of one intake; a context manager.

    They are forked from a server that has imported their code and done nothing else: a fork of this process
    can hang, since its libraries run threads. The server takes about 0.5 s, on another processor if it is
    asked for in time (`prepare`); a step that needs processes before waits for it.
    """

    def __init__(self, count: int | None = None) -> None:
        """`count` processes, by default one for each processor; with one nothing is ever started."""
        self.count = count or default_workers()
        self._pool: ProcessPoolExecutor | None = None
        self._prepared = False

    def prepare(self) -> None:
        """Have the server start, without waiting for it."""
        if self.count <= 1 or self._prepared:
            return
        self._prepared = True
        if _METHOD == "forkserver":
            from multiprocessing import forkserver

            multiprocessing.get_context(_METHOD).set_forkserver_preload(_KERNELS)
            forkserver.ensure_running()

    def map(
        self, kernel: Callable[[Task], Result], tasks: Sequence[Task], worth_it: bool
    ) -> Iterator[Result]:
        """Results in the order of the tasks, in this process unless it is worth it."""
        if not self.divides(len(tasks), worth_it):
            yield from map(kernel, tasks)
            return
        if self._pool is None:
            self.prepare()
            context = multiprocessing.get_context(_METHOD)
            self._pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_die_with_parent)
        yield from self._pool.map(kernel, tasks)

    def divides(self, tasks: int, worth_it: bool) -> bool:
        """Whether so many tasks go to other processes."""
        return self.count > 1 and tasks > 1 and worth_it

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
