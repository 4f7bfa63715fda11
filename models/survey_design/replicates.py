"""Replicate weights: jackknife, balanced half-samples and bootstrap, and estimates through them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.identification import ModelDataError
from models.survey_design.design import SurveyDesign
from models.survey_design.estimated import Estimated, Method, Statistic, labelled
from models.survey_design.stages import Level

Centre = Literal["replicates", "estimate"]
FEWEST_REPLICATES = 2


@dataclass(frozen=True, eq=False)
class Replicates:
    """A design with R sets of weights, whose estimates vary as the estimate does over samples.

    Attributes:
        design: What they were made from.
        weights: n x R.
        scales: R; what the squared distance of a replicate's estimate counts.
        method: How they were made.
    """

    design: SurveyDesign
    weights: Matrix
    scales: Vector
    method: Method

    def recalibrated(self, calibrate: Callable[[Vector], Vector]) -> "Replicates":
        """Return the design with weights, and every replicate of them, calibrated the same way.

        Args:
            calibrate: n weights → n calibrated weights; rows of weight 0 stay at 0.
        """
        columns = [_kept(calibrate, column) for column in self.weights.T]
        return replace(
            self, design=self.design.reweighted(calibrate(self.design.weights)), weights=np.column_stack(columns)
        )


def _kept(calibrate: Callable[[Vector], Vector], weights: Vector) -> Vector:
    return np.where(weights > 0, calibrate(weights), 0.0)


def jackknife(design: SurveyDesign) -> Replicates:
    """Leave out each unit of the first stage in turn: JK1 with one stratum, JKn with more.

    The other units of its stratum count m / (m - 1) times; a replicate's scale is (1 - f)(m - 1) / m.

    Raises:
        ModelDataError: When a stratum has a single unit (unless the design takes it as certain), or later stages count.

    References:
        Rust and Rao (1996), Statistical Methods in Medical Research 5, 283-310. R: ``as.svrepdesign(type = "JK1")``,
        ``"JKn"``.
    """
    level = _first_level(design)
    units = np.flatnonzero(_is_varied(level, design)[level.stratum_of_unit])
    strata = level.stratum_of_unit[units]
    m = level.n_units[strata]
    in_stratum = level.stratum_of_unit[level.units][:, None] == strata
    factors = np.where(in_stratum, m / (m - 1), 1.0)
    factors[level.units[:, None] == units] = 0.0
    scales = (1 - level.share_drawn[strata]) * (m - 1) / m
    method: Method = "jackknife_1" if len(level.n_units) == 1 else "jackknife_n"
    return Replicates(design, design.weights[:, None] * factors, scales, method)


def balanced(design: SurveyDesign, fay: float = 0.0) -> Replicates:
    """Take half of every pair of units in turn, balanced over strata (BRR), or weigh both halves (Fay).

    Units count 2 - fay or fay times by the signs of a Hadamard matrix, whose order R is the least power of 2 above the
    number of strata; every scale is 1 / (R (1 - fay)^2).

    Args:
        design: Two units of the first stage in every stratum, drawn with replacement.
        fay: From 0 (half-samples) to below 1.

    Raises:
        ModelDataError: When a stratum has not two units, units have a finite population, or fay is out of range.

    References:
        McCarthy (1969), Review of the International Statistical Institute 37(3), 239-264; Dippo, Fay and Morganstein
        (1984), Proceedings of the Survey Research Methods Section, 489-494. R: ``as.svrepdesign(type = "BRR")``,
        ``type = "Fay", fay.rho``.
    """
    level = _first_level(design)
    if not 0 <= fay < 1:
        raise ModelDataError(f"fay is {fay:g}; expected 0 (half-samples) to below 1")
    if not (level.n_units == 2).all():  # noqa: PLR2004 - a pair
        at = int(np.flatnonzero(level.n_units != 2)[0])  # noqa: PLR2004
        raise ModelDataError(
            f"{level.labels[at]} has {counted(int(level.n_units[at]), 'sampled unit')}; balanced replicates expect two "
            "in every stratum; use the jackknife or bootstrap of units"
        )
    if (level.share_drawn > 0).any():
        raise ModelDataError(
            "balanced replicates know no finite population; leave population sizes out of the design (errors are then "
            "rather too large), or use the jackknife or bootstrap of units"
        )
    signs = _hadamard(len(level.n_units))
    first = np.unique(level.stratum_of_unit, return_index=True)[1]
    side = np.where(np.isin(np.arange(len(level.stratum_of_unit)), first), 1.0, -1.0)
    of_units = signs[level.stratum_of_unit] * side[:, None]
    factors = (1 + (1 - fay) * of_units)[level.units]
    n_replicates = signs.shape[1]
    scales = np.full(n_replicates, 1 / (n_replicates * (1 - fay) ** 2))
    return Replicates(design, design.weights[:, None] * factors, scales, "balanced")


def _hadamard(n_strata: int) -> Matrix:
    """Return rows of signs, one a stratum, orthogonal to each other and to 1."""
    matrix = np.ones((1, 1))
    while len(matrix) <= n_strata:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix[1 : n_strata + 1]


def bootstrap(design: SurveyDesign, n_replicates: int, rng: np.random.Generator) -> Replicates:
    """Draw m - 1 of the m units of every stratum with replacement, weights rescaled (Rao and Wu).

    A unit drawn t times counts 1 - l + l t m / (m - 1) times, l = root of 1 - f; every scale is 1 / (R - 1).

    Args:
        design: Two or more units of the first stage in every stratum.
        n_replicates: R.
        rng: Where draws come from.

    Raises:
        ModelDataError: As ``jackknife``.

    References:
        Rao and Wu (1988), Journal of the American Statistical Association 83, 231-241; Rao, Wu and Yue (1992), Survey
        Methodology 18(2), 209-217. R: ``as.svrepdesign(type = "subbootstrap")`` (without finite populations).
    """
    if n_replicates < FEWEST_REPLICATES:
        raise ModelDataError(
            f"{n_replicates} replicates; expected {FEWEST_REPLICATES} or more, such as 500; ask for more"
        )
    level = _first_level(design)
    is_varied = _is_varied(level, design)
    factors = np.ones((len(level.stratum_of_unit), n_replicates))
    for stratum in np.flatnonzero(is_varied):
        m = int(level.n_units[stratum])
        times = rng.multinomial(m - 1, np.full(m, 1 / m), size=n_replicates).T
        root = np.sqrt(1 - level.share_drawn[stratum])
        factors[level.stratum_of_unit == stratum] = 1 - root + root * times * (m / (m - 1))
    scales = np.full(n_replicates, 1 / (n_replicates - 1))
    return Replicates(design, design.weights[:, None] * factors[level.units], scales, "bootstrap")


def replicated_estimate(replicates: Replicates, statistic: Statistic, centre: Centre = "replicates") -> Estimated:
    """Estimate a statistic of the design's subpopulation, with its covariance from the replicates.

    V = sum of scale (t_r - c)(t_r - c)', c the mean of the replicates' estimates or the estimate itself.

    Args:
        replicates: R sets of weights.
        statistic: What is estimated, anew with each.
        centre: c; ``estimate`` gives the larger variance.

    Raises:
        ModelDataError: When the statistic cannot be estimated with the weights or one of the replicates.

    References:
        Wolter (2007), Introduction to Variance Estimation, 2nd ed. R: ``svrVar(mse = FALSE)`` for ``replicates``,
        ``mse = TRUE`` for ``estimate``.
    """
    design = replicates.design
    with on_one_thread():
        values = statistic.estimate(design.domain_weights)
        found = np.array([_estimated(statistic, replicates, place) for place in range(len(replicates.scales))])
        distances = found - (found.mean(axis=0) if centre == "replicates" else values)
        covariance = (distances * replicates.scales[:, None]).T @ distances
    return labelled(design, statistic, values, covariance, replicates.method)


def _estimated(statistic: Statistic, replicates: Replicates, place: int) -> Vector:
    weights = np.where(replicates.design.in_domain, replicates.weights[:, place], 0.0)
    try:
        return statistic.estimate(weights)
    except ModelDataError as error:
        raise ModelDataError(
            f"replicate {place + 1} of {len(replicates.scales)} cannot be estimated: {error}; or use linearisation"
        ) from error


def _first_level(design: SurveyDesign) -> Level:
    """Return the first stage; ModelDataError when replicates of it would not tell the whole variance."""
    if design.calibrations:
        raise ModelDataError(
            "the weights are calibrated, and replicates of them would not know it; make replicates from the design "
            "before calibration and calibrate each of them (recalibrated)"
        )
    first, *later = design.levels
    if later and (later[0].reached > 0).any():
        raise ModelDataError(
            "with population sizes, later stages of sampling add to variances, which replicates of the first stage "
            "would miss; use linearisation, or leave population sizes out of the design (errors are then rather too "
            "large)"
        )
    if (first.n_seen < first.n_units).any():
        raise ModelDataError(
            "some units that were drawn have no row, so no replicate can leave them out; give the rows of the whole "
            "sample and tell the subpopulation by domain, or use linearisation"
        )
    return first


def _is_varied(level: Level, design: SurveyDesign) -> NDArray[np.bool_]:
    """Return which strata have units that replicates leave out, H."""
    if level.is_lonely.any() and design.lonely != "certainty":
        at = int(np.flatnonzero(level.is_lonely)[0])
        raise ModelDataError(
            f"{level.labels[at]} has a single sampled unit, so no replicate can leave it out; join it with a stratum "
            "alike, say certainty where there was no other unit to draw, or use linearisation"
        )
    return np.greater(level.n_units, 1)
