r"""Whether scales can be told apart: HTMT with a bootstrap interval, and the comparison of Fornell and Larcker.

Fornell and Larcker ask that each of two factors explains more of its own items than of the other factor: both AVE
above the squared correlation of the factors, ``AVE = mean of squared standardised loadings``. HTMT below a limit says
the same of the items' correlations; its interval is that of percentiles over resampled responses, or over resampled
clusters where responses of a cluster belong together.

References:
    Fornell and Larcker (1981), Journal of Marketing Research 18, 39-50; Henseler, Ringle and Sarstedt (2015), Journal
    of the Academy of Marketing Science 43, 115-135; Efron and Tibshirani (1993), An introduction to the bootstrap,
    ch. 13. R: ``semTools::htmt(htmt2 = FALSE)`` within a bootstrap; ``semTools::AVE`` of standardised items and
    ``lavaan::lavInspect(fit, "cor.lv")``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.analysis import FactorAnalysis
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.standardised import standardised
from models.measurement.confirmatory.validity import heterotrait_monotrait

REPLICATIONS = 1000


@dataclass(frozen=True)
class FactorValidity:
    """How far a factor's items belong together.

    Attributes:
        factor: Its name.
        variance_extracted: AVE, mean squared standardised loading.
        composite_reliability: CR, from standardised loadings.
    """

    factor: str
    variance_extracted: float
    composite_reliability: float


@dataclass(frozen=True)
class PairOfFactors:
    """Two factors set against each other as Fornell and Larcker propose.

    Attributes:
        first: Name.
        second: Name.
        correlation: Of the factors, as the model has it.
        smaller_extracted: The smaller AVE of the two.
        is_distinct: Whether it exceeds the squared correlation.
    """

    first: str
    second: str
    correlation: float
    smaller_extracted: float
    is_distinct: bool


@dataclass(frozen=True, eq=False)
class HeterotraitMonotrait:
    """HTMT of every pair of factors with its interval; m x m each, NaN where undefined.

    Attributes:
        ratio: HTMT.
        conf_low: Lower end of the percentile interval.
        conf_high: Upper end.
        n_obs: Responses with every item answered.
    """

    ratio: Matrix
    conf_low: Matrix
    conf_high: Matrix
    n_obs: int


def factor_validity(analysis: FactorAnalysis) -> list[FactorValidity]:
    """Return AVE and CR of every factor that has items, in the first group."""
    layout, theta = analysis.fit.layout, analysis.fit.theta
    of_factor: dict[str, list[float]] = {}
    for each, value in zip(layout.parameters, standardised(layout, theta), strict=True):
        if each.kind == "loading" and each.group == 0 and each.right in layout.items:
            of_factor.setdefault(each.left, []).append(float(value))
    return [_validity(factor, np.array(loadings)) for factor, loadings in of_factor.items()]


def _validity(factor: str, loadings: Vector) -> FactorValidity:
    explained, unexplained = loadings.sum() ** 2, (1 - loadings**2).sum()
    return FactorValidity(factor, float((loadings**2).mean()), float(explained / (explained + unexplained)))


def fornell_larcker(analysis: FactorAnalysis) -> list[PairOfFactors]:
    """Set every two factors that have items against each other, in the first group."""
    layout = analysis.fit.layout
    latent = matrices(layout, analysis.fit.theta, 0).latent_covariance
    spread = np.sqrt(np.diagonal(latent))
    place = {factor: number for number, factor in enumerate(layout.factors)}
    found: list[PairOfFactors] = []
    for first, second in combinations(factor_validity(analysis), 2):
        a, b = place[first.factor], place[second.factor]
        correlation = float(latent[a, b] / (spread[a] * spread[b]))
        smaller = min(first.variance_extracted, second.variance_extracted)
        found.append(PairOfFactors(first.factor, second.factor, correlation, smaller, smaller > correlation**2))
    return found


def bootstrap_htmt(
    codes: Matrix,
    items: tuple[str, ...],
    indicators: Mapping[str, tuple[str, ...]],
    seed: int,
    clusters: NDArray[np.intp] | None = None,
    *,
    replications: int = REPLICATIONS,
) -> HeterotraitMonotrait:
    """Return HTMT from Pearson correlations with its 95 % percentile interval.

    Resampled sets in which an item does not vary have no HTMT and are left out.

    Args:
        codes: n x p, complete, reverse-scored items turned round.
        items: Names of its columns (p).
        indicators: Factor → its items (m factors).
        seed: Of the draws.
        clusters: Number of the cluster of every response, from 0 without a gap; whole clusters are drawn then.
        replications: Resampled data sets.
    """
    generator = np.random.default_rng(seed)
    n = len(codes)
    units = np.arange(n) if clusters is None else clusters
    n_units = int(units.max()) + 1
    centred = codes - codes.mean(axis=0)
    draws = np.stack(
        [
            _htmt(centred, drawn[units], items, indicators)
            for drawn in generator.multinomial(n_units, np.full(n_units, 1 / n_units), size=replications)
        ]
    )
    usable = draws[np.isfinite(draws[:, 0, 0])]
    low, high = np.quantile(usable, [0.025, 0.975], axis=0) if len(usable) else (draws[0], draws[0])
    return HeterotraitMonotrait(_htmt(centred, np.ones(n), items, indicators), low, high, n)


def _htmt(
    codes: Matrix, weights: Vector | NDArray[np.intp], items: tuple[str, ...], indicators: Mapping[str, tuple[str, ...]]
) -> Matrix:
    """Return HTMT of weighted responses."""
    shares = weights / weights.sum()
    mean = shares @ codes
    covariance = (codes * shares[:, None]).T @ codes - np.outer(mean, mean)
    spread = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    if (spread <= np.finfo(float).eps * np.abs(codes).max()).any():
        return np.full((len(indicators), len(indicators)), np.nan)
    return heterotrait_monotrait(covariance / np.outer(spread, spread), items, indicators)
