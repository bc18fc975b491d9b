"""A small archive written by hand for the questions about journeys, over two days with three empty between.

    4X-AAA   738001  GLF5  Tel Aviv 08:00 -> Amman, 3 to 5 min -> Riyadh 09:47 .. 12:15 -> Tel Aviv, four days
                           there -> Riyadh; call signs AAA1, then AAA2 and AAA3 in one flight, AAA4, AAA5
    4K-78131 613133  IL76  Baku (seen) -> dark near Hatzeva -> Baku (seen), on the first day; a reconstruction
"""

from __future__ import annotations

from pathlib import Path

from hand_made import BACK, BAKU, HATZEVA, at, claim, fix, flight, line, stop, table
from overflight.store.folder import Store

GULF, IL76 = 0x738001, 0x613133
FIRST, LAST = "2016-04-05", "2016-04-09"
LLBG, OJAI, OERK = (32.011, 34.887), (31.723, 35.993), (24.958, 46.699)
UBBB = (40.467, 50.047)


def on(day, clock):
    return f"{day}T{clock}Z"


def seen(id_, address, where, ident, came, left, flight_in, flight_out, kind="recorded"):
    """A stop seen on a field; `came` and `left` are pairs of UTC texts."""
    (arrival_low, arrival_high), (leave_low, leave_high) = (
        [None if text is None else at(text) for text in pair] for pair in (came, left)
    )
    least = None if leave_low is None else max(0, leave_low - arrival_high) // 1000
    most = None if leave_high is None or arrival_low is None else (leave_high - arrival_low) // 1000
    return stop(
        id_, address, kind=kind, grade="observed",
        arrival_grade="observed" if flight_in else "unknown",
        departure_grade="observed" if flight_out else "unknown", place_ident=ident,
        arrival_earliest_ms=arrival_low, arrival_latest_ms=arrival_high, departure_earliest_ms=leave_low,
        departure_latest_ms=leave_high, ground_min_s=60 if least is None else least, ground_max_s=most,
        latitude_e7=round(where[0] * 1e7), longitude_e7=round(where[1] * 1e7), flight_in_id=flight_in,
        flight_out_id=flight_out,
    )  # fmt: skip


STOPS = [
    seen("stop-738001-0", GULF, LLBG, "LLBG", (None, on(FIRST, "07:58")),
         (on(FIRST, "08:00"), on(FIRST, "08:01")), None, "flight-738001-1"),
    seen("stop-738001-1", GULF, OJAI, "OJAI", (on(FIRST, "08:07"), on(FIRST, "08:08")),
         (on(FIRST, "08:11"), on(FIRST, "08:12")), "flight-738001-1", "flight-738001-2"),
    seen("stop-738001-2", GULF, OERK, "OERK", (on(FIRST, "09:47"), on(FIRST, "09:48")),
         (on(FIRST, "12:15"), on(FIRST, "12:16")), "flight-738001-2", "flight-738001-3"),
    seen("stop-738001-3", GULF, LLBG, "LLBG", (on(FIRST, "13:55"), on(FIRST, "13:56")),
         (on(LAST, "12:15"), on(LAST, "12:16")), "flight-738001-3", "flight-738001-4"),
    seen("stop-738001-4", GULF, OERK, "OERK", (on(LAST, "13:55"), on(LAST, "13:56")), (None, None),
         "flight-738001-4", None),
    seen("stop-613133-0", IL76, UBBB, "UBBB", (None, on(FIRST, "03:58")),
         (on(FIRST, "03:59"), on(FIRST, "04:00")), None, "flight-613133-1", "reconstruction"),
    stop("stop-613133-1", IL76, kind="reconstruction", seen=False,
         arrival_earliest_ms=at(on(FIRST, "07:12")), arrival_latest_ms=at(on(FIRST, "09:45")),
         departure_earliest_ms=at(on(FIRST, "07:12")), departure_latest_ms=at(on(FIRST, "09:45")),
         ground_min_s=0, ground_max_s=9180, flight_in_id="flight-613133-1",
         flight_out_id="flight-613133-2", callsign_in="AZAF8", callsign_out="AZAF8", flags=["dark"],
         **fix("before", on(FIRST, "07:12"), *HATZEVA, 11000, 190.0, -1000),
         **fix("after", on(FIRST, "09:45"), *BACK, 13000, 350.0, 1500)),
    seen("stop-613133-2", IL76, UBBB, "UBBB", (on(FIRST, "12:20"), on(FIRST, "12:22")), (None, None),
         "flight-613133-2", None, "reconstruction"),
]  # fmt: skip


def flown(id_, address, start, end, calls, kind="recorded"):
    """A flight between the stops numbered by its own number less one and its own."""
    number = int(id_.rpartition("-")[2])
    origin, destination = (f"stop-{address:06x}-{k}" for k in (number - 1, number))
    made = flight(id_, address, (*start, 1500), (*end, 1500), calls[0], origin, destination, kind)
    return made | {"callsigns": calls}


FLIGHTS = [
    flown("flight-738001-1", GULF, (on(FIRST, "08:01"), *LLBG), (on(FIRST, "08:07"), *OJAI), ["AAA1"]),
    flown("flight-738001-2", GULF, (on(FIRST, "08:12"), *OJAI), (on(FIRST, "09:47"), *OERK),
          ["AAA2", "AAA3"]),
    flown("flight-738001-3", GULF, (on(FIRST, "12:16"), *OERK), (on(FIRST, "13:55"), *LLBG), ["AAA4"]),
    flown("flight-738001-4", GULF, (on(LAST, "12:16"), *LLBG), (on(LAST, "13:55"), *OERK), ["AAA5"]),
    flown("flight-613133-1", IL76, (on(FIRST, "04:00"), *BAKU), (on(FIRST, "07:12"), *HATZEVA), ["AZAF8"],
          "reconstruction"),
    flown("flight-613133-2", IL76, (on(FIRST, "09:45"), *BACK), (on(FIRST, "12:20"), *UBBB), ["AZAF8"],
          "reconstruction"),
]  # fmt: skip


def crossing(number, region, entry, leave, day=FIRST, grade="observed", address=GULF):
    """A stay of a flight; None for a side on which the data begin or end inside."""
    low, high = entry if entry is not None else (None, leave[0])
    return {
        "id": f"crossing-{address:06x}-{region}-{number}", "address": address,
        "flight_id": f"flight-{address:06x}-{number}", "sequence": 1, "region_kind": "country",
        "region_ident": region, "entry_grade": grade, "entry_earliest_ms": low and at(on(day, low)),
        "entry_latest_ms": at(on(day, high)), "exit_grade": grade if leave[1] else "unknown",
        "exit_earliest_ms": at(on(day, leave[0])) if leave[1] else None,
        "exit_latest_ms": leave[1] and at(on(day, leave[1])), "flags": [],
        "entry_latitude_deg": 30.0 if low else None, "entry_longitude_deg": 40.0 if low else None,
        "exit_latitude_deg": 30.0 if leave[1] else None, "exit_longitude_deg": 40.0 if leave[1] else None,
        "data_kind": "recorded", "rules": "by hand",
    }  # fmt: skip


CROSSINGS = [
    crossing(1, "IL", None, ("08:01", "08:03")),
    crossing(1, "JO", ("08:03", "08:04"), ("08:07", None)),
    crossing(2, "JO", None, ("08:12", "08:28")),
    crossing(2, "SA", ("08:28", "08:30"), ("09:47", None)),
    crossing(3, "SA", None, ("12:16", "13:32")),
    crossing(3, "IL", ("13:53", "13:54"), ("13:55", None)),
    crossing(4, "IL", None, ("12:16", "12:18"), LAST),
    crossing(4, "SA", ("12:38", "12:40"), ("13:55", None), LAST),
    crossing(1, "IL", ("06:57", "07:12"), ("07:12", None), grade="compatible", address=IL76),
]

CLAIMS = [
    claim(GULF, "2016-01-01", "4X-AAA", "GLF5", "Jet A", "by_hand"),
    claim(IL76, "2016-01-01", "4K-78131", "IL76", "Ministry", "by_hand"),
]
# Heard in these minutes; what is left out between 08:30 and 09:20 is a silence in flight.
HEARD = [
    (GULF, "flight-738001-1", [(on(FIRST, "08:01"), *LLBG), (on(FIRST, "08:07"), *OJAI)]),
    (GULF, "flight-738001-2", [
        (on(FIRST, "08:12"), *OJAI), (on(FIRST, "08:30"), 30.0, 39.0), (on(FIRST, "09:20"), 27.0, 44.0),
        (on(FIRST, "09:47"), *OERK),
    ]),
    (GULF, "flight-738001-3", [
        (on(FIRST, "12:16"), *OERK), (on(FIRST, "12:41"), 27.0, 44.0), (on(FIRST, "13:06"), 28.5, 41.0),
        (on(FIRST, "13:30"), 30.5, 38.0), (on(FIRST, "13:55"), *LLBG),
    ]),
    (GULF, "flight-738001-4", [
        (on(LAST, "12:16"), *LLBG), (on(LAST, "12:41"), 30.5, 38.0), (on(LAST, "13:06"), 28.5, 41.0),
        (on(LAST, "13:30"), 27.0, 44.0), (on(LAST, "13:55"), *OERK),
    ]),
    (IL76, "flight-613133-1", [(on(FIRST, "04:00"), *BAKU), (on(FIRST, "07:12"), *HATZEVA)]),
    (IL76, "flight-613133-2", [(on(FIRST, "09:45"), *BACK), (on(FIRST, "12:20"), *UBBB)]),
]  # fmt: skip


def write_archive(folder):
    """The folder of a fresh archive that holds all of it."""
    with Store.create(Path(folder)) as store, store.writer("by hand") as writer:
        for name, rows in (("flights", FLIGHTS), ("stops", STOPS), ("crossings", CROSSINGS)):
            writer.put(name, FIRST, table(name, rows))
        writer.put("claims", "by hand", table("claims", CLAIMS))
        lines = [line(*one) for one in HEARD]
        writer.put("flight_boxes", FIRST, table("flight_boxes", [box for _, box in lines]))
        for day in (FIRST, LAST):
            heard = [row for rows, _ in lines for row in rows]
            rows = [row for row in heard if at(day) <= row["time_ms"] < at(day) + 86_400_000]
            writer.put("positions", day, table("positions", rows))
        writer.commit()
    return Path(folder)
