"""Likelihood-ratio tests that a variance between groups is nought, which lies at the edge of what is possible."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass, replace

import numpy as np

from models.multilevel.mixed_model import MixedModel
from models.multilevel.optimise import find_optimum
from models.multilevel.problem import Problem
from models.regression.identification import ModelDataError


@dataclass(frozen=True)
class VarianceTest:
    """A test that one effect does not differ between groups.

    Attributes:
        group: Kind of groups.
        effect: The effect.
        statistic: Fall of -2 log-likelihood by the effect's variance and covariances; not below nought.
        n_covariances: Covariances that go with the variance, c.
        p_value: From the even mixture of chi-square with c and with c + 1 degrees of freedom.
        p_value_naive: From chi-square with c + 1, which is too large.
    """

    group: str
    effect: str
    statistic: float
    n_covariances: int
    p_value: float
    p_value_naive: float


def test_of_variance(model: MixedModel, group: str, effect: str) -> VarianceTest:
    """Refit without an effect of a kind of groups and compare; regressors stay, so that REML may be compared.

    Args:
        model: With the effect.
        group: Kind of groups.
        effect: One of its effects.

    Raises:
        ModelDataError: If the model has no such effect.

    References:
        Self and Liang (1987), Journal of the American Statistical Association 82(398), 605-610. Stram and Lee (1994),
        Biometrics 50(4), 1171-1177, cases 1 to 3. R: ``lmerTest::ranova`` gives the naive p-value.
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    reduced, n_gone = without_effect(model.problem, group, effect)
    value = find_optimum(reduced).value if reduced.n_parameters else reduced.solve(np.empty(0)).value
    statistic = max(0.0, value - model.optimum.value)
    c = n_gone - 1
    upper, lower = float(chdtrc(c + 1, statistic)), float(chdtrc(c, statistic)) if c else float(statistic == 0)
    return VarianceTest(group, effect, statistic, c, (upper + lower) / 2, upper)


def tests_of_variances(model: MixedModel) -> tuple[VarianceTest, ...]:
    """Test every effect of every kind of groups, each by itself."""
    return tuple(
        test_of_variance(model, factor.group, effect) for factor in model.problem.factors for effect in factor.effects
    )


def without_effect(problem: Problem, group: str, effect: str) -> tuple[Problem, int]:
    """Return the problem with an effect's variance and covariances held at nought, and how many these are.

    Raises:
        ModelDataError: If the model has no such effect.
    """
    factor = next((each for each in problem.factors if each.group == group), None)
    if factor is None or effect not in factor.effects:
        known = ", ".join(f"{name} over '{each.group}'" for each in problem.factors for name in each.effects)
        raise ModelDataError(f"the model has no random {effect} over '{group}'; expected one of {known}")
    place, is_free = factor.effects.index(effect), factor.is_free.copy()
    is_free[place, :] = is_free[:, place] = False
    reduced = replace(factor, is_free=is_free)
    factors = tuple(reduced if each is factor else each for each in problem.factors)
    n_gone = factor.n_parameters - reduced.n_parameters
    return replace(problem, rows=replace(problem.rows, factors=factors)), n_gone
