"""Distributions of an outcome given a linear predictor: log-likelihood, mean and their derivatives.

Put here families of generalised linear models, each function vectorised over rows.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from models.estimates import Vector

BinaryLink = Literal["logit", "probit"]


@dataclass(frozen=True, eq=False)
class Terms:
    """One row's part of a log-likelihood, and its derivatives in the linear predictor; n values each.

    Attributes:
        log_likelihood: The term.
        slope: First derivative.
        curvature: Minus the second derivative.
        expected: Minus the expected second derivative (Fisher information).
    """

    log_likelihood: Vector
    slope: Vector
    curvature: Vector
    expected: Vector


class Family(Protocol):
    """What a generalised linear model needs of a distribution and its link."""

    @property
    def name(self) -> str:
        """What the model is called in messages."""
        ...

    def terms(self, outcome: Vector, predictor: Vector) -> Terms:
        """Return the rows' parts of the log-likelihood."""
        ...

    def mean(self, predictor: Vector) -> Vector:
        """Return the expected outcome."""
        ...

    def mean_slope(self, predictor: Vector) -> Vector:
        """Return the derivative of the expected outcome in the linear predictor."""
        ...


@dataclass(frozen=True)
class Logit:
    """P(Y = 1) = 1 / (1 + exp(-eta))."""

    name: str = "logit"

    def terms(self, outcome: Vector, predictor: Vector) -> Terms:
        """Return the rows' parts of the log-likelihood."""
        mean, curvature = self.mean(predictor), self.mean_slope(predictor)
        value = -np.logaddexp(0.0, np.where(outcome > 0, -predictor, predictor))
        return Terms(value, outcome - mean, curvature, curvature)

    def mean(self, predictor: Vector) -> Vector:
        """Return P(Y = 1)."""
        from scipy.special import expit  # noqa: PLC0415

        return expit(predictor)

    def mean_slope(self, predictor: Vector) -> Vector:
        """Return P(Y = 1) P(Y = 0)."""
        return self.mean(predictor) * self.mean(-predictor)


@dataclass(frozen=True)
class Probit:
    """P(Y = 1) = Phi(eta)."""

    name: str = "probit"

    def terms(self, outcome: Vector, predictor: Vector) -> Terms:
        """Return the rows' parts of the log-likelihood."""
        from scipy.special import log_ndtr  # noqa: PLC0415

        sign = np.where(outcome > 0, 1.0, -1.0)
        towards = sign * predictor
        value = log_ndtr(towards)
        log_density = -0.5 * predictor**2 - 0.5 * np.log(2 * np.pi)
        ratio = np.exp(log_density - value)
        expected = np.exp(2 * log_density - value - log_ndtr(-towards))
        return Terms(value, sign * ratio, ratio * (ratio + towards), expected)

    def mean(self, predictor: Vector) -> Vector:
        """Return P(Y = 1)."""
        from scipy.special import ndtr  # noqa: PLC0415

        return ndtr(predictor)

    def mean_slope(self, predictor: Vector) -> Vector:
        """Return the normal density."""
        return np.exp(-0.5 * predictor**2) / np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class Poisson:
    """Counts with mean and variance exp(eta)."""

    name: str = "Poisson regression"

    def terms(self, outcome: Vector, predictor: Vector) -> Terms:
        """Return the rows' parts of the log-likelihood."""
        from scipy.special import gammaln  # noqa: PLC0415

        mean = np.exp(predictor)
        return Terms(outcome * predictor - mean - gammaln(outcome + 1), outcome - mean, mean, mean)

    def mean(self, predictor: Vector) -> Vector:
        """Return the expected count."""
        return np.exp(predictor)

    def mean_slope(self, predictor: Vector) -> Vector:
        """Return the expected count."""
        return np.exp(predictor)


@dataclass(frozen=True)
class NegativeBinomial:
    """Counts with mean m = exp(eta) and variance m + m^2 / size (NB2)."""

    size: float
    name: str = "negative binomial regression"

    def terms(self, outcome: Vector, predictor: Vector) -> Terms:
        """Return the rows' parts of the log-likelihood."""
        from scipy.special import gammaln  # noqa: PLC0415

        size, mean = self.size, np.exp(predictor)
        share = size / (size + mean)
        value = gammaln(outcome + size) - gammaln(size) - gammaln(outcome + 1) + size * np.log(share)
        value += outcome * (predictor - np.log(size + mean))
        return Terms(value, (outcome - mean) * share, (outcome + size) * mean / (size + mean) * share, mean * share)

    def mean(self, predictor: Vector) -> Vector:
        """Return the expected count."""
        return np.exp(predictor)

    def mean_slope(self, predictor: Vector) -> Vector:
        """Return the expected count."""
        return np.exp(predictor)


BINARY: dict[BinaryLink, Family] = {"logit": Logit(), "probit": Probit()}
