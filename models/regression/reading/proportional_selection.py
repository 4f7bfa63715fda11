"""How selection on what was left out compares with selection on what was observed (Oster)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares

REAL = 1e-9


@dataclass(frozen=True)
class Movement:
    """How a coefficient and R2 move when controls enter.

    Attributes:
        uncontrolled: Coefficient without the controls.
        uncontrolled_r2: R2 without the controls.
        controlled: Coefficient with the controls.
        controlled_r2: R2 with the controls.
        outcome_variance: Variance of the outcome.
        focal_variance: Variance of the focal regressor.
        focal_left: Variance of the focal regressor that the controls leave.
    """

    uncontrolled: float
    uncontrolled_r2: float
    controlled: float
    controlled_r2: float
    outcome_variance: float
    focal_variance: float
    focal_left: float

    def greatest_r2(self, times: float = 1.3) -> float:
        """Return the R2 assumed with everything that matters: ``times`` the controlled R2, at most 1."""
        return min(times * self.controlled_r2, 1.0)

    @cached_property
    def shift(self) -> float:
        """How far the controls moved the coefficient."""
        return self.uncontrolled - self.controlled


def movement(focal: Vector, controls: Matrix, outcome: Vector, always: Matrix | None = None) -> Movement:
    """Fit with and without controls.

    Args:
        focal: n values.
        controls: n x m controls, none constant; 0/1 columns for categories.
        outcome: n values.
        always: Columns that are in both regressions and no part of the selection, such as strata, or None; they are
            taken out of all the others first, as is the mean.

    References:
        Oster (2019), Journal of Business and Economic Statistics 37(2), 187-204; R: ``robomit``; Stata: ``psacalc``.
    """
    fixed = np.ones((len(focal), 1)) if always is None else np.column_stack([np.ones(len(focal)), always])
    y, d = _left(fixed, outcome), _left(fixed, focal)
    others = np.column_stack([_left(fixed, column) for column in controls.T])
    total, n = float(((outcome - outcome.mean()) ** 2).sum()), len(y)
    alone = solve_least_squares(d[:, None], y)
    full = solve_least_squares(np.column_stack([d, others]), y)
    return Movement(
        float(alone.coefficients[0]),
        1 - float(alone.residuals @ alone.residuals) / total,
        float(full.coefficients[0]),
        1 - float(full.residuals @ full.residuals) / total,
        total / (n - 1),
        float(d @ d) / (n - 1),
        float(_left(others, d) @ _left(others, d)) / (n - 1),
    )


def selection_ratio(moved: Movement, greatest_r2: float, true: float = 0.0) -> float:
    """Return delta: how many times the selection on observed controls that on unobserved must be to make b ``true``.

    With v = b_c - true, R_c, R_u the R2 and s the variances (y outcome, x focal, t focal left):
    delta = [v (R_c - R_u) s_y s_t + v s_x s_t shift^2 + 2 v^2 s_t shift s_x + v^3 (s_t s_x - s_t^2)] /
    [(R_max - R_c) s_y shift s_x + v (R_max - R_c) s_y (s_x - s_t) + v^2 s_t shift s_x + v^3 (s_t s_x - s_t^2)].

    Raises:
        ModelDataError: If the controls move neither coefficient nor R2, or R_max is not above the controlled R2.

    References:
        Oster (2019), proposition 3. Stata: ``psacalc delta``; R: ``robomit::o_delta``.
    """
    _refuse_unmoved(moved, greatest_r2)
    v, shift = moved.controlled - true, moved.shift
    s_y, s_x, s_t = moved.outcome_variance, moved.focal_variance, moved.focal_left
    gained, open_r2 = moved.controlled_r2 - moved.uncontrolled_r2, greatest_r2 - moved.controlled_r2
    shared = v**3 * (s_t * s_x - s_t**2)
    above = v * gained * s_y * s_t + v * s_x * s_t * shift**2 + 2 * v**2 * s_t * shift * s_x + shared
    below = open_r2 * s_y * shift * s_x + v * open_r2 * s_y * (s_x - s_t) + v**2 * s_t * shift * s_x + shared
    return above / below


@dataclass(frozen=True)
class AdjustedCoefficient:
    """A coefficient freed from selection on what was left out.

    Attributes:
        estimate: The solution nearest to the controlled coefficient among those that keep the direction of selection
            on the controls (assumption 3), or among all when none does.
        solutions: All real solutions in ascending order, 1 to 3.
        keeps_direction: Whether the estimate meets assumption 3.
    """

    estimate: float
    solutions: tuple[float, ...]
    keeps_direction: bool


def bias_adjusted_coefficient(moved: Movement, greatest_r2: float, ratio: float = 1.0) -> AdjustedCoefficient:
    """Return the coefficient that selection on unobserved at ``ratio`` times that on observed controls would leave.

    b_c - v for the real roots v of delta (R_max - R_c) s_y shift s_x + v [delta (R_max - R_c) s_y (s_x - s_t) -
    (R_c - R_u) s_y s_t - s_x s_t shift^2] + v^2 s_t shift s_x (delta - 2) + v^3 (delta - 1) (s_t s_x - s_t^2).

    Raises:
        ModelDataError: As ``selection_ratio``.

    References:
        Oster (2019), propositions 1 and 2. Stata: ``psacalc beta``; R: ``robomit::o_beta``.
    """
    _refuse_unmoved(moved, greatest_r2)
    shift = moved.shift
    s_y, s_x, s_t = moved.outcome_variance, moved.focal_variance, moved.focal_left
    gained, open_r2 = moved.controlled_r2 - moved.uncontrolled_r2, greatest_r2 - moved.controlled_r2
    linear = ratio * open_r2 * s_y * (s_x - s_t) - gained * s_y * s_t - s_x * s_t * shift**2
    powers = [
        (ratio - 1) * (s_t * s_x - s_t**2),
        s_t * shift * s_x * (ratio - 2),
        linear,
        ratio * open_r2 * s_y * shift * s_x,
    ]
    biases = _real_roots(np.array(powers))
    kept = [v for v in biases if np.sign((shift + v) * s_x - v * s_t) == np.sign(shift)]
    nearest = min(kept or biases, key=abs)
    return AdjustedCoefficient(
        moved.controlled - nearest, tuple(sorted(moved.controlled - v for v in biases)), bool(kept)
    )


def _real_roots(powers: Vector) -> list[float]:
    size = np.abs(powers).max()
    roots = np.roots(np.where(np.abs(powers) > np.finfo(float).eps * size, powers, 0.0))
    return [float(root.real) for root in roots if abs(root.imag) <= REAL * max(1.0, abs(root))]


def can_tell_selection(moved: Movement, greatest_r2: float) -> bool:
    """Tell whether anything is known about selection: R2 can still rise, and the controls move something."""
    is_unmoved = moved.controlled_r2 - moved.uncontrolled_r2 <= REAL and abs(moved.shift) <= REAL * abs(
        moved.controlled
    )
    return greatest_r2 > moved.controlled_r2 and not is_unmoved


def _refuse_unmoved(moved: Movement, greatest_r2: float) -> None:
    if greatest_r2 <= moved.controlled_r2:
        raise ModelDataError(
            f"the greatest R2 is {greatest_r2:.3g} and the controlled one {moved.controlled_r2:.3g}; "
            "expected the greatest above it, at most 1"
        )
    if not can_tell_selection(moved, greatest_r2):
        raise ModelDataError(
            "the controls move neither the coefficient nor R2, so that nothing is known about selection; "
            "expected controls that matter; use the robustness value instead"
        )


def _left(matrix: Matrix, target: Vector) -> Vector:
    return solve_least_squares(matrix, target).residuals
