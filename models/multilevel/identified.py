"""Whether rows in groups can tell a variance between groups from the residual variance, whatever the outcome."""

import numpy as np

from models.multilevel.problem import Problem
from models.regression.identification import ModelDataError

LEAST_WITHIN = 1e-10


def refuse_variances_unseen(problem: Problem) -> None:
    """Raise ModelDataError when regressors leave nothing of the differences between groups, or within them.

    With G effects and p coefficients, q of them of what lies between groups alone, G - q differences between groups and
    n - G - p + q within are left; without the first the (restricted) likelihood does not depend on the variance between
    groups, without the second it has no maximum. Looked at where one kind of groups has one effect.

    References:
        Searle, Casella and McCulloch (1992), Variance Components, section 5.1 (reductions in sums of squares).
    """
    if not len(problem.factors) == problem.factors[0].n_effects == 1:
        return
    sums, p = problem.sums, len(problem.triangle)
    own, to_fixed = sums.own[:, 0, 0], sums.to_fixed[:, 0, :p]
    is_there = own > 0
    scaled = to_fixed[is_there] / np.sqrt(own[is_there])[:, None]
    within = np.linalg.eigvalsh(sums.fixed[:p, :p] - scaled.T @ scaled)
    n_effects, n_between = int(is_there.sum()), int((within <= LEAST_WITHIN).sum())
    group = problem.factors[0].group
    if n_effects <= n_between:
        raise ModelDataError(
            f"{n_effects} groups of '{group}' are told apart by {n_between} coefficients of what does not vary within "
            "them, so that no difference is left that a variance between groups could be seen in; expected more groups "
            f"than such coefficients; take out what does not vary within '{group}', or the random effect"
        )
    if problem.sums.n_obs <= n_effects + p - n_between:
        raise nothing_within()


def nothing_within() -> ModelDataError:
    """Say that no variance is left within groups."""
    return ModelDataError(
        "the outcome does not vary within groups beyond what the regressors say; expected responses of a group to "
        "differ; use a regression of the groups"
    )
