"""A flight or a stop on one sheet: the sentence to print, the drawings, the facts, what it rests on.

It says what the page of the same thing says and nothing else. The same archive version and program give the
same bytes: no moment of making stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from overflight.errors import QuestionError
from overflight.model.grades import MIXED, OBSERVED, RECONSTRUCTION, SYNTHETIC
from overflight.search.claim_words import claims_note
from overflight.search.notes import GRADES
from overflight.search.sentences import percent
from overflight.search.trace import COLUMNS
from overflight.web.desk import Ask, Desk
from overflight.web.figures.pdf import pdf_of
from overflight.web.flags import in_words
from overflight.web.pages import flight as flight_page
from overflight.web.pages import stop as stop_page
from overflight.web.pages.candidates import likely, plain, ranked_rows, without_source
from overflight.web.pages.parties import parties
from overflight.web.words import aired, assumed, clean, duration, interval, share, when

Row = Mapping[str, Any]
TEMPLATE = Path(__file__).parent / "report.typ"
OF_AN_END, OF_A_STOP, STAYS = 4, 6, 8  # candidates that a sheet has room for; the page has all
REASONS = 2  # of a candidate on each side
RULED_OUT, CHANGES, REMARKS = 5, 3, 5
WIDE_MM, MAP_MM = 178, {"flight": 88, "stop": 84}  # of the sheet's text; how high a map may be
_LEGEND = (
    "Solid: heard. Dotted: not heard; such a line shows no route. Discs: candidates, the larger the "
    "likelier. Hollow dots: flagged positions, kept off the line."
)
_FLAGS, _ASSUMED = COLUMNS.index("flags"), COLUMNS.index("assumed")
_OTHER = {"kept_flying": "It kept flying, or came down far away", "unlisted": "A place in no list"}
_WARNINGS = {
    RECONSTRUCTION: "Not recorded: a reconstruction from what was printed, with parts assumed.",
    SYNTHETIC: "Not recorded: made up, for tests and examples. It says nothing of the world.",
    MIXED: "Partly not recorded: some of the positions are a reconstruction or made up.",
}
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def report(desk: Desk, id_: str) -> bytes:
    """The sheet of the flight or stop of an id as PDF; QuestionError where none stands under it."""
    return pdf_of(TEMPLATE, told_of(desk, id_))


def told_of(desk: Desk, id_: str) -> dict[str, Any]:
    """What the sheet says, all of it text but for the drawings (SVG)."""
    flight, stop = desk.archive.flight(id_), desk.archive.stop(id_)
    if flight is not None or stop is not None:
        told: dict[str, Any] = _cleaned(_flight(desk, flight) if flight else _stop(desk, stop or {}))
        return told
    heir = desk.archive.resolve(id_)
    if heir is None or heir == id_ or heir.startswith("crossing"):
        raise QuestionError(f"{id_} is no flight and no stop that stands; a report is of one of these")
    return told_of(desk, heir)


def _flight(desk: Desk, flight: Row) -> dict[str, Any]:
    who, id_ = flight_page.name_of(flight), flight["id"]
    told = aired(flight)
    facts = [
        ("Aircraft", _aircraft(told)), ("Call sign", ", ".join(told["callsigns"]) or "none heard"),
        ("First heard, UTC", when(told["first_seen"])), ("Last heard, UTC", when(told["last_seen"])),
        ("Positions", _positions(desk, flight)), *_whose(desk, flight, flight["first_seen"][:10]),
    ]  # fmt: skip
    return {
        **_common(desk, flight, "Flight", who, f"flight/{id_}/", flight["first_seen"][:10]),
        "sentences": [desk.sentence("flights", flight)], "verdict": None, "facts": facts,
        "profile": _drawing(desk, "flight", id_, "profile.svg") if flight["position_count"] > 1 else None,
        "profile_alt": f"Height and speed of {who} by time, UTC",
        "ends": [_end(flight, name) for name in ("origin", "destination")],
        "candidates": [], "beside_candidates": [],
        "parts": _parts(
            ("Inside", _inside(desk, id_)), ("Remarks", [*_remarks(flight), *_assumed(desk, id_)])
        ),
    }  # fmt: skip


def _stop(desk: Desk, stop: Row) -> dict[str, Any]:
    told = aired(stop)
    rows, need = without_source(ranked_rows(stop["candidates"]))
    shown = [] if stop["seen"] and len(rows) < 2 else likely(rows)[:OF_A_STOP] or rows[:1]
    more = (stop["candidate_count"] or len(rows)) - sum(row["place"] is not None for row in shown)
    beside = [f"And {more} less likely ones."] if shown and more > 0 else []
    out, _ = without_source([c for c in stop["candidates"] if c["ruled_out"] and c["place"]])
    fix = stop["before"] or stop["after"]
    # what is ruled out has a list of its own
    alone = {**stop, "claims": []}
    sentence = plain(desk.sentence("visits", alone)).partition(" Ruled out: ")[0] + clean(claims_note(stop))
    facts = [
        ("Aircraft", _aircraft(told)),
        ("Call sign", told["callsign_in"] or told["callsign_out"] or "none heard"),
        ("Arrived, UTC" if stop["seen"] else "If it landed: down, UTC", interval(stop["arrival"])),
        ("Left, UTC", interval(stop["departure"]) if stop["departure"] else "not seen to leave"),
        ("On the ground", _ground(stop["ground_time_s"])), *_whose(desk, stop, stop_page.day_of(stop)),
    ]  # fmt: skip
    name = str(stop["registration"] or stop["icao24"])
    return {
        **_common(desk, stop, "Stop" if stop["seen"] else "Stop nobody saw", name, f"stop/{stop['id']}/",
                  fix["time"][:10] if fix else ""),
        "sentences": [sentence], "facts": facts, "profile": None, "profile_alt": "", "ends": [],
        "verdict": {"of": "It was there," if stop["seen"] else "Of the likeliest place,",
                    "grade": stop["grade"], "meaning": f"{dict(GRADES)[stop['grade']]}."},
        "candidates": [_candidate(row) for row in shown], "beside_candidates": [*need, *beside],
        "parts": _parts(
            ("Considered and ruled out", _ruled_out(out)),
            ("What would change the order", stop["what_would_change"][:CHANGES]),
            ("How often such an answer is right", _score(desk, stop)),
            ("Remarks", _remarks(stop)),
        ),
    }  # fmt: skip


def _common(desk: Desk, row: Row, kicker: str, name: str, page: str, beside: str) -> dict[str, Any]:
    """What a sheet of either kind has: head, map, and what it rests on."""
    kind = page.partition("/")[0]
    drawn = _drawing(desk, kind, row["id"], "map.svg")
    box = _BOX.search(drawn) if drawn else None
    wide = min(WIDE_MM, MAP_MM[kind] * float(box[1]) / float(box[2])) if box else 0.0
    return {
        "title": f"{kicker}: {name}, {beside}", "kicker": kicker, "name": name, "beside": beside,
        "warning": _WARNINGS.get(row["data_kind"]), "map": drawn or None, "map_mm": wide, "legend": _LEGEND,
        "map_alt": f"Map: where {name} was heard and where it may have been",
        "origin": _origin(desk, row, page),
    }  # fmt: skip


def _drawing(desk: Desk, kind: str, id_: str, file: str) -> str:
    page = flight_page.page if kind == "flight" else stop_page.page
    return page(desk, Ask(f"{kind}/{id_}/{file}", (kind, id_, file), {})).body.decode()


def _aircraft(row: Row) -> str:
    parts = [row["registration"], row["icao24"], row["type_designator"]]
    return ", ".join(str(part) for part in parts if part)


def _whose(desk: Desk, row: Row, day: str) -> list[tuple[str, str]]:
    """Owner, registrant and operator as of the day, each by whom."""
    return [
        (words, clean(f"{said['value']} (as of {day}, {said['by']})"))
        for words, said in parties(desk, row, day)
    ]


def _ground(seconds: Row) -> str:
    least, most = seconds["min"], seconds["max"]
    if most is None:
        return "not known" if least is None else f"at least {duration(least)}"
    return duration(most) if duration(least) == duration(most) else f"{duration(least)} to {duration(most)}"


def _end(flight: Row, which: str) -> dict[str, Any]:
    end, origin = flight[which], which == "origin"
    rows = ranked_rows(end["candidates"])
    shown = likely(rows)[:OF_AN_END] if len(rows) > 1 else []
    more = (end["candidate_count"] or len(rows)) - sum(row["place"] is not None for row in shown)
    place = f"{end['place']['name']} ({end['place']['ident']})" if end["place"] else ""
    if place and not shown and end["grade"] != OBSERVED:
        place = f"{place}, {percent(end['probability'])}"
    said = interval(end)
    seen = end["grade"] == OBSERVED
    verb = ("It left", "It can have left") if origin else ("It came down", "It can have come down")
    return {
        "title": "Where it came from" if origin else "Where it went", "grade": end["grade"],
        "place": place or ("the data begin in mid-air" if origin else "the data end in mid-air"),
        "interval": f"{verb[0 if seen else 1]}: {said}{' UTC' if said != 'not known' else ''}",
        "candidates": [_candidate(row) for row in shown],
        "more": f"and {more} less likely or ruled out" if shown and more > 0 else None,
    }  # fmt: skip


def _positions(desk: Desk, flight: Row) -> str:
    """How many positions, and how many of them carry an integrity flag."""
    flagged = sum(1 for row in _heard(desk, flight["id"]) if row[_FLAGS])
    return f"{flight['position_count']:,}" + (f", {flagged:,} flagged" if flagged else "")


def _assumed(desk: Desk, flight_id: str) -> list[str]:
    """Of a reconstruction: what of how many positions nobody printed or recorded."""
    rows = _heard(desk, flight_id)
    names = [row[_ASSUMED].split(",") for row in rows if row[_ASSUMED]]
    if not names:
        return []
    words = assumed(dict.fromkeys(name for some in names for name in some))
    of = f"of {len(names):,} of the {len(rows):,} positions"
    return [f"{of} some of this is assumed, as nobody printed or recorded it: {words}"]


def _heard(desk: Desk, flight_id: str) -> list[list[Any]]:
    trace = desk.archive.trace(flight_id)
    return trace.rows if trace is not None else []


def _inside(desk: Desk, flight_id: str) -> list[str]:
    """The stays in countries and over their seas, in order, with grade and interval."""
    stays = desk.archive.crossings_of(flight_id).rows
    told = []
    for stay in stays[:STAYS]:
        region, leave = stay["region"], stay["exit"]
        sea = "the sea off " if region["kind"] == "sea" else ""
        left = f"left {interval(leave)}" if leave else "had not left when last heard"
        came = f"{stay['entry']['grade']}: entered {interval(stay['entry'])}"
        told.append(f"{sea}{region['name']}, {came}, {left}")
    return [*told, f"and {len(stays) - STAYS} more"] if len(stays) > STAYS else told


def _candidate(row: Row) -> dict[str, Any]:
    place = row["place"]
    name = f"{place['name']} ({place['ident']})" if place else _OTHER.get(
        row["outcome"], "All other fields within reach together"
    )
    return {
        "rank": str(row["rank"]) if place else "", "where": name,
        "country": (place or {}).get("country") or "", "share": row["probability"] or 0.0,
        "chance": share(row["probability"]),
        "pros": "; ".join(row["reasons_for"][:REASONS]), "cons": "; ".join(row["reasons_against"][:REASONS]),
    }  # fmt: skip


def _ruled_out(rows: Sequence[Row]) -> list[str]:
    told = [
        f"{row['place']['name']} ({row['place']['ident']}): {'; '.join(row['reasons_against'][:REASONS])}"
        for row in rows[:RULED_OUT]
    ]
    return [*told, f"and {len(rows) - RULED_OUT} more"] if len(rows) > RULED_OUT else told


def _score(desk: Desk, stop: Row) -> list[str]:
    found = desk.score.like(stop)
    if found is None:
        return []
    usual, first_visit = found
    return [
        f"Of {usual.n:,} landings hidden in this way, {usual.first} were named first and {usual.first_three} "
        "among the first three; where nobody had been seen on the true field before, "
        f"{first_visit.first} and {first_visit.first_three} of {first_visit.n:,}. {usual.words}"
    ]


def _remarks(row: Row) -> list[str]:
    """Flags in words, and what of a reconstruction nobody printed or recorded."""
    said = [in_words(flag) for flag in row["flags"]]
    fixes = [row.get(name) for name in ("before", "after")]
    said += [
        f"assumed of the position of {when(fix['time'])} UTC: {assumed(fix['assumed'])}"
        for fix in fixes if fix and fix["assumed"]
    ]  # fmt: skip
    return [*said[:REMARKS], f"and {len(said) - REMARKS} more"] if len(said) > REMARKS else said


def _parts(*parts: tuple[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [{"title": title, "lines": list(lines)} for title, lines in parts if lines]


def _origin(desk: Desk, row: Row, page: str) -> list[tuple[str, str]]:
    """What the sheet rests on, on what terms, and how to find and to cite it."""
    program = version("overflight")
    base = desk.options.base_url
    link = f", {base.rstrip('/')}/{page}" if base else ""
    terms = desk.archive.about().terms
    made = [
        ("Heard by", ", ".join(row["sources"]) if "sources" in row else ""),
        ("Terms of the data", "; ".join(terms)), ("Boundaries", "Natural Earth, not authoritative"),
        ("Rules", row["rules"] or ""), ("Withheld", " ".join(desk.withheld)),
        ("To cite", f"Overflight {program}, archive version {desk.archive.version}, {row['id']}, "
                    f"version {row['version']}{link}"),
        ("To check", f"overflight report {row['id']} -o report.pdf, of the same archive version"),
    ]  # fmt: skip
    return [(name, text) for name, text in made if text]


def _cleaned(value: Any) -> Any:
    """The value with its texts harmless: no control characters, no marks that turn the writing."""
    if isinstance(value, str):
        return value if value.startswith("<svg") else clean(value)
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value
