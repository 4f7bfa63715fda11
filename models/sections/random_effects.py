"""What a mixed model says of effects that differ between groups, and which keys go with it.

Put here the words and which go together; how they are estimated is in ``models.multilevel``.
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal, Protocol

from pydantic import Field

from instruments.spec_file import Name, Spec
from models.sections.inference import MIXED, MIXED_CATEGORICAL, Covariance, Estimator
from models.sections.panel import NUMBER_OF_ANSWERS, Level
from models.sections.regressors import Variable, as_variable

DegreesOfFreedom = Literal["satterthwaite", "kenward_roger"]
Likelihood = Literal["REML", "ML"]
QuadraturePoints = Annotated[int, Field(ge=1, le=101)]


class RandomEffects(Spec):
    """Effects that differ between groups: an intercept, and slopes where some are named.

    Attributes:
        groups: Column whose values are the groups, such as organisation_id, or collaboration_id (the one collaboration
            that a response names; without one, or with several, it is left out), or dyad_id (whom dyads share); or
            several columns, whose combinations are (the last within the first). Entries with different groups are
            nested or crossed as the data have them.
        slopes: Regressors whose effect differs between the groups, written the same way as there.
        correlated: Whether intercept and slopes of a group may go together.
    """

    groups: Name | tuple[Name, ...]
    slopes: tuple[Name | Variable, ...] = ()
    correlated: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values, or combinations of values, are the groups."""
        return self.groups if isinstance(self.groups, tuple) else (self.groups,)

    @property
    def name(self) -> str:
        """The groups in words."""
        return ":".join(self.columns)

    def variables(self) -> list[Variable]:
        """Return the slopes with every plain name written out."""
        return [as_variable(each) for each in self.slopes]


class _Model(Protocol):
    """What of a model decides whether its random effects can be estimated."""

    @property
    def estimator(self) -> Estimator: ...
    @property
    def random_effects(self) -> tuple[RandomEffects, ...]: ...
    @property
    def degrees_of_freedom(self) -> DegreesOfFreedom | None: ...
    @property
    def likelihood(self) -> Likelihood | None: ...
    @property
    def quadrature_points(self) -> QuadraturePoints | None: ...
    @property
    def covariance(self) -> Covariance | None: ...
    @property
    def weights(self) -> Name | None: ...
    @property
    def level(self) -> Level: ...
    def lone_variables(self) -> list[Variable]: ...
    def clusters(self) -> tuple[str, ...]: ...


def refuse_unfit_random_effects(model: _Model) -> None:
    """Raise ValueError when random effects and what else a model says do not go together."""
    given = {key: getattr(model, key) for key in ("degrees_of_freedom", "likelihood", "quadrature_points")}
    _refuse_keys_of_others(model.estimator, model.random_effects, given)
    if model.estimator in MIXED:
        _refuse_unfit_groups(model.random_effects, model.lone_variables(), model.estimator)
    if model.estimator in MIXED_CATEGORICAL:
        _refuse_unfit_quadrature(model.estimator, model.random_effects, model.quadrature_points)
    _refuse_weights_of_mixed(model.estimator, model.weights, model.level)
    if model.degrees_of_freedom is not None and model.clusters():
        raise ValueError(f"degrees_of_freedom are of covariance classical; found {model.covariance}; leave one out")


def _refuse_unfit_groups(random: tuple[RandomEffects, ...], alone: Collection[Variable], estimator: Estimator) -> None:
    if not random:
        raise ValueError(f"estimator {estimator} needs a key random_effects, such as [{{groups: organisation_id}}]")
    names = [each.name for each in random]
    if len(set(names)) < len(names):
        raise ValueError("random_effects names the same groups twice; put their slopes into one entry")
    for each in random:
        if not each.columns or len(set(each.columns)) < len(each.columns):
            raise ValueError("groups of random_effects need one column or more, each once")
        strangers = [slope.variable for slope in each.variables() if slope not in alone]
        if strangers:
            raise ValueError(
                f"the random slope '{strangers[0]}' is no regressor; expected one with a coefficient of its own; write "
                "it the same way as there, and among the regressors too"
            )


def _refuse_keys_of_others(
    estimator: Estimator, random: tuple[RandomEffects, ...], given: Mapping[str, object]
) -> None:
    if random and estimator not in MIXED:
        listed = ", ".join(MIXED)
        raise ValueError(
            f"random_effects is for estimator mixed; found {estimator}; remove it or write one of {listed}"
        )
    for key in ("degrees_of_freedom", "likelihood"):
        if given[key] is not None and estimator != "mixed":
            raise ValueError(f"{key} is for estimator mixed; found {estimator}; remove it or write mixed")
    if given["degrees_of_freedom"] == "kenward_roger" and given["likelihood"] == "ML":
        raise ValueError("kenward_roger is for likelihood REML; found ML; leave one of them out")
    if given["quadrature_points"] is not None and estimator not in MIXED_CATEGORICAL:
        listed = ", ".join(MIXED_CATEGORICAL)
        raise ValueError(f"quadrature_points is for {listed}; found {estimator}; remove it or write one of these")


def _refuse_unfit_quadrature(estimator: Estimator, random: tuple[RandomEffects, ...], points: object) -> None:
    slopes = [slope.variable for each in random for slope in each.variables()]
    if slopes:
        raise ValueError(
            f"{estimator} has random intercepts only; found the random slope '{slopes[0]}'; take slopes out of "
            "random_effects"
        )
    if len(random) > 1 and points not in (None, 1):
        raise ValueError(
            f"quadrature_points: {points} is for one random intercept; several are integrated out by Laplace's "
            "approximation; remove the key, or name one entry of random_effects"
        )


def _refuse_weights_of_mixed(estimator: Estimator, weights: str | None, level: Level) -> None:
    """Raise ValueError when weights of responses are given to a mixed model, which takes them for precisions."""
    if weights is None or estimator not in MIXED:
        return
    if estimator in MIXED_CATEGORICAL:
        raise ValueError(
            f"weights {weights} have no place in {estimator}, where a weight is not a number of responses of the "
            "group; leave weights out, or use logit or ordered_logit with a cluster"
        )
    if level == "response" or weights != NUMBER_OF_ANSWERS:
        raise ValueError(
            f"weights {weights} say for how many a response stands, and a mixed model would take them for how exact it "
            "is; leave weights out, or use estimator linear with a cluster"
        )
