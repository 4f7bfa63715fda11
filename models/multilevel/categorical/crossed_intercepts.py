"""Fit logit and ordered models with random intercepts of several factors, nested or crossed, by Laplace."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.multilevel.categorical.audit import Audit
from models.multilevel.categorical.components import variance_test
from models.multilevel.categorical.crossed_groups import CrossedGroups, put_in_crossed_groups
from models.multilevel.categorical.crossed_likelihood import CrossedEvaluated, CrossedLikelihood
from models.multilevel.categorical.plain import Plain, fit_plain
from models.multilevel.categorical.random_intercept import METHODS, ROUNDING, STARTS
from models.multilevel.categorical.refusals import refuse_unbounded, refuse_unreached
from models.multilevel.categorical.responses import Responses
from models.multilevel.categorical.search import Run, Search
from models.regression.categorical.maximise import GRADIENT_TOLERANCE


@dataclass(frozen=True, eq=False)
class CrossedFit:
    """A fitted model with random intercepts of F factors, the one with most groups first.

    Attributes:
        likelihood: What was maximised.
        terms: Names of the p coefficients; thresholds first where the outcome is ordered.
        coefficients: p.
        sds: Standard deviations of the random intercepts, F; exactly nought where a variance is.
        log_likelihood: By Laplace, with all constants.
        covariance: Inverse observed information of coefficients and standard deviations, (p + F) x (p + F); rows and
            columns of variances that are nought NaN.
        plain: The model without random intercepts.
        audit: How it was found.
        evaluated: The likelihood at the estimates.
    """

    likelihood: CrossedLikelihood
    terms: tuple[str, ...]
    coefficients: Vector
    sds: Vector
    log_likelihood: float
    covariance: Matrix
    plain: Plain
    audit: Audit
    evaluated: CrossedEvaluated

    @property
    def responses(self) -> Responses:
        """The rows."""
        return self.likelihood.responses

    @property
    def groups(self) -> CrossedGroups:
        """The groups."""
        return self.likelihood.groups

    @property
    def point(self) -> Vector:
        """Coefficients and standard deviations, p + F."""
        return np.append(self.coefficients, self.sds)

    @property
    def covariance_of_margins(self) -> Matrix:
        """The covariance for the delta method, every variance that is nought taken as known."""
        return np.nan_to_num(self.covariance)


def fit_crossed_intercepts(responses: Responses, factors: pd.DataFrame, names: Sequence[str]) -> CrossedFit:
    """Maximise Laplace's approximation of the likelihood with a random intercept of each factor.

    Searched as ``fit_random_intercept`` does. Groups of a nested factor need names of their own: team 1 of two firms
    is one team here.

    Args:
        responses: n rows (``BinomialRows``, ``OrderedResponses``).
        factors: n rows, one column a factor.
        names: Names of the p coefficients.

    Raises:
        SeparationError: If regressors foretell outcomes.
        ModelDataError: If groups are missing, too few or too small, the same for two factors, or foretell outcomes, or
            no maximum is reached.

    References:
        R: ``lme4::glmer(y ~ x + (1 | a) + (1 | b))``, ``ordinal::clmm``, where they converge.
    """
    rows, groups = put_in_crossed_groups(responses, factors)
    plain = fit_plain(rows, names)
    likelihood = CrossedLikelihood(rows, groups)
    search = Search(likelihood, plain.coefficients, plain.covariance)
    starts = [np.append(plain.coefficients, np.full(len(groups.names), sd)) for sd in STARTS]
    found = [search.quasi_newton(method, start) for method, start in zip(METHODS, starts, strict=True)]
    _, point = max(found, key=lambda each: each[0].log_likelihood)
    kept = _positive(likelihood, point)
    runs = (*(run for run, _ in found), Run("none", 0, 0.0, plain.log_likelihood, 0.0, 0.0))
    top, point, covariance = _topped(likelihood, plain, point, kept)
    sds = point[len(names) :]
    share = float(sds @ sds) / (float(sds @ sds) + rows.latent_variance)
    refuse_unbounded(share, "' and '".join(groups.names))
    return CrossedFit(
        likelihood=likelihood,
        terms=tuple(names),
        coefficients=point[: len(names)],
        sds=sds,
        log_likelihood=top.log_likelihood if kept else plain.log_likelihood,
        covariance=covariance,
        plain=plain,
        audit=Audit((*runs, top), top) if kept else Audit(runs, runs[-1]),
        evaluated=likelihood.at(point),
    )


def components_of(fit: CrossedFit, confidence_level: float = 0.95) -> pd.DataFrame:
    """Describe the random intercepts of a fit.

    Args:
        fit: The fit.
        confidence_level: Of the intervals.

    Returns:
        One row a factor: factor, n_groups, variance, sd, sd_error, sd_low, sd_high (computed on its logarithm), icc
        (share of the latent variance), lr_statistic and lr_p_value (of the model without this factor; equal parts of
        nought and chi-square with 1 df), is_nought. Errors and intervals are NaN where the variance is nought.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    sds, within = fit.sds, fit.responses.latent_variance
    errors = np.sqrt(np.diag(fit.covariance))[len(fit.coefficients) :]
    reach = np.exp(float(ndtri((1 + confidence_level) / 2)) * errors / np.where(sds > 0, sds, np.nan))
    tests = [variance_test(fit.log_likelihood, _best_without(fit, factor)) for factor in range(len(sds))]
    return pd.DataFrame(
        {
            "factor": fit.groups.names,
            "n_groups": fit.groups.sizes,
            "variance": sds**2,
            "sd": sds,
            "sd_error": errors,
            "sd_low": sds / reach,
            "sd_high": sds * reach,
            "icc": sds**2 / (float(sds @ sds) + within),
            "lr_statistic": [statistic for statistic, _ in tests],
            "lr_p_value": [p_value for _, p_value in tests],
            "is_nought": sds == 0,
        }
    )


def crossed_predicted_intercepts(fit: CrossedFit) -> pd.DataFrame:
    """Return each group's most likely intercept given all responses.

    Returns:
        One row a factor and group: factor, group, intercept, conditional_sd (parameters taken as known).
    """
    parts = [fit.groups.parts(each) for each in (fit.evaluated.modes, np.sqrt(fit.evaluated.variances))]
    tables = [
        pd.DataFrame({"factor": name, "group": labels, "intercept": sd * modes, "conditional_sd": sd * errors})
        for name, labels, sd, modes, errors in zip(fit.groups.names, fit.groups.labels, fit.sds, *parts, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _positive(likelihood: CrossedLikelihood, point: Vector) -> list[int]:
    """Return the factors without which the likelihood at a point would be smaller."""
    n_factors = len(likelihood.groups.names)
    kept = list(range(n_factors))
    value = likelihood.at(point).log_likelihood
    for factor in range(n_factors):
        without = point.copy()
        without[len(point) - n_factors + factor] = 0.0
        if likelihood.at(without).log_likelihood >= value - ROUNDING * max(1.0, abs(value)):
            point = without
            kept.remove(factor)
    return kept


def _topped(likelihood: CrossedLikelihood, plain: Plain, point: Vector, kept: list[int]) -> tuple[Run, Vector, Matrix]:
    """Climb to the top with the kept factors; return the search, and point and covariance of all parameters."""
    p, size = len(plain.coefficients), len(point)
    places = [*range(p), *(p + factor for factor in kept)]
    whole, covariance = np.zeros(size), np.full((size, size), np.nan)
    if not kept:
        whole[:p], covariance[:p, :p] = plain.coefficients, plain.covariance
        return Run("none", 0, 0.0, plain.log_likelihood, 0.0, 0.0), whole, covariance
    reduced = CrossedLikelihood(likelihood.responses, likelihood.groups.only(kept))
    search = Search(reduced, plain.coefficients, plain.covariance)
    signs = np.append(np.ones(p), np.sign(point[places][p:]))
    run, maximum = search.newton(point[places] * signs)
    refuse_unreached(maximum.gradient_norm, GRADIENT_TOLERANCE, likelihood.responses.name)
    top = search.point(maximum.point)
    signs = np.append(np.ones(p), np.sign(top[p:]))
    whole[places] = top * signs
    covariance[np.ix_(places, places)] = (
        search.axes @ maximum.inverse_information @ search.axes.T * signs * signs[:, None]
    )
    return run, whole, covariance


def _best_without(fit: CrossedFit, factor: int) -> float:
    """Return the largest log-likelihood without one factor."""
    kept = [place for place, sd in enumerate(fit.sds) if place != factor and sd > 0]
    if fit.sds[factor] == 0:
        return fit.log_likelihood
    if not kept:
        return fit.plain.log_likelihood
    reduced = CrossedLikelihood(fit.responses, fit.groups.only(kept))
    search = Search(reduced, fit.plain.coefficients, fit.plain.covariance)
    run, _ = search.quasi_newton("BFGS", np.append(fit.coefficients, fit.sds[kept]))
    return max(run.log_likelihood, fit.plain.log_likelihood)
