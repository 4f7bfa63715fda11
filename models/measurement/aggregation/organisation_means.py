r"""Means of organisations that allow for how few members answered: shrunk by their reliability.

In the one-way random effects model ``score = mu + a_i + e``, with variances T between and S within, the mean of n_i
members has reliability ``r_i = T / (T + S / n_i)`` and the organisation's own level is estimated by ``mu + r_i (mean_i
- mu)``, mu weighted by ``n_i / (S + n_i T)``. Its standard error is ``sqrt(T (1 - r_i) + (1 - r_i)^2 var(mu))``: of the
level given the answers, with the uncertainty of mu and without that of T and S. Shrunk means serve comparisons of
single organisations; as a regressor use the plain means with their reliability.

References:
    Kelley (1947), Fundamentals of statistics; Robinson (1991), Statistical Science 6, 15-32; Searle, Casella and
    McCulloch (1992), Variance components, ch. 3. R: ``nlme::lme(score ~ 1, random = ~ 1 | group)``, ``lme4::lmer(score
    ~ 1 + (1 | group))`` with ``coef``; r_i is ``multilevel::gmeanrel``. Moments: ``(MSB - MSW) / n_0``, ``n_0 = (N -
    sum n_i^2 / N) / (G - 1)``.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from models.estimates import Vector
from models.measurement.aggregation.intraclass import FEWEST_GROUPS, VarianceTable
from models.roots import crossing

Method = Literal["moments", "reml"]
GRID = np.concatenate([[0.0], np.logspace(-8, 8, 193)])


@dataclass(frozen=True)
class VarianceComponents:
    """Variances of the one-way random effects model.

    Attributes:
        method: ``moments`` of the analysis of variance or restricted maximum likelihood.
        between: Variance between organisations (T); 0 where the data suggest less.
        within: Variance within (S).
        overall_mean: mu; NaN where undefined, as the rest.
        overall_error: Its standard error.
        reason: ``one_group``, ``groups_of_one``, ``none_within``, ``none_between`` (estimated as 0) or empty.
    """

    method: Method
    between: float
    within: float
    overall_mean: float
    overall_error: float
    reason: str = ""


@dataclass(frozen=True, eq=False)
class OrganisationMeans:
    """Means by organisation, each of length g.

    Attributes:
        n_members: Scores.
        mean: Plain mean.
        std_error: Of the plain mean, ``sqrt(S / n)``.
        reliability: Of the plain mean (r_i).
        latent_mean: Shrunk mean.
        latent_error: Standard error of the shrunk mean.
    """

    n_members: Vector
    mean: Vector
    std_error: Vector
    reliability: Vector
    latent_mean: Vector
    latent_error: Vector


def variance_components(table: VarianceTable, method: Method) -> VarianceComponents:
    """Estimate the variances between and within organisations.

    Args:
        table: Analysis of variance.
        method: ``moments`` or ``reml``.
    """
    reason = _undefined(table)
    if reason:
        return VarianceComponents(method, np.nan, np.nan, np.nan, np.nan, reason)
    if method == "moments":
        size = (table.n_obs - float((table.sizes**2).sum()) / table.n_obs) / table.df_between
        between, within = max((table.between - table.within) / size, 0.0), table.within
    else:
        ratio = _restricted_ratio(table)
        within = _profile(table, ratio)[1]
        between = ratio * within
    weights = table.sizes / (within + table.sizes * between)
    mean = float(weights @ table.means) / float(weights.sum())
    error = float(1 / np.sqrt(weights.sum()))
    return VarianceComponents(method, between, within, mean, error, "" if between > 0 else "none_between")


def organisation_means(table: VarianceTable, components: VarianceComponents) -> OrganisationMeans:
    """Return plain and shrunk means of every organisation; shrunk ones are NaN where the variances are undefined."""
    reliability = components.between / (components.between + components.within / table.sizes)
    rest = 1 - reliability
    return OrganisationMeans(
        n_members=table.sizes,
        mean=table.means,
        std_error=np.sqrt(components.within / table.sizes),
        reliability=reliability,
        latent_mean=components.overall_mean + reliability * (table.means - components.overall_mean),
        latent_error=np.sqrt(components.between * rest + (rest * components.overall_error) ** 2),
    )


def _undefined(table: VarianceTable) -> str:
    if table.n_groups < FEWEST_GROUPS:
        return "one_group"
    if table.df_within == 0:
        return "groups_of_one"
    return "none_within" if table.within <= 0 else ""


def _profile(table: VarianceTable, ratio: float) -> tuple[float, float]:
    """Return minus twice the restricted log likelihood without constants, and the variance within, at ``T / S``."""
    weights = table.sizes / (1 + table.sizes * ratio)
    total = float(weights.sum())
    distance = table.means - float(weights @ table.means) / total
    within = (table.df_within * table.within + float(weights @ distance**2)) / (table.n_obs - 1)
    size = float(np.log1p(table.sizes * ratio).sum())
    return (table.n_obs - 1) * float(np.log(within)) + size + float(np.log(total)), within


def _slope(table: VarianceTable, ratio: float) -> float:
    """Return the derivative of the first value of ``_profile``."""
    weights = table.sizes / (1 + table.sizes * ratio)
    total = float(weights.sum())
    distance = table.means - float(weights @ table.means) / total
    within = _profile(table, ratio)[1]
    return total - float(weights @ weights) / total - float(weights**2 @ distance**2) / within


def _restricted_ratio(table: VarianceTable) -> float:
    """Return the ``T / S`` of the highest restricted likelihood; 0 where it falls from there on."""
    best = int(np.argmin([_profile(table, float(each))[0] for each in GRID]))
    low, high = float(GRID[max(best - 1, 0)]), float(GRID[min(best + 1, len(GRID) - 1)])
    if _slope(table, low) >= 0:
        return low
    return crossing(partial(_slope, table), low, high)
