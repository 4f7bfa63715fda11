"""Responses of a model with missing values → completed sets of them: which variable is imputed how.

Put here the plan that follows from a model; how values are drawn is in ``models.missing_data``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from models.estimates import Matrix, Vector
from models.missing_data.chained import impute_chained
from models.missing_data.imputations import Imputations
from models.missing_data.plan import Column, ImputationPlan, Method, SubstantiveModel, Values
from models.regression.design import lay_out, none_complete, select_population, uses_of
from models.regression.identification import ModelDataError
from models.regression.profile import finite_numbers, profile_of
from models.sections.imputation import Imputation
from models.sections.inference import ORDERED
from models.sections.regressors import Variable
from models.spec import RegressionSpec

CLUSTER = "cluster of the model"
NUMBER = "imputation"
BINARY = ("logit", "probit", "firth_logit", "gee_logit")
SUBSTANTIVE = ("linear", "mixed", "gee_linear", "logit", "firth_logit", "gee_logit")


@dataclass(frozen=True, eq=False)
class ImputedRows:
    """Completed sets of the responses of a model.

    Attributes:
        data: The n responses as they are, missing as NA, with auxiliary columns; sorted by response_id.
        n_in_population: Responses before those without cluster or weight were left out.
        completed: The same responses, complete, once an imputation.
        imputations: What was imputed and how the chains went; None where values were given rather than drawn.
    """

    data: pd.DataFrame
    n_in_population: int
    completed: tuple[pd.DataFrame, ...]
    imputations: Imputations | None

    def values(self) -> pd.DataFrame:
        """Return what was filled in: one row an incomplete response and imputation, one column an imputed variable.

        Returns:
            response_id, imputation from 0, then the imputed variables, known values of these responses included.
        """
        own = self.data.columns[self.data.isna().any()]
        imputed = [name for name in own if not any(each[name].isna().any() for each in self.completed)]
        is_filled = self.data[imputed].isna().any(axis=1)
        parts = [
            each.loc[is_filled, ["response_id", *imputed]].assign(**{NUMBER: number})
            for number, each in enumerate(self.completed)
        ]
        return pd.concat(parts, ignore_index=True)[["response_id", NUMBER, *imputed]]


@dataclass(frozen=True, eq=False)
class _Coded:
    """A column as numbers: categories by their places among ``codes``; no codes for numbers."""

    numbers: Vector
    codes: tuple[Any, ...]
    dtype: Any

    def decoded(self, values: Vector) -> pd.Series:
        if not self.codes:
            return pd.Series(values, dtype="float64")
        return pd.Series([self.codes[int(place)] for place in values], dtype=self.dtype)


def impute_rows(spec: RegressionSpec, analysis: pd.DataFrame, request: Imputation, seed: int) -> ImputedRows:
    """Impute what is missing in the variables of a model, from each other and from auxiliary columns.

    Numbers are matched (with a random intercept of the cluster where there is one way of clusters), categories drawn
    by logit or multinomial logit, an ordered outcome by proportional odds. Where the model has products or curves, its
    regressors and outcome are drawn so that they agree with it; then numbers are drawn as normal.

    Args:
        spec: The model, variant applied.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        request: How values are imputed.
        seed: Of the draws.

    Raises:
        ModelDataError: If a column is absent, no response is left, a column cannot be imputed, or the model has
            products or curves and an estimator for which agreeing imputations are not known.
    """
    rows, n_in_population = _rows(spec, analysis, request)
    _refuse_derived(spec, rows)
    coded = _coded(spec, rows, request)
    plan = _plan(spec, rows, request, coded)
    frame = pd.DataFrame({name: each.numbers for name, each in coded.items()})
    if plan.organisation is not None:
        frame[CLUSTER] = rows[_groups(spec)[0]].to_numpy()
    frame.index = pd.Index(rows["response_id"].astype(str))
    imputations = impute_chained(frame, plan, np.random.default_rng(seed))
    completed = tuple(_filled(rows, coded, each) for each in imputations)
    return ImputedRows(rows, n_in_population, completed, imputations)


def complete_rows(
    spec: RegressionSpec, analysis: pd.DataFrame, request: Imputation, values: pd.DataFrame
) -> ImputedRows:
    """Complete the responses of a model with values that were imputed before.

    Args:
        spec: The model, variant applied.
        analysis: As of ``impute_rows``.
        request: How the values were imputed.
        values: As of ``ImputedRows.values``.

    Raises:
        ModelDataError: If a column is absent, or no response is left.
    """
    rows, n_in_population = _rows(spec, analysis, request)
    named = rows.set_index("response_id", drop=False)
    completed: list[pd.DataFrame] = []
    for number in range(request.imputations):
        given = values[values[NUMBER] == number].set_index("response_id").drop(columns=NUMBER)
        filled = {str(name): named[name].astype(given[name].dtype).fillna(given[name]) for name in given}
        completed.append(named.assign(**filled).reset_index(drop=True))
    return ImputedRows(rows, n_in_population, tuple(completed), None)


def _rows(spec: RegressionSpec, analysis: pd.DataFrame, request: Imputation) -> tuple[pd.DataFrame, int]:
    """Return the responses with every cluster and weight, and how many the population has."""
    population = select_population(spec, analysis, request.auxiliary)
    needed = [*spec.clusters(), *spec.random_groups(), *([spec.weights] if spec.weights else [])]
    rows = population[population[needed].notna().all(axis=1)].reset_index(drop=True)
    if rows.empty:
        raise none_complete(len(population), {name: int(population[name].isna().sum()) for name in needed})
    return rows, len(population)


def is_bent(spec: RegressionSpec) -> bool:
    """Tell whether a model has products, curves or a surface."""
    lone = [each for each in spec.regressors_as_variables() if isinstance(each, Variable)]
    return len(lone) < len(spec.regressors) or any(each.polynomial > 1 or each.spline for each in lone)


def _filled(rows: pd.DataFrame, coded: Mapping[str, _Coded], completed: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in coded if rows[name].isna().any()]
    return rows.assign(**{name: coded[name].decoded(completed[name].to_numpy()) for name in missing})


def _coded(spec: RegressionSpec, rows: pd.DataFrame, request: Imputation) -> dict[str, _Coded]:
    uses = uses_of(spec)
    categories = {name for name, each in uses.items() if any(one.use == "category" for one in each)}
    categories |= {spec.outcome} if spec.estimator in ("multinomial", *ORDERED, *BINARY) else set()
    names = [spec.outcome, *uses, *request.auxiliary, *([spec.weights] if spec.weights else [])]
    found: dict[str, _Coded] = {}
    for name in dict.fromkeys(names):
        is_category = name in categories or not types.is_numeric_dtype(rows[name])
        found[name] = _of_category(rows[name]) if is_category else _of_number(rows, name)
    return found


def _of_category(values: pd.Series) -> _Coded:
    codes = tuple(sorted(values.dropna().unique().tolist()))
    places = values.map({code: place for place, code in enumerate(codes)})
    return _Coded(np.asarray(places.to_numpy(dtype=float, na_value=np.nan), dtype=float), codes, values.dtype)


def _of_number(rows: pd.DataFrame, name: str) -> _Coded:
    known = finite_numbers(rows[rows[name].notna()], name)
    values = np.full(len(rows), np.nan)
    values[known.index.to_numpy()] = known.to_numpy()
    return _Coded(values, (), np.dtype("float64"))


def _plan(spec: RegressionSpec, rows: pd.DataFrame, request: Imputation, coded: Mapping[str, _Coded]) -> ImputationPlan:
    has_levels = request.has_levels and len(_groups(spec)) == 1
    agreeing = {spec.outcome, *uses_of(spec)} if is_bent(spec) else set[str]()
    has_more = len(spec.random_groups()) > 1 or any(each.slopes for each in spec.random_effects)
    if agreeing and (spec.estimator not in SUBSTANTIVE or has_more):
        raise ModelDataError(
            f"the model has products or curves, and imputations that agree with {spec.estimator} are not known; "
            f"expected one of {', '.join(SUBSTANTIVE)} (mixed with one random intercept and no slope); write missing: "
            "listwise, or take products and curves out"
        )
    columns = tuple(
        Column(name, len(each.codes), _method(spec, name, each, agreeing, has_levels=has_levels))
        for name, each in coded.items()
    )
    model = None
    if agreeing:
        is_linear = spec.estimator in ("linear", "mixed", "gee_linear")
        family = "linear" if is_linear else "logit"
        model = SubstantiveModel(spec.outcome, _Terms(spec, rows, coded), family, is_linear and has_levels)
    return ImputationPlan(columns, (), request.imputations, request.iterations, CLUSTER if has_levels else None, model)


def _groups(spec: RegressionSpec) -> tuple[str, ...]:
    """Return the columns whose groups numbers go together in: the clusters, or the first groups of a mixed model."""
    return spec.clusters() or spec.random_groups()[:1]


def _method(spec: RegressionSpec, name: str, coded: _Coded, agreeing: set[str], *, has_levels: bool) -> Method | None:
    if not np.isnan(coded.numbers).any():
        return None
    if name in agreeing:
        return "substantive"
    if coded.codes:
        is_ordered = name == spec.outcome and spec.estimator in ORDERED
        return "ordered" if is_ordered else "logit" if len(coded.codes) == 2 else "multinomial"  # noqa: PLR2004
    return "two_level_matching" if has_levels else "matching"


class _Terms:
    """The columns of a model as a function of its variables; means and knots are those of the known values."""

    def __init__(self, spec: RegressionSpec, rows: pd.DataFrame, coded: Mapping[str, _Coded]) -> None:
        self.spec = spec
        self.coded = {name: coded[name] for name in uses_of(spec)}
        middle = {name: each.decoded(_with_middle(each)) for name, each in self.coded.items()}
        self.profile = profile_of(uses_of(spec), rows.assign(**middle))

    def __call__(self, values: Values) -> Matrix:
        frame = pd.DataFrame({name: each.decoded(values[name]) for name, each in self.coded.items()})
        return lay_out(self.spec, frame, {}, self.profile).to_numpy()


def _with_middle(coded: _Coded) -> Vector:
    known = coded.numbers[~np.isnan(coded.numbers)]
    middle = float(np.sort(known)[len(known) // 2]) if len(known) else 0.0
    return np.where(np.isnan(coded.numbers), middle, coded.numbers)


def _refuse_derived(spec: RegressionSpec, rows: pd.DataFrame) -> None:
    """Raise ModelDataError when a mean or deviation of a group misses values: it follows from others' answers."""
    for column, uses in uses_of(spec).items():
        n_missing = int(rows[column].isna().sum())
        if n_missing and uses[0].use not in ("number", "category"):
            raise ModelDataError(
                f"'{column}' misses {n_missing} of {len(rows)} values and follows from answers of a group, which are "
                "not imputed here; expected it complete; write missing: listwise"
            )
