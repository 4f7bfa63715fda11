"""Ridge regression of regressors that go together: how much of their coefficients predicts other clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.comparing.cross_products import Columns, folds_of_clusters

PENALTIES: Vector = np.concatenate([[0.0], np.logspace(-4, 3, 71)])


@dataclass(frozen=True, eq=False)
class Ridge:
    """Coefficients drawn towards nought by a penalty that predicts best.

    Attributes:
        coefficients: p, in units of the outcome a unit of the column.
        penalty: A row, of standardised columns; 0 where no penalty predicts better.
        explained: Share of the outcome's variation in clusters that were left out which the penalised model predicts.
        explained_without: The same without a penalty.
        explained_by_held: The same of the held columns alone.
    """

    coefficients: Vector
    penalty: float
    explained: float
    explained_without: float
    explained_by_held: float


def ridge_regression(columns: Columns, folds: int, rng: np.random.Generator) -> Ridge:
    """Fit compared columns with a penalty chosen by predicting whole clusters that were left out.

    Formula:
        b = argmin sum_i w_i (y_i - z_i'a - x_i'b)^2 + n penalty sum_j (s_j b_j)^2, z held (without penalty), s_j the
        standard deviation of column j, n the sum of weights. The penalty is that of a grid from 0 and 10^-4 to 10^3
        with the least squared error of prediction over folds of clusters. There is no interval and no test: estimates
        are biased by design.

    Args:
        columns: Of the model.
        folds: How many.
        rng: Who is in which.

    References:
        Hoerl and Kennard (1970), Technometrics 12, 55-67; Hastie, Tibshirani and Friedman (2009), sections 3.4.1 and
        7.10. R: ``glmnet(alpha = 0, penalty.factor = )`` with the penalty in its own units; ``MASS::lm.ridge``.
    """
    fold = folds_of_clusters(columns.n_clusters, folds, rng)
    n_held = columns.held.shape[1]
    errors, only_held = _errors(columns, fold)
    everybody = np.ones(columns.n_clusters)
    variation = columns.variation(everybody)
    best = int(np.argmin(errors))
    found = _penalised(columns.products(everybody), columns.weights.sum(), n_held, PENALTIES[[best]])[0]
    return Ridge(
        coefficients=found[n_held:] / columns.scales,
        penalty=float(PENALTIES[best]),
        explained=1 - float(errors[best]) / variation,
        explained_without=1 - float(errors[0]) / variation,
        explained_by_held=1 - only_held / variation,
    )


def _errors(columns: Columns, fold: NDArray[np.intp]) -> tuple[Vector, float]:
    """Return the squared error of predicting every fold from the others, by penalty, and that of the held alone."""
    n_held = columns.held.shape[1]
    by_penalty, only_held = np.zeros(len(PENALTIES)), 0.0
    for each in range(int(fold.max()) + 1):
        is_left = (fold == each).astype(float)
        known, left = columns.products(1 - is_left), columns.products(is_left)
        n_known = float(columns.weights @ (1 - is_left)[columns.clusters])
        coefficients = _penalised(known, n_known, n_held, PENALTIES)
        by_penalty += np.array([_error(left, b) for b in coefficients])
        held = np.linalg.pinv(known[:n_held, :n_held], hermitian=True) @ known[:n_held, -1]
        only_held += _error(left, np.concatenate([held, np.zeros(len(left) - 1 - n_held)]))
    return by_penalty, only_held


def _penalised(products: Matrix, n: float, n_held: int, penalties: Vector) -> Matrix:
    """Return coefficients of the held and the standardised compared columns, one row a penalty."""
    inner, across = products[:-1, :-1], products[:-1, -1]
    is_compared = np.arange(len(inner)) >= n_held
    penalised = inner[None] + n * penalties[:, None, None] * np.diag(is_compared.astype(float))[None]
    return np.linalg.pinv(penalised, hermitian=True) @ across


def _error(products: Matrix, coefficients: Vector) -> float:
    whole = np.append(-coefficients, 1.0)
    return float(whole @ products @ whole)
