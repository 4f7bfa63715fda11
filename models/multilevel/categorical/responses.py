"""Likelihood of a row given its group's random effect, and its derivatives as the effect moves all its predictors.

A row has one predictor (binomial counts) or two, of the threshold above and the one below (ordered categories). Put
here distributions; not groups, nor how effects are integrated out (``marginal_likelihood``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.cumulative_links import INFINITE, LINKS, OrderedLink
from models.regression.categorical.ordered import OrderedRows

LATENT_VARIANCES: dict[OrderedLink, float] = {"logit": np.pi**2 / 3, "probit": 1.0}
Sides = tuple[Matrix, ...]


@dataclass(frozen=True, eq=False)
class MovedTerms:
    """Derivatives of each row's log-likelihood in a shift of all its predictors; n values each.

    Attributes:
        first: First derivative.
        second: Second.
        third: Third.
        by_side: Of each side, the first derivative in its predictor, and this one's first and second in the shift.
    """

    first: Vector
    second: Vector
    third: Vector
    by_side: tuple[tuple[Vector, Vector, Vector], ...]


class Responses(Protocol):
    """n rows whose likelihood given the random effect is known."""

    @property
    def name(self) -> str:
        """What the model is called in messages."""
        ...

    @property
    def towards(self) -> float:
        """1 where the random effect is added to the predictors, -1 where it is taken from them."""
        ...

    @property
    def latent_variance(self) -> float:
        """Variance of the latent outcome within groups."""
        ...

    @property
    def saturated_log_likelihood(self) -> float:
        """Log-likelihood when every row has probabilities of its own; nought where every row is one answer."""
        ...

    @property
    def sides(self) -> Sides:
        """Derivatives of each predictor in the p coefficients, n x p each."""
        ...

    def predictors(self, coefficients: Vector) -> Sides:
        """Return each side's predictor without random effect, n values each."""
        ...

    def heights(self, predictors: Sides) -> tuple[Matrix, tuple[Matrix, ...]]:
        """Return log-likelihoods and their derivatives in each side's predictor, in the shape of the predictors."""
        ...

    def moved(self, predictors: Sides) -> MovedTerms:
        """Return what follows from a shift of all predictors, n values each."""
        ...

    def in_order(self, order: NDArray[np.intp]) -> "Responses":
        """Return the rows in another order."""
        ...

    def keys(self) -> Sequence[Vector]:
        """Return what tells rows apart, the first one last, for ``numpy.lexsort``."""
        ...

    def homogeneous(self, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which groups, rows beginning at starts, gave one answer only."""
        ...

    def counts(self) -> Vector:
        """Return how many answers each row stands for, n."""
        ...


@dataclass(frozen=True, eq=False)
class BinomialRows:
    """Successes among trials, P = 1 / (1 + exp(-eta)).

    Attributes:
        matrix: n x k regressors with a constant.
        successes: n counts of 0 or more.
        trials: n counts of 1 or more; 1 for outcomes 0 and 1.
    """

    matrix: Matrix
    successes: Vector
    trials: Vector
    name: str = "logit with random intercepts"
    towards: float = 1.0
    latent_variance: float = LATENT_VARIANCES["logit"]

    @property
    def sides(self) -> Sides:
        """The regressors."""
        return (self.matrix,)

    @cached_property
    def log_orders(self) -> Vector:
        """Log of the number of orders in which the successes may come, n."""
        from scipy.special import gammaln  # noqa: PLC0415

        failures = self.trials - self.successes
        return gammaln(self.trials + 1) - gammaln(self.successes + 1) - gammaln(failures + 1)

    @cached_property
    def saturated_log_likelihood(self) -> float:
        """Log-likelihood when every row has a probability of its own; nought where all trials are 1."""
        from scipy.special import xlogy  # noqa: PLC0415

        failures = self.trials - self.successes
        parts = xlogy(self.successes, self.successes / self.trials) + xlogy(failures, failures / self.trials)
        return float(np.sum(parts + self.log_orders))

    def predictors(self, coefficients: Vector) -> Sides:
        """Return eta without random effect."""
        return (self.matrix @ coefficients,)

    def heights(self, predictors: Sides) -> tuple[Matrix, tuple[Matrix, ...]]:
        """Return log-likelihoods and their derivatives in eta, in the shape of the predictors."""
        (eta,) = predictors
        successes, trials, orders = _beside(eta, self.successes, self.trials, self.log_orders)
        means, logs = _shares(eta)
        return successes * eta - trials * logs + orders, (successes - trials * means,)

    def moved(self, predictors: Sides) -> MovedTerms:
        """Return the derivatives in eta, n values each."""
        (eta,) = predictors
        means, _ = _shares(eta)
        spread = self.trials * means * (1 - means)
        first, second, third = self.successes - self.trials * means, -spread, -spread * (1 - 2 * means)
        return MovedTerms(first, second, third, ((first, second, third),))

    def in_order(self, order: NDArray[np.intp]) -> "BinomialRows":
        """Return the rows in another order."""
        return BinomialRows(self.matrix[order], self.successes[order], self.trials[order])

    def keys(self) -> Sequence[Vector]:
        """Return what tells rows apart."""
        return [*self.matrix.T, self.trials, self.successes]

    def homogeneous(self, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which groups have successes only, or none."""
        successes, trials = np.add.reduceat(self.successes, starts), np.add.reduceat(self.trials, starts)
        return (successes == 0) | (successes == trials)

    def counts(self) -> Vector:
        """Return the trials."""
        return self.trials


@dataclass(frozen=True, eq=False)
class OrderedResponses:
    """Ordered categories, P(Y <= j) = F(threshold - eta - u); logit or probit.

    Attributes:
        rows: Regressors and categories, every weight 1.
    """

    rows: OrderedRows
    towards: float = -1.0
    saturated_log_likelihood: float = 0.0

    @property
    def name(self) -> str:
        """What the model is called in messages."""
        return f"ordered {self.rows.link} with random intercepts"

    @property
    def latent_variance(self) -> float:
        """Variance of F."""
        return LATENT_VARIANCES[self.rows.link]

    @property
    def sides(self) -> Sides:
        """Derivatives of the predictors at the threshold above and below; nought where there is none."""
        return self.rows.sides

    def predictors(self, coefficients: Vector) -> Sides:
        """Return threshold less eta, above and below; 700 and -700 at the ends."""
        upper, lower = self.rows.sides
        is_last, is_first = self.rows.categories == self.rows.n_thresholds, self.rows.categories == 0
        return (
            np.where(is_last, INFINITE, upper @ coefficients),
            np.where(is_first, -INFINITE, lower @ coefficients),
        )

    def heights(self, predictors: Sides) -> tuple[Matrix, tuple[Matrix, ...]]:
        """Return log-likelihoods and their derivatives in both predictors; -inf and nought beyond rounding."""
        link = LINKS[self.rows.link]
        high, low = (np.clip(each, -INFINITE, INFINITE) for each in predictors)
        share = link.share(low, high)
        is_possible = share > 0
        share = np.where(is_possible, share, 1.0)
        values = np.where(is_possible, np.log(share), -np.inf)
        return values, (
            np.where(is_possible, link.density(high) / share, 0.0),
            np.where(is_possible, -link.density(low) / share, 0.0),
        )

    def moved(self, predictors: Sides) -> MovedTerms:
        """Return the derivatives in a shift of both predictors.

        With a_j, b_j the j-th derivatives of F at the upper and lower predictor over P = F(a) - F(b) and
        m_j = a_j - b_j: m_1, m_2 - m_1^2, m_3 - 3 m_1 m_2 + 2 m_1^3; of the upper side a_1, a_2 - a_1 m_1,
        a_3 - 2 a_2 m_1 + 2 a_1 m_1^2 - a_1 m_2, of the lower one likewise with the other sign.
        """
        link = LINKS[self.rows.link]
        high, low = (np.clip(each, -INFINITE, INFINITE) for each in predictors)
        share = link.share(low, high)
        above, below = (
            [each / share for each in (link.density(at), link.density_slope(at), _density_bend(self.rows.link, at))]
            for at in (high, low)
        )
        one, two, three = (up - down for up, down in zip(above, below, strict=True))
        by_side = tuple(
            (sign * a, sign * (b - a * one), sign * (c - 2 * b * one + 2 * a * one**2 - a * two))
            for sign, (a, b, c) in ((1.0, above), (-1.0, below))
        )
        return MovedTerms(one, two - one**2, three - 3 * one * two + 2 * one**3, by_side)

    def in_order(self, order: NDArray[np.intp]) -> "OrderedResponses":
        """Return the rows in another order."""
        rows = self.rows
        weights = rows.weights[order]
        return OrderedResponses(
            OrderedRows(rows.matrix[order], rows.categories[order], weights, rows.released, rows.link)
        )

    def keys(self) -> Sequence[Vector]:
        """Return what tells rows apart."""
        return [*self.rows.matrix.T, self.rows.categories.astype(float)]

    def homogeneous(self, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which groups gave one category only, and that the first or the last one."""
        least = np.minimum.reduceat(self.rows.categories, starts)
        largest = np.maximum.reduceat(self.rows.categories, starts)
        return (least == largest) & ((least == 0) | (least == self.rows.n_thresholds))

    def counts(self) -> Vector:
        """Return 1 for every row."""
        return np.ones(len(self.rows.categories))


def _shares(eta: Matrix) -> tuple[Matrix, Matrix]:
    """Return 1 / (1 + exp(-eta)) and log(1 + exp(eta)) from one exponential."""
    small = np.exp(-np.abs(eta))
    means = np.where(eta > 0, 1.0, small) / (1 + small)
    return means, np.maximum(eta, 0.0) + np.log1p(small)


def _beside(eta: Matrix, *values: Vector) -> list[Matrix]:
    """Return values of rows so that they meet predictors of one or of two dimensions."""
    return [each if eta.ndim == 1 else each[:, None] for each in values]


def _density_bend(link: OrderedLink, at: Vector) -> Vector:
    """Return the second derivative of the density."""
    density = LINKS[link].density(at)
    if link == "probit":
        return (at**2 - 1) * density
    return density * (1 - 6 * density)
