"""The one table of every field: name, Arrow type, unit, meaning. Schemas, glossary and contracts are made from it.

A table name in capitals (`POSITIONS`, `FLIGHTS` ...) is a tuple of `Field`; `schema(POSITIONS)` is its Arrow
schema. Times are whole milliseconds since the epoch, UTC; coordinates in files are whole 1e-7 degrees so that
every engine agrees to the last digit. Unknown is null.
"""

from __future__ import annotations

import pyarrow as pa

from overflight.model.field import ADDRESS_MEANING, DATA_KIND, may, must
from overflight.model.field import Field as Field
from overflight.model.field import schema as schema
from overflight.model.identity_fields import ADDRESS_BLOCKS as ADDRESS_BLOCKS
from overflight.model.identity_fields import CLAIMS as CLAIMS
from overflight.model.identity_fields import DESIGNATORS as DESIGNATORS
from overflight.model.identity_fields import DOCUMENTS as DOCUMENTS
from overflight.model.identity_fields import MARK_PREFIXES as MARK_PREFIXES
from overflight.model.identity_fields import TOMBSTONES as TOMBSTONES

_TEXT, _TEXTS, _FLAG = pa.string(), pa.list_(pa.string()), pa.bool_()
_MS, _E7, _FT = pa.int64(), pa.int32(), pa.int32()

ADDRESS = must("address", pa.uint32(), ADDRESS_MEANING)
RULES = must("rules", _TEXT, "versions of the rules that made the row")

POSITIONS = (
    ADDRESS,
    must("time_ms", _MS, "when the position was heard, as the source states it"),
    must("latitude_e7", _E7, "WGS-84 latitude, 1e-7 degree"),
    must("longitude_e7", _E7, "WGS-84 longitude in [-180, 180), 1e-7 degree"),
    may("baro_altitude_ft", _FT, "pressure altitude above 1013.25 hPa"),
    may("geo_altitude_ft", _FT, "height above the WGS-84 ellipsoid"),
    may("groundspeed_kt", pa.float32(), "speed over the ground"),
    may("track_deg", pa.float32(), "direction of motion over the ground, degrees from true north"),
    may("vertical_rate_fpm", pa.int32(), "climb positive"),
    may("vertical_rate_geometric", _FLAG, "true: rate of geometric height; false: of pressure altitude"),
    may("on_ground", _FLAG, "what the aircraft or the source said of being on the ground; never inferred"),
    may("callsign", _TEXT, "flight identification as sent, trailing blanks removed"),
    may("squawk", _TEXT, "Mode A code, four octal digits"),
    may("source", _TEXT, "how it was heard, in readsb's words: adsb_icao, adsr_icao, tisb_other, mlat, adsc, mode_s ..."),
    may("nic", pa.int8(), "navigation integrity category, where reported with this position"),
    may("nac_p", pa.int8(), "navigation accuracy category for position"),
    may("sil", pa.int8(), "source integrity level"),
    may("adsb_version", pa.int8(), "ADS-B version number (0: DO-260, 1: DO-260A, 2: DO-260B)"),
    must("stale", _FLAG, "the source marks the position as not fresh"),
    must("new_leg", _FLAG, "the source marks the start of a leg"),
    must("feed", _TEXT, "the format it came in: readsb_trace, aircraft_json, opensky_states, generic_csv ..."),
    DATA_KIND,
    may("assumed", _TEXT, "comma-separated: fields of a reconstruction that nobody printed or recorded; time_zone: a log's times carry none and were read as UTC; time: the source does not say when exactly the position was heard"),
)

AIRFIELDS = (
    must("ident", _TEXT, "OurAirports ident (the ICAO location indicator where there is one)"),
    must("name", _TEXT, "name in the source's spelling"),
    may("country", _TEXT, "ISO 3166-1 alpha-2 code as the source gives it"),
    must("kind", _TEXT, "large_airport, medium_airport, small_airport, heliport, seaplane_base, balloonport, closed"),
    must("latitude_deg", pa.float64(), "reference point"),
    must("longitude_deg", pa.float64(), "reference point"),
    may("elevation_ft", pa.int32(), "above mean sea level"),
    may("iata", _TEXT, "IATA code"),
    may("scheduled", _FLAG, "the list says that scheduled flights use it"),
    may("opened_day", pa.int32(), "first UTC day on which the field was in use, where a dated fact says so"),
    may("closed_day", pa.int32(), "first UTC day on which it was no longer in use, where a dated fact says so"),
    may("note", _TEXT, "the dated fact in words"),
    may("note_source", _TEXT, "where that fact was published"),
)

LISTED_AIRFIELDS = (
    *AIRFIELDS,
    may("source_id", pa.int64(), "the list's own number of the field, which outlives a change of its ident"),
    may("icao", _TEXT, "ICAO location indicator, where it is not the ident"),
    may("also", _TEXT, "other names and former codes, as the list words them"),
)

RUNWAYS = (
    must("ident", _TEXT, "ident of the airfield"),
    may("name", _TEXT, "runway ends, `02L/20R`"),
    may("length_ft", pa.int32(), "published length"),
    may("width_ft", pa.int32(), "published width"),
    may("surface", _TEXT, "surface in the source's words"),
    must("closed", _FLAG, "the source marks the runway closed"),
    may("le_latitude_deg", pa.float64(), "low-numbered end"),
    may("le_longitude_deg", pa.float64(), "low-numbered end"),
    may("he_latitude_deg", pa.float64(), "high-numbered end"),
    may("he_longitude_deg", pa.float64(), "high-numbered end"),
)

ROUTES = (
    must("callsign", _TEXT, "call sign as published"),
    must("airports", _TEXTS, "codes of the airports in order, as published: ICAO location indicators, IATA codes where there is none"),
    must("day", pa.int32(), "UTC day (since 1970-01-01) of the list; it says what was planned, never that it was flown"),
    must("source", _TEXT, "who published it"),
)

AIRSPACES = (
    must("kind", _TEXT, "fir, sector, airspace, or what the list calls it: prohibited, restricted, danger, ctr, tma ..."),
    must("ident", _TEXT, "its designator (LLLL, LLD-12), else its name"),
    must("name", _TEXT, "name as published, else the ident"),
    may("floor_ft", pa.int32(), "lower limit as published, counted from floor_reference; null where it needs no number or none was said"),
    may("floor_reference", _TEXT, "fl (pressure altitude), amsl, agl, sfc (the ground), unknown (said, not understood); null: the list says nothing"),
    may("ceiling_ft", pa.int32(), "upper limit, likewise"),
    may("ceiling_reference", _TEXT, "the same, and unl (no upper limit)"),
    must("geometry", _TEXT, "outline as GeoJSON MultiPolygon on WGS-84, cut at longitude 180"),
    may("repaired", _TEXT, "what was wrong with the published outline, which was repaired; null for a sound one"),
    must("source", _TEXT, "which list, as in `place fir:LLLL@LIST`"),
    must("day", pa.int32(), "UTC day (since 1970-01-01) of the list"),
)

TYPES = (
    must("type_designator", _TEXT, "ICAO Doc 8643 type designator"),
    must("name", _TEXT, "type in words"),
    must("category", _TEXT, "landplane, helicopter, seaplane, glider or balloon"),
    must("role", _TEXT, "airliner, regional, business, utility, light, transport, combat, helicopter, glider or balloon: what it is used for as a type, never what this airframe does"),
    may("runway_length_ft", pa.int32(), "shortest runway on which its operators are known to use it, as published"),
    may("runway_width_ft", pa.int32(), "narrowest, as published"),
    may("unpaved", _FLAG, "known to use unpaved runways"),
    may("cruise_kt", pa.int32(), "typical true airspeed in cruise"),
    must("source", _TEXT, "where the figures were published, or why they are what they are"),
)

POSITION_FLAGS = (
    ADDRESS,
    must("time_ms", _MS, "time of the flagged position"),
    must("latitude_e7", _E7, "the flagged position"),
    must("longitude_e7", _E7, "the flagged position"),
    must("flags", pa.int32(), "bits of model.flags"),
)


def _fix(prefix: str, what: str) -> tuple[Field, ...]:
    return (
        may(f"{prefix}_ms", _MS, f"time of {what}"),
        may(f"{prefix}_latitude_e7", _E7, what),
        may(f"{prefix}_longitude_e7", _E7, what),
        may(f"{prefix}_baro_altitude_ft", _FT, f"pressure altitude of {what}"),
        may(f"{prefix}_geo_altitude_ft", _FT, f"geometric height of {what}"),
        may(f"{prefix}_on_ground", _FLAG, f"ground bit of {what}"),
        may(f"{prefix}_track_deg", pa.float32(), f"track of {what}"),
        may(f"{prefix}_groundspeed_kt", pa.float32(), f"speed of {what}"),
        may(f"{prefix}_vertical_rate_fpm", pa.int32(), f"vertical rate of {what}"),
        may(f"{prefix}_assumed", _TEXT, f"what is assumed of {what} in a reconstruction"),
    )


FLIGHTS = (
    must("id", _TEXT, "flight-ADDRESS-FIRSTTIME"),
    ADDRESS,
    must("first_seen_ms", _MS, "first position of the flight"),
    must("last_seen_ms", _MS, "last position of the flight"),
    may("origin_stop_id", _TEXT, "the stop it left; null where the data begin in mid-air"),
    may("destination_stop_id", _TEXT, "the stop it reached; null where the data end in mid-air"),
    must("callsigns", _TEXTS, "in order of first use"),
    must("position_count", pa.int64(), "positions of the flight, flagged ones included"),
    must("flagged_count", pa.int64(), "positions of it that carry an integrity flag"),
    must("flags", _TEXTS, "integrity flags met on the flight and remarks such as unseen or silence"),
    must("sources", _TEXTS, "feed/source pairs heard"),
    DATA_KIND,
    RULES,
    *_fix("first", "the first position"),
    *_fix("last", "the last position"),
)

STOPS = (
    must("id", _TEXT, "stop-ADDRESS-FIRSTTIME; stop-ADDRESS-before-TIME for the one with which the data begin"),
    ADDRESS,
    may("arrival_earliest_ms", _MS, "it cannot have landed before; null where the data begin with it down"),
    may("arrival_latest_ms", _MS, "it cannot have landed after"),
    may("departure_earliest_ms", _MS, "it cannot have left before; null while the stop is open"),
    may("departure_latest_ms", _MS, "it cannot have left after"),
    may("ground_min_s", pa.int64(), "shortest time on the ground the data allow"),
    may("ground_max_s", pa.int64(), "longest; null while open"),
    may("seen_groundspeed_kt", pa.float32(), "highest trusted speed on the flights in and out: tells jets from others"),
    may("seen_altitude_ft", _FT, "highest trusted altitude on the flights in and out"),
    must("seen", _FLAG, "surface or very low reports show it on the ground"),
    may("place_ident", _TEXT, "airfield it was seen on; null where dark, ambiguous or in no list"),
    may("latitude_e7", _E7, "where it was seen on the ground"),
    may("longitude_e7", _E7, "where it was seen on the ground"),
    must("grade", _TEXT, "grade from surface reports alone; unknown for a dark stop until its candidates are weighed"),
    must("arrival_grade", _TEXT, "grade of the landing there"),
    must("departure_grade", _TEXT, "grade of the take-off there"),
    may("flight_in_id", _TEXT, "flight that ended here"),
    may("flight_out_id", _TEXT, "flight that began here"),
    may("callsign_in", _TEXT, "last call sign before"),
    may("callsign_out", _TEXT, "first call sign after"),
    must("flags", _TEXTS, "remarks: dark, touch_and_go, silence, spoofing nearby ..."),
    DATA_KIND,
    RULES,
    *_fix("before", "the last position before the stop"),
    *_fix("after", "the first position after the stop"),
    may("before_change_ft", _FT, "height gained (lost: negative) up to the last position before, over 25 minutes or what was seen of them"),
    may("after_change_ft", _FT, "height gained from the first position after, over 25 minutes or what was seen of them"),
    may("start_ms", _MS, "first position of the flight in"),
    may("start_latitude_e7", _E7, "first position of the flight in"),
    may("start_longitude_e7", _E7, "first position of the flight in"),
    may("start_altitude_ft", _FT, "its pressure altitude, else its geometric height"),
)

CALLS = (
    must("stop_id", _TEXT, "the stop"),
    must("ident", _TEXT, "the airfield"),
    ADDRESS,
    must("time_ms", _MS, "last position before the stop, or the first after it where there is none before"),
    must("probability", pa.float32(), "1 for a stop seen there; else how likely it was there by position, height and runway alone"),
    must("seen", _FLAG, "seen on the ground there"),
    may("operator", _TEXT, "letters of its call sign before the first digit"),
    may("callsign", _TEXT, "its call sign on the way in, else on the way out"),
    may("type_designator", _TEXT, "its type"),
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
    must("stop_id", _TEXT, "the stop"),
    ADDRESS,
    must("rank", pa.int32(), "plain order, 1 first; ruled-out ones after all others"),
    must("outcome", _TEXT, "airfield, site, unlisted or kept_flying"),
    may("ident", _TEXT, "airfield"),
    may("latitude_deg", pa.float64(), "where"),
    may("longitude_deg", pa.float64(), "where"),
    must("ruled_out", _FLAG, "at least one reason against makes it impossible or implausible by the rules"),
    must("objections", pa.int32(), "bits of model.objections"),
    may("distance_in_nm", pa.float32(), "great circle from the last fix before"),
    may("turn_in_deg", pa.float32(), "turn from the track at the last fix towards the field"),
    may("descent_deg", pa.float32(), "mean slope from the last fix down to the field; above 3 means steeper than usual"),
    may("distance_out_nm", pa.float32(), "great circle to the first fix after"),
    may("turn_out_deg", pa.float32(), "angle between the direct course from the field and the track at the first fix after"),
    may("needed_min", pa.float32(), "least time the flight in, taxi and the flight out need"),
    may("available_min", pa.float32(), "length of the silence; null while open"),
    may("runway_length_ft", pa.int32(), "longest usable runway as published"),
    may("runway_width_ft", pa.int32(), "its width as published"),
    may("need_length_ft", pa.int32(), "what the type needs"),
    may("need_width_ft", pa.int32(), "what the type needs"),
    may("probability", pa.float32(), "of this outcome; all of a stop's add up to 1"),
    may("calls_count", pa.float32(), "earlier stops known there, seen ones and the expected number of unseen ones"),
    may("operator_calls_count", pa.float32(), "of the same operator's letters"),
    may("own_calls_count", pa.float32(), "of the same airframe"),
    may("on_route", pa.string(), "end, beginning or between on the published route of its call sign; off it: none"),
    *(may(f"{kind}_nats", pa.float32(), f"{what}: natural logarithm of how much it speaks for the field, 0 where it says nothing")
      for kind, what in EVIDENCE.items()),
)

CROSSINGS = (
    must("id", _TEXT, "crossing-ADDRESS-REGION-FIRSTTIME"),
    ADDRESS,
    must("flight_id", _TEXT, "the flight"),
    must("sequence", pa.int32(), "order along the line of the flight, 1 first"),
    must("region_kind", _TEXT, "country, sea, fir or area"),
    must("region_ident", _TEXT, "code of the region in its data set"),
    must("entry_grade", _TEXT, "observed: a trustworthy fix lies inside, farther from the border than the shapes' error"),
    may("entry_earliest_ms", _MS, "last fix surely outside; null where there is none: the data begin inside or too near to the border"),
    must("entry_latest_ms", _MS, "first fix surely inside, or the end of the silence"),
    may("entry_latitude_deg", pa.float64(), "where the line between the fixes meets the border; null where the data begin inside"),
    may("entry_longitude_deg", pa.float64(), "the same"),
    must("exit_grade", _TEXT, "as for the entry; unknown where the data end inside"),
    may("exit_earliest_ms", _MS, "last fix surely inside; null where the data end inside"),
    may("exit_latest_ms", _MS, "first fix surely outside; null where there is none"),
    may("exit_latitude_deg", pa.float64(), "where"),
    may("exit_longitude_deg", pa.float64(), "where"),
    must("flags", _TEXTS, "near_border:CODE where it may be the neighbour instead, silence, flagged_positions ..."),
    DATA_KIND,
    RULES,
)

FLIGHT_BOXES = (
    ADDRESS,
    must("flight_id", _TEXT, "the flight"),
    must("first_ms", _MS, "first fix of this piece of its line"),
    must("last_ms", _MS, "last fix of the piece"),
    must("south_deg", pa.float32(), "the piece, great circles between its fixes, lies inside this box"),
    must("north_deg", pa.float32(), "the same"),
    must("west_deg", pa.float32(), "the same; below -180 where the piece crosses the antimeridian westwards"),
    must("east_deg", pa.float32(), "the same; above 180 where it crosses eastwards"),
)

SITES = (
    must("ident", _TEXT, "site- and its place to a hundredth of a degree"),
    must("latitude_deg", pa.float64(), "median of where its stops were, or point to"),
    must("longitude_deg", pa.float64(), "the same"),
    must("radius_nm", pa.float64(), "farthest of them from it"),
    must("seen_count", pa.int64(), "stops seen on the ground there"),
    must("dark_count", pa.int64(), "silences that point there"),
    must("aircraft_count", pa.int64(), "airframes among them"),
    must("known_day", pa.int32(), "first UTC day on which it could have been known: after the stops that make a site"),
    must("first_ms", _MS, "first of its stops"),
    must("last_ms", _MS, "last of its stops"),
    must("stop_ids", _TEXTS, "the stops"),
)

LINEAGE = (
    must("batch", pa.int64(), "number of the batch in the catalogue"),
    ADDRESS,
    must("first_ms", _MS, "first position of that address the batch holds"),
    must("last_ms", _MS, "last position"),
    must("accepted_count", pa.int64(), "positions it brought that were not there yet"),
    must("duplicate_count", pa.int64(), "positions it brought that were there already"),
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
    "documents": DOCUMENTS,
    "tombstones": TOMBSTONES,
    "designators": DESIGNATORS,
    "address_blocks": ADDRESS_BLOCKS,
    "mark_prefixes": MARK_PREFIXES,
}
