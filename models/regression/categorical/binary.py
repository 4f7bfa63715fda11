"""Logit and probit regression of an outcome of two values."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from models.estimates import Vector
from models.regression.categorical.families import BINARY, BinaryLink
from models.regression.categorical.generalised import (
    GeneralisedFit,
    Observed,
    fit_generalised,
    objective_of,
)
from models.regression.categorical.maximise import Maximum, Objective, require_converged
from models.regression.categorical.separation import binary_conditions, refuse_separation
from models.regression.identification import ModelDataError

REMEDY = (
    "take them out, merge their categories, or write estimator: firth_logit (penalised likelihood) with covariance: "
    "classical, whose estimates are always finite"
)


def fit_binary(
    rows: Observed, names: Sequence[str], link: BinaryLink = "logit", objective: Objective | None = None
) -> GeneralisedFit:
    """Fit P(Y = 1) = F(x'b + offset) by Newton's method.

    Args:
        rows: n rows (``observed``), outcomes 0 and 1, both there.
        names: Names of the k coefficients, ``intercept`` for the constant.
        link: Logistic or normal F.
        objective: The log-likelihood of the rows where it can be had at less cost than row by row.

    Raises:
        SeparationError: If regressors foretell outcomes, so that estimates are infinite.
        ModelDataError: If an outcome is neither 0 nor 1, or all are the same, or no maximum is reached.

    References:
        R: ``glm(family = binomial(link))``, converged; for probit, covariances use the expected information, as there.
    """
    refuse_other_outcomes(rows.outcome)
    family = BINARY[link]
    check = partial(_check, rows, names, family.name)
    return fit_generalised(family, rows, _nought(rows), check, objective)


def refuse_other_outcomes(outcome: Vector) -> None:
    """Raise ModelDataError unless outcomes are 0 and 1, and both are there."""
    if not np.isin(outcome, (0.0, 1.0)).all():
        raise other_outcomes()
    if outcome.min() == outcome.max():
        raise ModelDataError(
            f"the outcome is {outcome[0]:.0f} in all {len(outcome)} responses used; expected both 0 and 1; "
            "choose another outcome or population"
        )


def other_outcomes() -> ModelDataError:
    """Say that an outcome is neither 0 nor 1."""
    return ModelDataError(
        "an outcome of a binary regression is neither 0 nor 1; expected 0 and 1 only; give its answers these codes in "
        "the instrument, or write another estimator: ordered_logit for ordered answers, poisson for counts"
    )


def _check(rows: Observed, names: Sequence[str], model: str, maximum: Maximum) -> None:
    unexplained = objective_of(BINARY["logit"], rows)(_nought(rows))[2]
    refuse_separation(maximum, unexplained, lambda: binary_conditions(rows.matrix, rows.outcome), names, REMEDY)
    require_converged(maximum, model)


def _nought(rows: Observed) -> Vector:
    return np.zeros(int(rows.matrix.shape[1]))
