"""Log-probability of falling between two thresholds, and its derivatives as both move together; logistic and normal."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.estimates import Vector
from models.regression.categorical.cumulative_links import LINKS, OrderedLink


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


class Terms(Protocol):
    """log(F(a) - F(b)) for a distribution function F."""

    def heights(self, high: Vector, low: Vector) -> tuple[Vector, tuple[Vector, Vector]]:
        """Return the logarithms and their derivatives in a and in b."""
        ...

    def moved(self, high: Vector, low: Vector) -> MovedTerms:
        """Return the derivatives in a shift of both."""
        ...


@dataclass(frozen=True)
class LogisticTerms:
    """F logistic: log F(a) + log(1 - F(b)) + log(1 - exp(b - a)), whose last term no shift changes."""

    def heights(self, high: Vector, low: Vector) -> tuple[Vector, tuple[Vector, Vector]]:
        """Return the logarithms and their derivatives in a and in b."""
        beyond, log_above = logistic(-high)
        before, log_below = logistic(low)
        closeness = np.exp(low - high)
        share = closeness / (1 - closeness)
        return np.log1p(-closeness) - log_above - log_below, (beyond + share, -before - share)

    def moved(self, high: Vector, low: Vector) -> MovedTerms:
        """Return the derivatives in a shift of both."""
        _, (upper, lower) = self.heights(high, low)
        above, below = (self._densities(each) for each in (high, low))
        return MovedTerms(
            upper + lower,
            above[0] + below[0],
            above[1] + below[1],
            ((upper, *above), (lower, *below)),
        )

    def _densities(self, value: Vector) -> tuple[Vector, Vector]:
        """Return minus the density and minus its slope."""
        density = LINKS["logit"].density(value)
        return -density, -LINKS["logit"].density_slope(value)


@dataclass(frozen=True)
class NormalTerms:
    """F normal: shares that rounding makes nought have the logarithm -inf and derivatives of nought."""

    def heights(self, high: Vector, low: Vector) -> tuple[Vector, tuple[Vector, Vector]]:
        """Return the logarithms and their derivatives in a and in b."""
        link = LINKS["probit"]
        share = link.share(low, high)
        is_possible = share > 0
        share = np.where(is_possible, share, 1.0)
        values = np.where(is_possible, np.log(share), -np.inf)
        return values, (
            np.where(is_possible, link.density(high) / share, 0.0),
            np.where(is_possible, -link.density(low) / share, 0.0),
        )

    def moved(self, high: Vector, low: Vector) -> MovedTerms:
        """Return the derivatives in a shift of both.

        With a_j, b_j the j-th derivatives of F at the upper and lower predictor over P = F(a) - F(b) and
        m_j = a_j - b_j: m_1, m_2 - m_1^2, m_3 - 3 m_1 m_2 + 2 m_1^3; of the upper side a_1, a_2 - a_1 m_1,
        a_3 - 2 a_2 m_1 + 2 a_1 m_1^2 - a_1 m_2, of the lower one likewise with the other sign.
        """
        link = LINKS["probit"]
        share = link.share(low, high)
        above, below = (
            [each / share for each in (link.density(at), link.density_slope(at), (at**2 - 1) * link.density(at))]
            for at in (high, low)
        )
        one, two, three = (up - down for up, down in zip(above, below, strict=True))
        by_side = tuple(
            (sign * a, sign * (b - a * one), sign * (c - 2 * b * one + 2 * a * one**2 - a * two))
            for sign, (a, b, c) in ((1.0, above), (-1.0, below))
        )
        return MovedTerms(one, two - one**2, three - 3 * one * two + 2 * one**3, by_side)


TERMS_OF_LINKS: dict[OrderedLink, Terms] = {"logit": LogisticTerms(), "probit": NormalTerms()}


def logistic(eta: Vector) -> tuple[Vector, Vector]:
    """Return F = 1 / (1 + exp(-eta)) and log(1 + exp(eta)) from one exponential."""
    small = np.exp(-np.abs(eta))
    whole = 1 + small
    return np.where(eta > 0, 1.0, small) / whole, np.maximum(eta, 0.0) + np.log(whole)
