r"""Wald tests of proportional odds models whose responses come from organisations that answer alike.

With A the observed information, s_g the sum of the scores of organisation g, G organisations and ``B = sum s_g s_g'``,
``V = c A^-1 B A^-1``: ``c = 1`` is CR0, ``c = G / (G - 1)`` is CR1. The tested q slopes b have ``W = b' V_b^-1 b``,
taken as chi-square with q degrees of freedom under CR0 and W / q as F with q and G - 1 under CR1. CR1 with F is the
better of the two with few organisations; with fewer than about 20 both reject too often.

References:
    Liang and Zeger (1986), Biometrika 73, 13-22; Williams (2000), Biometrics 56, 645-646; Cameron and Miller (2015),
    Journal of Human Resources 50, 317-372. R: ``rms::robcov(lrm(...), cluster)`` is CR0; ``sandwich::vcovCL(type =
    "HC0")`` of ``MASS::polr`` is CR1.
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc

from models.estimates import Matrix
from models.measurement.equivalence.ordinal_logit import CountedAnswers, OrdinalLogit, scores_of

Correction = Literal["CR0", "CR1"]


@dataclass(frozen=True, eq=False)
class Members:
    """Which organisation each response comes from, and where its answer was counted.

    Attributes:
        combinations: Place of each response among the combinations of ``CountedAnswers``, n.
        clusters: Number of its organisation from 0 to G - 1, n.
        n_clusters: Organisations (G).
    """

    combinations: NDArray[np.intp]
    clusters: NDArray[np.intp]
    n_clusters: int


@dataclass(frozen=True)
class WaldTest:
    """Slopes tested together against 0.

    Attributes:
        statistic: W; NaN where it is undefined.
        df: Slopes tested (q).
        n_clusters: Organisations (G).
        p_value: Probability of a larger value without an effect.
    """

    statistic: float
    df: int
    n_clusters: int
    p_value: float


@dataclass(frozen=True)
class ClusteredTests:
    """Wald tests that allow for organisations, CR1.

    Attributes:
        uniform: Slopes of the groups in model 2.
        non_uniform: Slopes of the products in model 3.
        both: Slopes of groups and products in model 3.
    """

    uniform: WaldTest
    non_uniform: WaldTest
    both: WaldTest


def clustered_tests(
    counted: Sequence[CountedAnswers], fits: Sequence[OrdinalLogit], members: Members, n_groups: int
) -> ClusteredTests:
    """Test slopes of groups and of their products with the score, allowing for organisations.

    Args:
        counted: Answers with the score and groups, and with their products besides.
        fits: Their models.
        members: Organisations.
        n_groups: Groups but the reference (k).
    """
    (with_group, with_product), covariances = (
        fits,
        [cluster_covariance(each, fit, members, "CR1") for each, fit in zip(counted, fits, strict=True)],
    )
    return ClusteredTests(
        uniform=wald_test(with_group, covariances[0], n_groups, members.n_clusters, "CR1"),
        non_uniform=wald_test(with_product, covariances[1], n_groups, members.n_clusters, "CR1"),
        both=wald_test(with_product, covariances[1], 2 * n_groups, members.n_clusters, "CR1"),
    )


def cluster_covariance(answers: CountedAnswers, fit: OrdinalLogit, members: Members, correction: Correction) -> Matrix:
    """Return the covariance V of thresholds, then slopes, that allows for organisations."""
    scores = scores_of(answers, fit)
    sums = np.column_stack(
        [
            np.bincount(members.clusters, weights=each[members.combinations], minlength=members.n_clusters)
            for each in scores.T
        ]
    )
    factor = members.n_clusters / max(members.n_clusters - 1, 1) if correction == "CR1" else 1.0
    return factor * fit.covariance @ (sums.T @ sums) @ fit.covariance


def wald_test(fit: OrdinalLogit, covariance: Matrix, n_last: int, n_clusters: int, correction: Correction) -> WaldTest:
    """Test the last slopes of a fit.

    Args:
        fit: The fit.
        covariance: Of thresholds, then slopes (``cluster_covariance``).
        n_last: How many slopes from the end are tested (q).
        n_clusters: Organisations (G).
        correction: That of the covariance.

    Returns:
        The test; NaN where organisations are no more than the tested slopes, for then V_b has no inverse.
    """
    if n_clusters <= n_last or not fit.has_converged:
        return WaldTest(np.nan, n_last, n_clusters, np.nan)
    slopes = fit.slopes[-n_last:]
    own = covariance[-n_last:, -n_last:]
    scale = np.sqrt(np.diagonal(own))
    if not (scale > 0).all() or np.linalg.matrix_rank(own / np.outer(scale, scale)) < n_last:
        return WaldTest(np.nan, n_last, n_clusters, np.nan)
    statistic = float(slopes @ np.linalg.solve(own, slopes))
    if correction == "CR0":
        return WaldTest(statistic, n_last, n_clusters, float(chdtrc(n_last, statistic)))
    return WaldTest(statistic, n_last, n_clusters, float(fdtrc(n_last, n_clusters - 1, statistic / n_last)))
