"""A mediation fitted to responses: paths, effects and their intervals, in tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.missing_data.pooling import CompletedEstimates, PooledEstimates, pool_estimates
from models.one_thread import on_one_thread
from models.paths.effects import Effect, errors_of, values_of
from models.paths.equations import PathCovariance, Rows, Solved, rows_of, solve_equations
from models.paths.intervals import (
    FEWEST_DRAWS,
    drawn_coefficients,
)
from models.paths.judged import Judged
from models.paths.mediation import Mediation
from models.paths.resampling import resampled, unit_products, without_each
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty

MOST_UNDEFINED = 0.05
TWO_VALUES = 2
FEW_CLUSTERS = 50


@dataclass(frozen=True)
class Responses:
    """Responses and how they were drawn.

    Attributes:
        data: One row a response, numbers, missing as NA; rows with a missing value are left out and counted.
        clusters: Cluster of each row; whole clusters are resampled. None where rows are independent.
        weights: Weight of each row, on any scale; None: 1 each.
    """

    data: pd.DataFrame
    clusters: pd.Series | None = None
    weights: pd.Series | None = None


@dataclass(frozen=True)
class Inference:
    """How effects are judged.

    Attributes:
        covariance: Of paths; see ``models.paths.equations``. None: CR2 with clusters, else HC3.
        n_resamples: Bootstrap resamples; 0 for none.
        n_draws: Draws of coefficients for the Monte Carlo interval; 0 for none.
        confidence_level: Of all intervals.
    """

    covariance: PathCovariance | None = None
    n_resamples: int = 5_000
    n_draws: int = 200_000
    confidence_level: float = 0.95


@dataclass(frozen=True, eq=False)
class MediationFit:
    """A mediation and what was found.

    Attributes:
        mediation: What was stated.
        n_obs: Complete rows.
        n_dropped: Rows left out for a missing value.
        n_clusters: Clusters that were drawn as a whole; None without clusters.
        problems: Reasons to distrust intervals: ``few_clusters`` below 50, where resamples of clusters and normal
            draws are too narrow (with 40, 95 % intervals held .92 to .94); see the degrees of freedom of paths.
        n_undefined: Resamples in which some path could not be estimated, left out of intervals.
        paths: One row a coefficient: equation, term, estimate, std_error, df, statistic, p_value, conf_low, conf_high.
        effects: One row an effect: effect, kind, at (value of the moderator), estimate, std_error (delta), statistic,
            p_value (normal), boot_error (standard deviation of resamples; NaN of a proportion, which
            has none).
        intervals: One row an effect and method: effect, kind, at, method, conf_low, conf_high.
    """

    mediation: Mediation
    n_obs: int
    n_dropped: int
    n_clusters: int | None
    problems: tuple[str, ...]
    n_undefined: int
    paths: pd.DataFrame
    effects: pd.DataFrame
    intervals: pd.DataFrame


def fit_mediation(
    mediation: Mediation,
    responses: Responses,
    generator: np.random.Generator,
    *,
    at: tuple[float, ...] = (),
    inference: Inference | None = None,
) -> MediationFit:
    """Estimate the paths of a mediation by least squares and its effects with intervals.

    Args:
        mediation: What is stated.
        responses: Data, clusters and weights.
        generator: Source of resamples and draws; rows in any order give the same ones.
        at: Values of the moderator; by default its two values, or its mean and one standard deviation either side.
        inference: Covariance, numbers of draws and level.

    Raises:
        ModelDataError: If an equation has no unique solution, there are too few clusters or draws, or too many
            resamples have none.

    References:
        Hayes (2018). R: ``lavaan::sem`` with ``:=``, ``boot::boot.ci``.
    """
    chosen = inference or Inference()
    _refuse_few_draws(chosen)
    with on_one_thread():
        solved = _solved(mediation, responses, chosen)
        effects = mediation.effects(at or _values_of_moderator(mediation, solved.rows))
        return _fitted(mediation, solved, effects, chosen, generator)


def pool_mediation(
    mediation: Mediation, sets: Sequence[Responses], generator: np.random.Generator, inference: Inference
) -> tuple[MediationFit, PooledEstimates]:
    """Estimate the paths of a mediation in completed sets, pool them by Rubin's rules, and the effects from these.

    Effects are products of the pooled paths, with drawn coefficients and delta errors from their total covariance.

    Args:
        mediation: What is stated, without a moderator.
        sets: The same responses, completed once an imputation.
        generator: Source of draws.
        inference: Covariance, number of draws and level; without resamples.

    Returns:
        The fit, and the pooled paths.

    Raises:
        ModelDataError: As ``fit_mediation``.

    References:
        Rubin (1987), chapter 3; MacKinnon, Lockwood and Williams (2004), Multivariate Behavioral Research 39, 99-128.
    """
    _refuse_few_draws(inference)
    with on_one_thread():
        solved = [_solved(mediation, each, inference) for each in sets]
        terms = tuple(f"{outcome} <- {term}" for outcome, term in solved[0].equations.terms)
        pooled = pool_estimates(
            [CompletedEstimates(terms, each.coefficients, each.uncertainty.covariance, each.uncertainty.df)
             for each in solved]
        )  # fmt: skip
        uncertainty = Uncertainty(pooled.covariance, pooled.df, solved[0].uncertainty.n_clusters)
        joined = replace(solved[0], coefficients=pooled.estimates, uncertainty=uncertainty)
        return _fitted(mediation, joined, mediation.effects(()), inference, generator), pooled


def _solved(mediation: Mediation, responses: Responses, inference: Inference) -> Solved:
    equations = mediation.equations()
    rows = rows_of(responses.data, equations, responses.clusters, responses.weights)
    return solve_equations(equations, rows, _covariance_of(inference, rows))


def _fitted(
    mediation: Mediation,
    solved: Solved,
    effects: tuple[Effect, ...],
    inference: Inference,
    generator: np.random.Generator,
) -> MediationFit:
    judged, n_undefined = _judged(effects, solved, inference, generator)
    rows = solved.rows
    return MediationFit(
        mediation=mediation,
        n_obs=len(rows.values),
        n_dropped=rows.n_dropped,
        n_clusters=rows.n_clusters,
        problems=("few_clusters",) if (rows.n_clusters or FEW_CLUSTERS) < FEW_CLUSTERS else (),
        n_undefined=n_undefined,
        paths=solved.path_table(inference.confidence_level),
        effects=judged.table(),
        intervals=judged.intervals(),
    )


def _covariance_of(inference: Inference, rows: Rows) -> PathCovariance:
    if inference.covariance is None:
        return "CR2" if rows.has_clusters else "HC3"
    if rows.has_clusters and not inference.covariance.startswith("CR"):
        raise ModelDataError(
            f"covariance {inference.covariance} takes rows as independent and clusters were given; expected CR0 to "
            "CR3; use CR2, or leave clusters out"
        )
    return inference.covariance


def _refuse_few_draws(inference: Inference) -> None:
    for n, what in ((inference.n_resamples, "resamples"), (inference.n_draws, "draws")):
        if 0 < n < FEWEST_DRAWS:
            raise ModelDataError(
                f"{n} {what}: too few for an interval; expected 0 for none, or {FEWEST_DRAWS} and more"
            )


def _values_of_moderator(mediation: Mediation, rows: Rows) -> tuple[float, ...]:
    if not mediation.moderator:
        return ()
    values = rows.of((mediation.moderator,))[:, 0]
    distinct = np.unique(values)
    if len(distinct) == TWO_VALUES:
        return tuple(float(each) for each in distinct)
    middle, deviation = float(values.mean()), float(values.std(ddof=1))
    return (middle - deviation, middle, middle + deviation)


def _judged(
    effects: tuple[Effect, ...], solved: Solved, inference: Inference, generator: np.random.Generator
) -> tuple[Judged, int]:
    coefficients, covariance = solved.coefficients, solved.uncertainty.covariance
    again, left_out, drawn = (np.empty((0, len(effects))) for _ in range(3))
    n_undefined = 0
    if inference.n_resamples:
        units = unit_products(solved.equations, solved.rows)
        sets = resampled(units, inference.n_resamples, generator)
        is_defined = np.isfinite(sets).all(axis=1)
        n_undefined = int((~is_defined).sum())
        _refuse_undefined(n_undefined, inference.n_resamples)
        again, left_out = values_of(effects, sets[is_defined]), values_of(effects, _jackknife(without_each(units)))
    if inference.n_draws:
        drawn = values_of(effects, drawn_coefficients(coefficients, covariance, inference.n_draws, generator))
    values = values_of(effects, coefficients[None])[0]
    errors = errors_of(effects, coefficients, covariance)
    return Judged(effects, values, errors, again, left_out, drawn, inference.confidence_level), n_undefined


def _refuse_undefined(n_undefined: int, n_resamples: int) -> None:
    if n_undefined > MOST_UNDEFINED * n_resamples:
        raise ModelDataError(
            f"some path could not be estimated in {n_undefined} of {n_resamples} resamples; expected at most "
            f"{MOST_UNDEFINED:.0%}; few rows or clusters carry a variable: take it out, join categories, or ask for no "
            "resamples and use the Monte Carlo interval"
        )


def _jackknife(sets: Matrix) -> Matrix:
    if not np.isfinite(sets).all():
        raise ModelDataError(
            "without one row or cluster some path cannot be estimated; expected more than one that carries each "
            "variable: take the variable out, or ask for no resamples and use the Monte Carlo interval"
        )
    return sets
