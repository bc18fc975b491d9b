"""The archive a user holds: recordings go in, questions are answered; every door calls this alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

from overflight.clock import day_number, day_text, iso_utc
from overflight.detect.airframes import Airframes
from overflight.detect.footprints import Footprints
from overflight.errors import QuestionError
from overflight.formats.reading import ReadOptions
from overflight.intake import reference, run
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.intake.report import AddReport
from overflight.model.fields import TABLES
from overflight.registry.airfields import Gazetteer
from overflight.search.aircraft import find_aircraft_asked
from overflight.search.answer import Answer
from overflight.search.crossings import find_crossings_asked
from overflight.search.flights import find_flights
from overflight.search.paths import Piece, find_paths
from overflight.search.prepared import prepare
from overflight.search.scope import Asked, question, read_names
from overflight.search.sources import Sources
from overflight.search.visits import find_visits
from overflight.store.conditions import Condition
from overflight.store.folder import Store

Progress = Callable[[str, int, int], None]
Names = str | Iterable[str]


def open(path: str | Path, *, create: bool = False) -> Archive:
    """The archive in a folder; with `create` a new one where the folder does not exist or is empty.

    Raises ArchiveError where there is none.
    """
    folder = Path(path)
    empty = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    return Archive(Store.create(folder) if create and empty else Store.open(folder))


class Archive:
    """An open archive. Questions are about the version it stands at; adding moves it to the newest."""

    def __init__(self, store: Store) -> None:
        """Use `overflight.open`."""
        self._store = store
        self._sources = self._sources_now()

    @property
    def version(self) -> str:
        """Digest of what the archive holds, 16 hex digits: equal content, equal digest, anywhere."""
        return self._store.version.digest

    def flights(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Answer:
        """Flights as far as seen; at a place, those that began or ended there or crossed it.

        `aircraft` are marks, addresses or call signs; `place` is an airfield, a country,
        `circle:LAT,LON,RADIUSnm`, or a GeoJSON file or text; times are UTC texts, `[since, until)`. Raises
        QuestionError.
        """
        return find_flights(question(aircraft, **asked), self._sources)

    def visits(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Answer:
        """Stops on the ground, seen or not, with candidates; at a place, with the grade of having been there.

        Asked as `flights` are.
        """
        return find_visits(question(aircraft, **asked), self._sources)

    def crossings(self, aircraft: Names = (), **asked: Unpack[Asked]) -> Answer:
        """Stays inside countries, or inside the country or drawn area asked for; an airfield is no region.

        Asked as `flights` are.
        """
        return find_crossings_asked(question(aircraft, **asked), self._sources)

    def aircraft(self, names: Names = (), *, aircraft_file: str | Path | None = None) -> Answer:
        """Who the aircraft are, by which source and when, and what is odd; garbled marks are guessed."""
        listed = read_names(Path(aircraft_file)) if aircraft_file is not None else []
        return find_aircraft_asked([*([names] if isinstance(names, str) else names), *listed], self._sources)

    def paths(self, flights: Answer) -> dict[str, list[Piece]]:
        """For each flight, by id, the pieces of (longitude, latitude) in degrees that it was seen to fly."""
        return find_paths(self._store, flights.rows)

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

    def add(
        self, paths: str | Path | Iterable[str | Path], *, data_kind: str = "recorded",
        column_map: str | Path | None = None, licence: str | None = None, progress: Progress = run.quiet,
    ) -> AddReport:  # fmt: skip
        """Report of taking in recordings: read = accepted + refused + duplicate for each file.

        All of it becomes one new version or nothing does. `column_map` describes CSV files of other makers.
        """
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        options = ReadOptions(data_kind, Path(column_map) if column_map is not None else None)
        report = run.add(self._store, [Path(p) for p in given], options, licence=licence, progress=progress)
        self._sources = self._sources_now()
        return report

    def add_reference(
        self, path: str | Path, *, day: str | None = None, progress: Progress = run.quiet
    ) -> AddReport:  # fmt: skip
        """Report of taking in airfields (OurAirports), a register (tar1090-db), routes (VRS) of a UTC day."""
        report = reference.add(
            self._store, Path(path), day_number(day) if day is not None else None, progress=progress
        )
        self._sources = self._sources_now()
        return report

    def prepare(self, *, progress: Progress = run.quiet) -> int:
        """Number of unseen stops weighed, once for all questions about places; adding makes it worth nothing.

        It is kept beside the archive's tables, is no part of what the archive holds, and changes no answer.
        """
        return prepare(self._sources, progress)

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
                    "licence": b.licence, "retrieved": iso_utc(b.retrieved_ms), "broke": b.broke,
                    "unreadable": b.unreadable,
                }
                for b in view.batches()
            ],
            "references": [
                {
                    "kind": r.kind, "name": r.name, "day": day_text(r.day), "sha256": r.sha256,
                    "source": r.source,
                }
                for r in view.references()
            ],
        }  # fmt: skip

    def close(self) -> None:
        """Let go of files and memory."""
        self._store.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sources_now(self) -> Sources:
        store = self._store

        def footprints(gazetteer: Gazetteer) -> Footprints:
            return footprints_for(
                gazetteer, {day_number(f.partition.split("/")[0]) for f in store.files("positions")}
            )

        def airframes(addresses: list[int]) -> Airframes:
            return airframes_of(store, addresses, sources.types)

        sources = Sources(store, lambda: gazetteer_of(store), footprints, airframes)
        return sources


__all__ = ["Answer", "Archive", "open"]
