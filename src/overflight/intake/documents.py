"""What documents say, into the archive: claims one by one or from files, taken back, or removed for good."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from overflight.clock import day_text, utc_day
from overflight.errors import InputError, OverflightError, QuestionError
from overflight.formats.claim_checks import fault_of
from overflight.formats.claim_files import (
    ENDINGS,
    MOST_BYTES,
    Refused,
    has_front_matter,
    one_claim,
    read_claims,
)
from overflight.formats.containers import files_under
from overflight.formats.yaml_tree import Mistake, Node
from overflight.intake.copies import hash_of_copy, hashes_beside
from overflight.intake.entity_files import ENDINGS as ENTITY_ENDINGS
from overflight.intake.entity_files import is_entities, read_entities
from overflight.intake.report import AddReport, FileReport
from overflight.model.fields import DOCUMENTS, TOMBSTONES, schema
from overflight.model.sayings import REMOVALS
from overflight.registry.marks import normal_mark, state_of_mark
from overflight.registry.privacy import CLAIM, PARTY, TELLING, Removals
from overflight.registry.removed_names import digest_of, folded_text, name_digest, tells_any
from overflight.store.folder import Store
from overflight.store.licences import NOTHING_SAID, Said, Terms, restated, terms_of
from overflight.store.prepared import NAMES, forget_arrays
from overflight.store.view import View
from overflight.store.writing import Writer

TABLE, STONES, PARTITION = "documents", "tombstones", "all"  # few enough that each change writes all of them
ID_DIGITS = 12  # 48 bits: among a million claims a collision has a chance of 2e-3, and is refused, not lost
# What may change of a claim that stays the same: when it was typed in, taken back, and on what terms it came.
_ABOUT = ("id", "recorded_day", "withdrawn_day", "licence", "may_publish")
_SCHEMA, _STONE_SCHEMA = schema(DOCUMENTS), schema(TOMBSTONES)

Claim = dict[str, Any]
Meaning = Callable[[View, Claim], int | None]  # the address that a claim means which gives none itself


@dataclass
class _Arrived:
    """The claims of one file, or the one typed in, with what is said of all of them."""

    report: FileReport
    claims: list[Claim]


class _Gone:
    """What was removed: nothing of that is taken in again."""

    def __init__(self, writer: Writer, meaning: Meaning | None) -> None:
        self._removals, self._view, self._meaning = Removals(_stones(writer)), writer.view, meaning

    def refusal_of(self, claim: Claim, today: int) -> str | None:
        """Why a claim is refused; of a party removed of one aircraft where it may mean that one."""
        refusal = self._removals.refusal_of(claim, claim["address"])
        if refusal is None or claim["address"] is not None or self._meaning is None:
            return refusal
        day = today if claim["recorded_day"] is None else claim["recorded_day"]
        return self._removals.refusal_of(claim, self._meaning(self._view, claim | {"recorded_day": day}))


def add_files(
    store: Store, paths: Sequence[Path], said: Said = NOTHING_SAID, today: int | None = None,
    meaning: Meaning | None = None,
) -> AddReport:  # fmt: skip
    """Report of adding claim files, or all in folders, as one new version; what is wrong is told by line.

    `today` is the UTC day of recording where a file does not say. Raises InputError for a path that is not.
    """
    arrived = []
    for path in paths:
        if not path.exists():
            raise InputError(f"there is no file or folder {path}")
        for file in files_under(path):
            ending = file.suffix.lower()
            if not path.is_dir() or ending in ENDINGS or (ending in ENTITY_ENDINGS and is_entities(file)):
                arrived.append(_read(file, strict=not path.is_dir()))
    return _add(store, arrived, said, today, meaning)


def add_one(
    store: Store, fields: Mapping[str, str], today: int | None = None, meaning: Meaning | None = None
) -> tuple[str, AddReport]:
    """Id and report of adding one claim, fields named as in files; raises InputError where it is wrong."""
    nodes = {name: Node(value, 1) for name, value in fields.items()}
    try:
        claim = one_claim(nodes, 1, lambda text: hash_of_copy(Path(text)))
    except Mistake as wrong:
        raise InputError(wrong.text) from None
    report = FileReport(name="the claim", sha256="", bytes=0, format="claims", read=1)
    done = _add(store, [_Arrived(report, [claim])], NOTHING_SAID, today, meaning)
    if report.refused:
        raise InputError(next(iter(report.reasons)))
    return content_id(_usual(claim)), done


def withdraw(store: Store, id_: str, day: int, why: str) -> None:
    """Note that the source took a claim back on a UTC day; QuestionError where there is no such claim."""
    with store.writer(f"claim withdraw {id_}", why) as writer:
        standing = _standing(writer)
        if id_ not in standing:
            raise QuestionError(f"there is no claim {id_}")
        claim = standing[id_]
        if claim["published_day"] is not None and day < claim["published_day"]:
            raise QuestionError(f"it was published only on {day_text(claim['published_day'])}")
        _put(writer, standing | {id_: claim | {"withdrawn_day": day}})
        writer.commit()


def remove_claim(
    store: Store, id_: str, reason: str, meant: Mapping[str, int | None] | None = None,
    today: int | None = None,
) -> int:  # fmt: skip
    """Number of claims removed for good, one: a tombstone keeps it from coming back, and says why.

    `meant`: by claim the address of the aircraft that it means, where it does not give one.
    """
    _check_reason(reason)
    with store.writer(f"claim remove {id_}") as writer:
        standing = _standing(writer)
        if id_ not in standing:
            raise QuestionError(f"there is no claim {id_}")
        stone = _stone(_meant(standing[id_], meant), CLAIM, digest_of(id_), reason, _day(today))
        _bury(writer, standing, [id_], [stone])
        writer.commit()
    forget_arrays(store.folder, NAMES)
    return 1


def remove_party(
    store: Store, name: str, reason: str, address: int | None = None,
    meant: Mapping[str, int | None] | None = None, today: int | None = None,
) -> int:  # fmt: skip
    """Number of documents' claims removed with a party that is no longer told, of one aircraft or of all.

    Claims of lists stay as they came and are told without the party. A document's claim goes where any of its
    texts names the party, and the aircraft is that one or not known (`meant` as in `remove_claim`).
    """
    _check_reason(reason)
    if not folded_text(name):
        raise QuestionError("which party? Give the name as the answers tell it")
    # the version's command is shown to people: it does not repeat the name
    with store.writer("claim remove --party") as writer:
        standing = _standing(writer)
        gone = [
            id_ for id_, claim in standing.items()
            if (address is None or _meant(claim, meant) in (address, None))
            and _names(claim, name)
        ]  # fmt: skip
        stones = [_stone(address, PARTY, name_digest(name), reason, _day(today))]
        stones += [
            _stone(_meant(standing[i], meant), CLAIM, digest_of(i), reason, _day(today)) for i in gone
        ]
        _bury(writer, standing, gone, stones)
        writer.commit()
    forget_arrays(store.folder, NAMES)
    return len(gone)


def content_id(claim: Mapping[str, Any]) -> str:
    """`claim-` and 12 hex digits of a hash of what is said and who says it: the same for the same claim."""
    content = [[name, claim[name]] for name in _SCHEMA.names if name not in _ABOUT]
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return f"claim-{hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]}"


def _read(file: Path, *, strict: bool) -> _Arrived:
    """What a file holds; Markdown without front matter is a mistake, or where not `strict` another page."""
    report = FileReport(name=file.name, sha256="", bytes=0, format="claims")
    if is_entities(file):
        return _Arrived(report, read_entities(file, report))
    text = _text(file, report)
    if text is None:
        return _Arrived(report, [])
    markdown = file.suffix.lower() not in (".yaml", ".yml")
    if markdown and not strict and not has_front_matter(text):
        report.unread["Markdown without front matter"] += 1
        return _Arrived(report, [])
    found = read_claims(text, hashes_beside(file), markdown=markdown)
    report.read = len(found.claims) + len(found.refused)
    for refused in found.refused:
        _refuse(report, refused)
    return _Arrived(report, found.claims)


def _text(file: Path, report: FileReport) -> str | None:
    try:
        report.bytes = file.stat().st_size
        if report.bytes > MOST_BYTES:
            report.unreadable = f"a claim file has at most {MOST_BYTES:,} bytes, and this {report.bytes:,}"
            return None
        data = file.read_bytes()
        report.sha256 = hashlib.sha256(data).hexdigest()
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        report.unreadable = f"it is no text in UTF-8 (byte {error.start:,})"
    except OSError as error:
        report.unreadable = f"it cannot be read: {error.strerror}"
    return None


def _refuse(report: FileReport, refused: Refused) -> None:
    report.refused += 1
    report.reasons[f"{report.name}, line {refused.line}: {refused.text}"] += 1


def _add(
    store: Store, arrived: Sequence[_Arrived], said: Said, today: int | None, meaning: Meaning | None
) -> AddReport:
    before, reports = store.version.digest, []
    count = sum(len(one.claims) for one in arrived)
    # What is shown of a version outlives a removal: it repeats no text and no file's name.
    with store.writer(f"claim add ({count} claim{'' if count == 1 else 's'})") as writer:
        standing, gone = _standing(writer), _Gone(writer, meaning)
        for one in arrived:
            reports.append(one.report)
            for claim in one.claims:
                _take(standing, claim, gone, one.report, said, _day(today))
        _put(writer, standing)
        version = writer.commit()
    return AddReport(reports, before, version.digest)


def _take(
    standing: dict[str, Claim], claim: Claim, gone: _Gone, report: FileReport, said: Said, today: int
) -> None:
    """Put one claim beside those that stand, or refuse it."""
    claim = _usual(claim)
    id_ = content_id(claim)
    refusal = fault_of(claim) or gone.refusal_of(claim | {"id": id_}, today)
    stood = standing.get(id_)
    if refusal is None and stood is not None and content_id(stood) != id_:
        refusal = f"another claim already has the id {id_}"
    try:
        stated = _stated(claim, said)
        terms = terms_of(stated) if stood is None else restated(_terms(stood), stated)
    except OverflightError as error:
        refusal = refusal or str(error)
        terms = Terms()
    if refusal is not None:
        report.refused += 1
        report.reasons[refusal] += 1
        return
    recorded = [claim["recorded_day"]] if claim["recorded_day"] is not None else []
    if stood is None:
        report.accepted += 1
    else:
        report.duplicate += 1
        recorded.append(stood["recorded_day"])
        claim["withdrawn_day"] = claim["withdrawn_day"] or stood["withdrawn_day"]
    standing[id_] = claim | {
        "id": id_, "recorded_day": min(recorded, default=today), "licence": terms.licence,
        "may_publish": terms.may_publish,
    }  # fmt: skip


def _stated(claim: Claim, said: Said) -> Said:
    """The terms a claim states itself, else those stated for all of them; who adds it may always withhold."""
    licence = claim["licence"] or said.licence
    if said.may_publish is False:
        return Said(licence, False)
    if claim["may_publish"] is not None:
        return Said(licence, claim["may_publish"])
    return said if claim["licence"] is None else Said(claim["licence"])


def _usual(claim: Claim) -> Claim:
    """The claim with the mark of its aircraft in the usual spelling.

    What the document calls the aircraft is its mark where nobody says more of it and it begins as marks do.
    """
    mark, named = claim["registration"], claim["as_reported"]
    if mark is None and claim["address"] is None and claim["serial"] is None and state_of_mark(named):
        mark = named
    return claim | {"registration": None if mark is None else normal_mark(mark)}


def _terms(claim: Claim) -> Terms:
    return Terms(claim["licence"], claim["may_publish"])


def _standing(writer: Writer) -> dict[str, Claim]:
    rows = [writer.view.read(entry).to_pylist() for entry in writer.view.files(TABLE)]
    return {row["id"]: row for part in rows for row in part}


def _stones(writer: Writer) -> pa.Table:
    held = [writer.view.read(entry) for entry in writer.view.files(STONES)]
    return pa.concat_tables([_STONE_SCHEMA.empty_table(), *held])


def _put(writer: Writer, claims: Mapping[str, Claim]) -> None:
    ordered = [claims[id_] for id_ in sorted(claims)]
    writer.put(TABLE, PARTITION, pa.Table.from_pylist(ordered, schema=_SCHEMA))


def _bury(
    writer: Writer, standing: Mapping[str, Claim], ids: Sequence[str], stones: list[Claim]
) -> None:
    """Take claims out and put tombstones beside those that stand; a removal made before keeps its day."""
    held = _stones(writer)
    fresh = pa.Table.from_pylist(stones, schema=_STONE_SCHEMA)
    fresh = fresh.filter(pc.invert(pc.is_in(fresh["id"], value_set=held["id"].combine_chunks())))
    together = pa.concat_tables([held, fresh]).sort_by("id").combine_chunks()
    writer.put(STONES, PARTITION, together)
    _put(writer, {id_: claim for id_, claim in standing.items() if id_ not in set(ids)})


def _meant(claim: Claim, meant: Mapping[str, int | None] | None) -> int | None:
    given: int | None = claim["address"]
    return (meant or {}).get(claim["id"]) if given is None else given


def _names(claim: Claim, name: str) -> bool:
    """Whether any text of a claim names a party; in scripts without blanks, whether it holds the name."""
    texts = [claim[text] for text in TELLING if claim[text]]
    if not name.isascii() and any(folded_text(name) in folded_text(text) for text in texts):
        return True
    return any(tells_any(text, (name_digest(name),)) for text in texts)


def _stone(address: int | None, field: str, digest: str, reason: str, day: int) -> Claim:
    name = hashlib.sha256(f"{address} {field} {digest}".encode()).hexdigest()[:ID_DIGITS]
    return {
        "id": f"tombstone-{name}", "address": address, "field": field, "value_sha256": digest,
        "reason": reason, "day": day,
    }  # fmt: skip


def _check_reason(reason: str) -> None:
    if reason not in REMOVALS:
        raise QuestionError(f"{reason!r} is no class of reason; give one of {', '.join(REMOVALS)}")


def _day(today: int | None) -> int:
    return utc_day(int(time.time() * 1000)) if today is None else today

