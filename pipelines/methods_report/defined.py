"""Which entries of the definitions ledger a statistic of the report has, and the part that prints those that occur."""

import re
from collections.abc import Iterable, Mapping

from models.ledger import ENTRIES, Definition, ledger
from models.multilevel.readings import OF_VARIANCES
from models.regression.corrected.difference import READINGS as LATENT_VIEWS
from models.sections.imputation import DELTA, TIPPING_POINT
from models.sections.inference import FIGURES, LATENT_PATHS, MARGINAL, MIXED_CATEGORICAL
from models.sections.nonresponse import SELECTION, SELECTION_ESTIMATED, SELECTION_TIPS, STACKED
from pipelines.board_report.value import Link, Section
from pipelines.methods_report.defined_measures import AGREEMENT
from pipelines.methods_report.found import Found

DESIGN_LINES = ("variance of a survey design by linearisation", "degrees of freedom of a survey design")
CLUSTERED_LINES = ("covariances CR0, CR1, CR1S, CR2, CR3", "Satterthwaite degrees of freedom")
PANEL = (
    "panel: pooling, within, between, random effects, differences",
    "panels through the model language; Hausman, Mundlak's means tested together (AHT, CR2)",
)
EFFECTS = ("fixed effects, one or two ways, absorbed; they count in n - k", "R2 within and overall")
ASSUMPTIONS = ("RESET, Breusch-Pagan, Durbin-Watson, Shapiro-Wilk, Jarque-Bera, VIF, generalised VIF",)
INFLUENCE = ("leverage, studentised residual, Cook's distance, DFFITS, DFBETA",)
SIZES = ("standardised coefficient, partial R2, Cohen's f2",)
CONFOUNDING = ("robustness value, confounded estimate, benchmark bound",)
DEGREES_OF_MIXED = (
    "Satterthwaite degrees of freedom of a mixed model",
    "Kenward-Roger covariance and degrees of freedom",
)
CLUSTERED_OF_MIXED = ("CR2 and Satterthwaite degrees of freedom of a mixed model",)
CORRECTED = ("regression on corrected organisation means", "reliability of a mean over rows")
SHARES = ("intraclass correlation and R2 of a mixed model",)
OF_OPTIMUM = ("audit of a mixed model's optimum", "likelihood of a mixed model, second engine")
INTERCEPTS = (
    "random intercept in a logit or ordered model, adaptive quadrature",
    "random intercepts of several factors in a logit or ordered model, Laplace",
)
SEARCHES = ("searches for the largest marginal likelihood",)
EQUATIONS = ("generalised estimating equations",)
OF_SEVERAL_EQUATIONS = ("covariance of the coefficients of several equations", "delta (Sobel) error of an effect")
INTERVALS = ("percentile, basic and BCa interval of an effect",)
MONTE_CARLO = ("Monte Carlo interval of an effect",)
CROSS_LAGGED = ("cross-lagged panel with random intercepts (RI-CLPM)",)
STEADY = ("steadiness of a panel over waves, likeness in groups",)
GROWTH = ("latent growth, line or bend, predictors, time-varying covariates",)
ACROSS_LEVELS = (
    "mediation across levels 2-1-1, 1-1-1, 2-2-1",
    "covariances between and within organisations, latent means",
)
TWO_OUTCOMES = ("difference of a coefficient between two outcomes", "correlation of two outcomes")
FIT = ("CFI, TLI, RMSEA with interval",)

OF_POPULATION = ("totals, ratios, means, proportions and means of domains of a survey design",)
OF_DOMAINS = ("equality of the figures of domains of a survey design (Wald)",)
QUANTILES = ("quantiles of a survey design with Woodruff's interval",)
REPLICATES: Mapping[str, tuple[str, ...]] = {
    "unit_jackknife": ("jackknife of clusters, JK1 and JKn",),
    "balanced_halves": ("balanced half-samples and Fay's method",),
    "unit_bootstrap": ("rescaled bootstrap of clusters (Rao and Wu)",),
}
CODERS = ("logit corrected for coders' errors",)
OF_WEIGHTS = ("least_weight", "largest_weight", "effective_n_of_weights", "weights_efficiency", "response_auc")
RIDGE = ("ridge regression, penalty by left-out clusters",)

ESTIMATORS: Mapping[str, tuple[str, ...]] = {
    "OLS": ("least squares, weighted", "R2 and adjusted R2"),
    "WLS": ("least squares, weighted", "R2 and adjusted R2"),
    "OLS_within": ("least squares, weighted", *EFFECTS),
    "WLS_within": ("least squares, weighted", *EFFECTS),
    "logit": ("logit and probit", "McFadden's R2"),
    "probit": ("logit and probit", "McFadden's R2"),
    "firth_logit": ("Firth's logit, profile interval and test", "McFadden's R2"),
    "ordered_logit": ("ordered logit, probit, cloglog", "McFadden's R2"),
    "ordered_probit": ("ordered logit, probit, cloglog", "McFadden's R2"),
    "misclassified_logit": CODERS,
    "multinomial": ("multinomial logit", "McFadden's R2"),
    "poisson": ("Poisson regression", "McFadden's R2"),
    "negative_binomial": ("negative binomial regression (NB2)", "McFadden's R2"),
    **dict.fromkeys(("within", "between", "within_between", "random_effects", "first_differences"), PANEL),
    "corrected_means": CORRECTED,
    "mixed": ("linear mixed model, REML and ML", *SHARES),
    **dict.fromkeys(MIXED_CATEGORICAL, INTERCEPTS),
    **dict.fromkeys(MARGINAL, EQUATIONS),
    "mediation": ("paths of a mediation: indirect, direct, total", "R2 and adjusted R2"),
    "mediation_across_levels": ACROSS_LEVELS,
    "cross_lagged_panel": (*CROSS_LAGGED, *STEADY),
    "latent_growth": GROWTH,
    "two_outcomes": TWO_OUTCOMES,
    **dict.fromkeys(FIGURES, (*OF_POPULATION, *OF_DOMAINS)),
    "population_total": OF_POPULATION,
    "population_quantiles": QUANTILES,
}
DIAGNOSTICS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("max_leverage", "max_cooks_distance"), INFLUENCE),
    **dict.fromkeys(("max_vif", "max_generalised_vif", "breusch_pagan_p", "reset_p"), ASSUMPTIONS),
    **dict.fromkeys(OF_WEIGHTS, ("weights for people who kept silent",)),
    **dict.fromkeys(("selection_correlation", "selection_correlation_error"), ("selection of a model's outcome",)),
    "residual_skewness": ASSUMPTIONS,
    "residual_excess_kurtosis": ASSUMPTIONS,
    "jarque_bera_p": ASSUMPTIONS,
    "condition_number": ("condition number",),
    "least_df": ("Satterthwaite degrees of freedom",),
    "decided_by_one_cluster": ("coefficients without one cluster",),
    "covariance_mended": ("two-way clustered covariance",),
    "mcfadden_r2": ("McFadden's R2",),
    "proportional_odds_p": ("proportional-odds test", "proportional odds with clusters"),
    **dict.fromkeys(("overdispersion_p", "dispersion"), ("overdispersion, Poisson against NB2",)),
    "without_finite_estimate": ("separation",),
    **dict.fromkeys(("r2_within", "r2_overall"), ("R2 within and overall",)),
    **dict.fromkeys(("hausman_chi2", "hausman_df", "hausman_p"), ("Hausman test",)),
    **dict.fromkeys(("context_f", "context_df", "context_df_resid", "context_p"), ("Mundlak test",)),
    **dict.fromkeys(("variance_of_units", "variance_within", "least_share", "largest_share"), PANEL[:1]),
    **dict.fromkeys(("size", "size_std_error"), ("negative binomial regression (NB2)",)),
    "columns_not_settled": ("split R-hat of chains",),
    **dict.fromkeys(("largest_fmi", "fmi"), ("pooled estimates, Barnard and Rubin's df, riv, lambda, fmi",)),
    "surface_icc_2": AGREEMENT,
    **dict.fromkeys(("mean_reliability", "answers_behind"), CORRECTED[1:]),
    **dict.fromkeys(("icc", "r2_marginal", "r2_conditional"), SHARES),
    **dict.fromkeys(("variance", "covariance", "variance_residual"), ("linear mixed model, REML and ML",)),
    **dict.fromkeys(("noughts_count_as", "share_with_noughts"), ("multiplicative replacement of noughts",)),
    **dict.fromkeys(("sensitivity", "sensitivity_std_error", "specificity", "specificity_std_error"), CODERS),
    **dict.fromkeys(("starts_disagreement", "uncorrected"), CODERS),
    "forms_not_compared": ("error of left-out clusters by form",),
    "alpha_without_items": ("alpha",),
    "r2_together": ("relative importance (LMG, general dominance)",),
    **dict.fromkeys(("ridge_penalty", "cross_validated_r2", "cross_validated_r2_ridge"), RIDGE),
    "cross_validated_r2_held": RIDGE,
    **dict.fromkeys(("cfi", "rmsea"), FIT),
    "improper_estimates": (*CROSS_LAGGED, *GROWTH, *ACROSS_LEVELS),
    "resamples_undefined": INTERVALS,
    "laplace_change": SEARCHES,
    "srmr": ("SRMR",),
    "reliability": ACROSS_LEVELS[1:],
    "variance_p": ("likelihood-ratio test of a variance",),
    **dict.fromkeys(("singular", "at_bound"), ("singular mixed models",)),
    **dict.fromkeys(("optimiser_disagreement", "engine_difference", "optimum_doubts"), OF_OPTIMUM),
    **dict.fromkeys(("design_effect", "effective_n"), ("design effect, against sampling without or with replacement",)),
    "working_correlation": ("working correlation, exchangeable and autoregressive",),
    "scale": EQUATIONS,
    **dict.fromkeys(("qic", "qic_u"), ("quasi-likelihood information (QIC, QICu)",)),
}
"""Diagnostics that are no plain count or share."""

OF_INTERCEPTS: Mapping[str, tuple[str, ...]] = {
    "latent_icc": ("latent intraclass correlation",),
    "variance": INTERCEPTS,
    "variance_p": ("test of the variance of a random intercept",),
    **dict.fromkeys(("singular", "at_bound", "optimiser_disagreement"), SEARCHES),
    **dict.fromkeys(("quadrature_change", "laplace_change"), SEARCHES),
}
"""The same of categorical mixed models, where they are not those of others."""

READINGS: Mapping[str, tuple[str, ...]] = {
    "standardised": SIZES,
    "partial_r2": SIZES,
    "minimum_detectable": ("minimum detectable effect",),
    "equivalence": ("equivalence test (TOST)",),
    "robustness_value": CONFOUNDING,
    "selection_ratio": ("Oster's delta and adjusted coefficient",),
    "e_value": ("E-value",),
    "without_one_cluster": ("coefficients without one cluster",),
    "wild_bootstrap": ("wild cluster bootstrap (WCR, Rademacher)",),
    "average_effect": ("average marginal effects and predictions, delta interval",),
    "average_effect_bootstrap": ("average marginal effects, bootstrap interval",),
    "share_moved": ("log-ratios told back in shares",),
    "other_noughts": ("multiplicative replacement of noughts",),
    **dict.fromkeys(("cross_validated_error", "error_against_first"), ("error of left-out clusters by form",)),
    **dict.fromkeys(("aic", "bic", "akaike_weight"), ("AIC, BIC and Akaike weights by form",)),
    "vuong": ("Vuong's test with clusters",),
    "importance": ("relative importance (LMG, general dominance)",),
    "ridge": RIDGE,
    **dict.fromkeys(("interval_percentile", "interval_basic", "interval_bca"), INTERVALS),
    "interval_monte_carlo": MONTE_CARLO,
    **dict.fromkeys(("interval_delta", "share_of_total"), OF_SEVERAL_EQUATIONS[1:]),
    "against_minus_one": TWO_OUTCOMES[1:],
    "simple_slopes": ("simple slopes",),
    "plain_mean": CORRECTED[:1],
    **dict.fromkeys((DELTA, TIPPING_POINT), ("delta adjustment and tipping point",)),
    **dict.fromkeys((SELECTION, SELECTION_ESTIMATED, SELECTION_TIPS), ("selection of a model's outcome",)),
    **dict.fromkeys(OF_VARIANCES, ("profile likelihood intervals of a mixed model",)),
    **dict.fromkeys(LATENT_VIEWS, ("latent difference of two views",)),
    "johnson_neyman": ("Johnson-Neyman bounds",),
}
SHAPES: Mapping[str, tuple[str, ...]] = {
    "joint": ("joint tests of a fit (AHT, F, chi-square)",),
    "slopes": ("slopes of a fit, other moderators at their means",),
    "regions": ("Johnson-Neyman bounds",),
    "surface": (
        "response surface a1 to a5",
        "stationary point and principal axes",
        "conditions of broad and strict congruence",
        "slopes of the mean and the difference of two views",
    ),
    "predictions": ("predictions at the means and as observed",),
    "predictions_drawn": ("effects and predictions with both intervals",),
    "holm": ("adjusted p-values",),
    "spline": ("restricted cubic spline",),
    "organisation_rows": ("rows of organisations",),
}
ENGINES: Mapping[str, tuple[str, ...]] = {
    "counted_patterns": (
        "least squares and covariances from counted patterns",
        "clustered covariances from counted patterns",
        "logit and probit from counted patterns",
    ),
    "blocks": (
        "least squares of rows in blocks",
        "covariances of rows in blocks: classical, HC0 to HC3",
        "covariances of rows in blocks: CR0, CR1S, CR2, CR3, Satterthwaite",
    ),
}
"""Where a fit was not computed from rows in memory."""

OF_EQUATIONS = ("covariances of estimating equations: naive, sandwich, Mancl and DeRouen",)
COVARIANCES_OF_GROUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mixed": (DEGREES_OF_MIXED, CLUSTERED_OF_MIXED),
    **dict.fromkeys(MIXED_CATEGORICAL, (INTERCEPTS, INTERCEPTS)),
    **dict.fromkeys(MARGINAL, (OF_EQUATIONS, OF_EQUATIONS)),
    "corrected_means": (CORRECTED[:1], CORRECTED[:1]),
    **dict.fromkeys(("mediation", "two_outcomes"), (OF_SEVERAL_EQUATIONS, OF_SEVERAL_EQUATIONS)),
}
"""Entries of the covariance classical and of the others."""

NOT_RUN, NONE, SAME = "none run: ", "none", " name the same"


def of_covariance(estimator: str, covariance: str) -> tuple[str, ...]:
    """Return the entries of the covariance of a fit: of least squares, of scores, or of a working regression."""
    name, two_ways, _ = covariance.partition("_two_way")
    if name in REPLICATES:
        return (*REPLICATES[name], *DESIGN_LINES[1:])
    if name == STACKED:
        return ("estimates with estimated weights of response",)
    if estimator in ("firth_logit", *LATENT_PATHS) or name == "design":
        return DESIGN_LINES if name == "design" else ESTIMATORS[estimator]
    if estimator in COVARIANCES_OF_GROUPS:
        of_own, of_clusters = COVARIANCES_OF_GROUPS[estimator]
        return of_own if name == "classical" else of_clusters
    if estimator in ("OLS", "WLS", "OLS_within", "WLS_within") or ESTIMATORS[estimator] is PANEL:
        return ("two-way clustered covariance",) if two_ways else _of_least_squares(name)
    of_scores = "robust and clustered covariances from scores"
    return ("CR2, Satterthwaite and HTZ of generalised linear models" if name == "CR2" else of_scores,)


def of_diagnostic(estimator: str, name: str) -> tuple[str, ...]:
    """Return the entries of a diagnostic of a fit, its name without the regressor or groups; none of a plain count."""
    own = OF_INTERCEPTS if estimator in MIXED_CATEGORICAL else {}
    return own.get(name) or DIAGNOSTICS.get(name, ())


def _of_least_squares(covariance: str) -> tuple[str, ...]:
    if not covariance.startswith("CR"):
        return ("covariances classical, HC0, HC1, HC2, HC3",)
    return CLUSTERED_LINES if covariance in ("CR2", "CR3") else CLUSTERED_LINES[:1]


def anchor_of(name: str) -> str:
    """Return what links to a definition name."""
    return "definition-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def links(names: Iterable[str]) -> tuple[Link, ...]:
    """Return links to entries of the ledger, each once."""
    return tuple(Link(name, anchor_of(name)) for name in dict.fromkeys(names))


def definitions(sections: Iterable[Section], found: Found) -> tuple[Section, ...]:
    """Write the entries of the ledger that tables of sections link to, each once, in the order of the ledger."""
    used = {link.anchor for section in sections for table in section.tables for link in table.defined}
    made = [Section("definitions", found.say("definitions_title"), (found.say("definitions_reading"),))]
    for part in ENTRIES:
        known = [each for each in ledger(part) if anchor_of(each.name) in used]
        if known:
            made.append(Section("definitions", found.say(f"definitions_{part}"), depth=2))
            made += [_entry(each, found) for each in known]
    return tuple(made)


def _entry(each: Definition, found: Found) -> Section:
    said, call = _r_call(each.r_call, found)
    return Section(
        name="definition",
        title=each.name,
        lines=(found.say("formula", formula=each.formula), found.say("source", source=each.source), said),
        code=call,
        depth=3,
        anchor=anchor_of(each.name),
    )


def _r_call(r_call: str, found: Found) -> tuple[str, str]:
    """Return what is said of the R call, and the call; empty where no R program gives the number."""
    if r_call.startswith(NOT_RUN):
        call = r_call.removeprefix(NOT_RUN).removesuffix(SAME).removesuffix(SAME.replace("name", "names"))
        return found.say("r_not_run"), call
    if r_call.startswith(NONE):
        why = r_call.removeprefix(NONE).removeprefix(": ") or found.say("not_known")
        return found.say("r_none", why=why), ""
    return found.say("r_equal"), r_call
