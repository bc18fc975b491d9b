"""Every dark stop weighed once and kept by field: a question about a place then weighs the few it may hold.

What is kept only tells which stops to weigh, and how much the others add up to; what an answer says of a stop
is always weighed when it is given.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from overflight.detect import calls, candidates, footprints, sites
from overflight.detect.airframes import Airframes
from overflight.detect.candidates import CandidateRules, find_chances
from overflight.detect.columns import Bools, Floats, Ints
from overflight.model.fields import CALLS, STOPS, schema
from overflight.model.grades import COMPATIBLE_LEAST
from overflight.search.sources import Sources
from overflight.search.weighing import airframes_of, narrowed, periods
from overflight.store.conditions import Condition
from overflight.store.content import content_hash
from overflight.store.prepared import read_prepared, write_prepared
from overflight.units import MILLISECONDS_PER_DAY

VERSION = "prepared/2"
LEAST = 1e-4  # less than that is added up by field and day: a hundredth of what is told
MANY = 2_000  # dark stops weighed for one question: about a second, from which on preparing is worth a remark
HINT = (
    "{count:,} unseen stops were weighed for this answer; `overflight --archive DIR prepare` weighs all of "
    "them once"
)
_BATCH = 4_096  # stops handed to a thread at once
_THREADS = 4  # more only wait for each other between the numpy calls
_EARLIEST, _LATEST = "arrival_earliest_ms", "departure_latest_ms"
_OF_STOP = ["stop_id", "address", _EARLIEST, _LATEST, "left"]
_EVER = 2**61  # beyond any time in ms, and the difference of two still a whole number of 64 bits
_DAYS = 2**24  # more than any day's number
CHANCES = pa.schema(
    [
        pa.field("ident", pa.string()),
        pa.field("stop_id", pa.string()),  # null in the rows of what is added up
        *(pa.field(name, schema(STOPS).field(name).type) for name in ("address", _EARLIEST, _LATEST)),
        schema(CALLS).field("probability"),
        pa.field("left", pa.float32()),  # what the stop's chances below LEAST add up to, at all fields
    ]
)


@dataclass(frozen=True)
class Held:
    """Dark stops that a place may hold, and the expected number of all others there.

    By stop: its address, how probably it was there at least and at most, and its earliest and latest time
    (ms, None unbounded). At a single field the two chances are the same.
    """

    ids: list[str]
    addresses: list[int]
    chances: list[float]
    most: list[float]
    bounds: list[tuple[int | None, int | None]]
    rest: float


def prepare(sources: Sources, progress: Callable[[str, int, int], None]) -> int:
    """Number of dark stops weighed, whose chances are now kept beside the archive's tables."""
    stops = sources.view.find("stops", [Condition("seen", "=", False)])
    if not len(stops):
        return 0
    known = airframes_of(sources, stops)
    sources.history(False)  # made once, before threads ask for it
    starts = range(0, len(stops), _BATCH)
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        parts = []
        for part in pool.map(lambda k: _chances(sources, stops.slice(k, _BATCH), known), starts):
            parts.append(part)
            progress("weigh unseen stops", min(len(parts) * _BATCH, len(stops)), len(stops))
    held = pa.concat_tables([CHANCES.empty_table(), *parts])
    order = [("ident", "ascending"), ("address", "ascending"), (_EARLIEST, "ascending")]
    write_prepared(sources.view.folder, name_of(sources), held.sort_by(order))
    return len(stops)


def held_at(
    sources: Sources, idents: Sequence[str], since_ms: int | None, until_ms: int | None
) -> Held | None:
    """Dark stops in [since, until) that may be at one of the fields; None where nothing is prepared."""
    rows = read_prepared(sources.view.folder, name_of(sources), "ident", sorted(set(idents)))
    if rows is None or not rows.schema.equals(CHANCES):
        return None
    share = _share(rows, since_ms, until_ms)
    chance = share * rows["probability"].to_numpy()
    one = rows["stop_id"].is_valid().to_numpy() & (share > 0)
    known = rows.filter(pa.array(one)).select(_OF_STOP)
    known = known.append_column("chance", pa.array(chance[one]))
    stops = known.group_by(_OF_STOP).aggregate([("chance", "sum")])
    left = stops["left"] if len(set(idents)) > 1 else pa.repeat(0.0, len(stops))
    stops = stops.append_column("most", pc.add(stops["chance_sum"], left))
    kept = stops.filter(pc.greater_equal(stops["most"], COMPATIBLE_LEAST))
    rest = float(chance.sum()) - float(pc.sum(kept["chance_sum"]).as_py() or 0.0)
    ids, addresses, first, last, least, most = (
        kept[name].to_pylist()
        for name in ("stop_id", "address", _EARLIEST, _LATEST, "chance_sum", "most")
    )  # fmt: skip
    return Held(ids, addresses, least, most, list(zip(first, last, strict=True)), max(rest, 0.0))


def name_of(sources: Sources) -> str:
    """Digest of all that chances hang on: archive, lists in force, types, weights and rules."""
    return sources.digest(_digest)


def _digest(sources: Sources) -> str:
    found = hashlib.sha256(sources.archive_version.encode())
    for text in (
        VERSION, candidates.VERSION, footprints.VERSION, calls.VERSION, sites.VERSION, sources.types.digest,
        sources.weights.dump(), content_hash(sources.footprints.airfields),
    ):  # fmt: skip
        found.update(text.encode() + b"\n")
    for column in (sources.footprints.length_ft, sources.footprints.width_ft, sources.footprints.paved):
        found.update(column.tobytes())
    return found.hexdigest()[:32]


def _chances(sources: Sources, stops: pa.Table, known: Airframes) -> pa.Table:
    """CHANCES of some dark stops."""
    parts = []
    for at, knowledge in periods(sources, stops, False):
        some = stops.take(pa.array(at))
        found = find_chances(some, sources.footprints, known, knowledge, CandidateRules())
        bounds = _bounds(some, found.least_in_ms, found.least_out_ms)
        ident = sources.standing.ident
        likely = found.probability >= LEAST
        row, field = found.row[likely], found.field[likely]
        owner = some.select(["id", "address"]).take(pa.array(row))
        columns = [ident.take(pa.array(field)), owner["id"], owner["address"]]
        columns += [column.take(pa.array(row)) for column in bounds]
        left = np.bincount(found.row[~likely], found.probability[~likely], minlength=len(some))
        parts.append(_table([*columns, found.probability[likely], left[row]]))
        others = (found.row[~likely], found.field[~likely], found.probability[~likely])
        parts.append(_others(ident, bounds, *others))
    return pa.concat_tables(parts) if parts else CHANCES.empty_table()


def _others(
    ident: pa.Array, bounds: tuple[pa.Array, pa.Array], row: Ints, field: Ints, chance: Floats
) -> pa.Table:
    """What smaller chances add up to, by field and UTC day."""
    first = pc.fill_null(pc.coalesce(*bounds), 0).to_numpy()
    key = field * _DAYS + (first // MILLISECONDS_PER_DAY)[row]
    keys, owner = np.unique(key, return_inverse=True)
    begin = keys % _DAYS * MILLISECONDS_PER_DAY
    nobody, n = pa.nulls(len(keys), pa.string()), len(keys)
    columns = [ident.take(pa.array(keys // _DAYS)), nobody, pa.nulls(n, CHANCES.field("address").type)]
    columns += [pa.array(begin), pa.array(begin + MILLISECONDS_PER_DAY)]
    return _table([*columns, np.bincount(owner, chance, minlength=n), np.zeros(n)])


def _table(columns: list[pa.Array | Floats]) -> pa.Table:
    return pa.table(dict(zip(CHANCES.names, columns, strict=True))).cast(CHANCES)


def _bounds(stops: pa.Table, least_in_ms: Ints, least_out_ms: Ints) -> tuple[pa.Array, pa.Array]:
    """Earliest and latest time of each stop as answers tell them."""
    rows = stops.select(["before_ms", "after_ms", _EARLIEST, _LATEST]).to_pylist()
    told = [
        row | narrowed(row, into, out)
        for row, into, out in zip(rows, least_in_ms.tolist(), least_out_ms.tolist(), strict=True)
    ]
    earliest, latest = (pa.array([row[name] for row in told], pa.int64()) for name in (_EARLIEST, _LATEST))
    return earliest, latest


def _share(rows: pa.Table, since_ms: int | None, until_ms: int | None) -> Floats:
    """1 for each stop that meets [since, until), else 0; of what a day adds up to, the part of the day."""
    first = pc.fill_null(rows[_EARLIEST], -_EVER).to_numpy()
    last = pc.fill_null(rows[_LATEST], _EVER).to_numpy()
    since = -_EVER if since_ms is None else since_ms
    until = _EVER if until_ms is None else until_ms
    meets: Bools = (first < until) & (last >= since)
    day = rows["stop_id"].is_null().to_numpy()
    over = np.minimum(last, until) - np.maximum(first, since)
    return np.where(day, np.clip(over / MILLISECONDS_PER_DAY, 0.0, 1.0), meets.astype(float))
