"""Working correlations of a cluster's rows: how they are estimated from residuals, and how rows are freed of them.

Freed rows R^-1/2 x have the identity as working correlation, so that estimating equations become least squares.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.marginal.clusters import ClusteredRows
from models.regression.identification import ModelDataError

Correlation = Literal["independence", "exchangeable", "ar1"]
GRID = 2001
CLOSE = 1e-14
TINY = 1e-12


@dataclass(frozen=True)
class Working:
    """One working correlation.

    Attributes:
        estimate: Rows and n Pearson residuals over the root of the scale → alpha.
        free: Rows, alpha and n x m values → R^-1/2 times them, n x m.
    """

    estimate: Callable[[ClusteredRows, Vector], float]
    free: Callable[[ClusteredRows, float, Matrix], Matrix]


def _nothing(rows: ClusteredRows, residuals: Vector) -> float:
    del rows, residuals
    return 0.0


def _as_they_are(rows: ClusteredRows, alpha: float, values: Matrix) -> Matrix:
    del rows, alpha
    return values


def _mean_of_pairs(rows: ClusteredRows, residuals: Vector) -> float:
    """Return the mean product of residuals over all pairs within clusters, as geepack takes it."""
    sizes = rows.sizes.astype(float)
    n_pairs = float((sizes * (sizes - 1)).sum()) / 2
    _refuse_no_pairs(rows, n_pairs)
    sums, squares = rows.sums(residuals), rows.sums(residuals**2)
    alpha = float((sums**2 - squares).sum()) / 2 / n_pairs
    least = -1 / (float(sizes.max()) - 1)
    _refuse_outside(alpha, least, 1.0, rows)
    return alpha


def _free_of_mean(rows: ClusteredRows, alpha: float, values: Matrix) -> Matrix:
    """Return R^-1/2 x of R = (1 - a) I + a 11': eigenvalues 1 + (n - 1) a for the mean, 1 - a beside it."""
    sizes = rows.sizes.astype(float)
    means = rows.sums(values) / sizes[:, None]
    along = (1 + (sizes - 1) * alpha) ** -0.5
    beside = (1 - alpha) ** -0.5
    return beside * values + ((along - beside)[:, None] * means)[rows.codes]


def _power_of_gaps(rows: ClusteredRows, residuals: Vector) -> float:
    """Return the alpha at which alpha^gap is closest to the products of all pairs (least squares), as geepack.

    It may be negative only where waves are whole numbers with odd gaps among them.
    """
    from scipy.optimize import brentq  # noqa: PLC0415

    gaps, products, counts = _products_by_gap(rows, residuals)
    _refuse_no_pairs(rows, float(counts.sum()))
    is_signed = bool((gaps == np.round(gaps)).all() and (gaps % 2 == 1).any())
    least = -1.0 if is_signed else 0.0
    places = np.linspace(least, 1.0, GRID)
    powers = places[:, None] ** gaps
    at = int(np.argmin(((powers * counts - 2 * products) * powers).sum(axis=1)))

    def slope(alpha: float) -> float:
        return float(np.sum(gaps * alpha ** (gaps - 1) * (products - counts * alpha**gaps)))

    if at == 0 and not is_signed:
        return 0.0
    _refuse_outside(float(places[at]), least, 1.0, rows)
    low, high = max(float(places[at - 1]), least + TINY), float(places[at + 1])
    if slope(low) * slope(high) >= 0:
        return float(places[at])
    return cast("float", brentq(slope, low, high, xtol=CLOSE))


def _products_by_gap(rows: ClusteredRows, residuals: Vector) -> tuple[Vector, Vector, Vector]:
    """Return the gaps between waves of pairs, the sum of their products of residuals and their number."""
    found: list[tuple[Vector, Vector]] = [
        (rows.waves[later] - rows.waves[first], residuals[first] * residuals[later]) for first, later in rows.pairs()
    ]
    if not found:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    between = np.concatenate([gaps for gaps, _ in found])
    products = np.concatenate([product for _, product in found])
    gaps, inverse = np.unique(between, return_inverse=True)
    n_each = np.bincount(inverse).astype(float)
    return gaps, np.bincount(inverse, weights=products).astype(float), n_each


def _free_of_path(rows: ClusteredRows, alpha: float, values: Matrix) -> Matrix:
    """Return R^-1/2 x of R = alpha^gap: each row less what the one before foretells, over the root of what is left."""
    before = np.vstack([np.zeros((1, values.shape[1])), values[:-1]])
    kept = np.sign(alpha) ** rows.gaps() * np.abs(alpha) ** rows.gaps()
    kept[rows.starts] = 0.0
    return (values - kept[:, None] * before) / np.sqrt(1 - kept**2)[:, None]


def _refuse_no_pairs(rows: ClusteredRows, n_pairs: float) -> None:
    if not n_pairs:
        raise ModelDataError(
            f"each of the {rows.n_clusters} clusters of '{rows.name}' has one response: no correlation within clusters "
            "can be estimated; expected clusters of two or more; write working_correlation: "
            "independence"
        )


def _refuse_outside(alpha: float, least: float, largest: float, rows: ClusteredRows) -> None:
    if not least < alpha < largest:
        raise ModelDataError(
            f"the working correlation within '{rows.name}' is estimated as {alpha:.3f}; expected more than {least:.3f} "
            f"and less than {largest:.0f}, so that a cluster of {int(rows.sizes.max())} can have it; "
            "write working_correlation: independence"
        )


WORKING: dict[Correlation, Working] = {
    "independence": Working(_nothing, _as_they_are),
    "exchangeable": Working(_mean_of_pairs, _free_of_mean),
    "ar1": Working(_power_of_gaps, _free_of_path),
}
