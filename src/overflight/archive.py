"""The archive a user holds: recordings go in, questions are answered; every door calls this alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

from overflight.clock import day_number, day_text, iso_utc, parse_utc
from overflight.detect.airframes import Airframes
from overflight.detect.footprints import Footprints
from overflight.errors import ArchiveError, QuestionError
from overflight.formats.reading import ReadOptions
from overflight.intake import reference, run
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.intake.report import AddReport
from overflight.model.address import address_asked
from overflight.model.fields import TABLES
from overflight.registry.airfields import Gazetteer
from overflight.search.about import About
from overflight.search.aircraft import find_aircraft_asked
from overflight.search.answer import Answer
from overflight.search.asking import AskedCount, AskedTrip, parts_of
from overflight.search.contract import Row
from overflight.search.count import counting, find_count
from overflight.search.coverage import find_coverage
from overflight.search.crossings import find_crossings_asked
from overflight.search.flights import find_flights
from overflight.search.gaps import Wanted, find_gaps
from overflight.search.hits import Found
from overflight.search.instant import Fix, find_instant
from overflight.search.itinerary import find_itinerary
from overflight.search.known import Known
from overflight.search.loaded import Box, Loaded
from overflight.search.lookup import find
from overflight.search.near import find_near
from overflight.search.nearness import AskedNear, nearness_of
from overflight.search.never import find_absences
from overflight.search.pairs import find_pairs
from overflight.search.paths import Piece, Track, find_paths, find_tracks
from overflight.search.prepared import prepare
from overflight.search.reach import Reach, find_reach
from overflight.search.scope import Asked, question, read_names
from overflight.search.sequence import find_sequence
from overflight.search.silence import Silence, find_silence
from overflight.search.single import find_crossings_of, find_flight, find_stop
from overflight.search.soundness import Soundness, find_damage
from overflight.search.sources import Sources
from overflight.search.trace import Trace, find_trace
from overflight.search.visits import find_visits
from overflight.store.conditions import Condition
from overflight.store.folder import Store
from overflight.store.licences import Said
from overflight.store.public import PublicStore, Withheld
from overflight.store.receiver import one_receiver

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


class Archive:
    """An open archive. Questions are about the version it stands at; adding moves it to the newest."""

    def __init__(self, store: Store) -> None:
        """Use `overflight.open`."""
        self._store = store
        self._sources, self._known = self._sources_now()

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

    def itinerary(self, aircraft: Names, **asked: Unpack[Asked]) -> Answer:
        """The stops and flights of an aircraft in order, and its days not seen or not loaded; of no place."""
        return find_itinerary(question(aircraft, **asked), self._sources, self._known.loaded)

    def pairs(self, aircraft: Names = (), **asked: Unpack[AskedTrip]) -> Answer:
        """Trips from `origin` to `destination` (places; one may be left out), over `via_stops` short stops.

        `first`: those that are the first on their pair in all that is loaded.
        """
        parts = parts_of(**asked)
        return find_pairs(question(aircraft, **parts["asked"]), self._sources, parts["trip"])

    def sequence(
        self, aircraft: Names = (), *, then: str, within_h: float = 24.0, **asked: Unpack[Asked]
    ) -> Answer:
        """Stays at `place` that a stay of the same aircraft at `then` followed within some hours."""
        return find_sequence(question(aircraft, **asked), self._sources, then, within_h)

    def count(
        self, of: str, by: Names = (), *, aircraft: Names = (), **asked: Unpack[AskedCount]
    ) -> Answer:
        """Numbers of `visits`, `flights`, `crossings` or `pairs`, by up to two keys: docs/questions.md."""
        parts = parts_of(**asked)
        how = counting(of, by, trip=parts["trip"], **parts["how"])
        return find_count(question(aircraft, **parts["asked"]), self._sources, self._known.loaded, how)

    def never(self, aircraft: Names, **asked: Unpack[Asked]) -> Answer:
        """Whether aircraft can have been in a `place`: their time as excluded, possible, seen, not loaded."""
        return find_absences(question(aircraft, **asked), self._sources, self._known.loaded)

    def gaps(
        self, aircraft: Names = (), *, min_minutes: float = 30.0, towards: str | None = None,
        **asked: Unpack[Asked],
    ) -> Answer:  # fmt: skip
        """Silences: where lost and regained, what was reachable; at a `place`, those lost or regained there.

        `towards`: lost on a course to that place. Asked as `flights` are, without grade and history.
        """
        wanted = Wanted(min_minutes, towards)
        return find_gaps(question(aircraft, **asked), self._sources, self._known.loaded, wanted)

    def near(self, aircraft: Names = (), **asked: Unpack[AskedNear]) -> Answer:
        """What came `within` nm (and `within_ft`) of `at` around `time`, or of the aircraft's flights.

        `at` is `LAT,LON` or `LAT,LON,FEET`; `other` names whose company alone is told.
        """
        near, rest = nearness_of(**asked)
        return find_near(question(aircraft, **rest), self._sources, near)

    def coverage(
        self, place: str, *, by: str | None = None, since: str | None = None, until: str | None = None,
        floor: str | float | None = None, ceiling: str | float | None = None,
    ) -> Answer:  # fmt: skip
        """What was received at a place: at once, or by `hour`, `day` or `cell`; who was to be expected."""
        asked = question(place=place, since=since, until=until, floor=floor, ceiling=ceiling)
        return find_coverage(asked, self._sources, self._known.loaded, by)

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

    def find(self, text: str, limit: int = 50) -> Found:
        """What a text may mean (mark, address, call sign, place, country, type, date, id), best first.

        Each hit says why; `remarks` name words that mean nothing here. Never raises for a text.
        """
        return find(self._known, text, limit)

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

    def add(
        self, paths: str | Path | Iterable[str | Path], *, data_kind: str = "recorded",
        column_map: str | Path | None = None, licence: str | None = None, may_publish: bool | None = None,
        heatmaps: bool = False, zone: str | None = None, started: str | None = None,
        address: str | None = None, progress: Progress = run.quiet,
    ) -> AddReport:  # fmt: skip
        """Report of taking in recordings: read = accepted + refused + duplicate for each file.

        All of it becomes one new version or nothing does. `column_map` describes CSV files of other makers;
        `heatmaps`: read readsb's heatmaps too, which repeat its traces thinned and rounded. `zone` is that of
        SBS logs, `started` the time of the first frame of one Beast or AVR log, or of a snapshot that states
        none; `address` is the aircraft's where a file names none (FR24, trajectories): six hex digits.
        Whether `public` may show them the licence decides (store.licences), or `may_publish` beside it.
        """
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        self._sources.finish()  # answers already given are about the version they were asked of
        options = ReadOptions(
            data_kind, Path(column_map) if column_map is not None else None, heatmaps,
            zone=zone, started_ms=None if started is None else parse_utc(started),
            address=None if address is None else address_asked(address),
        )  # fmt: skip
        said = Said(licence, may_publish)
        report = run.add(self._store, [Path(p) for p in given], options, said=said, progress=progress)
        self._sources, self._known = self._sources_now()
        return report

    def add_reference(
        self, path: str | Path, *, day: str | None = None, licence: str | None = None,
        may_publish: bool | None = None, progress: Progress = run.quiet,
    ) -> AddReport:  # fmt: skip
        """Report of taking in airfields (OurAirports), a register (tar1090-db), routes (VRS) of a UTC day.

        `licence` and `may_publish` as for `add`.
        """
        self._sources.finish()
        report = reference.add(
            self._store, Path(path), day_number(day) if day is not None else None,
            said=Said(licence, may_publish), progress=progress,
        )  # fmt: skip
        self._sources, self._known = self._sources_now()
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

    def close(self) -> None:
        """Let go of files and memory; answers still held are told to their end first."""
        self._sources.finish()
        self._store.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sources_now(self) -> tuple[Sources, Known]:
        store = self._store

        def footprints(gazetteer: Gazetteer) -> Footprints:
            return footprints_for(
                gazetteer, {day_number(f.partition.split("/")[0]) for f in store.files("positions")}
            )

        def airframes(addresses: list[int]) -> Airframes:
            return airframes_of(store, addresses, sources.types)

        sources = Sources(store, lambda: gazetteer_of(store), footprints, airframes)
        return sources, Known(sources)


__all__ = ["Answer", "Archive", "open"]
