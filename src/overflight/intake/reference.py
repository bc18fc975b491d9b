"""Reference data into the archive as dated snapshots: airfields, registers, lists, routes, airspaces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from overflight.detect.derive import Rules
from overflight.errors import InputError
from overflight.formats import register_map
from overflight.formats.containers import files_under
from overflight.formats.generic_register import GenericRegister
from overflight.intake.derive import Progress, derive_touched
from overflight.intake.mapper import Workers
from overflight.intake.reference_files import read_file
from overflight.intake.reference_tables import Taking
from overflight.intake.report import AddReport
from overflight.intake.run import quiet
from overflight.store.folder import Store
from overflight.store.licences import NOTHING_SAID, Said, terms_of
from overflight.store.parquet import no_checkpoint


def add(
    store: Store,
    path: Path,
    day: int | None = None,
    *,
    rules: Rules | None = None,
    workers: int | None = None,
    progress: Progress = quiet,
    said: Said = NOTHING_SAID,
    column_map: Path | None = None,
    checkpoint: Callable[[str], None] = no_checkpoint,
) -> AddReport:
    """Report of adding a file or a folder of files, each as of its day; all of it or nothing.

    The day is `day` (UTC day number) where given, else the one that the file states (Eurocontrol's regions
    and some registers do), else a date in the file's name (`2026-08`, `2023-08-14`, `20180720`). What `said`
    leaves open of whether they may be published the licence decides, see store.licences. `column_map`: a TOML
    file that says how to read CSV registers of other makers, see formats.register_map. Raises QuestionError
    where there is no day, InputError where the path does not exist.
    """
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    terms_of(said)  # refuses before anything is read
    reader = None if column_map is None else GenericRegister(register_map.load(column_map))
    before = store.version.digest
    with store.writer(f"reference add {path.name}", checkpoint=checkpoint) as writer:
        taking, reports = Taking(writer, said), []
        for done, file in enumerate(files := files_under(path), 1):
            found, report = read_file(file, day, reader)
            reports.append(report)
            for one in found:
                taking.take(one)
            progress("reading reference data", done, len(files))
        touched = taking.finish()
        with Workers(workers) as pool:
            derived = derive_touched(writer, touched, {}, rules or Rules(), pool, progress)
        version = writer.commit()
    return AddReport(reports, before, version.digest, derived)
