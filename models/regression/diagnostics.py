"""Diagnostics of a linear regression: numbers that say when a person should look before believing.

A verdict of ``look`` is no error: it says which assumption or which response deserves attention.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.regression.categorical.margins_bootstrap import LARGEST_SHARE_FAILED
from models.regression.columns import Labels
from models.regression.covariance import LEVERAGE_OF_ONE
from models.regression.design import INTERCEPT, Design, lay_out, uses_of
from models.regression.inference import Uncertainty
from models.regression.least_squares import LeastSquares
from models.regression.posed import Posed
from models.regression.profile import profile_of
from models.regression.reading.assumptions import breusch_pagan_test, inflation_factors, moments_of, reset_test
from models.regression.sampled import effect_of_design
from models.regression.silent_rows import told_of_silent
from models.spec import RegressionSpec
from models.triangles import inverse_of_triangle

NO_REGRESSORS: Mapping[str, Sequence[int]] = MappingProxyType({})
LOOK_FROM = {
    "max_leverage": 0.9,
    "max_vif": 10.0,
    "condition_number": 30.0,
    "max_cooks_distance": 1.0,
    "decided_by_one_cluster": 1.0,
    "covariance_mended": 1.0,
    "n_alone": 1.0,
    "max_generalised_vif": 10.0,
    "without_finite_estimate": 1.0,
    "bootstrap_failed": LARGEST_SHARE_FAILED,
    **dict.fromkeys(("singular", "at_bound", "optimum_doubts", "improper_estimates", "resamples_undefined"), 1.0),
    "laplace_change": 0.1,
    "columns_not_settled": 1.0,
    "largest_fmi": 0.5,
    **dict.fromkeys(("forms_not_compared", "empty_categories"), 1.0),
}
LOOK_BELOW = {
    "breusch_pagan_p": 0.05,
    "least_category_n": 10.0,
    "n_clusters": 40.0,
    "least_df": 4.0,
    "proportional_odds_p": 0.05,
    "overdispersion_p": 0.05,
    "reset_p": 0.05,
    "least_outcome_n": 10.0,
    "responses_per_coefficient": 10.0,
    "hausman_p": 0.05,
    "context_p": 0.05,
    "n_groups": 10.0,
    "mean_reliability": 0.4,
    "reliability": 0.3,
    "cfi": 0.9,
    "weights_efficiency": 0.5,
}


def general_name(diagnostic: str) -> str:
    """Return what a diagnostic of one regressor is called without its name."""
    return diagnostic.split(" of ", maxsplit=1)[0]


def diagnose(
    design: Design, posed: Posed, uncertainty: Uncertainty, regressors: Mapping[str, Sequence[int]] = NO_REGRESSORS
) -> pd.DataFrame:
    """Compute the diagnostics of a least squares fit; with weights, of rows times the roots of their weights.

    Args:
        design: What was fitted: n responses, k coefficients.
        posed: What was solved; where effects were taken out or units averaged, of those rows.
        uncertainty: Covariance and degrees of freedom of the coefficients.
        regressors: Regressor → places of its columns, each column once.

    Returns:
        One row a diagnostic: diagnostic, value, threshold (NaN when there is none), verdict (``ok``, ``look``;
        ``none`` without threshold or value). In order:

        - max_leverage: largest diagonal value of the hat matrix, 0 to 1.
        - max_vif: largest variance inflation factor, 1 / (1 - R^2 of a column on the others).
        - condition_number: of the columns scaled to unit length, intercept included (Belsley, Kuh and Welsch 1980).
        - max_generalised_vif: largest generalised factor of a regressor with all its columns, to the power 1 / columns,
          so that it reads as a variance inflation factor; absent when no regressor has several columns.
        - breusch_pagan_p: p-value of Koenker's studentised test of constant variance; NaN without residual variation;
          absent where effects were taken out, which it does not know.
        - reset_p: p-value of Ramsey's test that squares and cubes of the fitted values explain nothing more, classical
          F; absent with weights and where effects were taken out, NaN without residual variation.
        - residual_skewness, residual_excess_kurtosis, jarque_bera_p: of the residuals, for information only: with
          robust covariances and many responses they need not be normal.
        - max_cooks_distance: with the classical variance; responses of leverage 1 have none.
        - n_parameters: coefficients, effects that were taken out included.
        - least_category_n: fewest responses with or without any 0/1 column; absent without such columns.
        - n_clusters: absent without clusters.
        - least_df: smallest degrees of freedom of a coefficient; absent without clusters. Below 4, a t test on
          Satterthwaite's degrees is not to be trusted (Pustejovsky and Tipton 2018).
        - decided_by_one_cluster: coefficients that one cluster decides by itself, whose standard errors are too small;
          absent without clusters or with two ways.
        - covariance_mended: 1 when negative eigenvalues of a two-way covariance were set to nought, else 0; only with
          two ways.
        - what the estimator tells of itself, such as r2_within; see ``models.regression.posed`` and ``panel.posed``.
        - design_effect, effective_n: how many times the design of the sample makes the variance of the outcome's mean
          that of as many rows drawn at random with replacement (Kish 1965), and the rows over it; with a design.
        - n_silent and what weights of response are like; see ``silent_rows.told_of_silent``.
        - n_responses: responses behind rows of organisations; absent where responses are the rows.
        - share_of_responses_used: of the population's rows, after leaving out missing values, 0 to 1.

    References:
        R: ``hatvalues``, ``car::vif``, ``lmtest::bptest``, ``cooks.distance``. Koenker (1981), Journal of Econometrics
        17(1), 107-112.
    """
    solution = posed.solution
    values = {
        "max_leverage": float(solution.leverage.max()),
        **of_columns(solution.factor, posed.terms, regressors),
        **({"breusch_pagan_p": _unequal_variance(solution)} if posed.is_plain else {}),
        **_of_form(solution, is_plain=posed.is_plain),
        "max_cooks_distance": _largest_cooks_distance(solution),
        "n_parameters": float(solution.n_coefficients + solution.n_absorbed),
        **counts_of_categories(design),
        **of_clusters(uncertainty),
        **posed.found,
        **effect_of_design(design.sample, design.outcome.to_numpy()),
        **told_of_silent(design.silent),
        **({"n_responses": float(len(design.data))} if _is_of_organisations(design) else {}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    return judged(values)


def _is_of_organisations(design: Design) -> bool:
    return not (design.data is design.rows or design.silent or design.sample)


def diagnose_categorical(design: Design, found: dict[str, float], uncertainty: Uncertainty) -> pd.DataFrame:
    """Add to what a categorical model found of itself what holds for every design; columns as ``diagnose``.

    Args:
        design: What was fitted.
        found: Diagnostic → value:

            - mcfadden_r2: 1 - log-likelihood over that of a model without regressors.
            - proportional_odds_p: p-value of the likelihood-ratio test that every regressor has one coefficient at all
              thresholds (ordered); with clusters of the Wald test with their covariance.
            - proportional_odds_p of a regressor: the same of that regressor alone.
            - overdispersion_p, dispersion: p-value of Cameron and Trivedi's test, and Pearson's chi-square over degrees
              of freedom (Poisson).
            - size, size_std_error: of variance m + m^2 / size (negative binomial).
            - without_finite_estimate: coefficients that have none without the penalty (Firth).
            - least_outcome_n: responses in the least category of the outcome.
            - responses_per_coefficient: those over the coefficients besides constants; below 10 estimates are biased
              (Peduzzi and others 1996); of an ordered outcome of the effective number of responses.
            - bootstrap_draws, bootstrap_failed: draws behind the bootstrap intervals, and the share that could not
              carry the model; beyond 5 % no interval is given.
        uncertainty: Covariance and degrees of freedom of the parameters.
    """
    return judged(
        {
            **found,
            "n_parameters": float(len(uncertainty.df)),
            **counts_of_categories(design),
            **of_clusters(uncertainty),
            **told_of_silent(design.silent),
            **effect_of_design(design.sample if set(design.outcome) <= {0.0, 1.0} else None, design.outcome.to_numpy()),
            "share_of_responses_used": len(design.rows) / design.n_in_population,
        }
    )


def leverage_of_design(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels) -> float:
    """Return the largest diagonal value of the hat matrix of a model's columns, 0 to 1, whatever its estimator.

    Args:
        spec: The model, variant applied.
        rows: The responses used, without a missing value.
        labels: Labels of categories.
    """
    matrix = lay_out(spec, rows, labels, profile_of(uses_of(spec), rows)).to_numpy(dtype=float)
    return float((np.linalg.qr(matrix)[0] ** 2).sum(axis=1).max())


def judged(values: dict[str, float]) -> pd.DataFrame:
    """Return diagnostics as rows with thresholds and verdicts; columns as ``diagnose``."""
    thresholds = {**LOOK_FROM, **LOOK_BELOW}
    limits = {name: thresholds.get(general_name(name), np.nan) for name in values}
    return pd.DataFrame(
        {
            "diagnostic": list(values),
            "value": list(values.values()),
            "threshold": list(limits.values()),
            "verdict": [_verdict(general_name(name), value) for name, value in values.items()],
        }
    )


def _verdict(name: str, value: float) -> str:
    if np.isnan(value) or name not in {**LOOK_FROM, **LOOK_BELOW}:
        return "none"
    needs_a_look = value < LOOK_BELOW[name] if name in LOOK_BELOW else value >= LOOK_FROM[name]
    return "look" if needs_a_look else "ok"


def of_columns(
    triangle: Matrix, terms: Sequence[str], regressors: Mapping[str, Sequence[int]] = NO_REGRESSORS
) -> dict[str, float]:
    """Return how far columns go together: max_vif, condition_number and max_generalised_vif of ``diagnose``.

    Args:
        triangle: R of the QR factors of the columns, those of the k terms first.
        terms: Names of the k; without an intercept, effects were taken out and columns are centred in their groups.
        regressors: Regressor → places of its columns, each column once.
    """
    back = inverse_of_triangle(triangle)
    bread = back @ back.T
    first = 1 if terms[0] == INTERCEPT else 0
    factors = (np.diag(bread) * (triangle[first:] ** 2).sum(axis=0))[first : len(terms)]
    return {
        "max_vif": float(factors.max()),
        "condition_number": float(np.linalg.cond(triangle / np.linalg.norm(triangle, axis=0))),
        **_generalised_inflation(bread, regressors),
    }


def _unequal_variance(solution: LeastSquares) -> float:
    return np.nan if _fits_exactly(solution) else breusch_pagan_test(solution).p_value


def _generalised_inflation(bread: Matrix, regressors: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Return the largest generalised factor to the power 1 / columns; nothing when each regressor has one column."""
    if all(len(places) == 1 for places in regressors.values()):
        return {}
    found = inflation_factors(bread, regressors)
    return {"max_generalised_vif": max(factor ** (1 / len(regressors[name])) for name, factor in found.items())}


def _of_form(solution: LeastSquares, *, is_plain: bool) -> dict[str, float]:
    """Return the test of the form and how residuals are distributed."""
    is_exact = _fits_exactly(solution)
    found: dict[str, float] = {}
    if solution.weights is None and is_plain:
        outcome = solution.rows @ solution.coefficients + solution.residuals
        found["reset_p"] = np.nan if is_exact else reset_test(solution, outcome).p_value
    skewness, excess, p_value = (np.nan,) * 3 if is_exact else moments_of(solution.residuals)
    return {**found, "residual_skewness": skewness, "residual_excess_kurtosis": excess, "jarque_bera_p": p_value}


def _fits_exactly(solution: LeastSquares) -> bool:
    outcome = solution.rows @ solution.coefficients + solution.residuals
    variation = float(((outcome - outcome.mean()) ** 2).sum())
    return float(solution.residuals @ solution.residuals) <= np.finfo(float).eps * variation


def _largest_cooks_distance(solution: LeastSquares) -> float:
    leverage = solution.leverage
    has_distance = leverage < LEVERAGE_OF_ONE
    if solution.sigma2 == 0 or not has_distance.any():
        return np.nan
    free = 1 - leverage[has_distance]
    largest = float((solution.residuals[has_distance] ** 2 * leverage[has_distance] / free**2).max())
    return largest / ((solution.n_coefficients + solution.n_absorbed) * solution.sigma2)


def of_clusters(uncertainty: Uncertainty) -> dict[str, float]:
    """Return what ``diagnose`` has of clusters: n_clusters, least_df, decided_by_one_cluster, covariance_mended."""
    if uncertainty.n_clusters is None:
        return {}
    found = {"n_clusters": float(uncertainty.n_clusters)}
    if np.isfinite(uncertainty.df).all():
        found["least_df"] = float(uncertainty.df.min())
    if uncertainty.n_decided is not None:
        found["decided_by_one_cluster"] = float(uncertainty.n_decided)
    if uncertainty.is_mended is not None:
        found["covariance_mended"] = float(uncertainty.is_mended)
    return found


def counts_of_categories(design: Design) -> dict[str, float]:
    """Return least_category_n of ``diagnose``."""
    found: dict[str, float] = {}
    others = design.matrix.iloc[:, 1:]
    indicators = others.loc[:, others.isin([0.0, 1.0]).all()]
    if not indicators.empty:
        ones = indicators.sum()
        found["least_category_n"] = float(min(ones.min(), (len(indicators) - ones).min()))
    return found
