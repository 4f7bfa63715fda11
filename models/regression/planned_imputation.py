"""A model and its responses → which of its variables are imputed how, from what, and in which groups.

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

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.missing_data.plan import Column, ImputationPlan, Method, OrganisationMean, SubstantiveModel, Values
from models.regression.design import lay_out, uses_of
from models.regression.identification import ModelDataError
from models.regression.profile import finite_numbers, profile_of
from models.sections.imputation import Imputation, has_effects_of_groups
from models.sections.inference import MIXED_CATEGORICAL, ORDERED, PANEL
from models.sections.panel import NUMBER_OF_ANSWERS
from models.sections.regressors import Interaction, Surface, Variable
from models.spec import RegressionSpec

CLUSTER = "cluster of the model"
OF_GROUP = " (mean of its group)"
OF_CATEGORIES = ("logit", "probit", "firth_logit", "gee_logit", "multinomial", *ORDERED, *MIXED_CATEGORICAL)
SUBSTANTIVE = ("linear", "mixed", "gee_linear", "logit", "firth_logit", "gee_logit")


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as numbers.

    Attributes:
        numbers: n values, missing as NaN; of categories their places among the codes.
        codes: Categories, sorted; none for numbers.
        dtype: Of the column.
    """

    numbers: Vector
    codes: tuple[Any, ...]
    dtype: Any

    def decoded(self, values: Vector) -> pd.Series:
        """Return n complete values as the column has them."""
        if not self.codes:
            return pd.Series(values, dtype="float64")
        return pd.Series([self.codes[int(place)] for place in values], dtype=self.dtype)


def code_columns(spec: RegressionSpec, rows: pd.DataFrame, request: Imputation, groups: str | None) -> dict[str, Coded]:
    """Return the columns that are imputed or tell of what is missing, as numbers.

    Args:
        spec: The model, variant applied.
        rows: Its responses.
        request: How values are imputed.
        groups: As of ``level_of``; other fixed effects and strata are categories.

    Raises:
        ModelDataError: If a number is infinite.
    """
    uses = uses_of(spec)
    strata = [] if spec.design is None or spec.design.strata is None else [spec.design.strata]
    others = [name for name in (*spec.effects(), *strata) if name != groups]
    categories = {name for name, each in uses.items() if any(one.use == "category" for one in each)} | {*others}
    categories |= {spec.outcome} if spec.estimator in OF_CATEGORIES else set()
    weights = [spec.weights] if spec.weights not in (None, NUMBER_OF_ANSWERS) else []
    names = [spec.outcome, *uses, *request.auxiliary, *weights, *others]
    found: dict[str, Coded] = {}
    for name in dict.fromkeys(names):
        is_category = name in categories or not types.is_numeric_dtype(rows[name])
        found[name] = code_category(rows[name]) if is_category else _of_number(rows, name)
    return found


def code_category(values: pd.Series) -> Coded:
    """Return a column of categories as places among its codes."""
    codes = tuple(sorted(values.dropna().unique().tolist()))
    places = values.map({code: place for place, code in enumerate(codes)})
    return Coded(np.asarray(places.to_numpy(dtype=float, na_value=np.nan), dtype=float), codes, values.dtype)


def _of_number(rows: pd.DataFrame, name: str) -> Coded:
    known = finite_numbers(rows[rows[name].notna()], name)
    values = np.full(len(rows), np.nan)
    values[known.index.to_numpy()] = known.to_numpy()
    return Coded(values, (), np.dtype("float64"))


def level_of(spec: RegressionSpec, rows: pd.DataFrame) -> str | None:
    """Return the column whose groups have random intercepts in imputations; None where there is none.

    Args:
        spec: The model, variant applied.
        rows: Its responses; of two fixed effects or two clusters the one with more groups is taken.
    """
    ways = (spec.panel.column,) if spec.panel is not None and spec.estimator in PANEL else spec.effects()
    if ways:
        return max(ways, key=lambda name: rows[name].nunique())
    units = () if spec.design is None else spec.design.stages()[0][:1]
    groups = [each for each in (*spec.clusters(), *units) if each is not None] or [*spec.random_groups()[:1]]
    return max(groups, key=lambda name: rows[name].nunique()) if groups else None


def plan_imputation(
    spec: RegressionSpec, rows: pd.DataFrame, request: Imputation, coded: Mapping[str, Coded], groups: str | None
) -> ImputationPlan:
    """Plan which column is imputed how; see ``imputed_rows.impute_rows``.

    Raises:
        ModelDataError: If a column cannot be imputed so that the model's completed sets may be pooled.
    """
    agreeing = {spec.outcome, *uses_of(spec)} if is_bent(spec) else set[str]()
    has_effects = has_effects_of_groups(spec.estimator, spec.fixed_effects)
    if agreeing:
        _refuse_bent(spec, has_effects=has_effects)
    has_levels = groups is not None
    numbers = [name for name, each in coded.items() if not each.codes] if has_effects else []
    columns: list[Column] = []
    for name, each in coded.items():
        method = _method(spec, name, each, agreeing, has_levels=has_levels)
        if has_effects and each.codes and method is not None:
            raise unknown_to_groups(spec, name, int(np.isnan(each.numbers).sum()))
        means = [f"{other}{OF_GROUP}" for other in numbers if other != name]
        predictors = (*(other for other in coded if other != name), *means) if has_effects else None
        columns.append(Column(name, len(each.codes), method, predictors))
    derived = tuple(OrganisationMean(f"{name}{OF_GROUP}", name) for name in numbers)
    model = None
    if agreeing:
        is_linear = spec.estimator in ("linear", "mixed", "gee_linear")
        family = "linear" if is_linear else "logit"
        model = SubstantiveModel(spec.outcome, _Terms(spec, rows, coded), family, is_linear and has_levels)
    cluster = CLUSTER if has_levels else None
    return ImputationPlan(tuple(columns), derived, request.imputations, request.iterations, cluster, model)


def _refuse_bent(spec: RegressionSpec, *, has_effects: bool) -> None:
    has_more = len(spec.random_groups()) > 1 or any(each.slopes for each in spec.random_effects)
    if spec.estimator not in SUBSTANTIVE or has_more or has_effects or spec.design is not None:
        raise ModelDataError(
            f"the model has products or curves, and imputations that agree with {spec.estimator} are not known; "
            f"expected one of {', '.join(SUBSTANTIVE)} (mixed with one random intercept and no slope), without "
            "fixed_effects and design; write missing: listwise, or take products and curves out"
        )


def unknown_to_groups(spec: RegressionSpec, name: str, n_missing: int) -> ModelDataError:
    """Say that a category misses values that would be drawn without the effects of groups that the model has."""
    return ModelDataError(
        f"'{name}' is a category that misses {counted(n_missing, 'value')}, and categories are drawn without effects "
        f"of groups, which {spec.estimator} has here; expected it complete; write missing: listwise, or a model "
        "without effects of groups"
    )


def _method(spec: RegressionSpec, name: str, coded: Coded, agreeing: set[str], *, has_levels: bool) -> Method | None:
    if not np.isnan(coded.numbers).any():
        return None
    if name in agreeing:
        return "substantive"
    if coded.codes:
        return method_of_category(spec, name, coded)
    return "two_level_matching" if has_levels else "matching"


def method_of_category(spec: RegressionSpec, name: str, coded: Coded) -> Method:
    """Return how a category is drawn: an ordered outcome by proportional odds, others by (multinomial) logit."""
    is_ordered = name == spec.outcome and spec.estimator in ORDERED
    return "ordered" if is_ordered else "logit" if len(coded.codes) == 2 else "multinomial"  # noqa: PLR2004


class _Terms:
    """The columns of a model as a function of its variables; means and knots are those of the known values."""

    def __init__(self, spec: RegressionSpec, rows: pd.DataFrame, coded: Mapping[str, Coded]) -> None:
        self.spec = spec
        self.coded = {name: coded[name] for name in uses_of(spec)}
        middle = {name: each.decoded(_with_middle(each)) for name, each in self.coded.items()}
        self.profile = profile_of(uses_of(spec), rows.assign(**middle))

    def __call__(self, values: Values) -> Matrix:
        frame = pd.DataFrame({name: each.decoded(values[name]) for name, each in self.coded.items()})
        return lay_out(self.spec, frame, {}, self.profile).to_numpy()


def _with_middle(coded: Coded) -> Vector:
    known = coded.numbers[~np.isnan(coded.numbers)]
    middle = float(np.sort(known)[len(known) // 2]) if len(known) else 0.0
    return np.where(np.isnan(coded.numbers), middle, coded.numbers)


def is_bent(spec: RegressionSpec) -> bool:
    """Tell whether a model has products, curves or a surface."""
    return bool(bent_regressors(spec))


def bent_regressors(spec: RegressionSpec) -> tuple[Interaction | Surface | Variable, ...]:
    """Return the products, curves and surfaces among the regressors of a model."""
    return tuple(
        each
        for each in spec.regressors_as_variables()
        if not isinstance(each, Variable) or each.polynomial > 1 or each.spline
    )
