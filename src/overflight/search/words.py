"""Text as people type and paste it, made comparable: folding, look-alike letters, dates in words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from overflight.units import MILLISECONDS_PER_DAY

_LAST_YEAR = 9998  # the day after it must be one that calendars have
LONGEST = 200  # letters read of a text: the longest name of an airfield has 128
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH = "(?P<name>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + ")"
# Letters of marks that Cyrillic and Greek write with the same shape: a pasted mark may hold them unseen.
_LOOKALIKE = str.maketrans("АВЕКМНОРСТУХІЈЅԚԜαΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSQWAABEZHIKMNOPTYX")
# Letters that Unicode does not take apart, as the Latin alphabet of names without accents has them.
_PLAIN = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})
_DATES = [
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:t[0-9:.]*z?)?(?![\w-])", re.I),
    re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})\.?\s+{_MONTH}\s+(?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH}\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH}\s+(?P<y>\d{{4}})\b", re.I),
    re.compile(r"(?<![\w-])(?P<y>\d{4})-(?P<m>\d{1,2})(?![\w-])"),
    re.compile(r"(?<![\w-])(?P<y>(?:19|20)\d{2})(?![\w-])"),
]


@dataclass(frozen=True)
class Span:
    """A day, month or year meant by a text, as [since, until) in ms; `text` is it in ISO form."""

    text: str
    since_ms: int
    until_ms: int


def tidy(text: str) -> str:
    """The text on one line without what cannot be seen: controls, marks of direction; at most LONGEST."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    kept = []
    for letter in plain:
        kind = unicodedata.category(letter)
        if kind == "Nd":
            kept.append(str(unicodedata.decimal(letter)))
        elif kind == "Pd":
            kept.append("-")  # the hyphens that word processors make
        elif kind in ("Cc", "Zs", "Zl", "Zp"):
            kept.append(" ")
        elif kind[0] != "C":
            kept.append(letter)
    return " ".join("".join(kept).split())


def folded(text: str) -> str:
    """Small letters without accents: `İstanbul`, `ISTANBUL` and `Istanbul` are one."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold().translate(_PLAIN)


def latin(text: str) -> str:
    """The text in capitals, Cyrillic and Greek letters that look like Latin ones written as those."""
    return text.upper().translate(_LOOKALIKE)


def words_of(text: str) -> list[str]:
    """The words of a folded name: letters and digits, in order."""
    return re.findall(r"[^\W_]+", text)


def take_dates(text: str) -> tuple[str, list[Span], list[str]]:
    """The text without its dates, the dates, and what looks like a date and is none."""
    spans: list[Span] = []
    wrong: list[str] = []

    def taken(match: re.Match[str]) -> str:
        span = _span(match)
        if span is None:
            wrong.append(match[0])
        else:
            spans.append(span)
        return " "

    for pattern in _DATES:
        text = pattern.sub(taken, text)
    return " ".join(text.split()), spans, wrong


def _span(match: re.Match[str]) -> Span | None:
    said = match.groupdict()
    name, year = said.get("name"), int(said["y"])
    known = [k for k, full in enumerate(_MONTHS) if name and full.startswith(name[:3].lower())]
    month = known[0] + 1 if known else said.get("m")
    day = said.get("d")
    try:
        first = date(year, int(month or 1), int(day or 1))
    except ValueError:
        return None
    if year > _LAST_YEAR:
        return None
    if day:
        text, until = first.isoformat(), first + timedelta(days=1)
    elif month:
        text, until = first.isoformat()[:7], (first + timedelta(days=31)).replace(day=1)
    else:
        text, until = f"{year:04d}", date(year + 1, 1, 1)
    return Span(text, _ms(first), _ms(until))


def _ms(day: date) -> int:
    return (day - date(1970, 1, 1)).days * MILLISECONDS_PER_DAY
