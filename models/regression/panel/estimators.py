"""Pooling, within, between, first differences and random effects: one transformation of the rows each."""

from typing import Literal

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.regression.least_squares import LeastSquares, solve_least_squares
from models.regression.panel.data import Panel, refuse_unusable
from models.regression.panel.fits import PanelEstimator, PanelFit, VarianceComponents

Effects = Literal["units", "units and waves"]
NO_MEAN_SQUARE = 1e-10


def fit_pooling(panel: Panel) -> PanelFit:
    """Fit all rows as if they were unrelated; R: ``plm(model = "pooling")``."""
    refuse_unusable(panel, needs_variation=False)
    return _fitted("pooling", panel, _with_intercept(panel.regressors), panel.outcome)


def fit_within(panel: Panel, effects: Effects = "units") -> PanelFit:
    """Fit with an effect of every unit, and of every wave: what changes within units.

    Values less their unit's mean; waves as 0/1 columns, treated likewise, which is exact for unbalanced panels. R2 is
    of what the effects leave.

    Raises:
        ModelDataError: If a regressor does not vary within units or no unit has two rows.

    References:
        Baltagi (2021), Econometric Analysis of Panel Data, 6th ed., chapters 2 and 3. R: ``plm(model = "within", effect
        = "individual" or "twoways")``.
    """
    refuse_unusable(panel, needs_variation=True)
    all_of_mean = np.ones(panel.n_units)
    outcome = panel.less_means(panel.outcome[:, None], all_of_mean)[:, 0]
    rows = panel.less_means(panel.regressors, all_of_mean)
    if effects == "units":
        solved = solve_least_squares(rows, outcome)
        return _within(panel, solved, rows.shape[1], float(outcome @ outcome))
    waves = (panel.waves[:, None] == np.arange(1, panel.n_waves)).astype(float)
    waves = panel.less_means(waves, all_of_mean)
    left = solve_least_squares(waves, outcome).residuals
    solved = solve_least_squares(np.column_stack([rows, waves]), outcome)
    return _within(panel, solved, rows.shape[1], float(left @ left))


def fit_between(panel: Panel) -> PanelFit:
    """Fit the means of the units, each counted once; R: ``plm(model = "between")``.

    Raises:
        ModelDataError: If there are no more units than coefficients.
    """
    refuse_unusable(panel, needs_variation=False)
    if panel.n_units <= panel.regressors.shape[1] + 1:
        raise ModelDataError(
            f"{panel.n_units} units for {panel.regressors.shape[1] + 1} coefficients between them; expected more "
            "units; take out regressors"
        )
    rows, outcome = _with_intercept(panel.means(panel.regressors)), panel.means(panel.outcome[:, None])[:, 0]
    solved = solve_least_squares(rows, outcome)
    units = np.arange(panel.n_units)
    shown = rows.shape[1]
    return PanelFit("between", solved, units, shown, True, solved.df_resid, _explained(solved, outcome))


def fit_first_differences(panel: Panel, *, has_intercept: bool = True) -> PanelFit:
    """Fit the changes from each row of a unit to its next.

    Args:
        panel: The panel; a unit of one row adds nothing. After a missed wave the change is over the gap, as in plm.
        has_intercept: Whether the outcome may change by itself (plm: yes; linearmodels: no).

    Raises:
        ModelDataError: As ``fit_within``.

    References:
        Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, 2nd ed., section 10.6. R: ``plm(model =
        "fd")``, ``plm(y ~ x - 1, model = "fd")``.
    """
    refuse_unusable(panel, needs_variation=True)
    outcome = changes_of(panel, panel.outcome[:, None])[:, 0]
    changes = changes_of(panel, panel.regressors)
    rows = _with_intercept(changes) if has_intercept else changes
    solved = solve_least_squares(rows, outcome)
    units = np.repeat(np.arange(panel.n_units), panel.sizes.astype(int) - 1)
    units = np.unique(units, return_inverse=True)[1].ravel()
    share = _explained(solved, outcome)
    return PanelFit("first differences", solved, units, rows.shape[1], has_intercept, solved.df_resid, share)


def changes_of(panel: Panel, values: Matrix) -> Matrix:
    """Return the changes of n x m values from each row of a unit to its next, units in order."""
    order = np.lexsort((panel.waves, panel.units))
    is_same = np.diff(panel.units[order]) == 0
    return np.asarray(np.diff(values[order], axis=0)[is_same])


def variance_components(panel: Panel) -> VarianceComponents:
    """Estimate the error variances as Swamy and Arora do, also for unbalanced panels.

    s2 = within squares / (n - N - k_w). Units: [squares of the units' means, each times T_i, around their regression
    weighted by T_i, less s2 (N - k_b)] / (n - sum T_i h_i), h_i the leverage of unit i there; nought when negative.

    Raises:
        ModelDataError: If no unit has two rows, too few rows or units are left to estimate a variance, or the rows of
            a unit do not differ beyond what the regressors say.

    References:
        Swamy and Arora (1972), Econometrica 40(2), 261-275. Baltagi and Chang (1994), Journal of Econometrics 62(2),
        67-89. R: ``plm::ercomp(method = "swar")``.
    """
    refuse_unusable(panel, needs_variation=False)
    all_of_mean = np.ones(panel.n_units)
    rows = panel.less_means(panel.regressors[:, panel.varies_within], all_of_mean)
    target = panel.less_means(panel.outcome[:, None], all_of_mean)[:, 0]
    within = solve_least_squares(rows, target).residuals if rows.shape[1] else target
    roots = np.sqrt(panel.sizes)
    means = _with_intercept(panel.means(panel.regressors)) * roots[:, None]
    of_outcome = panel.means(panel.outcome[:, None])[:, 0] * roots
    vectors, sizes, _ = np.linalg.svd(means, full_matrices=False)
    basis = vectors[:, sizes > NO_MEAN_SQUARE * sizes[0]]
    left = of_outcome - basis @ (basis.T @ of_outcome)
    df_within = panel.n_obs - panel.n_units - rows.shape[1]
    df_between = panel.n_units - basis.shape[1]
    if df_within < 1 or df_between < 1:
        raise ModelDataError(
            f"{panel.n_obs} rows of {panel.n_units} units for {panel.regressors.shape[1] + 1} coefficients leave no "
            "degrees of freedom for both variances; expected more units with several rows; use pooling"
        )
    residual = float(within @ within) / df_within
    if residual <= NO_MEAN_SQUARE * float(np.var(panel.outcome)):
        raise ModelDataError(
            "the rows of a unit do not differ beyond what the regressors say, so that there is no variance within "
            "units to weigh against that between them; use estimator between, or more rows a unit"
        )
    held = panel.n_obs - float(panel.sizes @ (basis**2).sum(axis=1))
    return VarianceComponents(max(0.0, (float(left @ left) - residual * df_between) / held), residual)


def fit_random_effects(panel: Panel, components: VarianceComponents | None = None) -> PanelFit:
    """Fit by generalised least squares with unit effects that are drawn: rows less theta_i times their unit's mean.

    theta_i = 1 - sqrt(s2 / (T_i s2_units + s2)).

    Args:
        panel: The panel.
        components: Error variances; None: Swamy and Arora's. Those of a mixed model (REML) give its coefficients.

    References:
        R: ``plm(model = "random", random.method = "swar")``.
    """
    found = variance_components(panel) if components is None else components
    shares: Vector = 1 - np.sqrt(found.residual / (panel.sizes * found.units + found.residual))
    rows = panel.less_means(_with_intercept(panel.regressors), shares)
    outcome = panel.less_means(panel.outcome[:, None], shares)[:, 0]
    solved = solve_least_squares(rows, outcome)
    share = _explained(solved, outcome)
    return PanelFit("random effects", solved, panel.units, rows.shape[1], True, solved.df_resid, share, found, shares)


def _within(panel: Panel, solved: LeastSquares, n_shown: int, total: float) -> PanelFit:
    share = 1 - float(solved.residuals @ solved.residuals) / total
    df = solved.n_obs - panel.n_units - solved.n_coefficients
    if df < 1:
        raise ModelDataError(
            f"{solved.n_obs} rows for {panel.n_units} unit effects and {solved.n_coefficients} coefficients; expected "
            "more rows a unit; take out regressors"
        )
    return PanelFit("within", solved, panel.units, n_shown, False, df, share)


def _fitted(estimator: PanelEstimator, panel: Panel, rows: Matrix, outcome: Vector) -> PanelFit:
    solved = solve_least_squares(rows, outcome)
    share = _explained(solved, outcome)
    return PanelFit(estimator, solved, panel.units, rows.shape[1], True, solved.df_resid, share)


def _explained(solved: LeastSquares, outcome: Vector) -> float:
    """Return the squared correlation of what is fitted with the outcome."""
    return float(np.corrcoef(outcome, outcome - solved.residuals)[0, 1] ** 2)


def _with_intercept(columns: Matrix) -> Matrix:
    return np.column_stack([np.ones(len(columns)), columns])
