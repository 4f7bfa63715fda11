"""What a model says of the rows it compares: one a response or an organisation, whose effects are taken out, a panel.

Put here the words and which go together; how rows are made and transformed is in ``models.regression``.
"""

from collections.abc import Collection, Iterable
from typing import Literal, get_args

from instruments.spec_file import Name, Spec
from models.sections.inference import PANEL, Estimator, PanelEstimator
from models.sections.regressors import Variable

Level = Literal["response", "organisation_and_wave", "organisation"]
Unit = Literal["respondent", "organisation"]
NUMBER_OF_ANSWERS = "number_of_answers"
COLLABORATION = "collaboration_id"
"""Column of the one collaboration that a response names, made for the models that name it."""
UNIT_COLUMNS: dict[Unit, str] = {"respondent": "respondent_key", "organisation": "organisation_id"}
EFFECTS = ("organisation_id", "respondent_key", "wave", "source", "respondent_group", "language")
"""Columns whose effects can be taken out, besides categories that were asked or recorded."""


class Panel(Spec):
    """Which rows are of the same unit, and what tells its rows apart.

    Attributes:
        unit: ``respondent``: the same person across waves (by ``respondent_key``); ``organisation``.
        time: ``wave``, in the order of the study's waves.
    """

    unit: Unit
    time: Literal["wave"] = "wave"

    @property
    def column(self) -> str:
        """The column whose values are the units."""
        return UNIT_COLUMNS[self.unit]


def effects_in(fixed_effects: Name | tuple[Name, Name] | None) -> tuple[str, ...]:
    """Return the columns whose effects are taken out: none, one or two."""
    if fixed_effects is None:
        return ()
    return fixed_effects if isinstance(fixed_effects, tuple) else (fixed_effects,)


def refuse_mixed_panel(estimator: Estimator, panel: Panel | None, effects: tuple[str, ...], level: Level) -> None:
    """Raise ValueError when estimator, panel, effects and level do not go together."""
    is_panel = estimator in PANEL
    if is_panel and panel is None:
        raise ValueError(
            f"estimator {estimator} needs a key panel that says what a unit is, such as {{unit: respondent}}"
        )
    if effects and estimator != "linear":
        raise ValueError(
            f"fixed_effects are for estimator linear; found {estimator}; "
            + (
                "it has its unit's effects already, and wave may stand among the regressors as a category"
                if is_panel
                else "effects of many groups beside it would be biased; use a variant with estimator linear"
            )
        )
    if len(set(effects)) < len(effects):
        raise ValueError("fixed_effects names the same column twice; keep one")
    if level == "response":
        if estimator == "first_differences" and panel is not None and panel.unit == "organisation":
            raise ValueError(
                "first differences of organisations need one row an organisation and wave; write level: "
                "organisation_and_wave"
            )
        return
    if panel is not None and is_panel and panel.unit == "respondent":
        raise ValueError(f"level {level} has no rows of respondents; write panel: {{unit: organisation}}")
    if level == "organisation" and (is_panel or effects):
        raise ValueError(
            "level organisation has one row an organisation, whose effects or changes nothing can tell; write level: "
            "organisation_and_wave"
        )


def refuse_rows_without(
    level: Level, estimator: Estimator, weights: str | None, variables: Collection[Variable], groups: Iterable[str]
) -> None:
    """Raise ValueError when weights, regressors or groups are not of the rows that a model has."""
    if weights is not None and estimator in get_args(PanelEstimator):
        raise ValueError(f"weights are not for estimator {estimator}; leave them out, or use fixed_effects with linear")
    if level == "response":
        if weights == NUMBER_OF_ANSWERS:
            raise ValueError("the number of answers is a weight of organisations; write level: organisation_and_wave")
        return
    if weights is not None and weights != NUMBER_OF_ANSWERS:
        raise ValueError(f"weights {weights} are of responses; rows of organisations have {NUMBER_OF_ANSWERS} or none")
    deviations = [each.variable for each in variables if each.use == "within_organisation"]
    if deviations:
        raise ValueError(
            f"'{deviations[0]}' within_organisation is a deviation of responses; rows of organisations have none"
        )
    if level == "organisation" and "wave" in {*groups, *(each.variable for each in variables)}:
        raise ValueError("level organisation averages the waves; take wave out, or use organisation_and_wave")
