"""One file from an address to the disk: resumed where it was cut, checked, recorded, then given its name."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from overflight.clock import iso_utc, parse_utc
from overflight.errors import FetchError
from overflight.fetch import failures
from overflight.fetch.checks import Check
from overflight.fetch.failures import Cut
from overflight.fetch.records import ABSENT, FETCHED, Record, Records, bare, sha256_of
from overflight.fetch.wire import Answer, Wire
from overflight.units import MILLISECONDS_PER_SECOND

Progress = Callable[[str, int, int], None]
MARGIN = 64 << 20  # bytes left free on the disk: the record, and whatever else writes there
CUTS_MAX = 50  # of one file, even when each try brings a little
_PIECE = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Origin:
    """Who publishes something, and on what terms: what is shown before fetching and kept with the files."""

    name: str
    licence: str  # in the words store.licences knows, where the source grants one
    terms: str  # where its text stands
    says: str  # what a user has to know of it


@dataclass(frozen=True)
class Wanted:
    """One file: its address, where it goes below the folder, and what it must be."""

    url: str
    path: str  # made here, never of what a server says
    check: Check
    absent: str  # what a 404 means
    cap: int
    size: int | None = None
    sha256: str | None = None
    settled: int = 0  # ms: until then the source may change it; a copy of before is fetched anew


@dataclass(frozen=True)
class Got:
    """A file that is on the disk now, and its record; `new` where this run fetched it."""

    path: Path
    record: Record
    new: bool


@dataclass
class Taker:
    """Takes files of one origin into `folder`, over `wire`; `again` fetches anew what is there."""

    origin: Origin
    folder: Path
    wire: Wire
    by: str
    again: bool = False
    progress: Progress = field(default=lambda what, done, of: None)
    headers: Callable[[], Mapping[str, str]] = field(default=dict)
    free: Callable[[Path], int] = field(default=lambda path: shutil.disk_usage(path).free)
    _records: Records = field(init=False)

    @contextmanager
    def at_work(self) -> Iterator[Taker]:
        """The only taker in this folder; FetchError where another one is at work."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".fetch.lock").open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise FetchError(f"another fetch writes to {self.folder}: wait for it") from None
                self._records = Records(self.folder)
                yield self
        except OSError as error:
            raise FetchError(failures.disk_words(error, str(self.folder))) from error
        finally:
            self.wire.close()

    def take(self, wanted: Wanted) -> Got | None:
        """The file, from the disk where it was fetched before, else from its address; None where a 404.

        Raises FetchError; what had come of it stays in a hidden part file, and the next run goes on there.
        """
        if (there := self.standing(wanted.path, wanted.settled)) is not None:
            return there
        final = self.place(wanted.path)
        part = final.with_name(f".{final.name}.part")
        answer = self._bring(wanted, part)
        if answer is None:
            return None
        digest, size = sha256_of(part), part.stat().st_size
        problem = _problem(wanted, size, digest) or wanted.check(part)
        if problem:
            discard(part)
            raise FetchError(
                f"{wanted.url}: {problem}. It was not kept. If this happens again the source has changed its "
                "format, or something between here and there changes what it sends"
            )
        record = self.record(wanted.url, answer, path=wanted.path, bytes=size, sha256=digest)
        return self.keep(part, final, record)

    def standing(self, path: str, settled: int = 0) -> Got | None:
        """What an earlier run fetched to that path; None where nothing is, or it is to be fetched anew."""
        final = self.place(path)
        if self.again or not final.exists():
            return None
        record = self._records.fetched(path)
        if record is None:
            raise FetchError(
                f"{final} is there, and {self.folder} has no record of fetching it: move it away, give "
                "another folder with --to, or --again to replace it"
            )
        if sha256_of(final) != record.sha256:
            raise FetchError(
                f"{final} is no longer what was fetched on {record.time}: its hash differs from the record. "
                "Keep it if you need it; --again fetches it anew in its place"
            )
        if parse_utc(record.time) < settled:
            return None
        return Got(final, record, new=False)

    def place(self, path: str) -> Path:
        """Where a path lies below the folder."""
        parts = PurePosixPath(path).parts
        if not parts or any(part in ("..", "/") or part.startswith(".") for part in parts):
            raise FetchError(f"{path!r} is no name for a file of a source")
        return self.folder.joinpath(*parts)

    def keep(self, part: Path, final: Path, record: Record) -> Got:
        """Give a whole and checked file its name, once it and its record are on the disk."""
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        self._records.add(record)
        part.replace(final)
        _state(part).unlink(missing_ok=True)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Got(final, record, new=True)

    def record(self, url: str, answer: Answer, **facts: Any) -> Record:
        """The record of an answer, at this moment."""
        headers = answer.headers
        return Record(
            url=url, time=iso_utc(int(self.wire.now()) * MILLISECONDS_PER_SECOND) or "",
            outcome=FETCHED if "path" in facts else ABSENT, status=answer.status,
            source=self.origin.name, licence=self.origin.licence, terms=self.origin.terms, by=self.by,
            etag=headers.get("etag"), last_modified=headers.get("last-modified"),
            content_encoding=headers.get("content-encoding"), server_date=headers.get("date"),
            served_by=bare(answer.url) if bare(answer.url) != bare(url) else None, **facts,
        )  # fmt: skip

    def note(self, record: Record) -> None:
        """Write down an answer that left no file: that the source had no such thing."""
        self._records.add(record)

    def room_for(self, size: int) -> None:
        """FetchError where the disk has not that many bytes free."""
        free = self.free(self.folder)
        if size + MARGIN > free:
            raise FetchError(failures.disk_too_small(str(self.folder), size, free))

    def _bring(self, wanted: Wanted, part: Path) -> Answer | None:
        """Fill the part file; the last answer, or None where there is no such thing."""
        fruitless, before, reason = 0, -1, ""
        for _ in range(CUTS_MAX):
            at = _resumable(part, wanted.url)
            fruitless = fruitless + 1 if at <= before else 0
            before = at
            if fruitless:
                if fruitless >= self.wire.manners.tries:
                    break
                self.wire.wait(fruitless)
            try:
                return self._once(wanted, part, at)
            except Cut as cut:
                reason = str(cut)
        raise FetchError(failures.gave_up(wanted.url, f"{reason} after {before} bytes", fruitless + 1))

    def _once(self, wanted: Wanted, part: Path, at: int) -> Answer | None:
        headers = dict(self.headers())
        if at:
            headers |= {"Range": f"bytes={at}-", "If-Range": _validator(_read_state(part)) or ""}
        with self.wire.ask(wanted.url, headers) as answer:
            if answer.status in (404, 410):
                discard(part)
                self.note(self.record(wanted.url, answer))
                return None
            if answer.status == 416:  # what is there is not a beginning of what the source has now
                discard(part)
                raise Cut("what was there of it does not fit any more")
            start = _start(answer) if answer.status == 206 else 0
            if start and (start != at or _another(part, answer)):
                discard(part)
                raise Cut("the source sent another part than was asked for")
            if at and not start:  # ranges ignored, or the file has changed: from the beginning
                discard(part)
            self._fits(wanted, answer, start)
            if not start:
                part.parent.mkdir(parents=True, exist_ok=True)
                _write_state(part, wanted.url, answer)
            self._write(wanted, part, answer, start)
            return answer

    def _fits(self, wanted: Wanted, answer: Answer, start: int) -> None:
        size = start + (answer.length or 0)
        if size > wanted.cap:
            raise FetchError(failures.too_large(wanted.url, size, wanted.cap))
        self.room_for(answer.length or 0)

    def _write(self, wanted: Wanted, part: Path, answer: Answer, start: int) -> None:
        done, of = start, start + (answer.length or 0)
        try:
            with part.open("ab" if start else "wb") as stream:
                for piece in answer.pieces():
                    stream.write(piece)
                    done += len(piece)
                    if done > wanted.cap:
                        break
                    self.progress(part.name[1:-5], done, max(of, done))
        except OSError as error:
            raise FetchError(failures.disk_words(error, str(self.folder))) from error
        if done > wanted.cap:
            discard(part)
            raise FetchError(failures.too_large(wanted.url, done, wanted.cap))
        if answer.length is not None and done < of:
            raise Cut("the connection broke off")


def discard(part: Path) -> None:
    """Remove a part file and what is noted of it."""
    part.unlink(missing_ok=True)
    _state(part).unlink(missing_ok=True)


def _problem(wanted: Wanted, size: int, digest: str) -> str | None:
    if wanted.size is not None and size != wanted.size:
        return f"{size} bytes came, and the source says it has {wanted.size}"
    if wanted.sha256 is not None and digest != wanted.sha256:
        return f"its SHA-256 is {digest}, and the source says {wanted.sha256}"
    return None


def _start(answer: Answer) -> int:
    match = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    return int(match[1]) if match else -1


def _state(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _read_state(part: Path) -> dict[str, str]:
    try:
        state = json.loads(_state(part).read_bytes())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _write_state(part: Path, url: str, answer: Answer) -> None:
    kept = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
    _state(part).write_text(json.dumps({"url": url, **kept}), "utf-8")


def _validator(state: Mapping[str, str]) -> str | None:
    """What `If-Range` may hold: a strong entity tag, else a date (RFC 9110, 13.1.5)."""
    tag = state.get("etag", "")
    return tag if tag.startswith('"') else state.get("last-modified") or None


def _another(part: Path, answer: Answer) -> bool:
    """Whether what is sent is of another version than what is there, for a server that heeds no If-Range."""
    before, now = _read_state(part).get("etag", ""), answer.headers.get("etag", "")
    return before.startswith('"') and now.startswith('"') and before != now


def _resumable(part: Path, url: str) -> int:
    """Bytes of the part file that can be gone on from: 0 where it cannot be known to be the same file.

    Its last byte is given up and asked for again: of a part that is whole there would be nothing to ask.
    """
    state = _read_state(part)
    if not part.is_file() or state.get("url") != url or _validator(state) is None:
        discard(part)
        return 0
    size = max(0, part.stat().st_size - 1)
    os.truncate(part, size)
    return size
