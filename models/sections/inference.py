"""What a model says of its estimator and of the covariance of its coefficients, and which go together."""

from typing import Literal, get_args

Estimator = Literal[
    "linear",
    "logit",
    "probit",
    "firth_logit",
    "ordered_logit",
    "ordered_probit",
    "multinomial",
    "poisson",
    "negative_binomial",
]
Covariance = Literal["classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S", "CR2", "CR3"]
CLUSTERED = ("CR0", "CR1S", "CR2", "CR3")
UNCLUSTERED = ("classical", "HC0", "HC1", "HC2", "HC3")
ORDERED = ("ordered_logit", "ordered_probit")
WITH_SCORES = (*ORDERED, "multinomial")
OF_SCORES = ("classical", "HC0", "HC1", "CR0", "CR1S")


def covariances_of(estimator: Estimator) -> tuple[str, ...]:
    """Return the covariances that an estimator has."""
    if estimator in WITH_SCORES:
        return OF_SCORES
    if estimator == "firth_logit":
        return ("classical",)
    return tuple(each for each in get_args(Covariance) if estimator == "linear" or each != "CR3")


def cautious_covariance(estimator: Estimator, n_ways: int) -> Covariance:
    """Return the covariance of a model that names none.

    Args:
        estimator: Its estimator.
        n_ways: In how many ways its responses are clustered: 0, 1 or 2.
    """
    if estimator == "firth_logit":
        return "classical"
    cautious: tuple[Covariance, ...] = ("HC0", "CR1S") if estimator in WITH_SCORES else ("HC3", "CR2", "CR1S")
    return cautious[n_ways]


def keys_not_of(estimator: Estimator) -> dict[str, object]:
    """Return the keys of a model that its estimator does not have, with what they are when nothing is said."""
    found: dict[str, object] = {}
    if estimator not in ORDERED:
        found["by_threshold"] = ()
    if estimator != "multinomial":
        found["outcome_reference"] = None
    return found
