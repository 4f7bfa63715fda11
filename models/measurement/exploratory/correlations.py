"""Correlations that factors are looked for in: of answers taken as numbers, or as ordered categories.

Complete answers only; what cannot be analysed is refused by name.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.measurement.confirmatory.refusals import FactorModelError, refuse_unusable
from models.measurement.ordered import ordered_sample
from models.measurement.polychoric import polychoric
from models.measurement.reliability import complete_cases

CorrelationKind = Literal["pearson", "polychoric"]
SMALLEST_EIGENVALUE = 1e-8


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations of items.

    Attributes:
        kind: Pearson's of the codes, or polychoric.
        items: Names (p).
        matrix: p x p, positive definite.
        n_obs: Complete responses.
    """

    kind: CorrelationKind
    items: tuple[str, ...]
    matrix: Matrix
    n_obs: int


def correlations(answers: pd.DataFrame, kind: CorrelationKind) -> Correlations:
    """Correlate items over complete answers.

    Args:
        answers: One row a response, one column an item (p), missing as NA.
        kind: ``polychoric`` takes the codes as ordered categories.

    Raises:
        FactorModelError: If an item is constant, two are the same, responses are no more than items, or correlations
            are not positive definite.

    References:
        R: ``cor(na.omit(answers))``; ``lavaan::lavCor(ordered = TRUE)``.
    """
    items, codes = tuple(str(name) for name in answers.columns), complete_cases(answers)
    refuse_unusable(items, codes)
    matrix = correlation_matrix(codes, kind)
    refuse_indefinite(matrix)
    return Correlations(kind, items, matrix, len(codes))


def correlation_matrix(codes: Matrix, kind: CorrelationKind) -> Matrix:
    """Return correlations of complete answers, p x p."""
    if kind == "polychoric":
        return polychoric(ordered_sample(codes)).correlation
    return np.asarray(np.corrcoef(codes, rowvar=False), dtype=float)


def refuse_indefinite(correlation: Matrix) -> None:
    """Refuse correlations of which one item follows from others, or that contradict one another.

    Raises:
        FactorModelError: If an eigenvalue is not positive.
    """
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    if smallest < SMALLEST_EIGENVALUE:
        msg = (
            f"the correlations of the items have no inverse (smallest eigenvalue {smallest:.2g}, expected above 0): "
            "an item follows from others, or too few answered; take out items that repeat others, join rare categories"
        )
        raise FactorModelError(msg)
