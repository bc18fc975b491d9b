"""What a name that nobody bears may have been meant to be: known marks with the rule that leads to each."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from overflight.registry.finder import Finder
from overflight.registry.marks import MarkGuess, mark_guesses
from overflight.search.index import kept_finder
from overflight.search.private import open_claims
from overflight.store.view import View

GUESSES_SHOWN = 5  # by rank; further ones are one edit among thousands of marks


def find_guesses(view: View, names: Iterable[str]) -> dict[str, list[MarkGuess]]:
    """For each name the known marks it may stand for, plainest explanation first; never a silent rewrite."""
    wanted = list(names)
    if not wanted:
        return {}
    finder = kept_finder(view)
    if finder is not None:
        return {name: _kept(finder, name.removeprefix("mark:")) for name in wanted}
    marks = open_claims(view, view.find("claims", [], ["address", "registration"]))["registration"]
    known = set(pc.unique(marks).drop_null().to_pylist())
    return {name: mark_guesses(name.removeprefix("mark:"), known)[:GUESSES_SHOWN] for name in wanted}


def _kept(finder: Finder, text: str) -> list[MarkGuess]:
    """The same from an index of names: 10 ms, where reading millions of marks takes seconds."""
    found: dict[str, str] = {}
    for named in finder.marks.garbled(text):
        found.setdefault(named.written, named.reason)
    return [MarkGuess(mark, reason) for mark, reason in found.items()][:GUESSES_SHOWN]


def suggestions(view: View, missing: Iterable[str]) -> tuple[str, ...]:
    """A remark for each name that was not found and may be a garbled mark."""
    return tuple(
        f"{name} may be " + ", ".join(f"{guess.mark} ({guess.reason})" for guess in guesses)
        for name, guesses in find_guesses(view, missing).items()
        if guesses
    )
