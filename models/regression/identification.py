"""Whether data can carry a regression: enough responses, coefficients that can be told apart, more than one cluster."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import qr, solve_triangular

from instruments.counted import counted
from instruments.faults import DataError
from models.estimates import Matrix, Vector

FEWEST_CLUSTERS = 2
FEWEST_BEYOND = 20
RANK_TOLERANCE = 1e-10
PART_TOLERANCE = 1e-6


class ModelDataError(DataError):
    """The data cannot carry a model; the message says what was found, what was expected and what to do."""


def refuse_unidentified(
    outcome: pd.Series,
    matrix: pd.DataFrame,
    clusters: pd.DataFrame,
    fewest_beyond: int = 1,
    rows: str = "responses",
) -> None:
    """Raise ModelDataError when the regression has no unique solution or no standard errors.

    Args:
        outcome: n values, none missing.
        matrix: n rows, one column a coefficient, the intercept first.
        clusters: Clusters of the responses, one column a way.
        fewest_beyond: How many more responses than coefficients are asked for.
        rows: What the rows are.
    """
    refuse_few(*matrix.shape, fewest_beyond)
    refuse_constant(str(outcome.name), len(outcome), float(outcome.min()), float(outcome.max()), rows)
    refuse_dependencies(find_dependencies(matrix), rows)
    for name in clusters:
        refuse_few_clusters(str(name), clusters[name].nunique(), len(outcome), rows)


def refuse_few(n: int, n_coefficients: int, fewest_beyond: int = 1) -> None:
    """Raise ModelDataError when there are too few rows for the coefficients, effects included."""
    if fewest_beyond > 1 and n < n_coefficients + fewest_beyond:
        raise ModelDataError(
            f"{counted(n, 'complete response')} for {counted(n_coefficients, 'coefficient')}: too few for a "
            f"regression; expected at least {n_coefficients + fewest_beyond}, {fewest_beyond} more than coefficients; "
            "take out regressors or widen the population, or report so few people as profiles and as x of n "
            "(out.coded_shares)"
        )
    if n < n_coefficients + 1:
        raise ModelDataError(
            f"{counted(n, 'complete response')} for {counted(n_coefficients, 'coefficient')}; "
            f"expected at least {n_coefficients + 1}; take out regressors or widen the population"
        )


def refuse_constant(outcome: str, n: int, least: float, largest: float, rows: str = "responses") -> None:
    """Raise ModelDataError when the outcome of n rows does not vary."""
    if least == largest:
        raise ModelDataError(
            f"the outcome '{outcome}' is the same in all {n} {rows} used; expected variation; "
            "choose another outcome or population"
        )


def refuse_dependencies(dependencies: dict[str, list[str]], rows: str = "responses") -> None:
    """Raise ModelDataError when a column follows from others, as ``find_dependencies`` says."""
    if dependencies:
        listed = "; ".join(in_words(term, parts, rows) for term, parts in dependencies.items())
        raise ModelDataError(f"the coefficients cannot be told apart: {listed}; take one of them out of the model")


def refuse_few_clusters(name: str, n_clusters: int, n: int, rows: str = "responses") -> None:
    """Raise ModelDataError when the n rows belong to a single cluster."""
    if n_clusters < FEWEST_CLUSTERS:
        raise ModelDataError(
            f"the {n} {rows} used belong to {n_clusters} cluster of '{name}'; expected at least "
            f"{FEWEST_CLUSTERS}; use covariance HC3 or widen the population"
        )


def refuse_decided_by_clusters(
    focal: pd.Series, clusters: pd.DataFrame, n_clusters: int | None, n_decided: int | None
) -> None:
    """Raise ModelDataError when clusters are no more than the coefficients of what varies between them only.

    Then every cluster's mean is fitted exactly, each decides coefficients by itself, and the standard error of a focal
    one among them comes out next to nought. What varies within clusters is not touched by that.

    Args:
        focal: The focal regressor, n values.
        clusters: Clusters of the rows, one column a way.
        n_clusters: None without clusters.
        n_decided: Coefficients that one cluster decides by itself; None where that is not looked for.
    """
    if n_clusters is None or n_decided is None or n_decided < n_clusters:
        return
    name = str(clusters.columns[0])
    values = pd.DataFrame({"cluster": clusters[name], "focal": focal}).drop_duplicates()
    if len(values) == n_clusters:
        raise ModelDataError(
            f"{n_clusters} clusters of '{name}' are too few: '{focal.name}' does not vary within them and single "
            f"clusters decide {n_decided} coefficients, so that its standard error would be next to nought; take out "
            f"what does not vary within '{name}', or widen the population"
        )


def find_dependencies(matrix: pd.DataFrame) -> dict[str, list[str]]:
    """Find columns that are exact linear combinations of others, by QR with column pivoting.

    Args:
        matrix: n rows, k columns, the first one constant.

    Returns:
        Each dependent column → the columns that make it up besides the constant; no column for one that is constant.

    References:
        Golub and Van Loan (2013), Matrix Computations, 4th ed., section 5.4. R: ``alias(lm(...))``.
    """
    values = matrix.to_numpy()[:, 1:]
    return dependencies_of(values - values.mean(axis=0), np.linalg.norm(values, axis=0), list(matrix.columns[1:]))


def dependencies_of(centred: Matrix, lengths: Vector, names: list[str]) -> dict[str, list[str]]:
    """Find dependent columns as ``find_dependencies`` from what is left of them when their means are taken out.

    Args:
        centred: n x k columns less their means, or the triangle of their QR factors.
        lengths: Lengths of the k columns as they were.
        names: Of the k columns.
    """
    scaled: Matrix = centred / np.where(lengths > 0, lengths, 1.0)
    factors: Any = qr(scaled, mode="r", pivoting=True)
    triangle, order = cast("tuple[Matrix, NDArray[np.int32]]", factors)
    rank = int((np.abs(np.diag(triangle)) > RANK_TOLERANCE).sum())
    shares = cast("Matrix", solve_triangular(triangle[:rank, :rank], triangle[:rank, rank:]))
    is_part = np.abs(shares) > PART_TOLERANCE
    return {
        names[order[rank + place]]: [names[order[part]] for part in np.flatnonzero(is_part[:, place])]
        for place in range(len(names) - rank)
    }


def in_words(term: str, parts: list[str], rows: str = "responses") -> str:
    """Say what a dependent column follows from."""
    if not parts:
        return f"'{term}' is the same in all {rows} used"
    listed = ", ".join(f"'{part}'" for part in sorted(parts))
    return f"'{term}' follows from {listed}"
