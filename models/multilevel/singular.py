"""Which variances and correlations of a mixed model lie at the edge of what is possible."""

from collections.abc import Sequence

import numpy as np

from models.estimates import Matrix
from models.multilevel.random_terms import Factor

NOUGHT = 1e-4


def bounds_reached(factors: Sequence[Factor], triangles: Sequence[Matrix]) -> tuple[str, ...]:
    """Name what is at its bound, in words; nothing when the fit is not singular.

    A diagonal of the relative Cholesky factor below 1e-4 counts as nought, effects scaled to root mean square one.

    References:
        R: ``lme4::isSingular(tol = 1e-4)``.
    """
    return tuple(
        text for factor, triangle in zip(factors, triangles, strict=True) for text in _of_factor(factor, triangle)
    )


def _of_factor(factor: Factor, triangle: Matrix) -> list[str]:
    deviations = np.sqrt((triangle**2).sum(axis=1))
    gone = deviations < NOUGHT
    found = [
        f"the variance of {effect} between '{factor.group}' is nought"
        for effect, is_gone, is_kept in zip(factor.effects, gone, np.diag(factor.is_free), strict=True)
        if is_gone and is_kept
    ]
    for place in np.flatnonzero((np.diag(triangle) < NOUGHT) & ~gone):
        others = [int(each) for each in np.flatnonzero(factor.is_free[place, :place]) if not gone[each]]
        names = [factor.effects[each] for each in others]
        if len(others) == 1:
            sign = "-1" if triangle[place, others[0]] * triangle[others[0], others[0]] < 0 else "1"
            found.append(f"the correlation of {names[0]} and {factor.effects[place]} over '{factor.group}' is {sign}")
        else:
            found.append(f"{factor.effects[place]} over '{factor.group}' follows from {', '.join(names)}")
    return found
