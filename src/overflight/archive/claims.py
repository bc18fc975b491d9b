"""What documents say: recorded, told, taken back and removed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict, Unpack

from overflight.archive.standing import Standing
from overflight.clock import day_number
from overflight.intake import documents
from overflight.intake.report import AddReport
from overflight.model.address import address_asked, address_of
from overflight.search.answer import Answer
from overflight.search.claims import find_claim, find_claims
from overflight.search.contract import Row
from overflight.search.documents import address_meant
from overflight.store.licences import Said

Names = str | Iterable[str]


class Stated(TypedDict, total=False):
    """What may be said of a claim, in the words of claim files (docs/claims.md)."""

    since: str | None
    until: str | None
    on: str | None
    between: str | None
    place: str | None
    position: str | None
    source: str | None
    title: str | None
    link: str | None
    copy: str | None
    quotation: str | None
    published: str | None
    recorded: str | None
    withdrawn: str | None
    grade: str | None
    party_kind: str | None
    licence: str | None
    as_reported: str | None
    serial: str | None
    data_kind: str | None


class Claims(Standing):
    """What an archive takes in and answers of documents."""

    def add_claim(
        self, subject: str, says: str, value: str | None = None, *, may_publish: bool | None = None,
        **stated: Unpack[Stated],
    ) -> str:  # fmt: skip
        """Id of one claim, recorded: of the aircraft `subject` (address or mark) a document `says` a `value`.

        `says` is a word of model.sayings.STATEMENTS; of visit, sighting and not_there the value is a place.
        `as_reported` is how the document names the aircraft. Raises InputError for what is wrong.
        """
        fields = {str(name): str(text) for name, text in stated.items() if text is not None}
        fields["aircraft"] = fields.pop("as_reported", subject)
        fields["icao24" if address_of(subject) is not None else "registration"] = subject
        fields["says"] = says
        if value is not None:
            fields["value"] = value
        if may_publish is not None:
            fields["may_publish"] = "yes" if may_publish else "no"
        self._sources.finish()
        id_, _ = documents.add_one(self._store, fields, meaning=address_meant)
        self._sources, self._known = self._sources_now()
        return id_

    def add_claims(
        self, paths: str | Path | Iterable[str | Path], *, licence: str | None = None,
        may_publish: bool | None = None,
    ) -> AddReport:  # fmt: skip
        """Report of recording the claims of files, or of all claim files in folders, as one new version.

        `licence` and `may_publish` are for claims that say nothing of them; `may_publish` False is for all.
        What is wrong is told by line.
        """
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        self._sources.finish()
        said, files = Said(licence, may_publish), [Path(path) for path in given]
        report = documents.add_files(self._store, files, said, meaning=address_meant)
        self._sources, self._known = self._sources_now()
        return report

    def claims(self, aircraft: Names = ()) -> Answer:
        """What documents say of aircraft, or all that they say; `remarks` say what was removed, and why."""
        return find_claims([aircraft] if isinstance(aircraft, str) else list(aircraft), self._sources)

    def claim(self, id_: str) -> Row | None:
        """The claim of that id; None where there is none."""
        return find_claim(id_, self._sources)

    def withdraw_claim(self, id_: str, on: str, why: str = "") -> None:
        """Note that the source took a claim back on a UTC day: from then on it is not told as holding."""
        self._sources.finish()
        documents.withdraw(self._store, id_, day_number(on), why)
        self._sources, self._known = self._sources_now()

    def remove_claim(self, id_: str, reason: str) -> int:
        """Number of claims removed for good, with a class of reason (model.sayings.REMOVALS)."""
        self._sources.finish()
        count = documents.remove_claim(self._store, id_, reason, self._meant())
        self._sources, self._known = self._sources_now()
        return count

    def remove_party(self, name: str, reason: str, aircraft: str | None = None) -> int:
        """Number of documents' claims removed with a party no longer told: of one address, or of all.

        Lists keep what they say on the disk, and no answer tells or finds the party any more.
        """
        address = None if aircraft is None else address_asked(aircraft)
        self._sources.finish()
        count = documents.remove_party(self._store, name, reason, address, self._meant())
        self._sources, self._known = self._sources_now()
        return count

    def _meant(self) -> dict[str, int | None]:
        """By claim the address of the aircraft it means."""
        return {row["id"]: row["address"] for row in self._sources.documents.rows}
