"""The whole score of an archive as Markdown: what hidden stops were said to be, beside simple rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from overflight.clock import day_text
from overflight.detect.columns import Bools
from overflight.study.baselines import baseline_ranks
from overflight.study.claims import day_counts, holes_claimed
from overflight.study.groups import groups_of
from overflight.study.learn import Lessons
from overflight.study.material import Study
from overflight.study.score import Answers, Judge, Line, answers_of, by_group, line_of, reliability, scored
from overflight.study.tables import diagram, markdown, share_text, table_of
from overflight.study.trials import Trial

NEVER = "field never seen before"


def report_of(
    study: Study, lessons: Lessons, judges: Sequence[Judge], names: Sequence[str] = ()
) -> Iterator[str]:
    """Lines of Markdown; `names`: the trials that get tables of groups, all by default."""
    trials = {name: trial for name, (trial, _) in lessons.trials.items()}
    modes = (True, False) if study.routes is not None else (False,)
    said = {
        (name, mode): answers_of(study, trial, judges, mode)
        for name, trial in trials.items()
        for mode in modes
    }
    yield from _overall(study, trials, judges, said)
    yield from _beside(study, trials, judges, said)
    for name in names or trials:
        for mode in modes:
            own = judged(trials[name], judges)
            groups = {k: some & own for k, some in groups_of(study, trials[name], judges[0]).items()}
            yield from ("", f"### {name}, {_mode(mode)}", "")
            yield from table_of(by_group(said[name, mode], groups), "hidden stops")
    yield from _calibration(trials, judges, said)
    yield from _claims(study, lessons, judges, said)


def judged(trial: Trial, judges: Sequence[Judge]) -> Bools:
    """Which stops any judge may be asked about."""
    asked = [judge.asked(trial.cases.address, trial.cases.time_ms) for judge in judges]
    return np.asarray(np.logical_or.reduce(asked))


def _mode(routes: bool) -> str:
    return "with published routes" if routes else "without routes"


def _overall(
    study: Study, trials: dict[str, Trial], judges: Sequence[Judge], said: dict[tuple[str, bool], Answers]
) -> Iterator[str]:
    lines: list[Line] = []
    for (name, mode), answers in said.items():
        some = judged(trials[name], judges)
        never = groups_of(study, trials[name], judges[0])[NEVER] & some
        bare = answers_of(study, trials[name], judges, mode, seen_history=False)
        lines += [
            scored(f"{name}, {_mode(mode)}", answers.some(some)),
            scored(f"{name}, {_mode(mode)}: {NEVER}", answers.some(never)),
            scored(f"{name}, {_mode(mode)}: nothing ever seen on the ground", bare.some(some)),
        ]
    yield from ("### All cuts", "")
    yield from table_of(lines, "hidden stops")


def _beside(
    study: Study, trials: dict[str, Trial], judges: Sequence[Judge], said: dict[tuple[str, bool], Answers]
) -> Iterator[str]:
    yield from ("", "### Beside simple rules on the same cuts", "")
    lines: list[Line] = []
    for name, trial in trials.items():
        some = judged(trial, judges)
        own = [line_of(f"{name}: this, {_mode(mode)}", answers.rank[some])
               for (title, mode), answers in said.items() if title == name]  # fmt: skip
        others = baseline_ranks(study, trial, judges[0]).items()
        lines += [*own, *(line_of(f"{name}: {rule}", rank[some]) for rule, rank in others)]
    yield from table_of(lines, "answer")


def _calibration(
    trials: dict[str, Trial], judges: Sequence[Judge], said: dict[tuple[str, bool], Answers]
) -> Iterator[str]:
    """All one-sided landings together, without routes: what was said of the first field, what came true."""
    one = [answers.some(judged(trials[name], judges)) for (name, mode), answers in said.items()
           if not mode and "known" not in name and name != "departure"]  # fmt: skip
    first = np.concatenate([answers.first for answers in one])
    hit = np.concatenate([answers.rank == 0 for answers in one])
    yield from ("", "### What was said and what came true", "")
    yield from diagram(reliability(first, hit))


def _claims(
    study: Study, lessons: Lessons, judges: Sequence[Judge], said: dict[tuple[str, bool], Answers]
) -> Iterator[str]:
    found = holes_claimed(lessons, judges)
    yield from ("", "### Holes and counts", "")
    rows = [["measure", "value"]]
    rows.append(["holes of 30 to 180 minutes cut into tracks that flew on", f"{found.holes:,}"])
    rows.append(["of them a stop by the rules of stays", share_text(found.stops, found.holes)])
    rows.append(["of them claimed as a stop (more likely than not)", share_text(found.claimed, found.holes)])
    for (name, mode), answers in said.items():
        some = judged(lessons.trials[name][0], judges)
        mean = f"{answers.stopped[some].mean():.3f}" if some.any() else ""
        rows.append([f"{name}, {_mode(mode)}: mean chance that it came down", mean])
    yield from markdown(rows)
    days = [["day", "cut", "fields with 10 landings or more", "true number within the expected interval",
             "expected", "true"]]  # fmt: skip
    for (name, mode), answers in said.items():
        if mode == (study.routes is not None) and "known" not in name and name != "departure":
            trial = lessons.trials[name][0]
            counts = day_counts(trial, answers, len(study.standing.idents))
            for day, k in counts:
                inside = share_text(k.inside, k.fields)
                days.append([day_text(day), name, str(k.fields), inside, f"{k.expected:.1f}", str(k.true)])
    yield from ("", *markdown(days))
