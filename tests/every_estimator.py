"""Every kind of recorded fit on the demonstration: a model of it and what ``sensemaking fit --set`` makes it by."""

from collections.abc import Mapping

PERSONS = "h15_coproduction_by_collective_leadership_within_persons"
STAFF = (PERSONS, "panel=null")
OF_PERSONS = "regressors=[collective_leadership_intensity, psychological_safety, {variable: wave, use: category}]"
WROTE = "h19_coproduction_unprompted"
CLASSICAL = ("covariance=classical", "cluster=none")
IN_GROUPS = (*CLASSICAL, "random_effects=[{groups: organisation_id}]")
UNDRAWN = "bootstrap_draws=0"
ORDERED, COUNT = "outcome=CPE_co_1", "outcome=STR_tenure_post"
REGIONS = "coproduction_by_region"
SEEN = "h06_coproduction_through_seen_forwarding"
LATENT = (
    "regressors=[{variable: forwarding, use: organisation_mean, of: TOP}, forwarding_observed, "
    "{variable: wave, use: category}]",
    "paths={mediators: [forwarding_observed]}",
)
FITS: Mapping[str, tuple[str, ...]] = {
    "OLS": (*STAFF, "estimator=linear"),
    "WLS": (*STAFF, "estimator=linear", "weights=analysis_weight"),
    "OLS_within": (*STAFF, "estimator=linear", OF_PERSONS, "fixed_effects=organisation_id"),
    "WLS_within": (*STAFF, "estimator=linear", OF_PERSONS, "fixed_effects=organisation_id", "weights=analysis_weight"),
    "logit": (WROTE,),
    "probit": (WROTE, "estimator=probit", UNDRAWN),
    "firth_logit": (WROTE, "estimator=firth_logit", *CLASSICAL, UNDRAWN),
    "ordered_logit": (*STAFF, "estimator=ordered_logit", ORDERED, UNDRAWN),
    "ordered_probit": (*STAFF, "estimator=ordered_probit", ORDERED, UNDRAWN),
    "misclassified_logit": (WROTE, "estimator=misclassified_logit"),
    "multinomial": (*STAFF, "estimator=multinomial", "outcome=STR_locus", UNDRAWN),
    "poisson": (*STAFF, "estimator=poisson", COUNT, UNDRAWN),
    "negative_binomial": (*STAFF, "estimator=negative_binomial", COUNT, UNDRAWN),
    "within": (PERSONS, OF_PERSONS, "estimator=within"),
    "between": (PERSONS, "estimator=between"),
    "within_between": (PERSONS,),
    "random_effects": (PERSONS, "estimator=random_effects"),
    "first_differences": (PERSONS, OF_PERSONS, "estimator=first_differences"),
    "corrected_means": ("h08_coproduction_by_wickedness",),
    "mixed": (*STAFF, "estimator=mixed", *IN_GROUPS),
    "mixed_logit": (WROTE, "estimator=mixed_logit", *IN_GROUPS),
    "mixed_ordered_logit": (*STAFF, "estimator=mixed_ordered_logit", ORDERED, *IN_GROUPS),
    "mixed_ordered_probit": (*STAFF, "estimator=mixed_ordered_probit", ORDERED, *IN_GROUPS),
    "gee_linear": (*STAFF, "estimator=gee_linear"),
    "gee_logit": (WROTE, "estimator=gee_logit"),
    "gee_poisson": (*STAFF, "estimator=gee_poisson", COUNT),
    "mediation": (SEEN,),
    "mediation_across_levels": (SEEN, "estimator=mediation_across_levels", *LATENT),
    "cross_lagged_panel": ("h15_collective_leadership_by_coproduction_over_waves",),
    "latent_growth": ("h15_identity_growth_by_programme",),
    "two_outcomes": ("h02_inhibiting_and_forwarding",),
    "population_mean": (REGIONS,),
    "population_total": (REGIONS, "estimator=population_total", "weights=analysis_weight"),
    "population_ratio": (REGIONS, "estimator=population_ratio", "figures={per: wicked_issue}"),
    "population_quantiles": (REGIONS, "estimator=population_quantiles"),
}
"""Name of the recorded estimator → the model and its settings; without a bootstrap, which takes hundreds of fits."""
