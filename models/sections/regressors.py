"""What a model says of its right-hand side: how each variable enters, products of them, and response surfaces."""

from collections.abc import Iterable, Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec

Line = Literal["a1", "a2", "a3", "a4"]
Sign = Literal["positive", "negative", "none"]
Use = Literal["number", "category", "organisation_mean", "within_organisation"]


class Variable(Spec):
    """A variable of the analysis table and how it enters the model.

    Attributes:
        variable: A scale, an item, a fact about the organisation, or ``wave``, ``respondent_group``, ``language``,
            ``source``.
        use: ``number`` as it is; ``category`` as indicators against a reference; ``organisation_mean`` (mean of the
            organisation's answers in the same wave and respondent group); ``within_organisation`` (deviation from it).
        of: The respondent group whose organisation mean in the same wave it is; left out, the respondent's own.
        other_member: Whether it is the answer of the other member of the dyad in the same wave, of a model with
            ``dyads``: a manager's answer for the staff who name the manager; for the manager the mean of theirs.
        earlier_wave: Whether it is the value at the wave before: of the same person, where a row is a response and the
            use is ``number``, else of the same organisation. Rows of the first wave have none and are left out.
        reference: The category that the others are compared with; the first by code when not given.
        centre: ``grand_mean``: minus the mean of the responses used, so that 0 stands for an average.
        standardise: Whether it is divided by its standard deviation too; coefficients are then per standard deviation.
        polynomial: Highest power that enters, 1 to 4; ``2`` for a curve with one bend.
        spline: Knots of a restricted cubic spline, 3 to 7, at Harrell's quantiles; for a curve of any form.
    """

    variable: Name
    use: Use = "number"
    of: Name | None = None
    other_member: bool = False
    earlier_wave: bool = False
    reference: str | int | None = None
    centre: Literal["grand_mean"] | None = None
    standardise: bool = False
    polynomial: int = Field(default=1, ge=1, le=4)
    spline: int | None = Field(default=None, ge=3, le=7)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.reference is not None and self.use != "category":
            raise ValueError("a reference is for use: category only; remove it or set the use")
        if self.of is not None and self.use != "organisation_mean":
            raise ValueError("of names whose organisation mean is meant; write use: organisation_mean or remove it")
        if self.earlier_wave and (self.use not in ("number", "organisation_mean") or self.variable == "wave"):
            raise ValueError("earlier_wave is for numbers and organisation means; remove it or change the use")
        if self.other_member and (self.use != "number" or self.earlier_wave or self.variable == "wave"):
            raise ValueError("other_member is for numbers of the same wave; remove it, or change the use")
        is_changed = self.centre is not None or self.standardise or self.polynomial > 1
        if self.use == "category" and (is_changed or self.spline is not None):
            raise ValueError("a category cannot be centred, standardised or bent; remove the key or use it as a number")
        if self.spline is not None and is_changed:
            raise ValueError("a spline is of the number as it is; remove centre, standardise and polynomial")
        return self

    @property
    def is_plain(self) -> bool:
        """Whether it enters as it is: a number, neither bent nor moved."""
        is_bent = self.spline is not None or self.polynomial > 1
        return self.use != "category" and not (is_bent or self.centre or self.standardise)


class Interaction(Spec):
    """A product of variables; each must also stand on its own among the regressors.

    Attributes:
        interaction: Two or more variables.
    """

    interaction: tuple[Name | Variable, ...] = Field(min_length=2)


class Views(Spec):
    """Two reports of one thing on one response scale, such as a manager's own and the staff's.

    Attributes:
        self_report: The report of those whose own doing it is (x).
        other_report: The report of those who see it (y).
        scale: Lowest and highest value of the response scale that both share; both are centred at its midpoint.
        expected: Expected sign of slope and curvature where both agree (``a1``, ``a2``) and where they part (``a3``,
            ``a4``).
        curved: Whether x^2, x y and y^2 enter beside x and y; ``false``: a plane, whose slopes are those of the mean of
            both reports and of their difference.
    """

    self_report: Name | Variable
    other_report: Name | Variable
    scale: tuple[float, float]
    expected: dict[Line, Sign] = {}
    curved: bool = True

    @property
    def midpoint(self) -> float:
        """Where both reports are nought in the model."""
        return (self.scale[0] + self.scale[1]) / 2

    @property
    def reports(self) -> tuple[Variable, Variable]:
        """Both reports, the own first."""
        return as_variable(self.self_report), as_variable(self.other_report)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.scale[0] >= self.scale[1]:
            raise ValueError("scale names the lowest and the highest value of the response scale, such as [1, 5]")
        bent = [line for line in ("a2", "a4") if line in self.expected]
        if bent and not self.curved:
            raise ValueError(f"a surface with curved: false has no curvature {bent[0]}; take it out of expected")
        one, other = self.reports
        if one == other:
            raise ValueError("a surface needs two different reports; both are the same variable")
        for each in (one, other):
            is_changed = each.centre or each.standardise or each.polynomial > 1 or each.spline is not None
            if each.use == "category" or is_changed:
                raise ValueError(
                    "the reports of a surface are numbers as they are; remove use: category, centre, standardise, "
                    "polynomial and spline: the surface centres and bends them itself"
                )
        return self


class Surface(Spec):
    """A response surface: x, y and, where it is curved, x^2, x y and y^2 of two reports.

    Attributes:
        surface: The reports.
    """

    surface: Views


Regressor = Variable | Interaction | Surface
"""A regressor whose plain name is written out."""


def parts_of(regressor: str | Regressor) -> tuple[Variable, ...]:
    """Return the variables that a regressor is made of."""
    if isinstance(regressor, Surface):
        return regressor.surface.reports
    if isinstance(regressor, Interaction):
        return tuple(as_variable(part) for part in regressor.interaction)
    return (as_variable(regressor),)


def as_variable(regressor: str | Variable) -> Variable:
    """Write a plain name out as a variable used as a number."""
    return Variable(variable=regressor) if isinstance(regressor, str) else regressor


def focal_variable(focal: str | Variable | Interaction) -> Variable:
    """Return the variable whose connection with the outcome is followed: of a focal product its first one."""
    return parts_of(focal)[0]


def with_coefficients(regressors: tuple[str | Regressor, ...]) -> list[tuple[Variable, ...]]:
    """Return the parts of each regressor of which something may be said; each report of a surface by itself."""
    found: list[tuple[Variable, ...]] = []
    for each in regressors:
        found += [(part,) for part in parts_of(each)] if isinstance(each, Surface) else [parts_of(each)]
    return found


def without_focal(variant: str, focal: str | Variable | Interaction) -> ValueError:
    """Say that a model, or a variant of it, does not have its focal regressor."""
    if variant == "main":
        named = f" {focal}" if isinstance(focal, str) else ""
        return ValueError(f"the focal regressor{named} must stand among the regressors, written the same way")
    return ValueError(
        f"the variant {variant} has no focal regressor; name one of its regressors under focal in the variant, written "
        "the same way"
    )


def refuse_strange_regressors(said: Iterable[tuple[str, str | Regressor]], known: list[tuple[Variable, ...]]) -> None:
    """Raise ValueError when something is said of a regressor that a model does not have.

    Args:
        said: Key and what it names.
        known: Parts of each regressor of the model and its variants.
    """
    for key, regressor in said:
        if parts_of(regressor) not in known:
            raise ValueError(f"{key} names what is no regressor; write it the same way as there")


def refuse_strange_names(said: Mapping[str, set[str]], known: set[str]) -> None:
    """Raise ValueError when something is said of a variable that a model does not have.

    Args:
        said: What is said, in words → variables.
        known: Variables of the model and its variants.
    """
    for words, names in said.items():
        for name in sorted(names - known):
            raise ValueError(f"{words} '{name}', which is no regressor; correct the name or remove it")


def refuse_unfit_regressors(regressors: tuple[str | Regressor, ...], outcome: str) -> None:
    """Raise ValueError when regressors do not go together, or the outcome would explain itself.

    What it was a wave earlier, what the other member of a dyad answers, or another group of the organisation, is not
    the outcome itself.
    """
    _refuse_lonely_interactions(regressors)
    _refuse_second_surfaces(regressors)
    for part in (part for each in regressors for part in parts_of(each)):
        if part.variable == outcome and part.of is None and not (part.earlier_wave or part.other_member):
            raise ValueError(
                f"the outcome '{outcome}' stands among its own regressors, which would explain it without error; take "
                "it out there, or write earlier_wave: true for its value at the wave before"
            )


def _refuse_lonely_interactions(regressors: tuple[str | Regressor, ...]) -> None:
    """Raise ValueError when a part of a product does not stand among the regressors on its own."""
    alone = [part for each in regressors if not isinstance(each, Interaction) for part in parts_of(each)]
    for each in regressors:
        for part in parts_of(each) if isinstance(each, Interaction) else ():
            if part not in alone:
                raise ValueError(
                    f"the interaction needs '{part.variable}' among the regressors too, written the same way"
                )


def _refuse_second_surfaces(regressors: tuple[str | Regressor, ...]) -> None:
    """Raise ValueError when a model has two surfaces, or a report of its surface a second time."""
    surfaces = [each for each in regressors if isinstance(each, Surface)]
    if len(surfaces) > 1:
        raise ValueError(f"a model has one response surface; found {len(surfaces)}; write a model for each")
    alone = [part for each in regressors if isinstance(each, str | Variable) for part in parts_of(each)]
    for report in surfaces[0].surface.reports if surfaces else ():
        if report in alone:
            raise ValueError(f"the surface brings '{report.variable}' itself; take it out beside the surface")
