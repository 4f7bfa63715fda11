r"""Whether a constraint costs fit: difference tests of nested models.

References:
    Satorra and Bentler (2001), Psychometrika 66, 507-514; Satorra (2000) in Heijmans, Pollock and Satorra,
    Innovations in multivariate statistical analysis, 233-247; Asparouhov and Muthen (2006), Robust chi square
    difference testing. R: ``lavaan::lavTestLRT``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from models.estimates import Matrix
from models.measurement.confirmatory.chi_square import scaled_shifted
from models.measurement.confirmatory.continuous import ContinuousFit
from models.measurement.confirmatory.ordered_fit import OrderedFit, stacked


@dataclass(frozen=True)
class Difference:
    """A difference test.

    Attributes:
        name: ``standard``, ``satorra_bentler_2001`` or ``satorra_2000``.
        statistic: Chi-square; NaN when the scaling of Satorra and Bentler (2001) is not positive.
        df: Degrees of freedom.
    """

    name: str
    statistic: float
    df: int

    @property
    def p_value(self) -> float:
        """Probability of a larger value when the constraints hold."""
        if self.df <= 0 or np.isnan(self.statistic):
            return np.nan
        return float(chdtrc(self.df, max(self.statistic, 0.0)))


def continuous_difference(narrow: ContinuousFit, wide: ContinuousFit) -> Difference:
    """Compare a constrained fit with a wider one; scaled when both are robust.

    ``(T_0 - T_1) / ((df_0 c_0 - df_1 c_1) / (df_0 - df_1))``.
    """
    df = narrow.standard.df - wide.standard.df
    statistic = narrow.standard.statistic - wide.standard.statistic
    if narrow.scaled is None or wide.scaled is None:
        return Difference("standard", statistic, df)
    of_wide = wide.standard.df * wide.scaled.scaling_factor if wide.standard.df > 0 else 0.0
    factor = (narrow.standard.df * narrow.scaled.scaling_factor - of_wide) / df
    return Difference("satorra_bentler_2001", statistic / factor if factor > 0 else np.nan, df)


def ordered_difference(narrow: OrderedFit, wide: OrderedFit) -> Difference:
    r"""Compare a constrained fit of ordered items with a wider one, scaled and shifted.

    With P = D' W D of the wider model and A the directions of its parameters that the narrower one forbids (found by
    regressing the narrower model's derivatives on its own), ``U = W D P^-1 A' (A P^-1 A')^-1 A P^-1 D' W``.
    """
    derivatives, weights, gamma = stacked(wide.least_squares, wide.theta)
    of_narrow, _, _ = stacked(narrow.least_squares, narrow.theta)
    weighted = derivatives.T * weights
    information = weighted @ derivatives
    forbidden = _left_out(np.asarray(np.linalg.lstsq(derivatives, of_narrow, rcond=None)[0], dtype=float))
    inverse = np.linalg.inv(information)
    half = forbidden @ inverse
    across = half.T @ np.linalg.solve(half @ forbidden.T, half)
    product = (weighted.T @ across @ weighted) @ gamma
    df = len(forbidden)
    statistic = narrow.standard.statistic - wide.standard.statistic
    scaled = scaled_shifted(statistic, df, float(np.trace(product)), float((product * product.T).sum()))
    return Difference("satorra_2000", scaled.statistic, df)


def _left_out(carried: Matrix) -> Matrix:
    """Return orthogonal directions, one a row, at right angles to all columns."""
    left, sizes, _ = np.linalg.svd(carried)
    tolerance = sizes.max(initial=0.0) * max(carried.shape) * np.finfo(float).eps
    return np.asarray(left[:, int((sizes > tolerance).sum()) :].T, dtype=float)
