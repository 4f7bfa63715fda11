"""The estimator of an outcome that coders saw with errors, in the form that all categorical estimators have."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.estimates import Vector
from models.regression.categorical.estimated import Estimated, refuse_alike
from models.regression.categorical.estimators import Asked, of_scores
from models.regression.categorical.families import BINARY
from models.regression.categorical.generalised import GeneralisedFit
from models.regression.categorical.maximise import maximise
from models.regression.categorical.misclassified import (
    CodedRows,
    MisclassifiedFit,
    fit_misclassified,
    misclassified_objective,
)
from models.regression.categorical.predicted import Model
from models.regression.identification import ModelDataError


def misclassified_logit(asked: Asked) -> Estimated:
    """Fit a logit corrected for the errors of coders; averages are of chances that the outcome is truly there.

    Diagnostics: sensitivity and specificity of a coder with standard errors (delta method, from the covariance of all
    parameters), responses that were judged twice and on which coders differ, and starts_disagreement, how far what the
    worst start reaches stays below.
    """
    if asked.judged is None:
        raise AssertionError("a model of judgements has columns of them")
    given, coders = asked.judged
    rows = CodedRows(asked.matrix, given, coders, asked.weights)
    fit = fit_misclassified(rows, asked.columns)
    k = len(asked.columns)
    every = of_scores(asked, fit.bread, fit.scores)
    model = GeneralisedFit(BINARY["logit"], asked.rows, fit.point[:k], fit.log_likelihood, 0)

    def refitted(times: NDArray[np.intp]) -> Model:
        drawn = replace(rows, weights=asked.weights * times)
        refuse_alike(drawn.matrix, drawn.weights)
        top = maximise(misclassified_objective(drawn), fit.point)
        if not top.has_converged:
            raise ModelDataError("the rows drawn have no maximum of the likelihood: coders hardly ever differ in them")
        return replace(model, coefficients=top.point[:k])

    return Estimated(
        terms=asked.columns,
        coefficients=fit.point[:k],
        uncertainty=replace(every, covariance=every.covariance[:k, :k], df=every.df[:k]),
        places=asked.own_places,
        categories=("",),
        model=model,
        refitted=refitted,
        diagnostics=_diagnostics(asked, rows, fit, every.errors),
    )


def _diagnostics(asked: Asked, rows: CodedRows, fit: MisclassifiedFit, errors: Vector) -> dict[str, float]:
    sees, withholds = fit.sensitivity, fit.specificity
    return {
        "sensitivity": sees,
        "sensitivity_std_error": float(errors[-2] * sees * (1 - sees)),
        "specificity": withholds,
        "specificity_std_error": float(errors[-1] * withholds * (1 - withholds)),
        "n_judged_twice": float((rows.coders > 1).sum()),
        "n_coders_differ": float(((rows.given > 0) & (rows.given < rows.coders)).sum()),
        "starts_disagreement": fit.disagreement,
        **{f"uncorrected of {term}": float(each) for term, each in zip(asked.columns, fit.uncorrected, strict=True)},
    }
