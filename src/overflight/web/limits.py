"""What one question may cost and how many are answered at once; beyond it a refusal that comes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from overflight.clock import iso_utc
from overflight.errors import QuestionError
from overflight.search.reach import Reach
from overflight.search.scope import Question
from overflight.units import MILLISECONDS_PER_DAY

T = TypeVar("T")
END_MS = 84_006 * MILLISECONDS_PER_DAY  # 2200-01-01


@dataclass(frozen=True)
class Limits:
    """Bounds of a question, each with its reason beside it."""

    aircraft: int = 50  # names; a question for each of so many answers at once would be 1 s
    texts: int = 200  # characters of a name, a call sign, a time; the longest airfield name has 89
    drawing: int = 20_000  # characters of a GeoJSON text: some 600 corners; servers refuse longer addresses
    vertices: int = 500  # corners of a drawing: answered as fast as a box (docs/benchmarks.md)
    days: int = 31  # of a question about a place or a type: a month, as the charts count
    # Weighing 2,000 unseen stops takes a second of one core, so that a question stays under some three.
    stops: int = 6_000
    rows: int = 20_000  # stops, flights or crossings looked at: telling which ones takes 0.1 ms each
    named: int = 20  # aircraft that one name may mean where it is asked who they are: some 0.1 s each
    fleet: int = 5_000  # aircraft ever said to be a party's: a second for each thousand
    page: int = 500  # rows of one answer: half a megabyte
    first_page: int = 100  # rows where the question does not say
    workers: int = 2  # questions at once: two cores; Python runs one at a time of what is not numpy or Arrow
    queue: int = 16  # questions waiting: at 10 to 100 ms each, the last one begins within a second
    retry_s: int = 2  # seconds after which a queue of that length has been worked off


class Busy(Exception):
    """Too many questions are waiting; ask again after `retry_s` seconds."""

    def __init__(self, retry_s: int) -> None:
        super().__init__(f"too many questions at once; ask again in {retry_s} s")
        self.retry_s = retry_s


class Gate:
    """Lets a few pieces of work run in threads and a few more wait; refuses the rest without waiting."""

    def __init__(self, limits: Limits) -> None:
        """Threads start with the first work."""
        self._limits, self._inside = limits, 0
        self._pool: ThreadPoolExecutor | None = None

    @property
    def retry_s(self) -> int | None:
        """Seconds to wait where the queue is full; None where there is room."""
        full = self._inside >= self._limits.workers + self._limits.queue
        return self._limits.retry_s if full else None

    async def run(self, work: Callable[[], T]) -> T:
        """What the work returns; raises Busy at once where the queue is full."""
        if (wait_s := self.retry_s) is not None:
            raise Busy(wait_s)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._limits.workers, thread_name_prefix="question")
        future = self._pool.submit(work)
        self._inside += 1
        # counted until it is done, not until nobody waits: one who hangs up frees no thread
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: self._left(loop))
        return await asyncio.wrap_future(future)

    def _left(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.call_soon_threadsafe(self._one_less)
        except RuntimeError:  # the loop ended before the work did
            self._one_less()

    def _one_less(self) -> None:
        self._inside -= 1

    def close(self) -> None:
        """Let what runs end, drop what waits; work that comes later starts new threads."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def known_time(time_ms: int) -> int:
    """The instant, if it lies in the years 1970 to 2199, else QuestionError: nothing was heard outside."""
    if not 0 <= time_ms < END_MS:
        raise QuestionError("a time must lie in the years 1970 to 2199, such as 2016-04-04T07:12Z")
    return time_ms


def check_bounds(asked: Question, limits: Limits) -> None:
    """Raises QuestionError where a question names neither aircraft nor a place or type with a short time."""
    for bound in (asked.since_ms, asked.until_ms):
        if bound is not None:
            known_time(bound)
    if asked.aircraft:
        return
    if asked.place is None and not asked.is_of_somebody:
        raise QuestionError(
            "a question must name `aircraft`, or a `place` or `type` with `since` and `until`; "
            "such as aircraft=4K-78131, or place=LLOV&since=2016-04-04&until=2016-04-05"
        )
    if asked.since_ms is None or asked.until_ms is None:
        raise QuestionError(
            f"a question about a place or a type needs `since` and `until`, at most {limits.days} days apart"
        )
    if asked.until_ms - asked.since_ms > limits.days * MILLISECONDS_PER_DAY:
        most = iso_utc(asked.since_ms + limits.days * MILLISECONDS_PER_DAY)
        raise QuestionError(
            f"that is more than {limits.days} days; until={most} would be answered, and then the next ones"
        )


def check_count(found: int, most: int, better: str) -> None:
    """Raises QuestionError where a name stands for more aircraft than are answered; `better` would be."""
    if found > most:
        raise QuestionError(
            f"that name stands for {found:,} aircraft, and this service answers up to {most:,}: give "
            f"{better}; the program itself has no such bound"
        )


def check_reach(reach: Reach, asked: Question, limits: Limits) -> None:
    """Raises QuestionError where a question would look at more than this service answers at once."""
    if reach.stops <= limits.stops and reach.rows <= limits.rows:
        return
    narrower = "a shorter time, " if asked.since_ms is not None else "`since` and `until`, "
    narrower += "one airfield or a smaller area" if asked.place is not None else "one aircraft or a place"
    raise QuestionError(
        f"that would look at {max(reach.stops, reach.rows):,} rows, and this service answers up to "
        f"{limits.rows:,}, of them {limits.stops:,} unseen stops to be weighed; {narrower} would be "
        "answered; one `aircraft` over any time is; the program itself has no such bound"
    )
