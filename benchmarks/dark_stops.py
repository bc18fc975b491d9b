"""Hidden stops of an archive and of dense tracks, and what the inference says of them; prints Markdown.

Usage: python benchmarks/dark_stops.py ARCHIVE [--quick] [--tracks FOLDER] [--write FILE]

Weights are fitted here, never taken from the package: on one half of the airframes and asked about the other
half, both ways round; and on all days but the last, asked about the last. `--quick` leaves the second out and
prints fewer tables. Published routes count where the archive holds any: all lines come with and without.

`--tracks` names a folder of recordings with a report each second or ten, JSON lists of records with `icao24`,
`timestamp` (ms UTC), `latitude`, `longitude`, `altitude` (ft), `groundspeed` (kt), `track`, `vertical_rate`
(ft/min). They have no ground bit. Truth there is a track whose last report lies less than 300 ft above a
field and within a nautical mile of its runway; it is then cut at 3, 10, 30 and 60 nm and at 5, 15, 30 and 60
minutes. The archive's calls are of another year: lines with them use them whatever the date.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect.airframes import HELICOPTER
from overflight.detect.columns import columns_of
from overflight.detect.dark.fields import standing_of
from overflight.detect.dark.history import History, no_history
from overflight.detect.derive import Rules
from overflight.detect.integrity import flag_positions
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.model.fields import POSITIONS, schema
from overflight.model.grades import OBSERVED
from overflight.store.folder import Store
from overflight.study.baselines import baseline_ranks
from overflight.study.hiding import Cut, Material, Truth, stops_of
from overflight.study.learn import calls_by, everyone, learnt, lessons_of
from overflight.study.material import Study, read_study
from overflight.study.report import report_of
from overflight.study.score import Judge, answers_of, judge_of, line_of, scored
from overflight.study.tables import markdown, share_text, table_of
from overflight.study.trials import half_of, landing_trial
from overflight.units import E7_PER_DEGREE, MILLISECONDS_PER_DAY, MILLISECONDS_PER_MINUTE

CUTS = [Cut("nm", n) for n in (3, 10, 30, 60)] + [Cut("min", n) for n in (5, 15, 30, 60)]
GROUPED = ("1 fixes", "2 fixes")  # the trials that get tables of groups
TRUE_FT, TRUE_NM = 300.0, 1.0
SPLIT_MIN = 30.0
SHORT_NM, SHORT_FT = (0.3, 1.0), (100.0, 300.0)  # where a track cut short looks most like a landing
NEAR_MIN = 10.0  # of the cut: another stop of the track is not the landing cut away
SHORT_CUTS = 40  # of each track, so that 10,000 come together from a few hundred


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--write", type=Path, help="write the tables there as well")
    options = parser.parse_args()
    if options.tracks:
        files_in(options.tracks)
    lines = []
    for line in printed(options):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        options.write.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


def printed(options: argparse.Namespace) -> Iterator[str]:
    store = Store.open(options.archive)
    study = read_study(store)
    lessons = lessons_of(study)
    yield f"{len(lessons.truth.before):,} stops seen on a field; archive {store.version.digest}."
    halves = [crossed(study, lessons, half) for half in (0, 1)]
    yield from ("", "## Airframes apart from the fit", "")
    yield from report_of(study, lessons, halves, GROUPED[:1] if options.quick else GROUPED)
    if not options.quick:
        yield from ("", "## The last day, fitted on the days before", "")
        yield from table_of(list(last_day(study, lessons)), "hidden stops")
    if options.tracks:
        yield from ("", "## Dense tracks", "")
        judge = judge_of(study, learnt(study, lessons), everyone)
        yield from dense(store, options.tracks, judge, calls_by(study, judge.weights.calls))


def crossed(study: Study, lessons, half: int) -> Judge:
    """Fitted on the other half of the airframes, asked about this one."""
    weights = learnt(study, lessons, lambda address, _: half_of(address) != half)
    return judge_of(study, weights, lambda address, _: half_of(address) == half)


def last_day(study: Study, lessons) -> Iterator:
    """Lines of the last day by weights of the days before: the airframes are the same, their days are not."""
    times = study.material.positions["time_ms"]
    split = pc.max(times).as_py() // MILLISECONDS_PER_DAY * MILLISECONDS_PER_DAY
    judge = judge_of(study, learnt(study, lessons, lambda _, ms: ms < split), lambda _, ms: ms >= split)
    for name, (trial, _) in lessons.trials.items():
        own = judge.asked(trial.cases.address, trial.cases.time_ms)
        for routes in (True, False) if study.routes is not None else (False,):
            answers = answers_of(study, trial, [judge], routes)
            yield scored(f"{name}, {'with' if routes else 'without'} routes", answers.some(own))


def dense(store: Store, folder: Path, judge: Judge, calls: pa.Table) -> Iterator[str]:
    """Dense tracks cut at distances and minutes, and cut just short of the runway."""
    study, truth = dense_study(store, folder)
    idents = study.standing.idents
    known = {
        "nothing known of earlier calls": no_history(idents),
        "calls of the archive's days": History(calls, idents, everything=True),
    }
    judges = {
        name: replace(judge, history=held, unseen_history=held, asked=lambda a, _: np.ones(len(a), bool))
        for name, held in known.items()
    }
    yield f"{len(truth.before):,} tracks that end on final approach or on the runway."
    lines = []
    for cut in CUTS:
        trial = landing_trial(study, truth, cut, False)
        if trial.cases.size:
            for name, one in judges.items():
                lines.append(scored(f"{cut.name}: this, {name}", answers_of(study, trial, [one], False)))
            rules = baseline_ranks(study, trial, one).items()
            lines += [line_of(f"{cut.name}: {name}", rank) for name, rank in rules]
    yield from ("", *table_of(lines, "cut"))
    cases, observed = cut_short(study, truth)
    yield from ("", *markdown([
        ["tracks cut short of the runway", "n", "graded observed"],
        ["0.3 to 1 nm out, 100 to 300 ft up", f"{cases:,}", share_text(observed, cases)],
    ]))  # fmt: skip


def dense_study(store: Store, folder: Path) -> tuple[Study, Truth]:
    """The tracks of a folder with the lists of their days, and those that end at a runway as truth."""
    positions = pa.concat_tables([table_of_records(path) for path in files_in(folder)])
    positions = positions.sort_by([("address", "ascending"), ("time_ms", "ascending")]).combine_chunks()
    days = np.unique(positions["time_ms"].to_numpy() // MILLISECONDS_PER_DAY).tolist()
    footprints = footprints_for(gazetteer_of(store), days)
    airframes = airframes_of(store, np.unique(positions["address"].to_numpy()).tolist())
    rules, c = Rules(), columns_of(positions)
    flags = flag_positions(c, rules.integrity, np.zeros(c.size, np.int64))
    material = Material(positions, flags, footprints, airframes, rules)
    study = Study(material, stops_of(material), standing_of(footprints), None)
    return study, runway_ends(study)


def files_in(folder: Path) -> list[Path]:
    """The folder's own files of tracks; ends the program where it has none."""
    files = sorted(folder.glob("*.json*"))
    if not files:
        sys.exit(f"dark_stops: {folder} holds no file of tracks (*.json, *.json.gz)")
    return files


def table_of_records(path: Path) -> pa.Table:
    """POSITIONS of a JSON list of records; rows without place, time or address are left out."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as stream:
        records = json.load(stream)
    records = [r for r in records if None not in (r.get("latitude"), r.get("longitude"), r.get("timestamp"))]
    contract = schema(POSITIONS)
    whole = {
        "address": [int(r["icao24"], 16) for r in records],
        "time_ms": [int(r["timestamp"]) for r in records],
        "latitude_e7": [round(r["latitude"] * E7_PER_DEGREE) for r in records],
        "longitude_e7": [round(r["longitude"] * E7_PER_DEGREE) for r in records],
        "baro_altitude_ft": [_whole(r.get("altitude")) for r in records],
        "groundspeed_kt": [r.get("groundspeed") for r in records],
        "track_deg": [None if r.get("track") is None else r["track"] % 360 for r in records],
        "vertical_rate_fpm": [_whole(r.get("vertical_rate")) for r in records],
        "callsign": [r.get("callsign") for r in records],
        "stale": [False] * len(records), "new_leg": [False] * len(records),
        "feed": ["generic_csv"] * len(records), "data_kind": ["recorded"] * len(records),
    }  # fmt: skip
    columns = {f.name: pa.array(whole.get(f.name, [None] * len(records)), f.type) for f in contract}
    return pa.table(columns).cast(contract)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def runway_ends(study: Study) -> Truth:
    """Tracks whose last report is low over a runway: rows with what hiding asks of STOPS."""
    m = study.material
    c = columns_of(m.positions)
    gap = np.diff(c.time_ms) > SPLIT_MIN * MILLISECONDS_PER_MINUTE
    last = np.flatnonzero(np.r_[gap | (np.diff(c.address) != 0), True])
    rotor = m.airframes.is_category(c.address[last], HELICOPTER)
    day = c.time_ms[last] // MILLISECONDS_PER_DAY
    field, far = m.footprints.locate(c.latitude_deg[last], c.longitude_deg[last], day, rotor)
    height = c.baro_altitude_ft[last] - m.footprints.elevation_ft[np.maximum(field, 0)]
    good = (field >= 0) & (far <= TRUE_NM) & (height < TRUE_FT) & (m.flags[last] == 0)
    last, field = last[good], field[good]
    none = pa.nulls(len(last), pa.int64())
    lat, lon = (a[field] * E7_PER_DEGREE for a in (m.footprints.latitude_deg, m.footprints.longitude_deg))
    rows = pa.table({
        "place_ident": study.standing.ident.take(pa.array(field)), "after_ms": none,
        "departure_earliest_ms": none, "before_ms": pa.array(c.time_ms[last]),
        "arrival_latest_ms": pa.array(c.time_ms[last]), "latitude_e7": pa.array(lat),
        "longitude_e7": pa.array(lon),
    })  # fmt: skip
    return Truth(rows, last, np.full(len(last), -1))


def cut_short(study: Study, truth: Truth) -> tuple[int, int]:
    """How many cuts just short of the runway there are, and how many of them made an observed landing."""
    m = study.material
    c = columns_of(m.positions)
    elevation = m.footprints.elevation_ft
    codes = {ident: k for k, ident in enumerate(study.standing.ident.to_pylist())}
    choices: list[list[int]] = []
    for at, ident in zip(truth.before.tolist(), truth.stops["place_ident"].to_pylist(), strict=True):
        low = max(at - 400, int(np.searchsorted(c.address, c.address[at])))
        span = np.arange(low, at + 1)
        field, far = m.footprints.locate(
            c.latitude_deg[span], c.longitude_deg[span], c.time_ms[span] // MILLISECONDS_PER_DAY,
            np.zeros(len(span), bool),
        )  # fmt: skip
        # weather moves pressure altitude by hundreds of feet: above the lower of field and last report
        height = c.baro_altitude_ft[span] - np.fmin(elevation[codes[ident]], c.baro_altitude_ft[at])
        near = (far >= SHORT_NM[0]) & (far <= SHORT_NM[1]) & (field >= 0)
        near &= (height >= SHORT_FT[0]) & (height <= SHORT_FT[1])
        some = span[near]
        choices.append(some[:: max(len(some) // SHORT_CUTS, 1)][:SHORT_CUTS].tolist())
    n = observed = 0
    for turn in range(max(map(len, choices), default=0)):
        ends = np.array([some[turn] for some in choices if len(some) > turn])
        found = observed_after(m, ends)
        n, observed = n + len(ends), observed + found
    return n, observed


def observed_after(m: Material, ends: np.ndarray) -> int:
    """Landings graded observed of the tracks that end at these positions, nothing of them kept after."""
    c = columns_of(m.positions)
    kept = np.zeros(c.size, bool)
    for end in ends.tolist():
        start = end
        while start > 0 and c.address[start - 1] == c.address[end] and (
            c.time_ms[start] - c.time_ms[start - 1] <= SPLIT_MIN * MILLISECONDS_PER_MINUTE
        ):  # fmt: skip
            start -= 1
        kept[start : end + 1] = True
    at = np.flatnonzero(kept)
    stops = stops_of(replace(m, positions=m.positions.take(pa.array(at)), flags=m.flags[at]))
    rows = stops.filter(pc.equal(stops["arrival_grade"], pa.scalar(OBSERVED)))
    latest = rows["arrival_latest_ms"].fill_null(0).to_numpy()
    address = rows["address"].to_numpy().astype(np.int64)
    near = np.abs(latest[:, None] - c.time_ms[ends][None, :]) < NEAR_MIN * MILLISECONDS_PER_MINUTE
    return int((near & (address[:, None] == c.address[ends][None, :])).any(axis=1).sum())


if __name__ == "__main__":
    sys.exit(main())
