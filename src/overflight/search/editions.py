"""What changes of an airfield from one dated list to the next: its idents, and a remark where it matters."""

from __future__ import annotations

from itertools import pairwise

from overflight.clock import day_text
from overflight.registry.airfields import Gazetteer, Stated


def idents_over(gazetteer: Gazetteer, ident: str, days: tuple[int, int]) -> list[str]:
    """Idents that a field asked for from a first to a last day has in any list; not those of others too."""
    others = {said.ident for said in _history(gazetteer, ident, days) if said.ident is not None} - {ident}
    return [ident, *sorted(other for other in others if gazetteer.bearers(other) == 1)]


def changed(gazetteer: Gazetteer, ident: str, days: tuple[int, int]) -> tuple[str, ...]:
    """Remarks on what the lists in force from a first to a last UTC day say differently of a field."""
    told = [said for said in _history(gazetteer, ident, days) if said.day <= days[1]]
    earlier = [said for said in told if said.day <= days[0]]
    told = told[max(len(earlier) - 1, 0) :]
    remarks = [_change(ident, a, b) for a, b in pairwise(told) if (a.ident, a.kind) != (b.ident, b.kind)]
    if told and gazetteer.bearers(ident) > 1:
        when = "last" if days[0] == 0 else "first"
        remarks.append(
            f"{ident} is another field in other lists; here it is that of the {when} day asked about"
        )
    return tuple(remarks)


def _history(gazetteer: Gazetteer, ident: str, days: tuple[int, int]) -> list[Stated]:
    """What the lists say of the field that the ident meant on the first day, the last where none is given."""
    first, last = days if days[0] else (days[1], days[0])
    return gazetteer.stated(ident, first) or gazetteer.stated(ident, last)


def _change(ident: str, before: Stated, after: Stated) -> str:
    between = f"the lists changed between {day_text(before.day)} and {day_text(after.day)}"
    told = "each visit is told by the list of its day"
    return f"{between}: {ident} was {_said(before)}, then {_said(after)}; {told}"


def _said(said: Stated) -> str:
    if said.ident is None:
        return "in no list"
    return f"{said.ident} ({str(said.kind).replace('_', ' ')})"
