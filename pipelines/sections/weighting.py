"""How responses are weighted, and which variables tell how representative they are."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import Name, Spec
from models.weighting.calibration import Distance
from pipelines.sections.names import plain_file_name

Categories = dict[str, float]
CROSSED = " x "
"""Joins the names of crossed variables, and of their categories."""


class DesignWeights(Spec):
    """How units were drawn; left out, everybody was invited and the design weight is 1.

    Attributes:
        selection_probability: Column of the frame with the probability of having been drawn.
        stratum: Column of the frame with the stratum; give ``stratum_size`` too.
        stratum_size: Column of the frame with the number of units in the population of the stratum.
    """

    selection_probability: str | None = None
    stratum: str | None = None
    stratum_size: str | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.stratum is None) != (self.stratum_size is None):
            raise ValueError("give stratum and stratum_size together")
        if (self.selection_probability is None) == (self.stratum is None):
            raise ValueError("give either selection_probability, or stratum and stratum_size")
        return self


class Nonresponse(Spec):
    """How respondents stand for those who did not answer.

    Attributes:
        method: ``cells``: within cells of the variables; ``propensity``: within classes of a response propensity, a
            logistic regression on the variables.
        variables: Columns of the frame, most important first; categories that stand first are kept apart longest.
        least_responses: Fewest responses of a cell; smaller ones are joined.
        largest_factor: Largest factor of a cell; cells with a larger one are joined.
        classes: Classes of propensity.
        because: Why these variables.
    """

    method: Literal["cells", "propensity"] = "cells"
    variables: tuple[str, ...] = Field(min_length=1)
    least_responses: int = Field(default=20, ge=1)
    largest_factor: float = Field(default=5.0, gt=1)
    classes: int = Field(default=5, ge=2)
    because: str = ""


class Calibration(Spec):
    """Known numbers of the population that the weights reproduce: one margin is post-stratification, several raking.

    Attributes:
        margins: Respondent group → variable → category → number or share. A variable is a column of the frame or an
            item; two crossed are written ``sector x size``, and their categories ``health x large``.
        totals: Respondent group → variable → its sum over the population, of numbers that everybody with a weight has.
            Beside margins; without margins of the group the sum of the weights stays what it is.
        margins_file: Both as a CSV in the study folder, with the columns wave (may be empty: every wave),
            respondent_group, variable, category (empty: a sum over the population), total.
        distance: ``raking``: weights change by factors above 0; ``linear``: as little as possible in squares, refused
            where a weight would not be above 0.
        tolerance: Largest relative deviation from a margin or total.
        most_iterations: Cycles after which it is given up.
        because: Where the numbers come from.
    """

    margins: dict[Name, dict[str, Categories]] = {}
    totals: dict[Name, dict[str, Annotated[float, Field(allow_inf_nan=False)]]] = {}
    margins_file: str | None = None
    distance: Distance = "raking"
    tolerance: float = Field(default=1e-8, gt=0, le=0.01)
    most_iterations: int = Field(default=500, ge=1)
    because: str = Field(min_length=1)

    @field_validator("margins_file")
    @classmethod
    def _stays_in_the_study(cls, file: str | None) -> str | None:
        return file if file is None else plain_file_name(file, "the study folder")

    @model_validator(mode="after")
    def _has_margins_once(self) -> Self:
        if bool(self.margins or self.totals) == (self.margins_file is not None):
            raise ValueError("give either margins and totals, or margins_file")
        for group, of_group in self.totals.items():
            if both := sorted(set(of_group) & set(self.margins.get(group, {}))):
                raise ValueError(f"{both[0]} stands under margins and under totals; a variable is one of the two")
        for of_group in self.margins.values():
            for variable, categories in of_group.items():
                if not categories or min(categories.values()) <= 0:
                    raise ValueError(f"the margin {variable} needs categories with numbers above 0")
        return self


class Trimming(Spec):
    """From where on a weight is extreme.

    Attributes:
        rule: ``median_plus_iqr``: the median and ``times`` the interquartile range; ``times_mean``: ``times`` the mean.
        times: How many.
        because: Why there.
    """

    rule: Literal["median_plus_iqr", "times_mean"]
    times: float = Field(gt=1)
    because: str = Field(min_length=1)


class Weights(Spec):
    """How responses are weighted, within every wave and respondent group.

    Attributes:
        design: How units were drawn.
        nonresponse: How respondents stand for those who did not answer.
        calibration: Known numbers of the population.
        trimming: From where on a weight is extreme.
        scale_to: Sum of the analysis weights of a wave and group: its ``responses``, or the ``population``.
    """

    design: DesignWeights | None = None
    nonresponse: Nonresponse | None = None
    calibration: Calibration | None = None
    trimming: Trimming | None = None
    scale_to: Literal["responses", "population"] = "responses"


class RepresentativityOf(Spec):
    """What the R-indicators are about.

    Attributes:
        variables: Columns of the frame with categories.
        because: Why these variables.
    """

    variables: tuple[str, ...] = Field(min_length=1)
    because: str = ""
