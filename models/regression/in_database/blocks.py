"""Rows of a regression in blocks, and the triangle that all of them come to.

Put here how blocks are laid out and factored; not what is added up of residuals (``residual_sums``) nor where blocks
come from (``streamed``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.triangles import inverse_of_triangle

ROWS_AT_ONCE = 8_192
LARGEST_CONDITION = 300.0


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a regression, laid out columns first.

    Attributes:
        columns: k x n regressors; with an intercept, it is the first.
        outcome: n values.
        weights: n positive weights; None: 1 each.
        clusters: n codes from 0; None without clusters.
    """

    columns: Matrix
    outcome: Vector
    weights: Vector | None = None
    clusters: NDArray[np.intp] | None = None

    def parts(self) -> Iterator["Block"]:
        """Cut the block into parts small enough for the processor's own memory."""
        for start in range(0, len(self.outcome), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            yield Block(
                self.columns[:, rows],
                self.outcome[rows],
                None if self.weights is None else self.weights[rows],
                None if self.clusters is None else self.clusters[rows],
            )


Blocks = Callable[[], Iterator[Block]]
"""Gives the same blocks in the same order whenever it is called."""


@dataclass(frozen=True, eq=False)
class Standard:
    """How columns are moved to about 0 and scaled to about 1, the k regressors first and the outcome last.

    Any numbers near the means and deviations do: results do not depend on them but for rounding.

    Attributes:
        shifts: k + 1; nought for the intercept, and for all columns without one.
        scales: k + 1, above nought.
    """

    shifts: Vector
    scales: Vector

    def rows(self, part: Block) -> Matrix:
        """Return k + 1 standardised columns of some rows, times the roots of their weights."""
        values = np.empty((len(self.shifts), len(part.outcome)))
        np.subtract(part.columns, self.shifts[:-1, None], out=values[:-1])
        np.subtract(part.outcome, self.shifts[-1], out=values[-1])
        values *= (1 / self.scales)[:, None]
        if part.weights is not None:
            values *= np.sqrt(part.weights)
        return values

    def raw(self, *, has_intercept: bool) -> Matrix:
        """Return the k x k triangle U with X = Z U, X the columns as they are and Z standardised."""
        back = np.diag(self.scales[:-1])
        if has_intercept:
            back[0] += self.shifts[:-1]
        return back


@dataclass(frozen=True, eq=False)
class Factored:
    """What the first reading of all rows comes to.

    Attributes:
        standard: Of the columns.
        triangle: (k + 1) x (k + 1) triangle R of the QR factors of the standardised columns, the outcome last.
        n_obs: Rows.
        weight: Sum of weights; rows where there are none.
        least: Smallest outcome.
        largest: Largest outcome.
    """

    standard: Standard
    triangle: Matrix
    n_obs: int
    weight: float
    least: float
    largest: float

    @property
    def whitening(self) -> Matrix:
        """The k x k matrix that makes standardised regressors (columns first) orthogonal, of length 1."""
        triangle = self.triangle[:-1, :-1]
        return inverse_of_triangle(triangle).T


def factor(blocks: Blocks, *, has_intercept: bool = True) -> Factored:
    """Read all rows and factor their standardised columns.

    The triangle comes from the cross-product where columns are far from dependent (condition up to 300), and is then
    set right by the second reading; otherwise the rows are read again, and the triangle comes from QR factors of the
    triangle so far and each part.

    Args:
        blocks: The rows; at least one.
        has_intercept: Whether the first column is the intercept.

    References:
        Golub and Van Loan (2013), Matrix Computations, 4th ed., section 5.3. Yamamoto et al. (2015), Electronic
        Transactions on Numerical Analysis 44, 306-326 (the cross-product set right). Demmel et al. (2012), SIAM Journal
        on Scientific Computing 34(1), A206-A239 (QR factors of blocks).
    """
    standard, product, summary = None, np.zeros((0, 0)), _Summary()
    for block in blocks():
        if standard is None:
            standard = standard_of(next(block.parts()), has_intercept=has_intercept)
            product = np.zeros((len(standard.shifts),) * 2)
        for part in block.parts():
            values = standard.rows(part)
            product += values @ values.T
        summary.add(block)
    if standard is None:
        raise ValueError("no block; a regression needs rows")
    triangle = triangle_of_product(product)
    if triangle is None:
        triangle = triangle_of_rows(blocks, standard)
    return Factored(standard, triangle, summary.n_obs, summary.weight, summary.least, summary.largest)


class _Summary:
    def __init__(self) -> None:
        self.n_obs, self.weight, self.least, self.largest = 0, 0.0, np.inf, -np.inf

    def add(self, block: Block) -> None:
        n = len(block.outcome)
        self.n_obs += n
        self.weight += n if block.weights is None else float(block.weights.sum())
        self.least = min(self.least, float(block.outcome.min(initial=np.inf)))
        self.largest = max(self.largest, float(block.outcome.max(initial=-np.inf)))


def standard_of(block: Block, *, has_intercept: bool) -> Standard:
    """Move and scale columns by the means and deviations of one block."""
    values = np.vstack([block.columns, block.outcome])
    shifts = values.mean(axis=1) if has_intercept else np.zeros(len(values))
    if has_intercept:
        shifts[0] = 0.0
    scales = np.sqrt(((values - shifts[:, None]) ** 2).mean(axis=1))
    largest = np.abs(values).max(axis=1)
    scales = np.where(scales > np.finfo(float).eps * largest, scales, np.where(largest > 0, largest, 1.0))
    return Standard(shifts, scales)


def triangle_of_product(product: Matrix) -> Matrix | None:
    """Return the triangle R with R'R the cross-product, or None when it would not be exact."""
    lengths = np.sqrt(np.diag(product))
    if (lengths == 0).any():
        return None
    scaled = product / np.outer(lengths, lengths)
    values = np.linalg.eigvalsh(scaled)
    if values[0] * LARGEST_CONDITION**2 < values[-1]:
        return None
    return np.asarray(np.linalg.cholesky(scaled).T * lengths, dtype=float)


def triangle_of_rows(blocks: Blocks, standard: Standard) -> Matrix:
    """Return the triangle of the QR factors of all standardised rows, in one reading of them."""
    m = len(standard.shifts)
    triangle = np.zeros((m, m))
    for block in blocks():
        for part in block.parts():
            triangle = np.asarray(np.linalg.qr(np.vstack([triangle, standard.rows(part).T]), mode="r"))
    return triangle * np.where(np.diag(triangle) < 0, -1.0, 1.0)[:, None]
