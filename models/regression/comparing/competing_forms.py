"""Several forms in which the same scores may enter a model, compared by what they predict and by information criteria.

Put here forms and their comparison; not the words in which a model asks for it (``models.sections.comparisons``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.measurement.exploratory.extraction import extract
from models.regression.comparing.cross_products import folds_of_clusters
from models.regression.identification import ModelDataError
from models.regression.inference import t_quantiles
from models.sections.comparisons import Form

NESTING: dict[Form, tuple[Form, ...]] = {
    "sum": ("separately", "separately_and_product"),
    "one_factor": ("separately", "separately_and_product"),
    "separately": ("separately_and_product",),
    "product": ("separately_and_product",),
}
"""Forms of which another is a special case, by that other one: a test of likelihoods that differ has no meaning."""
ALIKE = 1e-8


@dataclass(frozen=True, eq=False)
class FormData:
    """What forms are compared on.

    Attributes:
        held: n x h regressors that every form has, the intercept among them.
        scores: n x p scores that enter in several forms.
        outcome: n.
        clusters: Cluster of each row, 0 to G - 1.
    """

    held: Matrix
    scores: Matrix
    outcome: Vector
    clusters: NDArray[np.intp]


@dataclass(frozen=True)
class Difference:
    """A difference between two forms with its interval, from whole clusters; NaN where it has none."""

    value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True)
class ComparedForm:
    """How one form fares.

    Attributes:
        form: Which.
        error: Root of the mean squared error of predicting clusters that were left out, in units of the outcome.
        against_first: Mean squared error less that of the first form.
        aic: Akaike's criterion, less that of the best form.
        bic: Schwarz's criterion, less that of the best form.
        akaike_weight: exp(-aic / 2) over the sum of all forms'.
        vuong: Log-likelihood less that of the first form; NaN where one is a special case of the other or both are
            next to the same.
    """

    form: Form
    error: float
    against_first: Difference
    aic: float
    bic: float
    akaike_weight: float
    vuong: Difference


def form_columns(form: Form, scores: Matrix, known: NDArray[np.bool_]) -> Matrix:
    """Return the columns of a form; what it must learn it learns from known rows.

    Args:
        form: ``sum`` (mean of the scores); ``separately``; ``one_factor`` (regression scores of one factor, minimum
            residuals); ``lowest``; ``product``; ``separately_and_product``.
        scores: n x p.
        known: n, rows that may be learnt from.

    Raises:
        ModelDataError: If the known scores have no factor in common.
    """
    together = scores.prod(axis=1, keepdims=True)
    if form == "one_factor":
        return _factor_scores(scores, known)[:, None]
    columns: dict[Form, Matrix] = {
        "sum": scores.mean(axis=1, keepdims=True),
        "separately": scores,
        "lowest": scores.min(axis=1, keepdims=True),
        "product": together,
        "separately_and_product": np.column_stack([scores, together]),
    }
    return columns[form]


def compare_forms(
    data: FormData, forms: Sequence[Form], folds: int, rng: np.random.Generator, confidence_level: float = 0.95
) -> tuple[ComparedForm, ...]:
    """Compare forms on the same rows.

    Formula:
        Every cluster is predicted once, from the clusters of the other folds. Differences d_i of squared errors, or of
        log-likelihoods of rows (Vuong), have the variance G / (G - 1) sum_g (sum_(i in g) (d_i - mean d))^2, t on
        G - 1; folds share rows, so that intervals of errors are close, not exact. AIC = n ln(RSS / n) + 2 (k + 1) and
        BIC with ln n, of normal errors that do not know of clusters; loadings of a factor do not count as parameters.

    Args:
        data: The rows.
        forms: At least two; the first is what the others are held against.
        folds: How many.
        rng: Which cluster is in which.
        confidence_level: Of the intervals.

    Returns:
        One a form; forms other than the first that the scores do not have (no factor in common) are left out.

    Raises:
        ModelDataError: If the scores do not have the first form, or a form fits without error.

    References:
        Burnham and Anderson (2002), chapter 2; Vuong (1989), Econometrica 57, 307-333; Hastie, Tibshirani and Friedman
        (2009), section 7.10. R: ``AIC``, ``BIC``, ``MuMIn::Weights``, ``nonnest2::vuongtest`` (without clusters).
    """
    fold = folds_of_clusters(int(data.clusters.max()) + 1, folds, rng)[data.clusters]
    forms = [forms[0], *(each for each in forms[1:] if _has_form(data, each, fold))]
    errors = [_errors_left_out(data, form, fold) ** 2 for form in forms]
    fitted = [_residuals(data, form) for form in forms]
    likelihoods = [_log_likelihoods(residuals) for residuals, _ in fitted]
    n = len(data.outcome)
    deviances = np.array([-2 * each.sum() for each in likelihoods])
    n_parameters = np.array([k + 1 for _, k in fitted])
    aic, bic = deviances + 2 * n_parameters, deviances + np.log(n) * n_parameters
    raised = np.exp(-(aic - aic.min()) / 2)
    return tuple(
        ComparedForm(
            form=form,
            error=float(np.sqrt(errors[place].mean())),
            against_first=_difference(errors[place] - errors[0], data.clusters, confidence_level, 1.0),
            aic=float(aic[place] - aic.min()),
            bic=float(bic[place] - bic.min()),
            akaike_weight=float(raised[place] / raised.sum()),
            vuong=_vuong((forms[0], form), likelihoods[place] - likelihoods[0], data.clusters, confidence_level),
        )
        for place, form in enumerate(forms)
    )


def _has_form(data: FormData, form: Form, fold: NDArray[np.intp]) -> bool:
    """Tell whether the scores have a form: in all rows, and without each fold."""
    if form != "one_factor":
        return True
    try:
        for known in (fold >= 0, *(fold != each for each in range(int(fold.max()) + 1))):
            _factor_scores(data.scores, known)
    except ModelDataError:
        return False
    return True


def _vuong(pair: tuple[Form, Form], rows: Vector, clusters: NDArray[np.intp], confidence_level: float) -> Difference:
    first, other = pair
    is_nested = other in NESTING.get(first, ()) or first in NESTING.get(other, ()) or first == other
    if is_nested or float(np.std(rows)) < ALIKE:
        return Difference(np.nan, np.nan, np.nan)
    return _difference(rows, clusters, confidence_level, float(len(rows)))


def _difference(rows: Vector, clusters: NDArray[np.intp], confidence_level: float, times: float) -> Difference:
    """Return the mean of n differences, or so many times it, with an interval from clusters."""
    n_clusters, mean = int(clusters.max()) + 1, float(rows.mean())
    sums = np.bincount(clusters, weights=rows - mean, minlength=n_clusters)
    error = float(np.sqrt(n_clusters / (n_clusters - 1) * (sums @ sums))) / len(rows)
    reach = error * float(t_quantiles(confidence_level, np.array([n_clusters - 1.0]))[0])
    return Difference(times * mean, times * (mean - reach), times * (mean + reach))


def _errors_left_out(data: FormData, form: Form, fold: NDArray[np.intp]) -> Vector:
    errors = np.empty(len(data.outcome))
    for each in range(int(fold.max()) + 1):
        known = fold != each
        matrix = np.column_stack([data.held, form_columns(form, data.scores, known)])
        coefficients = np.linalg.lstsq(matrix[known], data.outcome[known], rcond=None)[0]
        errors[~known] = data.outcome[~known] - matrix[~known] @ coefficients
    return errors


def _residuals(data: FormData, form: Form) -> tuple[Vector, int]:
    """Return the residuals of all rows and how many coefficients there are."""
    every = np.ones(len(data.outcome), dtype=bool)
    matrix = np.column_stack([data.held, form_columns(form, data.scores, every)])
    coefficients = np.linalg.lstsq(matrix, data.outcome, rcond=None)[0]
    residuals: Vector = data.outcome - matrix @ coefficients
    if float(residuals @ residuals) <= np.finfo(float).eps * float(data.outcome @ data.outcome):
        raise ModelDataError(
            f"the form '{form}' fits the outcome without error, so that likelihoods have no value; expected an outcome "
            "that the regressors do not determine; take the comparison out of the model"
        )
    return residuals, matrix.shape[1]


def _log_likelihoods(residuals: Vector) -> Vector:
    variance = float(residuals @ residuals) / len(residuals)
    return -0.5 * (np.log(2 * np.pi * variance) + residuals**2 / variance)


def _factor_scores(scores: Matrix, known: NDArray[np.bool_]) -> Vector:
    """Return Thurstone's regression scores z'R^-1 l of one factor, n values. R: ``psych::fa(fm = "minres")``."""
    means, deviations = scores[known].mean(axis=0), scores[known].std(axis=0)
    standard = (scores - means) / deviations
    correlation = standard[known].T @ standard[known] / int(known.sum())
    found = extract(correlation, 1, "minres")
    if not found.has_converged or not (found.loadings[:, 0] > 0).all():
        raise ModelDataError(
            "the scores have no factor in common on which all load; expected scores that all go together; take "
            "one_factor out of the forms"
        )
    return np.asarray(standard @ np.linalg.solve(correlation, found.loadings[:, 0]), dtype=float)
