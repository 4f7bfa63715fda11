"""Covariances of regression coefficients by their name in a model: definition, degrees of freedom, refusals."""

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import POWER_OF_FREE_SHARE, Clustered, cluster_covariance, decided_by_one_cluster
from models.regression.heteroskedastic import Heteroskedastic, classical_covariance, heteroskedastic_covariance
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty
from models.regression.least_squares import LeastSquares
from models.regression.two_way import two_way_covariance
from models.sections.inference import Covariance

DEFINITIONS: Mapping[Covariance, str] = {
    "classical": "s2 (X'X)^-1, t on n - k; R: vcov(lm(...))",
    "HC0": "M X' diag(e^2) X M, t on n - k; R: sandwich::vcovHC(type = 'HC0')",
    "HC1": "HC0 x n / (n - k), t on n - k; R: sandwich::vcovHC(type = 'HC1')",
    "HC2": "squared residuals over 1 - h, t on n - k; R: sandwich::vcovHC(type = 'HC2')",
    "HC3": "squared residuals over (1 - h)^2, t on n - k; R: sandwich::vcovHC(type = 'HC3')",
    "CR0": "sums of scores by cluster, t on G - 1; R: clubSandwich::vcovCR(type = 'CR0')",
    "CR1": "CR0 x G / (G - 1), normal distribution; R: lavaan::sem(estimator = 'MLR', cluster = )",
    "CR1S": "CR0 x G / (G - 1) x (n - 1) / (n - k), t on G - 1; R: clubSandwich::vcovCR(type = 'CR1S')",
    "CR2": "residuals times (I - H_gg)^-1/2, Satterthwaite t; R: clubSandwich::coef_test(vcov = 'CR2')",
    "CR3": "residuals times (I - H_gg)^-1, Satterthwaite t; R: clubSandwich::coef_test(vcov = 'CR3')",
    "jackknife": "(G - 1) / G x spread of estimates without each cluster; Fieller, t on G - k; R: none run",
    "stacked": "equations of answering and outcome together, t on G - 1 or n - k, or normal; R: none run: geex",
    "design": "strata, clusters and sizes of the population; t on clusters - strata + 1 - k; R: survey::svyglm, svyolr",
    "unit_jackknife": "sampled units left out in turn, t on units - strata; R: survey::as.svrepdesign(type = 'JKn')",
    "balanced_halves": "halves of pairs of units, balanced over strata; R: none run: as.svrepdesign(type = 'BRR')",
    "unit_bootstrap": "m - 1 of m units drawn by stratum (Rao and Wu), t on units - strata; R: none run",
}
LEVERAGE_OF_ONE = 1 - 1e-9


def estimate_uncertainty(
    fit: LeastSquares, kind: Covariance, clusters: tuple[NDArray[np.intp], ...], terms: tuple[str, ...]
) -> Uncertainty:
    """Estimate the covariance of least squares coefficients as a model asks for it.

    Args:
        fit: The fit, n rows, k coefficients.
        kind: A key of ``DEFINITIONS``.
        clusters: Codes of the clusters, 0 to G - 1, n each: none, one way, or two ways (with CR1S).
        terms: Names of the leading coefficients, which are those that are wanted, for messages.

    Raises:
        ModelDataError: If one response decides a coefficient by itself and the covariance is not defined for that.

    References:
        MacKinnon and White (1985), Journal of Econometrics 29(3), 305-325 (HC). Cameron and Miller (2015), Journal of
        Human Resources 50(2), 317-372 (CR1S, which is Stata's ``vce(cluster)``). Pustejovsky and Tipton (2018), Journal
        of Business and Economic Statistics 36(4), 672-683 (CR2, CR3).
    """
    k = len(terms)
    if len(clusters) == 0:
        _refuse_lonely_responses(fit, kind, terms)
        is_classical = kind == "classical"
        covariance = (
            classical_covariance(fit)
            if is_classical
            else heteroskedastic_covariance(fit, cast("Heteroskedastic", kind))
        )
        return Uncertainty(covariance[:k, :k], np.full(k, float(fit.df_resid)))
    if len(clusters) > 1:
        covariance, df, is_mended = two_way_covariance(fit, clusters[0], clusters[1], k)
        return Uncertainty(covariance, np.full(k, float(df)), df + 1, is_mended=is_mended)
    moments = cluster_moments(fit, clusters[0])
    found = cluster_covariance(moments, cast("Clustered", kind))
    is_corrected = POWER_OF_FREE_SHARE[cast("Clustered", kind)] < 0
    df = found.satterthwaite_df(np.eye(k, fit.n_coefficients)) if is_corrected else np.full(k, moments.n_clusters - 1.0)
    n_decided = int(decided_by_one_cluster(moments)[:k].sum())
    corrected = found if is_corrected else None
    return Uncertainty(found.covariance[:k, :k], df, moments.n_clusters, n_decided, corrected=corrected)


def _refuse_lonely_responses(fit: LeastSquares, kind: Covariance, terms: tuple[str, ...]) -> None:
    """Raise ModelDataError when HC2 or HC3 would divide by zero, because one response alone decides a coefficient."""
    if kind not in ("HC2", "HC3") or not (is_full := fit.leverage > LEVERAGE_OF_ONE).any():
        return
    sizes = np.abs(fit.rows)
    largest = sizes[is_full].max(axis=0)
    raise undefined_for_lonely(kind, terms, ((largest > 0) & (largest == sizes.sum(axis=0)))[: len(terms)])


def undefined_for_lonely(kind: Covariance, terms: tuple[str, ...], is_lonely: NDArray[np.bool_]) -> ModelDataError:
    """Say that single responses decide coefficients by themselves; is_lonely tells of each of the k terms."""
    listed = ", ".join(np.array(terms)[is_lonely]) or "several"
    return ModelDataError(
        f"{kind} is undefined: a single response decides a coefficient by itself ({listed}); "
        "expected every category to have two or more responses; merge or leave out the category, or use HC1"
    )
