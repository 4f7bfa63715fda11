"""Tests that a coefficient is the same at every threshold of an ordered regression."""

# pyright: reportMissingTypeStubs=false

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix
from models.regression.categorical.ordered import OrderedRows, climb, fit_ordered, ordered_conditions
from models.regression.categorical.score_covariance import clustered_covariance
from models.regression.categorical.separation import find_separation
from models.regression.identification import ModelDataError

ALL = "all terms"
Stacked = Callable[[Matrix, Matrix], tuple[Matrix, int | None]]


@dataclass(frozen=True)
class ProportionalOddsTest:
    """A likelihood ratio test of terms against their release.

    Attributes:
        term: The term that is released; ``all terms`` for the test of all at once.
        statistic: Twice the gain in log-likelihood.
        df: Coefficients that the release adds.
        p_value: Upper tail of chi-square(df).
        is_bounded: Whether the released model has finite estimates; where not, its likelihood is the limit, and the
            chi-square a rough guide: some threshold has too few responses on one side.
    """

    term: str
    statistic: float
    df: int
    p_value: float
    is_bounded: bool


def proportional_odds_tests(
    rows: OrderedRows, terms: Mapping[str, tuple[int, ...]]
) -> tuple[ProportionalOddsTest, ...]:
    """Test each term, and all at once when there are several.

    Args:
        rows: n rows; columns already released stay so, and their terms are not tested.
        terms: Name of a term → its columns of the matrix.

    References:
        McCullagh (1980); Peterson and Harrell (1990). R: ``ordinal::nominal_test`` (each term);
        ``anova(clm(y ~ x), clm(y ~ 1, nominal = ~x))`` (all at once).
    """
    held = {term: places for term, places in terms.items() if not set(places) & set(rows.released)}
    base = climb(rows).value
    tests = [_test(rows, term, places, base) for term, places in held.items()]
    if len(held) > 1:
        tests.append(_test(rows, ALL, tuple(place for places in held.values() for place in places), base))
    return tuple(tests)


def proportional_odds_p_values(
    rows: OrderedRows,
    terms: Mapping[str, tuple[int, ...]],
    clusters: NDArray[np.intp] | None = None,
    stacked: Stacked | None = None,
) -> dict[str, float]:
    """Return the p-value of every term by name, of all at once under an empty name.

    Likelihood ratio tests where responses are independent. With clusters a likelihood ratio is not chi-square: then
    Wald tests, with the CR1S covariance of the released model, that a released coefficient is the same at every
    threshold; NaN where the released model has no finite estimates or the clusters are too few. With weights of
    response they have the covariance of all equations.

    Args:
        rows: n rows.
        terms: Name of a term → its columns of the matrix.
        clusters: Cluster of each row, 0 to G - 1; None without.
        stacked: Inverse information and weighted scores → covariance and clusters, where weights are of response.

    References:
        Brant (1990), Biometrics 46(4), 1171-1178 (a Wald test of the same). Wooldridge (2010), Econometric Analysis of
        Cross Section and Panel Data, 2nd ed., section 13.8.2 (clusters).
    """
    robust = stacked
    if robust is None and clusters is not None:
        robust = partial(_clustered, clusters=clusters)
    if robust is None:
        found = proportional_odds_tests(rows, terms)
        return {"" if each.term == ALL else each.term: each.p_value for each in found}
    held = {"": tuple(place for places in terms.values() for place in places)} if len(terms) > 1 else {}
    return {term: _wald_p(rows, places, robust) for term, places in {**held, **terms}.items()}


def _clustered(bread: Matrix, scores: Matrix, clusters: NDArray[np.intp]) -> tuple[Matrix, int]:
    return clustered_covariance(bread, scores, clusters), int(clusters.max()) + 1


def _wald_p(rows: OrderedRows, places: tuple[int, ...], robust: Stacked) -> float:
    from scipy.special import chdtrc  # noqa: PLC0415

    released = replace(rows, released=(*rows.released, *places))
    df, n_parameters = (rows.n_thresholds - 1) * len(places), released.n_parameters
    try:
        fit = fit_ordered(released, [str(place) for place in range(n_parameters)])
    except ModelDataError:
        return np.nan
    width = len(released.released)
    first = rows.n_thresholds + len(released.kept) + len(rows.released)
    contrasts = np.zeros((df, n_parameters))
    for cut in range(1, rows.n_thresholds):
        for at in range(len(places)):
            contrasts[(cut - 1) * len(places) + at, [first + at, first + cut * width + at]] = -1.0, 1.0
    found, n_clusters = robust(fit.covariance, fit.scores)
    covariance = contrasts @ found @ contrasts.T
    if df >= (n_clusters or len(fit.scores)) or np.linalg.matrix_rank(covariance) < df:
        return np.nan
    values = contrasts @ fit.coefficients
    return float(chdtrc(df, float(values @ np.linalg.solve(covariance, values))))


def _test(rows: OrderedRows, term: str, places: tuple[int, ...], base: float) -> ProportionalOddsTest:
    from scipy.special import chdtrc  # noqa: PLC0415

    released = replace(rows, released=(*rows.released, *places))
    statistic = max(2 * (climb(released).value - base), 0.0)
    df = (rows.n_thresholds - 1) * len(places)
    conditions = ordered_conditions(released)
    is_bounded = find_separation(conditions, [""] * conditions.shape[1]) is None
    return ProportionalOddsTest(term, statistic, df, float(chdtrc(df, statistic)), is_bounded)
