"""The archive a user holds: recordings go in, questions are answered; every door calls this alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Unpack

from overflight.archive.callsigns import Callsigns
from overflight.archive.claims import Claims
from overflight.archive.entities import InEntities
from overflight.archive.identity import Identity
from overflight.archive.questions import Questions
from overflight.archive.searching import Searching
from overflight.archive.taking import Taking
from overflight.clock import day_text, iso_utc, parse_utc
from overflight.errors import ArchiveError, QuestionError
from overflight.intake import run
from overflight.model.fields import TABLES
from overflight.search.about import About
from overflight.search.aircraft import find_aircraft_asked
from overflight.search.answer import Answer
from overflight.search.contract import Row
from overflight.search.instant import Fix, find_instant
from overflight.search.loaded import Box, Loaded
from overflight.search.paths import Piece, Track, find_paths, find_tracks
from overflight.search.reach import Reach, find_reach
from overflight.search.scope import Asked, question, read_names
from overflight.search.silence import Silence, find_silence
from overflight.search.single import find_crossings_of, find_flight, find_stop
from overflight.search.soundness import Soundness, find_damage
from overflight.search.trace import Trace, find_trace
from overflight.store.conditions import Condition
from overflight.store.folder import Store
from overflight.store.public import PublicStore
from overflight.store.receiver import one_receiver
from overflight.store.withheld import Withheld

Progress = Callable[[str, int, int], None]
Names = str | Iterable[str]




def open(path: str | Path, *, create: bool = False) -> Archive:
    """The archive in a folder; with `create` a new one where the folder does not exist or is empty.

    Raises ArchiveError where there is none.
    """
    folder = Path(path)
    empty = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    return Archive(Store.create(folder) if create and empty else Store.open(folder))


def verify(path: str | Path, *, progress: Progress = run.quiet) -> Soundness:
    """What of the archive in a folder is no longer as it was written, and what rests on it; changes nothing.

    Raises ArchiveError where there is none, or its catalogue cannot be read at all.
    """
    with Store.open(Path(path), damaged=True) as store:
        return find_damage(store, progress)


class Archive(Questions, Searching, Identity, Callsigns, Claims, InEntities, Taking):
    """An open archive. Questions are about the version it stands at; adding moves it to the newest."""

    def reach(self, kind: str, aircraft: Names = (), **asked: Unpack[Asked]) -> Reach:
        """How much `flights`, `visits` or `crossings` would look at, counted without answering."""
        return find_reach(kind, question(aircraft, **asked), self._sources)

    def aircraft(self, names: Names = (), *, aircraft_file: str | Path | None = None) -> Answer:
        """Who the aircraft are, by which source and when, and what is odd; garbled marks are guessed."""
        listed = read_names(Path(aircraft_file)) if aircraft_file is not None else []
        return find_aircraft_asked([*([names] if isinstance(names, str) else names), *listed], self._sources)

    def paths(self, flights: Answer) -> dict[str, list[Piece]]:
        """For each flight, by id, the pieces of (longitude, latitude) in degrees that it was seen to fly."""
        return find_paths(self._store, flights.rows)

    def tracks(self, flights: Answer) -> dict[str, list[Track]]:
        """The same pieces with the time and the pressure altitude of each position."""
        return find_tracks(self._store, flights.rows)

    def flight(self, id_: str) -> Row | None:
        """The flight of that id as `flights` tells it; None where none stands under it (see `resolve`)."""
        return find_flight(id_, self._sources)

    def stop(self, id_: str) -> Row | None:
        """The stop of that id as `visits` tells it; None where none stands under it (see `resolve`)."""
        return find_stop(id_, self._sources)

    def crossings_of(self, flight_id: str) -> Answer:
        """The crossings of one flight, in their order along its line."""
        return find_crossings_of(flight_id, self._sources)

    def place(self, name: str) -> Row:
        """The contract's place of an airfield, a learned site or a country; raises QuestionError."""
        found = self._sources.place_asked(question(place=name))
        assert found is not None  # a place was asked for
        return found.place

    def trace(self, flight_id: str) -> Trace | None:
        """Every position of a flight as heard, with its flags and the piece of the line it is on."""
        return find_trace(flight_id, self._store)

    def instant(self, at: int | str, within_min: float = 15, box: Box | None = None) -> list[Fix]:
        """The last fix of each aircraft at or before an instant (ms, or a UTC text), as heard, by address.

        `box` is west, south, east, north in degrees. Raises QuestionError.
        """
        return find_instant(self._known, parse_utc(at) if isinstance(at, str) else at, within_min, box)

    def about(self) -> About:
        """What an export says of itself: this version, and the terms under which what it holds came."""
        return self._known.about

    def loaded(self) -> Loaded:
        """What the archive holds in time and space, by whom, on what terms; read once, then kept."""
        return self._known.loaded

    def silence(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Silence | None:
        """Why a question has no answer: not loaded, covered or seen, or withheld; None where that is not so.

        Asked as `flights` are.
        """
        return find_silence(question(aircraft, **asked), self._sources, self._known.loaded)

    def resolve(self, id_: str) -> str | None:
        """The id that now stands for a flight, stop or crossing once named in an answer; None if withdrawn.

        An id that stands resolves to itself. Raises QuestionError for one that never was.
        """
        current, seen = id_, {id_}
        while not self._stands(current):
            entries = self._store.ledger_of(current)
            if not entries:
                raise QuestionError(f"{id_} names no flight, stop or crossing of this archive, now or before")
            heir = entries[-1].new_id
            if heir is None or heir in seen:
                return None
            seen.add(heir)
            current = heir
        return current

    def _stands(self, id_: str) -> bool:
        tables = {"flight": "flights", "stop": "stops", "crossing": "crossings"}
        table = tables.get(id_.partition("-")[0])
        return table is not None and self._store.find(table, [Condition("id", "=", id_)], ["id"]).num_rows > 0

    def info(self) -> dict[str, Any]:
        """What the archive holds: version, tables with rows and hashes, batches with counts, references."""
        view, hashes = self._store, self._store.table_hashes()
        tables = {name: view.files(name) for name in TABLES}
        return {
            "version": view.version.number, "archive_version": view.version.digest,
            "made": iso_utc(view.version.time_ms), "by": view.version.command,
            "tables": {
                name: {
                    "rows": sum(f.rows for f in files), "bytes": sum(f.bytes for f in files),
                    "hash": hashes[name],
                }
                for name, files in tables.items() if files
            },
            "batches": [
                {
                    "number": b.number, "name": b.name, "sha256": b.sha256, "format": b.format,
                    "read": b.read, "accepted": b.accepted, "refused": b.refused, "duplicate": b.duplicate,
                    "licence": b.licence, "may_publish": b.may_publish, "retrieved": iso_utc(b.retrieved_ms),
                    "broke": b.broke, "unreadable": b.unreadable,
                }
                for b in view.batches()
            ],
            "references": [
                {
                    "kind": r.kind, "name": r.name, "day": day_text(r.day), "sha256": r.sha256,
                    "source": r.source, "licence": r.licence, "may_publish": r.may_publish,
                }
                for r in view.references()
            ],
        }  # fmt: skip

    def public(self, *, publish_receiver_area: bool = False) -> Archive:
        """This version as it may be shown to all: every answer rests only on what may be published.

        It is only read, and of use while this archive is open. Raises ArchiveError where a list of airfields
        may not be published, and where what may be shown could betray the place of the one antenna that heard
        it, unless `publish_receiver_area` consents to that (docs/publishing.md).
        """
        shown = PublicStore(self._store)
        reason = None if publish_receiver_area else one_receiver(shown)
        if reason is not None:
            raise ArchiveError(
                f"{reason}; to show it all the same, set publish_receiver_area = true in overflight.toml"
            )
        return Archive(shown)

    def withheld(self) -> Withheld:
        """How much a public archive leaves out, and its sentence; nothing of any other."""
        return self._store.withheld() if isinstance(self._store, PublicStore) else Withheld()


__all__ = ["Answer", "Archive", "open"]
