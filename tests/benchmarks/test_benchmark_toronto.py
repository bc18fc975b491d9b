import pytest
import toronto
from toronto import Departure

from overflight.clock import iso_utc, parse_utc

HOUR = 3_600_000
NOON = parse_utc("2025-07-05T12:00Z")
DEPARTURE = Departure("ACA101", NOON, NOON, "ONT", "YVR")


def place(ident):
    return {"ident": ident}


def candidate(ident, ruled_out=False):
    return {"outcome": "airfield", "place": place(ident), "ruled_out": ruled_out}


def flight(
    grade="unknown", at=None, candidates=(), first=NOON + HOUR, latitude=43.7, feet=3000, earliest=None
):
    fix = {
        "latitude_deg": latitude,
        "longitude_deg": -79.6,
        "baro_altitude_ft": feet,
        "geo_altitude_ft": None,
    }
    origin = {
        "grade": grade, "place": place(at) if at else None, "candidates": list(candidates), "fix": fix,
        "earliest": iso_utc(earliest), "latest": iso_utc(first),
    }  # fmt: skip
    seen = {"first_seen": iso_utc(first), "last_seen": iso_utc(first + HOUR)}
    return {"id": "flight", "callsigns": ["ACA101"], "origin": origin} | seen


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (flight("observed", "CYYZ", [candidate("CYYZ")]), "observed"),
        (flight("inferred", "CYYZ", [candidate("CYYZ")]), "inferred"),
        (flight("compatible", "CYYZ", [candidate("CYYZ"), candidate("CYTZ")]), "first"),
        (flight("compatible", "CYTZ", [candidate("CYTZ"), candidate("CYYZ")]), "among"),
        (flight("compatible", "CYTZ", [candidate("CYTZ"), candidate("CYYZ", True)]), "ruled out"),
        (flight("observed", "CYUL", [candidate("CYUL")]), "placed elsewhere"),
        (flight(latitude=49.0, feet=36_000), "first seen far"),
        (flight(feet=25_000), "first seen high"),
        (flight(feet=2_000), "other"),
        (flight(first=NOON - 2 * HOUR), "joined to the flight before"),
    ],
)
def test_what_a_flight_says_of_a_departure(given, what):
    assert toronto.outcome(given, DEPARTURE.window) == what


def test_the_surest_flight_of_the_window_is_taken():
    sure = flight("observed", "CYYZ", [candidate("CYYZ")])
    assert toronto.best(DEPARTURE, [flight(), sure]) == ("observed", sure)
    tomorrow = flight("observed", "CYYZ", [candidate("CYYZ")], first=NOON + 24 * HOUR)
    assert toronto.best(DEPARTURE, [tomorrow]) == ("no flight", None)
    late = flight("inferred", "CYYZ", [candidate("CYYZ")], first=NOON + 9 * HOUR, earliest=NOON + HOUR)
    assert toronto.best(DEPARTURE, [late]) == ("inferred", late)  # it may have left in the window


class Heard:
    def __init__(self, times, looks):
        self.times, self.looks = times, looks

    def within(self, callsign, window):
        return [(t, good) for t, good in self.times if window[0] <= t <= window[1]]

    def silent(self, after_ms, before_ms):
        return not any(after_ms <= look < before_ms for look in self.looks)


def test_a_miss_is_explained_by_what_was_recorded():
    seen = [(NOON + HOUR, False)]
    recorded = Heard(seen, [NOON + HOUR // 2, NOON + HOUR])
    assert toronto.result(DEPARTURE, [], recorded)[0] == "positions flagged"
    assert toronto.result(DEPARTURE, [], Heard([(NOON + HOUR, True)], recorded.looks))[0] == "no flight"
    assert toronto.result(DEPARTURE, [], Heard(seen, [NOON + HOUR]))[0] == "no recording"
    found = flight("observed", "CYYZ", [candidate("CYYZ")])
    assert toronto.result(DEPARTURE, [found], Heard(seen, [NOON + HOUR]))[0] == "observed"


def test_of_a_departure_on_two_lists_the_last_word_counts():
    row = {
        "id": "ACA90", "schTime": "2025-07-04T22:15:00-04:00", "latestTm": "2025-07-04T22:15:00-04:00",
        "status": "ONT", "routes": [{"code": "GRU"}],
    }  # fmt: skip
    later = row | {"latestTm": "2025-07-05T01:00:00.0000000-04:00", "status": "CAN"}
    (departure,) = toronto.departures_of([[row], [later]])
    assert departure.cancelled
    assert iso_utc(departure.scheduled_ms) == "2025-07-05T02:15:00Z"
    assert iso_utc(departure.latest_ms) == "2025-07-05T05:00:00Z"


def test_a_cancelled_departure_that_is_claimed_is_counted(capsys):
    cancelled = Departure("ACA101", NOON, NOON, "CAN", "YVR")
    heard = Heard([], [])
    heard.span = (NOON - HOUR, NOON + HOUR)
    toronto.tell_cancelled([cancelled], heard, {"ACA101": [flight("observed", "CYYZ", [candidate("CYYZ")])]})
    assert "claimed as observed or inferred from CYYZ: 1" in capsys.readouterr().out
    toronto.tell_cancelled([cancelled], heard, {})
    assert "claimed as observed or inferred from CYYZ: 0" in capsys.readouterr().out
