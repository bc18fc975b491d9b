"""The page of a stop: the candidates side by side, what would change the order, how often this is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from overflight.archive import Answer
from overflight.clock import parse_utc
from overflight.search.claim_words import claims_beside_in_words
from overflight.web import exports
from overflight.web.desk import Ask, Desk
from overflight.web.document import Document
from overflight.web.figures.flight_map import LonLat, place_map
from overflight.web.flags import in_words
from overflight.web.pages.candidates import likely, plain, ranked_rows, without_source
from overflight.web.pages.parties import parties
from overflight.web.words import aired, assumed, clean, duration

Row = Mapping[str, Any]
FILES = ("map.svg", "map.png", "candidates.geojson", *exports.NAMES)

MOST_AT_ONCE = 8  # rows of the table that stand open; those under one in a hundred fold away beyond it


def page(desk: Desk, ask: Ask) -> Document:
    """The page `stop/ID/` or one of the files beside it."""
    id_ = ask.parts[1]
    stop = desk.archive.stop(id_)
    if stop is None:
        return desk.moved("stop", id_)
    file = ask.file(FILES)
    if file in exports.NAMES:
        return exports.data(desk.archive, Answer("visits", [stop]), file)
    if file == "candidates.geojson":
        return exports.points(
            [(c, c["longitude_deg"], c["latitude_deg"]) for c in _drawn(stop)] + _fixes(stop)
        )
    if file:
        return desk.drawing(str(_map(desk, stop)), file)
    return _html(desk, ask, stop)


def _html(desk: Desk, ask: Ask, stop: Row) -> Document:
    rows, need = without_source(ranked_rows(stop["candidates"]))
    shown = likely(rows) if len(rows) > MOST_AT_ONCE else rows
    out, _ = without_source([c for c in stop["candidates"] if c["ruled_out"]])
    fix = stop["before"] or stop["after"]
    return desk.page(
        "stop.html", ask, stop=aired(stop), name=str(stop["registration"] or stop["icao24"]),
        data_kind=stop["data_kind"], object_version=stop["version"],
        exports=(*exports.FILES, *exports.sheet()),
        sentence=plain(desk.sentence("visits", {**stop, "claims": []})),
        claims=[clean(text) for text in claims_beside_in_words(stop["claims"])],
        day=fix["time"][:10] if fix else "",
        map=_map(desk, stop),
        candidates=[] if stop["seen"] and len(rows) < 2 else shown, need=need,
        less_likely=[row for row in rows if row not in shown], ground=_ground(stop),
        parties=parties(desk, stop, day_of(stop)), owned_on=day_of(stop),
        ruled_out=out, score=desk.score.like(stop),
        came_true=None if stop["seen"] or not stop["probability"] else desk.score.bin_of(stop["probability"]),
        assumed=_assumed(stop),
        flags=[in_words(flag) for flag in stop["flags"]],
    )  # fmt: skip


def day_of(stop: Row) -> str:
    """The UTC day by which its aircraft is told who it was; empty where no instant is known."""
    ends = (stop["arrival"], stop["departure"] or {})
    known = [end.get(name) for end in ends for name in ("earliest", "latest")]
    return next((str(time)[:10] for time in known if time), "")


def _assumed(stop: Row) -> list[tuple[str, str, str]]:
    """Of a reconstruction: which values of the two fixes nobody printed or recorded."""
    both = [(stop["before"], "last heard"), (stop["after"], "heard again")]
    return [(words, fix["time"], assumed(fix["assumed"])) for fix, words in both if fix and fix["assumed"]]


def _ground(stop: Row) -> str:
    least, most = stop["ground_time_s"]["min"], stop["ground_time_s"]["max"]
    if most is None:
        return "" if least is None else f"at least {duration(least)}"
    return f"{duration(least)} to {duration(most)}" if duration(least) != duration(most) else duration(most)


def _drawn(stop: Row) -> list[dict[str, Any]]:
    """The candidates as a map draws them."""
    return [
        {
            "end": "stop", "ident": c["place"]["ident"], "name": c["place"]["name"],
            "probability": c["probability"], "ruled_out": c["ruled_out"],
            "longitude_deg": c["place"]["longitude_deg"], "latitude_deg": c["place"]["latitude_deg"],
        }
        for c in stop["candidates"] if c["place"] and c["place"]["latitude_deg"] is not None
    ]  # fmt: skip


def _fixes(stop: Row) -> list[tuple[Row, float, float]]:
    """The last position before and the first after, with their words."""
    both = [(stop["before"], "last heard"), (stop["after"], "heard again")]
    said = (
        (fix, {"name": f"{words} {fix['time'][11:16]}", "time": fix["time"]}) for fix, words in both if fix
    )
    return [(facts, fix["longitude_deg"], fix["latitude_deg"]) for fix, facts in said]


def _map(desk: Desk, stop: Row) -> Markup:
    fixes = [((longitude, latitude), str(said["name"])) for said, longitude, latitude in _fixes(stop)]
    if not fixes and not _drawn(stop):
        return Markup("")
    silences = []
    if stop["before"] and stop["after"]:
        ends: tuple[LonLat, LonLat] = fixes[0][0], fixes[1][0]
        at = [parse_utc(stop[k]["time"]) for k in ("before", "after")]
        silences = [{"from": at[0], "to": at[1], "from_deg": ends[0], "to_deg": ends[1]}]
    title = f"Map of where {stop['registration'] or stop['icao24']} may have been"
    return place_map(_drawn(stop), desk.land, title, silences=silences, fixes=fixes)
