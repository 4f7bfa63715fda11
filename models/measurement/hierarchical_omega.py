r"""Omega hierarchical: how far the sum of items measures one thing that all of them share.

With general loadings g, group loadings and correlations R of p items: ``omega_h = (sum g)^2 / sum R``, ``omega_t = 1
- sum of uniquenesses / sum R``; the limit of omega_h for many items is ``omega_h / omega_t``.

References:
    McDonald (1999), Test theory; Zinbarg, Revelle, Yovel and Li (2005), Psychometrika 70, 123-133; Rodriguez, Reise and
    Haviland (2016), Psychological Methods 21, 137-150. R: ``psych::omega(nfactors, fm = "minres", rotate = "oblimin",
    flip = FALSE)``.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.exploratory.correlations import Correlations
from models.measurement.exploratory.schmid_leiman import SchmidLeiman, schmid_leiman


@dataclass(frozen=True, eq=False)
class HierarchicalOmega:
    """Omega of a general factor beside groups of items.

    Attributes:
        omega_hierarchical: Share of the variance of the sum that the general factor explains.
        omega_total: Share that all factors explain.
        omega_limit: Share of the common variance of the sum that is general.
        common_variance_general: Share of the items' common variance that is general (ECV).
        group_total: Reliability of the sum of each group's items, m; NaN for a group without items.
        group_general: Share of that sum's variance that is general.
        group_own: Share that is the group's own.
        group_of_item: Number of the group factor on which each item loads most, from 0, p.
        turned: Items that load negatively on the general factor: reverse-scored items not turned round, perhaps.
        solution: Loadings.
    """

    omega_hierarchical: float
    omega_total: float
    omega_limit: float
    common_variance_general: float
    group_total: Vector
    group_general: Vector
    group_own: Vector
    group_of_item: Vector
    turned: tuple[str, ...]
    solution: SchmidLeiman


def omega_hierarchical(found: Correlations, n_groups: int = 3) -> HierarchicalOmega:
    """Estimate omega hierarchical from a Schmid-Leiman transformation of oblique minres factors.

    Nothing is turned round: psych does so by default (``flip``) where an item loads negatively on the general factor.

    Args:
        found: Correlations (p x p), reverse-scored items turned round.
        n_groups: Group factors, at least 3.

    Raises:
        FactorModelError: If there are fewer than three group factors, or more than the items bear.
    """
    solution = schmid_leiman(found, n_groups)
    general, total = solution.general, float(found.matrix.sum())
    common = total - float(solution.uniqueness.sum())
    squares, of_groups = float((general**2).sum()), float((solution.groups**2).sum())
    group = np.argmax(np.abs(solution.groups), axis=1)
    shares = np.array([_of_group(found.matrix, solution, each, group == each) for each in range(n_groups)])
    return HierarchicalOmega(
        omega_hierarchical=float(general.sum() ** 2 / total),
        omega_total=common / total,
        omega_limit=float(general.sum() ** 2 / common),
        common_variance_general=squares / (squares + of_groups),
        group_total=shares.sum(axis=1),
        group_general=shares[:, 0],
        group_own=shares[:, 1],
        group_of_item=group.astype(float),
        turned=tuple(item for item, loading in zip(found.items, general, strict=True) if loading < 0),
        solution=solution,
    )


def _of_group(
    correlation: Matrix, solution: SchmidLeiman, group: int, is_in: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> tuple[float, float]:
    if not is_in.any():
        return np.nan, np.nan
    variance = float(correlation[np.ix_(is_in, is_in)].sum())
    general, own = solution.general[is_in].sum(), solution.groups[is_in, group].sum()
    return float(general**2 / variance), float(own**2 / variance)
