"""What a model says of paths: what lies between a focal regressor and an outcome, over waves, or of two outcomes.

Put here the words and which go together; how paths are estimated is in ``models.paths``.
"""

from collections.abc import Iterator
from typing import Literal, Protocol, Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec
from models.sections.imputation import Missing, imputation_of
from models.sections.inference import LATENT_PATHS, PATHS, Estimator
from models.sections.panel import Level, Panel
from models.sections.regressors import Interaction, Regressor, Variable, as_variable, focal_variable, parts_of

Form = Literal["parallel", "serial"]
Stage = Literal["first", "second", "direct"]
Interval = Literal["monte_carlo", "percentile", "basic", "bca", "delta"]
Steady = Literal["lags", "innovations", "means"]
RESAMPLED: tuple[Interval, ...] = ("percentile", "basic", "bca")
DRAWS: dict[Interval, int] = {
    "monte_carlo": 100_000,
    "percentile": 5_000,
    "basic": 5_000,
    "bca": 5_000,
    "delta": 0,
}
OVER_WAVES: tuple[Estimator, ...] = ("cross_lagged_panel", "latent_growth")
MEDIATIONS: tuple[Estimator, ...] = ("mediation", "mediation_across_levels")
KEYS_OF: dict[Estimator, tuple[str, ...]] = {
    "mediation": ("mediators", "form", "moderator", "moderated", "lagged", "interval", "draws"),
    "mediation_across_levels": ("mediators", "form", "interval", "draws"),
    "cross_lagged_panel": ("random_intercepts", "steady"),
    "latent_growth": ("degree",),
    "two_outcomes": ("other_outcome",),
}


class Paths(Spec):
    """What a path model says beside its outcome, focal regressor and other regressors.

    Attributes:
        mediators: Of a mediation: regressors through which the focal one may reach the outcome, written the same
            way as there; in their order where they are serial. Other regressors are controls of every equation.
        form: Of a mediation: mediators beside each other (``parallel``) or one after another (``serial``).
        moderator: Of a ``mediation``: a regressor that changes stages; effects are given at its values.
        moderated: Stages that it changes: ``first`` (focal regressor on mediators), ``second`` (mediators on the
            outcome), ``direct``.
        lagged: Of a ``mediation`` with a panel: the focal regressor and controls are of one wave, mediators of the
            next (each of the next where they are serial), the outcome of the wave after the last of them.
        interval: Of a mediation: of its effects; ``monte_carlo``, ``percentile``, ``basic`` or ``bca`` (bootstrap
            of rows or whole clusters), or ``delta``.
        draws: Draws or resamples behind the interval; left out, 100,000 draws or 5,000 resamples.
        random_intercepts: Of a ``cross_lagged_panel``: whether every unit has a lasting level of its own (RI-CLPM).
        steady: Of a ``cross_lagged_panel``: what is the same in all waves.
        degree: Of ``latent_growth``: 1 for a straight line, 2 with a bend.
        other_outcome: Of ``two_outcomes``: the second one, on the same regressors.
    """

    mediators: tuple[Name | Variable, ...] = ()
    form: Form = "parallel"
    moderator: Name | Variable | None = None
    moderated: tuple[Stage, ...] = ()
    lagged: bool = False
    interval: Interval = "monte_carlo"
    draws: int | None = Field(default=None, ge=100, le=1_000_000)
    random_intercepts: bool = True
    steady: tuple[Steady, ...] = ("lags",)
    degree: Literal[1, 2] = 1
    other_outcome: Name | Variable | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.moderator is None) != (not self.moderated):
            raise ValueError("moderator and moderated go together; give both or neither")
        if self.moderated and self.form == "serial":
            raise ValueError("serial mediators have no moderator here; write form: parallel, or take the moderator out")
        return self

    @property
    def n_draws(self) -> int:
        """Draws or resamples behind the interval; 0 for the delta interval."""
        return DRAWS[self.interval] if self.draws is None or self.interval == "delta" else self.draws

    def between(self) -> list[Variable]:
        """Return the mediators with every plain name written out."""
        return [as_variable(each) for each in self.mediators]

    def changing(self) -> Variable | None:
        """Return the moderator written out; None without one."""
        return None if self.moderator is None else as_variable(self.moderator)

    def other(self) -> Variable | None:
        """Return the second outcome written out; None without one."""
        return None if self.other_outcome is None else as_variable(self.other_outcome)


def variables_beside(paths: Paths | None) -> Iterator[Variable]:
    """Yield what paths bring into a model besides its regressors."""
    if paths is not None and (other := paths.other()) is not None:
        yield other


def needs_order(estimator: Estimator, paths: Paths | None) -> bool:
    """Tell whether a path model reads the order of the waves."""
    return estimator in OVER_WAVES or (paths is not None and paths.lagged)


class _Model(Protocol):
    """What of a model decides whether its paths can be estimated."""

    @property
    def estimator(self) -> Estimator: ...
    @property
    def paths(self) -> Paths | None: ...
    @property
    def focal(self) -> Name | Variable | Interaction: ...
    @property
    def panel(self) -> Panel | None: ...
    @property
    def level(self) -> Level: ...
    @property
    def weights(self) -> Name | None: ...
    @property
    def missing(self) -> Missing: ...
    def lone_variables(self) -> list[Variable]: ...
    def regressors_as_variables(self) -> list[Regressor]: ...
    def clusters(self) -> tuple[str, ...]: ...


def refuse_unfit_paths(model: _Model) -> None:
    """Raise ValueError when the paths of a model do not go together with what else it says."""
    estimator, paths = model.estimator, model.paths
    if estimator not in PATHS:
        if paths is not None:
            raise ValueError(f"paths are for estimator {', '.join(PATHS)}; found {estimator}; remove them")
        return
    said = Paths() if paths is None else paths
    _refuse_keys_of_others(said, estimator)
    if len(parts_of(model.focal)) > 1:
        raise ValueError(f"{estimator} follows one variable; found a product under focal; name a variable")
    if estimator == "cross_lagged_panel" and model.lone_variables() != [focal_variable(model.focal)]:
        raise ValueError(
            "a cross_lagged_panel follows the outcome and the focal regressor alone: lasting levels stand for what "
            "does not change; take the other regressors out"
        )
    if estimator == "two_outcomes" and said.other_outcome is None:
        raise ValueError("estimator two_outcomes needs a key paths with the other one, such as {other_outcome: trust}")
    if estimator in MEDIATIONS:
        _refuse_unfit_mediation(said, model)
    _refuse_unfit_waves(said, model)
    _refuse_unfit_rows(model)


def _refuse_keys_of_others(said: Paths, estimator: Estimator) -> None:
    given = [key for key, field in Paths.model_fields.items() if getattr(said, key) != field.default]
    for key in (each for each in given if each not in KEYS_OF[estimator]):
        owner = next(each for each in PATHS if key in KEYS_OF[each])
        raise ValueError(f"paths.{key} is for estimator {owner}; found {estimator}; remove it")


def _refuse_unfit_rows(model: _Model) -> None:
    estimator = model.estimator
    if model.weights is not None and estimator in LATENT_PATHS:
        raise ValueError(f"weights are not for {estimator}; leave them out")


def _refuse_unfit_mediation(said: Paths, model: _Model) -> None:
    between, moderator = said.between(), said.changing()
    if not between:
        raise ValueError(f"{model.estimator} needs a key paths with mediators, such as {{mediators: [sensegiving]}}")
    named = [*between, *([] if moderator is None else [moderator])]
    if len({each.model_dump_json() for each in (*named, focal_variable(model.focal))}) < len(named) + 1:
        raise ValueError("focal regressor, mediators and moderator are different variables; one stands twice")
    for each in named:
        if each not in model.lone_variables():
            raise ValueError(f"'{each.variable}' under paths is no regressor; write it there too, the same way")
        if not each.is_plain:
            raise ValueError(f"'{each.variable}' under paths is not a number as it is; mediators and moderator are")
    _refuse_products([focal_variable(model.focal), *named], model)
    _refuse_unfit_imputation(said, model)
    if model.estimator == "mediation_across_levels":
        _refuse_unfit_levels(said, model)


def _refuse_unfit_imputation(said: Paths, model: _Model) -> None:
    if imputation_of(model.missing) is None:
        return
    if said.lagged:
        raise ValueError("missing: multiple_imputation is not for lagged paths: who misses a wave has no row to impute")
    if said.moderator is not None:
        raise ValueError(
            "missing: multiple_imputation is not for moderated mediations: imputed values know nothing of their "
            "products; write missing: listwise"
        )
    if said.interval in RESAMPLED:
        raise ValueError(
            f"interval {said.interval} would need every resample imputed anew; with missing: multiple_imputation "
            "write interval: monte_carlo or delta"
        )


def _refuse_products(routed: list[Variable], model: _Model) -> None:
    for each in (parts_of(regressor) for regressor in model.regressors_as_variables() if regressor not in routed):
        if len(each) > 1 and any(part in routed for part in each):
            raise ValueError(
                f"'{each[0].variable}' and '{each[1].variable}' are multiplied in a mediation; a product that changes "
                "paths is written under paths.moderator; take it out"
            )


def _refuse_unfit_levels(said: Paths, model: _Model) -> None:
    if len(model.clusters()) != 1 or model.level != "response":
        raise ValueError(
            "mediation_across_levels is of members of clusters; write level: response and a cluster, such as "
            "organisation_id"
        )
    if said.interval in RESAMPLED:
        raise ValueError(f"mediation_across_levels has interval monte_carlo or delta; found {said.interval}; name one")


def _refuse_unfit_waves(said: Paths, model: _Model) -> None:
    is_over_waves = needs_order(model.estimator, said)
    if is_over_waves and model.panel is None:
        raise ValueError(
            f"{model.estimator} over waves needs a key panel that says what a unit is: {{unit: respondent}}"
        )
    if model.panel is None:
        return
    if not is_over_waves:
        raise ValueError(f"panel is for paths over waves; found {model.estimator} within one; remove it")
    if (model.panel.unit == "organisation") != (model.level == "organisation_and_wave"):
        raise ValueError(
            "paths over waves need one row a unit and wave: panel {unit: respondent} with level response, or {unit: "
            "organisation} with level organisation_and_wave"
        )
