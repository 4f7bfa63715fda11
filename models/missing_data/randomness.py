"""Whether values are missing completely at random: Little's test, on maximum likelihood means and covariances."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.likelihood import scores_by_moments
from models.measurement.confirmatory.sample import Sample, sample_of
from models.one_thread import on_one_thread
from models.regression.identification import ModelDataError, find_dependencies

LARGEST_GRADIENT = 1e-6
FEWEST_VARIABLES = 2
FEWEST_TOGETHER = 3


@dataclass(frozen=True, eq=False)
class NormalMoments:
    """Maximum likelihood means and covariances of normal variables with missing values.

    Attributes:
        variables: Names of the p variables.
        mean: p.
        covariance: p x p, divisor n.
        sample: The rows they come from, by pattern.
    """

    variables: tuple[str, ...]
    mean: Vector
    covariance: Matrix
    sample: Sample


@dataclass(frozen=True)
class RandomnessTest:
    """Little's test that values are missing completely at random.

    Attributes:
        statistic: d2, chi-square where they are.
        df: Observed means of all patterns less variables.
        p_value: Upper tail.
        n_patterns: Patterns, the complete one included.
        n_obs: Rows with at least one value.
    """

    statistic: float
    df: int
    p_value: float
    n_patterns: int
    n_obs: int


def normal_moments(data: pd.DataFrame) -> NormalMoments:
    """Estimate means and covariances by EM; the likelihood's gradient at the result is checked to be nought.

    Args:
        data: n rows, p numeric variables, missing as NaN; rows without any value are left out.

    Raises:
        ModelDataError: If a variable is constant or has fewer than two values, variables follow from each other, or
            the likelihood has no maximum that EM reaches.

    References:
        Dempster, Laird and Rubin (1977), Journal of the Royal Statistical Society B 39(1), 1-38; Little and Rubin
        (2002), section 11.2. R: ``norm::em.norm``, ``lavaan::lavCor(missing = "fiml")``.
    """
    values = data.to_numpy(dtype=float, na_value=np.nan)
    rows = values[~np.isnan(values).all(axis=1)]
    rows = rows[np.lexsort(rows.T[::-1])]
    _refuse(data, rows)
    centre, scale = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
    with on_one_thread():
        try:
            sample = sample_of((rows - centre) / scale)
        except np.linalg.LinAlgError:
            raise _unreached() from None
        _require_top(sample)
    names = tuple(str(name) for name in data.columns)
    return NormalMoments(names, centre + scale * sample.mean, sample.covariance * np.outer(scale, scale), sample)


def randomness_test(data: pd.DataFrame) -> RandomnessTest:
    """Test whether values are missing completely at random, by whether means differ between patterns (Little).

    d2 = sum n_j (mean_j - mu_j)' S_j^-1 (mean_j - mu_j) over patterns j, of the variables that each has. Covariances
    are not compared, variables are taken as normal; a small p speaks against listwise deletion, a large one does not
    speak for it where rows are few.

    Args:
        data: n rows, p numeric variables (ordered categories as their numbers), missing as NaN.

    Raises:
        ModelDataError: As ``normal_moments``; also if all rows have the same pattern.

    References:
        Little (1988), JASA 83(404), 1198-1202. R: ``naniar::mcar_test``, ``misty::na.test``.
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    found = normal_moments(data)
    sample = found.sample
    df = sum(len(each.items) for each in sample.patterns) - len(found.variables)
    if len(sample.patterns) == 1 or df == 0:
        raise ModelDataError(
            "all rows have the same variables, so nothing can be said about why values are missing; expected at least "
            "two patterns of missing values that share a variable"
        )
    statistic = 0.0
    for each in sample.patterns:
        distance = each.mean - sample.mean[each.items]
        statistic += (
            each.n_obs * distance @ np.linalg.solve(sample.covariance[np.ix_(each.items, each.items)], distance)
        )
    return RandomnessTest(float(statistic), df, float(chdtrc(df, statistic)), len(sample.patterns), sample.n_obs)


def _refuse(data: pd.DataFrame, rows: Matrix) -> None:
    if data.shape[1] < FEWEST_VARIABLES:
        raise ModelDataError(
            f"{data.shape[1]} variable; expected at least {FEWEST_VARIABLES} that are looked at jointly"
        )
    flat = [str(name) for name in data.columns if data[name].nunique() < 2]  # noqa: PLR2004
    if flat:
        listed = ", ".join(f"'{name}'" for name in flat)
        raise ModelDataError(f"{listed} has no two different values; expected variation; leave it out")
    is_known = (~np.isnan(rows)).astype(float)
    apart = np.argwhere(np.triu(is_known.T @ is_known < FEWEST_TOGETHER))
    if len(apart):
        first, second = (str(data.columns[place]) for place in apart[0])
        raise ModelDataError(
            f"'{first}' and '{second}' are known together in fewer than {FEWEST_TOGETHER} rows, so nothing is said "
            "of their covariance; leave one of them out"
        )
    complete = pd.DataFrame(rows[~np.isnan(rows).any(axis=1)], columns=data.columns)
    if len(complete) > data.shape[1]:
        complete.insert(0, "constant", 1.0)
        dependent = find_dependencies(complete)
        if dependent:
            listed = ", ".join(f"'{name}'" for name in dependent)
            raise ModelDataError(
                f"{listed} follows from the other variables in all complete rows; expected variables of which none "
                "follows from others; leave out scores whose items are in, or the items"
            )


def _require_top(sample: Sample) -> None:
    """Raise ModelDataError unless the gradient of the likelihood is nought, per row and in standard deviations."""
    if sample.is_complete:
        return
    try:
        by_mean, by_covariance = scores_by_moments(sample, sample.mean, sample.covariance)
    except np.linalg.LinAlgError:
        raise _unreached() from None
    largest = max(np.abs(by_mean.mean(axis=0)).max(), np.abs(by_covariance.mean(axis=0)).max())
    if not largest <= LARGEST_GRADIENT:
        raise _unreached()


def _unreached() -> ModelDataError:
    return ModelDataError(
        "the means and covariances of the variables have no maximum likelihood estimate that EM reaches: too few rows "
        "have pairs of variables together; leave out the variables with most missing values"
    )
