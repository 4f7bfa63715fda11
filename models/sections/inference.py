"""What a model says of its estimator and of the covariance of its coefficients, and which go together."""

from typing import Literal, get_args

PanelEstimator = Literal["within", "between", "within_between", "random_effects", "first_differences"]
Estimator = Literal["linear", "logit", "probit", "ordered_logit", "ordered_probit", "poisson"] | PanelEstimator
Covariance = Literal["classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S", "CR2", "CR3"]
CLUSTERED = ("CR0", "CR1S", "CR2", "CR3")
UNCLUSTERED = ("classical", "HC0", "HC1", "HC2", "HC3")
PANEL: tuple[PanelEstimator, ...] = get_args(PanelEstimator)
LEAST_SQUARES = ("linear", *PANEL)
ORDERED = ("ordered_logit", "ordered_probit")
OF_SCORES = ("classical", "HC0", "HC1", "CR0", "CR1S")


def covariances_of(estimator: Estimator) -> tuple[str, ...]:
    """Return the covariances that an estimator has."""
    if estimator in ORDERED:
        return OF_SCORES
    return tuple(each for each in get_args(Covariance) if estimator in LEAST_SQUARES or each != "CR3")


def cautious_covariance(estimator: Estimator, n_ways: int) -> Covariance:
    """Return the covariance of a model that names none.

    Args:
        estimator: Its estimator.
        n_ways: In how many ways its responses are clustered: 0, 1 or 2.
    """
    cautious: tuple[Covariance, ...] = ("HC0", "CR1S") if estimator in ORDERED else ("HC3", "CR2", "CR1S")
    return cautious[n_ways]
