"""Mean and variance of an outcome given its linear predictor, and its quasi-likelihood; canonical links."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from models.estimates import Vector

OutcomeName = Literal["gaussian", "logit", "poisson"]


class Outcome(Protocol):
    """A mean with the variance that belongs to it; the derivative of the mean in the predictor is the variance."""

    def mean(self, predictor: Vector) -> Vector:
        """Return the expected outcome."""
        ...

    def variance(self, predictor: Vector) -> Vector:
        """Return the variance but for the scale, which is also the derivative of the mean."""
        ...

    def quasi_likelihood(self, outcome: Vector, predictor: Vector) -> float:
        """Return the sum of the rows' quasi-likelihoods, for a scale of 1."""
        ...


@dataclass(frozen=True)
class Gaussian:
    """Mean eta, variance 1."""

    def mean(self, predictor: Vector) -> Vector:
        """Return the expected outcome."""
        return predictor

    def variance(self, predictor: Vector) -> Vector:
        """Return 1."""
        return np.ones_like(predictor)

    def quasi_likelihood(self, outcome: Vector, predictor: Vector) -> float:
        """Return minus half the sum of squared residuals."""
        return -float(((outcome - predictor) ** 2).sum()) / 2


@dataclass(frozen=True)
class Bernoulli:
    """Mean m = 1 / (1 + exp(-eta)), variance m (1 - m)."""

    def mean(self, predictor: Vector) -> Vector:
        """Return the share of ones."""
        from scipy.special import expit  # noqa: PLC0415

        return expit(predictor)

    def variance(self, predictor: Vector) -> Vector:
        """Return m (1 - m)."""
        return self.mean(predictor) * self.mean(-predictor)

    def quasi_likelihood(self, outcome: Vector, predictor: Vector) -> float:
        """Return the sum of y log m + (1 - y) log(1 - m)."""
        return -float(np.logaddexp(0.0, np.where(outcome > 0, -predictor, predictor)).sum())


@dataclass(frozen=True)
class Count:
    """Mean and variance exp(eta)."""

    def mean(self, predictor: Vector) -> Vector:
        """Return the expected count."""
        return np.exp(predictor)

    def variance(self, predictor: Vector) -> Vector:
        """Return the expected count."""
        return np.exp(predictor)

    def quasi_likelihood(self, outcome: Vector, predictor: Vector) -> float:
        """Return the sum of y log m - m."""
        return float((outcome * predictor - np.exp(predictor)).sum())


OUTCOMES: dict[OutcomeName, Outcome] = {"gaussian": Gaussian(), "logit": Bernoulli(), "poisson": Count()}
