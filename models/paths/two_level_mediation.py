r"""Mediation across levels: indirect effects within organisations and between them.

Paths within are regressions by the covariances of members' deviations, paths between by the covariances of latent
means of organisations (``two_level``). A variable that is the same for all members has paths between alone: 2-1-1,
2-2-1 and 1-1-1 are told apart by which variables those are. Slopes are the same in all organisations.

References:
    Preacher, Zyphur and Zhang (2010), Psychological Methods 15, 209-233; Zhang, Zyphur and Preacher (2009),
    Organizational Research Methods 12, 695-719. Mplus: ``TYPE = TWOLEVEL``; Monte Carlo intervals of Preacher and
    Selig (2012).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.paths.effects import Effect, errors_of, values_of
from models.paths.equations import Equations, Rows, rows_of
from models.paths.intervals import drawn_coefficients
from models.paths.judged import Judged
from models.paths.level_slopes import LevelSlopes, TwoLevelMediation, refuse_same_means
from models.paths.two_level import TwoLevelEstimate, estimate_two_level, two_level_sample
from models.regression.identification import ModelDataError

SAME = 1e-9
FEW_GROUPS = 30
LEAST_RELIABILITY = 0.3
LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True, eq=False)
class TwoLevelFit:
    """A mediation across levels and what was found.

    Attributes:
        stated: What was stated.
        n_obs: Complete rows.
        n_dropped: Rows left out for a missing value.
        n_organisations: Organisations.
        log_likelihood: Of the covariances at both levels.
        components: One row a variable: variable, within, between (variances), icc_1, reliability (of the mean of the
            harmonic mean size).
        paths: One row a slope: level, equation, term, estimate, std_error, df (NaN: normal), statistic, p_value,
            conf_low, conf_high.
        effects: As of ``models.paths.mediated.MediationFit``, names beginning with their level; ``contextual`` is
            between less within.
        intervals: Likewise; ``delta`` and ``monte_carlo``.
        problems: Reasons to distrust: ``not_converged``, ``starts_disagree``, ``few_organisations``,
            ``unreliable_means of ...``.
    """

    stated: TwoLevelMediation
    n_obs: int
    n_dropped: int
    n_organisations: int
    log_likelihood: float
    components: pd.DataFrame
    paths: pd.DataFrame
    effects: pd.DataFrame
    intervals: pd.DataFrame
    problems: tuple[str, ...]


@dataclass(frozen=True)
class TwoLevelInference:
    """How effects across levels are judged.

    Attributes:
        is_robust: Whether errors come from the scores of organisations, whatever the distribution.
        n_draws: Draws for the Monte Carlo interval; 0 for none.
        confidence_level: Of all intervals.
    """

    is_robust: bool = True
    n_draws: int = 200_000
    confidence_level: float = 0.95


def fit_two_level(
    stated: TwoLevelMediation,
    data: pd.DataFrame,
    organisations: pd.Series,
    generator: np.random.Generator,
    inference: TwoLevelInference | None = None,
    clusters: pd.Series | None = None,
) -> TwoLevelFit:
    """Estimate the paths of a mediation within and between organisations, and its effects.

    Args:
        stated: Mediation and levels.
        data: One row a member, numbers, missing as NA; rows with a missing value are left out and counted.
        organisations: Organisation of each row.
        generator: Source of draws.
        inference: Kind of errors, draws, level.
        clusters: What holds organisations together, as where each is one in a wave; None where they are independent.

    Raises:
        ModelDataError: If there are too few organisations, levels are not as stated, or organisations do not differ
            in a regressor beyond chance.
    """
    chosen = inference or TwoLevelInference()
    with on_one_thread():
        between = stated.equations(is_within=False)
        rows = rows_of(data, between, organisations)
        values = rows.of(stated.variables)
        is_row = np.array([stated.is_within(each) for each in stated.variables])
        _refuse_levels(stated, values, rows)
        sample = two_level_sample(values - values.mean(axis=0), rows.clusters, is_row)
        refuse_same_means(stated, sample)
        found = estimate_two_level(
            sample, is_robust=chosen.is_robust, outer=_outer(data, between, organisations, clusters)
        )
        slopes = LevelSlopes(stated, found)
        slopes.refuse_undifferent()
        coefficients, covariance = slopes.coefficients(), slopes.covariance()
        effects = slopes.effects()
        judged = _judged(effects, coefficients, covariance, chosen, generator)
        components = _components(stated, found)
        return TwoLevelFit(
            stated=stated,
            n_obs=len(values),
            n_dropped=rows.n_dropped,
            n_organisations=sample.n_groups,
            log_likelihood=found.log_likelihood,
            components=components,
            paths=slopes.table(coefficients, covariance, chosen.confidence_level),
            effects=judged.table(),
            intervals=judged.intervals(),
            problems=_problems(found, components),
        )


def _outer(
    data: pd.DataFrame, between: Equations, organisations: pd.Series, clusters: pd.Series | None
) -> NDArray[np.intp] | None:
    """Return the cluster of each organisation among the complete rows, in the order of their numbers."""
    if clusters is None:
        return None
    values = data[list(between.variables)].to_numpy(dtype=float, na_value=np.nan)
    is_used = np.isfinite(values).all(axis=1) & organisations.notna().to_numpy()
    pairs = pd.DataFrame({"organisation": organisations[is_used], "cluster": clusters[is_used]}).drop_duplicates()
    if pairs["organisation"].duplicated().any() or pairs["cluster"].isna().any():
        raise ModelDataError("an organisation lies in several clusters or in none; expected one; name its cluster")
    return np.asarray(pd.factorize(pairs.sort_values("organisation")["cluster"], sort=True)[0])


def _refuse_levels(stated: TwoLevelMediation, values: Matrix, rows: Rows) -> None:
    n_groups, fewest = rows.n_clusters or 0, len(stated.variables) + 3
    if n_groups < fewest:
        raise ModelDataError(
            f"{n_groups} organisations for {len(stated.variables)} variables; expected at least {fewest}; take out "
            "variables, or report effects within organisations alone"
        )
    if n_groups == len(values):
        raise ModelDataError("every organisation has one member; expected several; fit the mediation to organisations")
    sizes = np.bincount(rows.clusters)
    for place, name in enumerate(stated.variables):
        own = values[:, place]
        means = np.bincount(rows.clusters, weights=own) / sizes
        is_same = bool(np.abs(own - means[rows.clusters]).max() <= SAME * max(float(np.abs(own).max()), 1.0))
        if is_same and stated.is_within(name):
            raise ModelDataError(f"'{name}' is the same for all members everywhere; name it in of_organisations")
        if not is_same and not stated.is_within(name):
            raise ModelDataError(f"'{name}' differs between members; expected one value an organisation; see its level")


def _judged(
    effects: tuple[Effect, ...],
    coefficients: Vector,
    covariance: Matrix,
    inference: TwoLevelInference,
    generator: np.random.Generator,
) -> Judged:
    empty = np.empty((0, len(effects)))
    drawn = empty
    if inference.n_draws:
        drawn = values_of(effects, drawn_coefficients(coefficients, covariance, inference.n_draws, generator))
    values, errors = values_of(effects, coefficients[None])[0], errors_of(effects, coefficients, covariance)
    return Judged(effects, values, errors, empty, empty, drawn, inference.confidence_level)


def _components(stated: TwoLevelMediation, found: TwoLevelEstimate) -> pd.DataFrame:
    is_row = found.likelihood.sample.is_row
    within: NDArray[np.float64] = np.zeros(len(is_row))
    within[is_row] = np.diagonal(found.within)
    between = np.diagonal(found.between)
    size = 1 / float((1 / found.likelihood.sample.sizes).mean())
    return pd.DataFrame(
        {
            "variable": list(stated.variables),
            "within": within,
            "between": between,
            "icc_1": between / (between + within),
            "reliability": between / (between + within / size),
        }
    )


def _problems(found: TwoLevelEstimate, components: pd.DataFrame) -> tuple[str, ...]:
    named = [] if found.has_converged else ["not_converged"]
    named += [] if found.starts_agree else ["starts_disagree"]
    named += ["few_organisations"] if found.likelihood.sample.n_groups < FEW_GROUPS else []
    weak = components.loc[components["reliability"] < LEAST_RELIABILITY, "variable"]
    return (*named, *(f"unreliable_means of {each}" for each in weak))
