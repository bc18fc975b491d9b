"""What can go wrong between here and a source, as sentences that say what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from overflight.clock import iso_utc
from overflight.units import MILLISECONDS_PER_SECOND

_NAMES = {400: "bad request", 401: "unauthorised", 403: "forbidden", 429: "too many requests", 451: "legal"}


class Cut(Exception):
    """The connection ended, or fell silent, before its time; asking again may help."""


def duration_text(seconds: float) -> str:
    """`45 s`, `3 min 20 s`, `2 h 5 min`: rounded up, so that who waits that long has waited enough."""
    whole = int(-(-seconds // 1))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(-(-whole // 60), 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")


def size_text(size: int) -> str:
    """`512 bytes`, `3.1 MB`, `2.00 GB`, decimal units."""
    if size < 1_000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1e3:.1f} kB"
    return f"{size / 1e6:,.1f} MB" if size < 1_000_000_000 else f"{size / 1e9:,.2f} GB"


def refusal(status: int, host: str) -> str:
    """The sentence for a status that asking again will not change."""
    said = f"{host} answered {status}{f' ({_NAMES[status]})' if status in _NAMES else ''}"
    if status == 401:
        return f"{said}: it does not accept the credentials given, or none were; see docs/fetching.md"
    if status == 403:
        return (
            f"{said}: it does not let this machine, network or account have that. It may block data centres "
            "and VPNs, or want an account; look at the address in a browser, or ask the source"
        )
    if status == 451:
        return f"{said}: withheld for legal reasons"
    if status == 400:
        return f"{said}: it does not take the question in this form; the source may have changed its rules"
    return f"{said}, which this program does not expect; the source may have changed"


def must_wait(host: str, seconds: float, now_s: float) -> str:
    """The sentence for a wait that is longer than this program waits by itself."""
    at = iso_utc(int(now_s + seconds) * MILLISECONDS_PER_SECOND)
    return (
        f"{host} asks to wait {duration_text(seconds)}: its limit is used up. Give the same command again "
        f"after {at}; what is there already is not fetched again"
    )


def gave_up(host: str, reason: str, tries: int) -> str:
    """The sentence for a fault that did not pass."""
    return f"{host}: {reason}; tried {tries} times. Give the same command again later: it goes on there"


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and everything that caused it, each once."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__ or now.__context__


def no_name(host: str) -> str:
    """The sentence where a name leads nowhere: no network, or a wrong resolver."""
    return (
        f"{host} cannot be found: this machine has no network, or its name service does not answer. "
        "Nothing was fetched from it; connect, and give the same command again"
    )


def untrusted(host: str, reason: str, now_s: float) -> str:
    """The sentence where TLS fails, with this machine's clock, which is often the cause."""
    at = iso_utc(int(now_s) * MILLISECONDS_PER_SECOND)
    return (
        f"{host} cannot be trusted: {reason}. This machine's clock says {at}; if that is "
        "wrong, set it. Else something between here and there (a proxy, a hotel's network) shows a "
        "certificate of its own. Nothing was fetched over it"
    )


def disk_words(error: OSError, where: str) -> str:
    """The sentence for a disk that does not take the bytes."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no room left in {where}: make room, and give the same command again; what has come is kept"
    return f"cannot write in {where}: {error.strerror or error}"


def disk_too_small(where: str, needed: int, free: int) -> str:
    """The sentence where it is known beforehand that it will not fit."""
    return (
        f"{size_text(needed)} are to come and {where} has {size_text(free)} free: make room, or give another "
        "folder with --to"
    )


def too_large(name: str, size: int, cap: int) -> str:
    """The sentence for more bytes than such a file has ever had."""
    return (
        f"{name} has {size_text(size)} or more, and this program takes {size_text(cap)} at most of such a "
        "file: the source has changed, or it is not what it should be. Nothing of it is kept"
    )
