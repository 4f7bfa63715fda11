"""How representative a response is of all units: R-indicators, from the spread of response propensities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.weighting.faults import WeightingError
from models.weighting.propensity import Known, Propensities, fit_propensities

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PartialIndicator:
    """How much one variable, or one category of it, adds to the spread of propensities.

    Attributes:
        variable: The variable.
        category: The category; empty for the variable as a whole.
        value: For a category negative where it responds less than the average, positive where more; NaN for a variable
            of which all units have the same category.
    """

    variable: str
    category: str
    value: float


@dataclass(frozen=True)
class Representativity:
    """R-indicators of a sample.

    Attributes:
        r_unadjusted: ``1 - 2 S``, with S the standard deviation of the estimated propensities.
        r_adjusted: The same without the part of S that only comes from estimating; NaN when the design weights differ
            within a stratum.
        std_error: Of ``r_adjusted``; NaN unless all design weights are equal, and where ``r_adjusted`` is 1.
        cv: Adjusted S over the mean propensity: the largest relative bias of a mean through nonresponse.
        mean_propensity: Design-weighted mean.
        partials: Unconditional partial indicators, adjusted as ``r_adjusted``.
    """

    r_unadjusted: float
    r_adjusted: float
    std_error: float
    cv: float
    mean_propensity: float
    partials: tuple[PartialIndicator, ...]


def varies(known: Known) -> bool:
    """Say whether not all units have the same category."""
    return len(np.unique(known.codes)) > 1


def r_indicator(
    variables: Sequence[Known],
    has_responded: npt.NDArray[np.bool_],
    design_weights: Values,
    strata: npt.NDArray[np.intp],
) -> Representativity:
    """Estimate how representative the response is.

    With propensities rho of a logistic regression, design weights d that add up to N, and
    ``S^2 = sum d (rho - mean)^2 / (N - 1)``: ``R = 1 - 2 S``. The bias of S^2 is estimated by

    ``(1/N) sum d z' (Z'X)^-1 z - (1/N^2) sum_h N_h (d_h - 1) var_h(rho)``, ``z = rho (1 - rho) x``,

    for simple random sampling (one stratum) ``(1/n) sum z' (Z'X)^-1 z - (1/n - 1/N) S^2``. A bias above S^2 makes R 1.

    Args:
        variables: Known of every unit (n).
        has_responded: Length n.
        design_weights: Length n, at least 1; all 1 when everybody was invited.
        strata: Length n; number of each unit's stratum.

    Returns:
        1 is representative as to these variables; lower is less so.

    Raises:
        WeightingError: When no variable varies, or everybody or nobody of a category responded.

    References:
        Schouten, Cobben and Bethlehem (2009), Survey Methodology 35(1), 101-113; Shlomo, Skinner and Schouten (2012),
        Journal of Statistical Planning and Inference 142(1), 201-211 (bias, standard error); Schouten, Shlomo and
        Skinner (2011), Journal of Official Statistics 27(2), 231-253 (partial indicators).
    """
    fitted = fit_propensities(variables, has_responded)
    if not any(map(varies, variables)):
        names = " and the same ".join(known.name for known in variables)
        raise WeightingError(
            f"all units have the same {names}, so it cannot tell who responds; name a variable that varies"
        )
    rho, weights, total = fitted.values, design_weights, float(design_weights.sum())
    mean = float(np.average(rho, weights=weights))
    variance = float(weights @ (rho - mean) ** 2) / (total - 1)
    share = _unbiased_share(fitted, weights, strata, variance)
    adjusted = float(np.sqrt(variance * share))
    return Representativity(
        r_unadjusted=1 - 2 * float(np.sqrt(variance)),
        r_adjusted=1 - 2 * adjusted,
        std_error=_std_error(fitted, weights) if adjusted > 0 else float("nan"),
        cv=adjusted / mean,
        mean_propensity=mean,
        partials=tuple(_partials(variables, rho, weights, share)),
    )


def _curvature(fitted: Propensities) -> tuple[Values, Values]:
    """Return z (n rows) and ``(Z'X)^-1``."""
    gradient = (fitted.values * (1 - fitted.values))[:, np.newaxis] * fitted.matrix
    return gradient, np.asarray(np.linalg.pinv(gradient.T @ fitted.matrix), dtype=np.float64)


def _unbiased_share(fitted: Propensities, weights: Values, strata: npt.NDArray[np.intp], variance: float) -> float:
    """Return which share of the variance of the propensities is not due to estimating them; NaN when not known."""
    total, from_sampling = float(weights.sum()), 0.0
    for stratum in np.unique(strata):
        is_in = strata == stratum
        own = weights[is_in]
        if not np.allclose(own, own[0]):
            return float("nan")
        spread = float(fitted.values[is_in].var(ddof=1)) if len(own) > 1 else 0.0
        from_sampling += float(own.sum()) * (float(own[0]) - 1) * spread
    gradient, inverse = _curvature(fitted)
    from_fitting = float(weights @ np.einsum("ij,jk,ik->i", gradient, inverse, gradient))
    bias = (from_fitting - from_sampling / total) / total
    return max(0.0, 1 - bias / variance) if variance > 0 else 0.0


def _std_error(fitted: Propensities, weights: Values) -> float:
    """Estimate the standard error of R under simple random sampling."""
    rho, n = fitted.values, len(weights)
    variance = float(rho.var(ddof=1))
    if not np.allclose(weights, weights[0]):
        return float("nan")
    gradient, inverse = _curvature(fitted)
    centred = gradient - gradient.mean(axis=0)
    with_rho = centred.T @ (rho - rho.mean())
    spread = centred.T @ centred @ inverse
    squares = (rho - rho.mean()) ** 2
    parts = (
        4 * float(with_rho @ inverse @ with_rho),
        2 * float(np.trace(spread @ spread)),
        (1 - 1 / float(weights[0])) * float(((squares - squares.mean()) ** 2).sum()),
    )
    return float(np.sqrt(sum(parts) / variance)) / n


def _partials(variables: Sequence[Known], rho: Values, weights: Values, share: float) -> list[PartialIndicator]:
    mean, total = float(np.average(rho, weights=weights)), float(weights.sum())
    found: list[PartialIndicator] = []
    for known in variables:
        if not varies(known):
            found.append(PartialIndicator(known.name, "", float("nan")))
            continue
        sizes = np.bincount(known.codes, weights=weights, minlength=len(known.categories))
        sums = np.bincount(known.codes, weights=weights * rho, minlength=len(known.categories))
        deviations = np.divide(sums, sizes, out=np.full(len(sizes), mean), where=sizes > 0) - mean
        squares = sizes / total * deviations**2
        found.append(PartialIndicator(known.name, "", float(np.sqrt(squares.sum() * share))))
        found += [
            PartialIndicator(known.name, category, float(np.sign(deviation) * np.sqrt(square * share)))
            for category, deviation, square in zip(known.categories, deviations, squares, strict=True)
        ]
    return found
