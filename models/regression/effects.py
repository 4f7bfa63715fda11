"""Effects of groups taken out of a regression, so that it is the one with an indicator a group, whatever their number.

One way is absorbed: values less their group's mean. Indicators stand for the other way, and for a way that cuts across
clusters, because the adjustments of a cluster-robust covariance need it.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import qr

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.regression.cluster_moments import grouped_sums
from models.regression.identification import RANK_TOLERANCE, ModelDataError, find_dependencies, in_words
from models.regression.least_squares import LeastSquares, solve_least_squares

Codes = NDArray[np.intp]
NO_VARIATION = 1e-9
MOST_VALUES = 30_000_000
LEAST_GROUP = 2


@dataclass(frozen=True, eq=False)
class WithinEffects:
    """A regression with the effects of groups taken out.

    Attributes:
        solution: Coefficients of the k regressors first, then those of the indicators of ways that were not absorbed.
        n_effects: Free effects in all, the constant included.
        r2_within: Share of what the effects leave of the outcome that the regressors explain.
        r2_overall: Share of the outcome's variance that regressors and effects explain.
    """

    solution: LeastSquares
    n_effects: int
    r2_within: float
    r2_overall: float


def rows_alone(effects: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows are alone in a group of some way, once those that are alone in another are left out.

    The effect of such a group fits its row exactly, so that the row says nothing about any regressor.

    Args:
        effects: n rows, one column a way.

    References:
        Correia (2015), Singletons, cluster-robust standard errors and fixed effects (``reghdfe``). R:
        ``fixest::feols(fixef.rm = "singleton")``.
    """
    is_kept = np.ones(len(effects), dtype=bool)
    names = [str(name) for name in effects]
    while True:
        is_alone = np.zeros(len(effects), dtype=bool)
        for name in names:
            sizes = effects[name][is_kept].value_counts()
            is_alone |= is_kept & effects[name].map(sizes).lt(LEAST_GROUP).to_numpy(dtype=bool, na_value=False)
        if not is_alone.any():
            return ~is_kept
        is_kept &= ~is_alone


def fit_within_effects(
    matrix: pd.DataFrame,
    outcome: pd.Series,
    effects: Mapping[str, Codes],
    clusters: tuple[Codes, ...],
    weights: Vector | None = None,
) -> WithinEffects:
    """Fit a regression with an effect of every group of one or two ways.

    The same coefficients, residuals, leverages and degrees of freedom as with an indicator a group (Frisch, Waugh and
    Lovell). A way that lies within the clusters, or any way without clusters, is absorbed; effects count as
    coefficients in n - k.

    Args:
        matrix: n x k regressors, without an intercept.
        outcome: n values.
        effects: Column → group of each row, 0 to N - 1, each at least once; one or two.
        clusters: Codes of the clusters, none, one way or two.
        weights: n positive weights, or None.

    Raises:
        ModelDataError: If a regressor or the outcome does not vary within the effects, regressors cannot be told apart
            there, there are fewer rows than coefficients, or indicators are too many to be laid out.

    References:
        Baltagi (2021), Econometric Analysis of Panel Data, 6th ed., chapters 2 and 3. Pustejovsky and Tipton (2018),
        theorem 2 (CR2 when effects lie within clusters). R: ``lm(y ~ x + factor(g))``, ``plm(model = "within")``.
    """
    absorbed, others = _chosen(effects, clusters)
    roots = np.ones(len(outcome)) if weights is None else np.sqrt(weights)
    taken = _Taken(absorbed, roots)
    indicators = np.empty((len(outcome), 0))
    if others:
        indicators = _independent(taken.out_of(_indicators(others, clusters, matrix.shape[1])))
    rows = taken.out_of(matrix.to_numpy())
    target = taken.out_of(outcome.to_numpy()[:, None])[:, 0]
    left = _left(indicators, np.column_stack([target, rows]))
    n_effects = taken.n_groups + indicators.shape[1]
    _refuse_unidentified(matrix, outcome, left, tuple(effects), n_effects)
    solved = solve_least_squares(np.column_stack([rows, indicators]), target)
    solution = LeastSquares(
        solved.rows, solved.coefficients, solved.residuals, solved.factor, weights, taken.n_groups, taken.leverage
    )
    squares = float(solved.residuals @ solved.residuals)
    centred = roots * (outcome.to_numpy() - float(roots**2 @ outcome.to_numpy()) / float(roots @ roots))
    within, overall = float(left[:, 0] @ left[:, 0]), float(centred @ centred)
    return WithinEffects(solution, n_effects, 1 - squares / within, 1 - squares / overall)


class _Taken:
    """Means of the absorbed way, taken out of rows times root weights; nothing where no way is absorbed."""

    def __init__(self, codes: Codes | None, roots: Vector) -> None:
        self.codes, self.roots = codes, roots
        self.n_groups = 0 if codes is None else int(codes.max()) + 1
        self.totals = None if codes is None else grouped_sums((roots**2)[:, None], codes)

    @property
    def leverage(self) -> Vector | None:
        if self.codes is None or self.totals is None:
            return None
        return self.roots**2 / self.totals[self.codes, 0]

    def out_of(self, values: Matrix) -> Matrix:
        if self.codes is not None and self.totals is not None:
            means = grouped_sums(values * (self.roots**2)[:, None], self.codes) / self.totals
            values = values - means[self.codes]
        return values * self.roots[:, None]


def _chosen(effects: Mapping[str, Codes], clusters: tuple[Codes, ...]) -> tuple[Codes | None, dict[str, Codes]]:
    """Return the way that is absorbed, the one with the most groups of those that may be, and the others."""
    may_be = [name for name, codes in effects.items() if len(clusters) != 1 or _lies_within(codes, clusters[0])]
    chosen = max(may_be, key=lambda name: int(effects[name].max()), default=None)
    others = {name: codes for name, codes in effects.items() if name != chosen}
    return (None if chosen is None else effects[chosen]), others


def _lies_within(codes: Codes, clusters: Codes) -> bool:
    """Tell whether every group lies within one cluster."""
    return len(np.unique(np.stack([codes, clusters]), axis=1).T) == int(codes.max()) + 1


def _indicators(ways: Mapping[str, Codes], clusters: tuple[Codes, ...], k: int) -> Matrix:
    sizes = [int(codes.max()) + 1 for codes in ways.values()]
    n = len(next(iter(ways.values())))
    of_clusters = (int(clusters[0].max()) + 1) * (k + sum(sizes)) ** 2 if len(clusters) == 1 else 0
    if max(n * sum(sizes), of_clusters) > MOST_VALUES:
        raise ModelDataError(
            f"{sum(sizes)} effects of {' and '.join(ways)} would have to be laid out one by one, which takes too "
            "much memory; expected groups that lie within the clusters, or fewer; name a cluster that contains them, "
            "such as organisation_id, or use a covariance without clusters"
        )
    parts = [codes[:, None] == np.arange(size) for codes, size in zip(ways.values(), sizes, strict=True)]
    return np.concatenate(parts, axis=1).astype(float)


def _independent(columns: Matrix) -> Matrix:
    """Keep as many columns as can be told apart, by QR with column pivoting."""
    lengths = np.linalg.norm(columns, axis=0)
    there = columns[:, lengths > NO_VARIATION]
    if there.shape[1] == 0:
        return there
    factors: Any = qr(there / lengths[lengths > NO_VARIATION], mode="r", pivoting=True)
    triangle, order = cast("tuple[Matrix, NDArray[np.int32]]", factors)
    rank = int((np.abs(np.diag(triangle)) > RANK_TOLERANCE).sum())
    return there[:, np.sort(order[:rank])]


def _left(indicators: Matrix, values: Matrix) -> Matrix:
    """Return what the indicators leave of n x m values."""
    if indicators.shape[1] == 0:
        return values
    basis = np.linalg.qr(indicators)[0]
    return values - basis @ (basis.T @ values)


def _refuse_unidentified(
    matrix: pd.DataFrame, outcome: pd.Series, left: Matrix, effects: tuple[str, ...], n_effects: int
) -> None:
    listed, n = " and ".join(effects), len(outcome)
    raw = np.column_stack([outcome.to_numpy(), matrix.to_numpy()])
    sizes = np.linalg.norm(left, axis=0) / np.linalg.norm(raw - raw.mean(axis=0), axis=0)
    if sizes[0] <= NO_VARIATION:
        raise ModelDataError(
            f"the outcome '{outcome.name}' does not vary within {listed}, so that the effects explain it; expected an "
            "outcome that does; take the effects out"
        )
    fixed = [str(name) for name, size in zip(matrix, sizes[1:], strict=True) if size <= NO_VARIATION]
    if fixed:
        named = ", ".join(f"'{name}'" for name in fixed)
        does = "does" if len(fixed) == 1 else "do"
        raise ModelDataError(
            f"{named} {does} not vary within {listed}, so that nothing is left once the effects of {listed} are taken "
            "out, as with every fact about a group beside the group's own effect; take it out of the model, or use "
            "estimator random_effects or within_between"
        )
    ones = pd.Series(1.0, index=matrix.index, name="the effects")
    within = pd.DataFrame(left[:, 1:], columns=matrix.columns, index=matrix.index)
    if dependencies := find_dependencies(pd.concat([ones, within], axis=1)):
        told = "; ".join(in_words(term, parts) for term, parts in dependencies.items())
        raise ModelDataError(
            f"the coefficients cannot be told apart within {listed}: {told}; take one of them out of the model"
        )
    n_coefficients = matrix.shape[1] + n_effects
    if n < n_coefficients + 1:
        raise ModelDataError(
            f"{counted(n, 'row')} for {counted(matrix.shape[1], 'coefficient')} and {counted(n_effects, 'effect')} of "
            f"{listed}; expected at least {n_coefficients + 1}; take out regressors or effects"
        )
