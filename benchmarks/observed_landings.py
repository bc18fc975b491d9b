"""Every observed landing of an archive checked again from the raw reports: no doubtful one may be listed.

Usage: python benchmarks/observed_landings.py ARCHIVE [--list]

An observed stop claims that a surface or very low report, good enough, proves it. This script does not
believe the flags: it takes all positions of the aircraft, flagged too, in order of time, and complains of
an observed stop when

- `no report`: none of its reports at the stated place is on the ground by its own word, or slow (35 kt)
  within 1,500 ft of the field's elevation;
- `flagged`: each of those carries a flag under which nothing may be observed;
- `jump beside the proof`: for each of them the report before or after it implies more than 700 kt;
- `jump at landing`, `jump at take-off`: of an end graded observed, the last airborne fix and the first
  report down (or the last report down and the first airborne fix) imply more than 700 kt, or lie more than
  30 minutes apart;
- `jump beside the landing`, `jump beside the take-off`: of an end graded observed, the first (last) report
  down has a raw neighbour that implies more than 700 kt, even where another report of the stay is the
  proof;
- `off the field`: the stated place is more than 5 nm from the reference point of the field it names.

`--list` prints every observed landing. Exit status 1 where something is doubtful. No physical limit stands
beside this: it is a check, not a race.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from measuring import table

from overflight.clock import iso_utc
from overflight.geo.sphere import distance_nm
from overflight.intake.places import gazetteer_of
from overflight.model.address import icao24_text
from overflight.model.grades import FLAG_BITS, OBSERVED
from overflight.store.conditions import Condition
from overflight.store.folder import Store
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_DAY, MILLISECONDS_PER_HOUR

LIMIT_KT = 700.0  # beyond what airliners reach over the ground in any jet stream
SLOW_KT, LOW_FT = 35.0, 1500.0  # no landplane flies at 35 kt; weather moves pressure altitude by 1,000 ft
FIELD_NM = 5.0  # the far ends of the largest airports lie 3 nm from the reference point
SILENT_MIN = 30.0
TOGETHER = 2_000  # aircraft looked at in one piece
FORBIDDEN = sum(FLAG_BITS.values())
KEYS = ["address", "time_ms", "latitude_e7", "longitude_e7"]
COLUMNS = [*KEYS, "on_ground", "groundspeed_kt", "baro_altitude_ft", "geo_altitude_ft"]

ENDS = (("before", "arrival_grade", "landing", 0), ("after", "departure_grade", "take-off", -1))

Row = dict[str, Any]


@dataclass(frozen=True)
class Raw:
    """All positions of some aircraft by address and time, with implied speeds and flags."""

    address: np.ndarray
    time_ms: np.ndarray
    latitude_e7: np.ndarray
    longitude_e7: np.ndarray
    on_ground: np.ndarray
    groundspeed_kt: np.ndarray
    altitude_ft: np.ndarray
    flagged: np.ndarray
    speed_before_kt: np.ndarray  # from the report before to this one; 0 for an aircraft's first
    speed_after_kt: np.ndarray

    def between(self, address: int, first_ms: int, last_ms: int) -> np.ndarray:
        """Indexes of the aircraft's reports in [first, last]."""
        low, high = np.searchsorted(self.address, [address, address + 1])
        a, b = np.searchsorted(self.time_ms[low:high], [first_ms, last_ms + 1])
        return np.arange(low + a, low + b)


def raw_of(positions: pa.Table, flags: pa.Table) -> Raw:
    """Raw reports from POSITIONS and POSITION_FLAGS rows, both of the same aircraft, in any order."""
    rows = positions.select(COLUMNS).append_column("row", pa.array(np.arange(positions.num_rows)))
    worst = flags.group_by(KEYS).aggregate([("flags", "max")])
    rows = rows.join(worst, KEYS, join_type="left outer").sort_by(
        [("address", "ascending"), ("time_ms", "ascending"), ("row", "ascending")]
    )
    real = {
        name: np.asarray(rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
        for name in ("groundspeed_kt", "baro_altitude_ft", "geo_altitude_ft", "flags_max")
    }
    key = {name: np.asarray(rows[name].to_numpy(), dtype=np.int64) for name in KEYS}
    implied = implied_kt(*key.values())
    baro = real["baro_altitude_ft"]
    return Raw(
        **key,
        on_ground=np.array([word is True for word in rows["on_ground"].to_pylist()], dtype=bool),
        groundspeed_kt=real["groundspeed_kt"],
        altitude_ft=np.where(np.isnan(baro), real["geo_altitude_ft"], baro),
        flagged=np.nan_to_num(real["flags_max"]).astype(np.int64) & FORBIDDEN != 0,
        speed_before_kt=np.r_[0.0, implied][: len(baro)],
        speed_after_kt=np.r_[implied, 0.0][: len(baro)],
    )


def implied_kt(
    address: np.ndarray, time_ms: np.ndarray, lat_e7: np.ndarray, lon_e7: np.ndarray
) -> np.ndarray:
    """Speed (kt) from each report to the next; 0 between aircraft, infinite for two places at one instant."""
    lat, lon = lat_e7 / E7_PER_DEGREE, lon_e7 / E7_PER_DEGREE
    far = distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
    hours = np.diff(time_ms) / MILLISECONDS_PER_HOUR
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.where(far > 0, far / hours, 0.0)
    return np.where(address[1:] == address[:-1], speed, 0.0)


def complaints(stop: Row, raw: Raw, field: Row | None) -> list[str]:
    """What is doubtful of an observed stop, in words; `field` is the AIRFIELDS row of the place it names."""
    first_ms = stop["arrival_latest_ms"]
    last_ms = first_ms + stop["ground_min_s"] * 1000 + 999  # whole seconds, rounded down
    stay = raw.between(stop["address"], first_ms, last_ms)
    here = stay[
        (raw.latitude_e7[stay] == stop["latitude_e7"]) & (raw.longitude_e7[stay] == stop["longitude_e7"])
    ]
    elevation = field["elevation_ft"] if field is not None and field["elevation_ft"] is not None else 0
    low = np.abs(raw.altitude_ft[here] - elevation) <= LOW_FT
    proof = here[raw.on_ground[here] | (low & (raw.groundspeed_kt[here] <= SLOW_KT))]
    good = proof[~raw.flagged[proof]]
    calm = good[(raw.speed_before_kt[good] <= LIMIT_KT) & (raw.speed_after_kt[good] <= LIMIT_KT)]
    found = []
    if not len(proof):
        found.append("no report")
    elif not len(good):
        found.append("flagged")
    elif not len(calm):
        found.append("jump beside the proof")
    for side, end, word, at in ENDS:
        if stop[end] == OBSERVED:
            found += [f"{how} {word}" for how in _at_end(stop, side, raw, stay[at] if len(stay) else None)]
    if field is None or _away_nm(stop, field) > FIELD_NM:
        found.append("off the field")
    return found


def _at_end(stop: Row, side: str, raw: Raw, down: int | None) -> list[str]:
    """What is doubtful of one end, given the index of the report down nearest to it."""
    if down is None or _jumps(stop, side, raw, down):
        return ["jump at"]
    beside = max(raw.speed_before_kt[down], raw.speed_after_kt[down])
    return ["jump beside the"] if beside > LIMIT_KT else []


def _jumps(stop: Row, side: str, raw: Raw, ground: int) -> bool:
    """Whether the airborne fix on one side and a surface report do not go together."""
    if stop[f"{side}_ms"] is None:
        return True
    lat, lon = stop[f"{side}_latitude_e7"] / E7_PER_DEGREE, stop[f"{side}_longitude_e7"] / E7_PER_DEGREE
    far = float(
        distance_nm(
            lat, lon, raw.latitude_e7[ground] / E7_PER_DEGREE, raw.longitude_e7[ground] / E7_PER_DEGREE
        )
    )
    hours = abs(int(raw.time_ms[ground]) - stop[f"{side}_ms"]) / MILLISECONDS_PER_HOUR
    return far > LIMIT_KT * hours or hours * 60 > SILENT_MIN


def _away_nm(stop: Row, field: Row) -> float:
    return float(distance_nm(
        stop["latitude_e7"] / E7_PER_DEGREE, stop["longitude_e7"] / E7_PER_DEGREE,
        field["latitude_deg"], field["longitude_deg"],
    ))  # fmt: skip


def pieces(store: Store, stops: pa.Table) -> Iterator[tuple[list[Row], Raw]]:
    """Stops with the raw reports of their aircraft, some aircraft at a time."""
    addresses = sorted(set(stops["address"].to_pylist()))
    rows = stops.to_pylist()
    for start in range(0, len(addresses), TOGETHER):
        some = addresses[start : start + TOGETHER]
        within = [Condition("address", "in", some)]
        positions = store.find("positions", within, COLUMNS, ["address", "time_ms"])
        raw = raw_of(positions, store.find("position_flags", within))
        wanted = set(some)
        yield [row for row in rows if row["address"] in wanted], raw


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("archive", type=Path, help="folder of an archive")
    parser.add_argument("--list", action="store_true", help="print every observed landing")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    doubtful: list[tuple[object, ...]] = []
    landings: list[tuple[object, ...]] = []
    with Store.open(options.archive) as store:
        fields = Fields(store)
        stops = store.find("stops", [Condition("grade", "=", OBSERVED)], order_by=["address", "id"])
        total = sum(entry.rows for entry in store.files("stops"))
        for rows, raw in pieces(store, stops):
            for stop in rows:
                field = fields.on(stop["place_ident"], stop["arrival_latest_ms"])
                found = complaints(stop, raw, field)
                counts["landings"] += stop["arrival_grade"] == OBSERVED
                counts["take-offs"] += stop["departure_grade"] == OBSERVED
                line = (icao24_text(stop["address"]), stop["place_ident"], iso_utc(stop["arrival_latest_ms"]))
                if stop["arrival_grade"] == OBSERVED:
                    landings.append(line)
                doubtful += (
                    [(*line, stop["arrival_grade"], stop["departure_grade"], ", ".join(found))]
                    if found
                    else []
                )
    print(
        f"{total:,} stops; observed: {stops.num_rows:,} stops, {counts['landings']:,} landings, "
        f"{counts['take-offs']:,} take-offs"
    )
    if options.list:
        print(table(("icao24", "field", "first report down"), landings))
    print(f"doubtful: {len(doubtful)}")
    if doubtful:
        print(
            table(("icao24", "field", "first report down", "landing", "take-off", "what is wrong"), doubtful)
        )
    return int(bool(doubtful))


class Fields:
    """AIRFIELDS rows by ident as they held on a day."""

    def __init__(self, store: Store) -> None:
        self._gazetteer = gazetteer_of(store)
        self._editions: dict[int, dict[str, Row]] = {}

    def on(self, ident: str | None, time_ms: int) -> Row | None:
        """The field of that ident at that instant; None where there is none."""
        day = time_ms // MILLISECONDS_PER_DAY
        edition = self._gazetteer.edition(day)
        if edition not in self._editions:
            fields, _ = self._gazetteer.on(day)
            self._editions[edition] = {row["ident"]: row for row in fields.to_pylist()}
        return self._editions[edition].get(ident) if ident is not None else None


if __name__ == "__main__":
    sys.exit(main())
