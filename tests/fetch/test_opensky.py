"""OpenSky: spans that lose no flight, tracks of flights, and a secret that shows nowhere."""

import json
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from overflight.clock import parse_utc
from overflight.errors import FetchError, QuestionError
from overflight.fetch import opensky
from overflight.fetch.bases import Bases
from overflight.fetch.haul import Haul, take_each
from overflight.fetch.opensky import Keys, Login
from overflight.fetch.taking import Taker

NOW = parse_utc("2026-11-23T14:00Z")
SECRET = "s3cret-never-shown"
DAY_S = 86_400


def spans(wanted):
    queries = [parse_qs(urlsplit(one.url).query) for one in wanted]
    return [(int(query["begin"][0]), int(query["end"][0])) for query in queries]


@pytest.fixture
def taker(tmp_path, wire):
    with Taker(opensky.ORIGIN, tmp_path / "data", wire, "overflight test").at_work() as one:
        yield one


def test_no_flight_falls_between_two_questions():
    since, until = parse_utc("2026-10-24"), parse_utc("2026-11-23")
    asked = spans(opensky.flights_of_aircraft(Bases(), ["4c0001"], since, until))
    assert len(asked) == 29
    assert all(end - begin == 2 * DAY_S - 1 for begin, end in asked)  # two calendar days, never three
    first = since // 1000
    for take_off in range(first, until // 1000 - 20 * 3600, 1800):  # flights of up to 20 hours
        assert any(begin <= take_off and take_off + 20 * 3600 <= end for begin, end in asked)


@pytest.mark.parametrize("days", [1, 2, 3, 7])
def test_airport_spans_cover_every_second_once(days):
    since = parse_utc("2026-11-01")
    asked = spans(opensky.flights_at_airport(Bases(), ["LLBG"], since, since + days * DAY_S * 1000))
    arrivals = asked[: len(asked) // 2]
    assert arrivals[0][0] == since // 1000 and arrivals[-1][1] == since // 1000 + days * DAY_S - 1
    assert all(end + 1 == begin for (_, end), (begin, _) in pairwise(arrivals))
    assert all(end - begin < 2 * DAY_S for begin, end in arrivals)


def test_what_is_asked_and_where_it_is_kept():
    [one] = opensky.flights_of_aircraft(Bases(), ["4c0001"], parse_utc("2026-11-01"), parse_utc("2026-11-02"))
    assert one.url.startswith("https://opensky-network.org/api/flights/aircraft?icao24=4c0001&begin=")
    assert one.path == "flights/aircraft/4c0001_2026-11-01_2026-11-01.json"
    states = opensky.states_now(Bases(), ["4c0001", "4c0002"], NOW)
    assert states.url == "https://opensky-network.org/api/states/all?icao24=4c0001&icao24=4c0002"
    assert states.path == "states/states_2026-11-23T140000Z.json"
    assert opensky.states_now(Bases(), [], NOW).url.endswith("/states/all")
    with pytest.raises(QuestionError):
        opensky.flights_of_aircraft(Bases(), ["4c0001"], NOW, NOW - DAY_S * 1000 * 2)
    assert opensky.airport_asked(" llbg ") == "LLBG"
    for wrong in ("TLV", "LL/G", "LLBGX", ""):
        with pytest.raises(QuestionError, match="four letters"):
            opensky.airport_asked(wrong)


def test_flights_and_their_tracks(source, bases, taker):
    young, old = NOW // 1000 - 5 * DAY_S, NOW // 1000 - 40 * DAY_S
    wanted = opensky.flights_of_aircraft(bases, ["4c0001"], NOW - 3 * DAY_S * 1000, NOW)
    seen = [
        {"icao24": "4c0001", "firstSeen": young, "lastSeen": young + 3600},
        {"icao24": "4c0001", "firstSeen": old, "lastSeen": old + 3600},
        {"icao24": "../../x", "firstSeen": young, "lastSeen": young},
        {"icao24": "4c0001", "firstSeen": 10**30, "lastSeen": 10**31},
        {"icao24": "4c0001"},
        7,
    ]
    for one in wanted:  # the flight stands in both of the spans that overlap
        source.say(one.url.removeprefix(source.base), seen)
    track = f"/api/tracks/all?icao24=4c0001&time={young + 1800}"
    source.say(track, {"icao24": "4c0001", "path": []})
    haul = Haul(opensky.ORIGIN)
    take_each(taker, haul, wanted)
    opensky.take_tracks(taker, haul, bases, NOW)
    assert haul.stopped is None and source.paths.count(track) == 1
    assert [one.record.path for one in haul.got][-1] == f"tracks/track_4c0001_{young}.json"
    assert haul.remarks == [
        "1 of the flights ended more than 30 days ago: OpenSky gives no track of them, only the times and "
        "fields it estimates"
    ]


def test_an_empty_404_is_no_flights(source, bases, taker):
    haul = Haul(opensky.ORIGIN)
    take_each(taker, haul, opensky.flights_at_airport(bases, ["LLBG"], NOW - DAY_S * 1000 * 3, NOW))
    assert not haul.found and haul.stopped is None
    assert "OpenSky lists none" in haul.absent[0]


def logged_in(source, bases, taker):
    taker.headers = Login(taker.wire, bases, Keys("me", SECRET)).headers
    states = opensky.states_now(bases, [], NOW)
    source.say("/api/states/all", {"time": 1, "states": None})
    haul = Haul(opensky.ORIGIN)
    take_each(taker, haul, [states])
    return haul


def test_a_token_is_asked_for_once_and_the_secret_is_written_nowhere(source, bases, taker, said):
    source.say(opensky.LOGIN, {"access_token": "t0ken", "expires_in": 1800})
    haul = logged_in(source, bases, taker)
    assert haul.found
    [_, (_, headers, _)] = source.asked
    assert headers["Authorization"] == "Bearer t0ken"
    assert parse_qs(source.asked[0][2]) == {
        "grant_type": ["client_credentials"], "client_id": ["me"], "client_secret": [SECRET]
    }  # fmt: skip
    kept = b"".join(p.read_bytes() for p in taker.folder.rglob("*") if p.is_file())
    told = f"{kept!r} {said} {list(haul.lines())} {Keys('me', SECRET)!r} {taker!r}"
    assert SECRET not in told and "t0ken" not in told


def test_a_token_is_renewed_before_it_ends(source, bases, taker):
    source.say(opensky.LOGIN, {"access_token": "t0ken", "expires_in": 10})
    login = Login(taker.wire, bases, Keys("me", SECRET))
    assert login.headers() == login.headers()
    assert len(source.asked) == 2


@pytest.mark.parametrize(
    "answer", [{"status": 401}, {"body": {"error": "no"}}, {"body": []}, {"body": {"access_token": "a\nb"}}]
)
def test_a_login_that_fails_says_so_without_the_secret(source, bases, taker, answer):
    body = answer.pop("body", {"client_secret": SECRET})
    source.say(opensky.LOGIN, body, **answer)
    with pytest.raises(FetchError) as error:
        Login(taker.wire, bases, Keys("me", SECRET)).headers()
    assert SECRET not in str(error.value)


def test_anonymous_questions_show_nothing(source, bases, taker):
    assert Login(taker.wire, bases, None).headers() == {} and source.asked == []


def test_a_limit_that_is_used_up(source, bases, taker):
    wanted = opensky.flights_of_aircraft(bases, ["4c0001"], NOW - 3 * DAY_S * 1000, NOW)
    source.say(wanted[0].url.removeprefix(source.base), json.loads("[]"))
    again = wanted[1].url.removeprefix(source.base)
    source.say(again, b"", status=429, headers={"X-Rate-Limit-Retry-After-Seconds": "50000"})
    haul = Haul(opensky.ORIGIN)
    take_each(taker, haul, wanted)
    assert (len(haul.got), haul.left) == (1, len(wanted) - 2)
    assert "asks to wait 13 h 54 min" in haul.stopped


def test_more_tracks_than_are_polite_are_not_asked_for(source, bases, taker, monkeypatch):
    monkeypatch.setattr(opensky, "TRACKS_MAX", 2)
    first = NOW // 1000 - DAY_S
    [wanted] = opensky.flights_of_aircraft(bases, ["4c0001"], NOW - DAY_S * 1000, NOW - DAY_S * 1000 + 1)
    seen = [{"icao24": "4c0001", "firstSeen": first + k, "lastSeen": first + k} for k in range(3)]
    source.say(wanted.url.removeprefix(source.base), seen)
    haul = Haul(opensky.ORIGIN)
    take_each(taker, haul, [wanted])
    opensky.take_tracks(taker, haul, bases, NOW)
    assert haul.stopped.startswith("3 tracks would be asked for") and len(source.asked) == 1
