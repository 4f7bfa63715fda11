"""What may be done about each diagnostic of a fit that deserves a look, in words for whoever reads the fit."""

import pandas as pd

from models.regression.diagnostics import general_name

BY_NATURE = "products, powers and splines do so by nature, which does no harm"
REMEDIES = {
    "max_leverage": "one response nearly decides a coefficient; read its interval as that of one response",
    "max_cooks_distance": "one response moves the results; look at it (sensemaking pictures) before believing them",
    "overdispersion_p": "counts vary more than a Poisson regression expects; write estimator: negative_binomial",
    "proportional_odds_p": "effects differ by threshold; name regressors under by_threshold, or use multinomial",
    "reset_p": "the form may not be linear; try polynomial, spline or an interaction",
    "breusch_pagan_p": "residuals vary unequally; keep a robust covariance (HC3, CR2), not classical",
    "max_vif": f"columns go together; {BY_NATURE}; of others test them together (out.joint_tests), or take one out",
    "max_generalised_vif": f"regressors go together; {BY_NATURE}; of others test them together, or take one out",
    "condition_number": f"columns are nearly dependent; centre them (centre: grand_mean); {BY_NATURE}",
    "least_category_n": "a category has few responses; leave its coefficient unread, or widen the population",
    "empty_categories": "a category without responses has no figure; say so, or widen the population",
    "least_outcome_n": "a category of the outcome has few responses; merge categories, or widen the population",
    "responses_per_coefficient": "few responses for so many coefficients; take out regressors, or use firth_logit",
    "bootstrap_failed": "many bootstrap draws cannot carry the model; merge categories, or relax less (by_threshold)",
    "without_finite_estimate": "without the penalty these have no estimate; read their intervals",
    "n_clusters": "few clusters; CR2 or CR3 of one kind of clusters errs least, beside wild_bootstrap among the "
    "readings, and kenward_roger of a mixed model; an estimator that has none of these errs towards small p-values",
    "n_organisations": "too few organisations to tell an effect of theirs; report none, or compare people within them",
    "least_df": "clusters too few or too unlike for a t test; believe wild_bootstrap, or compare organisations (level)",
    "decided_by_one_cluster": "one cluster decides coefficients, whose errors are too small; report none of these",
    "covariance_mended": "clusters of two kinds left a negative variance; compare a variant with one kind",
    "forms_not_compared": "the scores have no factor in common; take one_factor out, or say so",
    "n_alone": "what is alone in its group, or was seen once, was left out; say so, and of how many",
    "hausman_p": "effects within units are not those between them; write estimator: within_between or within",
    "context_p": "effects within units are not those between them; report both (within_between), not one for both",
    "n_groups": "few groups to tell a variance between them from; use fixed_effects, or a cluster with CR2",
    "mean_reliability": "few answers, or items, are behind these means, so that corrected slopes are unsure; say so",
    "singular": "a variance or correlation between groups is at its edge; leave it out, or say so",
    "at_bound": "this variance or correlation between groups is at its edge; leave it out, or say so",
    "optimum_doubts": "the optimum is in doubt; put variables on a like scale, or take out random slopes or paths",
    "laplace_change": "Laplace moves a parameter by a tenth of its error or more; leave quadrature_points out",
    "improper_estimates": "a variance below nought or a correlation beyond one; state fewer paths, or ask more people",
    "resamples_undefined": "some resamples cannot carry a path; merge categories, or write interval: monte_carlo",
    "reliability": "means of clusters tell little of them; ask more members, or believe effects within alone",
    "cfi": "the model does not fit; hold less steady over waves, or do not read its paths",
    "columns_not_settled": "chains of imputations have not settled, or are too short to tell; ask for more iterations",
    "weights_efficiency": "few people carry the weight and errors may be too small; trim, or explain answering by less",
    "largest_fmi": "half of what is known of a term is imputed; ask for more imputations and auxiliary columns",
}


def remedies(diagnostics: pd.DataFrame) -> list[str]:
    """Say what may be done about the diagnostics that deserve a look, each once.

    Args:
        diagnostics: As ``models.regression.diagnostics.diagnose`` returns them, further ones of the study among them.
    """
    looked = diagnostics.loc[diagnostics["verdict"] == "look", "diagnostic"]
    names = [name for each in looked if (name := general_name(str(each))) in REMEDIES]
    return [f"{name}: {REMEDIES[name]}" for name in dict.fromkeys(names)]
