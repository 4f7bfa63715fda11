"""Draws of missing categories: logit, proportional odds and multinomial logit with drawn coefficients."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.missing_data.completed import Codes, Regressors
from models.missing_data.draws import Task
from models.regression.categorical.maximise import Maximum, Objective, maximise, require_converged
from models.regression.categorical.multinomial import MultinomialRows, multinomial_objective
from models.regression.categorical.ordered import OrderedRows, ordered_objective
from models.regression.identification import ModelDataError

FEWEST_CATEGORIES = 2
HALF = 0.5


@dataclass(frozen=True, eq=False)
class CategoryDraw:
    """Drawn coefficients of a categorical regression.

    Attributes:
        codes: Categories that were observed, J.
        coefficients: J - 1 x k of a (multinomial) logit, or the slopes of proportional odds, k - 1.
        thresholds: Of proportional odds, J - 1; empty otherwise.
    """

    codes: Vector
    coefficients: Matrix
    thresholds: Vector

    def probabilities(self, matrix: Matrix, delta: float) -> Matrix:
        """Return the probability of each observed category, q x J, with delta added to the linear predictor."""
        from scipy.special import expit  # noqa: PLC0415 - slow to import

        if len(self.thresholds):
            predictor = matrix[:, 1:] @ self.coefficients + delta
            below = expit(self.thresholds - predictor[:, None])
            return np.diff(np.column_stack([np.zeros(len(matrix)), below, np.ones(len(matrix))]), axis=1)
        predictors = np.column_stack([np.zeros(len(matrix)), matrix @ self.coefficients.T + delta])
        odds = np.exp(predictors - predictors.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def draw(self, probabilities: Matrix, rng: np.random.Generator) -> Vector:
        """Draw a category for each row of probabilities, q."""
        below = np.cumsum(probabilities, axis=1)
        drawn = rng.random(len(below)) * below[:, -1]
        return self.codes[np.minimum((drawn[:, None] >= below).sum(axis=1), len(self.codes) - 1)]


def draw_categories(task: Task, rng: np.random.Generator) -> Vector:
    """Draw q categories by the method of the column; only categories that were observed.

    Raises:
        ModelDataError: As ``draw_category_model``.
    """
    found = draw_category_model(task, task.column.method or "logit", rng)
    return found.draw(found.probabilities(task.regressors.wanted, task.column.delta), rng)


def draw_category_model(task: Task, method: str, rng: np.random.Generator) -> CategoryDraw:
    """Draw coefficients from their normal approximation at the maximum of the likelihood.

    Few rows of little weight are added so that the maximum is finite where regressors foretell categories (White et
    al.). Thresholds are drawn as logarithms of their distances, so that they stay in order.

    Raises:
        ModelDataError: If only one category was observed, or no maximum is reached.

    References:
        Rubin (1987), pp. 169-170; White, Daniel and Royston (2010), Computational Statistics & Data Analysis 54(10),
        2267-2275. R: ``mice::mice.impute.logreg``; ``polr`` and ``polyreg`` there do not draw coefficients.
    """
    codes, places = np.unique(task.outcome, return_inverse=True)
    if len(codes) < FEWEST_CATEGORIES:
        raise ModelDataError(
            f"'{task.column.name}' has the same category in all rows where it is known; expected at least "
            f"{FEWEST_CATEGORIES}; leave it out"
        )
    matrix, categories, weights = _augmented(task.regressors, places.ravel(), len(codes))
    if method == "ordered":
        rows = OrderedRows(matrix[:, 1:], categories, weights)
        cut = np.cumsum(np.bincount(categories, weights))[:-1] / weights.sum()
        start = np.concatenate([np.log(cut / (1 - cut)), np.zeros(matrix.shape[1] - 1)])
        maximum = _maximum(ordered_objective(rows), start, task)
        drawn = _ordered_draw(maximum, len(codes) - 1, rng)
        return CategoryDraw(codes, drawn[len(codes) - 1 :], drawn[: len(codes) - 1])
    start = np.zeros((len(codes) - 1) * matrix.shape[1])
    maximum = _maximum(multinomial_objective(MultinomialRows(matrix, categories, weights)), start, task)
    drawn = _normal(maximum.point, maximum.inverse_information, rng)
    return CategoryDraw(codes, drawn.reshape(len(codes) - 1, -1), np.empty(0))


def _maximum(objective: Objective, start: Vector, task: Task) -> Maximum:
    """Climb from where the last iteration of the chain ended, if it had the same regressors."""
    before, kept = task.memory.get("point"), task.memory.get("kept")
    same = before is not None and kept is not None and np.array_equal(kept, task.regressors.kept)
    maximum = maximise(objective, before if before is not None and same and len(before) == len(start) else start)
    require_converged(maximum, f"model that '{task.column.name}' is imputed by")
    task.memory["point"], task.memory["kept"] = maximum.point, task.regressors.kept.astype(float)
    return maximum


def _ordered_draw(maximum: Maximum, n_thresholds: int, rng: np.random.Generator) -> Vector:
    point = maximum.point.copy()
    distances = np.diff(point[:n_thresholds])
    change = np.eye(len(point))
    for place, distance in enumerate(distances, start=1):
        change[place, place - 1 : place + 1] = -1 / distance, 1 / distance
    point[1:n_thresholds] = np.log(distances)
    drawn = _normal(point, change @ maximum.inverse_information @ change.T, rng)
    drawn[:n_thresholds] = np.cumsum(np.concatenate([drawn[:1], np.exp(drawn[1:n_thresholds])]))
    return drawn


def _normal(mean: Vector, covariance: Matrix, rng: np.random.Generator) -> Vector:
    return mean + np.linalg.cholesky((covariance + covariance.T) / 2) @ rng.standard_normal(len(mean))


def _augmented(regressors: Regressors, places: Codes, n_categories: int) -> tuple[Matrix, Codes, Vector]:
    """Add for each regressor and category a row half a deviation above and below the mean, k rows' weight in all."""
    matrix = regressors.fitted
    k = matrix.shape[1] - 1
    ends = np.clip(np.array([HALF, -HALF]), matrix.min(axis=0)[1:, None], matrix.max(axis=0)[1:, None])
    added = np.zeros((k, n_categories, 2, k + 1))
    added[..., 0] = 1.0
    added[np.arange(k), :, :, np.arange(1, k + 1)] = ends[:, None, :]
    n_added = 2 * k * n_categories
    codes = np.broadcast_to(np.arange(n_categories)[None, :, None], (k, n_categories, 2)).ravel()
    weights = np.full(n_added, (k + 1) / max(n_added, 1))
    return (
        np.concatenate([matrix, added.reshape(n_added, k + 1)]),
        np.concatenate([places, codes]).astype(np.intp),
        np.concatenate([np.ones(len(matrix)), weights]),
    )
