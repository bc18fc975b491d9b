"""Texts as FollowTheMoney's types hold them, and lines for what its model has no field for.

FollowTheMoney cleans values by type: https://github.com/opensanctions/followthemoney, `followthemoney/types`
(MIT). A text is written as it is after that cleaning, so that no other program changes it again.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlparse

from overflight.clock import iso_utc
from overflight.errors import QuestionError
from overflight.formats.claim_times import NOT_SAID, Bounds, bounds_of

Entity = dict[str, Any]  # id, schema, properties: lists of texts by name
Properties = dict[str, list[str]]

# The longest value of each type in letters (followthemoney/types/*.py, `max_length`, version 4.11).
NAME_MAX, STRING_MAX, IDENTIFIER_MAX, TEXT_MAX = 384, 1024, 64, 65_000
ADDRESS_MAX, URL_MAX, DESIGNATOR_MAX = 250, 4096, 16

ICAO24 = "icao24:"
LINE = "overflight."
_LINE = re.compile(r"overflight\.([a-z_0-9]+): (.*)", re.DOTALL)
_SAID_ADDRESS = re.compile(
    r"\b(?:icao24|mode[ -]?s(?: transponder)? code)\s*[:=]?\s*(~?[0-9a-f]{6})(?![0-9a-z])", re.IGNORECASE
)
_MARKED = "overflight."  # a text of others that begins so would be taken for one of our lines
_HOST = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d{1,4})?/[!-~]*")
_BREAKS = re.compile(r"[\n\t;]+")
_COMMAS = re.compile(r",(?:\s?[,.])+")
_REWRITTEN = ("ESQ", "<BR")  # FollowTheMoney turns these into commas in addresses
_PREFIX = re.compile(r"[12]\d{3}(?:-\d{2}(?:-\d{2}(?:T\d{2}(?::\d{2}(?::\d{2})?)?)?)?)?")
_ZONED = re.compile(r"([12]\d{3}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})")
_PREFIXES = (4, 7, 10, 13, 16, 19)  # letters of a year, month, day, hour, minute, second
_HOUR = 13
_DATES_KEPT = 4096  # claims of one file name the same few days over and over
_LETTERS_OF_ID = 20  # of a SHA-1 digest: 80 bits, no two of a billion entities share them
_DELETED = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, invisible marks, what is no letter


def entity(id_: str, schema: str, **properties: Any) -> Entity:
    """An entity; a property is a text, several or None, and empty ones are left out."""
    made: Properties = {}
    for name, given in properties.items():
        texts = [given] if isinstance(given, str) else given or []
        kept = list(dict.fromkeys(text for text in texts if text))
        if kept:
            made[name] = kept
    return {"id": id_, "schema": schema, "properties": made}


def id_of(kind: str, *parts: object) -> str:
    """An id that is the same whenever it is made of the same parts."""
    digest = hashlib.sha1(json.dumps([kind, *parts], ensure_ascii=True, default=str).encode())
    return f"overflight-{kind}-{digest.hexdigest()[:_LETTERS_OF_ID]}"


def first(entity_: Mapping[str, Any] | None, name: str) -> str | None:
    """The first text of a property; None where there is none."""
    return next(iter(texts(entity_, name)), None)


def texts(entity_: Mapping[str, Any] | None, name: str) -> list[str]:
    """The texts of a property without our own lines; whatever else stands there is passed over."""
    return [text for text in everything(entity_, name) if not text.startswith(_MARKED)]


def everything(entity_: Mapping[str, Any] | None, name: str) -> list[str]:
    """The texts of a property, our own lines among them."""
    properties = (entity_ or {}).get("properties")
    given = properties.get(name) if isinstance(properties, dict) else None
    found = given if isinstance(given, list) else [given]
    return [whole(str(one)) for one in found if isinstance(one, str | int | float) and str(one).strip()]


def whole(text: str) -> str:
    """The text with the replacement character for lone surrogates, which no file can hold."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def text_of(text: str | None, most: int = TEXT_MAX) -> str | None:
    """A text as FollowTheMoney leaves it: NFC, without invisible letters, cut; None where nothing is left."""
    if text is None or text.startswith(_MARKED):
        return None
    if not (text.isascii() and text.isprintable()):
        letters = "".join(_letter(c) for c in unicodedata.normalize("NFC", text))
        text = unicodedata.normalize("NFC", letters)  # what stood on both sides of a deleted letter may join
    return text.strip()[:most].strip() or None


def string_of(text: str | None) -> str | None:
    """The same in one line: a label, a mark, a title."""
    cleaned = text_of(text)
    return None if cleaned is None else _squashed(cleaned, STRING_MAX)


def identifier_of(text: str | None, most: int = IDENTIFIER_MAX) -> str | None:
    """The same for marks and serial numbers; one too long is none: half a serial is another one."""
    cleaned = string_of(text)
    return cleaned if cleaned is None or len(cleaned) <= most else None


def name_of(text: str | None) -> str | None:
    """The same for names, without quotes around them."""
    cleaned = text_of(text)
    if cleaned is None:
        return None
    return (_squashed(" ".join(cleaned.split()).strip(" \"'"), NAME_MAX) or "").strip(" \"'") or None


def address_of_place(text: str | None) -> str | None:
    """The same for a place in words; None for the few words that FollowTheMoney would rewrite."""
    cleaned = text_of(text)
    if cleaned is None or any(word in cleaned for word in _REWRITTEN):
        return None
    commas = _BREAKS.sub(", ", cleaned)
    while (fewer := _squashed(_COMMAS.sub(", ", commas), ADDRESS_MAX) or "") != commas:
        commas = fewer
    return commas or None


def url_of(text: str | None) -> str | None:
    """The link where FollowTheMoney takes it unchanged, else None."""
    if text is None or len(text) > URL_MAX or not _HOST.fullmatch(text):
        return None
    return text if urlparse(text).geturl() == text else None


def number_of(number: float | None) -> str | None:
    """Decimal digits of a number; None for one that cannot be written so."""
    digits = None if number is None else repr(float(number))
    return digits if digits is not None and re.fullmatch(r"-?\d+\.\d+", digits) else None


@lru_cache(maxsize=_DATES_KEPT)
def date_of(bounds: Bounds) -> str | None:
    """The date as precise as the bounds allow; None where it is open on a side, or of two years.

    A coarser date is true, only less precise: between 3 and 20 May is `2014-05`.
    """
    if bounds.earliest_ms is None or bounds.latest_ms is None:
        return None
    try:
        text = iso_utc(bounds.earliest_ms) or ""
    except (OverflowError, ValueError):
        return None
    for letters in reversed(_PREFIXES):
        held = dated(text[:letters])
        if held.earliest_ms is not None and held.latest_ms is not None:
            if held.earliest_ms <= bounds.earliest_ms and bounds.latest_ms <= held.latest_ms:
                return text[:letters]
    return None


@lru_cache(maxsize=_DATES_KEPT)
def dated(text: str | None) -> Bounds:
    """Bounds (ms, UTC) of a date of any precision; open on both sides where it is none."""
    text = (text or "").strip()
    zoned = _ZONED.fullmatch(text)
    if zoned:
        zone = zoned[4] if zoned[4] == "Z" or ":" in zoned[4] else f"{zoned[4][:3]}:{zoned[4][3:]}"
        text = f"{zoned[1]}T{zoned[2]}{zone}"
    elif not _PREFIX.fullmatch(text):
        return NOT_SAID
    try:
        if len(text) == _HOUR:
            return Bounds(bounds_of(f"{text}:00").earliest_ms, bounds_of(f"{text}:59").latest_ms)
        return bounds_of(text)
    except QuestionError:
        return NOT_SAID


def line(name: str, value: object) -> str | None:
    """`overflight.NAME: VALUE` in plain ASCII (JSON), which no program changes; None where it is too long."""
    text = f"{LINE}{name}: {json.dumps(value, ensure_ascii=True)}"
    return text if len(text) <= TEXT_MAX else None


def lines(given: Iterable[str]) -> dict[str, Any]:
    """The values of such lines by name; what is none is passed over."""
    found: dict[str, Any] = {}
    for text in given:
        match = _LINE.fullmatch(text)
        if match is None:
            continue
        try:
            found.setdefault(match[1], json.loads(match[2]))
        except (ValueError, RecursionError):
            continue
    return found


def said_address(entity_: Mapping[str, Any]) -> str | None:
    """The one 24-bit address that stands in the notes or description of an aircraft, in lower case."""
    told = [*texts(entity_, "notes"), *texts(entity_, "description")]
    found = {match.lower() for text in told for match in _SAID_ADDRESS.findall(text)}
    return found.pop() if len(found) == 1 else None


def _squashed(text: str, most: int) -> str | None:
    return " ".join(text.split())[:most].strip() or None


def _letter(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    return " " if category in ("Zs", "Zl", "Zp") else "" if category in _DELETED else character
