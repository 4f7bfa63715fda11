"""Variances of survey estimates by Taylor linearisation: from influence values to a covariance, stage by stage."""

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import grouped_sums
from models.regression.identification import ModelDataError
from models.survey_design.design import Lonely, SurveyDesign
from models.survey_design.stages import Level


def linearised_covariance(design: SurveyDesign, influence: Matrix) -> Matrix:
    """Return the covariance of q estimates whose error is the sum of their influence values.

    V = sum over strata of p (1 - f) m / (m - 1) sum over units of (z - zbar)(z - zbar)', summed over the stages, with z
    the sums of influence values by unit, m units drawn, f their share of the population, and p the product of the
    shares drawn at the stages before. Without population sizes f = 0: then only the first stage counts (units as if
    drawn with replacement). What calibration explains is taken out first.

    Args:
        design: n rows.
        influence: n x q; weight times derivative of the estimate in the row's weight; 0 outside a subpopulation.

    Returns:
        q x q.

    Raises:
        ModelDataError: When a stratum has a single unit and the design says ``fail``, or ``average`` and there is no
            other stratum.

    References:
        Binder (1983), International Statistical Review 51(3), 279-292. Sarndal, Swensson and Wretman (1992), Model
        Assisted Survey Sampling, section 4.4. R: ``survey::svyrecvar``.
    """
    for calibration in design.calibrations:
        influence = calibration.residuals(influence)
    total = np.zeros((influence.shape[1], influence.shape[1]))
    for level in design.levels:
        if not level.reached.any():
            break
        total += _of_level(level, influence, design.lonely)
    return total


def _of_level(level: Level, influence: Matrix, lonely: Lonely) -> Matrix:
    sums = grouped_sums(influence, level.units)
    means = grouped_sums(sums, level.stratum_of_unit) / level.n_units[:, None]
    is_lonely = level.is_lonely & (level.reached > 0)
    if lonely == "adjust":
        means = np.where(is_lonely[:, None], 0.0, means)
    if lonely == "fail" and is_lonely.any():
        raise _lonely(level, is_lonely)
    centred = sums - means[level.stratum_of_unit]
    factors = level.reached * (1 - level.share_drawn) * level.n_units / np.maximum(level.n_units - 1, 1)
    if lonely == "average":
        factors = factors * _times_others(level, is_lonely)
    # units without rows have sums of nought, as far from the mean as it is from nought
    unseen = factors * (level.n_units - level.n_seen)
    seen = (centred * factors[level.stratum_of_unit][:, None]).T @ centred
    return np.asarray(seen + (means * unseen[:, None]).T @ means)


def _times_others(level: Level, is_lonely: NDArray[np.bool_]) -> Vector:
    """Return by which factor strata also stand for lonely ones of the same cluster of the stage before, H."""
    n_all = np.bincount(level.parent_of_stratum)
    n_others = np.bincount(level.parent_of_stratum, weights=~is_lonely)
    if (n_others[np.unique(level.parent_of_stratum[is_lonely])] == 0).any():
        raise ModelDataError(
            "every stratum has a single sampled unit, so there are no others whose average could stand for it; "
            "expected at least one with two or more; join strata, or say certainty or adjust"
        )
    return (n_all / np.maximum(n_others, 1))[level.parent_of_stratum]


def _lonely(level: Level, is_lonely: NDArray[np.bool_]) -> ModelDataError:
    count, first = int(is_lonely.sum()), level.labels[int(np.flatnonzero(is_lonely)[0])]
    others = f" and {count - 1} more" if count > 1 else ""
    return ModelDataError(
        f"{first}{others} has a single sampled unit, which tells nothing about how units vary there; expected two or "
        "more in every stratum; join it with a stratum alike, or say what it adds: adjust (cautious), average, or "
        "certainty (where there was no other unit to draw)"
    )
