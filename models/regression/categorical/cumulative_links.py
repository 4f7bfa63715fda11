"""Distribution functions behind ordered regressions, with densities and their slopes, exact in the tails.

Predictors beyond 700 stand for infinity.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from models.estimates import Vector

OrderedLink = Literal["logit", "probit", "cloglog"]
INFINITE = 700.0


class CumulativeLink(Protocol):
    """A distribution function F with density f."""

    def share(self, low: Vector, high: Vector) -> Vector:
        """Return F(high) - F(low)."""
        ...

    def density(self, value: Vector) -> Vector:
        """Return f."""
        ...

    def density_slope(self, value: Vector) -> Vector:
        """Return the derivative of f."""
        ...

    def quantile(self, share: Vector) -> Vector:
        """Return the value with F = share."""
        ...


@dataclass(frozen=True)
class Logistic:
    """F(x) = 1 / (1 + exp(-x))."""

    def share(self, low: Vector, high: Vector) -> Vector:
        """Return F(high) - F(low)."""
        from scipy.special import expit  # noqa: PLC0415

        sign = np.where(low + high > 0, -1.0, 1.0)
        return sign * (expit(sign * high) - expit(sign * low))

    def density(self, value: Vector) -> Vector:
        """Return f."""
        from scipy.special import expit  # noqa: PLC0415

        return expit(value) * expit(-value)

    def density_slope(self, value: Vector) -> Vector:
        """Return f (1 - 2 F)."""
        return -self.density(value) * np.tanh(value / 2)

    def quantile(self, share: Vector) -> Vector:
        """Return log odds."""
        return np.log(share / (1 - share))


@dataclass(frozen=True)
class Normal:
    """F = Phi."""

    def share(self, low: Vector, high: Vector) -> Vector:
        """Return F(high) - F(low)."""
        from scipy.special import ndtr  # noqa: PLC0415

        sign = np.where(low + high > 0, -1.0, 1.0)
        return sign * (ndtr(sign * high) - ndtr(sign * low))

    def density(self, value: Vector) -> Vector:
        """Return f."""
        return np.exp(-0.5 * value**2) / np.sqrt(2 * np.pi)

    def density_slope(self, value: Vector) -> Vector:
        """Return -x f."""
        return -value * self.density(value)

    def quantile(self, share: Vector) -> Vector:
        """Return the normal quantile."""
        from scipy.special import ndtri  # noqa: PLC0415

        return ndtri(share)


@dataclass(frozen=True)
class ComplementaryLogLog:
    """F(x) = 1 - exp(-exp(x))."""

    def share(self, low: Vector, high: Vector) -> Vector:
        """Return F(high) - F(low)."""
        below, above = np.exp(low), np.exp(high)
        return np.where(high > low, -np.exp(-below) * np.expm1(-(np.maximum(above, below) - below)), -1.0)

    def density(self, value: Vector) -> Vector:
        """Return f."""
        return np.exp(value - np.exp(value))

    def density_slope(self, value: Vector) -> Vector:
        """Return f (1 - exp(x))."""
        density = self.density(value)
        return np.where(density > 0, density * (1 - np.exp(value)), 0.0)

    def quantile(self, share: Vector) -> Vector:
        """Return log(-log(1 - share))."""
        return np.log(-np.log1p(-share))


LINKS: dict[OrderedLink, CumulativeLink] = {
    "logit": Logistic(),
    "probit": Normal(),
    "cloglog": ComplementaryLogLog(),
}
