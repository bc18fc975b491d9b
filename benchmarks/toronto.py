"""How many official departures of Toronto come out as departures from CYYZ, and whether a cancelled one does.

Usage: python benchmarks/toronto.py [DATA] [--archive DIR] [--list]

DATA is the folder of recordings (or OVERFLIGHT_SHARED_DATA): `truth/toronto_departures` is the airport's
schedule of 4 and 5 July 2025, `positions/opensky_states` what receivers heard, one look at the world each
20 minutes with holes of hours. Without `--archive` an archive of the latter is made in a temporary folder.

Matching. The schedule's `id` is the call sign. An official departure is in the data if any position bears
exactly that call sign from an hour before the scheduled time to six hours after the latest time the airport
states. The schedule was read at about 01:00 local time, so nearly all its times are plans. Aircraft that
flew under another call sign than the flight's id count as not in the data. Of the flights with that call
sign that were seen or may have left in the window, the one that comes out surest as a departure from CYYZ
is taken.

It comes out as `observed` or `inferred` (the origin is CYYZ with that grade), `first` (compatible, CYYZ is
the first candidate) or `among` (compatible, CYYZ is a later candidate). The rest are missed, by the first
class that holds:

- `no recording`: nothing at all was recorded between a quarter of an hour after the scheduled time and when
  it was first seen, so that nobody can have seen it leave;
- `positions flagged`: no flight bears the call sign, every position with it carries an integrity flag;
- `no flight`: no flight bears the call sign although some position with it is good (it was seen on the
  ground only);
- `joined to the flight before`: the flight began before the window, under another call sign;
- `ruled out`: CYYZ is listed with a reason against it;
- `placed elsewhere`: it is said to have begun at another field, or to have only others as candidates: it
  was last heard there, and the silence until now holds more than one flight, or the call sign went on from
  there;
- `first seen far`: beyond 150 nm of CYYZ; `first seen high`: above 10,000 ft nearer than that, with nothing
  to show where it began; `other`.

A cancelled departure is claimed if a flight with its call sign is graded observed or inferred from CYYZ
from an hour before its time to 24 hours after; each is listed, because a number can be flown again later
the same day. No physical limit stands beside these shares but the recordings: the departures under `no
recording` cannot be seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from measuring import data_folder, table

import overflight
from overflight.clock import iso_utc, milliseconds, parse_utc
from overflight.geo.sphere import distance_nm
from overflight.model.grades import COMPATIBLE, INFERRED, OBSERVED
from overflight.store.conditions import Condition
from overflight.store.folder import Store
from overflight.units import MILLISECONDS_PER_HOUR, MILLISECONDS_PER_MINUTE

IDENT, PLACE = "CYYZ", (43.6772, -79.6306)  # Toronto Pearson's reference point
EARLY_H, LATE_H, AGAIN_H = 1, 6, 24
FAR_NM = 150.0  # beyond it detect.candidates lists no fields
HIGH_FT = 10_000.0  # above it detect.stays takes no first position for a climb from the ground
TAXI_MIN = 15  # nobody can be seen in the air sooner after the scheduled time
FOUND = (OBSERVED, INFERRED, "first", "among")
ORDER = [
    *FOUND,
    "ruled out",
    "joined to the flight before",
    "first seen high",
    "first seen far",
    "placed elsewhere",
    "other",
]

Row = dict[str, Any]


@dataclass(frozen=True)
class Departure:
    """One official departure; instants in ms since the epoch."""

    callsign: str
    scheduled_ms: int
    latest_ms: int
    status: str
    to: str

    @property
    def cancelled(self) -> bool:
        """Whether the airport says that it will not fly."""
        return self.status == "CAN"

    @property
    def window(self) -> tuple[int, int]:
        """When its call sign is looked for."""
        return (
            self.scheduled_ms - EARLY_H * MILLISECONDS_PER_HOUR,
            self.latest_ms + LATE_H * MILLISECONDS_PER_HOUR,
        )


def departures_of(lists: Iterable[Iterable[Row]]) -> list[Departure]:
    """Departures of several schedules, oldest schedule first: of the same one the last word counts."""
    found: dict[tuple[str, int], Departure] = {}
    for rows in lists:
        for row in rows:
            made = Departure(row["id"], _ms(row["schTime"]), max(_ms(row["schTime"]), _ms(row["latestTm"])),
                             row["status"], row["routes"][0]["code"])  # fmt: skip
            found[made.callsign, made.scheduled_ms] = made
    return sorted(found.values(), key=lambda d: (d.scheduled_ms, d.callsign))


def _ms(text: str) -> int:
    return milliseconds(datetime.fromisoformat(text[:19] + text[-6:]))


class Heard:
    """When each call sign was heard, and by positions without a flag; when anything at all was recorded."""

    def __init__(self, store: Store, callsigns: Sequence[str]) -> None:
        within = [Condition("callsign", "in", list(callsigns))]
        rows = store.find("positions", within, ["callsign", "address", "time_ms"])
        flagged = _keys(store.find("position_flags", columns=["address", "time_ms"]))
        self._times: dict[str, list[tuple[int, bool]]] = {}
        for callsign, key in zip(
            rows["callsign"].to_pylist(), zip(*_columns(rows), strict=True), strict=True
        ):
            self._times.setdefault(callsign, []).append((key[1], key not in flagged))
        self.looks = np.unique(store.find("positions", columns=["time_ms"])["time_ms"].to_numpy())
        self.span = int(self.looks[0]), int(self.looks[-1])

    def within(self, callsign: str, window: tuple[int, int]) -> list[tuple[int, bool]]:
        """Instants in the window at which a position bore the call sign, and whether it was free of flags."""
        return sorted((t, good) for t, good in self._times.get(callsign, ()) if window[0] <= t <= window[1])

    def silent(self, after_ms: int, before_ms: int) -> bool:
        """Whether nothing at all was recorded in [after, before)."""
        low, high = np.searchsorted(self.looks, [after_ms, before_ms])
        return bool(high <= low)


def _columns(rows: Any) -> list[list[int]]:
    return [rows[name].to_pylist() for name in ("address", "time_ms")]


def _keys(rows: Any) -> set[tuple[int, int]]:
    return set(zip(*_columns(rows), strict=True))


def outcome(flight: Row, window: tuple[int, int]) -> str:
    """What a flight of the contract says of a departure from CYYZ: one of FOUND or of the misses."""
    origin = flight["origin"]
    ident = origin["place"]["ident"] if origin["place"] else None
    fitting = [c["place"]["ident"] for c in origin["candidates"] if c["place"] and not c["ruled_out"]]
    if ident == IDENT and origin["grade"] in (OBSERVED, INFERRED):
        return str(origin["grade"])
    if origin["grade"] == COMPATIBLE and IDENT in fitting:
        return "first" if fitting[0] == IDENT else "among"
    return _miss(flight, window, ident, fitting)


def _miss(flight: Row, window: tuple[int, int], ident: str | None, fitting: list[str]) -> str:
    fix = flight["origin"]["fix"]
    height = fix["baro_altitude_ft"] if fix["baro_altitude_ft"] is not None else fix["geo_altitude_ft"]
    far = float(distance_nm(*PLACE, fix["latitude_deg"], fix["longitude_deg"]))
    if parse_utc(flight["first_seen"]) < window[0]:
        return "joined to the flight before"
    listed = [c for c in flight["origin"]["candidates"] if c["place"] and c["place"]["ident"] == IDENT]
    if any(c["ruled_out"] for c in listed):
        return "ruled out"
    if ident is not None or fitting:
        return "placed elsewhere"
    if far > FAR_NM:
        return "first seen far"
    return "first seen high" if height is not None and height > HIGH_FT else "other"


def best(departure: Departure, flights: Sequence[Row]) -> tuple[str, Row | None]:
    """The surest outcome among the flights seen or perhaps begun in the window, and that flight."""
    window = departure.window
    near = [
        f
        for f in flights
        if _meets(window, f["first_seen"], f["last_seen"]) or _left_within(window, f["origin"])
    ]
    graded = [(outcome(f, window), f) for f in near]
    return min(graded, key=lambda pair: ORDER.index(pair[0])) if graded else ("no flight", None)


def _left_within(window: tuple[int, int], origin: Row) -> bool:
    return origin["earliest"] is not None and _meets(window, origin["earliest"], origin["latest"])


def _meets(window: tuple[int, int], first: str, last: str) -> bool:
    return parse_utc(first) <= window[1] and parse_utc(last) >= window[0]


def result(departure: Departure, flights: Sequence[Row], heard: Heard) -> tuple[str, Row | None]:
    """What became of an official departure that is in the data: how it comes out, or why it is missed."""
    found, flight = best(departure, flights)
    if found in FOUND:
        return found, flight
    seen = heard.within(departure.callsign, departure.window)
    first_ms = min(seen[0][0], parse_utc(flight["first_seen"])) if flight else seen[0][0]
    if heard.silent(departure.scheduled_ms + TAXI_MIN * MILLISECONDS_PER_MINUTE, first_ms):
        return "no recording", flight
    if flight is None and not any(good for _, good in seen):
        return "positions flagged", None
    return found, flight


def left_at_latest_min(departure: Departure, flight: Row) -> float:
    """Latest time of take-off of a flight in minutes after the scheduled time."""
    return (parse_utc(flight["origin"]["latest"]) - departure.scheduled_ms) / MILLISECONDS_PER_MINUTE


def by_callsign(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Flights under each of their call signs."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for callsign in row["callsigns"]:
            found.setdefault(callsign, []).append(row)
    return found


def report(departures: list[Departure], heard: Heard, flights: dict[str, list[Row]], listed: bool) -> None:
    """Print the shares, the misses by class, and what became of the cancelled."""
    planned = [d for d in departures if not d.cancelled]
    spanned = [d for d in planned if d.window[0] <= heard.span[1] and d.window[1] >= heard.span[0]]
    there = [d for d in spanned if heard.within(d.callsign, d.window)]
    results = [(d, *result(d, flights.get(d.callsign, []), heard)) for d in there]
    print(f"{len(departures)} official departures, {len(departures) - len(planned)} of them cancelled")
    print(
        f"{len(spanned)} not cancelled, with a window that meets the recordings; "
        f"aircraft in the data: {len(there)}"
    )
    counts = Counter(what for _, what, _ in results)
    seeable = len(there) - counts["no recording"]
    print(f"of these {seeable} were first seen after some recording in which they could have left")
    print("\nthey come out as departures from CYYZ:")
    rows = [(k, counts[k], share(counts[k], len(there)), share(counts[k], seeable)) for k in FOUND]
    print(table(("", "departures", "of those in the data", "of those recorded"), rows))
    missed = [k for k in counts if k not in FOUND]
    print(f"\nmissed: {sum(counts[k] for k in missed)}")
    why = [(k, counts[k], share(counts[k], len(there))) for k in sorted(missed, key=lambda k: -counts[k])]
    print(table(("why", "departures", "of those in the data"), why))
    late = [left_at_latest_min(d, f) for d, k, f in results if f is not None and k in (OBSERVED, INFERRED)]
    if late:
        early = sum(minutes < -5 for minutes in late)
        print(
            f"\nobserved or inferred: off the ground at the latest a median {median(late):.0f} min after the"
        )
        print(f"scheduled time; {early} of {len(late)} more than 5 min before it")
    if listed:
        print(table(("call sign", "scheduled", "to", "comes out as", "flight"), [
            (d.callsign, iso_utc(d.scheduled_ms), d.to, k, f["id"] if f else "-") for d, k, f in results
        ]))  # fmt: skip
    tell_cancelled([d for d in departures if d.cancelled], heard, flights)


def tell_cancelled(cancelled: list[Departure], heard: Heard, flights: dict[str, list[Row]]) -> None:
    """Print each cancelled departure with every flight under its call sign in the 25 hours around it."""
    rows: list[tuple[object, ...]] = []
    for d in cancelled:
        window = d.window[0], d.scheduled_ms + AGAIN_H * MILLISECONDS_PER_HOUR
        head = (d.callsign, iso_utc(d.scheduled_ms), d.to)
        near = [f for f in flights.get(d.callsign, []) if _meets(window, f["first_seen"], f["last_seen"])]
        rows += [(*head, outcome(f, window), f["origin"]["latest"], f["id"]) for f in near]
        if not near:
            there = heard.within(d.callsign, window)
            meets = window[1] >= heard.span[0] and window[0] <= heard.span[1]
            why = (
                f"{len(there)} positions, no flight" if there else "never heard" if meets else "not recorded"
            )
            rows.append((*head, why, "-", "-"))
    claimed = sum(row[3] in (OBSERVED, INFERRED) for row in rows)
    print(f"\ncancelled departures: {len(cancelled)}, claimed as observed or inferred from CYYZ: {claimed}")
    print(table(("call sign", "scheduled", "to", "in the archive", "left at the latest", "flight"), rows))


def share(part: int, of: int) -> str:
    """`41.3 %`, or a dash of nothing."""
    return f"{100 * part / of:.1f} %" if of else "-"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", nargs="?", help="folder of the recordings")
    parser.add_argument("--archive", type=Path, help="an archive that holds the OpenSky states already")
    parser.add_argument("--list", action="store_true", help="print every departure that is in the data")
    options = parser.parse_args()
    data = data_folder(options.data)
    lists = [
        json.loads(gzip.decompress(file.read_bytes()))["list"]
        for file in sorted((data / "truth" / "toronto_departures").iterdir())
    ]
    departures = departures_of(lists)
    callsigns = sorted({d.callsign for d in departures})
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.archive or Path(scratch) / "archive"
        with overflight.open(folder, create=True) as archive:
            if options.archive is None:
                archive.add(data / "positions" / "opensky_states")
            names = [f"callsign:{c}" for c in callsigns]
            rows = {row["id"]: row for row in archive.flights(names)}
            # lists of candidates are cut: the question about the place adds it where it fits beyond the cut
            rows |= {row["id"]: row for row in archive.flights(names, place=IDENT)}
            with Store.open(folder) as store:
                report(departures, Heard(store, callsigns), by_callsign(rows.values()), options.list)
    return 0


if __name__ == "__main__":
    sys.exit(main())
