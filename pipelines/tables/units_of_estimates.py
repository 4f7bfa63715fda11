"""Estimator → what its coefficients are counted in: the one list of the estimators that a release can put in words."""

from collections.abc import Mapping
from typing import Literal

Unit = Literal[
    "points",
    "odds",
    "higher_odds",
    "category_odds",
    "inclination",
    "times",
    "paths",
    "difference",
    "average",
    "quotient",
]
UNITS: Mapping[str, Unit] = {
    **dict.fromkeys(("OLS", "WLS", "OLS_within", "WLS_within", "corrected_means", "mixed", "gee_linear"), "points"),
    **dict.fromkeys(("logit", "firth_logit", "mixed_logit", "gee_logit"), "odds"),
    **dict.fromkeys(("ordered_logit", "mixed_ordered_logit"), "higher_odds"),
    "multinomial": "category_odds",
    **dict.fromkeys(("probit", "ordered_probit", "mixed_ordered_probit"), "inclination"),
    **dict.fromkeys(("poisson", "negative_binomial", "gee_poisson"), "times"),
    "mediation": "paths",
    "two_outcomes": "difference",
    "population_mean": "average",
    "population_ratio": "quotient",
}
"""Points of the outcome; logarithms of odds, of a yes, of a higher answer or of a category beside the first; standard
deviations of what stands behind the categories (probit); logarithms of how many times as many; points along paths, or
of one outcome less those of another; averages and quotients of the population."""
OF_FIGURES: tuple[Unit, ...] = ("average", "quotient")
"""Units of figures of the population, which compare nothing: nought means nothing there, and no term is of interest."""
RATIOS: tuple[Unit, ...] = ("odds", "higher_odds", "category_odds", "times")
"""Units in which a coefficient is a logarithm: its exponential says how many times as high or as many."""
