"""`overflight demo`: the 2016 case answered from a reconstruction that comes with the package."""

from __future__ import annotations

import argparse
import csv
from importlib import resources
from pathlib import Path
from typing import Any

from overflight import archive
from overflight.archive import Archive
from overflight.cli.demo_variants import MARK, Row, case_path, earlier, elsewhere, in_israel, listed
from overflight.cli.printed import WIDTH, bullet, section, wrapped
from overflight.cli.serving import serve
from overflight.search.sentences import grade_of_end, percent
from overflight.store.licences import RECONSTRUCTION

REPORTED = "K-781314"
DEFAULT_FOLDER = "demo-archive"
NEED = "published need is"
FIRST_SHOWN = 6  # candidates shown with their reasons; the machine-readable answer has all


def run_demo(options: argparse.Namespace) -> int:
    """Build the archive (idempotent), print the answer, then serve it as pages until Ctrl-C; 0."""
    folder = Path(options.archive or DEFAULT_FOLDER)
    with _case_file("case_2016.csv") as points, archive.open(folder, create=True) as shelf:
        # said outright, so that a demo archive made before terms were kept becomes public too
        shelf.add(
            points, column_map=case_path("case_2016.map.toml"), licence=RECONSTRUCTION, may_publish=True
        )
        with _case_file("case_2016.claims.md") as claims:
            shelf.add_claims(claims, may_publish=True)
        with points.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        stops = [row for row in shelf.visits(MARK).rows if "dark" in row["flags"] and in_israel(row)]
        for section in (_heading, _who, _itinerary, _countries):
            print(section(shelf))
        print(_dark_stops(stops))
        print(elsewhere(rows))
        print(earlier(rows))
        print(_certainty(rows, stops[0]))
        print(_next(folder), flush=True)
        if not options.no_serve:
            print("\nThe same as pages in your browser, until Ctrl-C:")
            serve(shelf, options)
    return 0


def _case_file(name: str) -> Any:
    return resources.as_file(resources.files("overflight").joinpath("data", name))


def _heading(shelf: Archive) -> str:
    return "\n".join([
        "=" * WIDTH,
        "THE 2016 CASE: Azerbaijan's Defence Ministry Il-76 that vanished on its way to an Israeli airfield",
        "=" * WIDTH,
        wrapped(
            "RECONSTRUCTION, NOT A RECORDING. Every point below is a place that was printed in "
            "April 2016; its clock time, "
            "height, speed and exact position were not printed and are assumed (listed at the "
            "end). What follows shows how "
            "Overflight reasons about such data, not what a receiver heard."
        ),
        wrapped(f"Archive version {shelf.version}: the same points give the same version on any machine."),
    ])  # fmt: skip


def _who(shelf: Archive) -> str:
    row, said = shelf.aircraft(REPORTED).rows[0], shelf.claims(MARK)
    lines = [
        f'The report named it "{REPORTED}". No such mark is known; {row["matched_as"]}.',
        f"Registered as {row['registration']}, type {row['type_designator']}, address {row['icao24']}.",
        *(text for claim, text in zip(said, said.sentences(), strict=True) if claim["statement"] == "owner"),
        *(_capital(remark) + "." for remark in row["remarks"]),
    ]
    return section("Who it is, and what is odd about that", map(bullet, lines))


def _itinerary(shelf: Archive) -> str:
    lines = []
    for flight in shelf.flights(MARK).rows:
        first, last = flight["origin"]["fix"], flight["destination"]["fix"]
        lines.append(
            f"{_time(flight['first_seen'])} first seen near {_where(first)}; "
            f"{_time(flight['last_seen'])} last seen "
            f"near {_where(last)}; {flight['position_count']} points,"
            f" call sign {', '.join(flight['callsigns'])}."
            f" Came down {_interval(flight['destination'])}: {_end(flight['destination'])}."
        )
    return section("The itinerary: two outward and two return flights (UTC)", map(bullet, lines))


def _end(end: Row) -> str:
    live = [c for c in end["candidates"] if c["place"] is not None and not c["ruled_out"]]
    if not live:
        return "the data do not say where"
    names = ", ".join(f"{c['place']['ident']} {percent(c['probability'])}" for c in live[:3])
    return f"not observed; {end['grade']}: {names} ..."


def _countries(shelf: Archive) -> str:
    crossings = shelf.crossings(MARK).rows
    flight = crossings[0]["flight_id"]
    lines = [
        _country(row)
        for row in sorted(crossings, key=lambda r: int(r["sequence"]))
        if row["flight_id"] == flight
    ]
    region = crossings[0]["region"]
    note = (
        "How it left Azerbaijan was not printed, and the points are far apart: a straight line "
        "across a silence is no "
        f"route. Shapes: {region['dataset']}, good to {region['error_km']:g} km, not authoritative."
    )
    return section("Over whom, in order (flight of 4 April)", [*map(bullet, lines), wrapped(note)])


def _country(row: Row) -> str:
    grade = row["entry"]["grade"]
    words = {"observed": "a point lies inside", "inferred": "the line between two points passes through"}
    how = words.get(grade, "possible, not shown")
    if "silence" in row["flags"] and grade != "observed":
        how = "drawn across a silence: says nothing of the route"
    near = [f.partition(":")[2] for f in row["flags"] if f.startswith("near_border:")]
    if near:
        region = row["region"]
        how = (
            f"the last point is nearer to the border than {region['error_km']:g} km: "
            f"{region['ident']} or {near[0]}"
        )
    return f"{row['region']['name']:<29} {grade:<11} {how}"


def _dark_stops(stops: list[Row]) -> str:
    parts = []
    for number, stop in enumerate(stops, 1):
        title = f"Dark stop {number}: {_time(stop['before']['time'])} to {_time(stop['after']['time'])}"
        longest = _minutes(stop["ground_time_s"]["max"])
        lines = [
            f"Last seen near {_where(stop['before'])} at {_height(stop['before'])}, next seen near"
            f" {_where(stop['after'])} "
            f"at {_height(stop['after'])}. Where it was in between was NOT observed.",
            f"If it landed: down between {_time(stop['arrival']['earliest'])} and "
            f"{_time(stop['departure']['latest'])}, on the "
            f"ground for 0 to {longest}. One silence, so one landing, several or none fit.",
        ]
        told = _candidates(stop) if number == 1 else [_again(stop)]
        parts.append(section(title, [*map(wrapped, lines), *told]))
    return "\n".join(parts)


def _again(stop: Row) -> str:
    likely = listed(stop)[:FIRST_SHOWN]
    order = ", ".join(f"{c['place']['ident']} {percent(c['probability'])}" for c in likely)
    return wrapped(f"The same loss and the same reappearance were assumed, so the same order: {order} ...")


def _candidates(stop: Row) -> list[str]:
    live, out = listed(stop), [c for c in stop["candidates"] if c["ruled_out"]]
    lines = [
        wrapped(_need(stop["candidates"])),
        wrapped(
            "Where it may have come down, with the probability that the evidence gives (all outcomes "
            "together make 100 %; how often such answers are right: docs/method/dark-stops.md):"
        ),
    ]
    for rank, candidate in enumerate(live[:FIRST_SHOWN], 1):
        lines += _candidate(f"{rank}.", candidate)
    rest = [f"{c['place']['ident']} {percent(c['probability'])}" for c in live[FIRST_SHOWN:]]
    lines.append(wrapped(f"less likely: {', '.join(rest)}", "   "))
    words = {
        "unlisted": "a place in no list", "kept_flying": "it kept flying", "airfield": "all other fields"
    }  # fmt: skip
    others = [c for c in stop["candidates"] if c["place"] is None]
    lines += [wrapped(f"{words[c['outcome']]}: {percent(c['probability'])}", "   ") for c in others]
    if stop["what_would_change"]:
        lines.append(wrapped("What would change the order:"))
        lines += [wrapped(f"- {text}", "   ") for text in stop["what_would_change"]]
    lines.append(wrapped("Considered and ruled out:"))
    for candidate in out:
        lines += _candidate("x", candidate)
    return lines


def _candidate(label: str, candidate: Row) -> list[str]:
    place = candidate["place"]
    chance = "" if candidate["ruled_out"] else f"  {percent(candidate['probability'])}"
    lines = [f"   {label:<3}{place['ident']}  {place['name']}{chance}"]
    tell: tuple[tuple[str, list[str]], ...] = (
        ("for", candidate["reasons_for"]),
        ("against", candidate["reasons_against"]),
    )
    # of a field ruled out: what decides, and a dated fact, which another year's answer would tell otherwise
    if candidate["ruled_out"]:
        dated = [text for text in candidate["reasons_for"] if "open on this day" in text]
        tell = (("but", dated), ("because", candidate["reasons_against"][:1]))
    for word, reasons in tell:
        if reasons:
            lines.append(wrapped(f"{word}: {'; '.join(map(_brief, reasons))}", "        "))
    return lines


def _brief(reason: str) -> str:
    """A reason without the source of the type's need, which the heading gives once."""
    return reason.partition(" (")[0] if NEED in reason else reason


def _need(candidates: list[Row]) -> str:
    """The type's need and its source, as the first reason that rests on it words them."""
    texts = [text for c in candidates for text in (*c["reasons_for"], *c["reasons_against"]) if NEED in text]
    return (
        f"{_capital(texts[0].partition('; ')[2])}."
        if texts
        else "What the type needs of a runway is not known."
    )


def _certainty(rows: list[Row], stop: Row) -> str:
    before, after = stop["before"], stop["after"]
    observed = (
        "nothing here was heard by a receiver at hand: the points are printed facts turned into positions."
    )
    first = listed(stop)[0]
    inferred = (
        f"{first['place']['name']} ({first['place']['ident']}) is {grade_of_end(first['probability'])} at "
        f"{percent(first['probability'])}. Signs of a stop at all: it had come down to {_height(before)} when"
        f" it was lost, and was seen again at {_height(after)}, in nearly the same place, far later than the"
        " way between the two takes."
    )
    not_known = (
        "which field it was. The order rests on an assumed track, height and reappearance, and on what "
        "aircraft did elsewhere; the sections above show how it moves with them."
    )
    assumed = [
        f"{row['time']} {row['what']}: {row['assumed'].replace(',', ', ')}" for row in rows[: len(rows) // 2]
    ]
    lines = [
        bullet(f"Observed: {observed}"), bullet(f"Inferred: {inferred}"), bullet(f"Unknown: {not_known}"),
        bullet("Assumed, point by point (6 April repeats 4 April):"),
        *(wrapped(text, "      ") for text in assumed),
    ]  # fmt: skip
    return section("What was observed, what is inferred, what is assumed", lines)


def _next(folder: Path) -> str:
    lines = [
        f"overflight --archive {folder} visits --place LLOV --sentences",
        f"overflight --archive {folder} crossings --aircraft {MARK} --format ndjson",
        "overflight --archive mine add recordings/          # readsb traces, OpenSky CSV, other CSV by a map",
        "overflight --archive mine reference add registers/ # tar1090-db, OurAirports of another date",
        "overflight --archive mine visits --place LLOV --since 2023-09-01 --until 2023-10-01",
    ]
    return section("Ask on, here and of your own recordings", [f"   $ {line}" for line in lines])


def _time(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]}"


def _interval(end: Row) -> str:
    if end["latest"] is None:
        return f"not before {_time(end['earliest'])}"
    return f"between {_time(end['earliest'])} and {_time(end['latest'])}"


def _where(fix: Row) -> str:
    return f"{fix['latitude_deg']:.3f} N {fix['longitude_deg']:.3f} E"


def _height(fix: Row) -> str:
    return f"{fix['baro_altitude_ft']:,} ft"


def _minutes(seconds: int) -> str:
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
