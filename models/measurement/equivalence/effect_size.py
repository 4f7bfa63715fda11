r"""How far apart groups' expected answers to an item lie at the same level: d_MACS, unsigned and signed.

With E_R and E_F the expected answer of the reference and the focal group at a level of the factor, and the level
distributed as in the focal group, normal with its mean and variance: ``d = sqrt(mean of (E_F - E_R)^2) / s`` and
``signed d = mean of (E_F - E_R) / s``, with ``s = ((n_R - 1) s_R + (n_F - 1) s_F) / (n_R + n_F - 2)`` of the item's
standard deviations. Continuous items: ``E = intercept + loading x level``. Ordered ones: the codes weighted by the
probit chances of the categories. Positive: the focal group answers higher at the same level. The groups' levels are
comparable through items held equal, the anchors.

References:
    Nye and Drasgow (2011), Journal of Applied Psychology 96, 966-980; Nye, Bradburn, Olenick, Bialko and Drasgow
    (2019), Organizational Research Methods 22, 678-709 (.20, .40 and .70 are small, medium and large). R:
    ``dmacs::lavaan_dmacs``, which multiplies by a power of the focal variance besides; here lavaan's estimates and
    ``integrate``.
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.analysis import FactorAnalysis
from models.measurement.confirmatory.implied import Matrices, matrices
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.parameters import Kind
from models.measurement.confirmatory.refusals import FactorModelError

REACH, N_POINTS = 9.0, 3601
ANCHORED: frozenset[Kind] = frozenset({"loading", "intercept"})
ANCHORED_ORDERED: frozenset[Kind] = frozenset({"threshold", "loading", "intercept", "residual_covariance"})


@dataclass(frozen=True)
class ItemDistance:
    """One item in one focal group.

    Attributes:
        item: Its name.
        factor: What it measures.
        unsigned: d_MACS, 0 or more.
        signed: Signed d_MACS; positive where the focal group answers higher at the same level.
        points: Mean difference in points, by which the focal group's mean of the item is off.
        pooled_deviation: s.
    """

    item: str
    factor: str
    unsigned: float
    signed: float
    points: float
    pooled_deviation: float


def anchored_setting(
    model: FactorModel, anchors: Collection[str], n_groups: int, n_categories: tuple[int, ...] = ()
) -> Setting:
    """Return the setting in which only anchors are equal in all groups and factors differ in mean and variance.

    Args:
        model: Factors of the first order.
        anchors: Items held equal; at least one a factor.
        n_groups: Groups.
        n_categories: Categories of each item in the order of ``model.items``; empty for continuous items. Ordered items
            have residual variance 1 and intercept 0 in every group; thresholds and loadings say how groups differ.

    Raises:
        FactorModelError: If a factor has no anchor, an anchor is no item, or an item is on two factors.
    """
    strangers = sorted(set(anchors) - set(model.items))
    if strangers:
        raise FactorModelError(
            f"the anchor {strangers[0]} is no item of the model: name one of {', '.join(model.items)}"
        )
    factor_of(model)
    without = [factor for factor, items in model.indicators.items() if not set(items) & set(anchors)]
    if without:
        raise FactorModelError(f"{without[0]} has no anchor: groups' levels cannot be compared without an equal item")
    released = {
        ("loading", factor, item) for factor, items in model.indicators.items() for item in items if item not in anchors
    }
    free = [item for item in model.items if item not in anchors]
    if not n_categories:
        released |= {("intercept", item, "") for item in free}
        return Setting(n_groups, "unit_variance", has_means=True, equal=ANCHORED, released=frozenset(released))
    categories = dict(zip(model.items, n_categories, strict=True))
    released |= {("threshold", item, str(number)) for item in free for number in range(1, categories[item])}
    return Setting(n_groups, "unit_variance", has_means=True, equal=ANCHORED_ORDERED, released=frozenset(released))


def factor_of(model: FactorModel) -> dict[str, str]:
    """Return the factor of every item.

    Raises:
        FactorModelError: If an item is on two factors, or a factor is explained by others.
    """
    found: dict[str, str] = {}
    for factor, items in model.indicators.items():
        for item in items:
            if item in found or item in model.indicators:
                raise FactorModelError(f"{item} is no item of {factor} alone: distances need items on one factor each")
            found[item] = factor
    return found


def item_distances(
    model: FactorModel, analysis: FactorAnalysis, reference: int, focal: int
) -> tuple[ItemDistance, ...]:
    """Return the distances of all items between two groups.

    Args:
        model: The model that was fitted.
        analysis: Its fit in a setting in which groups' levels are comparable, such as ``anchored_setting``.
        reference: Number of the reference group.
        focal: Number of the focal group.

    Raises:
        FactorModelError: As ``factor_of``, or if a factor has no positive variance in the focal group.
    """
    layout, theta = analysis.fit.layout, analysis.fit.theta
    of_group = {group: matrices(layout, theta, group) for group in (reference, focal)}
    data = analysis.measured.grouped.data
    level = np.linspace(-REACH, REACH, N_POINTS)
    weight = np.exp(-(level**2) / 2)
    weight /= weight.sum()
    found: list[ItemDistance] = []
    for item, factor in factor_of(model).items():
        place, column = layout.items.index(item), layout.factors.index(factor)
        mean, variance = of_group[focal].latent_mean[column], of_group[focal].latent_covariance[column, column]
        if variance <= 0:
            name = analysis.measured.grouped.names[focal]
            raise FactorModelError(f"{factor} has no positive variance in {name}: no level there to compare answers at")
        levels = mean + np.sqrt(variance) * level
        codes = np.unique(np.concatenate([each[:, place] for each in data]))
        higher, lower = (
            _expected(of_group[group], layout.n_thresholds, (place, column), levels, codes)
            for group in (focal, reference)
        )
        difference = higher - lower
        deviation = pooled_deviation(data[reference][:, place], data[focal][:, place])
        points, square = float(weight @ difference), float(weight @ difference**2)
        found.append(
            ItemDistance(item, factor, float(np.sqrt(square)) / deviation, points / deviation, points, deviation)
        )
    return tuple(found)


def _expected(
    group: Matrices, n_thresholds: tuple[int, ...], cell: tuple[int, int], levels: Vector, codes: Vector
) -> Vector:
    """Return the expected answer at every level."""
    place, column = cell
    response = group.intercept[place] + group.loading[place, column] * levels
    if not n_thresholds:
        return response
    first = sum(n_thresholds[:place])
    own = group.threshold[first : first + n_thresholds[place]]
    steps = np.array([high - low for low, high in pairwise(codes)])
    spread = np.sqrt(group.residual_covariance[place, place])
    passed: Matrix = ndtr((response[:, None] - own) / spread)
    return codes[0] + passed @ steps


def pooled_deviation(reference: Vector, focal: Vector) -> float:
    """Return the mean of two standard deviations (n - 1), weighted by n - 1; missing answers are left out."""
    parts = [each[~np.isnan(each)] for each in (reference, focal)]
    sizes = [len(each) - 1 for each in parts]
    return float(sum(n * np.std(each, ddof=1) for n, each in zip(sizes, parts, strict=True)) / sum(sizes))
