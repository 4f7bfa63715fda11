"""A survey design: weights, stages of sampling, the subpopulation looked at, and what weights were calibrated to."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.survey_design.stages import Codes, Level, Stage, build_levels

Lonely = Literal["fail", "adjust", "average", "certainty"]
"""What a stratum with a single sampled unit adds to variances; see ``SurveyDesign.lonely``."""
LEAST_PART = 1e-10


@dataclass(frozen=True, eq=False)
class Calibration:
    """What weights were calibrated to: the part of a variable that auxiliaries explain has no error any more.

    Attributes:
        basis: n x r orthonormal columns that span the auxiliaries times the roots of the weights before.
        before: n weights before calibration.
        after: n weights after it.
    """

    basis: Matrix
    before: Vector
    after: Vector

    def residuals(self, influence: Matrix) -> Matrix:
        """Return n x q influence values without what the auxiliaries explain.

        With d the weights before, w after and z = influence / w: w times the residuals of z in its regression on the
        auxiliaries with weights d.

        References:
            Deville and Sarndal (1992), Journal of the American Statistical Association 87, 376-382. R:
            ``survey::calibrate``, ``survey::postStratify``; ``survey::rake`` once its margins hold.
        """
        roots = np.sqrt(self.before)
        scaled = influence * (roots / self.after)[:, None]
        return (scaled - self.basis @ (self.basis.T @ scaled)) * (self.after / roots)[:, None]


def calibration_to(auxiliaries: Matrix, before: Vector, after: Vector) -> Calibration:
    """Return what variances need of a calibration.

    Args:
        auxiliaries: n x q numbers whose totals the weights now meet: numbers, or a column of 0 and 1 a category of
            every margin (``models.weighting.calibration.margin_columns``). Columns may follow from others.
        before: n weights before calibration, above 0.
        after: n weights after it, above 0; before any trimming.
    """
    vectors, sizes, _ = np.linalg.svd(auxiliaries * np.sqrt(before)[:, None], full_matrices=False)
    return Calibration(vectors[:, sizes > LEAST_PART * sizes.max(initial=0.0)], before, after)


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """How n rows came into a sample.

    Attributes:
        weights: n, above 0; how many of the population a row stands for.
        levels: Stages of sampling, the first first.
        lonely: What a stratum with a single sampled unit of several adds to variances. ``fail``: nothing is estimated;
            ``adjust``: the unit's distance from nought, about which influence values of means, ratios and coefficients
            lie (too much rather than too little); ``average``: as much as other strata on average; ``certainty``:
            nothing, as if the stratum had no other unit.
        in_domain: n; whether a row belongs to the subpopulation. The others stay: they tell how many units were drawn.
        calibrations: What the weights were calibrated to, in this order.
    """

    weights: Vector
    levels: tuple[Level, ...]
    lonely: Lonely
    in_domain: NDArray[np.bool_]
    calibrations: tuple[Calibration, ...] = ()

    @property
    def domain_weights(self) -> Vector:
        """Weights, n; 0 outside the subpopulation."""
        return np.where(self.in_domain, self.weights, 0.0)

    @property
    def n_obs(self) -> int:
        """Rows of the subpopulation."""
        return int(self.in_domain.sum())

    @property
    def n_clusters(self) -> int:
        """Units of the first stage with rows in the subpopulation."""
        return len(np.unique(self.levels[0].units[self.in_domain]))

    @property
    def units_of_domain(self) -> Codes:
        """First-stage unit of each row of the subpopulation, 0 to G - 1."""
        return np.unique(self.levels[0].units[self.in_domain], return_inverse=True)[1].astype(np.intp)

    @property
    def n_strata(self) -> int:
        """Strata of the first stage with rows in the subpopulation."""
        level = self.levels[0]
        return len(np.unique(level.stratum_of_unit[level.units[self.in_domain]]))

    @property
    def df(self) -> int:
        """Degrees of freedom: units less strata of the first stage, those in the subpopulation; R: ``degf``."""
        return self.n_clusters - self.n_strata

    def spread(self, values: Vector | Matrix) -> Vector | Matrix:
        """Return values of the subpopulation's rows as those of all n rows, 0 outside it."""
        found = np.zeros((len(self.weights), *values.shape[1:]))
        found[self.in_domain] = values
        return found

    def domain(self, is_member: NDArray[np.bool_]) -> "SurveyDesign":
        """Narrow the subpopulation to rows, n, and keep the design; R: ``subset(design, ...)``.

        Raises:
            ModelDataError: When no row is left.
        """
        is_left = self.in_domain & np.asarray(is_member, dtype=np.bool_)
        if not is_left.any():
            raise ModelDataError("no row belongs to the subpopulation; expected some; widen it")
        return replace(self, in_domain=is_left)

    def calibrated(self, weights: Vector, auxiliaries: Matrix) -> "SurveyDesign":
        """Return the design with weights that meet the totals of auxiliaries (``calibration_to``)."""
        _refuse_weights(weights)
        added = calibration_to(auxiliaries, self.weights, weights)
        return replace(self, weights=weights, calibrations=(*self.calibrations, added))

    def reweighted(self, weights: Vector) -> "SurveyDesign":
        """Return the design with other weights, such as trimmed ones; R: ``trimWeights`` of a design."""
        _refuse_weights(weights)
        return replace(self, weights=np.asarray(weights, dtype=float))


def build_survey_design(
    weights: Vector | None, stages: Sequence[Stage], *, lonely: Lonely = "fail", n: int | None = None
) -> SurveyDesign:
    """Check and number what is known of a sample.

    Args:
        weights: n, above 0; None: population over sampled units, multiplied over the stages, which all have
            population sizes then.
        stages: The first first; ``(Stage(),)`` is a simple random sample of rows from very many.
        lonely: See ``SurveyDesign``; the default refuses to guess.
        n: Rows, where neither weights nor codes tell.

    Raises:
        ModelDataError: When weights or stages do not describe a sample; says what to mend.

    References:
        Lumley (2010), Complex Surveys, chapters 2 and 3. R: ``survey::svydesign(ids, strata, fpc, weights)``.
    """
    if weights is not None:
        _refuse_weights(np.asarray(weights, dtype=float))
        levels = build_levels(stages, len(weights))
        found = np.asarray(weights, dtype=float)
    else:
        levels = build_levels(stages, _n_rows(stages, n))
        found = _weights_of(levels)
    return SurveyDesign(found, levels, lonely, np.ones(len(found), dtype=np.bool_))


def _n_rows(stages: Sequence[Stage], n: int | None) -> int:
    if n is not None:
        return n
    told = [each for stage in stages for each in (stage.clusters, stage.strata, stage.population) if each is not None]
    if not told:
        raise ModelDataError("the design has neither weights nor codes nor population sizes; give one of them, or n")
    return len(told[0])


def _weights_of(levels: Sequence[Level]) -> Vector:
    """Return the inverse shares that were drawn, multiplied over the stages, n."""
    shares = np.ones(len(levels[0].units))
    for place, level in enumerate(levels):
        if np.isinf(level.population).any():
            raise ModelDataError(
                f"the design has no weights, and stage {place + 1} no population sizes they could follow from; give "
                "one of them (weights of 1 where every row counts the same)"
            )
        shares = shares * level.share_drawn[level.stratum_of_unit][level.units]
    return 1 / shares


def _refuse_weights(weights: Vector) -> None:
    n_wrong = int((~(np.isfinite(weights) & (weights > 0))).sum())
    if n_wrong:
        raise ModelDataError(
            f"{counted(n_wrong, 'weight')} missing, 0 or negative; expected every row of a design to stand for some of "
            "the population; compute them, or leave these rows out (a subpopulation is told by domain, not by weights "
            "of 0)"
        )
