"""Columns of estimating equations → what of them meets the outcome: freed of spread and working correlation.

The equations ``D'(A^1/2 R A^1/2)^-1 (y - m) = 0``, D = AX for canonical links, tell ``X'A^1/2 R^-1 A^-1/2 y`` to
whoever knows the coefficients: sums of scores with the columns ``A^-1/2 R^-1 A^1/2 X``.

References:
    Liang and Zeger (1986), Biometrika 73(1), 13-22.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector


@dataclass(frozen=True, eq=False)
class Working:
    """A working correlation of n rows.

    Attributes:
        clusters: Cluster of each row.
        waves: Wave number of each row where neighbouring waves go together; None where all rows of a cluster do.
        alpha: Of two rows of a cluster, or of two a wave apart; nought for independence.
    """

    clusters: NDArray[np.intp]
    waves: Vector | None
    alpha: float

    def freed(self, values: Matrix, own: NDArray[np.intp]) -> Matrix:
        """Return R^-1 times the values of all rows of one cluster.

        Where all go together, R = (1 - a) I + a 11' has the inverse (I - a 11' / (1 + (n - 1) a)) / (1 - a).
        """
        if self.waves is None:
            share = self.alpha / (1 + (len(own) - 1) * self.alpha)
            return (values - share * values.sum(axis=0)) / (1 - self.alpha)
        gaps = np.abs(self.waves[own][:, None] - self.waves[own])
        return np.linalg.solve(np.sign(self.alpha) ** gaps * np.abs(self.alpha) ** gaps, values)


def freed_of_working(matrix: Matrix, spread: Vector, working: Working) -> Matrix:
    """Return ``A^-1/2 R^-1 A^1/2 X``.

    Args:
        matrix: n x p, X.
        spread: n, the variances A of the outcomes but for their scale.
        working: R.
    """
    roots = np.sqrt(spread)[:, None]
    found = matrix * roots
    if working.alpha:
        for own in pd.Series(working.clusters).groupby(working.clusters).indices.values():
            found[own] = working.freed(found[own], own)
    return found / roots
