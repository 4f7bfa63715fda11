"""Intervals of corrected means → what their denominators tell of hidden organisations whose means are the regressor.

Estimate, error, p-value and both ends of Fieller's interval can be solved for more than an ordinary interval: for how
much the denominator varies over organisations, and by the small-sample part of the estimate for how reliable the means
are. Outcomes drop out of both, so that whoever knows shown means and sizes has two sums of hidden means alone: of
squares,

    D = sum over rows of ``w (m - Pm)^2``, m the organisations' means, P m what other columns explain of them,

and, as the denominator's error is made, of fourth powers. Each takes one direction from what hidden means may be.

References:
    Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185; see ``models.regression.corrected.solved``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.regression.columns import Labels, column_of
from models.regression.design import Design, build_design
from models.sections.corrected import CLUSTER, erring_means
from models.sections.regressors import Variable
from models.spec import RegressionSpec
from pipelines.steps.fit_equations import HiddenCells
from pipelines.steps.fit_squares import Squares, squares_widths

SUMS_OF_AN_INTERVAL = 2
"""Sums of hidden means alone that one interval of Fieller tells: of squares, and of fourth powers."""


@dataclass(frozen=True, eq=False)
class OfScale:
    """What is asked of a scale.

    Attributes:
        names: The scale, and its item where it has one only.
        people: As of ``hidden_cells``.
        hidden: What is hidden, H cells.
        waves: Of the study, in order.
    """

    names: frozenset[str]
    people: pd.DataFrame
    hidden: HiddenCells
    waves: Sequence[str]

    def means_in(self, spec: RegressionSpec) -> list[Variable]:
        """Return the corrected means of the scale in a model."""
        return [each for each in erring_means(spec) if each.variable in self.names]


def least_width(asked: OfScale, spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, n_intervals: int) -> float:
    """Return how far apart hidden means may lie at least beside the intervals of a fit, in points of the score.

    Args:
        asked: The scale.
        spec: The model, variant applied.
        rows: The responses it used.
        labels: Labels of categories.
        n_intervals: Other intervals that are shown of corrected means of the scale.

    Returns:
        The least of all hidden cells that a denominator is made of; endless without any.
    """
    design, means = build_design(spec, rows, labels), asked.means_in(spec)
    n_others = SUMS_OF_AN_INTERVAL * (n_intervals + len(means)) - 1
    found = [_least(asked.hidden, _denominator(asked, spec, design, each), n_others) for each in means]
    return min(found, default=float("inf"))


def _least(hidden: HiddenCells, told: Squares, n_others: int) -> float:
    """Look at the cells of a denominator alone; sums over more cells are taken for known of these."""
    is_there = np.asarray(told.weights.any(axis=0), dtype=np.bool_)
    if not is_there.any():
        return float("inf")
    known = hidden.known[:, is_there]
    is_news = np.asarray(known.any(axis=1), dtype=np.bool_)
    own = HiddenCells(hidden.cells.loc[is_there].reset_index(drop=True), known[is_news], hidden.ends)
    return float(squares_widths(own, Squares(told.weights[:, is_there], told.residuals), n_others).min())


def _denominator(asked: OfScale, spec: RegressionSpec, design: Design, mean: Variable) -> Squares:
    name = column_of(mean)
    others = design.matrix[[each for each in design.matrix if name not in str(each)]].to_numpy(dtype=float)
    weights = np.ones(len(others)) if design.weights is None else design.weights.to_numpy(dtype=float)
    roots = np.sqrt(weights)[:, None]
    basis = np.linalg.qr(others * roots)[0]
    shares = _moved(asked, spec, design.rows, mean)
    is_there = shares.any(axis=0)
    moved = np.column_stack([shares[:, is_there], design.rows[name].to_numpy(dtype=float)]) * roots
    left = moved - basis @ (basis.T @ moved)
    square: Matrix = np.asarray(np.linalg.qr(left)[1])  # the same products in as many rows as columns
    weights = np.zeros((len(square), len(is_there)))
    weights[:, is_there] = square[:, :-1]
    return Squares(weights, square[:, -1])


def _moved(asked: OfScale, spec: RegressionSpec, rows: pd.DataFrame, mean: Variable) -> Matrix:
    """Return by how much the mean of each row moves with the total of each hidden cell, n x H."""
    cells, people = asked.hidden.cells, asked.people
    groups = set(spec.population.respondent_groups or people["respondent_group"]) if mean.of is None else {mean.of}
    places = pd.DataFrame({"organisation": rows[CLUSTER].astype(str)})
    if "wave" in rows:
        before = dict(zip(asked.waves[1:], asked.waves[:-1], strict=True))
        waves = rows["wave"].astype(str)
        places["wave"] = waves.map(before).fillna("") if mean.earlier_wave else waves
    keys = list(places)
    n = people[people["respondent_group"].isin(groups)].groupby(keys).size().rename("n").reset_index()
    sizes = places.merge(n, on=keys, how="left")["n"].fillna(np.inf).to_numpy(dtype=float)
    is_there = np.tile(cells["respondent_group"].isin(groups).to_numpy(), (len(rows), 1))
    for key in keys:
        is_there &= places[key].to_numpy()[:, None] == cells[key].astype(str).to_numpy()[None, :]
    return is_there / sizes[:, None]
