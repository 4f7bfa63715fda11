r"""The proportional odds model of an ordered answer, from counts.

``logit P(y <= c | x) = t_c - x'b``, fitted by Newton's method with halved steps.

References:
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142. R: ``MASS::polr(method = "logistic")``,
    ``ordinal::clm(link = "logit")``.
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, xlogy

from models.estimates import Matrix, Vector

MOST_STEPS = 100
MOST_HALVINGS = 40
SMALLEST_DECREMENT = 1e-9
LARGEST_REACH = 25.0
SMALLEST_CHANCE = 1e-300


@dataclass(frozen=True, eq=False)
class CountedAnswers:
    """Answers to one item, every combination of answer and regressors once (u).

    Attributes:
        categories: Number of the answer from 0, every number up to the largest in use, u.
        design: Regressors without intercept, u x q.
        counts: Responses with each combination, u.
    """

    categories: NDArray[np.intp]
    design: Matrix
    counts: Vector

    @property
    def n_obs(self) -> float:
        """Responses."""
        return float(self.counts.sum())

    @property
    def shares(self) -> Vector:
        """Share of each category."""
        return np.bincount(self.categories, weights=self.counts) / self.n_obs


@dataclass(frozen=True, eq=False)
class OrdinalLogit:
    """A fitted proportional odds model.

    Attributes:
        thresholds: t_c, ascending.
        slopes: b, q.
        covariance: Of thresholds, then slopes, from the observed information.
        log_likelihood: At the estimates.
        null_log_likelihood: Without regressors.
        n_obs: Responses.
        has_converged: False where regressors tell answers apart completely or cannot be told apart themselves.
    """

    thresholds: Vector
    slopes: Vector
    covariance: Matrix
    log_likelihood: float
    null_log_likelihood: float
    n_obs: float
    has_converged: bool

    @property
    def mcfadden(self) -> float:
        """``1 - L / L_0``."""
        return 1 - self.log_likelihood / self.null_log_likelihood

    @property
    def nagelkerke(self) -> float:
        """``(1 - exp(2 (L_0 - L) / n)) / (1 - exp(2 L_0 / n))``."""
        gained = -np.expm1(2 * (self.null_log_likelihood - self.log_likelihood) / self.n_obs)
        return float(gained / -np.expm1(2 * self.null_log_likelihood / self.n_obs))


def fit_ordinal_logit(answers: CountedAnswers) -> OrdinalLogit:
    """Fit the model.

    Args:
        answers: At least two categories in use.
    """
    shares = answers.shares
    m = len(shares) - 1
    theta = np.concatenate([logit(np.cumsum(shares)[:-1]), np.zeros(answers.design.shape[1])])
    likelihood = _log_likelihood(answers, m, theta)
    reach = np.ptp(answers.design, axis=0)
    has_converged, information = False, np.eye(len(theta))
    for _ in range(MOST_STEPS):
        gradient, information = _derivatives(answers, m, theta)
        step = _step(information, gradient)
        # Regressors that tell answers apart completely drive their slopes to infinity while the likelihood settles.
        if step is None or (np.abs(theta[m:]) * reach).max(initial=0.0) > LARGEST_REACH:
            break
        theta, likelihood = _moved(partial(_log_likelihood, answers, m), theta, step, likelihood)
        if float(gradient @ step) < SMALLEST_DECREMENT:
            has_converged = True
            break
    covariance: Matrix = np.full_like(information, np.nan)
    if has_converged:
        covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return OrdinalLogit(
        thresholds=theta[:m],
        slopes=theta[m:],
        covariance=covariance,
        log_likelihood=likelihood,
        null_log_likelihood=answers.n_obs * float(xlogy(shares, shares).sum()),
        n_obs=answers.n_obs,
        has_converged=has_converged,
    )


def _chances(answers: CountedAnswers, m: int, theta: Vector) -> tuple[Vector, Vector, Vector]:
    """Return the chance of every answer and the cumulated chances at its upper and lower threshold."""
    thresholds = np.concatenate([[-np.inf], theta[:m], [np.inf]])
    level = answers.design @ theta[m:]
    upper = expit(thresholds[answers.categories + 1] - level)
    lower = expit(thresholds[answers.categories] - level)
    return np.maximum(upper - lower, SMALLEST_CHANCE), upper, lower


def _log_likelihood(answers: CountedAnswers, m: int, theta: Vector) -> float:
    if (np.diff(theta[:m]) <= 0).any():
        return -np.inf
    return float(answers.counts @ np.log(_chances(answers, m, theta)[0]))


def scores_of(answers: CountedAnswers, fit: OrdinalLogit) -> Matrix:
    """Return the derivative of the log likelihood of one response with each combination, u x (thresholds, slopes)."""
    m = len(fit.thresholds)
    chance, upper, lower = _chances(answers, m, np.concatenate([fit.thresholds, fit.slopes]))
    to_upper, to_lower = _toward(answers, m)
    at_upper, at_lower = upper * (1 - upper) / chance, lower * (1 - lower) / chance
    return to_upper * at_upper[:, None] - to_lower * at_lower[:, None]


def _toward(answers: CountedAnswers, m: int) -> tuple[Matrix, Matrix]:
    """Return how the logits at the upper and lower threshold of every answer follow the parameters."""
    identity = np.eye(m + 2)[:, 1:-1]
    return (
        np.column_stack([identity[answers.categories + 1], -answers.design]),
        np.column_stack([identity[answers.categories], -answers.design]),
    )


def _derivatives(answers: CountedAnswers, m: int, theta: Vector) -> tuple[Vector, Matrix]:
    """Return the gradient of the log likelihood and minus its second derivatives."""
    chance, upper, lower = _chances(answers, m, theta)
    at_upper, at_lower = upper * (1 - upper) / chance, lower * (1 - lower) / chance
    bent_upper, bent_lower = at_upper * (1 - 2 * upper), at_lower * (1 - 2 * lower)
    to_upper, to_lower = _toward(answers, m)
    counts = answers.counts
    gradient = (counts * at_upper) @ to_upper - (counts * at_lower) @ to_lower
    across = (to_upper.T * (counts * at_upper * at_lower)) @ to_lower
    second = (
        (to_upper.T * (counts * (bent_upper - at_upper**2))) @ to_upper
        + across
        + across.T
        - (to_lower.T * (counts * (bent_lower + at_lower**2))) @ to_lower
    )
    return gradient, -second


def _step(information: Matrix, gradient: Vector) -> Vector | None:
    """Return Newton's step; None where the information is singular."""
    scale = np.sqrt(np.maximum(np.diagonal(information), 0.0))
    if not (scale > 0).all():
        return None
    scaled = information / np.outer(scale, scale)
    if np.linalg.matrix_rank(scaled) < len(scaled):
        return None
    return np.linalg.solve(scaled, gradient / scale) / scale


def _moved(of: Callable[[Vector], float], theta: Vector, step: Vector, likelihood: float) -> tuple[Vector, float]:
    """Return the first point along ever shorter steps that is no worse, and its likelihood."""
    for _ in range(MOST_HALVINGS):
        found = of(theta + step)
        if found >= likelihood:
            return theta + step, found
        step = step / 2
    return theta, likelihood
