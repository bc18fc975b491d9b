"""What goes into an archive: recordings, reference data; and what is prepared beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from overflight.archive.standing import Standing
from overflight.clock import day_number, parse_utc
from overflight.formats.reading import ReadOptions
from overflight.intake import reference, run
from overflight.intake.report import AddReport
from overflight.model.address import address_asked
from overflight.search.index import prepare_index
from overflight.search.prepared import prepare
from overflight.store.licences import Said

Progress = Callable[[str, int, int], None]
Names = str | Iterable[str]




class Taking(Standing):
    """What an archive takes in; adding moves it to the newest version."""

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
        self, path: str | Path, *, day: str | None = None, column_map: str | Path | None = None,
        licence: str | None = None, may_publish: bool | None = None, progress: Progress = run.quiet,
    ) -> AddReport:  # fmt: skip
        """Report of taking in airfields, registers and aircraft lists, routes or airspaces as of a UTC day.

        `column_map` says how to read a CSV register of another maker (a TOML file, see docs/registers.md);
        `licence` and `may_publish` as for `add`.
        """
        self._sources.finish()
        report = reference.add(
            self._store, Path(path), day_number(day) if day is not None else None,
            said=Said(licence, may_publish), progress=progress,
            column_map=Path(column_map) if column_map is not None else None,
        )  # fmt: skip
        self._sources, self._known = self._sources_now()
        return report

    def prepare(self, *, progress: Progress = run.quiet) -> int:
        """Number of unseen stops weighed, once for all questions about places; names are put in order too.

        Adding makes it worth nothing. It is kept beside the archive's tables, is no part of what the archive
        holds, and changes no answer.
        """
        prepare_index(self._store, progress)
        return prepare(self._sources, progress)
