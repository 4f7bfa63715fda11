r"""Harman's single-factor share: how much of the items' variance one factor accounts for.

``share = first eigenvalue / k`` of the correlations of k items (principal components), or of the correlations with
communalities on the diagonal, repeated until they no longer change (principal axis). A share above one half is the
usual alarm; a smaller one proves nothing.

References:
    Podsakoff and Organ (1986), Journal of Management 12, 531-544; Podsakoff, MacKenzie, Lee and Podsakoff (2003),
    Journal of Applied Psychology 88, 879-903. R: ``eigen(cor(x))$values[1] / k``; ``sum(psych::fa(x, 1, fm =
    "pa")$loadings^2) / k``, which stops at a change of .001.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix

MOST_STEPS = 10_000
SMALLEST_CHANGE = 1e-12


@dataclass(frozen=True)
class HarmanShare:
    """Share of one factor.

    Attributes:
        components: First principal component.
        axis: First principal axis; NaN where undefined.
        reason: ``heywood`` (a communality above 1), ``not_converged``, ``singular`` (no start) or empty.
    """

    components: float
    axis: float
    reason: str = ""


def harman_share(correlation: Matrix) -> HarmanShare:
    """Return the share of the first factor by both extractions.

    Args:
        correlation: Of k items, k x k; as ``refusals.refuse_unusable`` admits them.
    """
    components = float(np.linalg.eigvalsh(correlation)[-1]) / len(correlation)
    if np.linalg.matrix_rank(correlation) < len(correlation):
        return HarmanShare(components, np.nan, "singular")
    communality = 1 - 1 / np.diagonal(np.linalg.inv(correlation))
    for _ in range(MOST_STEPS):
        reduced = correlation - np.diag(1 - communality)
        values, vectors = np.linalg.eigh(reduced)
        renewed = vectors[:, -1] ** 2 * max(float(values[-1]), 0.0)
        change = float(np.abs(renewed - communality).max())
        communality = renewed
        if communality.max() > 1:
            return HarmanShare(components, np.nan, "heywood")
        if change < SMALLEST_CHANGE:
            return HarmanShare(components, float(communality.mean()))
    return HarmanShare(components, np.nan, "not_converged")
