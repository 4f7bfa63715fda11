"""Counts: Poisson and negative binomial regression."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.categorical.families import NegativeBinomial, Poisson
from models.regression.categorical.generalised import GeneralisedFit, Observed, fit_generalised, objective_of
from models.regression.categorical.maximise import Maximum, Objective, maximise, require_converged
from models.regression.categorical.separation import refuse_separation
from models.regression.identification import ModelDataError

REMEDY = "take them out or merge their categories: all counts are nought where they say so"
LARGEST_LOG_SIZE = 300.0


@dataclass(frozen=True, eq=False)
class NegativeBinomialFit:
    """A fitted NB2 regression: variance m + m^2 / size.

    Attributes:
        generalised: The fit of the coefficients at the estimated size, from which covariances follow.
        size: The estimate; the larger, the nearer to Poisson (theta of MASS; 1 / alpha of others).
        size_std_error: Root of the inverse observed information about the size.
        log_likelihood: Weighted sum of the rows' terms.
    """

    generalised: GeneralisedFit
    size: float
    size_std_error: float
    log_likelihood: float


def fit_poisson(rows: Observed, names: Sequence[str]) -> GeneralisedFit:
    """Fit E(Y) = exp(x'b + offset) by Newton's method.

    With HC or cluster-robust covariance the estimate asks no more than that the mean is right.

    Args:
        rows: n rows (``observed``), outcomes 0, 1, 2 ...; offsets are log exposures.
        names: Names of the k coefficients.

    Raises:
        SeparationError: If all counts are nought where regressors say so, so that estimates are infinite.
        ModelDataError: If an outcome is no count, or all are nought, or no maximum is reached.

    References:
        Gourieroux, Monfort and Trognon (1984), Econometrica 52(3), 701-720. R: ``glm(family = poisson)``, converged.
    """
    _refuse_other_than_counts(rows.outcome)

    def check(maximum: Maximum) -> None:
        start = _start(rows)
        unexplained = objective_of(Poisson(), rows)(start)[2]
        refuse_separation(maximum, unexplained, lambda: count_conditions(rows), names, REMEDY)
        require_converged(maximum, Poisson().name)

    return fit_generalised(Poisson(), rows, _start(rows), check)


def fit_negative_binomial(rows: Observed, names: Sequence[str]) -> NegativeBinomialFit:
    """Fit E(Y) = m = exp(x'b + offset), Var(Y) = m + m^2 / size, by Newton's method in b and log size at once.

    Args:
        rows: n rows (``observed``), outcomes 0, 1, 2 ...
        names: Names of the k coefficients.

    Raises:
        SeparationError: As for Poisson.
        ModelDataError: As for Poisson, or if counts vary no more than Poisson's, so that the size is infinite.

    References:
        Lawless (1987), Canadian Journal of Statistics 15(3), 209-225. R: ``MASS::glm.nb``, converged; covariances of
        the coefficients use the expected information at the estimated size, as there.
    """
    poisson = fit_poisson(rows, names)
    surplus = (rows.outcome - poisson.fitted) ** 2 - rows.outcome
    if rows.weights @ surplus <= 0:
        raise ModelDataError(
            "the counts vary no more than a Poisson regression expects, so that the size of a negative binomial is "
            "infinite; write estimator: poisson, with a robust covariance"
        )
    moment = float(rows.weights @ poisson.fitted**2 / (rows.weights @ surplus))
    maximum = maximise(joint_objective(rows), np.r_[poisson.coefficients, np.log(moment)])
    require_converged(maximum, "negative binomial regression")
    size = float(np.exp(maximum.point[-1]))
    family = NegativeBinomial(size)
    generalised = GeneralisedFit(family, rows, maximum.point[:-1], maximum.value, maximum.n_iterations)
    _, curvature = _size_slopes(rows.outcome, generalised.fitted, size)
    return NegativeBinomialFit(generalised, size, float((rows.weights @ -curvature) ** -0.5), maximum.value)


def count_conditions(rows: Observed) -> Matrix:
    """Return the rows z such that a term does not fall along d while z'd >= 0 (``find_separation``)."""
    is_zero = rows.outcome == 0
    return np.concatenate([-rows.matrix[is_zero], rows.matrix[~is_zero], -rows.matrix[~is_zero]])


def _refuse_other_than_counts(outcome: Vector) -> None:
    if not ((outcome >= 0) & (outcome == np.floor(outcome))).all():
        raise ModelDataError(
            "an outcome of a regression of counts is below 0 or no whole number; expected 0, 1, 2 ...; choose another "
            "outcome, or estimator: linear"
        )
    if not outcome.any():
        raise ModelDataError(
            f"the count is 0 in all {len(outcome)} responses used; expected some above; choose another outcome"
        )


def _start(rows: Observed) -> Vector:
    """Return the weighted least squares solution for the log of the mean count."""
    target = np.full(len(rows.outcome), np.log(rows.weights @ rows.outcome / rows.weights.sum())) - rows.offset
    return np.asarray(np.linalg.lstsq(rows.matrix, target, rcond=None)[0], dtype=float)


def joint_objective(rows: Observed) -> Objective:
    """Return log-likelihood, gradient and observed information in the coefficients and log size.

    Beyond ``LARGEST_LOG_SIZE``, where counts are Poisson to the last bit and squares overflow, it is not defined.
    """

    def objective(point: Vector) -> tuple[float, Vector, Matrix]:
        if point[-1] > LARGEST_LOG_SIZE:
            return -np.inf, np.zeros(len(point)), np.eye(len(point))
        size = float(np.exp(point[-1]))
        value, gradient, information = objective_of(NegativeBinomial(size), rows)(point[:-1])
        mean = np.exp(rows.matrix @ point[:-1] + rows.offset)
        slope, curvature = _size_slopes(rows.outcome, mean, size)
        crossed = size * ((rows.weights * (rows.outcome - mean) * mean / (size + mean) ** 2) @ rows.matrix)
        total = size * float(rows.weights @ slope)
        own = -(size**2 * float(rows.weights @ curvature) + total)
        joint = np.empty((len(point), len(point)))
        joint[:-1, :-1], joint[:-1, -1], joint[-1, :-1], joint[-1, -1] = information, -crossed, -crossed, own
        return value, np.append(gradient, total), joint

    return objective


def _size_slopes(outcome: Vector, mean: Vector, size: float) -> tuple[Vector, Vector]:
    """Return each row's first and second derivative of the log-likelihood in the size."""
    from scipy.special import digamma, polygamma  # noqa: PLC0415

    total = size + mean
    first = digamma(outcome + size) - digamma(size) + np.log(size / total) + 1 - (outcome + size) / total
    second = polygamma(1, outcome + size) - polygamma(1, size) + 1 / size - 2 / total + (outcome + size) / total**2
    return first, second
