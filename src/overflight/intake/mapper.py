"""`map(kernel, partitions)` on a pool of processes, or in this one where the work is small."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
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

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_LARGEST_KEPT = 512 << 20  # bytes: larger arrays, which no usual task has, go back at once


def default_workers() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin() -> None:
    """What a worker does first: keep the memory it frees, and end when its parent does."""
    _keep_memory()
    _die_with_parent()


def _keep_memory() -> None:
    """Have the C library use freed memory again, where it can be told to, instead of asking for new one.

    A task's arrays are as large as those of the task before. New pages are cleared by the kernel when first
    touched, which on a virtual machine took longer than what was then done with them.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is not None and hasattr(libc, "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
        libc.mallopt(_M_TRIM_THRESHOLD, 2 * _LARGEST_KEPT)


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
        self,
        kernel: Callable[[Task], Result],
        tasks: Sequence[Task],
        worth_it: bool,
        *,
        beside: bool = False,
    ) -> Iterator[Result]:
        """Results in the order of the tasks, in this process unless it is worth it.

        Other processes begin at once, this one when a result is asked for. A single task goes to another
        process only if it is done `beside` other work.
        """
        if not self.divides(len(tasks) + beside, worth_it):
            return map(kernel, tasks)
        if self._pool is None:
            self.prepare()
            context = multiprocessing.get_context(_METHOD)
            self._pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_begin)
        return self._pool.map(kernel, tasks)

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
