"""Layouts of structural models, panels and growth fitted to answers: two starts, the better end kept, doubts named."""

import numpy as np

from models.estimates import Vector
from models.measurement.confirmatory.analysis import Estimator, FactorAnalysis, Measured
from models.measurement.confirmatory.answers import GroupedAnswers
from models.measurement.confirmatory.continuous import (
    ContinuousFit,
    fit_normal,
    fit_robust,
    moment_derivatives,
    observed_information,
)
from models.measurement.confirmatory.likelihood import Likelihood
from models.measurement.confirmatory.optimise import minimise
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.refusals import FactorModelError, Problem, problems, refuse_unidentified
from models.measurement.confirmatory.sample import Sample, sample_of
from models.paths.starts import structural_starts

LARGEST_GAP = 1e-6
LEAST_CURVATURE = 1e-8


def analyse_layout(layout: Layout, baseline: Layout, grouped: GroupedAnswers, estimator: Estimator) -> FactorAnalysis:
    """Fit a layout to answers by maximum likelihood, full information where there are gaps.

    Args:
        layout: The model; its items are the columns of the answers.
        baseline: The model against which comparative fit is measured.
        grouped: Answers by group.
        estimator: ``ml`` or ``mlr``; clusters of the answers are heeded by ``mlr`` alone.

    Returns:
        The fit from the better of two starts; ``problems`` says where the search did not end at a maximum
        (``not_converged``, ``not_a_maximum``) and where the other start ended lower (``starts_disagree``, by how much).

    Raises:
        FactorModelError: If the model is not identified, the answers cannot carry it, or the estimator takes ordered
            items or clusters alone.
    """
    _refuse_estimator(grouped, estimator)
    try:
        return _analysed(layout, baseline, grouped, estimator)
    except np.linalg.LinAlgError as error:
        raise FactorModelError(
            "the answers do not tell the parameters of the model apart: too few people answered several waves or "
            "variables, or one follows from others; state fewer parameters, or ask more people"
        ) from error


def _analysed(layout: Layout, baseline: Layout, grouped: GroupedAnswers, estimator: Estimator) -> FactorAnalysis:
    samples = tuple(sample_of(each) for each in grouped.data)
    measured = Measured(estimator, grouped, samples, ())
    starts = structural_starts(layout, samples)
    derivatives = [moment_derivatives(layout, starts[1], group) for group in range(layout.n_groups)]
    refuse_unidentified(layout, np.concatenate(derivatives))
    likelihood = Likelihood(layout, samples)
    apart = starts[:1] if np.array_equal(*starts) else starts
    ends = [minimise(likelihood.evaluate, likelihood.curvature, start) for start in apart]
    heights = [-each.value * likelihood.n_obs for each in ends]
    fit = _fit(layout, measured, samples, ends[int(np.argmax(heights))].theta)
    doubts = [*problems(layout, fit.theta, has_converged=fit.has_converged, names=grouped.names), *_flat(fit)]
    gap = max(heights) - min(heights)
    if gap > LARGEST_GAP * max(1.0, abs(heights[0])):
        doubts.append(Problem("starts_disagree", value=gap))
    return FactorAnalysis(measured, fit, _fit(baseline, measured, samples, None), tuple(doubts))


def _refuse_estimator(grouped: GroupedAnswers, estimator: Estimator) -> None:
    if estimator == "wlsmv":
        raise FactorModelError(
            "wlsmv with observed variables in the structure: expected ml or mlr; for ordered items state the "
            "regressions of factors in a measurement model"
        )
    if estimator == "ml" and grouped.clusters:
        raise FactorModelError("ml takes rows as independent and clusters were given: use mlr, or leave clusters out")


def _fit(layout: Layout, measured: Measured, samples: tuple[Sample, ...], start: Vector | None) -> ContinuousFit:
    if measured.estimator == "ml":
        return fit_normal(layout, samples, start)
    return fit_robust(layout, samples, measured.grouped.clusters, start)


def _flat(fit: ContinuousFit) -> list[Problem]:
    """Name an end where the likelihood does not curve downwards in every direction."""
    information = observed_information(fit.likelihood, fit.theta)
    scale = np.sqrt(np.maximum(np.diagonal(information), np.finfo(float).tiny))
    least = float(np.linalg.eigvalsh(information / np.outer(scale, scale))[0])
    return [Problem("not_a_maximum", value=least)] if least < LEAST_CURVATURE else []
