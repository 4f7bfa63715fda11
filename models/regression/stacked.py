"""The covariance of least squares whose weights are inverse probabilities estimated from the same people.

Put here the sandwich of all equations at once: those of the regression and those of answering; who could answer is in
``response_rows``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.regression.inference import Uncertainty
from models.regression.least_squares import LeastSquares
from models.regression.response_rows import PERSON, RESPONSE, Step, Weighted


def stacked_uncertainty(
    fit: LeastSquares, answered: pd.DataFrame, weighted: Weighted, cluster: str | None
) -> Uncertainty:
    """Estimate the covariance of coefficients with what estimating the weights adds or takes away.

    A cluster's influence is the sum of ``w x e`` over its rows plus, of every model of answering, ``A I^-1 s`` over its
    units: s their scores, I its information, ``A = - sum w x e (1 - p) z'`` over the rows that it weights; a trimmed
    weight does not move. The covariance is ``(X'WX)^-1 (sum of squares) (X'WX)^-1`` times G / (G - 1) (n - 1) / (n - k)
    with t on G - 1 over G clusters with rows; of single responses n / (n - k), t on n - k. People who are followed are
    clusters of their own answers where the model names none. Weights of the sample are taken as known.

    Args:
        fit: The weighted fit, n rows, k coefficients.
        answered: Its rows.
        weighted: Their weights.
        cluster: Column of clusters; None where the model names none.

    References:
        Robins, Rotnitzky and Zhao (1995), JASA 90(429), 106-121; Wooldridge (2007), Journal of Econometrics 141(2),
        1281-1301. R: ``geex::m_estimate`` of the stacked equations.
    """
    found, n_clusters = stacked_of_scores(fit.bread, fit.rows * fit.residuals[:, None], answered, weighted, cluster)
    df = float(fit.df_resid) if n_clusters is None else n_clusters - 1.0
    return Uncertainty(found, np.full(len(found), df), n_clusters)


def stacked_of_scores(
    bread: Matrix, scores: Matrix, answered: pd.DataFrame, weighted: Weighted, cluster: str | None
) -> tuple[Matrix, int | None]:
    """Return the covariance of ``stacked_uncertainty`` of any weighted scores, and how many clusters have rows.

    Args:
        bread: Inverse observed information of the weighted rows, k x k.
        scores: Weighted derivatives of the n rows' terms, n x k.
        answered: The rows.
        weighted: Their weights.
        cluster: Column of clusters; None where the model names none.

    Returns:
        The covariance; None clusters for single responses.
    """
    n, k = scores.shape
    follows = PERSON in weighted.steps[0].units
    name = cluster or (PERSON if follows else RESPONSE)
    codes = pd.factorize(pd.concat([answered[name], *(each.units[name] for each in weighted.steps)]))[0]
    moving = np.where(weighted.is_trimmed[:, None], 0.0, scores)
    parts = [scores, *(_of_step(each, moving) for each in weighted.steps)]
    influence = np.column_stack([np.bincount(codes, column) for column in np.concatenate(parts).T])
    covariance = bread @ (influence.T @ influence) @ bread
    if name == RESPONSE:
        return covariance * n / (n - k), None
    n_clusters = int(answered[name].nunique())
    return covariance * (n_clusters / (n_clusters - 1) * (n - 1) / (n - k)), n_clusters


def _of_step(step: Step, moving: Matrix) -> Matrix:
    """Return what each unit of a model of answering adds to the influence, u x k."""
    is_of = step.places >= 0
    own = step.places[is_of]
    slopes = step.model.matrix[own] * (1 - step.model.probabilities[own])[:, None]
    change = -(moving[is_of].T @ slopes)
    return step.model.scores @ step.model.covariance @ change.T
