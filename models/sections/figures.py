"""What a model says of figures of the population: which domains, denominator and quantiles, and who is looked at.

Put here the words and which go together; how figures are estimated is in ``models.survey_design``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, Self

from pydantic import Field, model_validator

from instruments.spec_file import BrokenRuleError, Name, Spec
from models.sections.inference import FIGURES, Estimator
from models.sections.regressors import Regressor, Sign, Variable
from models.sections.sample_design import SampleDesign

QUARTILES = (0.25, 0.5, 0.75)
RATIO, QUANTILES = "population_ratio", "population_quantiles"


class Figures(Spec):
    """What figures of the population are asked for beside those of the outcome over everybody.

    Attributes:
        by: Variable whose categories have a figure each (domains).
        per: Of a ``population_ratio``: the number whose total the outcome's total is divided by.
        shares: Of ``population_quantiles``: shares of the population up to each quantile, between 0 and 1.
        only: Subpopulation: variable → values that belong to it, codes where it has codes. The others stay in the
            sample, as they do where a population leaves out groups or waves.
    """

    by: Name | None = None
    per: Name | None = None
    shares: tuple[float, ...] = Field(default=QUARTILES, min_length=1)
    only: dict[Name, tuple[str | int | float, ...]] = {}

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if wrong := [share for share in self.shares if not 0 < share < 1]:
            raise ValueError(f"shares has {wrong[0]:g}; expected shares between 0 and 1, such as 0.5 for the median")
        if len(set(self.shares)) < len(self.shares):
            raise ValueError("shares names a share twice; keep one")
        if empty := [name for name, values in self.only.items() if not values]:
            raise ValueError(f"only names no value of '{empty[0]}'; write those that belong, or take it out")
        return self


def variables_of_figures(figures: Figures | None) -> Iterator[Variable]:
    """Yield what figures bring into a model besides its outcome."""
    if figures is not None and figures.by is not None:
        yield Variable(variable=figures.by, use="category")
    if figures is not None and figures.per is not None:
        yield Variable(variable=figures.per)


def members_of(figures: Figures | None) -> dict[str, list[str | int | float]]:
    """Return the columns that tell who belongs to the subpopulation, and the values that do."""
    return {} if figures is None else {name: list(values) for name, values in figures.only.items()}


def figures_written_out(figures: Figures | None) -> dict[str, Any]:
    """Return figures as plain values, defaults written out, what has no order sorted."""
    said = figures or Figures()
    only = {name: sorted(values, key=str) for name, values in sorted(said.only.items())}
    return {"by": said.by, "per": said.per, "shares": sorted(said.shares), "only": only}


def names_in_figures(written: Mapping[str, Any] | None) -> list[str]:
    """Return the variables of figures that are written out; none of a model without."""
    if written is None:
        return []
    return [*(each for each in (written["by"], written["per"]) if each is not None), *written["only"]]


class _Model(Protocol):
    """What of a model decides whether figures of the population can be estimated."""

    @property
    def estimator(self) -> Estimator: ...
    @property
    def figures(self) -> Figures | None: ...
    @property
    def outcome(self) -> Name: ...
    @property
    def design(self) -> SampleDesign | None: ...
    @property
    def weights(self) -> Name | None: ...
    @property
    def dyads(self) -> Name | None: ...
    @property
    def expected_sign(self) -> Sign: ...
    @property
    def smallest_effect_of_interest(self) -> float | None: ...
    def regressors_as_variables(self) -> list[Regressor]: ...


def refuse_unfit_figures(model: _Model) -> None:
    """Raise ValueError when figures of the population do not go together with what else a model says."""
    estimator, said = model.estimator, model.figures or Figures()
    if estimator not in FIGURES:
        if model.figures is not None:
            raise ValueError(f"figures are for estimator {', '.join(FIGURES)}; found {estimator}; remove them")
        if not model.regressors_as_variables():
            raise BrokenRuleError(f"expected 1 or more entries, found 0; {estimator} has effects", "regressors")
        return
    _refuse_tests(model)
    _refuse_keys_of_others(said, estimator)
    if model.design is None:
        raise ValueError(
            f"{estimator} needs a key design that says how responses were sampled, such as {{clusters: "
            "organisation_id}; write design: {} where responses were drawn themselves"
        )
    if model.outcome in (said.per, said.by):
        raise ValueError(f"'{model.outcome}' is the outcome and stands under figures too; name another variable there")
    if estimator == "population_total" and model.weights is None:
        raise ValueError(
            "population_total needs weights that add up to the population, such as design_weight; without them it "
            "would be a total of the responses"
        )


def _refuse_keys_of_others(said: Figures, estimator: Estimator) -> None:
    if estimator == RATIO and said.per is None:
        raise ValueError(f"{RATIO} needs a key figures with its denominator, such as {{per: number_of_staff}}")
    if estimator != RATIO and said.per is not None:
        raise ValueError(f"figures.per is for {RATIO}; found {estimator}; remove it")
    if estimator != QUANTILES and said.shares != QUARTILES:
        raise ValueError(f"figures.shares are for {QUANTILES}; found {estimator}; remove them")


def _refuse_tests(model: _Model) -> None:
    """Raise ValueError where a model of figures says something of effects, of which it has none."""
    said = {
        "regressors": bool(model.regressors_as_variables()),
        "dyads": model.dyads is not None,
        "expected_sign": model.expected_sign != "none",
        "smallest_effect_of_interest": model.smallest_effect_of_interest is not None,
    }
    for key in (key for key, is_said in said.items() if is_said):
        raise ValueError(
            f"{key} is said of effects, and {model.estimator} has none; remove it (figures of categories: figures.by)"
        )
