"""Never entered: an aircraft's time as stretches in which it was at a place: excluded, possible, or seen.

Only positions fit to prove something count as having been outside; a silence excludes nothing but what the
aircraft was too slow for. "Not seen" is never "was not there".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from overflight.clock import iso_utc
from overflight.detect.absence import (
    ENTERED,
    EXCLUDED,
    POSSIBLE,
    UNSEEN,
    VERSION,
    AbsenceRules,
    Sight,
    Stretch,
    climb_limit,
    find_absence,
    speed_limit,
)
from overflight.detect.columns import Columns, columns_of
from overflight.detect.integrity import NO_PROOF, QUARANTINE
from overflight.detect.layers import EVERY_HEIGHT, LayerRules, clearance_ft, heights
from overflight.errors import QuestionError
from overflight.geo.borders import Borders
from overflight.geo.fences import Fence, alone
from overflight.model.address import icao24_text
from overflight.model.grades import MIXED, RECORDED
from overflight.registry.marks import is_civil
from overflight.search.answer import Answer
from overflight.search.contract import Row, finish, fix_object, interval_object
from overflight.search.drawn import flags_of, surely_inside
from overflight.search.guesses import suggestions
from overflight.search.identity import identities, is_asked_for, register_of, who_columns, with_remark
from overflight.search.loaded import HOUR_MS, Loaded
from overflight.search.places import Airfield, Country, Place
from overflight.search.regions import region_object, regions_of
from overflight.search.rows import find_by
from overflight.search.scope import Question, Scope, find_scope
from overflight.search.silence import NOT_LOADED as NOTHING_LOADED
from overflight.search.silence import find_silence
from overflight.search.sources import Sources
from overflight.search.withheld import WITHHELD, withheld_remarks
from overflight.store.conditions import Condition
from overflight.store.view import View
from overflight.units import (
    KILOMETRES_PER_NAUTICAL_MILE,
    MILLISECONDS_PER_DAY,
    MILLISECONDS_PER_SECOND,
)

NOT_LOADED = "not_loaded"
OUTCOMES = (EXCLUDED, POSSIBLE, NOT_LOADED, ENTERED)
_WORST = (ENTERED, POSSIBLE, NOT_LOADED, EXCLUDED)  # what the whole is called
WHOLE, PART = "whole", "stretch"
FLAGGED_INSIDE = "flagged_positions_inside"
BESIDE_DAYS = 2  # before and after the time asked about: how far fixes are looked for that hold its ends
_NOTHING_SHOWN = "nothing of it is shown here, and whether anything of it was received cannot be told"
MOST_TOLD = 40  # stretches of which it is looked up who else was received there: each reads positions


@dataclass(frozen=True)
class _Target:
    """The place as the kernel wants it."""

    place: Place
    borders: Borders  # of the place alone
    fence: Fence
    object: Row


@dataclass(frozen=True)
class _Watch:
    """One aircraft's trusted fixes around a time, and what was thrown away of them inside the place."""

    address: int
    since_ms: int
    until_ms: int
    columns: Columns
    flagged_inside: int
    data_kind: str


def find_absences(asked: Question, sources: Sources, loaded: Loaded) -> Answer:
    """Rows of the contract's `absences`: of each aircraft one for the whole time, then its stretches.

    Without a time, from its first report to its last. Of a call sign: from the first to the last report of
    the flights that used it. Raises QuestionError without aircraft or place.
    """
    target = _target(asked, sources)
    scope = find_scope(asked, sources.view)
    if scope.everything:
        raise QuestionError(
            "of which aircraft? Give --aircraft or --aircraft-file: that nobody entered is never known"
        )
    watches = [watch for span in _spans(asked, scope, sources) for watch in _watched(sources, target, *span)]
    table = pa.table({
        "address": pa.array([w.address for w in watches], pa.uint32()),
        "start_ms": pa.array([w.since_ms for w in watches], pa.int64()),
    })  # fmt: skip
    who = identities(register_of(sources, table), table, ("start_ms",), asked, scope)
    rows: list[Row] = []
    for watch, known in zip(watches, who, strict=True):
        if is_asked_for(asked, scope, watch.address, known):
            rows += _rows(asked, sources, loaded, target, watch, known)
    remarks = (*_remarks(asked, scope), *regions_of(target.place, sources.borders).remarks)
    hidden = withheld_remarks(asked, sources.view)
    nothing = _NOTHING_SHOWN if hidden else "nothing of it is in this archive"
    remarks += hidden
    remarks += tuple(
        f"{icao24_text(address)}: {nothing}; to ask about a time give --since, --until"
        for address in sorted(scope.addresses - {watch.address for watch in watches})
    )
    return Answer(
        "absences", rows, {}, scope.missing, suggestions(sources.view, scope.missing) + remarks,
        sources.offset_of, summary=_summary(rows),
    )  # fmt: skip


def _target(asked: Question, sources: Sources) -> _Target:
    place = sources.place_asked(asked)
    if place is None:
        raise QuestionError("never entered what? Give a country, fir:LLLL, airspace:NAME, sea:CY or an area")
    if isinstance(place, Airfield):
        where = f"{place.place['latitude_deg']:.3f},{place.place['longitude_deg']:.3f}"
        raise QuestionError(
            f"{place.ident} is an airfield; draw a circle around it, circle:{where},5nm, or ask `visits`"
        )
    if isinstance(place, Country):
        if place.ident not in sources.borders.idents:
            raise QuestionError(
                f"{place.name} is too small for the shapes of this package; draw a circle around it"
            )
        borders, kind = alone(sources.borders, sources.borders.idents.index(place.ident)), "country"
    else:
        borders, kind = place.borders, place.kind
    shown = region_object(kind, borders.idents[0], borders, place.limits)
    return _Target(place, borders, Fence.of(borders, 0), shown)


def _remarks(asked: Question, scope: Scope) -> Iterator[str]:
    if scope.flight_ids:
        yield "of a call sign only the time from the first to the last report of its flights is answered for"
    if asked.since_ms is None or asked.until_ms is None:
        yield "where no time was asked for, it runs to the first or the last report held"
    if asked.min_grade is not None:
        yield "stretches have no grade; --min-grade was not used"


def _spans(asked: Question, scope: Scope, sources: Sources) -> list[tuple[int, int | None, int | None]]:
    """Address, and the time to answer for (ms, None where it is not said)."""
    spans = [(address, asked.since_ms, asked.until_ms) for address in sorted(scope.addresses)]
    names = ["address", "first_seen_ms", "last_seen_ms"]
    flown = find_by(sources.view, "flights", "id", scope.flight_ids, columns=names).to_pylist()
    for address in sorted({row["address"] for row in flown} - set(scope.addresses)):
        first = min(row["first_seen_ms"] for row in flown if row["address"] == address)
        last = max(row["last_seen_ms"] for row in flown if row["address"] == address) + 1
        since = first if asked.since_ms is None else max(first, asked.since_ms)
        until = last if asked.until_ms is None else min(last, asked.until_ms)
        if since < until:
            spans.append((address, since, until))
    return spans


def _watched(
    sources: Sources, target: _Target, address: int, since_ms: int | None, until_ms: int | None
) -> Iterator[_Watch]:
    """The trusted fixes of an address in the time, with the last before and the first after it."""
    beside = BESIDE_DAYS * MILLISECONDS_PER_DAY
    within = [Condition("address", "=", address)]
    within += [Condition("time_ms", ">=", since_ms - beside)] if since_ms is not None else []
    within += [Condition("time_ms", "<", until_ms + beside)] if until_ms is not None else []
    found = sources.view.find("positions", within).combine_chunks()
    order = [("time_ms", "ascending"), ("latitude_e7", "ascending"), ("longitude_e7", "ascending")]
    found = found.sort_by(order)
    good = flags_of(sources.view, found) & (QUARANTINE | NO_PROOF) == 0
    time = found["time_ms"].to_numpy()
    if not len(time) and (since_ms is None or until_ms is None):
        return
    since = since_ms if since_ms is not None else int(time[0])
    until = until_ms if until_ms is not None else int(time[-1]) + 1
    asked = (time >= since) & (time < until)
    before, after = np.flatnonzero(good & (time < since))[-1:], np.flatnonzero(good & (time >= until))[:1]
    keep = np.r_[before, np.flatnonzero(good & asked), after].astype(np.int64)
    poor = columns_of(found.filter(pa.array(asked & ~good)))
    inside = surely_inside(target.borders, poor.latitude_deg, poor.longitude_deg)
    kinds = set(found.filter(pa.array(asked))["data_kind"].to_pylist())
    kind = kinds.pop() if len(kinds) == 1 else MIXED if kinds else RECORDED
    columns = columns_of(found.take(pa.array(keep)))
    yield _Watch(address, since, until, columns, int((inside == 1).sum()), kind)


def _rows(
    asked: Question, sources: Sources, loaded: Loaded, target: _Target, watch: _Watch, who: Mapping[str, Any]
) -> list[Row]:
    c, rules = watch.columns, AbsenceRules()
    need = sources.types.need_of(who["type_designator"])
    seen = float(np.nanmax(c.groundspeed_kt)) if np.isfinite(c.groundspeed_kt).any() else None
    civil = is_civil(who["registration"], who["military"])
    limit, why = speed_limit(need.cruise_kt, need.role, civil, seen, rules)
    climb = climb_limit(need.role, civil, rules)
    inside = surely_inside(target.borders, c.latitude_deg, c.longitude_deg)
    layer = EVERY_HEIGHT if isinstance(target.place, Airfield) else target.place.layer
    sight = Sight.of(c, inside, heights(layer, c, LayerRules()), clearance_ft(layer, c, LayerRules()))
    found = find_absence(sight, target.fence, limit, climb, watch.since_ms, watch.until_ms, rules)
    stretches = [_held(one, loaded, sources.view) for one in found]
    flags = with_remark([FLAGGED_INSIDE] if watch.flagged_inside else [], dict(who))
    common = {
        "data_kind": watch.data_kind, "icao24": icao24_text(watch.address), **who_columns(dict(who)),
        "region": target.object, "speed_limit_kt": round(limit), "speed_source": why,
        "flagged_inside_count": watch.flagged_inside, "flags": flags, "rules": VERSION,
    }  # fmt: skip
    told = [
        _row(one, _marked(common, [one], sources.view), c,
             _others(asked, sources, loaded, watch, one) if k < MOST_TOLD else {})
        for k, one in enumerate(sorted(stretches, key=lambda s: s.outcome == EXCLUDED))
    ]  # fmt: skip
    told.sort(key=lambda row: str(row["since"]))
    whole = _whole(stretches, _marked(common, stretches, sources.view), watch)
    finished = [whole, *told]
    return [finish("absences", row, sources.archive_version) for row in _identified(finished, watch, target)]


def _marked(common: Row, stretches: list[Stretch], view: View) -> Row:
    """The same with the flag WITHHELD where something of a possible stretch may not be shown."""
    times = ((s.since_ms, max(s.until_ms, s.since_ms + 1)) for s in stretches if s.outcome == POSSIBLE)
    hidden = any(view.withholds(*time) for time in times)
    return common | {"flags": [*common["flags"], WITHHELD]} if hidden else common


def _held(one: Stretch, loaded: Loaded, view: View) -> Stretch:
    """A possible stretch, called not loaded where no hour in which it could have been is loaded.

    What may not be shown counts as loaded: of such a time it is not known here.
    """
    if one.outcome != POSSIBLE or one.could_since_ms is None or one.could_until_ms is None:
        return one
    hours = range(one.could_since_ms // HOUR_MS, one.could_until_ms // HOUR_MS + 1)
    known = any(hour in loaded.hours for hour in hours)
    known = known or view.withholds(hours.start * HOUR_MS, hours.stop * HOUR_MS)
    return one if known else replace(one, outcome=NOT_LOADED)


def _others(asked: Question, sources: Sources, loaded: Loaded, watch: _Watch, one: Stretch) -> Row:
    """Who else was received at the place while this aircraft could have been there."""
    if one.outcome != POSSIBLE or one.could_since_ms is None or one.could_until_ms is None:
        return {}
    about = replace(
        asked, aircraft=(f"hex:{icao24_text(watch.address)}",), types=(), since_ms=one.could_since_ms + 1,
        until_ms=max(one.could_until_ms, one.could_since_ms + 2), min_grade=None,
    )  # fmt: skip
    silence = find_silence(about, sources, loaded)
    if silence is None or silence.kind == NOTHING_LOADED:
        return {}
    return {
        "reception": silence.kind,
        "other_aircraft_count": silence.aircraft_count,
        "lowest_ft": silence.lowest_ft,
    }


def _row(one: Stretch, common: Row, c: Columns, others: Row) -> Row:
    """A stretch as the contract has it, without its id."""
    lasts = {f"{name}_s": 0 for name in OUTCOMES}
    lasts[f"{one.outcome}_s"] = round((one.until_ms - one.since_ms) / MILLISECONDS_PER_SECOND)
    count = 0 if one.first < 0 or one.last < 0 else one.last - one.first + 1
    known = [k for k in (one.first, one.last) if k >= 0]
    return {
        **common, "part": PART, "outcome": one.outcome, "reason": one.reason or None,
        "since": iso_utc(one.since_ms), "until": iso_utc(one.until_ms),
        "could": interval_object(one.could_since_ms, one.could_until_ms),
        "windows": _windows([one]), **lasts,
        "position_count": count if count else len(known), "nearest_km": _km(one.nearest_nm),
        "longest_silence_s": round(one.longest_silence_ms / MILLISECONDS_PER_SECOND),
        "reception": None, "other_aircraft_count": None, "lowest_ft": None, **others,
        "before": _fix(c, one.first), "after": _fix(c, one.last),
    }  # fmt: skip


def _whole(stretches: list[Stretch], common: Row, watch: _Watch) -> Row:
    """The whole time of one aircraft."""
    lasts = {
        f"{name}_s": round(
            sum(s.until_ms - s.since_ms for s in stretches if s.outcome == name) / MILLISECONDS_PER_SECOND
        )
        for name in OUTCOMES
    }
    could = [s for s in stretches if s.outcome in (POSSIBLE, NOT_LOADED) and s.could_since_ms is not None]
    soonest = min((s.could_since_ms or 0 for s in could), default=None)
    latest = max((s.could_until_ms or 0 for s in could), default=None)
    held = {s.outcome for s in stretches}
    time = watch.columns.time_ms
    return {
        **common, "part": WHOLE, "outcome": next(name for name in _WORST if name in held or name == EXCLUDED),
        "reason": None, "since": iso_utc(watch.since_ms), "until": iso_utc(watch.until_ms),
        "could": interval_object(soonest, latest), "windows": _windows(stretches), **lasts,
        "position_count": int(((time >= watch.since_ms) & (time < watch.until_ms)).sum()),
        "nearest_km": _km(min((s.nearest_nm for s in stretches if s.reason != UNSEEN), default=np.nan)),
        "longest_silence_s": round(
            max((s.longest_silence_ms for s in stretches), default=0) / MILLISECONDS_PER_SECOND
        ),
        "reception": None, "other_aircraft_count": None, "lowest_ft": None, "before": None, "after": None,
    }  # fmt: skip


def _windows(stretches: list[Stretch]) -> list[Row]:
    """When it could have been there without having been seen, in order."""
    open_ = [s for s in stretches if s.outcome in (POSSIBLE, NOT_LOADED)]
    return [interval_object(s.could_since_ms, s.could_until_ms) for s in open_]


def _identified(rows: list[Row], watch: _Watch, target: _Target) -> Iterator[Row]:
    """The rows with ids: what they are about, and from when on."""
    about = f"{icao24_text(watch.address)}-{target.object['ident']}"
    for row in rows:
        since = str(row["since"]).replace("-", "").replace(":", "")
        yield row | {"id": f"absence-{about}-{row['part']}-{since}"}


def _km(nm: float) -> float | None:
    return round(float(nm) * KILOMETRES_PER_NAUTICAL_MILE, 1) if np.isfinite(nm) else None


def _fix(c: Columns, at: int) -> Row | None:
    """The contract's fix of a position of the columns."""
    if at < 0:
        return None
    row = c.table.slice(at, 1).to_pylist()[0]
    return fix_object({f"f_{'ms' if name == 'time_ms' else name}": value for name, value in row.items()}, "f")


def _summary(rows: list[Row]) -> str:
    """`2 aircraft: 1 excluded, 1 not seen to, but could have`."""
    whole = [row["outcome"] for row in rows if row["part"] == WHOLE]
    if not whole:
        return "no aircraft found"
    words = {
        ENTERED: "entered (see crossings)", POSSIBLE: "not seen to, but could have", NOT_LOADED: "not loaded",
        EXCLUDED: "excluded",
    }  # fmt: skip
    if any(WITHHELD in row["flags"] for row in rows):
        words[POSSIBLE] = "not shown to, but could have"
    counted = [f"{whole.count(name)} {words[name]}" for name in _WORST if name in whole]
    return f"{len(whole)} aircraft: {', '.join(counted)}; {len(rows) - len(whole)} stretches"
