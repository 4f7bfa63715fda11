r"""Convergent and discriminant validity of the factors of a model.

AVE is the share of its items' observed variance that a factor explains: ``sum l^2 v / sum of item variances``
(unstandardised), or the mean squared standardised loading. CR is ``(sum l)^2 v / ((sum l)^2 v + sum of residual
variances)``; McDonald's omega has the sum of observed covariances below. HTMT is the mean correlation of items of two
factors over the geometric mean of the mean correlations within each; HTMT2 takes geometric means throughout.

References:
    Fornell and Larcker (1981), Journal of Marketing Research 18, 39-50; Henseler, Ringle and Sarstedt (2015), Journal
    of the Academy of Marketing Science 43, 115-135; Roemer, Schuberth and Henseler (2021), Industrial Management and
    Data Systems 121, 2637-2650. R: ``semTools::AVE``, ``compRelSEM``, ``htmt``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import Matrices


@dataclass(frozen=True)
class Convergence:
    """How well a factor is measured by its items.

    Attributes:
        factor: Its name.
        variance_extracted: AVE of unstandardised loadings.
        variance_extracted_std: AVE of standardised loadings.
        composite_reliability: CR of Fornell and Larcker, from standardised loadings.
        omega: McDonald's omega over the observed covariances.
    """

    factor: str
    variance_extracted: float
    variance_extracted_std: float
    composite_reliability: float
    omega: float


def convergence(factors: tuple[str, ...], each: Matrices, observed: Matrix) -> list[Convergence]:
    """Describe every factor that has items.

    Args:
        factors: Names.
        each: Matrices of the model in a group; items whose residual variance follows from their scale have none there.
        observed: Covariances of the items, p x p.
    """
    latent = each.latent_covariance
    residual = np.diagonal(each.residual_covariance)
    explained_variance = np.diagonal(each.loading @ latent @ each.loading.T)
    follows = 1 / each.response_scale**2
    implied = np.where(residual == 0, follows, explained_variance + residual)
    found: list[Convergence] = []
    for place, factor in enumerate(factors):
        items = np.flatnonzero(each.loading[:, place])
        if len(items) == 0:
            continue
        loading, variance = each.loading[items, place], float(latent[place, place])
        standard = loading * np.sqrt(variance / implied[items])
        explained = float(loading.sum() ** 2 * variance)
        found.append(
            Convergence(
                factor,
                float((loading**2).sum() * variance / np.diagonal(observed)[items].sum()),
                float((standard**2).mean()),
                float(standard.sum() ** 2 / (standard.sum() ** 2 + (1 - standard**2).sum())),
                explained / float(observed[np.ix_(items, items)].sum()),
            )
        )
    return found


def heterotrait_monotrait(
    correlation: Matrix,
    items: tuple[str, ...],
    indicators: Mapping[str, tuple[str, ...]],
    *,
    is_geometric: bool = False,
) -> Matrix:
    """Return HTMT of every pair of factors, m x m with ones on the diagonal; NaN where a factor has one item.

    Args:
        correlation: Of the items, p x p, reverse-scored items turned round; absolute values are taken.
        items: Names of its rows.
        indicators: Factor → its items.
        is_geometric: Whether means are geometric (HTMT2).
    """
    mean = _geometric if is_geometric else np.mean
    place = {item: number for number, item in enumerate(items)}
    rows = [np.array([place[item] for item in parts]) for parts in indicators.values()]
    size = np.abs(correlation)
    within = [_within(size[np.ix_(each, each)], is_geometric=is_geometric) for each in rows]
    found = np.eye(len(rows))
    for first in range(len(rows)):
        for second in range(first):
            between = float(mean(size[np.ix_(rows[first], rows[second])].ravel()))
            found[first, second] = found[second, first] = between / np.sqrt(within[first] * within[second])
    return found


def _within(size: Matrix, *, is_geometric: bool) -> float:
    values = size[np.tril_indices(len(size), -1)]
    if len(values) == 0:
        return np.nan
    return float(_geometric(values) if is_geometric else values.mean())


def _geometric(values: Vector) -> float:
    with np.errstate(divide="ignore"):
        return float(np.exp(np.log(values).mean()))
