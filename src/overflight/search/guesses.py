"""What a name that nobody bears may have been meant to be: known marks with the rule that leads to each."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from overflight.registry.marks import MarkGuess, mark_guesses
from overflight.store.view import View

GUESSES_SHOWN = 5  # by rank; further ones are one edit among thousands of marks


def find_guesses(view: View, names: Iterable[str]) -> dict[str, list[MarkGuess]]:
    """For each name the known marks it may stand for, plainest explanation first; never a silent rewrite."""
    wanted = list(names)
    if not wanted:
        return {}
    marks = view.find("claims", [], ["registration"])["registration"]
    known = set(pc.unique(marks).drop_null().to_pylist())
    return {name: mark_guesses(name.removeprefix("mark:"), known)[:GUESSES_SHOWN] for name in wanted}


def suggestions(view: View, missing: Iterable[str]) -> tuple[str, ...]:
    """A remark for each name that was not found and may be a garbled mark."""
    return tuple(
        f"{name} may be " + ", ".join(f"{guess.mark} ({guess.reason})" for guess in guesses)
        for name, guesses in find_guesses(view, missing).items()
        if guesses
    )
