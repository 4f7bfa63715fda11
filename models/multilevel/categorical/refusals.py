"""What responses in groups must have for a random intercept; and what is said when they have not."""

import numpy as np

from models.estimates import Vector
from models.multilevel.categorical.groups import Groups
from models.multilevel.categorical.responses import Responses
from models.regression.identification import ModelDataError

FEWEST_GROUPS = 5
FEWEST_IN_A_GROUP = 2
LARGEST_LATENT_SHARE = 0.99


def refuse_groups(responses: Responses, groups: Groups, name: str) -> None:
    """Raise ModelDataError when groups are too few, too small, or without a difference within them.

    Args:
        responses: n rows, one group after the other.
        groups: G groups of them.
        name: What the groups are called.
    """
    if groups.n_groups < FEWEST_GROUPS:
        raise ModelDataError(
            f"{groups.n_groups} groups of '{name}': too few to estimate how much groups differ; expected at least "
            f"{FEWEST_GROUPS}; take the groups as a regressor (use: category), or leave the random intercept out"
        )
    largest = int(groups.sums(responses.counts()).max())
    if largest < FEWEST_IN_A_GROUP:
        raise ModelDataError(
            f"each of the {groups.n_groups} groups of '{name}' has one response: how much groups differ cannot be told "
            "from how much responses do; expected groups of two or more; leave the random intercept out"
        )
    if np.all(responses.homogeneous(groups.starts)):
        raise ModelDataError(
            f"in every one of the {groups.n_groups} groups of '{name}' all responses are the same and at an end of the "
            "scale: the group foretells the outcome, and the variance of the random intercept is infinite; explain "
            "group outcomes in a model with one row a group instead"
        )


def refuse_unbounded(share: float, name: str) -> None:
    """Raise ModelDataError when nearly all latent variance lies between groups: the variance has no finite estimate.

    Args:
        share: Variance between groups over the latent variance.
        name: What the groups are called.
    """
    if share > LARGEST_LATENT_SHARE:
        raise ModelDataError(
            f"{share:.1%} of the latent variance lies between groups of '{name}': groups foretell nearly every "
            f"response, and the variance of the random intercept has no finite estimate (expected at most "
            f"{LARGEST_LATENT_SHARE:.0%}); explain group outcomes in a model with one row a group instead"
        )


def refuse_unreached(gradient_norm: float, expected: float, model: str) -> None:
    """Raise ModelDataError when no search came to a point where the gradient is nought."""
    if not gradient_norm <= expected:
        raise ModelDataError(
            f"no search reached a maximum of the likelihood of the {model} (gradient {gradient_norm:.1e}, expected at "
            f"most {expected:.0e}); take out regressors, merge small categories, or put regressors on a like scale"
        )


def refuse_counts(successes: Vector, trials: Vector) -> None:
    """Raise ModelDataError unless trials are whole numbers of 1 or more, and successes whole numbers up to them."""
    is_whole = (successes == np.floor(successes)) & (trials == np.floor(trials))
    is_within = (successes >= 0) & (successes <= trials) & (trials >= 1)
    n_other = int((~(is_whole & is_within)).sum())
    if n_other:
        raise ModelDataError(
            f"{n_other} of {len(trials)} rows of a logit have other counts than successes that are whole numbers "
            "between nought and the trials, and trials of 1 or more; recode the outcome to 0 and 1, or to counts"
        )


def refuse_weights(weights: Vector) -> None:
    """Raise ModelDataError when responses are weighted: a weight is not a number of responses in the group."""
    if not (weights == 1).all():
        raise ModelDataError(
            "the random intercept takes every response once; expected weights of 1; leave the weights out"
        )
