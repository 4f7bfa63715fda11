"""A panel in words → the rows that its estimator solves, their clusters, and tests of its unit effects."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Matrix
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import ClusterCovariance, cluster_covariance
from models.regression.design import INTERCEPT, ORDER_OF_WAVES, Design
from models.regression.identification import ModelDataError, find_dependencies, in_words, refuse_few
from models.regression.panel.comparisons import hausman_test, with_unit_means
from models.regression.panel.data import Panel
from models.regression.panel.estimators import (
    changes_of,
    fit_between,
    fit_first_differences,
    fit_random_effects,
    fit_within,
)
from models.regression.panel.fits import PanelFit
from models.regression.posed import Clusters, Posed, codes_of, pose
from models.regression.wald import WaldTest, corrected_wald_test
from models.sections.inference import Estimator
from models.sections.panel import Panel as PanelWords

OF_MEANS = "_unit_mean"
OF_WAVES = "wave["
"""Indicators of waves have no unit means: these would only tell in which waves a unit answered."""
FEWEST_WAVES = 2


def pose_panel(design: Design, estimator: Estimator, words: PanelWords, fewest_beyond: int = 1) -> Posed:
    """Solve a regression of units in waves.

    Args:
        design: What it is computed from; rows of the same unit go together.
        estimator: ``within``, ``between``, ``within_between``, ``random_effects`` or ``first_differences``.
        words: What a unit is.
        fewest_beyond: How many more transformed rows than coefficients are asked for.

    Returns:
        The solution, with the diagnostics of the estimator:

        - n_units, fewest_rows_a_unit, most_rows_a_unit (within, random effects): how far the panel is balanced.
        - variance_of_units, variance_within, least_share, largest_share (random effects): Swamy and Arora's variances,
          and the shares theta of their means that are taken from the units.
        - hausman_chi2, hausman_df, hausman_p (random effects): Hausman's test with classical variances; NaN where the
          covariances do not differ by a positive definite matrix.
        - context_f, context_df, context_df_resid, context_p (random effects, within-between): test that the units'
          means of the regressors, indicators of waves aside, add nothing, clustered as the model is or on units (CR2,
          AHT): Hausman's question, safe under unequal variances.
        - n_alone (within, first differences): rows of units that were seen once, left out.

    Raises:
        ModelDataError: If the panel cannot carry the estimator.
    """
    units = codes_of(design.rows[words.column])
    _refuse_one_wave(design, words)
    clusters = tuple(codes_of(design.clusters[name]) for name in design.clusters)
    sizes = np.bincount(units)
    found = {
        "n_units": float(len(sizes)),
        "fewest_rows_a_unit": float(sizes.min()),
        "most_rows_a_unit": float(sizes.max()),
    }
    if estimator == "within":
        posed = pose(design, (words.column,), fewest_beyond)
        return replace(posed, estimator=estimator, found=found | posed.found)
    panel = _panel(design, units, words)
    terms = tuple(str(term) for term in design.matrix.drop(columns=INTERCEPT))
    if estimator == "between":
        posed = _between(panel, terms, clusters)
    elif estimator == "first_differences":
        posed = _differences(panel, terms, clusters)
        found["n_alone"] = float(design.n_alone)
    else:
        posed = _random(panel, terms, clusters, has_means=estimator == "within_between")
    solution = posed.solution
    refuse_few(solution.n_obs, solution.n_coefficients, fewest_beyond)
    return replace(posed, estimator=estimator, found=found | posed.found)


def _refuse_one_wave(design: Design, words: PanelWords) -> None:
    if words.unit != "respondent":
        return
    waves = design.rows["wave"].unique()
    if len(waves) < FEWEST_WAVES:
        raise ModelDataError(
            f"all {counted(len(design.rows), 'row')} are of the wave {waves[0]}; expected two waves or more, as nobody "
            "can be followed through one; widen population.waves or use estimator linear"
        )
    n_twice = int(design.rows.duplicated([words.column, "wave"]).sum())
    if n_twice:
        raise ModelDataError(
            f"{counted(n_twice, 'row')} of a respondent in a wave that has one already; expected one row a respondent "
            "and wave; link the waves by a unique key or leave repeated responses out"
        )


def _panel(design: Design, units: NDArray[np.intp], words: PanelWords) -> Panel:
    """Return the panel; where no order is asked for, rows of a unit are counted through."""
    if ORDER_OF_WAVES in design.rows:
        waves = design.rows[ORDER_OF_WAVES].rank(method="dense").astype(int).to_numpy() - 1
    else:
        waves = design.rows.groupby(words.column).cumcount().to_numpy()
    matrix = design.matrix.drop(columns=INTERCEPT).to_numpy()
    return Panel(design.outcome.to_numpy(), matrix, units, np.asarray(waves, dtype=np.intp))


def _refuse_dependent(values: Matrix, terms: tuple[str, ...], rows: str) -> None:
    """Raise ModelDataError when transformed regressors cannot be told apart from each other or from the intercept."""
    columns = pd.DataFrame(np.column_stack([np.ones(len(values)), values]), columns=[INTERCEPT, *terms])
    if dependencies := find_dependencies(columns):
        told = "; ".join(in_words(term, parts, rows) for term, parts in dependencies.items())
        raise ModelDataError(
            f"the coefficients cannot be told apart among {rows}: {told}; take one of them out of the model"
        )


def _between(panel: Panel, terms: tuple[str, ...], clusters: Clusters) -> Posed:
    if panel.n_units > len(terms) + 1:
        _refuse_dependent(panel.means(panel.regressors), terms, "means of units")
    fit = fit_between(panel)
    means = panel.means(panel.outcome[:, None])[:, 0]
    of_units = tuple(_of_units(codes, panel.units) for codes in clusters)
    return _posed(fit, (INTERCEPT, *terms), fit.solved.rows, means, of_units)


def _differences(panel: Panel, terms: tuple[str, ...], clusters: Clusters) -> Posed:
    fixed = [f"'{term}'" for term, varies in zip(terms, panel.varies_within, strict=True) if not varies]
    if fixed:
        raise ModelDataError(
            f"{', '.join(fixed)} never changes within a unit, so that its changes tell nothing; take it out of the "
            "model, or use estimator random_effects or within_between"
        )
    _refuse_dependent(changes_of(panel, panel.regressors), terms, "changes of units")
    fit = fit_first_differences(panel)
    outcome = fit.solved.rows @ fit.solved.coefficients + fit.solved.residuals
    of_units = [_of_units(codes, panel.units) for codes in clusters]
    changed = np.repeat(np.arange(panel.n_units), panel.sizes.astype(int) - 1)
    of_changes = tuple(codes_of(pd.Series(codes[changed])) for codes in of_units)
    return _posed(fit, (INTERCEPT, *terms), fit.solved.rows, outcome, of_changes)


def _random(panel: Panel, terms: tuple[str, ...], clusters: Clusters, *, has_means: bool) -> Posed:
    within_clusters = clusters[0] if clusters else panel.units
    has_mean = panel.varies_within & ~np.array([term.startswith(OF_WAVES) for term in terms])
    means = [f"{term}{OF_MEANS}" for term, has in zip(terms, has_mean, strict=True) if has]
    if not means and has_means:
        raise ModelDataError(
            "no regressor varies within units, so that there is no effect within them; expected one that changes "
            "between waves or between members; use estimator between or random_effects"
        )
    found: dict[str, float] = {}
    extended = with_unit_means(panel, has_mean) if means else panel
    if means:
        _refuse_dependent(extended.regressors, (*terms, *means), "units and their means")
        found |= _context(fit_random_effects(extended), len(means), within_clusters)
    shown = extended if has_means else panel
    fit = fit_random_effects(shown)
    if not has_means and panel.varies_within.any():
        found = _hausman(panel, fit) | found
    components, shares = fit.components, fit.shares
    if components is not None and shares is not None:
        found |= {
            "variance_of_units": components.units,
            "variance_within": components.residual,
            "least_share": float(shares.min()),
            "largest_share": float(shares.max()),
        }
    named = (INTERCEPT, *terms, *(means if has_means else []))
    rows = np.column_stack([np.ones(panel.n_obs), shown.regressors])
    return replace(_posed(fit, named, rows, panel.outcome, clusters), found=found)


def _hausman(panel: Panel, random: PanelFit) -> dict[str, float]:
    within = replace(panel, regressors=panel.regressors[:, panel.varies_within])
    try:
        test = hausman_test(fit_within(within), random, panel)
    except ModelDataError:
        return {"hausman_chi2": np.nan, "hausman_df": float(panel.varies_within.sum()), "hausman_p": np.nan}
    return {"hausman_chi2": test.statistic, "hausman_df": float(test.df), "hausman_p": test.p_value}


def _context(fit: PanelFit, n_means: int, codes: NDArray[np.intp]) -> dict[str, float]:
    covariance: ClusterCovariance = cluster_covariance(cluster_moments(fit.solved, codes), "CR2")
    contrasts: Matrix = np.eye(fit.n_shown)[-n_means:]
    test: WaldTest = corrected_wald_test(fit.solved.coefficients, covariance, contrasts)
    return {
        "context_f": test.statistic,
        "context_df": float(test.df),
        "context_df_resid": test.df_resid,
        "context_p": test.p_value,
    }


def _of_units(codes: NDArray[np.intp], units: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the cluster of each unit, 0 to G - 1.

    Raises:
        ModelDataError: If a unit lies in several clusters.
    """
    pairs = np.unique(np.stack([units, codes]), axis=1)
    n_several = int((np.bincount(pairs[0]) > 1).sum())
    if n_several:
        raise ModelDataError(
            f"{counted(n_several, 'unit')} with rows in several clusters; expected units that lie within one; name the "
            "unit itself or a group that units never leave as cluster, or use estimator within"
        )
    return pairs[1]


def _posed(fit: PanelFit, terms: tuple[str, ...], rows: Matrix, outcome: Matrix, clusters: Clusters) -> Posed:
    return Posed(fit.estimator, terms, rows, outcome, fit.solved, clusters, fit.r_squared)
