"""Which organisation means of a model are corrected for how few answers each rests on, and which models allow it.

Put here the words and what goes together; the estimator is in ``models.regression.corrected``.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from instruments.spec_file import Name, Spec
from models.sections.inference import Covariance, Estimator
from models.sections.panel import Level
from models.sections.population import Population
from models.sections.regressors import Interaction, Regressor, Surface, Variable, parts_of

LARGEST_POWER = 2
CLUSTER = "organisation_id"


class Measured(Spec):
    """A scale whose organisation means are corrected for errors of measurement: every answer rests on few items.

    For means of people of whom nearly all were asked, such as top managers: no sample, and measured with errors.

    Attributes:
        variable: The scale.
        errors: ``measurement``: what its items, taken as alike, tell of them.
    """

    variable: Name
    errors: Literal["measurement"]


Correction = Name | Measured
"""A plain name: corrected for how few answers each mean rests on."""


class Said(Protocol):
    """What a model says that matters here; see ``models.spec.RegressionSpec``."""

    @property
    def corrected(self) -> tuple[str | Measured, ...]: ...  # noqa: D102
    @property
    def level(self) -> Level: ...  # noqa: D102
    @property
    def estimator(self) -> Estimator: ...  # noqa: D102
    @property
    def covariance(self) -> Covariance | None: ...  # noqa: D102
    @property
    def population(self) -> Population: ...  # noqa: D102
    @property
    def missing(self) -> object: ...  # noqa: D102
    @property
    def design(self) -> object: ...  # noqa: D102
    @property
    def regressors(self) -> Sequence[str | Regressor]: ...  # noqa: D102
    def variables(self) -> list[Variable]: ...  # noqa: D102
    def clusters(self) -> tuple[str, ...]: ...  # noqa: D102
    def effects(self) -> tuple[str, ...]: ...  # noqa: D102


def is_mean(variable: Variable, level: Level) -> bool:
    """Tell whether a variable is a mean of an organisation's answers among rows of a level."""
    return variable.use == "organisation_mean" or (level != "response" and variable.use == "number")


def corrected_means(said: Said) -> list[Variable]:
    """Return the means corrected for how few answers each rests on, each once, in the order of the regressors."""
    return _means_of(said, [each for each in said.corrected if isinstance(each, str)])


def measured_means(said: Said) -> list[Variable]:
    """Return the means corrected for errors of measurement, each once, in the order of the regressors."""
    return _means_of(said, [each.variable for each in said.corrected if isinstance(each, Measured)])


def erring_means(said: Said) -> list[Variable]:
    """Return the means that a model corrects, for few answers or for errors of measurement, each once."""
    return _means_of(said, names_corrected(said.corrected))


def names_corrected(corrected: Iterable[str | Measured]) -> list[str]:
    """Return the variables that are named, for whichever errors."""
    return [each if isinstance(each, str) else each.variable for each in corrected]


def all_means(said: Said) -> list[Variable]:
    """Return the means of an organisation's answers, or facts among rows of organisations, each once."""
    return list(dict.fromkeys(_as_mean(each) for each in said.variables() if is_mean(each, said.level)))


def corrections_of_means(said: Said) -> tuple[str | Measured, ...]:
    """Return the corrections of variables of which a model has a mean."""
    found = {each.variable for each in erring_means(said)}
    return tuple(each for each in said.corrected if names_corrected([each])[0] in found)


def is_of_the_rows(mean: Variable) -> bool:
    """Tell whether a mean is one of answers of the rows themselves: not of another group, nor of an earlier wave."""
    return mean.of is None and not mean.earlier_wave


def refuse_unfit_corrections(said: Said) -> None:
    """Raise ValueError when corrected means and other keys of a model do not go together."""
    if not said.corrected:
        if said.covariance == "jackknife":
            raise ValueError("covariance: jackknife is for corrected means; name them under corrected")
        return
    if said.estimator != "linear":
        raise ValueError(f"corrected means are for estimator linear; found {said.estimator}; write corrected: []")
    if said.effects() or said.design is not None or said.missing != "listwise":
        raise ValueError(
            "corrected means are for models without fixed_effects, design and imputation; write corrected: [] there"
        )
    if said.clusters() != (CLUSTER,) or said.covariance not in (None, "jackknife"):
        raise ValueError(
            f"corrected means need cluster: {CLUSTER} and covariance jackknife, or none named; found "
            f"{' and '.join(said.clusters()) or 'no cluster'} and {said.covariance}"
        )
    if said.level == "organisation" and len(said.population.waves) != 1:
        raise ValueError(
            "corrected means over several waves rest partly on the same people; write level: organisation_and_wave, "
            "or name one wave in the population"
        )
    _refuse_unfit_means(said)


def _refuse_unfit_means(said: Said) -> None:
    names = names_corrected(said.corrected)
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(
            f"corrected names '{twice[0]}' twice; the correction for few answers has errors of measurement in it: keep "
            "the plain name"
        )
    for each in corrected_means(said):
        _refuse_unfit_mean(each, said.level)
    for each in measured_means(said):
        if is_of_the_rows(each):
            raise ValueError(
                f"errors: measurement is for means of another group than the rows'; found '{each.variable}' of the "
                "rows themselves; name the group under of, or write the plain name, whose correction has these errors "
                "in it"
            )
    for regressor in said.regressors:
        _refuse_unfit_form(regressor, names)


def _means_of(said: Said, names: Sequence[str]) -> list[Variable]:
    named = (each for each in said.variables() if each.variable in names)
    return list(dict.fromkeys(_as_mean(each) for each in named if is_mean(each, said.level)))


def _as_mean(variable: Variable) -> Variable:
    plain: Iterable[str] = ("variable", "use", "of", "earlier_wave")
    return Variable(**{key: getattr(variable, key) for key in plain})


def _refuse_unfit_mean(mean: Variable, level: Level) -> None:
    if mean.use == "organisation_mean" and mean.of is None and (level != "response" or mean.earlier_wave):
        instead = (
            "at rows of organisations write it as a number, which is the mean"
            if level != "response"
            else "the same people answer in both waves; leave it out of corrected, or name another group under of"
        )
        raise ValueError(f"the mean of '{mean.variable}' cannot be corrected: {instead}")


def _refuse_unfit_form(regressor: str | Regressor, names: Sequence[str]) -> None:
    """Raise ValueError where a corrected mean is bent or moved in a way that has no corrected moments."""
    for part in parts_of(regressor):
        is_bent = part.spline is not None or part.polynomial > LARGEST_POWER or part.standardise
        if part.variable in names and is_bent:
            raise ValueError(
                f"'{part.variable}' is corrected and has no spline, power above {LARGEST_POWER} or standardising; "
                "remove these, or write corrected: []"
            )
        if part.standardise and isinstance(regressor, Interaction | Surface):
            raise ValueError("products in a model of corrected means are of variables that are not standardised")
