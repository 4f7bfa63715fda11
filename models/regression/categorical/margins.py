"""Margins: average effects and predictions of a fitted model in the units of its outcome, with delta intervals.

Every margin is a linear combination of average predictions at changed values of the variables, so that one variable
may enter many columns (interactions, powers, splines). The bootstrap is in ``margins_bootstrap``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.categorical.predicted import Model, Predicted, combine

Redesign = Callable[[Vector], Matrix]
STEP = 1e-3
STENCIL = ((-2.0, 1 / 12), (-1.0, -8 / 12), (1.0, 8 / 12), (2.0, -1 / 12))


@dataclass(frozen=True)
class Averaging:
    """Over which rows margins are averaged.

    Attributes:
        weights: n weights.
        offset: n known parts of the linear predictor, or None.
    """

    weights: Vector
    offset: Vector | None = None


def average_prediction(model: Model, matrix: Matrix, over: Averaging) -> Predicted:
    """Return the mean prediction: of probabilities (J) or of an expected number (1).

    Args:
        model: A fitted model.
        matrix: n x k regressors, of all rows with some variables set to declared values; or of one such row.
        over: The rows.

    References:
        R: ``marginaleffects::avg_predictions``; at one row ``emmeans::emmeans(mode = "prob")``.
    """
    return model.predicted(matrix, over.weights, over.offset)


def average_slope(model: Model, redesign: Redesign, values: Vector, over: Averaging) -> Predicted:
    """Return the mean derivative of predictions in a variable.

    By the five-point formula with steps of a thousandth of the variable's standard deviation: exact to about 1e-11 of
    the effect. The variable moves in every column that it enters.

    Args:
        model: A fitted model.
        redesign: Values of the variable (n) → n x k regressors with all else as observed.
        values: n values of the variable.
        over: The rows.

    Raises:
        ValueError: If the variable is the same in all rows.

    References:
        Greene (2018), Econometric Analysis, 8th ed., section 17.2.4. R: ``marginaleffects::avg_slopes``,
        ``margins::margins``.
    """
    spread = float(np.std(values))
    if spread == 0:
        raise ValueError("the variable is the same in all rows; an average slope needs one that varies")
    step = STEP * spread
    return combine(
        [
            (factor / step, model.predicted(redesign(values + places * step), over.weights, over.offset))
            for places, factor in STENCIL
        ]
    )


def average_difference(model: Model, low: Matrix, high: Matrix, over: Averaging) -> Predicted:
    """Return the mean change of predictions when a variable goes from one value to another.

    Args:
        model: A fitted model.
        low: n x k regressors with the variable at the one value (such as 0, or the reference category) in all rows.
        high: The same at the other value.
        over: The rows.

    References:
        R: ``marginaleffects::avg_comparisons``.
    """
    return model.predicted(high, over.weights, over.offset).minus(model.predicted(low, over.weights, over.offset))


def delta_intervals(
    margins: Predicted, covariance: Matrix, labels: Sequence[str], confidence_level: float = 0.95
) -> pd.DataFrame:
    """Return estimates with standard errors by the delta method and normal intervals.

    Variance d V d', d the derivatives of the margin in the parameters; regressors are taken as given.

    Args:
        margins: J margins.
        covariance: p x p, classical, robust or clustered.
        labels: Names of the J categories.
        confidence_level: Of the intervals.

    Returns:
        One row a category: category, estimate, std_error, statistic, p_value, conf_low, conf_high.
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415

    spread = np.sqrt(np.einsum("jp,pq,jq->j", margins.slopes, covariance, margins.slopes))
    estimates: Vector = margins.means
    reach = float(ndtri((1 + confidence_level) / 2)) * spread
    statistic = np.divide(estimates, spread, out=np.full(len(spread), np.nan), where=spread > 0)
    return pd.DataFrame(
        {
            "category": list(labels),
            "estimate": estimates,
            "std_error": spread,
            "statistic": statistic,
            "p_value": 2 * ndtr(-np.abs(statistic)),
            "conf_low": estimates - reach,
            "conf_high": estimates + reach,
        }
    )
