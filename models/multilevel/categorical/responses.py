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
from models.multilevel.categorical.thresholds import TERMS_OF_LINKS, MovedTerms, Terms, logistic
from models.regression.categorical.cumulative_links import INFINITE, OrderedLink
from models.regression.categorical.ordered import OrderedRows

LATENT_VARIANCES: dict[OrderedLink, float] = {"logit": np.pi**2 / 3, "probit": 1.0}
Sides = tuple[Matrix, ...]


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

    def heights(self, predictors: Sides) -> tuple[Vector, tuple[Vector, ...]]:
        """Return log-likelihoods and their derivatives in each side's predictor, n values each."""
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

    @property
    def saturated_log_likelihood(self) -> float:
        """Log-likelihood when every row has a probability of its own; nought where all trials are 1."""
        from scipy.special import xlogy  # noqa: PLC0415

        failures = self.trials - self.successes
        parts = xlogy(self.successes, self.successes / self.trials) + xlogy(failures, failures / self.trials)
        return float(np.sum(parts + self.log_orders))

    def predictors(self, coefficients: Vector) -> Sides:
        """Return eta without random effect."""
        return (self.matrix @ coefficients,)

    def heights(self, predictors: Sides) -> tuple[Vector, tuple[Vector, ...]]:
        """Return log-likelihoods and their derivatives in eta, n values each."""
        (eta,) = predictors
        means, logs = logistic(eta)
        return self.successes * eta - self.trials * logs + self.log_orders, (self.successes - self.trials * means,)

    def moved(self, predictors: Sides) -> MovedTerms:
        """Return the derivatives in eta, n values each."""
        (eta,) = predictors
        means, _ = logistic(eta)
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

    @cached_property
    def _between(self) -> Terms:
        return TERMS_OF_LINKS[self.rows.link]

    def heights(self, predictors: Sides) -> tuple[Vector, tuple[Vector, ...]]:
        """Return log-likelihoods and their derivatives in both predictors, n values each."""
        return self._between.heights(*(np.clip(each, -INFINITE, INFINITE) for each in predictors))

    def moved(self, predictors: Sides) -> MovedTerms:
        """Return the derivatives in a shift of both predictors, n values each."""
        return self._between.moved(*(np.clip(each, -INFINITE, INFINITE) for each in predictors))

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
