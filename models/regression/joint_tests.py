"""Tests of several coefficients at once: categories, curves, products with several terms, and the whole model."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from models.estimates import JOINT_TEST_COLUMNS, Vector
from models.regression.columns import Labels, column_of, columns_of
from models.regression.design import INTERCEPT
from models.regression.equal_effects import NO_PAIRS, Pairs, contrasts_of
from models.regression.inference import Uncertainty
from models.regression.profile import Profile
from models.regression.wald import WaldTest, corrected_wald_test, wald_test
from models.sections.regressors import Regressor, Surface, Variable, parts_of
from models.spec import RegressionSpec

WHOLE_MODEL = "whole model"
BEYOND = "beyond a straight line"
LEAST_SHARE = 1e-10


def regressor_groups(
    spec: RegressionSpec, rows: pd.DataFrame, profile: Profile, labels: Labels, terms: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the columns of every regressor by its name, of a curve also those that bend it, then all of them.

    Args:
        spec: The model, variant applied.
        rows: What it was fitted to, or one row of it.
        profile: Of all rows.
        labels: Variable → code → label, for the names of columns.
        terms: Terms that were solved.
    """
    groups: dict[str, tuple[str, ...]] = {}
    one = rows.head(1)
    for regressor in spec.regressors_as_variables():
        columns = tuple(columns_of(regressor, one, labels, profile))
        columns = tuple(column for column in columns if column in terms)
        if not columns:
            continue
        groups[name_of(regressor)] = columns
        if isinstance(regressor, Variable) and regressor.use != "category" and len(columns) > 1:
            groups[f"{name_of(regressor)}: {BEYOND}"] = columns[1:]
    return {**groups, WHOLE_MODEL: tuple(term for term in terms if term != INTERCEPT)}


def places_of_regressors(groups: Mapping[str, Sequence[str]], columns: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of every regressor's columns, each column in one regressor."""
    return {
        name: [columns.index(column) for column in own]
        for name, own in groups.items()
        if name != WHOLE_MODEL and not name.endswith(BEYOND)
    }


def name_of(regressor: Regressor) -> str:
    """Return the column of a regressor; of a product its columns joined by ' x ', of a surface both reports."""
    columns = [column_of(part) for part in parts_of(regressor)]
    return f"surface: {', '.join(columns)}" if isinstance(regressor, Surface) else " x ".join(columns)


def joint_tests(
    groups: Mapping[str, Sequence[str]],
    places: Mapping[str, Sequence[int]],
    coefficients: Vector,
    uncertainty: Uncertainty,
    equal: Pairs = NO_PAIRS,
) -> pd.DataFrame:
    """Test that all coefficients of a group are nought, of every group with several, and of the last one in any case.

    Then that coefficients of pairs of columns are equal.

    AHT where the covariance is corrected for few clusters (CR2, CR3); F on the degrees of freedom of the covariance
    (clusters - 1 for CR0, CR1S and two ways, else n - k); chi-square where the coefficients are normal.

    Args:
        groups: Name → columns.
        places: Column → places of its coefficients.
        coefficients: p, and those of the effects that were taken out after them.
        uncertainty: Of the p.
        equal: Name → pairs of columns with one coefficient each.

    Returns:
        regressor, statistic, df_num, df_denom (NaN for chi-square), p_value, method. Statistic and p are NaN where the
        covariance of so many coefficients has no inverse, as when they are no fewer than the clusters.

    References:
        R: ``clubSandwich::Wald_test(test = "HTZ")``, ``car::linearHypothesis``, ``aod::wald.test``.
    """
    rows: list[tuple[object, ...]] = []
    for position, (name, columns) in enumerate(groups.items(), start=1):
        tested = list(chain.from_iterable(places[column] for column in columns))
        if len(tested) > 1 or position == len(groups):
            rows.append((name, *_tested(np.eye(len(coefficients))[tested], coefficients, uncertainty)))
    for name, pairs in equal.items():
        told = [(places[one][0], places[other][0]) for one, other in pairs]
        rows.append((name, *_tested(contrasts_of(told, len(coefficients)), coefficients, uncertainty)))
    return pd.DataFrame(rows, columns=list(JOINT_TEST_COLUMNS))


def _tested(
    contrasts: np.ndarray[tuple[int, int], np.dtype[np.float64]], coefficients: Vector, uncertainty: Uncertainty
) -> tuple[float, int, float, float, str]:
    n_shown = len(uncertainty.covariance)
    shown, estimates = contrasts[:, :n_shown], coefficients[:n_shown]
    q, df = len(contrasts), float(uncertainty.df.min())
    method = "AHT" if uncertainty.corrected is not None else "F" if np.isfinite(df) else "chi-square"
    if not _has_inverse(shown @ uncertainty.covariance @ shown.T):
        return np.nan, q, np.nan, np.nan, method
    if uncertainty.corrected is not None:
        return *_figures(corrected_wald_test(coefficients, uncertainty.corrected, contrasts)), method
    if np.isfinite(df):
        return *_figures(wald_test(estimates, uncertainty.covariance, shown, df)), method
    values = shown @ estimates
    statistic = float(values @ np.linalg.solve(shown @ uncertainty.covariance @ shown.T, values))
    return statistic, q, np.nan, chi_square_tail(statistic, q), method


def chi_square_tail(statistic: float, df: int) -> float:
    """Return the upper tail of chi-square."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    return float(chdtrc(df, statistic))


def _figures(test: WaldTest) -> tuple[float, int, float, float]:
    return test.statistic, test.df, test.df_resid, test.p_value


def _has_inverse(covariance: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bool:
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        return False
    values = np.linalg.eigvalsh(covariance / np.outer(spread, spread))
    return bool(values[0] > LEAST_SHARE * values[-1])


def tested_together(
    groups: Mapping[str, Sequence[str]], places: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    """Return the places of the coefficients of each regressor, by the places of each term."""
    return {name: tuple(chain.from_iterable(places[each] for each in own)) for name, own in groups.items()}
