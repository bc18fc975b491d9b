"""The verb `fetch`: files from public sources into a folder, and with `--archive` into the archive too."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from shlex import quote

from overflight import archive, settings
from overflight.cli.fetch_arguments import FOLDER, MONTH_DAYS
from overflight.cli.opening import opened
from overflight.cli.progress import shown_progress
from overflight.cli.reports import add_report
from overflight.cli.tables import printable
from overflight.clock import day_number, iso_utc, parse_utc, utc_day
from overflight.errors import FetchError, QuestionError
from overflight.fetch import adsb_lol, day_tar, lists, opensky
from overflight.fetch.bases import Bases, hosts_of
from overflight.fetch.failures import duration_text, size_text
from overflight.fetch.haul import Haul, take_each
from overflight.fetch.taking import Got, Origin, Taker, Wanted
from overflight.fetch.wire import Manners, Wire
from overflight.model.address import address_of, icao24_text
from overflight.search.scope import read_names
from overflight.settings import Settings
from overflight.units import MILLISECONDS_PER_DAY

ADSB_LOL, OPENSKY = "adsb.lol", "opensky"
REQUESTS_MAX = 2_000  # of one command: more is a load on a volunteers' server, and whole days hold everything
_CONTACT_MAX = 200  # characters: a mail or web address, in a header
FOUND, NOTHING_FOUND, REFUSED = 0, 1, 3
LINE_END = "\n"


@dataclass(frozen=True)
class _Run:
    """One command: what was asked, where it goes, and the world it happens in."""

    options: argparse.Namespace
    settings: Settings
    bases: Bases
    manners: Manners
    now: int  # ms
    addresses: tuple[str, ...]

    def say(self, words: str) -> None:
        """One line on standard error, unless quiet was asked for."""
        if not self.options.quiet:
            print(f"overflight: {printable(words)}", file=sys.stderr)

    def span(self) -> tuple[int, int]:
        """`[since, until)` in ms; without an option the last MONTH_DAYS days, today's beginning with them."""
        until = parse_utc(self.options.until) if self.options.until else self.now
        month = (utc_day(until - 1) - MONTH_DAYS + 1) * MILLISECONDS_PER_DAY
        since = parse_utc(self.options.since) if self.options.since else month
        if since >= until or since > self.now:
            raise QuestionError("--since must be before --until, and not in the future; times are UTC")
        if not self.options.since:
            self.say(f"no --since given: from {iso_utc(since)} on")
        return since, until


def run_fetch(options: argparse.Namespace, bases: Bases | None = None, manners: Manners | None = None) -> int:
    """`fetch SOURCE`: 0 when files are there, 1 when the source has none, 3 when it gave up or refused."""
    known = settings.settings_from(os.environ, Path.cwd())
    now = time.time_ns() // 1_000_000
    addresses = tuple(_addresses(options, known))
    run = _Run(options, known, bases or Bases(), manners or Manners(), now, addresses)
    _check(run)
    if options.source == ADSB_LOL:
        return _adsb_lol_day(run) if options.day else _adsb_lol_traces(run)
    return _opensky(run) if options.source == OPENSKY else _list(run)


def _adsb_lol_traces(run: _Run) -> int:
    if not run.addresses:
        raise QuestionError("what of adsb.lol? --aircraft HEX (its last month), or --day D (gigabytes)")
    wanted = adsb_lol.traces(run.bases, run.addresses, *run.span(), run.now)
    hosts = hosts_of(run.bases.adsb_lol)
    return _done(run, adsb_lol.ORIGIN, hosts, wanted, lambda taker, haul: take_each(taker, haul, wanted))


def _adsb_lol_day(run: _Run) -> int:
    options, day = run.options, day_number(run.options.day)
    if day >= utc_day(run.now):
        raise QuestionError(f"{options.day} is not over (UTC): leave --day out for what there is of today")
    asked = [api for api, _ in adsb_lol.releases_asked(run.bases, day, options.variant)]

    def take(taker: Taker, haul: Haul) -> None:
        release = adsb_lol.find_release(taker.wire, run.bases, day, options.variant)
        if release is None:
            haul.absent.append(adsb_lol.absent_day(day))
            return
        run.say(f"{release.tag}: {size_text(release.size)} in {len(release.parts)} parts")
        if run.addresses:
            day_tar.take_out(taker, haul, release, run.addresses, day)
        else:
            wanted = adsb_lol.whole_day(release, day)
            taker.room_for(sum(one.size or 0 for one in wanted if taker.standing(one.path) is None))
            take_each(taker, haul, wanted)

    then = ["then the files of the larger of them: two to four GB a day, read once and not written"]
    if not run.addresses:
        then = ["then the files of the larger of them, two to four GB a day"]
    return _done(
        run, adsb_lol.ORIGIN, hosts_of(run.bases.github, run.bases.github_api), [], take, [*asked, *then]
    )


def _opensky(run: _Run) -> int:
    options, bases = run.options, run.bases
    airports = [opensky.airport_asked(text) for text in options.airport]
    if options.states:
        wanted = [opensky.states_now(bases, run.addresses, run.now)]
    else:
        if not run.addresses and not airports:
            raise QuestionError("what of OpenSky? --aircraft HEX, --airport ICAO, or --states")
        span = run.span()
        wanted = [
            *opensky.flights_of_aircraft(bases, run.addresses, *span),
            *opensky.flights_at_airport(bases, airports, *span),
        ]
    keys = _keys(run)
    tracks = bool(run.addresses) and not options.states and not options.no_tracks

    def take(taker: Taker, haul: Haul) -> None:
        taker.headers = opensky.Login(taker.wire, bases, keys).headers
        take_each(taker, haul, wanted)
        if tracks and haul.stopped is None:
            opensky.take_tracks(taker, haul, bases, run.now)

    then = [one.url for one in wanted]
    if tracks:
        then.append(
            f"then {bases.opensky}/api/tracks/all, for each flight of the last {opensky.TRACKS_DAYS} days"
        )
    hosts = hosts_of(bases.opensky, bases.opensky_login)
    return _done(run, opensky.ORIGIN, hosts, wanted, take, then)


def _list(run: _Run) -> int:
    name = run.options.source
    wanted = lists.files_of(name, run.bases, utc_day(run.now))
    origin, hosts = lists.listed(name).origin, lists.hosts_for(name, run.bases)
    return _done(run, origin, hosts, wanted, lambda taker, haul: take_each(taker, haul, wanted))


def _done(
    run: _Run, origin: Origin, hosts: Iterable[str], wanted: list[Wanted],
    take: Callable[[Taker, Haul], None], plan: list[str] | None = None,
) -> int:  # fmt: skip
    """Show the terms, take the files, tell what came, add it where an archive was named."""
    if len(wanted) > REQUESTS_MAX:
        hours = duration_text(len(wanted) * run.manners.pause_s)
        raise QuestionError(
            f"that is {len(wanted):,} requests, {hours} at a polite pace: ask for fewer aircraft or days "
            f"({REQUESTS_MAX:,} at most), or take whole days (adsb.lol --day)"
        )
    folder = Path(run.options.to) if run.options.to else Path(FOLDER) / run.options.source
    run.say(f"{origin.name}: licence {origin.licence} ({origin.terms}). {origin.says}")
    if run.options.dry_run:
        for line in plan if plan is not None else [one.url for one in wanted]:
            print(printable(line))
        return FOUND
    haul = Haul(origin)
    with shown_progress(run.options.quiet) as progress:
        by = f"overflight {version('overflight')}"
        wire = Wire(frozenset(hosts), _agent(run.settings.contact), run.manners, run.say)
        with Taker(origin, folder, wire, by, run.options.again, progress).at_work() as taker:
            try:
                take(taker, haul)
            except FetchError as error:
                haul.stopped = str(error)
    return _told(run, haul, folder)


def _told(run: _Run, haul: Haul, folder: Path) -> int:
    if not run.options.quiet or haul.stopped:
        print(printable("\n".join(haul.lines()), keep=LINE_END), file=sys.stderr)
    status = FOUND if haul.found else NOTHING_FOUND
    if haul.found:
        run.say(f"the record of what was asked, with times and hashes: {folder / 'fetch.jsonl'}")
        status = _add(run, haul)
    return REFUSED if haul.stopped else status


def _add(run: _Run, haul: Haul) -> int:
    """Add what is there to the archive that was named, or say how."""
    name, licence = run.options.source, haul.origin.licence
    listed = lists.LISTS.get(name)
    if listed is not None and not listed.taken_in:
        run.say(f"no verb takes {name} into an archive yet: the file is yours to read")
        return FOUND
    got = [one for one in haul.got if not opensky.is_flight_list(one.record.path or "")]
    if len(got) < len(haul.got):
        run.say("OpenSky's lists of flights are estimates without positions: to be read, not added")
    if run.options.archive is None:
        places = [one.path for one in got] if listed else sorted({_top(one) for one in got})
        for place in places:
            verb = "reference add" if listed else "add"
            archived = "" if run.settings.archive else " --archive DIR"
            run.say(f"to use it: overflight{archived} {verb} {quote(str(place))} --licence {quote(licence)}")
        return FOUND
    if not got:
        return FOUND
    with opened(run.options, create=True) as shelf, shown_progress(run.options.quiet) as progress:
        if listed is None:
            reports = [shelf.add([one.path for one in got], licence=licence, progress=progress)]
        else:
            reports = [shelf.add_reference(one.path, licence=licence, progress=progress) for one in got]
    for report in reports:
        if not run.options.quiet or report.all_refused:
            print(printable(add_report(report), keep=LINE_END), file=sys.stderr)
    return REFUSED if any(report.all_refused for report in reports) else FOUND


def _top(got: Got) -> Path:
    """The folder that holds all files of its kind: the first below the source's own."""
    depth = (got.record.path or "").count("/")
    return got.path.parents[depth - 1] if depth else got.path


def _check(run: _Run) -> None:
    """Refuse options that mean nothing together, before anything is asked."""
    options, source = run.options, run.options.source
    given = {
        "--airport": options.airport, "--states": options.states, "--no-tracks": options.no_tracks,
        "--day": options.day, "--variant": options.variant, "--since": options.since,
        "--until": options.until, "--aircraft": run.addresses,
    }  # fmt: skip
    free = {
        ADSB_LOL: {"--aircraft", "--since", "--until", "--day", "--variant"},
        OPENSKY: {"--aircraft", "--airport", "--states", "--no-tracks", "--since", "--until"},
    }.get(source, set())
    for name, value in given.items():
        if value and name not in free:
            raise QuestionError(f"{name} says nothing to {source}")
    if options.day and (options.since or options.until):
        raise QuestionError("--day is one whole day: give it, or --since and --until")
    if options.variant and not options.day:
        raise QuestionError("--variant goes with --day")
    named = Path(options.archive) if options.archive else None
    if named is not None and named.exists() and (not named.is_dir() or any(named.iterdir())):
        archive.open(named).close()  # better refused now than after an hour


def _addresses(options: argparse.Namespace, known: Settings) -> Iterable[str]:
    """Addresses of the aircraft named; a mark is looked up in the archive where one is at hand."""
    names = list(options.aircraft)
    names += read_names(Path(options.aircraft_file)) if options.aircraft_file else []
    marks = [name for name in names if address_of(name) is None]
    looked_up = _looked_up(options, known, marks) if marks else {}
    return dict.fromkeys(looked_up.get(name) or icao24_text(address_of(name) or 0) for name in names)


def _looked_up(options: argparse.Namespace, known: Settings, marks: list[str]) -> dict[str, str]:
    folder = options.archive or known.archive
    if folder is None or not Path(folder).exists():
        raise QuestionError(
            f"{marks[0]!r} is no address of six hex digits, and its address cannot be looked up without an "
            "archive (--archive) that has a register"
        )
    found = {}
    with archive.open(folder) as shelf:
        for mark in marks:
            rows = shelf.aircraft([mark]).rows
            if len(rows) != 1 or rows[0]["icao24"] is None:
                many = ", ".join(str(row["icao24"]) for row in rows) or "none"
                raise QuestionError(f"{mark!r} stands for not one address here but {many}; give the address")
            found[mark] = str(rows[0]["icao24"])
            if not options.quiet:
                print(f"overflight: {printable(mark)} is {found[mark]} in this archive", file=sys.stderr)
    return found


def _agent(contact: str | None) -> str:
    """How this program names itself to a source, with whom to write to."""
    told = contact or "none given"
    if not (told.isascii() and told.isprintable()) or len(told) > _CONTACT_MAX:
        raise QuestionError(f"the setting contact is a mail or web address in ASCII, not {told[:40]!r}")
    return f"overflight/{version('overflight')} (open flight database; contact: {told})"


def _keys(run: _Run) -> opensky.Keys | None:
    name, secret = run.settings.opensky_client_id, run.settings.opensky_client_secret
    if name and secret:
        return opensky.Keys(name, secret)
    if name or secret:
        raise QuestionError("OpenSky's client id and secret are set together or not at all: docs/fetching.md")
    run.say("no OpenSky account set: asking anonymously, which has the lowest limit and may be refused")
    return None
