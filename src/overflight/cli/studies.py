"""The verb `study`: fit the weights of dark stops to an archive, or score them on it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from overflight import settings
from overflight.cli.output import destination
from overflight.detect.dark.weights import PACKAGED, Weights, read_weights
from overflight.errors import QuestionError
from overflight.store.folder import Store

FOUND, NOTHING_FOUND = 0, 1


def run_study(options: argparse.Namespace) -> int:
    """`study fit`, `study score`: 0 when done, 1 where the archive holds no stop that could be hidden."""
    if importlib.util.find_spec("scipy") is None:
        raise QuestionError("`study` needs scipy: pip install 'overflight[study]'")
    folder = options.archive or settings.settings_from(os.environ, Path.cwd()).archive
    if folder is None:
        raise QuestionError("which archive? Give --archive DIR or set OVERFLIGHT_ARCHIVE")
    return {"fit": _fit, "score": _score}[options.action](options, Store.open(Path(folder)))


def _fit(options: argparse.Namespace, store: Store) -> int:
    from overflight.study.learn import described, learnt, lessons_of
    from overflight.study.material import read_study

    if options.out is None:
        raise QuestionError("where to? Give --out FILE")
    study = read_study(store) if store.files("stops") else None
    if study is None or not study.has_truth:
        return _nothing()
    lessons = lessons_of(study)
    weights = described(learnt(study, lessons), study, lessons)
    with destination(options.out) as stream:
        stream.write(weights.dump())
    return FOUND


def _score(options: argparse.Namespace, store: Store) -> int:
    from overflight.study.learn import everyone, lessons_of
    from overflight.study.material import read_study
    from overflight.study.report import report_of
    from overflight.study.score import judge_of

    weights = _weights(Path(options.weights) if options.weights else PACKAGED)
    study = read_study(store) if store.files("stops") else None
    if study is None or not study.has_truth:
        return _nothing()
    lessons = lessons_of(study)
    with destination(options.out) as stream:
        for line in report_of(study, lessons, [judge_of(study, weights, everyone)]):
            stream.write(f"{line}\n")
    return FOUND


def _weights(path: Path) -> Weights:
    try:
        return read_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise QuestionError(f"no weights in {path}: {error}") from error


def _nothing() -> int:
    print("overflight: no landing or take-off here was seen well enough to be hidden", file=sys.stderr)
    return NOTHING_FOUND
