"""Means and ratios of the population and their errors → how much room they leave the mean of a hidden organisation.

A mean of a category D tells ``sum w y`` over D, its error a sum of squares of what organisations add to it. Were the
totals of D's people in hidden organisations others, so that ``sum w y`` over D stays, then

- figures and errors of all other categories stay, for they are of other people;
- the mean of everybody stays;
- the squared error of everybody's mean moves as that of D does, times the square of D's share of the weights, but for a
  sum that is linear in the totals.

So whoever moves totals on the sphere that keeps D's error, beside the sums, the linear one among them, changes nothing
that is shown. The diameter of that sphere along a hidden mean is room that an attacker cannot take away, however
much is known of everything else. Of a mean with people in several categories the widest room counts.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.columns import Labels
from models.regression.design import build_design
from models.spec import RegressionSpec
from models.survey_design.design import SurveyDesign
from models.survey_design.linearisation import linearised_covariance
from models.survey_design.means import Ratios
from pipelines.steps.fit_equations import HiddenCells
from pipelines.steps.fit_grams import shifts_of, squares_of_gram
from pipelines.steps.fit_squares import Squares, basis_of, squares_widths
from pipelines.steps.lattice.units import Places

ALIKE = 1e-6
"""How far two quadratic forms may lie apart, in units of the second, to count as the same."""


@dataclass(frozen=True, eq=False)
class Figured:
    """The rows of figures of the population, n of them.

    Attributes:
        sample: How they were drawn.
        numerator: What is summed.
        denominator: What it is divided by; 1 of a mean.
        shifts: By how much the numerator of each row moves with the total of each hidden cell, n x H.
        categories: Who belongs to each category; everybody where there is none.
    """

    sample: SurveyDesign
    numerator: Vector
    denominator: Vector
    shifts: Matrix
    categories: tuple[NDArray[np.bool_], ...]

    def moved_by(self, is_in: NDArray[np.bool_]) -> Matrix:
        """Return how rows move with totals when people of one category answer otherwise, n x H; 0 of cells without."""
        moved = self.shifts * is_in[:, None]
        part = np.abs(moved).sum(axis=0) / np.maximum(np.abs(self.shifts).sum(axis=0), np.finfo(float).tiny)
        return moved / np.where(part > 0, part, 1.0)


def widths_beside_figures(
    spec: RegressionSpec,
    rows: pd.DataFrame,
    labels: Labels,
    told: tuple[pd.DataFrame, HiddenCells],
    asked: tuple[frozenset[str], int],
) -> Vector:
    """Return how far apart the means lie that hidden cells may have beside figures and errors, in points.

    Args:
        spec: A model of ``population_mean`` or ``population_ratio`` with covariance ``design``.
        rows: The responses it used.
        labels: Labels of categories.
        told: People as of ``hidden_cells``, and what is hidden, H cells, with all sums that are known.
        asked: Outcomes that tell of what is hidden, and how many other sums of squares are known of it.

    Returns:
        H; endless where the figures have nobody of a cell.
    """
    hidden, (outcomes, n_others) = told[1], asked
    figured = figured_of(spec, rows, labels, told, outcomes)
    if np.isnan(figured.shifts).any():
        return np.zeros(len(hidden.cells))
    found = [_width_by(figured, hidden, each, n_others) for each in figured.categories]
    is_in = (figured.shifts != 0).any(axis=0)
    return np.where(is_in, np.max(found, axis=0, initial=0.0), np.inf)


def figured_of(
    spec: RegressionSpec,
    rows: pd.DataFrame,
    labels: Labels,
    told: tuple[pd.DataFrame, HiddenCells],
    outcomes: frozenset[str],
) -> Figured:
    """Return the rows of a model of figures; shifts are NaN where its outcome is no line of what is hidden."""
    design = build_design(spec, rows, labels)
    if design.sample is None or spec.figures is None:
        raise ValueError(f"'{spec.name}' has no design; expected figures of the population with one")
    outcome, by, per = design.outcome.to_numpy(dtype=float), spec.figures.by, spec.figures.per
    below = np.ones(len(outcome)) if per is None else design.rows[per].to_numpy(dtype=float)
    index = pd.Index(design.rows["response_id"].astype(str))
    of_scale = below if per is not None and per in outcomes else outcome
    times = _slope(of_scale, told[0]["score"].reindex(index).to_numpy(dtype=float))
    if of_scale is below:
        times *= -float(design.sample.weights @ outcome / (design.sample.weights @ below))
    shifts = shifts_of(index, *told) * times
    everybody = np.ones(len(outcome), dtype=bool)
    values = [] if by is None else list(design.rows[by].unique())
    parts = tuple((design.rows[by] == each).to_numpy(dtype=bool) for each in values)
    return Figured(design.sample, outcome, below, shifts, parts or (everybody,))


def _slope(values: Vector, scores: Vector) -> float:
    """Return by how much values move with scores of the same people; NaN where they are no line of them."""
    is_known = np.isfinite(scores)
    own, other = values[is_known], scores[is_known]
    if not len(own) or np.ptp(other) == 0:
        return np.nan
    slope, start = np.polyfit(other, own, 1)
    is_line = np.abs(own - start - slope * other).max() <= ALIKE * max(float(np.ptp(own)), ALIKE)
    return float(slope) if is_line else np.nan


def part_of(figured: Figured, hidden: HiddenCells, is_in: NDArray[np.bool_]) -> tuple[Figured, HiddenCells, Places]:
    """Return rows and hidden cells of which people are in one category, and the places of these cells."""
    places = np.flatnonzero((figured.shifts * is_in[:, None]).any(axis=0))
    cells = HiddenCells(hidden.cells.iloc[places].reset_index(drop=True), hidden.known[:, places], hidden.ends)
    return replace(figured, shifts=figured.shifts[:, places]), cells, places


def room_by(figured: Figured, hidden: HiddenCells, is_in: NDArray[np.bool_]) -> tuple[HiddenCells, Squares] | None:
    """Return what stays when people of one category answer otherwise: sums of hidden totals, and a sum of squares.

    Totals that keep these keep every figure and error. All cells have people of the category. None where no linear sum
    says what everybody's error tells.
    """
    moved = figured.moved_by(is_in)
    own = _gram(figured, moved, is_in)
    whole = _gram(figured, moved, np.ones(len(is_in), dtype=bool))
    beside = hidden.with_known((figured.sample.weights @ moved)[None])
    linear = _linear_in_whole(own, whole, beside)
    if linear is None:
        return None
    return beside.with_known(linear), squares_of_gram(own, np.ones(len(hidden.cells)))


def _width_by(figured: Figured, hidden: HiddenCells, is_in: NDArray[np.bool_], n_others: int) -> Vector:
    """Return how far the means may lie apart when people of one category answer otherwise; nought of cells without."""
    widths = np.zeros(len(hidden.cells))
    part, cells, places = part_of(figured, hidden, is_in)
    room = room_by(part, cells, is_in) if len(places) else None
    if room is not None:
        known, squares = room
        is_known = 1.0 - (basis_of(known.known) ** 2).sum(axis=0) < ALIKE
        widths[places] = np.where(is_known, 0.0, squares_widths(known, squares, n_others))
    return widths


def _gram(figured: Figured, moved: Matrix, is_in: NDArray[np.bool_]) -> Matrix:
    """Return the covariance of a figure of some people, and of what shifts add to it, (1 + H) x (1 + H)."""
    tops = np.column_stack([figured.numerator, moved]) * is_in[:, None]
    below = (figured.denominator * is_in)[:, None]
    ratios = Ratios(tuple(map(str, range(tops.shape[1]))), tops, below)
    return linearised_covariance(figured.sample, ratios.linearise(figured.sample.weights).influence)


def _linear_in_whole(own: Matrix, whole: Matrix, beside: HiddenCells) -> Matrix | None:
    """Return what the whole's error tells beside a category's own, 1 x H; None where it is no linear sum."""
    _, sizes, ways = np.linalg.svd(beside.known, full_matrices=True)
    free = ways[int((sizes > ALIKE * sizes.max(initial=0.0)).sum()) :]
    if not len(free):
        return np.zeros((1, own.shape[1] - 1))
    part, full = (free @ each[1:, 1:] @ free.T for each in (own, whole))
    size = float(np.trace(part))
    times = float(np.trace(full)) / size if size > 0 else 0.0
    if np.abs(full - times * part).max() > ALIKE * max(float(np.abs(full).max()), np.finfo(float).tiny):
        return None
    return (whole[0, 1:] - times * own[0, 1:])[None]
