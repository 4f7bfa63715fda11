"""What a model says of missing values: rows left out, values imputed several times, or silence weighted or modelled."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Protocol

from pydantic import Field, field_validator

from instruments.spec_file import Name, Spec
from models.sections.inference import FIGURES, MARGINAL, MISCLASSIFIED, MIXED_CATEGORICAL, PANEL, Estimator
from models.sections.nonresponse import ResponseWeights, Selection
from models.sections.panel import UNIT_COLUMNS, Level
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Variable

LISTWISE = "listwise"
IMPUTATIONS = "n_imputations"
"""The diagnostic that tells a fit of completed sets from others."""
NOT_SETTLED = "columns_not_settled"
"""The diagnostic of their chains."""
DELTA, TIPPING_POINT = "delta", "tipping_point"
"""Readings of deltas: ``delta 0.5 on variable``, ``tipping_point on variable``."""
_BY_LIKELIHOOD = "who misses a wave is kept by full information; write missing: listwise"
WITHOUT_IMPUTATION: Mapping[Estimator, str] = {
    "cross_lagged_panel": _BY_LIKELIHOOD,
    "latent_growth": _BY_LIKELIHOOD,
    "mediation_across_levels": (
        "variances between latent means are no coefficients that Rubin's rules pool; write missing: listwise, or "
        "estimator mediation with a cluster"
    ),
    **dict.fromkeys(FIGURES, "who answered has a weight for those who did not; write missing: listwise, and weights"),
    MISCLASSIFIED: "a code that is not there was not judged by a coder either; write missing: listwise",
}
"""Estimators whose completed sets are not pooled, with why and what to do instead."""


MOST_DELTAS = 20
Delta = Annotated[float, Field(allow_inf_nan=False)]


class Imputation(Spec):
    """Multiple imputation of the variables of a model.

    Attributes:
        method: ``multiple_imputation``.
        imputations: Completed sets, each from a chain of its own.
        iterations: Rounds over all variables in each chain; fewer than 8 say nothing of whether chains have settled.
        auxiliary: Columns that are not in the model and say something of what is missing, or of why.
        has_levels: Whether numbers are imputed with a random intercept: of the units of a panel or the fixed effects,
            else of the model's only cluster, the first units of a design, or the first groups of a mixed model; of
            organisations and waves where rows are organisations.
        deltas: Variable → what is added to its imputed values, in its units (log odds of a category), to see whether
            the conclusion holds when values are missing because of what they are; each delta is imputed anew.
    """

    method: Literal["multiple_imputation"] = "multiple_imputation"
    imputations: int = Field(default=20, ge=2, le=1_000)
    iterations: int = Field(default=10, ge=1, le=1_000)
    auxiliary: tuple[Name, ...] = ()
    has_levels: bool = True
    deltas: dict[Name, tuple[Delta, ...]] = {}

    @field_validator("deltas")
    @classmethod
    def _are_deltas(cls, deltas: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
        for variable, values in deltas.items():
            if not any(values) or len(set(values)) < len(values) or len(values) > MOST_DELTAS:
                raise ValueError(
                    f"deltas of {variable}: expected up to {MOST_DELTAS} different numbers, not 0 alone; found "
                    f"{list(values)}; each is imputed and fitted anew"
                )
        return deltas


Missing = Literal["listwise", "multiple_imputation"] | Imputation | ResponseWeights | Selection


def imputation_of(missing: Missing) -> Imputation | None:
    """Return how missing values are imputed; None where rows are left out."""
    if isinstance(missing, Imputation):
        return missing
    return Imputation() if missing == "multiple_imputation" else None


class _Model(Protocol):
    """What of a model decides whether its missing values can be imputed."""

    @property
    def estimator(self) -> Estimator: ...
    @property
    def level(self) -> Level: ...
    @property
    def missing(self) -> Missing: ...
    @property
    def fixed_effects(self) -> Name | tuple[Name, Name] | None: ...
    @property
    def random_effects(self) -> Sequence[RandomEffects]: ...
    def variables(self) -> Sequence[Variable]: ...
    def effects(self) -> Sequence[str]: ...
    def clusters(self) -> Sequence[str]: ...
    def random_groups(self) -> Sequence[str]: ...


def has_effects_of_groups(estimator: Estimator, fixed_effects: Name | tuple[Name, Name] | None) -> bool:
    """Tell whether a model sets rows of the same group apart from those of others, so that imputations must too."""
    return estimator in (*PANEL, *MIXED_CATEGORICAL) or fixed_effects is not None


def refuse_imputation_of(model: _Model) -> None:
    """Raise ValueError when values are to be imputed for a model whose completed sets would be pooled wrongly."""
    request, estimator = imputation_of(model.missing), model.estimator
    if request is None:
        return
    if estimator in WITHOUT_IMPUTATION:
        raise ValueError(
            f"missing: multiple_imputation is not for estimator {estimator}: {WITHOUT_IMPUTATION[estimator]}"
        )
    _refuse_slopes_of_groups(model)
    if model.level != "response":
        _refuse_for_organisations(request, model)
    if not request.has_levels and has_effects_of_groups(estimator, model.fixed_effects):
        raise ValueError(
            f"has_levels: false is not for {estimator} with effects of groups: imputed values would know nothing of "
            "the groups that the model sets apart; remove the key"
        )


def _refuse_slopes_of_groups(model: _Model) -> None:
    """Raise ValueError when values would be drawn with intercepts alone and slopes differ between groups."""
    groups = "organisations" if model.level != "response" else "groups"
    if any(each.slopes for each in model.random_effects):
        raise ValueError(
            f"missing: multiple_imputation with level {model.level} is for random intercepts; found slopes that differ "
            f"between {groups}, which imputed answers would draw together, so that errors come out too small; take "
            "slopes out, or write missing: listwise"
        )


def _refuse_for_organisations(request: Imputation, model: _Model) -> None:
    """Raise ValueError when answers imputed before they are averaged would not agree with a model of the averages."""
    if not request.has_levels:
        raise ValueError(
            f"has_levels: false is not for level {model.level}: imputed answers would know nothing of the "
            "organisations whose means are compared; remove the key"
        )
    groups = {*model.effects(), *model.random_groups(), *(model.clusters() if model.estimator in MARGINAL else ())}
    if others := sorted(groups - {UNIT_COLUMNS["organisation"], "wave"}):
        raise ValueError(
            f"missing: multiple_imputation with level {model.level} knows organisations and waves; found effects of "
            f"{', '.join(others)}, of which imputed answers would know nothing; write missing: listwise, or estimator "
            "linear with a cluster"
        )
    earlier = sorted({each.variable for each in model.variables() if each.earlier_wave})
    if earlier:
        raise ValueError(
            f"missing: multiple_imputation with level {model.level} is for variables of the same wave; found "
            f"{', '.join(earlier)} of the wave before, whose means are over those who answered; write missing: listwise"
        )
