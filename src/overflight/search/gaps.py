"""Silences of aircraft: where lost, where regained, what was reachable meanwhile, who else was received."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.columns import Bools, Floats, Ints, columns_of
from overflight.detect.gaps import (
    VERSION,
    GapRules,
    Reached,
    heads_for,
    others_around,
    reached,
    speeds_kt,
)
from overflight.detect.ids import ids
from overflight.detect.integrity import QUARANTINE
from overflight.errors import QuestionError
from overflight.geo.sphere import distance_nm
from overflight.model.address import icao24_text
from overflight.model.grades import BEFORE
from overflight.search.answer import Answer
from overflight.search.broken import OPEN, LoadedTime, find_silences
from overflight.search.contract import CHANCE_DIGITS, Row, finish, fix_object
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.loaded import HOUR_MS, Box, Loaded
from overflight.search.places import Airfield
from overflight.search.rows import find_of
from overflight.search.scope import Question, find_scope
from overflight.search.sources import Sources
from overflight.search.stops import StopTeller
from overflight.search.weighing import weigh
from overflight.search.withheld import withheld_remarks
from overflight.search.within import edge_points, heard_in, inside, trusted
from overflight.store.conditions import Condition
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_MINUTE, MILLISECONDS_PER_SECOND

RULES = GapRules()
NOT_ALL_LOADED = "not_all_loaded"  # a gap's flag: of part of its time no recording is loaded
MOST_MIN = 527_040  # a year
_EDGE_STEP_DEG = 0.05  # 3 nm: points of a place's edge at which courses are looked at
_NM_PER_DEGREE = 59.0  # of latitude, less than it has: a box that surely holds the circle


@dataclass(frozen=True)
class Wanted:
    """Which silences: of at least so many minutes; lost on a course towards a place, if one is given."""

    min_minutes: float = RULES.least_min
    towards: str | None = None


def find_gaps(asked: Question, sources: Sources, loaded: Loaded, wanted: Wanted) -> Answer:
    """Silences as the contract's `gaps`, by the time of the loss; at a place, those lost or regained there.

    Time of which nothing is loaded is no silence of the aircraft: the loaded part alone must be long enough.
    """
    if asked.min_grade or asked.history != BEFORE or (asked.floor_ft, asked.ceiling_ft) != (None, None):
        raise QuestionError("silences have no least grade, history, floor or ceiling; leave them out")
    if not 1 <= wanted.min_minutes <= MOST_MIN:
        raise QuestionError(f"silences of {wanted.min_minutes:g} minutes? Give 1 or more, up to {MOST_MIN:,}")
    scope = find_scope(asked, sources.view)
    table = find_silences(sources.view, scope, (asked.since_ms, asked.until_ms), wanted.min_minutes)
    table = _long_enough(table, loaded, wanted.min_minutes)
    if asked.place is not None:
        table = table.filter(pa.array(_at_place(asked, sources, table)))
    if wanted.towards is not None:
        table = table.filter(pa.array(_towards(asked, wanted.towards, sources, table)))
    table = table.append_column("id", ids("gap", _whole(table["address"]), _whole(table["before_ms"])))
    table = table.sort_by([("before_ms", "ascending"), ("id", "ascending")])
    who = identities(register_of(sources, table), table, ("before_ms",), asked, scope)
    keep = [
        is_asked_for(asked, scope, address, known)
        for address, known in zip(table["address"].to_pylist(), who, strict=True)
    ]
    table, who = table.filter(pa.array(keep, pa.bool_())), [w for w, k in zip(who, keep, strict=True) if k]
    remarks = withheld_remarks(asked, sources.view)
    brief = table.select(["id", "data_kind"]).to_pylist()
    return Answer(
        "gaps", sources.told(len(table), lambda a, b: _told(sources, table.slice(a, b - a), who[a:b])), {},
        scope.missing, suggestions(sources.view, scope.missing) + remarks, sources.offset_of, brief=brief,
    )  # fmt: skip


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _real(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), np.float64)


def _places(table: pa.Table, side: str) -> tuple[Floats, Floats]:
    lat, lon = (_real(table[f"{side}_{axis}_e7"]) / E7_PER_DEGREE for axis in ("latitude", "longitude"))
    return lat, lon


def _long_enough(table: pa.Table, loaded: Loaded, least_min: float) -> pa.Table:
    """The silences of which at least that long is loaded, with `end_ms` and `loaded_ms`.

    One that never ended goes up to the end of what is loaded.
    """
    begin, end = _whole(table["before_ms"]), _whole(pc.fill_null(table["after_ms"], loaded.last_ms or 0))
    time = LoadedTime(loaded)
    held = time.up_to(end) - time.up_to(begin)
    table = table.append_column("end_ms", pa.array(end)).append_column("loaded_ms", pa.array(held))
    return table.filter(pa.array(held >= least_min * MILLISECONDS_PER_MINUTE))


def _at_place(asked: Question, sources: Sources, table: pa.Table) -> Bools:
    place = sources.place_asked(asked)
    assert place is not None  # the caller asks for one
    found = np.zeros(len(table), np.bool_)
    for side in ("before", "after"):
        known = np.flatnonzero(table[f"{side}_ms"].is_valid().to_numpy())
        lat, lon = (axis[known] for axis in _places(table, side))
        found[known] |= inside(sources, place, lat, lon)
    return found


def _towards(asked: Question, text: str, sources: Sources, table: pa.Table) -> Bools:
    """Lost outside the place, on a course towards it, and with the time to reach it; no course: not so."""
    place = sources.place_asked(replace(asked, place=text, floor_ft=None, ceiling_ft=None))
    assert place is not None  # one is asked for
    lost, track = _places(table, "before"), _real(table["before_track_deg"])
    within = np.where(np.isnan(track), -1.0, _reach(sources, table).farthest_nm)
    edge = edge_points(sources, place, _EDGE_STEP_DEG)
    if not len(edge[0]):
        raise QuestionError(f"{text!r} has no shape here; give an airfield, a circle or a GeoJSON file")
    heads = heads_for(lost, np.nan_to_num(track), within, edge, RULES.towards_deg)
    # towards a field is so near to it too; whoever is inside an area heads for it no longer
    return heads if isinstance(place, Airfield) else np.asarray(heads & ~inside(sources, place, *lost))


def _reach(sources: Sources, table: pa.Table) -> Reached:
    address = _whole(table["address"])
    lost, regained = (_places(table, side) for side in ("before", "after"))
    reported = np.fmax(_real(table["before_groundspeed_kt"]), _real(table["after_groundspeed_kt"]))
    seconds = (_whole(table["end_ms"]) - _whole(table["before_ms"])) / MILLISECONDS_PER_SECOND
    airframes = sources.airframes(sorted(set(address.tolist())))
    speed, why = speeds_kt(airframes, address, reported, distance_nm(*lost, *regained), seconds)
    return reached(lost, regained, seconds, speed, why)


def _told(sources: Sources, table: pa.Table, who: list[Row]) -> list[Row]:
    rows = table.to_pylist()
    reach, others, flagged = _reach(sources, table), _others(sources, table), _flagged(sources, table)
    stops = _stops(sources, rows, who)
    made = []
    for k, (row, known) in enumerate(zip(rows, who, strict=True)):
        calls = dict.fromkeys(c for c in (row["callsign_in"], row["callsign_out"]) if c)
        flags = [] if row["loaded_ms"] == row["end_ms"] - row["before_ms"] else [NOT_ALL_LOADED]
        made.append(finish("gaps", {
            "data_kind": row["data_kind"], "id": row["id"], "icao24": icao24_text(row["address"]),
            **who_columns(known), "callsigns": list(calls), "outcome": row["outcome"],
            "lost": _moving(row, "before"), "regained": _moving(row, "after"),
            "duration_s": None if row["outcome"] == OPEN else _seconds(row["end_ms"] - row["before_ms"]),
            "loaded_s": _seconds(row["loaded_ms"]), "flagged_count": int(flagged[k]),
            "flight_before_id": row["flight_in_id"], "flight_after_id": row["flight_out_id"],
            "stop_id": row["stop_id"],
            **stops.get(row["stop_id"], _NOWHERE), "reach": _reach_object(reach, k),
            "others": _AROUND | dict(zip(_OTHERS, others[:, k].tolist(), strict=True)),
            "flags": with_remark(flags, known), "rules": f"{row['rules']} {VERSION}",
        }, sources.archive_version))  # fmt: skip
    return made


_NOWHERE: Row = {"place": None, "grade": None, "probability": None, "kept_flying_probability": None}
_OTHERS = ("before_count", "after_count", "after_no_higher_count")
_AROUND: Row = {"radius_nm": RULES.around_nm, "minutes": int(RULES.around_min)}


def _seconds(ms: int) -> int:
    return int(ms // MILLISECONDS_PER_SECOND)


def _moving(row: Row, side: str) -> Row | None:
    """The contract's fix with its speed and track."""
    fix = fix_object(row, side)
    if fix is None:
        return None
    speed, track = (row[f"{side}_{name}"] for name in ("groundspeed_kt", "track_deg"))
    return fix | {"groundspeed_kt": _rounded(speed), "track_deg": _rounded(track)}


def _rounded(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 1)


def _reach_object(reach: Reached, k: int) -> Row:
    again = not np.isnan(reach.direct_nm[k])
    return {
        "speed_kt": _rounded(reach.speed_kt[k]), "speed_source": reach.speed_source[k],
        "direct_nm": _rounded(reach.direct_nm[k]), "direct_s": int(reach.direct_s[k]) if again else None,
        "farthest_nm": _rounded(reach.farthest_nm[k]), "aside_nm": _rounded(reach.aside_nm[k]),
        "ground_max_s": int(reach.ground_max_s[k]) if again else None,
    }  # fmt: skip


def _stops(sources: Sources, rows: list[Row], who: list[Row]) -> dict[str | None, Row]:
    """By stop the place it was seen at or may have been, and how probably it kept flying."""
    wanted = {row["stop_id"]: known for row, known in zip(rows, who, strict=True) if row["stop_id"]}
    table = find_of(sources.view, "stops", "id", wanted, (row["address"] for row in rows))
    weighed = weigh(sources, table)
    weighed.make(wanted)
    teller = StopTeller(
        sources.fields, weighed.rows_of,
        lambda stop: sources.type_facts(wanted[stop["id"]]["type_designator"]), sources.site_of,
    )  # fmt: skip
    found: dict[str | None, Row] = {}
    for stop in weighed.stops:
        flying = [c["probability"] for c in weighed.rows_of(stop["id"]) if c["outcome"] == "kept_flying"]
        found[stop["id"]] = {
            "place": teller.place(stop), "grade": stop["grade"], "probability": teller.chance(stop),
            "kept_flying_probability": round(flying[0], CHANCE_DIGITS) if flying else None,
        }  # fmt: skip
    return found


def _flagged(sources: Sources, table: pa.Table) -> Ints:
    """How many positions of the aircraft in each silence bear a flag that keeps them off lines."""
    address, begin, end = (_whole(table[name]) for name in ("address", "before_ms", "end_ms"))
    if not len(address):
        return np.zeros(0, np.int64)
    ours = [
        Condition("address", "in", sorted(set(address.tolist()))),
        Condition("time_ms", ">", int(begin.min())), Condition("time_ms", "<=", int(end.max())),
    ]  # fmt: skip
    held = sources.view.find("position_flags", ours, ["address", "time_ms", "flags"])
    held = held.filter(pa.array(held["flags"].to_numpy() & QUARANTINE != 0))
    who, time = _whole(held["address"]), _whole(held["time_ms"])
    open_ = table["after_ms"].is_null().to_numpy()
    return np.array([
        int(((who == address[k]) & (time > begin[k]) & ((time < end[k]) | open_[k])).sum())
        for k in range(len(address))
    ], np.int64)  # fmt: skip


def _others(sources: Sources, table: pa.Table) -> Ints:
    """3 x n: who else was received around each loss, read clock hour by clock hour."""
    lost, time = _places(table, "before"), _whole(table["before_ms"])
    baro, geo = _real(table["before_baro_altitude_ft"]), _real(table["before_geo_altitude_ft"])
    height = np.where(np.isnan(baro), geo, baro)
    height = np.where(pc.fill_null(table["before_on_ground"], False).to_numpy(), 0.0, height)
    address, found = _whole(table["address"]), np.zeros((3, len(table)), np.int64)
    window = int(RULES.around_min * MILLISECONDS_PER_MINUTE)
    for hour in np.unique(time // HOUR_MS).tolist():
        k = np.flatnonzero(time // HOUR_MS == hour)
        since, until = int(time[k].min()) - window, int(time[k].max()) + window + 1
        heard = trusted(sources.view, heard_in(sources.view, _box(lost[0][k], lost[1][k]), since, until))
        if heard.num_rows:
            where = (lost[0][k], lost[1][k])
            found[:, k] = others_around(where, time[k], height[k], address[k], columns_of(heard), RULES)
    return found


def _box(lat: Floats, lon: Floats) -> Box:
    """A box with all that lies around the places; all longitudes near a pole and over longitude 180."""
    tall = RULES.around_nm / _NM_PER_DEGREE
    south, north = max(float(lat.min()) - tall, -90.0), min(float(lat.max()) + tall, 90.0)
    wide = tall / max(float(np.cos(np.radians(max(abs(south), abs(north))))), 1e-6)
    west, east = float(lon.min()) - wide, float(lon.max()) + wide
    return (-180.0, south, 180.0, north) if west < -180 or east > 180 else (west, south, east, north)
