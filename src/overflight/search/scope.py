"""What a question is restricted to: which aircraft, which types, which time, which place, how sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, Unpack

import pyarrow as pa

from overflight.clock import parse_utc
from overflight.errors import QuestionError
from overflight.model.address import address_of
from overflight.model.fields import TABLES, schema
from overflight.model.grades import ALL, BEFORE, GRADES
from overflight.registry.countries import country_code
from overflight.registry.marks import spellings_of
from overflight.registry.party_names import tokens_of
from overflight.search.limits import asked_height
from overflight.search.parties import OPERATING, OWNING, addresses_of_country, addresses_of_parties
from overflight.search.private import claims_by
from overflight.search.rows import distinct, find_by
from overflight.store.conditions import Condition
from overflight.store.view import View

Names = str | Iterable[str]
# said beside every answer that uses it
LATER_COUNTED = "history: what came after a stop was counted too; the answer could not have been given then"
COUNTRIES = "country"
REGIONS = (COUNTRIES, "fir", "sector", "airspace")
PREFIXES = (
    "hex",
    "mark",
    "callsign",
)  # `mark:4K-78131` says which kind of name it is where it could be several


@dataclass(frozen=True)
class Question:
    """A question in checked form; times in ms since the epoch, empty where it is not restricted."""

    aircraft: tuple[str, ...] = ()
    place: str | None = None
    types: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None
    min_grade: str | None = None
    history: str = BEFORE
    floor_ft: float | None = None  # pressure altitude
    ceiling_ft: float | None = None
    regions: str = COUNTRIES  # what crossings without a place are of
    owner: str | None = None  # owner or registrant, as of the day of each row
    operator: str | None = None
    registry_country: str | None = None  # two-letter code of the State whose mark it bore that day

    @property
    def is_of_somebody(self) -> bool:
        """Whether it names aircraft by what they were, which may differ from day to day."""
        return bool(self.types or self.owner or self.operator or self.registry_country)

    @property
    def somebody(self) -> str:
        """`of type IL76, owned by or registered to X, with a mark of AZ`: what aircraft were asked for."""
        parts = [f"of type {' or '.join(self.types)}"] if self.types else []
        parts += [f"owned by or registered to {self.owner}"] if self.owner else []
        parts += [f"operated by {self.operator}"] if self.operator else []
        parts += [f"with a mark of {self.registry_country}"] if self.registry_country else []
        return ", ".join(parts)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be said beside an answer that weighs unseen stops."""
        return (LATER_COUNTED,) if self.history == ALL else ()


@dataclass(frozen=True)
class Scope:
    """The aircraft a question is about; `everything` where it names none.

    `marks` holds, for an address found by its mark, the marks asked for: the address may bear another on
    other days.
    """

    everything: bool
    addresses: frozenset[int] = frozenset()
    flight_ids: frozenset[str] = frozenset()
    marks: Mapping[int, frozenset[str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


class Asked(TypedDict, total=False):
    """What a question may be restricted by, as people put it; `type` is ICAO type designators.

    `floor` and `ceiling` are feet of pressure altitude or levels (`FL180`); `regions` is what crossings
    without a place are of: `country`, `fir`, `sector` or `airspace`. `owner` (also meant: registrant),
    `operator` and `registry_country` hold as of the day of each row, by what sources say.
    """

    aircraft_file: str | Path | None
    place: str | None
    type: Names
    since: str | None
    until: str | None
    min_grade: str | None
    history: str | None
    floor: str | float | None
    ceiling: str | float | None
    regions: str | None
    owner: str | None
    operator: str | None
    registry_country: str | None


def question(aircraft: Names = (), **asked: Unpack[Asked]) -> Question:
    """The question in checked form; raises QuestionError with the value that is wrong."""
    listed, since, until, grade = (
        asked.get(name) for name in ("aircraft_file", "since", "until", "min_grade")
    )
    names = [*_texts(aircraft), *(read_names(Path(str(listed))) if listed is not None else ())]
    since_ms, until_ms = (parse_utc(str(text)) if text is not None else None for text in (since, until))
    if since_ms is not None and until_ms is not None and since_ms >= until_ms:
        raise QuestionError(f"the time asked for is empty: since {since} is not before until {until}")
    if grade is not None and grade not in GRADES:
        raise QuestionError(f"{grade!r} is no grade; they are {', '.join(GRADES)}")
    history = asked.get("history") or BEFORE
    if history not in (BEFORE, ALL):
        raise QuestionError(f"{history!r} is no choice of history; they are {BEFORE} and {ALL}")
    types = tuple(text.strip().upper() for text in _texts(asked.get("type", ())))
    floor, ceiling = asked_height(asked.get("floor"), "floor"), asked_height(asked.get("ceiling"), "ceiling")
    regions = asked.get("regions") or COUNTRIES
    if regions not in REGIONS:
        raise QuestionError(f"{regions!r} is no kind of region; they are {', '.join(REGIONS)}")
    owner, operator = (_party(asked.get(role), role) for role in ("owner", "operator"))
    return Question(
        tuple(names), asked.get("place"), types, since_ms, until_ms, grade, history, floor, ceiling, regions,
        owner, operator, _country(asked.get("registry_country")),
    )  # fmt: skip


def _party(text: object, role: str) -> str | None:
    if text is None:
        return None
    if not tokens_of(str(text)):
        raise QuestionError(f"{text!r} names no {role}: legal forms and articles alone are no name")
    return str(text)


def _country(text: object) -> str | None:
    if text is None:
        return None
    code = country_code(str(text))
    if code is None:
        raise QuestionError(f"no country is called {text!r}; give its name or its code, for example AZ")
    return code


def read_names(path: Path) -> list[str]:
    """Names of a list file, one a line, `#` begins a comment; QuestionError for none or no file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"cannot read the list of aircraft {path}: {error}") from error
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    if not names:
        raise QuestionError(f"the list of aircraft {path} names none")
    return names


def find_scope(asked: Question, view: View) -> Scope:
    """The aircraft asked for; names that nothing in the archive bears are listed in `missing`."""
    if asked.aircraft:
        return find_aircraft(asked.aircraft, view)
    found = [set(_claimed(view, "type_designator", asked.types))] if asked.types else []
    found += [set(addresses_of_parties(view, asked.owner, OWNING))] if asked.owner else []
    found += [set(addresses_of_parties(view, asked.operator, OPERATING))] if asked.operator else []
    found += [set(addresses_of_country(view, asked.registry_country))] if asked.registry_country else []
    return Scope(False, frozenset(set.intersection(*found))) if found else Scope(True)


def find_aircraft(names: Iterable[str], view: View) -> Scope:
    """What names stand for: an address the archive knows, else a mark, else a call sign heard."""
    wanted = list(dict.fromkeys(name.strip() for name in names))
    by_address = _addresses(view, [(n, text) for n in wanted if (text := _said(n, "hex")) is not None])
    left = [n for n in wanted if n not in by_address]
    by_mark = _marks(view, [(n, text) for n in left if (text := _said(n, "mark")) is not None])
    left = [n for n in left if n not in by_mark]
    by_callsign = _callsigns(view, [(n, text) for n in left if (text := _said(n, "callsign")) is not None])
    marks: dict[int, frozenset[str]] = {}
    for addresses in by_mark.values():
        for address, mark in addresses.items():
            marks[address] = marks.get(address, frozenset()) | {mark}
    plain = set(by_address.values())  # asked for as such: wanted under every mark it ever bore
    return Scope(
        everything=False,
        addresses=frozenset(plain | set(marks)),
        flight_ids=frozenset(flight for flights in by_callsign.values() for flight in flights),
        marks={address: asked for address, asked in marks.items() if address not in plain},
        missing=tuple(n for n in left if n not in by_callsign),
    )


def find_scoped(view: View, table: str, scope: Scope, flight_columns: Sequence[str],
                conditions: Sequence[Condition] = ()) -> pa.Table:  # fmt: skip
    """Rows of a table within the scope: of its addresses and of its flights; each id once."""
    if scope.everything:
        return view.find(table, list(conditions))
    parts = []
    if scope.addresses:
        parts.append(view.find(table, [Condition("address", "in", sorted(scope.addresses)), *conditions]))
    if scope.flight_ids:
        parts += [find_by(view, table, column, scope.flight_ids, conditions) for column in flight_columns]
    return distinct(parts) if parts else schema(TABLES[table]).empty_table()


def _said(name: str, kind: str) -> str | None:
    """The name without its prefix if it may be of that kind."""
    prefix, colon, rest = name.partition(":")
    if colon and prefix.lower() in PREFIXES:
        return rest.strip() if prefix.lower() == kind else None
    return name


def _addresses(view: View, named: list[tuple[str, str]]) -> dict[str, int]:
    asked = {name: address for name, text in named if (address := address_of(text)) is not None}
    if not asked:
        return {}
    within = [Condition("address", "in", sorted(set(asked.values())))]
    known: set[int] = set()
    for table in ("flights", "stops", "claims"):
        if known < set(asked.values()):
            known |= set(view.find(table, within, ["address"])["address"].to_pylist())
    return {
        name: address
        for name, address in asked.items()
        if address in known or name.lower().startswith("hex:")
    }


def _marks(view: View, named: list[tuple[str, str]]) -> dict[str, dict[int, str]]:
    asked = {
        name: spellings_of(text) for name, text in named
    }
    bearers = _claimed(view, "registration", {mark for marks in asked.values() for mark in marks})
    found: dict[str, dict[int, str]] = {}
    for name, wanted in asked.items():
        addresses = {address: min(marks & wanted) for address, marks in bearers.items() if marks & wanted}
        if addresses:
            found[name] = addresses
    return found


def _claimed(view: View, column: str, values: Iterable[str]) -> dict[int, set[str]]:
    """Addresses of which some source ever claimed one of the values, with those values."""
    wanted = sorted(set(values))
    if not wanted:
        return {}
    claims = claims_by(view, column, wanted, columns=["address", column])
    found: dict[int, set[str]] = {}
    for address, value in zip(claims["address"].to_pylist(), claims[column].to_pylist(), strict=True):
        found.setdefault(address, set()).add(value)
    return found


def _callsigns(view: View, named: list[tuple[str, str]]) -> dict[str, set[str]]:
    asked = {name: text.upper() for name, text in named}
    if not asked:
        return {}
    within = [Condition("callsigns", "contains_any", sorted(set(asked.values())))]
    flights = view.find("flights", within, ["id", "callsigns"])
    found: dict[str, set[str]] = {}
    for flight, callsigns in zip(flights["id"].to_pylist(), flights["callsigns"].to_pylist(), strict=True):
        for name, callsign in asked.items():
            if callsign in callsigns:
                found.setdefault(name, set()).add(flight)
    return found


def _texts(value: Names) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
