"""Simple slopes of a moderated effect, and where along the moderator they are significant (Johnson and Neyman)."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.regression.inference import t_quantiles
from models.regression.moderation.combinations import Coefficients, Combinations, combine
from models.roots import crossing

ANGLES = 721
EDGE = 1e-9


@dataclass(frozen=True, eq=False)
class Moderation:
    """Which combination of k coefficients is the slope of the focal regressor: a line in the moderator.

    Attributes:
        at_nought: k weights that make the slope where the moderator is nought.
        per_unit: k weights that make its change for one unit of the moderator.
    """

    at_nought: Vector
    per_unit: Vector

    def contrasts(self, moderator: Vector) -> Matrix:
        """Return q x k rows whose products with the coefficients are the slopes at q moderator values."""
        return self.at_nought + np.outer(moderator, self.per_unit)


def product_of(focal: int, product: int, n_coefficients: int) -> Moderation:
    """Return the moderation b_focal + b_product x moderator, from the places of both among the coefficients."""
    unit = np.eye(n_coefficients)
    return Moderation(unit[focal], unit[product])


def simple_slopes(
    coefficients: Coefficients, moderation: Moderation, moderator: Vector, confidence_level: float = 0.95
) -> Combinations:
    """Estimate the slope of the focal regressor at q values of the moderator.

    The variance is var(b_1) + 2 z cov(b_1, b_3) + z^2 var(b_3), which the delta method gives exactly.

    Args:
        coefficients: Of the regression, with any covariance.
        moderation: Which of them.
        moderator: q values in the unit (and centring) of the regression, such as mean and mean -+ one sd.
        confidence_level: Of each interval.

    References:
        Aiken and West (1991), Multiple Regression: Testing and Interpreting Interactions, chapter 2. R:
        ``emmeans::emtrends(m, ~ z, var = "x", at = )``, ``interactions::sim_slopes``.
    """
    return combine(coefficients, moderation.contrasts(moderator), confidence_level)


@dataclass(frozen=True)
class Region:
    """A stretch of moderator values.

    Attributes:
        low: Where it begins; may be minus infinity.
        high: Where it ends; may be infinity.
        is_significant: Whether simple slopes in it differ from nought.
    """

    low: float
    high: float
    is_significant: bool


@dataclass(frozen=True)
class JohnsonNeyman:
    """Where along the moderator the simple slope is significant.

    Attributes:
        bounds: Moderator values at which significance begins or ends, ascending; 0, 1 or 2, with degrees of freedom
            that depend on the moderator maybe more.
        regions: The line cut at the bounds, 1 more than bounds.
        share_significant: Of the observed moderator values; bounds outside these say nothing.
    """

    bounds: tuple[float, ...]
    regions: tuple[Region, ...]
    share_significant: float


def johnson_neyman(
    coefficients: Coefficients, moderation: Moderation, observed: Vector, level: float = 0.05
) -> JohnsonNeyman:
    """Find the moderator values at which the p-value of the simple slope is just ``level``.

    With one df: roots of (b_3^2 - t^2 v_33) z^2 + 2 (b_1 b_3 - t^2 v_13) z + b_1^2 - t^2 v_11. With Satterthwaite's df,
    which depend on z: where p crosses the level along z = mean + sd tan(angle), 721 angles, refined to the last digits.

    Args:
        coefficients: Of the regression, with any covariance.
        moderation: Which of them.
        observed: Moderator values of the n responses, for scale and for the share.
        level: Of the two-sided test at each value by itself.

    Raises:
        ModelDataError: If the observed moderator does not vary.

    References:
        Johnson and Neyman (1936), Statistical Research Memoirs 1, 57-93. Bauer and Curran (2005), Multivariate
        Behavioral Research 40(3), 373-400. R: ``interactions::johnson_neyman(control.fdr = FALSE)``.
    """
    bounds, regions = regions_of_significance(
        coefficients, moderation, (float(observed.mean()), float(observed.std())), level
    )
    is_significant = np.array([region.is_significant for region in regions])
    share = float(is_significant[np.searchsorted(np.array(bounds), observed)].mean())
    return JohnsonNeyman(bounds, regions, share)


def regions_of_significance(
    coefficients: Coefficients, moderation: Moderation, scale: tuple[float, float], level: float = 0.05
) -> tuple[tuple[float, ...], tuple[Region, ...]]:
    """Find the bounds and regions of ``johnson_neyman`` without the responses.

    Args:
        coefficients: Of the regression, with any covariance.
        moderation: Which of them.
        scale: About where the moderator lies and how far it varies, such as its mean and standard deviation.
        level: Of the two-sided test at each value by itself.

    Raises:
        ModelDataError: If the moderator does not vary.
    """
    centre, spread = scale
    if spread == 0:
        raise ModelDataError("the moderator is the same in all responses; expected variation; take out the product")
    test = _Excess(coefficients, moderation, level)
    bounds = test.quadratic_roots() if coefficients.clusters is None else test.searched_roots(centre, spread)
    regions = tuple(
        Region(low, high, test.at(_inside(low, high, centre, spread)) > 0)
        for low, high in pairwise([-np.inf, *bounds, np.inf])
    )
    return tuple(bounds), regions


def slope_table(
    coefficients: Coefficients, moderation: Moderation, observed: Vector, n_points: int = 101, level: float = 0.05
) -> pd.DataFrame:
    """Return what a Johnson-Neyman plot draws over the observed range of the moderator.

    Returns:
        One row a moderator value: moderator, slope, std_error, df, p_value, conf_low, conf_high, is_significant.
    """
    grid: Vector = np.linspace(float(observed.min()), float(observed.max()), n_points)
    found = simple_slopes(coefficients, moderation, grid, 1 - level)
    return pd.DataFrame(
        {
            "moderator": grid,
            "slope": found.estimate,
            "std_error": found.std_error,
            "df": found.df,
            "p_value": found.p_value,
            "conf_low": found.conf_low,
            "conf_high": found.conf_high,
            "is_significant": found.p_value <= level,
        }
    )


class _Excess:
    """How far t of the simple slope is beyond its critical value."""

    def __init__(self, coefficients: Coefficients, moderation: Moderation, level: float) -> None:
        line = np.vstack([moderation.at_nought, moderation.per_unit])
        self.coefficients, self.level = coefficients.spanned(line), level

    def of(self, moderator: Vector) -> Vector:
        """Return log of the level less log of the p-value at each of q moderator values."""
        found = combine(self.coefficients, np.column_stack([np.ones(len(moderator)), moderator]))
        return np.log(self.level) - np.log(np.maximum(found.p_value, np.finfo(float).tiny))

    def at(self, moderator: float) -> float:
        return float(self.of(np.array([moderator]))[0])

    def quadratic_roots(self) -> list[float]:
        (b1, b3), v = self.coefficients.estimates, self.coefficients.covariance
        square = float(t_quantiles(1 - self.level, np.array([self.coefficients.df_resid]))[0]) ** 2
        a, half, c = b3**2 - square * v[1, 1], b1 * b3 - square * v[0, 1], b1**2 - square * v[0, 0]
        inner = half**2 - a * c
        if inner <= 0:
            return []
        far = -(half + np.copysign(np.sqrt(inner), half))
        return sorted(float(root) for root in (far / a if a != 0 else np.inf, c / far) if np.isfinite(root))

    def searched_roots(self, centre: float, spread: float) -> list[float]:
        angles = np.linspace(-np.pi / 2, np.pi / 2, ANGLES + 2)[1:-1]
        moderators = centre + spread * np.tan(angles)
        is_beyond = self.of(moderators) > 0
        turns = np.flatnonzero(is_beyond[1:] != is_beyond[:-1])
        return [crossing(self.at, moderators[turn], moderators[turn + 1]) for turn in turns]


def _inside(low: float, high: float, centre: float, spread: float) -> float:
    if np.isinf(low) and np.isinf(high):
        return centre
    if np.isinf(low):
        return high - max(spread, abs(high) * EDGE)
    return low + max(spread, abs(low) * EDGE) if np.isinf(high) else (low + high) / 2
