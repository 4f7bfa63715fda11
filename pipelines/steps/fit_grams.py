"""Standard errors that are quadratic in scores → the sums of squares of hidden totals that they tell.

An error is squared ``y'Qy``. Let a hidden total move by d, the same for everybody of it who is behind the fit, with e
what is left of the scores and s what moves per point of the total: the squared error becomes
``(e + Sd)'Q(e + Sd)``, which the Gram matrix ``[e, S]'Q[e, S]`` tells. Sums of squares that keep the error keep that.
"""

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.silent_rows import Silent
from models.regression.stacked import stacked_of_scores
from pipelines.steps.fit_designs import TurnedBack
from pipelines.steps.fit_equations import CELL, HiddenCells
from pipelines.steps.fit_squares import Squares, moved_alike, moves_of, organisations_of, patterns_of, sets_moved_alike

LEAST_SHARE = 1e-12


def squares_of_gram(gram: Matrix, may_move: Vector) -> Squares:
    """Return the sum of squares whose cross-products are known.

    Args:
        gram: (1 + H) x (1 + H): of what is left, and of how each hidden total moves it.
        may_move: H: 1 for hidden cells whose total may move, 0 for those that are taken for known.
    """
    sizes, ways = np.linalg.eigh((gram + gram.T) / 2)
    root = (ways * np.sqrt(np.where(sizes > LEAST_SHARE * sizes.max(initial=0.0), sizes, 0.0))).T
    return Squares(root[:, 1:] * may_move, root[:, 0])


def shifts_of(responses: pd.Index, people: pd.DataFrame, hidden: HiddenCells) -> Matrix:
    """Return by how much each response moves with the total of each hidden cell, all of one alike, n x H.

    Args:
        responses: Those behind a figure; who is not among the people does not move.
        people: As of ``hidden_cells``.
        hidden: What is hidden, H cells.
    """
    cells = pd.MultiIndex.from_frame(hidden.cells[CELL])
    own = pd.MultiIndex.from_frame(people.reindex(responses)[CELL])
    is_of = (cells.get_indexer(own)[:, None] == np.arange(len(cells))).astype(float)
    return is_of / np.maximum(is_of.sum(axis=0), 1.0)


def squares_of_stacked(
    own: TurnedBack, even: TurnedBack, silent: Silent, cluster: str, told: tuple[pd.DataFrame, HiddenCells]
) -> list[Squares]:
    """Return the sums of squares that errors with weights of response tell, with what estimating the weights adds.

    Args:
        own: Columns of the weighted fit.
        even: The same with weights that are even within organisations; which coefficients these move alike.
        silent: Its rows and models of answering.
        cluster: Column of clusters.
        told: People as of ``hidden_cells``, and what is hidden.

    Returns:
        As of ``squares_of_errors``.
    """
    people, hidden = told
    if silent.weighted is None:
        return []
    scored, moves = people.loc[own.matrix.index], moves_of(own)
    scores = scored["score"].to_numpy(dtype=float)
    left = scores - own.matrix.to_numpy() @ (moves.T @ scores)
    moving = np.column_stack([left, shifts_of(own.matrix.index, people, hidden)])
    places = moved_alike(moves_of(even), [scored[name] for name in CELL])
    order = own.matrix.index.get_indexer(pd.Index(silent.rows["response_id"].astype(str)))
    grams: list[Matrix] = []
    for place in places:
        each = np.where(order[:, None] >= 0, (moving * moves[:, [place]])[order], 0.0)
        grams.append(stacked_of_scores(np.eye(len(each.T)), each, silent.rows, silent.weighted, cluster)[0])
    is_of = organisations_of(hidden)[1]
    return [
        each
        for these in sets_moved_alike(patterns_of(own, scored, hidden, places), is_of)
        for each in (squares_of_gram(gram, is_of[these].sum(axis=0)) for gram in grams)
        if each.weights.any()
    ]
