r"""A general factor beside group factors, from correlated factors (Schmid and Leiman's transformation).

Oblique factors with pattern L and correlations Phi; one factor of Phi with loadings g gives general loadings ``L g``,
and group loadings ``l_ij sqrt(1 - g_j^2)``: what is left of each oblique factor.

References:
    Schmid and Leiman (1957), Psychometrika 22, 53-61; Zinbarg, Revelle, Yovel and Li (2005), Psychometrika 70, 123-133.
    R: ``psych::schmid(fm = "minres", rotate = "oblimin")``.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.refusals import FactorModelError, Problem
from models.measurement.exploratory.correlations import Correlations
from models.measurement.exploratory.extraction import extract
from models.measurement.exploratory.solution import explore

FEWEST_GROUPS = 3


@dataclass(frozen=True, eq=False)
class SchmidLeiman:
    """Orthogonal general and group factors.

    Attributes:
        items: Names (p).
        general: Loadings on the general factor, p.
        groups: Loadings on the group factors, p x m; by falling sum of squares of the oblique factors.
        of_groups: Loadings of the oblique factors on the general one, m.
        uniqueness: p.
        problems: Heywood cases and searches without end, in both orders.
    """

    items: tuple[str, ...]
    general: Vector
    groups: Matrix
    of_groups: Vector
    uniqueness: Vector
    problems: tuple[Problem, ...]


def schmid_leiman(found: Correlations, n_groups: int) -> SchmidLeiman:
    """Split what items have in common into a general and several group factors.

    Args:
        found: Correlations, reverse-scored items turned round.
        n_groups: Group factors, at least 3: the correlation of two says nothing about how each loads on a general one.

    Raises:
        FactorModelError: If there are fewer than three, or more than the items bear.
    """
    if n_groups < FEWEST_GROUPS:
        msg = f"{n_groups} group factors: a general factor above them needs at least {FEWEST_GROUPS}"
        raise FactorModelError(msg)
    oblique = explore(found, n_groups, "minres", "oblimin")
    above = extract(oblique.factor_correlation, 1, "minres")
    of_groups = above.loadings[:, 0]
    problems = list(oblique.problems)
    problems += [] if above.has_converged else [Problem("not_converged", "general factor")]
    problems += [
        Problem("negative_variance", f"group factor {number}", float(value))
        for number, value in enumerate(1 - of_groups**2, start=1)
        if value < 0
    ]
    rest = np.sqrt(np.maximum(1 - of_groups**2, 0.0))
    return SchmidLeiman(
        items=found.items,
        general=oblique.loadings @ of_groups,
        groups=oblique.loadings * rest,
        of_groups=of_groups,
        uniqueness=oblique.uniqueness,
        problems=tuple(problems),
    )
