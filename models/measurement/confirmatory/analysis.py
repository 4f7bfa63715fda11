"""A factor model applied to answers: estimates, fit and reasons for doubt, in tables."""

# pyright: reportMissingTypeStubs=false

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.estimates import Matrix
from models.measurement.confirmatory.answers import GroupedAnswers, refuse_unlike_categories
from models.measurement.confirmatory.chi_square import ChiSquare
from models.measurement.confirmatory.continuous import (
    Clusters,
    ContinuousFit,
    fit_normal,
    fit_robust,
    moment_derivatives,
)
from models.measurement.confirmatory.corrected import corrected_test
from models.measurement.confirmatory.fit_indices import Approximate, indices, robust_indices
from models.measurement.confirmatory.implied import standardised_moments
from models.measurement.confirmatory.least_squares import OrderedMoments
from models.measurement.confirmatory.model import (
    FactorModel,
    Setting,
    baseline_layout,
    continuous_layout,
    ordinal_baseline,
    ordinal_layout,
)
from models.measurement.confirmatory.ordered_fit import (
    OrderedFit,
    categorical_likelihood_test,
    fit_ordered,
    ordered_moments,
    ordered_start,
)
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.refusals import Problem, problems, refuse_unidentified
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.sample import Sample, sample_of
from models.measurement.confirmatory.standardised import delta_errors, standardised
from models.measurement.confirmatory.start import start_values
from models.measurement.ordered import ordered_sample

Estimator = Literal["ml", "mlr", "wlsmv"]
"""Normal maximum likelihood; robust maximum likelihood; weighted least squares of ordered items."""
Z = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class Measured:
    """Answers summarised for one estimator.

    Attributes:
        estimator: Which.
        grouped: The answers.
        samples: One summary a group.
        n_categories: Categories of each item; empty for continuous items.
    """

    estimator: Estimator
    grouped: GroupedAnswers
    samples: tuple[Sample, ...] | tuple[OrderedMoments, ...]
    n_categories: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class FactorAnalysis:
    """One model fitted to one set of answers.

    Attributes:
        measured: The answers.
        fit: Estimates and tests.
        baseline: The model of uncorrelated items.
        problems: Reasons to distrust the estimates; empty when there are none.
    """

    measured: Measured
    fit: ContinuousFit | OrderedFit
    baseline: ContinuousFit | OrderedFit
    problems: tuple[Problem, ...]

    @property
    def n_obs(self) -> int:
        """Responses used."""
        return sum(len(each) for each in self.measured.grouped.data)

    @property
    def test(self) -> ChiSquare:
        """The test of fit to report: robust where there is one."""
        return self.fit.scaled or self.fit.standard


def measured(grouped: GroupedAnswers, estimator: Estimator) -> Measured:
    """Summarise answers for an estimator.

    Raises:
        FactorModelError: If ordered items lack a category in some group.
    """
    if estimator != "wlsmv":
        return Measured(estimator, grouped, tuple(sample_of(each) for each in grouped.data), ())
    n_categories = refuse_unlike_categories(grouped)
    clusters = grouped.clusters or (None,) * len(grouped.data)
    found = tuple(
        ordered_moments(ordered_sample(data, of_group)) for data, of_group in zip(grouped.data, clusters, strict=True)
    )
    return Measured(estimator, grouped, found, n_categories)


def analyse(model: FactorModel, answers: Measured, setting: Setting) -> FactorAnalysis:
    """Fit a model to answers.

    Args:
        model: The model; its items are the columns of the answers.
        answers: Answers summarised.
        setting: Groups and equalities.

    Raises:
        FactorModelError: If the model is not identified.
    """
    layout = _layout(model, answers, setting)
    refuse_unidentified(layout, _derivatives(layout, answers))
    fit = _fitted(layout, answers)
    baseline = _fitted(_baseline(layout, answers), answers)
    doubts = problems(layout, fit.theta, has_converged=fit.has_converged, names=answers.grouped.names)
    found = (*doubts, *_at_bound(answers))
    return FactorAnalysis(answers, fit, baseline, found)


def _at_bound(answers: Measured) -> list[Problem]:
    """Return the pairs of ordered items of which one answers for the other."""
    items, found = answers.grouped.items, list[Problem]()
    for name, each in zip(answers.grouped.names, _ordered(answers), strict=False):
        suffix = f" ({name})" if name else ""
        found += [Problem("item_correlation_at_bound", f"{items[a]} ~ {items[b]}{suffix}") for b, a in each.at_bound]
    return found


def _layout(model: FactorModel, answers: Measured, setting: Setting) -> Layout:
    if answers.estimator == "wlsmv":
        return ordinal_layout(model, answers.n_categories, setting)
    return continuous_layout(model, setting)


def _baseline(layout: Layout, answers: Measured) -> Layout:
    if answers.estimator == "wlsmv":
        return ordinal_baseline(layout.items, answers.n_categories, layout.n_groups)
    return baseline_layout(layout.items, layout.n_groups, has_means=layout.has_means)


def _fitted(layout: Layout, answers: Measured) -> ContinuousFit | OrderedFit:
    if answers.estimator == "wlsmv":
        return fit_ordered(layout, _ordered(answers))
    if answers.estimator == "ml":
        return fit_normal(layout, _continuous(answers))
    return fit_robust(layout, _continuous(answers), answers.grouped.clusters)


def _ordered(answers: Measured) -> tuple[OrderedMoments, ...]:
    return tuple(each for each in answers.samples if isinstance(each, OrderedMoments))


def _continuous(answers: Measured) -> tuple[Sample, ...]:
    return tuple(each for each in answers.samples if isinstance(each, Sample))


def _derivatives(layout: Layout, answers: Measured) -> Matrix:
    if layout.is_ordinal:
        theta = ordered_start(layout, _ordered(answers))
        return np.concatenate([standardised_moments(layout, theta, group)[1] for group in range(layout.n_groups)])
    samples = _continuous(answers)
    theta = start_values(layout, [each.mean for each in samples], [each.covariance for each in samples])
    return np.concatenate([moment_derivatives(layout, theta, group) for group in range(layout.n_groups)])


def parameter_table(analysis: FactorAnalysis) -> pd.DataFrame:
    """Return one row a parameter.

    Returns:
        group, kind, left, right, estimate, std_error (0 where fixed), conf_low, conf_high, standardised,
        standardised_error.
    """
    layout, theta, covariance = analysis.fit.layout, analysis.fit.theta, analysis.fit.covariance
    values = layout.values(theta)
    own = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    errors = np.where(layout.free >= 0, own[layout.free], 0.0)
    names = analysis.measured.grouped.names
    return pd.DataFrame(
        {
            "group": [names[each.group] for each in layout.parameters],
            "kind": [each.kind for each in layout.parameters],
            "left": [each.left for each in layout.parameters],
            "right": [each.right for each in layout.parameters],
            "estimate": values,
            "std_error": errors,
            "conf_low": values - Z * errors,
            "conf_high": values + Z * errors,
            "standardised": standardised(layout, theta),
            "standardised_error": delta_errors(lambda point: standardised(layout, point), theta, covariance),
        }
    )


def fit_table(analysis: FactorAnalysis) -> Mapping[str, float]:
    """Return the indices of fit by name; robust ones where the estimator gives them."""
    fit, n = analysis.fit, float(analysis.n_obs)
    is_ordered = isinstance(fit, OrderedFit)
    n_groups = fit.layout.n_groups
    n_rmsea = n - n_groups if is_ordered else n
    plain = indices(fit.standard, analysis.baseline.standard, n_rmsea, n_groups)
    found = {"n_obs": n, "n_parameters": float(fit.layout.n_free), "chi_square": fit.standard.statistic}
    found |= {"df": float(fit.standard.df), "p_value": analysis.test.p_value, "srmr": srmr(fit)}
    found |= _named(plain, "")
    if fit.scaled is not None and analysis.baseline.scaled is not None:
        found |= {"chi_square_scaled": fit.scaled.statistic, "scaling_factor": fit.scaled.scaling_factor}
    if isinstance(fit, OrderedFit) and isinstance(analysis.baseline, OrderedFit):
        found |= _named(indices(fit.scaled, analysis.baseline.scaled, n_rmsea, n_groups), "_scaled")
    robust = _robust(analysis)
    if robust is not None:
        found |= _named(robust, "_robust")
    if not is_ordered:
        log_likelihood = fit.likelihood.log_likelihood(fit.theta)
        k = fit.layout.n_free
        found |= {
            "log_likelihood": log_likelihood,
            "aic": 2 * (k - log_likelihood),
            "bic": k * np.log(n) - 2 * log_likelihood,
        }
    return found


def _named(found: Approximate, suffix: str) -> dict[str, float]:
    return {
        f"cfi{suffix}": found.cfi,
        f"tli{suffix}": found.tli,
        f"rmsea{suffix}": found.rmsea,
        f"rmsea_low{suffix}": found.rmsea_low,
        f"rmsea_high{suffix}": found.rmsea_high,
    }


def _robust(analysis: FactorAnalysis) -> Approximate | None:
    """Return indices of the population where they are defined: not for ordered items in several groups."""
    if analysis.fit.standard.df == 0:
        return None
    tests = [_estimating_test(each, analysis.measured.grouped.clusters) for each in (analysis.fit, analysis.baseline)]
    if tests[0] is None or tests[1] is None:
        return None
    n_groups = analysis.fit.layout.n_groups
    n = analysis.n_obs - n_groups if isinstance(analysis.fit, OrderedFit) else analysis.n_obs
    return robust_indices(tests[0], tests[1], n, n_groups)


def _estimating_test(fit: ContinuousFit | OrderedFit, clusters: Clusters) -> tuple[float, ChiSquare] | None:
    """Return the statistic and the scaled test whose distance estimates the population's; None where there is none."""
    if isinstance(fit, OrderedFit):
        return categorical_likelihood_test(fit) if fit.layout.n_groups == 1 else None
    if not all(each.is_complete for each in fit.likelihood.samples):
        return corrected_test(fit, clusters)
    return None if fit.scaled is None else (fit.standard.statistic, fit.scaled)
