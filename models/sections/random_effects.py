"""What a mixed model says of effects that differ between groups, and which keys go with it.

Put here the words and which go together; how they are estimated is in ``models.multilevel``.
"""

from collections.abc import Collection, Iterable
from typing import Literal

from instruments.spec_file import Name, Spec
from models.sections.inference import Estimator
from models.sections.panel import NUMBER_OF_ANSWERS, Level
from models.sections.regressors import Variable, as_variable

DegreesOfFreedom = Literal["satterthwaite", "kenward_roger"]
Likelihood = Literal["REML", "ML"]


class RandomEffects(Spec):
    """Effects that differ between groups: an intercept, and slopes where some are named.

    Attributes:
        groups: Column whose values are the groups, such as organisation_id; or several columns, whose combinations are
            (the last within the first). Entries with different groups are nested or crossed as the data have them.
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


def refuse_unfit_random_effects(
    estimator: Estimator, random: tuple[RandomEffects, ...], alone: Collection[Variable], others: Iterable[str]
) -> None:
    """Raise ValueError when random effects and estimator do not go together, or slopes are no regressors.

    Args:
        estimator: Of the model.
        random: Its random effects.
        alone: Regressors that have a coefficient of their own.
        others: Keys of mixed models that were given besides.
    """
    if estimator != "mixed":
        given = [*(["random_effects"] if random else []), *others]
        if given:
            raise ValueError(f"{given[0]} is for estimator mixed; found {estimator}; remove it or write mixed")
        return
    if not random:
        raise ValueError("estimator mixed needs a key random_effects, such as [{groups: organisation_id}]")
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


def refuse_weights_of_mixed(estimator: Estimator, weights: str | None, level: Level) -> None:
    """Raise ValueError when weights of responses are given to a mixed model, which takes them for precisions."""
    if estimator == "mixed" and weights is not None and (level == "response" or weights != NUMBER_OF_ANSWERS):
        raise ValueError(
            f"weights {weights} say for how many a response stands, and a mixed model would take them for how exact it "
            "is; leave weights out, or use estimator linear with a cluster"
        )
