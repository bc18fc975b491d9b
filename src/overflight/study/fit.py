"""Fitting the weights: a conditional logit over the fields of each hidden stop, one weight a knot.

Where an aircraft came down is a choice among the fields within reach; the tables of evidence are fitted so
that the fields that were right get the most likelihood (McFadden, Conditional logit analysis of qualitative
choice behavior, 1974), with a ridge that keeps what the data do not tell near zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack, vstack

from overflight.detect.columns import Bools, Floats, Ints
from overflight.detect.dark.evidence import Measure
from overflight.detect.dark.terms import TERMS, Term

RIDGE = 0.5  # one landing in two at a knot outweighs it: weights of empty knots stay zero
# A curve of one group alone has to earn its difference from what holds for all: else a group with few
# landings (freighters, state aircraft) would be told by what the others happen not to need.
APART = 10.0
STEPS = 250  # the likelihood is convex; it has settled by then to six digits


@dataclass(frozen=True)
class Choices:
    """Alternatives of many hidden stops: a row a pair, pairs of one stop together."""

    design: csr_matrix
    row: Ints
    right: Bools  # the pair is the true field
    weight: Floats  # of each stop


def design_of(measures: Iterable[Measure], terms: Sequence[Term], pairs: int) -> csr_matrix:
    """One column a knot of every term: how far each pair's measure leans on it."""
    held = {name: (measure, group) for name, measure, group in measures}
    parts = [
        _hats(term, *held[term.name]) if term.name in held else csr_matrix((pairs, term.size))
        for term in terms
    ]
    return hstack(parts, format="csr")


def _hats(term: Term, measure: Floats, group: Ints) -> csr_matrix:
    knots = np.asarray(term.knots)
    known = np.flatnonzero(~np.isnan(measure) & (group >= 0))
    at = np.clip(measure[known], knots[0], knots[-1])
    low = np.clip(np.searchsorted(knots, at, "right") - 1, 0, len(knots) - 2)
    share = (at - knots[low]) / (knots[low + 1] - knots[low])
    column = group[known] * len(knots) + low
    values, rows = np.r_[1 - share, share], np.r_[known, known]
    return csr_matrix((values, (rows, np.r_[column, column + 1])), shape=(len(measure), term.size))


def joined_choices(parts: Sequence[Choices]) -> Choices:
    """Several sets of stops as one."""
    shift = np.cumsum([0, *(len(part.weight) for part in parts)])
    return Choices(
        vstack([part.design for part in parts], format="csr"),
        np.concatenate([part.row + s for part, s in zip(parts, shift, strict=False)]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def fitted(choices: Choices, terms: Sequence[Term] = TERMS) -> dict[str, Floats]:
    """Tables of the terms that make what happened likeliest; stops without their field stay out."""
    found = np.zeros(len(choices.weight), bool)
    found[choices.row[choices.right]] = True
    kept = np.flatnonzero((found & (choices.weight > 0))[choices.row])
    whole = len(kept) == len(choices.row)  # a copy of the design would double the memory
    design, row = choices.design if whole else choices.design[kept], choices.row[kept]
    starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
    weight = choices.weight[row]
    stop = np.cumsum(np.r_[0, row[1:] != row[:-1]])
    right, turned = choices.right[kept] * weight, design.T

    ridge = np.concatenate([np.full(t.size, RIDGE * (APART if t.apart else 1.0)) for t in terms])

    def loss(values: Floats) -> tuple[float, Floats]:
        score = design @ values
        most = np.maximum.reduceat(score, starts)
        part = np.exp(score - most[stop])
        total = np.add.reduceat(part, starts)
        lost = (weight[starts] * (most + np.log(total))).sum() - score @ right
        slope = turned @ (weight * part / total[stop] - right)
        return float(lost + ridge / 2 @ values**2), slope + ridge * values

    start = np.zeros(design.shape[1])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return _tables(best.x, terms)


def _tables(values: Floats, terms: Sequence[Term]) -> dict[str, Floats]:
    ends = np.cumsum([term.size for term in terms])
    parts = np.split(values, ends[:-1])
    tables = {t.name: part.reshape(t.groups, len(t.knots)) for t, part in zip(terms, parts, strict=True)}
    for term in terms:
        if term.evidence in ("history", "route"):
            # nothing known speaks neither for nor against: only differences between fields count
            tables[term.name] = tables[term.name] - tables[term.name][:, :1]
    return tables


def logit(design: Floats, yes: Bools, weight: Floats) -> Floats:
    """Weights of a ridge logistic regression: one a column of the design."""

    def loss(values: Floats) -> tuple[float, Floats]:
        score = design @ values
        lost = (weight * (np.logaddexp(0, score) - score * yes)).sum()
        slope = design.T @ (weight * (1 / (1 + np.exp(-score)) - yes))
        return float(lost + RIDGE / 2 * values @ values), slope + RIDGE * values

    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(found.x)
