"""P-values that answer for how many were looked at."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.estimates import Vector

Adjustment = Literal["bonferroni", "holm", "hochberg", "hommel", "BH", "BY"]


def adjust_p_values(p_values: Vector, method: Adjustment) -> Vector:
    """Adjust the p-values of one family; compare the results with the level meant for the whole family.

    With p_(1) <= ... <= p_(m): Bonferroni m p; Holm max over j <= i of (m - j + 1) p_(j); Hochberg min over j >= i of
    (m - j + 1) p_(j); Hommel by closed Simes tests; BH min over j >= i of m p_(j) / j (false discovery rate); BY as BH
    times 1 + 1/2 + ... + 1/m (under any dependence). All at most 1.

    Args:
        p_values: m values from 0 to 1; NaN are no part of the family and stay NaN.
        method: Holm, Hommel and Bonferroni hold the family-wise error under any dependence (Hommel and Hochberg:
            under positive dependence).

    Raises:
        ValueError: If a value is outside 0 to 1.

    References:
        Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70. Hochberg (1988), Biometrika 75(4), 800-802. Hommel
        (1988), Biometrika 75(2), 383-386. Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B
        57(1), 289-300. Benjamini and Yekutieli (2001), Annals of Statistics 29(4), 1165-1188. R: ``p.adjust``.
    """
    values = np.asarray(p_values, dtype=float)
    is_known = ~np.isnan(values)
    known = values[is_known]
    if ((known < 0) | (known > 1)).any():
        raise ValueError("a p-value is outside 0 to 1")
    adjusted = values.copy()
    order = np.argsort(known, kind="stable")
    back = np.empty(len(known))
    back[order] = np.minimum(ADJUSTED[method](known[order]), 1.0)
    adjusted[is_known] = back
    return adjusted


def adjust_within_families(p_values: Vector, families: Sequence[str], method: Adjustment) -> Vector:
    """Adjust p-values within each family: m values and their families in, m adjusted values out."""
    labels = np.asarray(families)
    adjusted = np.empty(len(labels))
    for family in dict.fromkeys(families):
        is_member: NDArray[np.bool_] = labels == family
        adjusted[is_member] = adjust_p_values(np.asarray(p_values, dtype=float)[is_member], method)
    return adjusted


def adjust_by_plan(
    p_values: Vector, families: Sequence[str], is_confirmatory: NDArray[np.bool_], method: Adjustment
) -> Vector:
    """Adjust p-values within families: planned tests among themselves, others over the whole family.

    So no test that was thought of later changes what planned ones say.

    Args:
        p_values: m values; NaN where a fit is no test.
        families: Family of each.
        is_confirmatory: Whether each was planned.
        method: As for ``adjust_p_values``.
    """
    planned = adjust_within_families(np.where(is_confirmatory, p_values, np.nan), families, method)
    return np.where(is_confirmatory, planned, adjust_within_families(p_values, families, method))


def _ranks(ordered: Vector) -> Vector:
    return np.arange(1.0, len(ordered) + 1)


def _bonferroni(ordered: Vector) -> Vector:
    return len(ordered) * ordered


def _holm(ordered: Vector) -> Vector:
    return np.maximum.accumulate((len(ordered) + 1 - _ranks(ordered)) * ordered)


def _least_from_here(values: Vector) -> Vector:
    return np.minimum.accumulate(values[::-1])[::-1]


def _hochberg(ordered: Vector) -> Vector:
    return _least_from_here((len(ordered) + 1 - _ranks(ordered)) * ordered)


def _benjamini_hochberg(ordered: Vector) -> Vector:
    return _least_from_here(len(ordered) * ordered / _ranks(ordered))


def _benjamini_yekutieli(ordered: Vector) -> Vector:
    return _least_from_here(len(ordered) * ordered / _ranks(ordered) * (1 / _ranks(ordered)).sum())


def _hommel(ordered: Vector) -> Vector:
    """Return, for each hypothesis, the largest Simes p-value of the sets of hypotheses that hold it.

    The worst set of size s that holds hypothesis i is i with the s - 1 largest others.
    """
    m = len(ordered)
    adjusted = ordered.copy()
    for size in range(2, m + 1):
        largest = ordered[m - size + 1 :]
        of_others = float((size * largest / np.arange(2, size + 1)).min())
        with_first = np.minimum(size * ordered, of_others)
        simes = float((size * ordered[m - size :] / np.arange(1, size + 1)).min())
        with_first[m - size :] = simes
        adjusted = np.maximum(adjusted, with_first)
    return adjusted


ADJUSTED: Mapping[Adjustment, Callable[[Vector], Vector]] = {
    "bonferroni": _bonferroni,
    "holm": _holm,
    "hochberg": _hochberg,
    "hommel": _hommel,
    "BH": _benjamini_hochberg,
    "BY": _benjamini_yekutieli,
}
