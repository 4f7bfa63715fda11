"""Draws of missing numbers from what explains the observed ones: linear regression and predictive mean matching."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass, field

import numpy as np

from models.estimates import Matrix, Vector
from models.missing_data.completed import Codes, Regressors
from models.missing_data.plan import Column
from models.regression.identification import ModelDataError

N_DONORS = 5


@dataclass(frozen=True, eq=False)
class Task:
    """One column to be drawn once.

    Attributes:
        column: Which, and how.
        outcome: Values that it is fitted to, n.
        regressors: n x k of these rows, and q x k of the rows to be drawn.
        fitted_organisations: Organisations of the n rows.
        wanted_organisations: Organisations of the q rows.
        n_organisations: Organisations.
        memory: What a chain carries from one iteration to the next about this column.
        above: What is above each organisation, from 0; all in one where nothing is.
    """

    column: Column
    outcome: Vector
    regressors: Regressors
    fitted_organisations: Codes
    wanted_organisations: Codes
    n_organisations: int
    memory: dict[str, Vector] = field(default_factory=dict)
    above: Codes | None = None


@dataclass(frozen=True, eq=False)
class LinearDraw:
    """A draw from the posterior of a linear regression under a flat prior.

    Attributes:
        estimates: Least squares coefficients, k.
        coefficients: Drawn coefficients, k.
        deviation: Drawn residual standard deviation.
    """

    estimates: Vector
    coefficients: Vector
    deviation: float


def draw_linear(matrix: Matrix, outcome: Vector, name: str, rng: np.random.Generator) -> LinearDraw:
    """Draw coefficients and residual deviation: s2 = RSS / chi2(n - k), b ~ N(b^, s2 (X'X)^-1).

    Raises:
        ModelDataError: If there are not more rows than coefficients.

    References:
        Rubin (1987), pp. 166-167. R: ``mice::norm.draw``, there with a ridge.
    """
    n, k = matrix.shape
    if n <= k:
        raise ModelDataError(
            f"'{name}' is known in {n} rows and has {k} coefficients to be imputed by; expected more rows than "
            "coefficients; give it fewer predictors"
        )
    root = np.linalg.cholesky(matrix.T @ matrix)
    estimates = np.linalg.solve(root.T, np.linalg.solve(root, matrix.T @ outcome))
    residuals = outcome - matrix @ estimates
    deviation = float(np.sqrt(residuals @ residuals / rng.chisquare(n - k)))
    shift = np.linalg.solve(root.T, rng.standard_normal(k))
    return LinearDraw(np.asarray(estimates, dtype=float), estimates + deviation * shift, deviation)


def draw_normal(task: Task, rng: np.random.Generator) -> Vector:
    """Draw q numbers from a linear regression with normal residuals.

    References:
        R: ``mice::mice.impute.norm``.
    """
    found = draw_linear(task.regressors.fitted, task.outcome, task.column.name, rng)
    noise = found.deviation * rng.standard_normal(len(task.regressors.wanted))
    return task.regressors.wanted @ found.coefficients + noise + task.column.delta


def draw_matching(task: Task, rng: np.random.Generator) -> Vector:
    """Draw q numbers that were observed: of one of the five whose prediction is nearest to the drawn prediction.

    Raises:
        ModelDataError: If fewer than five values are known.

    References:
        Little (1988), Journal of Business & Economic Statistics 6(3), 287-296; type 1 and five donors as Van Buuren
        (2018), section 3.4. R: ``mice::mice.impute.pmm``.
    """
    found = draw_linear(task.regressors.fitted, task.outcome, task.column.name, rng)
    donors = task.regressors.fitted @ found.estimates
    chosen = nearest_donors(donors, task.regressors.wanted @ found.coefficients, task.column.name, rng)
    return task.outcome[chosen] + task.column.delta


def nearest_donors(donors: Vector, wanted: Vector, name: str, rng: np.random.Generator) -> Codes:
    """Choose for each wanted value one of the five nearest donors at random; ties of donors are broken at random.

    Args:
        donors: n.
        wanted: q.
        name: Of the column, for the message.
        rng: What is random.

    Returns:
        Numbers of donors, q.
    """
    n = len(donors)
    if n < N_DONORS:
        raise ModelDataError(
            f"'{name}' is known in {n} rows; expected at least {N_DONORS} donors for matching; take it "
            "out, write missing: listwise, or (in Python) impute it by 'normal'"
        )
    shuffled = rng.permutation(n)
    order = shuffled[np.argsort(donors[shuffled], kind="stable")]
    ascending = donors[order]
    place = np.searchsorted(ascending, wanted)
    window = np.clip(place - N_DONORS, 0, max(n - 2 * N_DONORS, 0))[:, None] + np.arange(min(2 * N_DONORS, n))
    distance = np.abs(ascending[window] - wanted[:, None])
    near = np.argpartition(distance, N_DONORS - 1, axis=1)[:, :N_DONORS]
    pick = near[np.arange(len(wanted)), rng.integers(0, N_DONORS, len(wanted))]
    return np.asarray(order[window[np.arange(len(wanted)), pick]], dtype=np.intp)
