"""The verb `synth`: made-up recordings into a new folder, a new archive, or both."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from overflight import archive
from overflight.cli.progress import Progress, shown_progress
from overflight.errors import QuestionError
from overflight.model.grades import SYNTHETIC
from overflight.study.synth import Made, make

LICENCE = "CC0-1.0"  # a program made them: nobody has rights in them, and a test may publish them


def run_synth(options: argparse.Namespace) -> int:
    """`synth`: 0 when everything was made and, with `--archive`, taken in."""
    # Not the archive of the environment: that one holds what was recorded.
    folder = Path(options.archive) if options.archive else None
    out = Path(options.out) if options.out else None
    if folder is None and out is None:
        raise QuestionError("where to? Give --out DIR for the recordings or --archive DIR for a new archive")
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise QuestionError(f"{folder} is not empty; made-up flights go into an archive of their own")
    beside = folder.with_name(f"{folder.name}.landings.csv") if folder is not None and out is None else None
    with shown_progress(options.quiet) as progress, tempfile.TemporaryDirectory() as scratch:
        made = make(
            out or Path(scratch) / "traces", options.positions, options.seed, truth=beside,
            progress=lambda count: progress("positions made", count, options.positions),
        )  # fmt: skip
        if folder is not None:
            _take_in(folder, made, progress)
    if not options.quiet:
        said = f"{made.positions:,} synthetic positions; every landing: {made.truth}"
        print(f"overflight: {said}", file=sys.stderr)
    return 0


def _take_in(folder: Path, made: Made, progress: Progress) -> None:
    """Add the days one by one: an intake keeps what it derives in memory until it is done."""
    with archive.open(folder, create=True) as shelf:
        for day in made.days:
            shelf.add(day, data_kind=SYNTHETIC, licence=LICENCE, progress=progress)
