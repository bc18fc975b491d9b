"""The one table of every field: name, Arrow type, unit, meaning. Schemas, glossary and contracts are made from it.

A table name in capitals (`POSITIONS`, `FLIGHTS` ...) is a tuple of `Field`; `schema(POSITIONS)` is its Arrow
schema. Times are whole milliseconds since the epoch, UTC; coordinates in files are whole 1e-7 degrees so that
every engine agrees to the last digit. Unknown is null.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa


@dataclass(frozen=True)
class Field:
    """One column: its name (unit in the name), Arrow type, whether it may be unknown, and what it means."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str


def _must(name: str, type_: pa.DataType, meaning: str) -> Field:
    return Field(name, type_, False, meaning)


def _may(name: str, type_: pa.DataType, meaning: str) -> Field:
    return Field(name, type_, True, meaning)


@lru_cache(maxsize=64)  # asked for a dozen times a question, 0.05 ms each
def schema(fields: tuple[Field, ...]) -> pa.Schema:
    """Arrow schema of a table."""
    return pa.schema([pa.field(f.name, f.type, nullable=f.nullable) for f in fields])


_TEXT, _TEXTS, _FLAG = pa.string(), pa.list_(pa.string()), pa.bool_()
_MS, _E7, _FT = pa.int64(), pa.int32(), pa.int32()

ADDRESS = _must("address", pa.uint32(), "24-bit aircraft address; bit 24 set where the source says it is not an ICAO address (readsb's `~`)")
DATA_KIND = _must("data_kind", _TEXT, "recorded, reconstruction or synthetic; mixed for a row derived from several kinds")
RULES = _must("rules", _TEXT, "versions of the rules that made the row")

POSITIONS = (
    ADDRESS,
    _must("time_ms", _MS, "when the position was heard, as the source states it"),
    _must("latitude_e7", _E7, "WGS-84 latitude, 1e-7 degree"),
    _must("longitude_e7", _E7, "WGS-84 longitude in [-180, 180), 1e-7 degree"),
    _may("baro_altitude_ft", _FT, "pressure altitude above 1013.25 hPa"),
    _may("geo_altitude_ft", _FT, "height above the WGS-84 ellipsoid"),
    _may("groundspeed_kt", pa.float32(), "speed over the ground"),
    _may("track_deg", pa.float32(), "direction of motion over the ground, degrees from true north"),
    _may("vertical_rate_fpm", pa.int32(), "climb positive"),
    _may("vertical_rate_geometric", _FLAG, "true: rate of geometric height; false: of pressure altitude"),
    _may("on_ground", _FLAG, "what the aircraft or the source said of being on the ground; never inferred"),
    _may("callsign", _TEXT, "flight identification as sent, trailing blanks removed"),
    _may("squawk", _TEXT, "Mode A code, four octal digits"),
    _may("source", _TEXT, "how it was heard, in readsb's words: adsb_icao, adsr_icao, tisb_other, mlat, adsc, mode_s ..."),
    _may("nic", pa.int8(), "navigation integrity category, where reported with this position"),
    _may("nac_p", pa.int8(), "navigation accuracy category for position"),
    _may("sil", pa.int8(), "source integrity level"),
    _may("adsb_version", pa.int8(), "ADS-B version number (0: DO-260, 1: DO-260A, 2: DO-260B)"),
    _must("stale", _FLAG, "the source marks the position as not fresh"),
    _must("new_leg", _FLAG, "the source marks the start of a leg"),
    _must("feed", _TEXT, "the format it came in: readsb_trace, aircraft_json, opensky_states, generic_csv ..."),
    DATA_KIND,
    _may("assumed", _TEXT, "comma-separated: fields of a reconstruction that nobody printed or recorded; time_zone: a log's times carry none and were read as UTC; time: the source does not say when exactly the position was heard"),
)

CLAIMS = (
    ADDRESS,
    _must("day", pa.int32(), "UTC day (since 1970-01-01) on which the source said it"),
    _may("registration", _TEXT, "nationality and registration mark"),
    _may("type_designator", _TEXT, "ICAO Doc 8643 type designator"),
    _may("description", _TEXT, "type in words"),
    _may("operator", _TEXT, "operator or registered owner as the source words it"),
    _may("military", _FLAG, "the source marks the aircraft as military"),
    _must("source", _TEXT, "who says so"),
    DATA_KIND,
)

AIRFIELDS = (
    _must("ident", _TEXT, "OurAirports ident (the ICAO location indicator where there is one)"),
    _must("name", _TEXT, "name in the source's spelling"),
    _may("country", _TEXT, "ISO 3166-1 alpha-2 code as the source gives it"),
    _must("kind", _TEXT, "large_airport, medium_airport, small_airport, heliport, seaplane_base, balloonport, closed"),
    _must("latitude_deg", pa.float64(), "reference point"),
    _must("longitude_deg", pa.float64(), "reference point"),
    _may("elevation_ft", pa.int32(), "above mean sea level"),
    _may("iata", _TEXT, "IATA code"),
    _may("scheduled", _FLAG, "the list says that scheduled flights use it"),
    _may("opened_day", pa.int32(), "first UTC day on which the field was in use, where a dated fact says so"),
    _may("closed_day", pa.int32(), "first UTC day on which it was no longer in use, where a dated fact says so"),
    _may("note", _TEXT, "the dated fact in words"),
    _may("note_source", _TEXT, "where that fact was published"),
)

LISTED_AIRFIELDS = (
    *AIRFIELDS,
    _may("source_id", pa.int64(), "the list's own number of the field, which outlives a change of its ident"),
    _may("icao", _TEXT, "ICAO location indicator, where it is not the ident"),
    _may("also", _TEXT, "other names and former codes, as the list words them"),
)

RUNWAYS = (
    _must("ident", _TEXT, "ident of the airfield"),
    _may("name", _TEXT, "runway ends, `02L/20R`"),
    _may("length_ft", pa.int32(), "published length"),
    _may("width_ft", pa.int32(), "published width"),
    _may("surface", _TEXT, "surface in the source's words"),
    _must("closed", _FLAG, "the source marks the runway closed"),
    _may("le_latitude_deg", pa.float64(), "low-numbered end"),
    _may("le_longitude_deg", pa.float64(), "low-numbered end"),
    _may("he_latitude_deg", pa.float64(), "high-numbered end"),
    _may("he_longitude_deg", pa.float64(), "high-numbered end"),
)

ROUTES = (
    _must("callsign", _TEXT, "call sign as published"),
    _must("airports", _TEXTS, "codes of the airports in order, as published: ICAO location indicators, IATA codes where there is none"),
    _must("day", pa.int32(), "UTC day (since 1970-01-01) of the list; it says what was planned, never that it was flown"),
    _must("source", _TEXT, "who published it"),
)

AIRSPACES = (
    _must("kind", _TEXT, "fir, sector, airspace, or what the list calls it: prohibited, restricted, danger, ctr, tma ..."),
    _must("ident", _TEXT, "its designator (LLLL, LLD-12), else its name"),
    _must("name", _TEXT, "name as published, else the ident"),
    _may("floor_ft", pa.int32(), "lower limit as published, counted from floor_reference; null where it needs no number or none was said"),
    _may("floor_reference", _TEXT, "fl (pressure altitude), amsl, agl, sfc (the ground), unknown (said, not understood); null: the list says nothing"),
    _may("ceiling_ft", pa.int32(), "upper limit, likewise"),
    _may("ceiling_reference", _TEXT, "the same, and unl (no upper limit)"),
    _must("geometry", _TEXT, "outline as GeoJSON MultiPolygon on WGS-84, cut at longitude 180"),
    _may("repaired", _TEXT, "what was wrong with the published outline, which was repaired; null for a sound one"),
    _must("source", _TEXT, "which list, as in `place fir:LLLL@LIST`"),
    _must("day", pa.int32(), "UTC day (since 1970-01-01) of the list"),
)

TYPES = (
    _must("type_designator", _TEXT, "ICAO Doc 8643 type designator"),
    _must("name", _TEXT, "type in words"),
    _must("category", _TEXT, "landplane, helicopter, seaplane, glider or balloon"),
    _must("role", _TEXT, "airliner, regional, business, utility, light, transport, combat, helicopter, glider or balloon: what it is used for as a type, never what this airframe does"),
    _may("runway_length_ft", pa.int32(), "shortest runway on which its operators are known to use it, as published"),
    _may("runway_width_ft", pa.int32(), "narrowest, as published"),
    _may("unpaved", _FLAG, "known to use unpaved runways"),
    _may("cruise_kt", pa.int32(), "typical true airspeed in cruise"),
    _must("source", _TEXT, "where the figures were published, or why they are what they are"),
)

POSITION_FLAGS = (
    ADDRESS,
    _must("time_ms", _MS, "time of the flagged position"),
    _must("latitude_e7", _E7, "the flagged position"),
    _must("longitude_e7", _E7, "the flagged position"),
    _must("flags", pa.int32(), "bits of model.flags"),
)


def _fix(prefix: str, what: str) -> tuple[Field, ...]:
    return (
        _may(f"{prefix}_ms", _MS, f"time of {what}"),
        _may(f"{prefix}_latitude_e7", _E7, what),
        _may(f"{prefix}_longitude_e7", _E7, what),
        _may(f"{prefix}_baro_altitude_ft", _FT, f"pressure altitude of {what}"),
        _may(f"{prefix}_geo_altitude_ft", _FT, f"geometric height of {what}"),
        _may(f"{prefix}_on_ground", _FLAG, f"ground bit of {what}"),
        _may(f"{prefix}_track_deg", pa.float32(), f"track of {what}"),
        _may(f"{prefix}_groundspeed_kt", pa.float32(), f"speed of {what}"),
        _may(f"{prefix}_vertical_rate_fpm", pa.int32(), f"vertical rate of {what}"),
        _may(f"{prefix}_assumed", _TEXT, f"what is assumed of {what} in a reconstruction"),
    )


FLIGHTS = (
    _must("id", _TEXT, "flight-ADDRESS-FIRSTTIME"),
    ADDRESS,
    _must("first_seen_ms", _MS, "first position of the flight"),
    _must("last_seen_ms", _MS, "last position of the flight"),
    _may("origin_stop_id", _TEXT, "the stop it left; null where the data begin in mid-air"),
    _may("destination_stop_id", _TEXT, "the stop it reached; null where the data end in mid-air"),
    _must("callsigns", _TEXTS, "in order of first use"),
    _must("position_count", pa.int64(), "positions of the flight, flagged ones included"),
    _must("flagged_count", pa.int64(), "positions of it that carry an integrity flag"),
    _must("flags", _TEXTS, "integrity flags met on the flight and remarks such as unseen or silence"),
    _must("sources", _TEXTS, "feed/source pairs heard"),
    DATA_KIND,
    RULES,
    *_fix("first", "the first position"),
    *_fix("last", "the last position"),
)

STOPS = (
    _must("id", _TEXT, "stop-ADDRESS-FIRSTTIME; stop-ADDRESS-before-TIME for the one with which the data begin"),
    ADDRESS,
    _may("arrival_earliest_ms", _MS, "it cannot have landed before; null where the data begin with it down"),
    _may("arrival_latest_ms", _MS, "it cannot have landed after"),
    _may("departure_earliest_ms", _MS, "it cannot have left before; null while the stop is open"),
    _may("departure_latest_ms", _MS, "it cannot have left after"),
    _may("ground_min_s", pa.int64(), "shortest time on the ground the data allow"),
    _may("ground_max_s", pa.int64(), "longest; null while open"),
    _may("seen_groundspeed_kt", pa.float32(), "highest trusted speed on the flights in and out: tells jets from others"),
    _may("seen_altitude_ft", _FT, "highest trusted altitude on the flights in and out"),
    _must("seen", _FLAG, "surface or very low reports show it on the ground"),
    _may("place_ident", _TEXT, "airfield it was seen on; null where dark, ambiguous or in no list"),
    _may("latitude_e7", _E7, "where it was seen on the ground"),
    _may("longitude_e7", _E7, "where it was seen on the ground"),
    _must("grade", _TEXT, "grade from surface reports alone; unknown for a dark stop until its candidates are weighed"),
    _must("arrival_grade", _TEXT, "grade of the landing there"),
    _must("departure_grade", _TEXT, "grade of the take-off there"),
    _may("flight_in_id", _TEXT, "flight that ended here"),
    _may("flight_out_id", _TEXT, "flight that began here"),
    _may("callsign_in", _TEXT, "last call sign before"),
    _may("callsign_out", _TEXT, "first call sign after"),
    _must("flags", _TEXTS, "remarks: dark, touch_and_go, silence, spoofing nearby ..."),
    DATA_KIND,
    RULES,
    *_fix("before", "the last position before the stop"),
    *_fix("after", "the first position after the stop"),
    _may("before_change_ft", _FT, "height gained (lost: negative) up to the last position before, over 25 minutes or what was seen of them"),
    _may("after_change_ft", _FT, "height gained from the first position after, over 25 minutes or what was seen of them"),
    _may("start_ms", _MS, "first position of the flight in"),
    _may("start_latitude_e7", _E7, "first position of the flight in"),
    _may("start_longitude_e7", _E7, "first position of the flight in"),
    _may("start_altitude_ft", _FT, "its pressure altitude, else its geometric height"),
)

CALLS = (
    _must("stop_id", _TEXT, "the stop"),
    _must("ident", _TEXT, "the airfield"),
    ADDRESS,
    _must("time_ms", _MS, "last position before the stop, or the first after it where there is none before"),
    _must("probability", pa.float32(), "1 for a stop seen there; else how likely it was there by position, height and runway alone"),
    _must("seen", _FLAG, "seen on the ground there"),
    _may("operator", _TEXT, "letters of its call sign before the first digit"),
    _may("callsign", _TEXT, "its call sign on the way in, else on the way out"),
    _may("type_designator", _TEXT, "its type"),
    DATA_KIND,
)

EVIDENCE = {
    "way_in": "distance, heading, height and speed at the last fix",
    "way_out": "distance, heading and height at the next fix",
    "field": "kind of field and its runway for this kind of aircraft",
    "origin": "where the flight had begun",
    "history": "who called there before",
    "route": "published route of the call sign",
}

CANDIDATES = (
    _must("stop_id", _TEXT, "the stop"),
    ADDRESS,
    _must("rank", pa.int32(), "plain order, 1 first; ruled-out ones after all others"),
    _must("outcome", _TEXT, "airfield, site, unlisted or kept_flying"),
    _may("ident", _TEXT, "airfield"),
    _may("latitude_deg", pa.float64(), "where"),
    _may("longitude_deg", pa.float64(), "where"),
    _must("ruled_out", _FLAG, "at least one reason against makes it impossible or implausible by the rules"),
    _must("objections", pa.int32(), "bits of model.objections"),
    _may("distance_in_nm", pa.float32(), "great circle from the last fix before"),
    _may("turn_in_deg", pa.float32(), "turn from the track at the last fix towards the field"),
    _may("descent_deg", pa.float32(), "mean slope from the last fix down to the field; above 3 means steeper than usual"),
    _may("distance_out_nm", pa.float32(), "great circle to the first fix after"),
    _may("turn_out_deg", pa.float32(), "angle between the direct course from the field and the track at the first fix after"),
    _may("needed_min", pa.float32(), "least time the flight in, taxi and the flight out need"),
    _may("available_min", pa.float32(), "length of the silence; null while open"),
    _may("runway_length_ft", pa.int32(), "longest usable runway as published"),
    _may("runway_width_ft", pa.int32(), "its width as published"),
    _may("need_length_ft", pa.int32(), "what the type needs"),
    _may("need_width_ft", pa.int32(), "what the type needs"),
    _may("probability", pa.float32(), "of this outcome; all of a stop's add up to 1"),
    _may("calls_count", pa.float32(), "earlier stops known there, seen ones and the expected number of unseen ones"),
    _may("operator_calls_count", pa.float32(), "of the same operator's letters"),
    _may("own_calls_count", pa.float32(), "of the same airframe"),
    _may("on_route", pa.string(), "end, beginning or between on the published route of its call sign; off it: none"),
    *(_may(f"{kind}_nats", pa.float32(), f"{what}: natural logarithm of how much it speaks for the field, 0 where it says nothing")
      for kind, what in EVIDENCE.items()),
)

CROSSINGS = (
    _must("id", _TEXT, "crossing-ADDRESS-REGION-FIRSTTIME"),
    ADDRESS,
    _must("flight_id", _TEXT, "the flight"),
    _must("sequence", pa.int32(), "order along the line of the flight, 1 first"),
    _must("region_kind", _TEXT, "country, sea, fir or area"),
    _must("region_ident", _TEXT, "code of the region in its data set"),
    _must("entry_grade", _TEXT, "observed: a trustworthy fix lies inside, farther from the border than the shapes' error"),
    _may("entry_earliest_ms", _MS, "last fix surely outside; null where there is none: the data begin inside or too near to the border"),
    _must("entry_latest_ms", _MS, "first fix surely inside, or the end of the silence"),
    _may("entry_latitude_deg", pa.float64(), "where the line between the fixes meets the border; null where the data begin inside"),
    _may("entry_longitude_deg", pa.float64(), "the same"),
    _must("exit_grade", _TEXT, "as for the entry; unknown where the data end inside"),
    _may("exit_earliest_ms", _MS, "last fix surely inside; null where the data end inside"),
    _may("exit_latest_ms", _MS, "first fix surely outside; null where there is none"),
    _may("exit_latitude_deg", pa.float64(), "where"),
    _may("exit_longitude_deg", pa.float64(), "where"),
    _must("flags", _TEXTS, "near_border:CODE where it may be the neighbour instead, silence, flagged_positions ..."),
    DATA_KIND,
    RULES,
)

FLIGHT_BOXES = (
    ADDRESS,
    _must("flight_id", _TEXT, "the flight"),
    _must("first_ms", _MS, "first fix of this piece of its line"),
    _must("last_ms", _MS, "last fix of the piece"),
    _must("south_deg", pa.float32(), "the piece, great circles between its fixes, lies inside this box"),
    _must("north_deg", pa.float32(), "the same"),
    _must("west_deg", pa.float32(), "the same; below -180 where the piece crosses the antimeridian westwards"),
    _must("east_deg", pa.float32(), "the same; above 180 where it crosses eastwards"),
)

SITES = (
    _must("ident", _TEXT, "site- and its place to a hundredth of a degree"),
    _must("latitude_deg", pa.float64(), "median of where its stops were, or point to"),
    _must("longitude_deg", pa.float64(), "the same"),
    _must("radius_nm", pa.float64(), "farthest of them from it"),
    _must("seen_count", pa.int64(), "stops seen on the ground there"),
    _must("dark_count", pa.int64(), "silences that point there"),
    _must("aircraft_count", pa.int64(), "airframes among them"),
    _must("known_day", pa.int32(), "first UTC day on which it could have been known: after the stops that make a site"),
    _must("first_ms", _MS, "first of its stops"),
    _must("last_ms", _MS, "last of its stops"),
    _must("stop_ids", _TEXTS, "the stops"),
)

LINEAGE = (
    _must("batch", pa.int64(), "number of the batch in the catalogue"),
    ADDRESS,
    _must("first_ms", _MS, "first position of that address the batch holds"),
    _must("last_ms", _MS, "last position"),
    _must("accepted_count", pa.int64(), "positions it brought that were not there yet"),
    _must("duplicate_count", pa.int64(), "positions it brought that were there already"),
)

TABLES: dict[str, tuple[Field, ...]] = {
    "positions": POSITIONS,
    "claims": CLAIMS,
    "airfields": LISTED_AIRFIELDS,
    "runways": RUNWAYS,
    "routes": ROUTES,
    "airspaces": AIRSPACES,
    "types": TYPES,
    "position_flags": POSITION_FLAGS,
    "flights": FLIGHTS,
    "stops": STOPS,
    "crossings": CROSSINGS,
    "flight_boxes": FLIGHT_BOXES,
    "calls": CALLS,
    "lineage": LINEAGE,
}
