"""A recorded fit's model and rows → its columns, and those whose sums with the outcome follow from its coefficients.

Least squares tells ``X'y = X'X b``, with weights ``X'Wy``, a mixed model ``X'V^-1 y``: whoever knows regressors,
weights and variances can turn the coefficients back into sums of scores.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.random_terms import INTERCEPT_COLUMN
from models.regression.columns import Labels, columns_of
from models.regression.design import lay_out, uses_of
from models.regression.profile import profile_of
from models.sections.panel import NUMBER_OF_ANSWERS
from models.sections.random_effects import RandomEffects
from models.spec import RegressionSpec

RESIDUAL = "variance_residual"
CELL = ["organisation_id", "wave"]


@dataclass(frozen=True, eq=False)
class Varying:
    """Effects of one kind of groups.

    Attributes:
        codes: Group of each of m rows, 0 to G - 1.
        columns: m x q: what the effects are multiplied with.
        relative: q x q covariance of a group's effects over the residual variance.
    """

    codes: NDArray[np.intp]
    columns: Matrix
    relative: Matrix


@dataclass(frozen=True, eq=False)
class TurnedBack:
    """The columns of a fit, one row a response, whose ids index both tables.

    Attributes:
        matrix: The regressors as the model has them; those of its organisation where rows are organisations.
        turned: Columns whose sums with the outcome follow from the coefficients.
    """

    matrix: pd.DataFrame
    turned: pd.DataFrame


def turned_back(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, variances: Mapping[str, float]) -> TurnedBack:
    """Return the columns of a fit and what its coefficients tell sums of.

    Args:
        spec: The model, variant applied.
        rows: The responses it used; of values that were imputed the middle of the known ones stands for them.
        labels: Labels of categories.
        variances: Diagnostics of a mixed model: ``variance_residual``, ``variance of …`` and ``covariance of …``.
    """
    full = with_middles(rows)
    matrix = lay_out(spec, full, labels, profile_of(uses_of(spec), full)).astype(float)
    varying = [_varying(each, spec, full, labels, variances) for each in spec.random_effects]
    index = pd.Index(rows["response_id"].astype(str))
    if spec.level == "response":
        weights = np.ones(len(rows)) if spec.weights is None else full[spec.weights].to_numpy(dtype=float)
        turned = pd.DataFrame(solved(matrix.to_numpy(), weights, varying), columns=matrix.columns)
        return TurnedBack(matrix.set_axis(index), turned.set_axis(index))
    cells = full.groupby(CELL, sort=True).ngroup().to_numpy()
    sizes = np.maximum(np.bincount(cells, rows[spec.outcome].notna()), 1.0)
    means = matrix.groupby(cells).mean()
    first = np.unique(cells, return_index=True)[1]
    weights = sizes if spec.weights == NUMBER_OF_ANSWERS else np.ones(len(sizes))
    of_cells = [Varying(each.codes[first], _means(each.columns, cells), each.relative) for each in varying]
    turned = solved(means.to_numpy(), weights, of_cells) / sizes[:, None]
    spread = pd.DataFrame(turned[cells], columns=matrix.columns)
    return TurnedBack(means.iloc[cells].set_axis(index), spread.set_axis(index))


def with_middles(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill what is missing with the middle one of the known values of its column."""
    found: dict[str, pd.Series] = {}
    for name in rows.columns[rows.isna().any()]:
        known = rows[name].dropna().sort_values()
        found[str(name)] = rows[name].fillna(known.iloc[len(known) // 2]) if len(known) else rows[name]
    return rows.assign(**found)


def solved(matrix: Matrix, weights: Vector, varying: Sequence[Varying]) -> Matrix:
    """Return ``V^-1 X`` times the residual variance, m x p; weights times X where no effects vary.

    V over the residual variance is ``W^-1 + Z Omega Z'``. With A the roots of the weights times Z times a root of Omega
    the inverse is ``W^1/2 (I - A (I + A'A)^-1 A') W^1/2`` (Woodbury), and I + A'A is sparse.
    """
    from scipy import sparse  # noqa: PLC0415 - seldom needed
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    roots = np.sqrt(weights)[:, None]
    scaled = matrix * roots
    blocks: list[Any] = []
    for each in varying:
        values = (each.columns @ _root(each.relative)) * roots
        places = np.arange(len(values))
        for own in range(values.shape[1]):
            shape = (len(values), int(each.codes.max()) + 1)
            blocks.append(sparse.csc_matrix((values[:, own], (places, each.codes)), shape=shape))
    if not blocks:
        return scaled * roots
    random: Any = sparse.hstack(blocks, format="csc")
    inner = sparse.identity(random.shape[1], format="csc") + (random.T @ random).tocsc()
    explained = random @ splu(inner.tocsc()).solve(np.asarray(random.T @ scaled))
    return (scaled - np.asarray(explained)) * roots


def _varying(
    words: RandomEffects, spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, variances: Mapping[str, float]
) -> Varying:
    columns = {INTERCEPT_COLUMN: pd.Series(1.0, index=rows.index)}
    for variable in words.variables():
        columns |= columns_of(variable, rows, labels, profile_of(uses_of(spec), rows))
    names = list(columns)
    relative = np.zeros((len(names), len(names)))
    for later, name in enumerate(names):
        relative[later, later] = variances[f"variance of {words.name}: {name}"]
        for earlier in range(later):
            told = variances.get(f"covariance of {words.name}: {names[earlier]}, {name}", 0.0)
            relative[later, earlier] = relative[earlier, later] = told
    codes = rows.groupby(list(words.columns), sort=True).ngroup().to_numpy()
    values = np.column_stack([each.to_numpy(dtype=float) for each in columns.values()])
    return Varying(np.asarray(codes, dtype=np.intp), values, relative / variances[RESIDUAL])


def _root(covariance: Matrix) -> Matrix:
    """Return R with ``RR'`` the covariance, also where a variance is nought."""
    sizes, directions = np.linalg.eigh(covariance)
    return directions * np.sqrt(np.maximum(sizes, 0.0))


def _means(columns: Matrix, cells: NDArray[np.intp]) -> Matrix:
    return pd.DataFrame(columns).groupby(cells).mean().to_numpy()
