"""What a model says of missing values: rows left out, or values imputed several times."""

from typing import Literal

from pydantic import Field

from instruments.spec_file import Name, Spec
from models.sections.inference import MIXED_CATEGORICAL, PANEL, Estimator
from models.sections.panel import Level

IMPUTATIONS = "n_imputations"
"""The diagnostic that tells a fit of completed sets from others."""
NOT_SETTLED = "columns_not_settled"
"""The diagnostic of their chains."""


class Imputation(Spec):
    """Multiple imputation of the variables of a model.

    Attributes:
        method: ``multiple_imputation``.
        imputations: Completed sets, each from a chain of its own.
        iterations: Rounds over all variables in each chain; fewer than 8 say nothing of whether chains have settled.
        auxiliary: Columns that are not in the model and say something of what is missing, or of why.
        has_levels: Whether numbers are imputed with a random intercept of the model's cluster, or of the first groups
            of a mixed model; it needs one cluster.
    """

    method: Literal["multiple_imputation"] = "multiple_imputation"
    imputations: int = Field(default=20, ge=2, le=1_000)
    iterations: int = Field(default=10, ge=1, le=1_000)
    auxiliary: tuple[Name, ...] = ()
    has_levels: bool = True


Missing = Literal["listwise", "multiple_imputation"] | Imputation


def imputation_of(missing: Missing) -> Imputation | None:
    """Return how missing values are imputed; None where rows are left out."""
    if isinstance(missing, Imputation):
        return missing
    return Imputation() if missing == "multiple_imputation" else None


def refuse_imputation_of(
    missing: Missing, estimator: Estimator, level: Level, effects: tuple[str, ...], *, has_design: bool
) -> None:
    """Raise ValueError when values are to be imputed for a model whose imputation is not known."""
    if imputation_of(missing) is None:
        return
    if has_design:
        raise ValueError(
            "missing: multiple_imputation does not know the design of a sample; write missing: listwise, or a cluster "
            "and weights instead of the design"
        )
    if estimator in MIXED_CATEGORICAL:
        raise ValueError(
            f"missing: multiple_imputation draws categories without random intercepts, which {estimator} has; write "
            "missing: listwise, or use logit or ordered_logit with a cluster"
        )
    if estimator in PANEL or level != "response" or effects:
        raise ValueError(
            "missing: multiple_imputation is for models of responses without a panel estimator, fixed effects or rows "
            "of organisations; write missing: listwise, or a variant without these"
        )
