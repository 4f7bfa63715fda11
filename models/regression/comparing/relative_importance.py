"""Relative importance: which part of R2 each of several regressors explains, on average over all orders of entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.comparing.cross_products import Columns, draw_clusters, without_held


@dataclass(frozen=True, eq=False)
class Importance:
    """What each of p regressors explains of the outcome's variance.

    Attributes:
        shares: p parts of R2; together what they add to the R2 of the columns that are held.
        conf_low: p, percentiles of bootstrap draws.
        conf_high: p.
        n_draws: Draws behind them: all in which the outcome varies.
    """

    shares: Vector
    conf_low: Vector
    conf_high: Vector
    n_draws: int


def relative_importance(
    columns: Columns,
    regressors: Sequence[Sequence[int]],
    draws: int,
    rng: np.random.Generator,
    confidence_level: float = 0.95,
) -> Importance:
    """Divide the R2 of regressors that go together among them (general dominance, Shapley value, LMG).

    Formula:
        LMG_j = sum over sets S without j of |S|! (p - 1 - |S|)! / p! [R2(S and j) - R2(S)], R2 of the held columns and
        S, over all 2^p sets. Intervals are percentiles of the same of bootstrap samples of whole clusters. A share is
        never negative, so that an interval above nought is no test.

    Args:
        columns: Of the model.
        regressors: Places of the compared columns of each of the p regressors, each column once.
        draws: Bootstrap draws.
        rng: Their source.
        confidence_level: Of the intervals.

    References:
        Lindeman, Merenda and Gold (1980); Budescu (1993), Psychological Bulletin 114, 542-551; Grömping (2006), Journal
        of Statistical Software 17(1). R: ``relaimpo::calc.relimp(type = "lmg", always = )``.
    """
    everybody = np.ones((1, columns.n_clusters))
    drawn = draw_clusters(columns.n_clusters, draws, rng)
    of_all = _shares(columns, regressors, everybody)[0]
    of_draws = _shares(columns, regressors, drawn)
    of_draws = of_draws[np.isfinite(of_draws).all(axis=1)]
    ends = (1 - confidence_level) / 2
    low, high = np.quantile(of_draws, [ends, 1 - ends], axis=0)
    return Importance(of_all, low, high, len(of_draws))


def _shares(columns: Columns, regressors: Sequence[Sequence[int]], times: Matrix) -> Matrix:
    """Return the shares of every row of counts of clusters; NaN where the outcome does not vary."""
    n_held, p = columns.held.shape[1], len(regressors)
    left = np.stack([without_held(columns.products(each), n_held) for each in times])
    variation = np.array([columns.variation(each) for each in times])
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = {chosen: explained_by(left, regressors, chosen) / variation for chosen in _sets(range(p))}
    shares = np.zeros((len(times), p))
    for place in range(p):
        for others in _sets([each for each in range(p) if each != place]):
            gain = explained[tuple(sorted((*others, place)))] - explained[others]
            shares[:, place] += gain / (p * comb(p - 1, len(others)))
    return shares


def explained_by(left: Matrix, regressors: Sequence[Sequence[int]], chosen: tuple[int, ...]) -> Vector:
    """Return the sum of squares that chosen regressors explain, one a matrix of cross-products.

    Args:
        left: d matrices of cross-products beyond what is held, the outcome last.
        regressors: Places of the columns of each regressor.
        chosen: Which regressors.
    """
    places = [place for each in chosen for place in regressors[each]]
    if not places:
        return np.zeros(len(left))
    inner, across = left[:, places][:, :, places], left[:, places, -1]
    return np.einsum("di,dij,dj->d", across, np.linalg.pinv(inner, hermitian=True), across)


def _sets(of: Sequence[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(len(of) + 1) for chosen in combinations(of, size)]
