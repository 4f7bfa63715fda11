"""What a model says of its estimator and of the covariance of its coefficients, and which go together."""

from typing import Literal, get_args

PanelEstimator = Literal["within", "between", "within_between", "random_effects", "first_differences"]
MixedCategorical = Literal["mixed_logit", "mixed_ordered_logit", "mixed_ordered_probit"]
MarginalEstimator = Literal["gee_linear", "gee_logit", "gee_poisson"]
FigureEstimator = Literal["population_mean", "population_total", "population_ratio", "population_quantiles"]
PathEstimator = Literal["mediation", "mediation_across_levels", "cross_lagged_panel", "latent_growth", "two_outcomes"]
Estimator = (
    Literal[
        "linear",
        "logit",
        "probit",
        "firth_logit",
        "misclassified_logit",
        "ordered_logit",
        "ordered_probit",
        "multinomial",
        "poisson",
        "negative_binomial",
        "mixed",
    ]
    | MixedCategorical
    | MarginalEstimator
    | PanelEstimator
    | PathEstimator
    | FigureEstimator
)
Replicated = Literal["unit_jackknife", "balanced_halves", "unit_bootstrap"]
Covariance = Literal[
    "classical",
    "HC0",
    "HC1",
    "HC2",
    "HC3",
    "CR0",
    "CR1",
    "CR1S",
    "CR2",
    "CR3",
    "jackknife",
    "stacked",
    "design",
    "unit_jackknife",
    "balanced_halves",
    "unit_bootstrap",
]
CLUSTERED = ("CR0", "CR1S", "CR2", "CR3")
UNCLUSTERED = ("classical", "HC0", "HC1", "HC2", "HC3")
PANEL: tuple[PanelEstimator, ...] = get_args(PanelEstimator)
PATHS: tuple[PathEstimator, ...] = get_args(PathEstimator)
FIGURES: tuple[FigureEstimator, ...] = get_args(FigureEstimator)
REPLICATED: tuple[Replicated, ...] = get_args(Replicated)
LEAST_SQUARES = ("linear", *PANEL)
ORDERED = ("ordered_logit", "ordered_probit")
MIXED_CATEGORICAL: tuple[MixedCategorical, ...] = get_args(MixedCategorical)
MIXED = ("mixed", *MIXED_CATEGORICAL)
MARGINAL: tuple[MarginalEstimator, ...] = get_args(MarginalEstimator)
OF_ORDERED_OUTCOMES = (*ORDERED, "mixed_ordered_logit", "mixed_ordered_probit")
OF_COUNTS = ("poisson", "negative_binomial", "gee_poisson")
MISCLASSIFIED = "misclassified_logit"
WITH_SCORES = (*ORDERED, "multinomial", MISCLASSIFIED)
OF_MIXED = ("classical", "CR0", "CR1S", "CR2")
OF_MARGINAL = ("classical", "CR0", "CR3")
WITH_DESIGN: tuple[Estimator, ...] = ("linear", "logit", "ordered_logit", *FIGURES)
OF_SCORES = ("classical", "HC0", "HC1", "CR0", "CR1S")
OF_PATHS = ("classical", "HC0", "HC2", "HC3", *CLUSTERED)
OF_LATENT_PATHS = ("classical", "HC0", "CR1")
ACROSS_LEVELS: PathEstimator = "mediation_across_levels"
LATENT_PATHS: tuple[PathEstimator, ...] = (ACROSS_LEVELS, "cross_lagged_panel", "latent_growth")
OF_CLUSTERS = (*MARGINAL, ACROSS_LEVELS)
"""Estimators of clusters, which they are of whatever the covariance."""


def covariances_of(estimator: Estimator) -> tuple[str, ...]:
    """Return the covariances that an estimator has."""
    of_design = ("design",) if estimator in WITH_DESIGN else ()
    if estimator in FIGURES:
        return of_design if estimator == "population_quantiles" else (*of_design, *REPLICATED)
    if estimator in WITH_SCORES:
        return (*OF_SCORES, *of_design)
    if estimator == "firth_logit" or estimator in MIXED_CATEGORICAL:
        return ("classical",)
    if estimator in ("mixed", *MARGINAL):
        return OF_MIXED if estimator == "mixed" else OF_MARGINAL
    if estimator in PATHS:
        latent = tuple(each for each in OF_LATENT_PATHS if estimator != ACROSS_LEVELS or each != "HC0")
        return latent if estimator in LATENT_PATHS else OF_PATHS
    every = (*UNCLUSTERED, *CLUSTERED, *(("jackknife",) if estimator == "linear" else ()), *of_design)
    return tuple(each for each in every if estimator in LEAST_SQUARES or each != "CR3")


def cautious_covariance(estimator: Estimator, n_ways: int) -> Covariance:
    """Return the covariance of a model that names none.

    Args:
        estimator: Its estimator.
        n_ways: In how many ways its responses are clustered: 0, 1 or 2.
    """
    if estimator in ("firth_logit", *MIXED):
        return "classical"
    if estimator in MARGINAL:
        return "CR3"
    if estimator in LATENT_PATHS:
        return "CR1" if n_ways else "HC0"
    cautious: tuple[Covariance, ...] = ("HC0", "CR1S") if estimator in WITH_SCORES else ("HC3", "CR2", "CR1S")
    return cautious[n_ways]


def keys_not_of(estimator: Estimator) -> dict[str, object]:
    """Return the keys of a model that its estimator does not have, with what they are when nothing is said."""
    of_groups = (*MIXED_CATEGORICAL, *MARGINAL)
    lacking = {
        "by_threshold": (estimator not in ORDERED, ()),
        "outcome_reference": (estimator != "multinomial", None),
        "corrected": (estimator != "linear", ()),
        "degrees_of_freedom": (estimator != "mixed", None),
        "likelihood": (estimator != "mixed", None),
        "random_effects": (estimator not in MIXED, ()),
        "quadrature_points": (estimator not in MIXED_CATEGORICAL, None),
        "working_correlation": (estimator not in MARGINAL, None),
        "bootstrap_draws": (estimator in of_groups, None),
        "paths": (estimator not in PATHS, None),
        "figures": (estimator not in FIGURES, None),
    }
    return {key: value for key, (is_lacking, value) in lacking.items() if is_lacking}


def refuse_keys_of_other_estimators(
    estimator: Estimator, *, clusters: tuple[str, ...], by_threshold: bool, reference: bool, draws: int
) -> None:
    """Raise ValueError when a key of a model belongs to another estimator.

    Args:
        estimator: Its estimator.
        clusters: Columns whose values are its clusters.
        by_threshold: Whether regressors are named whose effect may differ by threshold.
        reference: Whether a category of the outcome is named as reference.
        draws: Draws of the bootstrap that are asked for.
    """
    if draws and estimator in (*MIXED_CATEGORICAL, *MARGINAL):
        raise ValueError(
            f"bootstrap_draws: {draws} are not for {estimator}, whose average effects have intervals by the delta "
            "method only; remove the key"
        )
    if estimator == "firth_logit" and clusters:
        raise ValueError(
            "firth_logit has no covariance for clusters: where a regressor foretells the outcome, clusters do not "
            "differ and tell of no error; write covariance: classical, and say that responses are taken as "
            "independent"
        )
    if reference and estimator != "multinomial":
        raise ValueError("outcome_reference is for estimator multinomial; remove it or set the estimator")
    if by_threshold and estimator not in ORDERED:
        raise ValueError(f"by_threshold is for {' and '.join(ORDERED)}; found {estimator}; remove it")


def refuse_unfit_covariance(estimator: Estimator, covariance: Covariance | None, clusters: tuple[str, ...]) -> None:
    """Raise ValueError when estimator, covariance and clusters do not go together.

    Args:
        estimator: Of the model.
        covariance: Its covariance; None where it names none.
        clusters: Columns whose values are its clusters.
    """
    if covariance in (*CLUSTERED, "CR1") and not clusters:
        raise ValueError(f"covariance: {covariance} needs a key cluster that names a column, such as organisation_id")
    if len(clusters) > 1 and covariance not in (None, "CR1S"):
        raise ValueError(f"two clusters have covariance CR1S; found {covariance}; leave covariance out")
    if len(clusters) > 1 and estimator not in ("linear", "within"):
        raise ValueError(f"two clusters are for estimator linear; found {estimator}; name one cluster")
    if covariance is not None and covariance not in covariances_of(estimator):
        listed = ", ".join(covariances_of(estimator))
        raise ValueError(f"{estimator} has no covariance {covariance}; expected one of {listed}")
