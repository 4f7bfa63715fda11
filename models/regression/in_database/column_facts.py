"""What the columns of a linear model in a database add up to, for what is told of it beside its coefficients.

Put here readings of the columns; not how a model is computed (``planner``).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.columns import Labels
from models.regression.in_database.blocks import Block, Factored, factor
from models.regression.in_database.responses import Selected
from models.regression.in_database.streamed import Rows
from models.regression.profile import Profile
from models.triangles import inverse_of_triangle


@dataclass(frozen=True, eq=False)
class ColumnFacts:
    """What the columns of a model add up to.

    Attributes:
        terms: Names of the k columns.
        triangle: R of the QR factors of the columns, each response times the root of its weight.
        standardising: Of each column its standard deviation over that of the outcome; NaN where it is constant.
        means: Of the columns, each response counting once.
        least_category: Fewest responses with or without any 0/1 column; None without such columns.
        max_leverage: Largest diagonal value of the hat matrix, effects that are taken out included.
        outcome_spread: Standard deviation (n - 1) of the outcome, weighted where there are weights.
    """

    terms: tuple[str, ...]
    triangle: Matrix
    standardising: Vector
    means: Vector
    least_category: int | None
    max_leverage: float
    outcome_spread: float


def column_facts(selected: Selected, labels: Labels, profile: Profile, already: Factored | None = None) -> ColumnFacts:
    """Read the columns of a linear model, in blocks and as often as it takes.

    Args:
        selected: The complete responses; with effects of one column at most, those alone in their group left out.
        labels: Variable → code → label, for the names of terms.
        profile: Of all responses.
        already: Columns and outcome as the engine factored them, where it did.
    """
    effects = selected.spec.effects()
    rows = Rows(selected, profile, labels, effects[0] if effects else None)
    factored = factor(rows.blocks()) if already is None else already
    back = factored.standard.raw(has_intercept=True)
    k = len(rows.terms)
    whole = np.zeros((k + 1, k + 1))
    whole[:k, :k] = back
    whole[0, k], whole[k, k] = factored.standard.shifts[k], factored.standard.scales[k]
    triangle = factored.triangle @ whole
    squares: Vector = (triangle[1:] ** 2).sum(axis=0)
    spreads: Vector = np.sqrt(squares / factored.weight)
    tally = _tallied(rows, inverse_of_triangle(triangle[:k, :k]))
    lost = 1.0 if selected.spec.weights is None else tally.squared_weights / factored.weight
    return ColumnFacts(
        terms=rows.terms,
        triangle=triangle[:k, :k],
        standardising=np.where(spreads[:k] > 0, spreads[:k] / spreads[k], np.nan),
        means=tally.sums / factored.n_obs,
        least_category=tally.least_category,
        max_leverage=_largest_within(rows) if effects else tally.max_leverage,
        outcome_spread=float(np.sqrt(squares[k] / (factored.weight - lost))),
    )


@dataclass(frozen=True, eq=False)
class _Tally:
    sums: Vector
    least_category: int | None
    max_leverage: float
    squared_weights: float


def _tallied(rows: Rows, back: Matrix) -> _Tally:
    """Read all rows once: w x'(X'WX)^-1 x of each response is its leverage where no effects are taken out."""
    k = len(rows.terms)
    sums, is_indicator, n_obs, largest, squared_weights = np.zeros(k), np.ones(k, dtype=bool), 0, 0.0, 0.0
    for block in rows.blocks()():
        sums += block.columns.sum(axis=1)
        is_indicator &= ((block.columns == 0) | (block.columns == 1)).all(axis=1)
        n_obs += len(block.outcome)
        largest = max(largest, float(_leverages(block.columns, back, block.weights).max()))
        squared_weights += 0.0 if block.weights is None else float(block.weights @ block.weights)
    is_indicator[0] = False
    ones = sums[is_indicator]
    least = int(np.minimum(ones, n_obs - ones).min()) if len(ones) else None
    return _Tally(sums, least, largest, squared_weights)


def _largest_within(rows: Rows) -> float:
    """Return the largest leverage of deviations from the means of groups, plus w / W_g."""
    read = partial(_grouped, rows)
    k = len(rows.terms) - 1
    sizes, sums, product = np.zeros(0), np.zeros((k, 0)), np.zeros((k, k))
    for block, at in read():
        n_groups, weights = max(len(sizes), int(at.max()) + 1), _weights_of(block)
        sizes, sums = (
            np.pad(each, [*[(0, 0)] * (each.ndim - 1), (0, n_groups - len(sizes))]) for each in (sizes, sums)
        )
        sizes += np.bincount(at, weights, n_groups)
        sums += [np.bincount(at, weights * column, n_groups) for column in block.columns[1:]]
    means = sums / sizes
    for block, at in read():
        within = block.columns[1:] - means[:, at]
        product += (within * _weights_of(block)) @ within.T
    back, largest = inverse_of_triangle(np.asarray(np.linalg.cholesky(product).T, dtype=float)), 0.0
    for block, at in read():
        found = _leverages(block.columns[1:] - means[:, at], back, block.weights) + _weights_of(block) / sizes[at]
        largest = max(largest, float(found.max()))
    return largest


def _grouped(rows: Rows) -> Iterator[tuple[Block, np.ndarray[tuple[int], np.dtype[np.intp]]]]:
    for block in rows.blocks(with_groups=True)():
        if block.clusters is None:
            raise AssertionError("blocks with groups have their codes")
        yield block, block.clusters


def _leverages(columns: Matrix, back: Matrix, weights: Vector | None) -> Vector:
    found = ((back.T @ columns) ** 2).sum(axis=0)
    return found if weights is None else found * weights


def _weights_of(block: Block) -> Vector:
    return np.ones(len(block.outcome)) if block.weights is None else block.weights
