"""OpenSky's REST interface: flights of an aircraft or an airport, tracks of the last 30 days, states now.

After its documentation of July 2026 (https://openskynetwork.github.io/opensky-api/rest.html); the limits
stand in docs/fetching.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from overflight.clock import day_text, iso_utc, utc_day
from overflight.errors import FetchError, QuestionError
from overflight.fetch import checks
from overflight.fetch.bases import Bases
from overflight.fetch.haul import Haul, take_each
from overflight.fetch.small import read_json
from overflight.fetch.taking import Origin, Taker, Wanted
from overflight.fetch.wire import Wire
from overflight.units import MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND

ORIGIN = Origin(
    "OpenSky Network",
    "OpenSky Network terms of use",
    "https://opensky-network.org/about/terms-of-use",
    "For research and non-commercial purposes; publishing asks for a citation (Schäfer et al., IPSN 2014), "
    "commercial use for a licence: read the terms before you print. Withheld from public pages",
)
LOGIN = "/auth/realms/opensky-network/protocol/openid-connect/token"
WINDOW_DAYS = 2  # the longest span of one question
TRACKS_DAYS = 30  # how far back tracks go
_EARLY_S = 30  # a token is renewed this long before it ends, as the documentation's sample does
_LATEST_S = 4_102_444_800  # the year 2100: a time after it is none
TRACKS_MAX = 2_000  # questions of one run
_ANSWER_MAX = 64 << 20  # bytes: two days of the largest airport have about 1 MB, all states of the world 2 MB


@dataclass(frozen=True)
class Keys:
    """An API client of an OpenSky account; never shown, never written."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass
class Login:
    """Headers for each request: none without keys, else a token, renewed before it ends, never written."""

    wire: Wire
    bases: Bases
    keys: Keys | None
    _token: str = field(default="", init=False, repr=False)
    _until_s: float = field(default=0.0, init=False)

    def headers(self) -> dict[str, str]:
        """What shows who asks; empty for an anonymous question."""
        if self.keys is None:
            return {}
        if time.monotonic() >= self._until_s:
            self._renew(self.keys)
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self, keys: Keys) -> None:
        form = {
            "grant_type": "client_credentials", "client_id": keys.client_id,
            "client_secret": keys.client_secret,
        }  # fmt: skip
        said = read_json(self.wire, f"{self.bases.opensky_login}{LOGIN}", form=form)
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise FetchError("OpenSky's login answered without a token: its form has changed")
        lives = said.get("expires_in")
        self._token = token
        self._until_s = time.monotonic() + (lives if isinstance(lives, int) else 1800) - _EARLY_S


def flights_of_aircraft(bases: Bases, addresses: Sequence[str], since: int, until: int) -> list[Wanted]:
    """Questions for the flights of aircraft in `[since, until)` (ms): two days each, overlapping.

    A flight is told only where it began and ended inside the span, so that spans that merely touch would
    lose every flight over their seam.
    """
    spans = list(_spans(since, until, step=1))
    return [
        _wanted(bases, "flights/aircraft", {"icao24": address}, span, f"flights of {address}")
        for address in addresses
        for span in spans
    ]


def flights_at_airport(bases: Bases, airports: Sequence[str], since: int, until: int) -> list[Wanted]:
    """Questions for arrivals at and departures from airports in `[since, until)` (ms), two days each."""
    return [
        _wanted(bases, f"flights/{what}", {"airport": airport}, span, f"{what}s, {airport}")
        for airport in airports
        for what in ("arrival", "departure")
        for span in _spans(since, until, step=WINDOW_DAYS)
    ]


def states_now(bases: Bases, addresses: Sequence[str], now: int) -> Wanted:
    """The question for the newest state vectors, of these aircraft or of all."""
    query = urlencode([("icao24", address) for address in addresses])
    at = (iso_utc(now // MILLISECONDS_PER_SECOND * MILLISECONDS_PER_SECOND) or "").replace(":", "")
    return Wanted(
        f"{bases.opensky}/api/states/all{f'?{query}' if query else ''}", f"states/states_{at}.json",
        checks.json_object("time", "states"), "state vectors: none now", _ANSWER_MAX,
    )  # fmt: skip


def tracks_of(bases: Bases, files: Sequence[Path], now: int) -> tuple[list[Wanted], int]:
    """Questions for the tracks of the flights in these files, and how many are too old to have one."""
    flights: dict[tuple[str, int], int] = {}
    for file in files:
        for flight in json.loads(file.read_bytes()):
            known = _flight(flight)
            if known is not None:
                flights[known[:2]] = known[2]
    oldest = now // MILLISECONDS_PER_SECOND - TRACKS_DAYS * MILLISECONDS_PER_DAY // MILLISECONDS_PER_SECOND
    young = [(address, first, last) for (address, first), last in sorted(flights.items()) if last > oldest]
    return [_track(bases, *flight) for flight in young], len(flights) - len(young)


def take_tracks(taker: Taker, haul: Haul, bases: Bases, now: int) -> None:
    """Take the tracks of all flights in the haul into it."""
    wanted, old = tracks_of(bases, [one.path for one in haul.got], now)
    if old:
        haul.remarks.append(
            f"{old:,} of the flights ended more than {TRACKS_DAYS} days ago: OpenSky gives no track of them, "
            "only the times and fields it estimates"
        )
    if len(wanted) > TRACKS_MAX:
        haul.stopped = f"{len(wanted):,} tracks would be asked for: ask for fewer aircraft, or fewer days"
        haul.left = len(wanted)
        return
    take_each(taker, haul, wanted)


def is_flight_list(path: str) -> bool:
    """Whether a file of that path lists flights, which have times and estimated fields and no positions."""
    return path.startswith("flights/")


def airport_asked(text: str) -> str:
    """The ICAO identifier of an airport as OpenSky takes it; QuestionError for anything else."""
    name = text.strip().upper()
    if len(name) != 4 or not name.isascii() or not name.isalnum():
        raise QuestionError(f"{text!r}: OpenSky names airports by four letters of ICAO, such as LLBG")
    return name


def _spans(since: int, until: int, step: int) -> Iterator[tuple[int, int]]:
    """First and last day (UTC day numbers) of each question: WINDOW_DAYS days, `step` further each time."""
    first, last = utc_day(since), utc_day(until - 1)
    if first > last:
        raise QuestionError("from --since to --until there is no time; times are UTC")
    day = first
    while True:
        yield day, min(day + WINDOW_DAYS - 1, last)
        if day + WINDOW_DAYS - 1 >= last:
            return
        day += step


def _wanted(bases: Bases, what: str, who: dict[str, str], span: tuple[int, int], words: str) -> Wanted:
    first, last = span
    day_s = MILLISECONDS_PER_DAY // MILLISECONDS_PER_SECOND
    # To the last second of the last day: midnight would be counted as a third day.
    query = urlencode({**who, "begin": first * day_s, "end": (last + 1) * day_s - 1})
    [name] = who.values()
    days = f"{day_text(first)}_{day_text(last)}"
    return Wanted(
        f"{bases.opensky}/api/{what}?{query}", f"{what}/{name}_{days}.json", checks.json_list,
        f"{words}, {day_text(first)} to {day_text(last)}: OpenSky lists none. It lists what its receivers "
        "saw begin and end; of the day that is not over it lists nothing yet",
        _ANSWER_MAX, settled=(last + 2) * MILLISECONDS_PER_DAY,  # a day's flights are made the night after
    )  # fmt: skip


def _track(bases: Bases, address: str, first: int, last: int) -> Wanted:
    query = urlencode({"icao24": address, "time": (first + last) // 2})
    return Wanted(
        f"{bases.opensky}/api/tracks/all?{query}", f"tracks/track_{address}_{first}.json",
        checks.json_object("icao24", "path"),
        f"{address} {iso_utc(first * MILLISECONDS_PER_SECOND)}: OpenSky has no track of this flight",
        _ANSWER_MAX,
    )  # fmt: skip


def _flight(flight: Any) -> tuple[str, int, int] | None:
    """Address, first and last second of a flight as OpenSky tells it; None where it does not."""
    if not isinstance(flight, dict):
        return None
    address, first, last = (flight.get(name) for name in ("icao24", "firstSeen", "lastSeen"))
    if not isinstance(address, str) or type(first) is not int or type(last) is not int:
        return None
    good = len(address) == 6 and all(c in "0123456789abcdef" for c in address)
    return (address, first, last) if good and 0 < first <= last < _LATEST_S else None
