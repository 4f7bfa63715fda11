"""The variance between organisations of a mixed model → how much room its sum of squares leaves hidden means.

The variance itself is not released, but standard errors are made of it. At the optimum of the likelihood it tells

    sum over organisations of ``(1'V_j^-1 e_j)^2``, with e the outcome less Xb.

A working correlation of estimating equations tells ``sum over organisations of (1'e_j)^2`` less all squares.

Standard errors by clusters, by the design of a sample or of rows of organisations are made of sums of squares too:

    sum over organisations of ``(b_j'e_j)^2``, with b what moves a coefficient, where it is the same for all of each.

Whoever knows the organisations that are shown and the coefficients knows that sum over the hidden ones: their totals
lie on a sphere. Of two hidden organisations beside the mean of everybody that leaves two points; where hidden means
hardly differ, a variance of nought among them, it leaves a small one.

References:
    Harville (1977), Journal of the American Statistical Association 72(358), 320-338, on the likelihood equations.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.steps.fit_designs import TurnedBack
from pipelines.steps.fit_equations import CELL, SAME, HiddenCells
from pipelines.steps.lattice.units import Places

INTERCEPT = "intercept"
DIGITS_ALIKE = 12


@dataclass(frozen=True, eq=False)
class Squares:
    """A sum of squares of linear functions of hidden totals, ``|Gt + g|^2``, that is known.

    Attributes:
        weights: G, one row an organisation, H columns.
        residuals: What ``Gt + g`` is.
    """

    weights: Matrix
    residuals: Vector


def squares_of_organisations(
    design: TurnedBack, people: pd.DataFrame, hidden: HiddenCells, *, is_of_pairs: bool = False
) -> Squares:
    """Return the sum of squares over hidden organisations that the variance between them tells.

    Args:
        design: Columns of the model, one row a person with a score.
        people: As of ``hidden_cells``.
        hidden: What is hidden, H cells.
        is_of_pairs: Whether a working correlation tells it, the mean product of residuals over all pairs of an
            organisation: then residuals count as they are.
    """
    own = people.loc[design.matrix.index]
    matrix, turned = design.matrix.to_numpy(), design.turned.to_numpy()
    scores = own["score"].to_numpy(dtype=float)
    coefficients = np.linalg.lstsq(matrix.T @ turned, turned.T @ scores, rcond=None)[0]
    weight = np.ones(len(own)) if is_of_pairs else design.turned[INTERCEPT].to_numpy()
    left = pd.Series(weight * (scores - matrix @ coefficients), index=own.index)
    cells = pd.MultiIndex.from_frame(hidden.cells[CELL])
    by_cell = [own[name] for name in CELL]
    of_cells = left.groupby(by_cell).sum().reindex(cells).fillna(0.0).to_numpy()
    weights = pd.Series(weight, index=own.index).groupby(by_cell).mean().reindex(cells).fillna(0.0).to_numpy()
    codes, names = pd.factorize(hidden.cells["organisation"])
    is_of = (codes == np.arange(len(names))[:, None]).astype(float)
    return Squares(is_of * weights, is_of @ of_cells)


def squares_of_errors(
    design: TurnedBack,
    people: pd.DataFrame,
    hidden: HiddenCells,
    *,
    has_rows_of_organisations: bool = False,
    even: TurnedBack | None = None,
) -> list[Squares]:
    """Return the sums of squares over hidden organisations that standard errors tell.

    Factors that all squares of a sum share are left out, and so are the small ones by which corrections for few
    clusters tell organisations apart. Hidden organisations that move coefficients otherwise, as those of another region
    do, are taken for known once: sums of squares of two coefficients may tell those of each.

    Args:
        design: Columns of the model, one row a person with a score.
        people: As of ``hidden_cells``.
        hidden: What is hidden, H cells.
        has_rows_of_organisations: Whether rows are organisations: then the residual variance is of their means.
        even: The columns with weights that are even within organisations; which coefficients these move alike. By how
            much people of an organisation differ from their mean is taken for known beside weights that differ.

    Returns:
        Of every coefficient that all people of each organisation move alike: the sum over all hidden organisations,
        then over each set of two or more that move all such coefficients alike.
    """
    own, moves = people.loc[design.matrix.index], moves_of(design)
    scores = own["score"].to_numpy(dtype=float)
    left = scores - design.matrix.to_numpy() @ (moves.T @ scores)
    by_cell = [own[name] for name in CELL]
    evenly = moves if even is None else moves_of(even)
    if has_rows_of_organisations:
        sizes = own.groupby(by_cell)["score"].transform("size").to_numpy(dtype=float)
        moves, evenly = (np.column_stack([each, 1.0 / sizes]) for each in (moves, evenly))
    means = pd.DataFrame(moves, index=own.index).groupby(by_cell).mean()
    told = moved_alike(evenly, by_cell)
    cells = pd.MultiIndex.from_frame(hidden.cells[CELL])
    weights = means.reindex(cells).fillna(0.0).to_numpy()[:, told]
    names, is_of = organisations_of(hidden)
    moved = pd.DataFrame(moves[:, told] * left[:, None]).groupby(own["organisation"].to_numpy()).sum()
    residuals = moved.reindex(names).fillna(0.0).to_numpy()
    sets = sets_moved_alike(patterns_of(design, own, hidden, told[told < design.matrix.shape[1]]), is_of)
    return [
        Squares(is_of[these] * weights[:, place], residuals[these, place])
        for place in range(len(told))
        for these in sets
        if (is_of[these] * weights[:, place]).any()
    ]


def moves_of(design: TurnedBack) -> Matrix:
    """Return how much every person's score moves each coefficient."""
    matrix, turned = design.matrix.to_numpy(), design.turned.to_numpy()
    return turned @ np.linalg.pinv(matrix.T @ turned)


def moved_alike(moves: Matrix, by_cell: list[pd.Series]) -> Places:
    """Return the coefficients that all people of each cell move alike."""
    of_cells = pd.DataFrame(moves, index=by_cell[0].index).groupby(by_cell)
    apart = (of_cells.max() - of_cells.min()).max().to_numpy()
    return np.flatnonzero(apart < SAME * np.abs(moves).max(axis=0, initial=0.0))


def organisations_of(hidden: HiddenCells) -> tuple[pd.Index, Matrix]:
    """Return the J organisations of hidden cells, and which cells are of each, J x H."""
    codes, names = pd.factorize(hidden.cells["organisation"])
    return pd.Index(names), (codes == np.arange(len(names))[:, None]).astype(float)


def patterns_of(design: TurnedBack, own: pd.DataFrame, hidden: HiddenCells, told: Places) -> Matrix:
    """Return how coefficients of some places move with people of each hidden cell, whatever their weight, H x K."""
    matrix, turned = design.matrix.to_numpy(), design.turned.to_numpy()
    moves = pd.DataFrame(matrix @ np.linalg.pinv(matrix.T @ turned)[:, told], index=own.index)
    cells = pd.MultiIndex.from_frame(hidden.cells[CELL])
    return moves.groupby([own[name] for name in CELL]).mean().reindex(cells).fillna(0.0).to_numpy()


def sets_moved_alike(patterns: Matrix, is_of: Matrix) -> list[Places]:
    """Return all organisations, then each set of two or more that move coefficients alike, where that is not all.

    Args:
        patterns: As of ``patterns_of``, H x K.
        is_of: Which cells are of each organisation, J x H.
    """
    everything, moves = np.arange(len(is_of)), is_of @ np.abs(patterns)
    _, codes = np.unique(moves.round(DIGITS_ALIKE), axis=0, return_inverse=True)
    sets = [np.flatnonzero(codes == code) for code in range(codes.max(initial=-1) + 1)]
    return [everything, *(these for these in sets if 1 < len(these) < len(everything))]


def squares_widths(hidden: HiddenCells, squares: Squares, n_others: int = 0) -> Vector:
    """Return how far apart the means lie that some cells may have for the sums and the sum of squares, in points.

    Totals t that keep the known sums differ from the true ones by Pz, P the projection beside the sums; those that keep
    the squares too have ``GPz + g0`` as long as ``g0``: a sphere in the directions of GP. Its diameter along a cell is
    the width; the space between the two points of a sphere of one direction does not count. Endless where the squares
    say nothing of a cell, or sums everything.

    Args:
        hidden: What is hidden, H cells.
        squares: The sum of squares.
        n_others: Further sums of the same totals that are known, such as of fourth powers; each takes a direction.
    """
    n = hidden.cells["n"].to_numpy(dtype=float)
    sums = basis_of(hidden.known)
    image, sizes, ways = np.linalg.svd(squares.weights - (squares.weights @ sums.T) @ sums, full_matrices=False)
    is_told = sizes > SAME * max(sizes.max(initial=0.0), SAME)
    image, sizes, ways = image[:, is_told], sizes[is_told], ways[is_told]
    free = 1.0 - (sums**2).sum(axis=0)
    untold = free - (ways**2).sum(axis=0)
    is_endless = (untold > SAME) | (free < SAME) | ~is_told.any()
    radius = float(np.linalg.norm(image.T @ squares.residuals))
    reach = np.linalg.norm(ways.T / sizes, axis=1)
    width = 2 * radius * reach / n if len(sizes) > 1 + n_others else 0.0 * n
    return np.where(is_endless, np.inf, width)


def basis_of(rows: Matrix) -> Matrix:
    """Return orthonormal rows that span the same as some."""
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
    return directions[sizes > SAME * sizes.max(initial=0.0)]
