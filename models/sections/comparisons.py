"""What a model says of comparisons beside its coefficients: regressors that go together, and forms of them."""

from collections.abc import Iterable

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec, closest
from models.sections.regressors import Interaction, Regressor, Surface, Variable, parts_of

FEWEST_TOGETHER, MOST_TOGETHER = 2, 12


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


def refuse_twice(key: str, names: tuple[str, ...]) -> None:
    """Raise ValueError when a list of names names one twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{key} names '{twice}' twice; keep one")


def refuse_unfit_together(
    together: Together | None, regressors: Iterable[str | Regressor], *, is_plain_linear: bool
) -> None:
    """Raise ValueError when regressors are to be compared that a model does not have, or not by themselves.

    Args:
        together: The section; None where the model has none.
        regressors: Of the model.
        is_plain_linear: Whether it is linear, of complete rows, without effects taken out, a design, or clusters in two
            ways.
    """
    if together is None:
        return
    if not is_plain_linear:
        raise ValueError(
            "together is for estimator linear of complete rows, without fixed_effects, a design or clusters in two "
            "ways; take it out, or move what does not fit it to a variant"
        )
    alone = [each.variable for each in _alone(regressors)]
    for name in together.of:
        if name not in alone:
            raise ValueError(f"together names '{name}', which is no regressor{closest(name, alone)}")
    for joined in (each for each in regressors if isinstance(each, Interaction | Surface)):
        name = next((part.variable for part in parts_of(joined) if part.variable in together.of), None)
        if name is not None:
            raise ValueError(
                f"together compares '{name}', which also stands in a product or a surface, so that its part cannot be "
                "told; take one of the two out"
            )


def narrowed(
    together: Together | None, regressors: Iterable[str | Regressor], *, is_plain_linear: bool
) -> Together | None:
    """Return what is left to compare in a variant; None where fewer than two of the regressors are left.

    Args:
        together: The section; None where the model has none.
        regressors: Of the variant.
        is_plain_linear: As ``refuse_unfit_together``.
    """
    if together is None or not is_plain_linear:
        return None
    alone = {each.variable for each in _alone(regressors)}
    left = tuple(name for name in together.of if name in alone)
    return together.model_copy(update={"of": left}) if len(left) >= FEWEST_TOGETHER else None


def _alone(regressors: Iterable[str | Regressor]) -> list[Variable]:
    return [part for each in regressors if isinstance(each, str | Variable) for part in parts_of(each)]
