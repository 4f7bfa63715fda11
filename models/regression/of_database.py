"""A linear regression computed in a database, with what is told of it without looking at single responses.

Put here what is told; not how an engine computes (``in_database``) nor which models are computed there (``large``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from models.estimates import Fit, Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.columns import Labels, column_of
from models.regression.design import SelectedRows, focal_terms, uses_of
from models.regression.diagnostics import judged, of_clusters, of_columns
from models.regression.identification import refuse_decided_by_clusters
from models.regression.in_database.blocks import Block, factor
from models.regression.in_database.connection import Connection
from models.regression.in_database.layout import Layout, layout_of
from models.regression.in_database.planner import fit_in_database, needs_rows
from models.regression.in_database.result import TableFit
from models.regression.joint_tests import joint_tests, places_of_regressors, regressor_groups
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.fitted import FittedDesign
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.posed import codes_of
from models.regression.profile import profile_of
from models.regression.reading.of_coefficients import (
    COLUMNS,
    ReadCoefficients,
    read_every_term,
    read_focal_term,
    spread_of,
)
from models.sections.inference import Covariance
from models.sections.regressors import as_variable
from models.spec import RegressionSpec
from models.triangles import inverse_of_triangle

RELATION = ("responses",)
ROWS_OF_A_SLICE = 65_536


def can_be_in_database(spec: RegressionSpec) -> bool:
    """Tell whether an engine computes a linear model of responses, however many they are."""
    return needs_rows(spec, _kinds(spec)) is None


def fit_large(
    spec: RegressionSpec,
    variant: str,
    selected: SelectedRows,
    labels: Labels,
    fewest_beyond: int,
    connection: Connection,
) -> Fit:
    """Fit a linear model of responses in a database and tell what is known of it.

    Args:
        spec: The model, variant applied; one that ``can_be_in_database``.
        variant: What the variant is called.
        selected: Its complete rows.
        labels: Variable → code → label, for the names of terms.
        fewest_beyond: How many more responses than coefficients are asked for.
        connection: To a database in which the rows are the table ``responses``.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    found = fit_in_database(spec, connection, RELATION, labels, _kinds(spec), fewest_beyond)
    with on_one_thread():
        return _told(spec, variant, selected, labels, found)


def _kinds(spec: RegressionSpec) -> tuple[Covariance, ...]:
    """Return the covariances that are needed: that of the model, and the classical one for what is read of it."""
    return tuple(dict.fromkeys((spec.covariance_used(), "classical")))


@dataclass(frozen=True, eq=False)
class _Columns:
    """What the columns of a model add up to.

    Attributes:
        terms: Names of the k columns.
        triangle: R of the QR factors of the columns, each response times the root of its weight.
        standardising: Of each column its standard deviation over that of the outcome; NaN where it is constant.
        means: Of the columns, each response counting once.
        least_category: Fewest responses with or without any 0/1 column; None without such columns.
        max_leverage: Largest diagonal value of the hat matrix, effects that are taken out included.
    """

    terms: tuple[str, ...]
    triangle: Matrix
    standardising: Vector
    means: Vector
    least_category: int | None
    max_leverage: float


def _columns_of(layout: Layout, rows: pd.DataFrame) -> _Columns:
    blocks = partial(_slices, layout, rows)
    factored = factor(blocks)
    back = np.diag(factored.standard.scales)
    back[0] += factored.standard.shifts
    triangle = factored.triangle @ back
    spreads: Vector = np.linalg.norm(triangle[1:], axis=0) / np.sqrt(factored.weight)
    k = len(layout.terms)
    sums, is_indicator = np.zeros(k), np.ones(k, dtype=bool)
    for block in blocks():
        sums += block.columns.sum(axis=1)
        is_indicator &= ((block.columns == 0) | (block.columns == 1)).all(axis=1)
    is_indicator[0] = False
    ones = sums[is_indicator]
    least = int(np.minimum(ones, len(rows) - ones).min()) if len(ones) else None
    standardising = np.where(spreads[:k] > 0, spreads[:k] / spreads[k], np.nan)
    leverage = _largest_leverage(layout, rows, triangle[:k, :k])
    return _Columns(layout.terms, triangle[:k, :k], standardising, sums / len(rows), least, leverage)


def _largest_leverage(layout: Layout, rows: pd.DataFrame, triangle: Matrix) -> float:
    """Return the largest w x'(X'WX)^-1 x; with effects of groups, of deviations from their means, plus w / W_g."""
    if layout.spec.effects():
        return _largest_within(layout, rows)
    back = inverse_of_triangle(triangle)
    return max(float(_leverages(block.columns, back, block.weights).max()) for block in _slices(layout, rows))


def _largest_within(layout: Layout, rows: pd.DataFrame) -> float:
    codes = codes_of(rows[layout.spec.effects()[0]])
    parts = [codes[start : start + ROWS_OF_A_SLICE] for start in range(0, len(rows), ROWS_OF_A_SLICE)]
    k, n_groups = len(layout.terms) - 1, int(codes.max()) + 1
    sizes, sums, product = np.zeros(n_groups), np.zeros((k, n_groups)), np.zeros((k, k))
    for block, at in zip(_slices(layout, rows), parts, strict=True):
        weights = _weights_of(block)
        sizes += np.bincount(at, weights, n_groups)
        sums += [np.bincount(at, weights * column, n_groups) for column in block.columns[1:]]
    means = sums / sizes
    for block, at in zip(_slices(layout, rows), parts, strict=True):
        within = block.columns[1:] - means[:, at]
        product += (within * _weights_of(block)) @ within.T
    back, largest = inverse_of_triangle(np.asarray(np.linalg.cholesky(product).T, dtype=float)), 0.0
    for block, at in zip(_slices(layout, rows), parts, strict=True):
        found = _leverages(block.columns[1:] - means[:, at], back, block.weights) + _weights_of(block) / sizes[at]
        largest = max(largest, float(found.max()))
    return largest


def _leverages(columns: Matrix, back: Matrix, weights: Vector | None) -> Vector:
    found = ((back.T @ columns) ** 2).sum(axis=0)
    return found if weights is None else found * weights


def _weights_of(block: Block) -> Vector:
    return np.ones(len(block.outcome)) if block.weights is None else block.weights


def _slices(layout: Layout, rows: pd.DataFrame) -> Iterator[Block]:
    spec = layout.spec
    for start in range(0, len(rows), ROWS_OF_A_SLICE):
        some = rows.iloc[start : start + ROWS_OF_A_SLICE]
        columns = {
            name: some[name].to_numpy(dtype=float) if is_numeric_dtype(some[name]) else some[name]
            for name in uses_of(spec)
        }
        weights = some[spec.weights].to_numpy(dtype=float) if spec.weights is not None else None
        yield Block(layout.matrix(columns, len(some)), some[spec.outcome].to_numpy(dtype=float), weights)


def _told(spec: RegressionSpec, variant: str, selected: SelectedRows, labels: Labels, found: TableFit) -> Fit:
    rows = selected.rows
    profile = profile_of(uses_of(spec), rows)
    columns = _columns_of(layout_of(spec, labels, profile), rows)
    used, sure = spec.covariance_used(), found.uncertainties[spec.covariance_used()]
    focal_values = rows[column_of(as_variable(spec.focal))]
    refuse_decided_by_clusters(focal_values, rows[list(spec.clusters())], sure.n_clusters, sure.n_decided)
    groups = regressor_groups(spec, rows, profile, labels, found.terms)
    focal = focal_terms(spec, rows, labels, profile)
    combined = Coefficients(found.coefficients, sure.covariance, float(sure.df.min()), sure.corrected)
    means = dict(zip(columns.terms, columns.means.tolist(), strict=True))
    design = FittedDesign(spec, rows, profile, focal, means, labels, found.terms, combined)
    readings = [*_readings(spec, rows, columns, found, focal), *products_not_covered(design)]
    places = {term: (place,) for place, term in enumerate(found.terms)}
    kind = "OLS" if spec.weights is None else "WLS"
    return Fit(
        model=spec.name,
        variant=variant,
        estimator=f"{kind}_within" if spec.effects() else kind,
        covariance=used,
        outcome=spec.outcome,
        n_obs=found.n_obs,
        n_clusters=found.n_clusters if spec.clusters() else None,
        df_resid=found.df_resid,
        r_squared=found.r_squared,
        estimates=found.estimates(used, spec.confidence_level),
        diagnostics=_diagnostics(spec, selected, columns, found, places_of_regressors(groups, found.terms)),
        readings=pd.DataFrame(readings, columns=list(COLUMNS)),
        shapes=shapes_of(design),
        joint_tests=joint_tests(groups, places, found.coefficients, sure),
        data=selected.data,
        engine=found.engine,
        engine_reason=found.reason,
    )


def _readings(
    spec: RegressionSpec, rows: pd.DataFrame, columns: _Columns, found: TableFit, focal: tuple[str, ...]
) -> Iterator[tuple[str, str, float, float, float, str]]:
    places = [columns.terms.index(term) for term in found.terms]
    weights = None if spec.weights is None else rows[spec.weights].to_numpy(dtype=float)
    read = ReadCoefficients(
        terms=found.terms,
        values=found.coefficients,
        classical_errors=found.uncertainties["classical"].errors,
        standardised=found.coefficients * columns.standardising[places],
        outcome_spread=spread_of(rows[spec.outcome].to_numpy(dtype=float), weights),
        df_resid=int(found.df_resid),
        uncertainty=found.uncertainties[spec.covariance_used()],
        confidence_level=spec.confidence_level,
    )
    yield from read_every_term(read)
    for place, term in enumerate(found.terms):
        if term in focal:
            yield from read_focal_term(read, place, spec.smallest_effect_of_interest)


def _diagnostics(
    spec: RegressionSpec,
    selected: SelectedRows,
    columns: _Columns,
    found: TableFit,
    regressors: dict[str, list[int]],
) -> pd.DataFrame:
    """Return the diagnostics that ``models.regression.diagnostics.diagnose`` has of columns, clusters and counts."""
    values = {"max_leverage": columns.max_leverage}
    values |= {} if spec.effects() else of_columns(columns.triangle, found.terms, regressors)
    values["n_parameters"] = float(found.n_obs) - found.df_resid
    if columns.least_category is not None:
        values["least_category_n"] = float(columns.least_category)
    values |= of_clusters(found.uncertainties[spec.covariance_used()])
    if spec.effects():
        values |= {"r2_within": found.r_squared, "n_alone": float(selected.n_alone)}
    values["share_of_responses_used"] = len(selected.rows) / selected.n_in_population
    return judged(values)
