"""The same rows without random intercepts: where every search begins, and what the variance is tested against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.categorical.refusals import refuse_counts, refuse_weights
from models.multilevel.categorical.responses import BinomialRows, OrderedResponses, Responses
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.ordered import fit_ordered


@dataclass(frozen=True, eq=False)
class Plain:
    """A model without random intercepts.

    Attributes:
        coefficients: p.
        covariance: Inverse information, p x p.
        log_likelihood: With all constants.
    """

    coefficients: Vector
    covariance: Matrix
    log_likelihood: float


def fit_plain(responses: Responses, names: Sequence[str]) -> Plain:
    """Fit a logit or ordered model to rows as if no groups were.

    Args:
        responses: n rows.
        names: Names of the p coefficients.

    Raises:
        SeparationError: If regressors foretell outcomes, with or without random intercepts.
        ModelDataError: If outcomes do not vary, coefficients cannot be told apart, or no maximum is reached.
        TypeError: If the rows are of another kind.
    """
    if isinstance(responses, OrderedResponses):
        refuse_weights(responses.rows.weights)
        ordered = fit_ordered(responses.rows, names)
        return Plain(ordered.coefficients, ordered.covariance, ordered.log_likelihood)
    if isinstance(responses, BinomialRows):
        return _binomial(responses, names)
    raise TypeError(f"{type(responses).__name__} are neither binomial nor ordered rows")


def _binomial(rows: BinomialRows, names: Sequence[str]) -> Plain:
    refuse_counts(rows.successes, rows.trials)
    counts = np.r_[rows.successes, rows.trials - rows.successes]
    is_there = counts > 0
    outcomes = np.repeat([1.0, 0.0], len(rows.trials))[is_there]
    matrix = np.r_[rows.matrix, rows.matrix][is_there]
    fit = fit_binary(observed(matrix, outcomes, counts[is_there]), names)
    return Plain(fit.coefficients, fit.covariance, fit.log_likelihood + float(rows.log_orders.sum()))
