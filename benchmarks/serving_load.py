"""Questions offered at a steady rate, whatever the answers take: what is answered, what refused, how soon.

wrk waits for each answer before it asks again on a connection, and so asks less of a server that is slow;
what happens above a server's capacity only shows where questions come on regardless.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from measuring import percentile

REFUSED = (429, 503)
CONNECTIONS = 400  # at most; a question that finds none free counts as not sent, so memory stays bounded
TIMEOUT_S = 30


@dataclass
class Offered:
    """Outcomes: seconds of each answer by status, and what was not asked or broke."""

    rate: float
    seconds: float
    took_s: dict[int, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    def said(self) -> str:
        """One paragraph."""
        good = [t for status, some in self.took_s.items() if status < 400 for t in some]
        refused = [t for status in REFUSED for t in self.took_s.get(status, [])]
        other = {s: len(t) for s, t in self.took_s.items() if s >= 400 and s not in REFUSED}
        asked = len(good) + len(refused) + sum(other.values())
        return (
            f"offered {self.rate:,.0f} a second, asked {asked / self.seconds:,.0f} for {self.seconds:.0f} s: "
            f"answered {len(good) / self.seconds:,.0f} a second ({_times(good)}), "
            f"refused {len(refused) / max(asked, 1):.1%} ({_times(refused)}), "
            f"other statuses {other or 'none'}, faults {dict(self.faults) or 'none'}"
        )


def _times(took_s: Sequence[float]) -> str:
    if not took_s:
        return "no time to tell"
    p50, p99 = (percentile(took_s, share) * 1_000 for share in (0.5, 0.99))
    return f"p50 {p50:,.0f} ms, p99 {p99:,.0f} ms, longest {max(took_s) * 1_000:,.0f} ms"


def offered(host: str, port: int, paths: Sequence[str], rate: float, seconds: float) -> Offered:
    """What became of the paths asked for in turn at a rate a second."""
    return asyncio.run(_offered(host, port, paths, rate, seconds))


async def _offered(host: str, port: int, paths: Sequence[str], rate: float, seconds: float) -> Offered:
    result = Offered(rate, seconds)
    free: list[_Connection] = []
    tasks: set[asyncio.Task[None]] = set()
    began, sent = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        for _ in range(int(now * rate) - sent):
            sent += 1
            if len(tasks) >= CONNECTIONS:
                result.faults["not sent: every connection waits"] += 1
                continue
            task = asyncio.create_task(_ask(host, port, paths[sent % len(paths)], free, result))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.002)
    result.seconds = time.perf_counter() - began
    if tasks:
        await asyncio.wait(tasks, timeout=TIMEOUT_S)
    for one in free:
        one.writer.close()
    await asyncio.gather(*(one.writer.wait_closed() for one in free), return_exceptions=True)
    return result


@dataclass
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def _ask(host: str, port: int, path: str, free: list[_Connection], result: Offered) -> None:
    began = time.perf_counter()
    try:
        while free and free[-1].reader.at_eof():  # idle for so long that the server hung up
            free.pop().writer.close()
        one = free.pop() if free else _Connection(*await asyncio.open_connection(host, port))
        one.writer.write(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        status, stays = await asyncio.wait_for(_answer(one.reader), TIMEOUT_S)
    except (OSError, EOFError, TimeoutError, ValueError) as error:
        result.faults[type(error).__name__] += 1
        return
    result.took_s.setdefault(status, []).append(time.perf_counter() - began)
    if stays:
        free.append(one)
    else:
        one.writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status, and whether the connection stays; the body is read and dropped."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    if headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(headers.get("content-length", "0")))
    return int(lines[0].split()[1]), headers.get("connection") != "close"
