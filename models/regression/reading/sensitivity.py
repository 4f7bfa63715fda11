"""How strong what was left out of a regression would have to be to overturn it, in shares of explained variance.

Not the assumption of proportional selection (``proportional_selection``), nor risk ratios (``e_value``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares


def robustness_value(statistic: float, df_resid: float, share: float = 1.0, level: float | None = None) -> float:
    """Return the least partial R2 with both focal regressor and outcome that confounders need to undo an estimate.

    With f = share |t| / sqrt(df) the value is (sqrt(f^4 + 4 f^2) - f^2) / 2. With a level, f is less
    f* = t_(1 - level/2, df - 1) / sqrt(df - 1), nought when that is negative, and where f > 1 / f* the value is
    (f^2 - f*^2) / (1 + f^2).

    Args:
        statistic: Classical t of the coefficient.
        df_resid: n - k.
        share: Share of the estimate that confounding is to take away; 1 brings it to nought.
        level: Of the test that is no longer to reject; None asks about the estimate itself.

    Returns:
        0 to 1; confounders that explain less of both residual variances cannot do it.

    References:
        Cinelli and Hazlett (2020), Journal of the Royal Statistical Society B 82(1), 39-67. R:
        ``sensemakr::robustness_value(t_statistic, dof, q, alpha)``.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy.stats takes a second to import

    strength = share * abs(statistic) / np.sqrt(df_resid)
    critical = 0.0 if level is None else -float(stdtrit(df_resid - 1, level / 2)) / np.sqrt(df_resid - 1)
    beyond = strength - critical
    if beyond <= 0:
        return 0.0
    if strength * critical > 1:
        return float((strength**2 - critical**2) / (1 + strength**2))
    return float((np.sqrt(beyond**4 + 4 * beyond**2) - beyond**2) / 2)


@dataclass(frozen=True)
class Confounded:
    """An estimate under a confounder of stated strength that works against it.

    Attributes:
        with_focal: Partial R2 of the confounder with the focal regressor.
        with_outcome: Partial R2 of the confounder with the outcome, given the focal regressor.
        estimate: What the coefficient would be with the confounder in the regression.
        std_error: Its classical standard error.
        statistic: t with df - 1 degrees of freedom.
    """

    with_focal: float
    with_outcome: float
    estimate: float
    std_error: float
    statistic: float


def confounded_estimate(
    estimate: float, std_error: float, df_resid: float, with_focal: float, with_outcome: float
) -> Confounded:
    """Return what is left of a coefficient when a confounder of given strength is added.

    bias = se sqrt(df) sqrt(R2_y R2_d / (1 - R2_d)), taken from the size of b;
    se' = se sqrt((1 - R2_y) / (1 - R2_d)) sqrt(df / (df - 1)).

    Args:
        estimate: The coefficient b.
        std_error: Its classical standard error.
        df_resid: n - k.
        with_focal: Partial R2 of confounder and focal regressor, R2_d, 0 to below 1.
        with_outcome: Partial R2 of confounder and outcome given the focal regressor, R2_y, 0 to 1.

    Raises:
        ValueError: If a partial R2 is out of range.

    References:
        Cinelli and Hazlett (2020). R: ``sensemakr::adjusted_estimate``, ``adjusted_se``, ``adjusted_t``.
    """
    if not (0 <= with_focal < 1 and 0 <= with_outcome <= 1):
        raise ValueError(f"partial R2 {with_focal:g} and {with_outcome:g}; expected 0 to below 1, and 0 to 1")
    bias = std_error * np.sqrt(df_resid * with_outcome * with_focal / (1 - with_focal))
    left = float(np.sign(estimate) * (abs(estimate) - bias))
    spread = float(std_error * np.sqrt((1 - with_outcome) / (1 - with_focal) * df_resid / (df_resid - 1)))
    return Confounded(with_focal, with_outcome, left, spread, left / spread if spread > 0 else np.inf)


@dataclass(frozen=True)
class Benchmark:
    """How much a regressor, or the columns of one, explain of focal regressor and outcome.

    Attributes:
        with_focal: Partial R2 with the focal regressor given the others.
        with_outcome: Partial R2 with the outcome given all other regressors.
    """

    with_focal: float
    with_outcome: float


def benchmark(matrix: Matrix, outcome: Vector, focal: int, columns: Sequence[int]) -> Benchmark:
    """Measure the strength of an observed regressor, to compare what was left out with.

    Args:
        matrix: n x k regressors of full column rank, intercept included.
        outcome: n values.
        focal: Place of the focal regressor.
        columns: Places of the benchmark's columns, without the focal one.

    References:
        R: ``sensemakr::partial_r2``, ``group_partial_r2``.
    """
    others = [place for place in range(matrix.shape[1]) if place != focal]
    rest = [place for place in others if place not in columns]
    return Benchmark(
        _explained_beyond(matrix[:, rest], matrix[:, others], matrix[:, focal]),
        _explained_beyond(matrix[:, [*rest, focal]], matrix, outcome),
    )


def benchmark_bound(strength: Benchmark, times_focal: float, times_outcome: float | None = None) -> tuple[float, float]:
    """Bound the partial R2 of a confounder that is k times as strong as an observed regressor.

    R2_d = k f2_d with f2 = R2 / (1 - R2) of the benchmark; R2_y = ((sqrt(k_y) + r) / sqrt(1 - r^2))^2 f2_y with
    r^2 = k R2_d,j^2 / ((1 - k R2_d,j) (1 - R2_d,j)); at most 1.

    Args:
        strength: Of the observed regressor j.
        times_focal: k, how many times as strongly the confounder goes with the focal regressor.
        times_outcome: k_y, with the outcome; None as ``times_focal``.

    Returns:
        Partial R2 with the focal regressor and with the outcome, for ``confounded_estimate``.

    Raises:
        ModelDataError: If no confounder can be so strong.

    References:
        Cinelli and Hazlett (2020), section 4.4. R: ``sensemakr::ovb_bounds``.
    """
    odds = strength.with_focal / (1 - strength.with_focal)
    with_focal = times_focal * odds
    if with_focal >= 1 or times_focal * strength.with_focal >= 1:
        raise ModelDataError(
            f"a confounder {times_focal:g} times as strong as the benchmark would explain the focal regressor wholly; "
            f"expected a multiple below {min(1 / odds, 1 / strength.with_focal):.3g}"
        )
    shared = times_focal * strength.with_focal * odds / (1 - times_focal * strength.with_focal)
    reach = np.sqrt(times_focal if times_outcome is None else times_outcome) + np.sqrt(shared)
    if shared >= 1:
        return with_focal, 1.0
    with_outcome = reach**2 / (1 - shared) * strength.with_outcome / (1 - strength.with_outcome)
    return with_focal, float(min(with_outcome, 1.0))


def _explained_beyond(base: Matrix, fuller: Matrix, target: Vector) -> float:
    left = _unexplained(base, target)
    return 1 - _unexplained(fuller, target) / left


def _unexplained(matrix: Matrix, target: Vector) -> float:
    if matrix.shape[1] == 0:
        return float(target @ target)
    residuals = solve_least_squares(matrix, target).residuals
    return float(residuals @ residuals)
