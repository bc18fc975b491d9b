"""adsb.lol: the traces of single aircraft day by day, and whole days from its releases on GitHub.

Addresses as tar1090 asks them (https://github.com/wiedehopf/tar1090, html/script.js) and as adsb.lol's
repositories name them (https://github.com/adsblol/globe_history_2026); docs/fetching.md has their dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.clock import day_text, iso_utc, utc_day
from overflight.errors import FetchError, QuestionError
from overflight.fetch import checks
from overflight.fetch.bases import Bases
from overflight.fetch.small import read_json
from overflight.fetch.taking import Origin, Wanted
from overflight.fetch.wire import Wire
from overflight.units import MILLISECONDS_PER_DAY

ORIGIN = Origin(
    "adsb.lol",
    "ODbL-1.0",
    "http://opendatacommons.org/licenses/odbl/1.0/",
    "The database is under the ODbL: name adsb.lol wherever you show it, and pass on a database made of it "
    "under the same licence. Its feeders gave their data under CC0",
)
FIRST_YEAR = 2023  # of the repositories globe_history_YYYY
TRACE_MAX = 64 << 20  # bytes: a day of one aircraft has under 5 MB
PART_MAX = 3 << 30  # bytes: the parts are cut at 2,000,000,000, GitHub takes no file over 2 GiB
# Prod and staging hold the same world; mlatonly holds the positions found by multilateration alone.
VARIANTS = ("prod", "staging")
MLAT = "mlatonly"
_AGAIN = "tmp"  # at the end of a name: 16 preferred days of 2025 have only such a release


@dataclass(frozen=True)
class Release:
    """One day as GitHub has it: tag and parts (name, bytes, SHA-256 where GitHub states one), in order."""

    tag: str
    parts: tuple[tuple[str, str, int, str | None], ...]  # address, name, bytes, digest

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(size for _, _, size, _ in self.parts)


def traces(bases: Bases, addresses: Sequence[str], since: int, until: int, now: int) -> list[Wanted]:
    """One file for each aircraft and UTC day of `[since, until)` (ms); of today what there is by now.

    The day that is not over stands elsewhere, in two files that change by the minute: they are kept under
    the time of asking. Raises QuestionError for a span that holds no day.
    """
    today = utc_day(now)
    last = min(utc_day(until - 1), today)
    first = utc_day(since)
    if first > last:
        raise QuestionError("from --since to --until there is no day that has begun; times are UTC")
    wanted = [
        _of_day(bases, address, day)
        for address in addresses
        for day in range(first, min(last, today - 1) + 1)
    ]
    if last == today:
        wanted += [_now(bases, address, kind, now) for address in addresses for kind in ("full", "recent")]
    return wanted


def trace_path(address: str, day: int) -> str:
    """Where the trace of an aircraft on a UTC day is kept below the folder of adsb.lol."""
    return f"globe_history/{day_text(day).replace('-', '/')}/trace_full_{address}.json"


def settled(day: int) -> int:
    """The instant (ms) from which a day's traces no longer change: a day after its end.

    readsb writes them until 55 min after midnight (its globe_index.c); what stands before it may take longer.
    """
    return (day + 2) * MILLISECONDS_PER_DAY


def releases_asked(bases: Bases, day: int, variant: str | None) -> list[tuple[str, str]]:
    """Addresses (API, downloads) under which a day may stand, by repository and variant.

    Releases of late December stand in the repository of their year, of the next, or of both.
    """
    text = day_text(day)
    year = int(text[:4])
    if year < FIRST_YEAR - 1:
        raise QuestionError(f"adsb.lol publishes days since {FIRST_YEAR}; {text} is before that")
    years = [year, year + 1] if text[5:7] == "12" else [year]
    names = [f"v{text.replace('-', '.')}-planes-readsb-{name}-0" for name in _asked(variant)]
    return [
        (
            f"{bases.github_api}/repos/adsblol/globe_history_{one}/releases/tags/{name}",
            f"{bases.github}/adsblol/globe_history_{one}/releases/download/{name}",
        )
        for one in years
        if one >= FIRST_YEAR
        for name in names
    ]


def find_release(wire: Wire, bases: Bases, day: int, variant: str | None = None) -> Release | None:
    """The largest release of a UTC day among prod and staging, or of one variant; None where there is none.

    adsb.lol's own list prefers the largest: one of the two is at times smaller, when its machine was down.
    """
    found: list[Release] = []
    for again in ("", _AGAIN):
        for api, downloads in releases_asked(bases, day, variant):
            said = read_json(wire, api + again, {"Accept": "application/vnd.github+json"})
            if said is not None:
                found.append(_release(downloads.rpartition("/")[2] + again, downloads + again, said))
        if found:
            break
    return max(found, key=lambda release: release.size, default=None)


def whole_day(release: Release, day: int) -> list[Wanted]:
    """The files of a release, whole: with their parts beside each other, as `add` reads them."""
    folder = f"releases/{day_text(day)}"
    return [
        Wanted(
            url, f"{folder}/{name}", checks.tar_begins if not number else checks.anything,
            f"{name}: GitHub lists it, and does not have it", PART_MAX, size, digest,
        )
        for number, (url, name, size, digest) in enumerate(release.parts)
    ]  # fmt: skip


def absent_day(day: int) -> str:
    """What it means that there is no release of a day."""
    return (
        f"{day_text(day)}: adsb.lol has no release of this day on GitHub: not published yet (a day comes "
        "some hours after it ended, UTC), or never; this says nothing about any aircraft"
    )


def _asked(variant: str | None) -> tuple[str, ...]:
    return VARIANTS if variant is None else (variant,)


def _of_day(bases: Bases, address: str, day: int) -> Wanted:
    text = day_text(day)
    return Wanted(
        f"{bases.adsb_lol}/globe_history/{text.replace('-', '/')}/traces/{address[-2:]}/"
        f"trace_full_{address}.json",
        trace_path(address, day), checks.trace_of(address),
        f"{address} {text}: not in adsb.lol's files: not seen by its receivers that day, or perhaps expired "
        f"(the whole day may still be on GitHub: fetch adsb.lol --day {text} --aircraft {address})",
        TRACE_MAX, settled=settled(day),
    )  # fmt: skip


def _now(bases: Bases, address: str, kind: str, now: int) -> Wanted:
    at = re.sub(r"\.\d+|:", "", iso_utc(now) or "")
    return Wanted(
        f"{bases.adsb_lol}/data/traces/{address[-2:]}/trace_{kind}_{address}.json",
        f"now/{at}/trace_{kind}_{address}.json", checks.trace_of(address),
        f"{address} today: not in adsb.lol's files of now ({kind}): not seen by its receivers "
        "lately, or not kept",
        TRACE_MAX,
    )  # fmt: skip


def _release(tag: str, downloads: str, said: Any) -> Release:
    """The parts of a release as GitHub's API tells it; FetchError where that is not what it was."""
    pattern = re.compile(rf"{re.escape(tag)}\.tar(\.[a-z]{{2}})?")
    parts = []
    try:
        for asset in said["assets"]:
            name, size, digest = asset["name"], asset["size"], asset.get("digest")
            if not pattern.fullmatch(name):
                continue  # anything else there is not the day's tar
            known = re.fullmatch(r"sha256:([0-9a-f]{64})", digest or "")
            parts.append((f"{downloads}/{name}", name, int(size), known[1] if known else None))
    except (KeyError, TypeError, ValueError) as error:
        raise FetchError(
            f"GitHub lists the files of {tag} in another form than it did: this program is too old"
        ) from error
    parts.sort(key=lambda part: part[1])
    suffixes = [name.rpartition(".tar")[2] for _, name, _, _ in parts]
    wanted = [""] if suffixes == [""] else list(_suffixes())[: len(parts)]
    if not parts or suffixes != wanted:
        there = ", ".join(name for _, name, _, _ in parts) or "no tar"
        raise FetchError(f"the release {tag} is not whole on GitHub ({there}): try again later")
    return Release(tag, tuple(parts))


def _suffixes() -> Iterator[str]:
    """`.aa`, `.ab` ... as `split` numbers its parts."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from (f".{first}{second}" for first in letters for second in letters)
