"""A small archive whose derived tables are written by hand: what is asked of it does not hang on detection.

    G-TEST  400abc  A320  Zurich (seen) -> London Heathrow (seen) over Germany and France; never seen to leave
    4K-78131 613133 IL76  out of Baku by day, dark near Hatzeva, seen again 2 h 33 min later; a reconstruction
    (none)  aaaaaa        seen on the ground at a place in no list, at 20 N 20 W in the Atlantic

`python tests/hand_made.py` writes tests/data/search/answers.ndjson anew: what the archive answers, to be read
and judged before it is committed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pyarrow as pa

import overflight
from overflight.clock import day_number, iso_utc, parse_utc
from overflight.model.fields import TABLES, schema
from overflight.store.folder import Store

GOLDEN = Path(__file__).parent / "data" / "search" / "answers.ndjson"
DAY = "2016-04-04"
TEST, IL76, NOBODY = 0x400ABC, 0x613133, 0xAAAAAA
RULES = "by hand"


def at(clock):
    """Milliseconds of `07:12` on the archive's day, or of a whole UTC text."""
    return parse_utc(clock if "-" in clock else f"{DAY}T{clock}Z")


def fix(prefix, clock, latitude, longitude, altitude=None, track=None, rate=None, assumed=None):
    """The columns of a position under a prefix."""
    return {
        f"{prefix}_ms": at(clock), f"{prefix}_latitude_e7": round(latitude * 1e7),
        f"{prefix}_longitude_e7": round(longitude * 1e7), f"{prefix}_baro_altitude_ft": altitude,
        f"{prefix}_on_ground": False, f"{prefix}_track_deg": track, f"{prefix}_vertical_rate_fpm": rate,
        f"{prefix}_groundspeed_kt": 300.0, f"{prefix}_assumed": assumed,
    }  # fmt: skip


def table(name, rows):
    """Rows as the table of that name, what they lack unknown."""
    contract = schema(TABLES[name])
    blank = dict.fromkeys(contract.names)
    return pa.Table.from_pylist([blank | row for row in rows], schema=contract)


def flight(id_, address, start, end, callsign, origin, destination, kind="recorded", flags=()):
    common = {"position_count": 12, "flagged_count": 0, "flags": list(flags), "sources": ["by_hand"]}
    ends = {"origin_stop_id": origin, "destination_stop_id": destination}
    first, last = fix("first", *start), fix("last", *end)
    seen = {"first_seen_ms": first["first_ms"], "last_seen_ms": last["last_ms"], "callsigns": [callsign]}
    return {
        "id": id_,
        "address": address,
        "data_kind": kind,
        "rules": RULES,
        **common,
        **ends,
        **seen,
        **first,
        **last,
    }


LSZH, EGLL = (47.458, 8.548), (51.471, -0.461)
BAKU, HATZEVA, BACK = (40.45, 50.0), (30.767, 35.283), (30.9, 35.2)
FLIGHTS = [
    flight("flight-400abc-1", TEST, ("08:00", *LSZH, 1500), ("09:30", *EGLL, 200), "TST1",
           "stop-400abc-1", "stop-400abc-2"),
    flight("flight-613133-1", IL76, ("04:00", *BAKU, 2500, 270.0, 1500),
           ("07:12", *HATZEVA, 11000, 190.0, -1000), "AZAF8", None, "stop-613133-1", "reconstruction",
           ["silence"]),
    flight("flight-613133-2", IL76, ("09:45", *BACK, 13000, 350.0, 1500), ("12:20", *BAKU, 3000, 90.0, -900),
           "AZAF8", "stop-613133-1", None, "reconstruction"),
]  # fmt: skip


def stop(id_, address, *, kind="recorded", grade="unknown", **columns):
    return {
        "id": id_, "address": address, "data_kind": kind, "rules": RULES, "flags": [], "grade": grade,
        "arrival_grade": "unknown", "departure_grade": "unknown", "seen": True,
    } | columns  # fmt: skip


STOPS = [
    stop("stop-400abc-1", TEST, grade="observed", departure_grade="observed", place_ident="LSZH",
         arrival_latest_ms=at("06:00"), departure_earliest_ms=at("07:50"), departure_latest_ms=at("08:00"),
         ground_min_s=6600, latitude_e7=474580000, longitude_e7=85480000, flight_out_id="flight-400abc-1",
         callsign_out="TST1", **fix("after", "08:00", *LSZH, 1500)),
    stop("stop-400abc-2", TEST, grade="observed", arrival_grade="observed", place_ident="EGLL",
         arrival_earliest_ms=at("09:30"), arrival_latest_ms=at("09:31"), ground_min_s=1800,
         latitude_e7=514710000, longitude_e7=-4610000, flight_in_id="flight-400abc-1", callsign_in="TST1",
         **fix("before", "09:30", *EGLL, 200)),
    stop("stop-613133-1", IL76, kind="reconstruction", seen=False, arrival_earliest_ms=at("07:12"),
         arrival_latest_ms=at("09:45"), departure_earliest_ms=at("07:12"), departure_latest_ms=at("09:45"),
         ground_min_s=0, ground_max_s=9180, flight_in_id="flight-613133-1", flight_out_id="flight-613133-2",
         callsign_in="AZAF8", callsign_out="AZAF8", flags=["dark"],
         **fix("before", "07:12", *HATZEVA, 11000, 190.0, -1000, "time,altitude"),
         **fix("after", "09:45", *BACK, 13000, 350.0, 1500, "time,altitude")),
    stop("stop-aaaaaa-1", NOBODY, flags=["no_field_known_here"], arrival_latest_ms=at("10:00"),
         ground_min_s=60, latitude_e7=200000000, longitude_e7=-200000000),
]  # fmt: skip


def crossing(address, sequence, region, entry, leave, grade="observed", flight_id="flight-400abc-1"):
    (entry_low, entry_high), (exit_low, exit_high) = ((a and at(a), b and at(b)) for a, b in (entry, leave))
    return {
        "id": f"crossing-{address:06x}-{region}-{sequence}", "address": address, "flight_id": flight_id,
        "sequence": sequence, "region_kind": "country", "region_ident": region, "entry_grade": grade,
        "entry_earliest_ms": entry_low, "entry_latest_ms": entry_high,
        "exit_grade": grade if exit_high else "unknown",
        "exit_earliest_ms": exit_low, "exit_latest_ms": exit_high,
        "entry_latitude_deg": 50.0 if entry_low else None, "entry_longitude_deg": 3.0 if entry_low else None,
        "exit_latitude_deg": 51.0 if exit_high else None, "exit_longitude_deg": 1.0 if exit_high else None,
        "flags": [], "data_kind": "reconstruction" if address == IL76 else "recorded", "rules": RULES,
    }  # fmt: skip


CROSSINGS = [
    crossing(TEST, 1, "CH", (None, "08:00"), ("08:05", "08:06")),
    crossing(TEST, 2, "DE", ("08:05", "08:06"), ("08:10", "08:11"), "inferred"),
    crossing(TEST, 3, "FR", ("08:10", "08:11"), ("09:00", "09:02")),
    crossing(TEST, 4, "GB", ("09:00", "09:02"), (None, None)),
    crossing(IL76, 1, "IL", ("06:57", "07:12"), (None, None), "compatible", "flight-613133-1"),
]


def claim(address, day, registration, type_, operator, source, military=None, kind="recorded"):
    return {
        "address": address, "day": day_number(day), "registration": registration, "type_designator": type_,
        "operator": operator, "source": source, "military": military, "data_kind": kind,
    }  # fmt: skip


CLAIMS = [
    claim(TEST, "2016-01-01", "G-TEST", "A320", "Test Air", "by_hand"),
    claim(TEST, "2018-01-01", "G-SOLD", "A320", "Other Air", "by_hand"),
    claim(IL76, DAY, "4K-78131", "IL76", None, "by_hand", kind="reconstruction"),
    claim(IL76, "2020-01-07", "4K-78131", "IL76", None, "tar1090-db", True),
    claim(IL76, "2021-03-22", "4K-78131", "IL76", None, "tar1090-db", False),
]


def line(address, flight_id, points):
    """Positions of one flight from (clock, latitude, longitude), and the boxes that find it."""
    rows = [
        {
            "address": address, "time_ms": at(clock), "latitude_e7": round(latitude * 1e7),
            "longitude_e7": round(longitude * 1e7), "stale": False, "new_leg": False, "feed": "by_hand",
            "data_kind": "recorded", "baro_altitude_ft": 30000,
        }
        for clock, latitude, longitude in points
    ]  # fmt: skip
    box = {
        "address": address, "flight_id": flight_id, "first_ms": at(points[0][0]),
        "last_ms": at(points[-1][0]),
        "south_deg": min(p[1] for p in points) - 0.5, "north_deg": max(p[1] for p in points) + 0.5,
        "west_deg": min(p[2] for p in points) - 0.5, "east_deg": max(p[2] for p in points) + 0.5,
    }  # fmt: skip
    return rows, box


LINE, BOX = line(TEST, "flight-400abc-1", [
    ("08:00", *LSZH), ("08:10", 48.0, 7.3), ("08:35", 49.2, 4.5), ("09:00", 50.4, 1.8), ("09:30", *EGLL)
])  # fmt: skip


def call(ident, clock, address=0xBBBBBB, callsign=None, seen=True, probability=1.0):
    """An earlier call of some aircraft at a field, as intake keeps them."""
    operator = callsign and callsign.rstrip("0123456789")
    return {
        "stop_id": f"stop-{address:06x}-{at(clock)}", "ident": ident, "address": address,
        "time_ms": at(clock),
        "probability": probability, "seen": seen, "operator": operator, "callsign": callsign,
        "type_designator": None, "data_kind": "synthetic",
    }  # fmt: skip


def route(callsign, day, *airports):
    """A published route as of a day."""
    return {"callsign": callsign, "airports": airports, "day": day_number(day), "source": "by_hand"}


def write_archive(folder, calls=(), routes=(), stops=()):
    """The folder of a fresh archive that holds all of it, and rows of CALLS, ROUTES and STOPS."""
    with Store.create(Path(folder)) as store, store.writer("by hand") as writer:
        for name, rows in (
            ("flights", FLIGHTS), ("stops", STOPS), ("crossings", CROSSINGS), ("positions", LINE),
            ("flight_boxes", [BOX]),
        ):  # fmt: skip
            writer.put(name, DAY, table(name, rows))
        writer.put("claims", "by hand", table("claims", CLAIMS))
        for row in stops:  # with a position of that day, for which airfields are looked up
            day = iso_utc(row["before_ms"])[:10]
            rows, _ = line(row["address"], row["flight_in_id"], [(f"{day}T07:12Z", *HATZEVA)])
            writer.put("stops", day, table("stops", [row]))
            writer.put("positions", day, table("positions", rows))
        if calls:
            writer.put("calls", DAY, table("calls", calls))
        if routes:
            writer.put("routes", "by hand/A", table("routes", routes))
        writer.commit()
    return Path(folder)


def answers(archive):
    """Everything the archive says, as NDJSON lines of the four kinds of answer."""
    asked = [archive.flights(), archive.visits(), archive.crossings(), archive.aircraft(["G-TEST", "613133"])]
    return [json.dumps(row, ensure_ascii=False) for answer in asked for row in answer]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        with overflight.open(write_archive(Path(scratch) / "archive")) as opened:
            GOLDEN.write_text("\n".join(answers(opened)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{GOLDEN} written\n")
