"""A recorded fit's model and rows → its columns, and those whose sums with the outcome follow from its coefficients.

Least squares tells ``X'y = X'X b``, with weights ``X'Wy``, as figures of the population by category do, a mixed model
``X'V^-1 y``, estimating equations, with D the slopes of the means, ``D'V^-1 y``: whoever knows regressors, weights and
variances can turn the coefficients back into sums of scores.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.marginal.of_model import OUTCOMES as SORTS_OF_OUTCOME
from models.multilevel.marginal.outcomes import OUTCOMES
from models.multilevel.random_terms import INTERCEPT_COLUMN
from models.regression.columns import Labels, columns_of
from models.regression.design import ORDER_OF_WAVES, lay_out, uses_of
from models.regression.profile import profile_of
from models.sections.inference import MARGINAL
from models.sections.panel import NUMBER_OF_ANSWERS
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Variable
from models.spec import RegressionSpec
from pipelines.steps.fit_working import Working, freed_of_working

RESIDUAL = "variance_residual"
CELL = ["organisation_id", "wave"]
WORKING_CORRELATION = "working_correlation"
PRODUCT = ":"
LATENT_VARIANCES = {"mixed_logit": np.pi**2 / 3, "mixed_ordered_logit": np.pi**2 / 3, "mixed_ordered_probit": 1.0}
"""Of what stands behind a category within a group; its weight is then the same for all rows."""
UNKNOWN: Mapping[str, float] = MappingProxyType({})
Names = Sequence[str]
Places = NDArray[np.intp]
Inverted = Callable[[Matrix, Vector, Places], Matrix]


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
        slope: How much the mean of each row moves with its linear predictor; None where it is the predictor.
    """

    matrix: pd.DataFrame
    turned: pd.DataFrame
    slope: Vector | None = None

    @property
    def moved(self) -> Matrix:
        """How much the mean of each row moves with each coefficient."""
        matrix = self.matrix.to_numpy()
        return matrix if self.slope is None else matrix * self.slope[:, None]


def turned_back(
    spec: RegressionSpec,
    rows: pd.DataFrame,
    labels: Labels,
    variances: Mapping[str, float],
    coefficients: Mapping[str, float] = UNKNOWN,
) -> TurnedBack:
    """Return the columns of a fit of one outcome and what its coefficients tell sums of.

    Args:
        spec: The model, variant applied.
        rows: The responses it used; of values that were imputed the middle of the known ones stands for them.
        labels: Labels of categories.
        variances: Diagnostics: of a mixed model ``variance_residual``, ``variance of …`` and ``covariance of …``; of a
            categorical one the last two; of estimating equations ``working_correlation``.
        coefficients: Term → estimate; of estimating equations of categories or counts.
    """
    full = with_middles(rows)
    matrix = _with_domains(spec, full, labels).astype(float)
    if spec.estimator in MARGINAL:
        return _of_working(spec, rows, matrix, variances.get(WORKING_CORRELATION, 0.0), coefficients)
    within = LATENT_VARIANCES.get(spec.estimator)
    known = variances if within is None else {**variances, RESIDUAL: within}
    varying = [_varying(each, spec, full, labels, known) for each in spec.random_effects]

    def inverted(values: Matrix, weights: Vector, places: Places) -> Matrix:
        first = np.unique(places, return_index=True)[1]
        of_rows = [Varying(each.codes[first], _means(each.columns, places), each.relative) for each in varying]
        return solved(values, weights, of_rows)

    return spread_over(spec, rows, matrix, spec.outcome, inverted)


def _with_domains(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Return the columns of a model; of figures of the population a column of 0 and 1 a category but the first."""
    profile = profile_of(uses_of(spec), rows)
    by = None if spec.figures is None else spec.figures.by
    domains = {} if by is None else columns_of(Variable(variable=by, use="category"), rows, labels, profile)
    return lay_out(spec, rows, labels, profile).assign(**domains)


def spread_over(
    spec: RegressionSpec, rows: pd.DataFrame, matrix: pd.DataFrame, outcome: str, inverted: Inverted, names: Names = ()
) -> TurnedBack:
    """Turn columns back, and where rows are organisations, give each response its organisation's.

    Args:
        spec: The model, variant applied.
        rows: The responses it used.
        matrix: Its columns, one row a response.
        outcome: What is explained; of an organisation the mean of those who have it.
        inverted: Columns of the fit's rows, their weights and the fit's row of each response → ``V^-1 X``.
        names: Columns of the equation, products as ``a:b``; all of the matrix where none are named.
    """
    index = pd.Index(rows["response_id"].astype(str))
    if spec.level == "response":
        weights = np.ones(len(rows)) if spec.weights is None else with_middles(rows)[spec.weights].to_numpy(dtype=float)
        own = _products(matrix, names)
        turned = inverted(own.to_numpy(), weights, np.arange(len(rows)))
        return TurnedBack(own.set_axis(index), pd.DataFrame(turned, columns=own.columns).set_axis(index))
    cells = rows.groupby(CELL, sort=True).ngroup().to_numpy()
    sizes = np.maximum(np.bincount(cells, rows[outcome].notna()), 1.0)
    means = _products(matrix.groupby(cells).mean(), names)
    weights = sizes if spec.weights == NUMBER_OF_ANSWERS else np.ones(len(sizes))
    turned = inverted(means.to_numpy(), weights, cells) / sizes[:, None]
    spread = pd.DataFrame(turned[cells], columns=means.columns)
    return TurnedBack(means.iloc[cells].set_axis(index), spread.set_axis(index))


def weighted(values: Matrix, weights: Vector, places: Places) -> Matrix:
    """Return what least squares tells sums of: columns times weights."""
    del places
    return values * weights[:, None]


def _products(matrix: pd.DataFrame, names: Names) -> pd.DataFrame:
    made = {name: matrix[name.split(PRODUCT)].prod(axis=1) for name in names}
    return pd.DataFrame(made, index=matrix.index) if names else matrix


def _of_working(
    spec: RegressionSpec, rows: pd.DataFrame, matrix: pd.DataFrame, alpha: float, coefficients: Mapping[str, float]
) -> TurnedBack:
    outcome, told = OUTCOMES[SORTS_OF_OUTCOME[spec.estimator]], [coefficients.get(str(name), 0.0) for name in matrix]
    clusters = pd.factorize(rows[spec.clusters()[0]])[0]
    waves = rows[ORDER_OF_WAVES].to_numpy(dtype=float) if spec.working_correlation == "ar1" else None

    def inverted(values: Matrix, weights: Vector, places: Places) -> Matrix:
        first = np.unique(places, return_index=True)[1]
        spread = outcome.variance(values @ told)
        groups = Working(clusters[first], None if waves is None else waves[first], alpha)
        return freed_of_working(values, spread, groups) * weights[:, None]

    found = spread_over(spec, rows, matrix, spec.outcome, inverted)
    return TurnedBack(found.matrix, found.turned, outcome.variance(found.matrix.to_numpy() @ told))


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
