"""Scores as Markdown tables, and a reliability diagram in plain characters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from overflight.study.score import Line, wilson

_WIDE = 40  # characters of the diagram's bars


def table_of(lines: Sequence[Line], head: str) -> list[str]:
    """A Markdown table, one line a group; percentages with their 95 % intervals."""
    marked = any(not math.isnan(line.error) for line in lines)
    rows = [[head, "n", "first", "first three"]]
    rows[0] += ["calibration error (perfect, 95 %)", "Brier", "log-loss"] if marked else []
    for line in lines:
        row = [line.name, f"{line.n:,}", share_text(line.first, line.n), share_text(line.three, line.n)]
        if marked:
            row += [
                f"{100 * line.error:.1f} % ({100 * line.perfect:.1f} %)", f"{line.brier:.3f}",
                f"{line.log_loss:.3f}",
            ] if not math.isnan(line.error) else ["", "", ""]  # fmt: skip
        rows.append(row)
    return markdown(rows)


def markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells, the first one the head, as lines of Markdown."""
    rule = ["---", *("---:" for _ in rows[0][1:])]
    return [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]


def share_text(hits: int, n: int) -> str:
    """`91.6 % (90.9 to 92.3)`; the interval is of 95 %."""
    if not n:
        return ""
    low, high = wilson(hits, n)
    return f"{100 * hits / n:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def diagram(bins: Sequence[tuple[int, float, float]]) -> list[str]:
    """What was said against what came true, a line a tenth: `o` said, `#` came true."""
    out = ["```text", f"{'said':>6} {'true':>6} {'stops':>6}  0 %{' ' * (_WIDE - 8)}100 %"]
    for n, said, true in bins:
        if n:
            bar = [*("#" * round(true * _WIDE)).ljust(_WIDE + 1, ".")]
            bar[round(said * _WIDE)] = "o"
            out.append(f"{100 * said:5.1f}% {100 * true:5.1f}% {n:6,}  {''.join(bar)}")
    return [*out, "```"]
