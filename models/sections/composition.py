"""What a model says of an outcome that is one part of a whole: shares that add up to a total."""

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec
from models.sections.comparisons import refuse_twice
from models.sections.imputation import Missing
from models.sections.inference import PANEL, Estimator

FEWEST_PARTS, MOST_PARTS = 2, 20
OF_LOG_RATIOS: tuple[Estimator, ...] = ("linear", "mixed", *PANEL)


class Composition(Spec):
    """Parts that add up to a total; the outcome, one of them, becomes its log-ratio to all the others.

    Attributes:
        parts: Numbers of nought or more that add up to the same total in every response, the outcome among them.
        zeros_as: What a nought counts as, in points of 100, taken from the parts above nought in proportion; left out,
            .65 of the smallest part above nought.
    """

    parts: tuple[Name, ...] = Field(min_length=FEWEST_PARTS, max_length=MOST_PARTS)
    zeros_as: float | None = Field(default=None, gt=0, lt=50)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Composition":
        refuse_twice("composition", self.parts)
        return self


def parts_of_whole(composition: Composition | None) -> tuple[str, ...]:
    """Return the parts of the whole that an outcome is a part of; none where it is none."""
    return () if composition is None else composition.parts


def refuse_unfit_composition(
    composition: Composition | None, outcome: str, estimator: Estimator, level: str, missing: Missing
) -> None:
    """Raise ValueError when a composition does not go together with what else a model says.

    Args:
        composition: The section; None where the model has none.
        outcome: What is explained.
        estimator: Its estimator.
        level: What its rows are.
        missing: How it treats missing values.
    """
    if composition is None:
        return
    if outcome not in composition.parts:
        raise ValueError(f"the outcome '{outcome}' is none of the parts of its composition; name it among them")
    if estimator not in OF_LOG_RATIOS:
        raise ValueError(f"a composition is for estimator {', '.join(OF_LOG_RATIOS)}; found {estimator}; remove it")
    if level != "response" or missing != "listwise":
        raise ValueError(
            "a composition is of complete responses, as neither means nor imputed parts keep their total; write level: "
            "response and missing: listwise"
        )
