"""`map(kernel, partitions)` on a pool of processes, or in this one where the work is small."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def default_workers() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Processes that are started when first needed and serve every step of one intake; a context manager.

    They are spawned, not forked: a fork of a process whose libraries run threads can hang. Starting them
    takes about a second, so each step says whether its work is worth it.
    """

    def __init__(self, count: int | None = None) -> None:
        """`count` processes, by default one for each processor; with one nothing is ever started."""
        self.count = count or default_workers()
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self, kernel: Callable[[Task], Result], tasks: Sequence[Task], worth_it: bool
    ) -> Iterator[Result]:
        """Results in the order of the tasks, in this process unless it is worth it."""
        if self.count <= 1 or len(tasks) <= 1 or not worth_it:
            yield from map(kernel, tasks)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.count, mp_context=multiprocessing.get_context("spawn"))
        yield from self._pool.map(kernel, tasks)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
