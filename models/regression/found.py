"""What an estimator found of one set of responses, and how that of several completed sets is made into one."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from models.estimates import JOINT_TEST_COLUMNS, PREDICTION_COLUMNS, Vector
from models.missing_data.convergence import convergence_table
from models.missing_data.imputations import Imputations
from models.missing_data.pooled_tests import PooledTest, pooled_statistics, pooled_wald
from models.missing_data.pooling import CompletedEstimates, PooledEstimates, pool_estimates
from models.regression.diagnostics import judged
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty, label_estimates
from models.regression.reading.of_coefficients import COLUMNS
from models.sections.imputation import IMPUTATIONS, NOT_SETTLED

FROM_STATISTICS = ": from statistics alone"
"""Follows the name of what is tested by D2."""
TESTS = ("hausman_", "context_")
"""Diagnostics that are tests: a mean over completed sets is none."""


@dataclass(frozen=True, eq=False)
class Found:
    """What an estimator found; the explained share of variance is NaN where the outcome is categorical.

    Attributes:
        estimator: As shown.
        terms: Names of the k coefficients.
        coefficients: k.
        uncertainty: Of them.
        df_resid: Rows less coefficients.
        r_squared: 0 to 1.
        estimates: One row a term.
        diagnostics: One row a diagnostic.
        readings: One row a term and reading.
        predictions: What is expected along the focal regressor.
        joint_tests: Tests of several coefficients at once.
        tested: Name of a group of coefficients → their places.
    """

    estimator: str
    terms: tuple[str, ...]
    coefficients: Vector
    uncertainty: Uncertainty
    df_resid: int
    r_squared: float
    estimates: pd.DataFrame
    diagnostics: pd.DataFrame
    readings: pd.DataFrame
    predictions: pd.DataFrame
    joint_tests: pd.DataFrame
    tested: Mapping[str, tuple[int, ...]]


def pool_found(
    sets: Sequence[Found], imputations: Imputations | None, confidence_level: float, share_used: float
) -> Found:
    """Pool what an estimator found of completed sets by Rubin's rules; joint tests are D1, and D2 beside it.

    Diagnostics are means over the sets, with the fraction of missing information of every term; tests of random
    effects of units are left out. So are readings and predictions: how they are pooled is not settled.

    Args:
        sets: One an imputation.
        imputations: The imputations; None where values were given, so that nothing is known of their chains.
        confidence_level: Of the intervals.
        share_used: Share of the population's responses that were used.

    Raises:
        ModelDataError: If terms differ between the sets, as where a small category is absent from some.
    """
    first = sets[0]
    pooled = pool_estimates(
        [CompletedEstimates(each.terms, each.coefficients, each.uncertainty.covariance, each.uncertainty.df)
         for each in sets]
    )  # fmt: skip
    uncertainty = Uncertainty(pooled.covariance, pooled.df, first.uncertainty.n_clusters)
    return replace(
        first,
        coefficients=pooled.estimates,
        uncertainty=uncertainty,
        r_squared=float(np.mean([each.r_squared for each in sets])),
        estimates=label_estimates(first.terms, pooled.estimates, uncertainty, confidence_level),
        diagnostics=judged(_diagnostics(sets, pooled, imputations, share_used)),
        readings=pd.DataFrame(columns=list(COLUMNS)),
        predictions=pd.DataFrame(columns=list(PREDICTION_COLUMNS)),
        joint_tests=_joint_tests(pooled, sets),
    )


def _diagnostics(
    sets: Sequence[Found], pooled: PooledEstimates, imputations: Imputations | None, share_used: float
) -> dict[str, float]:
    tables = [each.diagnostics.set_index("diagnostic")["value"] for each in sets]
    means = pd.concat(tables, axis=1, join="inner").mean(axis=1, skipna=False)
    means["share_of_responses_used"] = share_used
    of_sets = {str(name): float(value) for name, value in means.items() if not str(name).startswith(TESTS)}
    return of_sets | diagnostics_of_pooled(pooled, imputations)


def diagnostics_of_pooled(pooled: PooledEstimates, imputations: Imputations | None) -> dict[str, float]:
    """Return how often values were imputed, whether chains settled, and the information that is missing by term.

    Args:
        pooled: The pooled estimates.
        imputations: The imputations; None where values were given, so that nothing is known of their chains.
    """
    return {
        IMPUTATIONS: float(pooled.n_imputations),
        **({} if imputations is None else {NOT_SETTLED: _n_not_settled(imputations)}),
        "largest_fmi": float(pooled.fraction_missing.max()),
        **{f"fmi of {term}": float(each) for term, each in zip(pooled.terms, pooled.fraction_missing, strict=True)},
    }


def _n_not_settled(imputations: Imputations) -> float:
    course = convergence_table(imputations)
    return float(course.loc[course["verdict"] != "ok", "column"].nunique())


def _joint_tests(pooled: PooledEstimates, sets: Sequence[Found]) -> pd.DataFrame:
    """Test by D1, and by D2 beside it, which the statistics of the sets alone can tell."""
    first, rows = sets[0], list[tuple[object, ...]]()
    for name in list(first.joint_tests["regressor"]):
        places = list(first.tested[name])
        rows.append(
            (name, *_figures(partial(pooled_wald, pooled, np.eye(len(pooled.terms))[places]), len(places), "D1"))
        )
        alone = partial(_of_statistics, sets, places)
        rows.append((f"{name}{FROM_STATISTICS}", *_figures(alone, len(places), "D2")))
    return pd.DataFrame(rows, columns=list(JOINT_TEST_COLUMNS))


def _figures(test: Callable[[], PooledTest], k: int, method: str) -> tuple[float, int, float, float, str]:
    try:
        found = test()
    except ModelDataError:
        return np.nan, k, np.nan, np.nan, method
    return found.statistic, found.df, found.df_resid, found.p_value, method


def _of_statistics(sets: Sequence[Found], places: Sequence[int]) -> PooledTest:
    """Test coefficients from the Wald statistic that each set has of them, chi-square b'V^-1 b.

    Raises:
        ModelDataError: If a set has a covariance of them without an inverse.
    """
    statistics: list[float] = []
    for each in sets:
        own = each.uncertainty.covariance[np.ix_(places, places)]
        if np.linalg.matrix_rank(own) < len(places):
            raise ModelDataError(f"{len(places)} coefficients have a covariance without an inverse; test fewer")
        values = each.coefficients[list(places)]
        statistics.append(float(values @ np.linalg.solve(own, values)))
    return pooled_statistics(np.array(statistics), len(places))
