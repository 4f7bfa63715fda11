"""What agreement is measured against: variances of answers that people would give without any.

Put here distributions of answers in the absence of agreement; indices that use them are in ``within_group``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from instruments.faults import UsageError

Null = Literal["uniform", "slight_skew", "moderate_skew", "heavy_skew", "triangular", "normal"]
NULLS: tuple[Null, ...] = get_args(Null)
FEWEST_POINTS = 2
FEWEST_TABULATED, MOST_TABULATED = 5, 11

_TABULATED: Mapping[Null, tuple[float, ...]] = MappingProxyType(
    {
        "slight_skew": (1.34, 1.85, 2.90, 3.47, 5.66, 6.30, 7.31),
        "moderate_skew": (0.90, 1.26, 2.14, 2.79, 4.73, 5.09, 6.32),
        "heavy_skew": (0.44, 0.69, 1.39, 2.35, 3.16, 3.46, 4.02),
        "triangular": (1.32, 1.45, 2.10, 2.81, 3.00, 2.89, 3.32),
        "normal": (1.04, 1.25, 1.40, 1.73, 1.58, 1.45, 1.40),
    }
)


def null_variance(null: Null, n_points: int) -> float:
    """Return the variance of answers without agreement.

    ``(A^2 - 1) / 12`` for A equally likely points; the other distributions are tabulated for 5 to 11 points.

    Args:
        null: The distribution.
        n_points: Points of the response scale (A).

    Raises:
        UsageError: If the scale has fewer than two points, or the distribution is not tabulated for so many.

    References:
        James, Demaree and Wolf (1984), Journal of Applied Psychology 69, 85-98 (uniform). LeBreton and Senter (2008),
        Organizational Research Methods 11, 815-852, table 2 (others). R: ``multilevel::rwg.j(ranvar = ...)``.
    """
    if n_points < FEWEST_POINTS:
        raise UsageError(
            f"a response scale of {n_points} points cannot show disagreement: give the number of its points"
        )
    if null == "uniform":
        return (n_points**2 - 1) / 12
    if not FEWEST_TABULATED <= n_points <= MOST_TABULATED:
        msg = (
            f"the null distribution {null} is published for {FEWEST_TABULATED} to {MOST_TABULATED} points and the "
            f"scale has {n_points}: use the uniform one"
        )
        raise UsageError(msg)
    return _TABULATED[null][n_points - FEWEST_TABULATED]


def published_nulls(n_points: int) -> tuple[Null, ...]:
    """Return the distributions that exist for a number of points; always the uniform one."""
    is_tabulated = FEWEST_TABULATED <= n_points <= MOST_TABULATED
    return NULLS if is_tabulated else ("uniform",)
