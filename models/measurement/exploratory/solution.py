r"""Factors of items, extracted and rotated, in a fixed order and with fixed signs.

Signs: the loadings of each factor sum to a positive number. Order: factors by falling sum of squares, ``diag(Phi
L'L)``. Both as in ``psych::fa``. Factors carry no names; they are numbered in that order.

References:
    Thurstone (1935), The vectors of mind; Bartlett (1937), British Journal of Psychology 28, 97-104. R: ``psych::fa``;
    ``stats::factanal(scores = "regression")`` and ``"Bartlett"``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.refusals import FactorModelError, Problem
from models.measurement.exploratory.correlations import Correlations
from models.measurement.exploratory.extraction import LEAST_UNIQUENESS, Extracted, Extraction, extract
from models.measurement.exploratory.fit import ExploratoryFit, degrees_of_freedom, exploratory_fit
from models.measurement.exploratory.rotation import Rotated, oblimin, promax, unrotated, varimax

Rotation = Literal["none", "varimax", "promax", "oblimin"]
ROTATIONS: Mapping[Rotation, Callable[[Matrix], Rotated]] = MappingProxyType(
    {"none": unrotated, "varimax": varimax, "promax": promax, "oblimin": oblimin}
)
AT_BOUND = 1e-6


@dataclass(frozen=True, eq=False)
class Solution:
    """So many factors of items.

    Attributes:
        items: Names (p).
        extraction: How factors were found.
        rotation: How they were turned.
        loadings: Pattern, p x m.
        factor_correlation: m x m; the identity unless the rotation is oblique.
        communality: Share of each item's variance that the factors explain, p.
        uniqueness: The rest, p.
        fit: How well they reproduce the correlations.
        problems: ``not_converged``, ``negative_variance`` or ``uniqueness_at_bound`` (Heywood cases).
    """

    items: tuple[str, ...]
    extraction: Extraction
    rotation: Rotation
    loadings: Matrix
    factor_correlation: Matrix
    communality: Vector
    uniqueness: Vector
    fit: ExploratoryFit
    problems: tuple[Problem, ...]

    @property
    def structure(self) -> Matrix:
        """Correlations of items and factors, p x m."""
        return self.loadings @ self.factor_correlation

    @property
    def sum_of_squares(self) -> Vector:
        """Variance of the items that each factor explains, ``diag(Phi L'L)``, m."""
        return np.diagonal(self.factor_correlation @ self.loadings.T @ self.loadings).copy()


def explore(found: Correlations, n_factors: int, extraction: Extraction, rotation: Rotation) -> Solution:
    """Find so many factors and turn them; a single factor is not turned.

    Raises:
        FactorModelError: If so many factors have more loadings than the items have correlations.
    """
    p = len(found.items)
    if n_factors < 1 or degrees_of_freedom(p, n_factors) < 0:
        most = max(m for m in range(p) if degrees_of_freedom(p, m) >= 0)
        msg = f"{n_factors} factors of {p} items: expected at least 1 and at most {most}"
        raise FactorModelError(msg)
    rotation = rotation if n_factors > 1 else "none"
    extracted = extract(found.matrix, n_factors, extraction)
    turned = in_order(ROTATIONS[rotation](extracted.loadings))
    return Solution(
        items=found.items,
        extraction=extraction,
        rotation=rotation,
        loadings=turned.loadings,
        factor_correlation=turned.factor_correlation,
        communality=extracted.communality,
        uniqueness=extracted.uniqueness,
        fit=exploratory_fit(found.matrix, extracted.loadings, extracted.uniqueness, found.n_obs),
        problems=_problems(found.items, extracted, turned),
    )


def in_order(found: Rotated) -> Rotated:
    """Put factors by falling sum of squares, the sum of the loadings of each positive."""
    size = np.diagonal(found.factor_correlation @ found.loadings.T @ found.loadings)
    order = np.argsort(-size, kind="stable")
    sign = np.where(found.loadings[:, order].sum(axis=0) < 0, -1.0, 1.0)
    correlation = found.factor_correlation[np.ix_(order, order)] * np.outer(sign, sign)
    return Rotated(found.loadings[:, order] * sign, correlation, found.has_converged)


def _problems(items: tuple[str, ...], extracted: Extracted, turned: Rotated) -> tuple[Problem, ...]:
    found = [
        Problem("not_converged", about)
        for about, has_converged in (("extraction", extracted.has_converged), ("rotation", turned.has_converged))
        if not has_converged
    ]
    for item, value in zip(items, extracted.uniqueness, strict=True):
        if value < 0:
            found.append(Problem("negative_variance", f"residual of {item}", float(value)))
        elif value < LEAST_UNIQUENESS + AT_BOUND:
            found.append(Problem("uniqueness_at_bound", item, float(value)))
    return tuple(found)


def score_weights(correlation: Matrix, solution: Solution, method: Literal["regression", "bartlett"]) -> Matrix:
    """Return what standardised answers are multiplied by to give factor scores, p x m.

    ``R^-1 L Phi`` (regression, Thurstone) or ``U^-1 L (L' U^-1 L)^-1`` (Bartlett, unbiased), U the uniquenesses.
    """
    if method == "regression":
        return np.asarray(np.linalg.solve(correlation, solution.structure), dtype=np.float64)
    weighted = solution.loadings / solution.uniqueness[:, None]
    return np.asarray(weighted @ np.linalg.inv(solution.loadings.T @ weighted), dtype=np.float64)
