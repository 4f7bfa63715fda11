"""What a model says of comparisons beside its coefficients: regressors that go together, and forms of them."""

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec, closest
from models.sections.imputation import Missing
from models.sections.inference import Estimator
from models.sections.regressors import Interaction, Regressor, Surface, Variable, parts_of
from models.sections.sample_design import SampleDesign

FEWEST_TOGETHER, MOST_TOGETHER, FEWEST_OF_A_FACTOR = 2, 12, 3
Form = Literal["sum", "separately", "one_factor", "lowest", "product", "separately_and_product"]


class Together(Spec):
    """Regressors that go together: what each explains by itself, and their coefficients drawn together (ridge).

    Attributes:
        of: Names of variables among the regressors; the others stay in the model throughout.
        folds: Parts of the clusters, or of the rows, of which each in turn is predicted from the others.
        draws: Bootstrap draws behind the intervals, of whole clusters where there are some.
    """

    of: tuple[Name, ...] = Field(min_length=FEWEST_TOGETHER, max_length=MOST_TOGETHER)
    folds: int = Field(default=10, ge=2, le=100)
    draws: int = Field(default=499, ge=99, le=10_000)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Together":
        refuse_twice("together", self.of)
        return self


class CompetingForms(Spec):
    """Forms in which the same scores may explain the outcome, compared on the same rows.

    Attributes:
        of: Scores among the regressors, as numbers as they are, on one scale.
        forms: ``sum`` (mean of the scores); ``separately`` (a coefficient each); ``one_factor`` (the factor behind
            them); ``lowest``; ``product``; ``separately_and_product``. The first is what the others are held against.
        folds: Parts of the clusters, or of the rows, of which each in turn is predicted from the others.
    """

    of: tuple[Name, ...] = Field(min_length=FEWEST_TOGETHER, max_length=MOST_TOGETHER)
    forms: tuple[Form, ...] = Field(default=("sum", "one_factor", "lowest", "product"), min_length=2)
    folds: int = Field(default=10, ge=2, le=100)

    @model_validator(mode="after")
    def _is_consistent(self) -> "CompetingForms":
        refuse_twice("competing_forms", self.of)
        refuse_twice("competing_forms", self.forms)
        if "one_factor" in self.forms and len(self.of) < FEWEST_OF_A_FACTOR:
            raise ValueError(f"one_factor needs {FEWEST_OF_A_FACTOR} scores or more; found {len(self.of)}; take it out")
        return self


class Asks(Protocol):
    """What a model says that decides which comparisons it can carry."""

    @property
    def together(self) -> Together | None:
        """Regressors that go together; None where the model names none."""
        ...

    @property
    def competing_forms(self) -> CompetingForms | None:
        """Competing forms; None likewise."""
        ...

    @property
    def regressors(self) -> tuple[str | Regressor, ...]:
        """Its regressors."""
        ...

    @property
    def estimator(self) -> Estimator:
        """Its estimator."""
        ...

    @property
    def design(self) -> SampleDesign | None:
        """Design of its sample."""
        ...

    @property
    def missing(self) -> Missing:
        """How it treats missing values."""
        ...

    @property
    def weights(self) -> str | None:
        """Column of weights."""
        ...

    def clusters(self) -> tuple[str, ...]:
        """Return the columns of its clusters."""
        ...

    def effects(self) -> tuple[str, ...]:
        """Return the columns whose effects are taken out."""
        ...


def is_plain_linear(model: Asks) -> bool:
    """Tell whether a model is linear, of complete rows, without effects taken out, a design and clusters two ways."""
    is_one_way = len(model.clusters()) <= 1 and not model.effects() and model.design is None
    return model.estimator == "linear" and is_one_way and model.missing == "listwise"


def refuse_twice(key: str, names: tuple[str, ...]) -> None:
    """Raise ValueError when a list of names names one twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{key} names '{twice}' twice; keep one")


def refuse_unfit_comparisons(model: Asks) -> None:
    """Raise ValueError when a model asks for comparisons that it cannot carry."""
    if model.together is not None:
        _refuse_unfit_together(model.together, model)
    if model.competing_forms is not None and not _can_compare_forms(model.competing_forms, model):
        raise ValueError(
            "competing_forms is for estimator linear of complete rows, without weights, fixed_effects, a design or "
            f"clusters in two ways, with {', '.join(model.competing_forms.of)} among the regressors as numbers as they "
            "are; take it out, or move what does not fit it to a variant"
        )


def fitting_comparisons(model: Asks) -> dict[str, object]:
    """Return the comparisons that a variant can carry, by key; regressors that it leaves out are not compared."""
    together, forms = model.together, model.competing_forms
    alone = {each.variable for each in _alone(model.regressors)}
    if together is not None:
        left = tuple(name for name in together.of if name in alone)
        is_kept = is_plain_linear(model) and len(left) >= FEWEST_TOGETHER
        together = together.model_copy(update={"of": left}) if is_kept else None
    if forms is not None and not _can_compare_forms(forms, model):
        forms = None
    return {"together": together, "competing_forms": forms}


def _can_compare_forms(forms: CompetingForms, model: Asks) -> bool:
    alone = _alone(model.regressors)
    as_they_are = all(Variable(variable=name) in alone for name in forms.of)
    return as_they_are and is_plain_linear(model) and model.weights is None


def _refuse_unfit_together(together: Together, model: Asks) -> None:
    if not is_plain_linear(model):
        raise ValueError(
            "together is for estimator linear of complete rows, without fixed_effects, a design or clusters in two "
            "ways; take it out, or move what does not fit it to a variant"
        )
    alone = [each.variable for each in _alone(model.regressors)]
    for name in together.of:
        if name not in alone:
            raise ValueError(f"together names '{name}', which is no regressor{closest(name, alone)}")
    for joined in (each for each in model.regressors if isinstance(each, Interaction | Surface)):
        name = next((part.variable for part in parts_of(joined) if part.variable in together.of), None)
        if name is not None:
            raise ValueError(
                f"together compares '{name}', which also stands in a product or a surface, so that its part cannot be "
                "told; take one of the two out"
            )


def _alone(regressors: Sequence[str | Regressor]) -> list[Variable]:
    return [part for each in regressors if isinstance(each, str | Variable) for part in parts_of(each)]
