"""Tables of results: response rates, scale quality, means, distributions, fits. One row a figure, no respondent."""

from pipelines.tables import fitted, screening, shapes
from pipelines.tables.base import MOMENT, SMALL, TEXT, TRUTH, WHOLE, ColumnOf, Table, count, number
from pipelines.tables.fitted import DECLARED, MODEL
from pipelines.tables.labels import LABELS, RECORD

GROUP = ColumnOf(TEXT, "Respondent group")
WAVE = ColumnOf(TEXT, "Wave")
SCALE = ColumnOf(TEXT, "Scale")
EXCLUSIONS = ColumnOf(TEXT, "Exclusion rule whose responses are left out; empty for every analysed response")

RESPONSE_RATES = Table(
    name="out.response_rates",
    grain="One row a wave and respondent group",
    key=("wave", "respondent_group"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "n_invited": ColumnOf(WHOLE, "Units in the frame; missing without a frame", may_be_missing=True, least=0),
        "n_complete": count("Complete responses (I)"),
        "n_partial": count("Partial responses (P)"),
        "n_refusal": count("Refusals and break-offs (R)"),
        "n_noncontact": count("Non-contacts (NC)"),
        "n_other": count("Other (O)"),
        "n_unknown": count("Unknown eligibility (U)"),
        "n_unknown_unit": count("Of these, nothing known of unit or address (UH)"),
        "n_unknown_other": count("Of these, other (UO)"),
        "n_not_eligible": count("Not eligible"),
        "eligible_share": number("e: share of the units of unknown eligibility taken to be eligible"),
        "eligible_share_by": ColumnOf(TEXT, "How e was found", is_among=("proportional", "stated", "all")),
        "n_responses": count("Responses without previews and tests"),
        "n_repeated": ColumnOf(
            WHOLE, "Responses beyond the best one of a unit; missing without a frame", may_be_missing=True, least=0
        ),
        "n_outside_frame": ColumnOf(WHOLE, "Responses of nobody in the frame; missing without a frame", True, least=0),
        **{f"response_rate_{k}": number(f"AAPOR response rate {k}") for k in range(1, 7)},
        **{f"cooperation_rate_{k}": number(f"AAPOR cooperation rate {k}") for k in range(1, 5)},
        **{f"refusal_rate_{k}": number(f"AAPOR refusal rate {k}") for k in range(1, 4)},
        **{f"contact_rate_{k}": number(f"AAPOR contact rate {k}") for k in range(1, 4)},
    },
)

RELIABILITY = Table(
    name="out.reliability",
    grain="One row a scale, respondent group, wave and coefficient",
    key=("scale", "respondent_group", "wave", "coefficient", "exclusions"),
    columns={
        "scale": SCALE,
        "respondent_group": GROUP,
        "wave": WAVE,
        "exclusions": EXCLUSIONS,
        "coefficient": ColumnOf(
            TEXT,
            "alpha with Feldt's interval, or omega: of one factor of continuous items, over the variance that it "
            "implies for their sum, with a robust interval by the delta method",
            is_among=("alpha", "omega"),
        ),
        "estimate": number("Estimate"),
        "conf_low": number("Lower end of the 95 % interval"),
        "conf_high": number("Upper end of the 95 % interval"),
        "n_obs": count("Responses with every item answered"),
        "n_items": count("Items"),
        "reason": ColumnOf(TEXT, "Why there is no estimate; empty where there is one"),
    },
)

ITEMS = Table(
    name="out.items",
    grain="One row an item of a scale, respondent group and wave",
    key=("scale", "item", "respondent_group", "wave", "exclusions"),
    columns={
        "scale": SCALE,
        "item": ColumnOf(TEXT, "Item"),
        "respondent_group": GROUP,
        "wave": WAVE,
        "exclusions": EXCLUSIONS,
        "n_obs": count("Answers"),
        "mean": number("Mean code, not reverse-scored"),
        "std_dev": number("Standard deviation, n - 1"),
        "item_rest_r": number("Correlation with the sum of the other items, reverse-scored, complete cases"),
        "alpha_if_dropped": number("Alpha of the other items, complete cases"),
        "share_missing": number("Missing share of the analysed responses, 0 to 1"),
    },
)

MISSING = Table(
    name="out.missing",
    grain="One row an item, respondent group, wave and missing reason that occurs",
    key=("item", "respondent_group", "wave", "reason"),
    columns={
        "item": ColumnOf(TEXT, "Item"),
        "respondent_group": GROUP,
        "wave": WAVE,
        "reason": ColumnOf(TEXT, "Missing reason"),
        "n": count("Responses without an answer for this reason"),
        "n_responses": count("Responses of the group and wave, previews and tests left out"),
        "n_administered": count("Of these, responses in which the item was asked and reached"),
        "share": number("Share of the responses of the group and wave, 0 to 1"),
    },
)

AGREEMENT = Table(
    name="out.agreement",
    grain="One row a scale, respondent group, wave and level",
    key=("scale", "respondent_group", "wave", "level", "exclusions"),
    columns={
        "scale": SCALE,
        "respondent_group": GROUP,
        "wave": WAVE,
        "exclusions": EXCLUSIONS,
        "level": ColumnOf(TEXT, "Level of the groups, such as organisation"),
        "icc_1": number("ICC(1)"),
        "icc_2": number("ICC(2)"),
        "rwg_j_mean": number("Mean r_wg(j), uniform null"),
        "rwg_j_median": number("Median r_wg(j), uniform null"),
        "n_groups": count("Groups with at least two answers"),
        "n_obs": count("Scores in those groups"),
    },
)

SCALE_MEANS = Table(
    name="out.scale_means",
    grain="One row a scale, respondent group and wave, over all organisations",
    key=("scale", "respondent_group", "wave", "exclusions"),
    columns={
        "scale": SCALE,
        "respondent_group": GROUP,
        "wave": WAVE,
        "exclusions": EXCLUSIONS,
        "n_obs": count("Scores"),
        "n_organisations": ColumnOf(WHOLE, "Organisations; missing when unknown", may_be_missing=True, least=0),
        "mean": number("Mean score"),
        "std_dev": number("Standard deviation, n - 1"),
        "std_error": number("Standard error, clustered by organisation where known"),
        "conf_low": number("Lower end of the 95 % interval"),
        "conf_high": number("Upper end of the 95 % interval"),
    },
)

DISTRIBUTIONS = Table(
    name="out.distributions",
    grain="One row an item, respondent group, wave and answer option, over all organisations",
    key=("item", "respondent_group", "wave", "code", "exclusions"),
    columns={
        "item": ColumnOf(TEXT, "Item"),
        "respondent_group": GROUP,
        "wave": WAVE,
        "exclusions": EXCLUSIONS,
        "code": ColumnOf(SMALL, "Code of the answer option"),
        "n_answers": count("Answers with this code"),
        "n_obs": count("Answers to the item"),
        "n_organisations": ColumnOf(WHOLE, "Organisations; missing when unknown", may_be_missing=True, least=0),
        "share": number("Share of the answers, 0 to 1"),
    },
)

FITS = Table(
    name="out.fits",
    grain="One row a fit",
    key=("fit_id",),
    columns={
        "fit_id": ColumnOf(TEXT, "Name of the fit, made from everything it depends on"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant; main is the model as written, or as changed by hand"),
        "is_declared": DECLARED,
        "is_current": ColumnOf(TRUTH, "Whether it is the latest of its model and variant; older ones stay for rerun"),
        **LABELS,
        "estimator": ColumnOf(TEXT, "Estimator"),
        "engine": ColumnOf(
            TEXT,
            "What computed it: rows in memory; counted_patterns or blocks in a database, where responses are many",
            if_absent="rows",
        ),
        "engine_reason": ColumnOf(TEXT, "Why, in a sentence; empty for few rows", if_absent=""),
        "covariance": ColumnOf(TEXT, "Covariance of the estimates"),
        "outcome": ColumnOf(TEXT, "Outcome"),
        "n_obs": count("Responses used"),
        "n_clusters": ColumnOf(WHOLE, "Clusters; missing without clusters", may_be_missing=True, least=0),
        "df_resid": number("Responses minus coefficients"),
        "r_squared": number("Share of variance explained"),
        "spec_json": ColumnOf(TEXT, "The model as fitted, variant applied, canonical JSON"),
        "spec_hash": ColumnOf(TEXT, "SHA-256 of spec_json"),
        "labels_json": ColumnOf(TEXT, "Labels of categories that name the terms, canonical JSON"),
        "data_hash": ColumnOf(TEXT, "SHA-256 of the rows used; they are kept under this name in warehouse/data/"),
        "code_hash": ColumnOf(TEXT, "SHA-256 of the source of instruments/ and models/"),
        "env_hash": ColumnOf(TEXT, "SHA-256 of env_json"),
        "env_json": ColumnOf(TEXT, "Packages, Python, machine, linear algebra, threads"),
        "software_version": ColumnOf(
            TEXT, "Version of the software that fitted it; empty where not recorded", if_absent=""
        ),
        "seed": ColumnOf(WHOLE, "Seed derived from study, model and variant"),
        "digest": ColumnOf(TEXT, "SHA-256 of the float64 results"),
        "fitted_at": ColumnOf(MOMENT, "When"),
        **RECORD,
    },
)

ESTIMATES = Table(
    name="out.estimates",
    grain="One row a term of a fit",
    key=("fit_id", "term"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant"),
        "is_declared": DECLARED,
        "position": count("Order of the terms"),
        "term": ColumnOf(TEXT, "Term: variable, variable[category], or terms joined by ' x '"),
        "estimate": number("Coefficient, in units of the outcome"),
        "std_error": number("Standard error"),
        "df": number("Degrees of freedom of the t distribution; missing for the normal"),
        "statistic": number(
            "Estimate divided by its standard error; of corrected means the numerator of the slope by its own"
        ),
        "p_value": number("Two-sided p-value of no effect"),
        "conf_low": number("Lower end of the interval"),
        "conf_high": number("Upper end of the interval"),
    },
)

DIAGNOSTICS = Table(
    name="out.diagnostics",
    grain="One row a diagnostic of a fit",
    key=("fit_id", "diagnostic"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant"),
        "is_declared": DECLARED,
        "diagnostic": ColumnOf(TEXT, "Diagnostic"),
        "value": number("Value"),
        "threshold": number("Value from which a person should look; missing when there is none"),
        "verdict": ColumnOf(TEXT, "ok, look or none", is_among=("ok", "look", "none")),
    },
)

READINGS = Table(
    name="out.readings",
    grain="One row a term of a fit and a way to read it",
    key=("fit_id", "term", "reading"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant"),
        "is_declared": DECLARED,
        "term": ColumnOf(
            TEXT,
            "Term, as in out.estimates, regressor that goes together with others, form of scores, or groups and effect "
            "of a mixed model, or residual",
        ),
        "reading": ColumnOf(
            TEXT,
            "standardised, partial_r2, minimum_detectable, equivalence, robustness_value, without_one_cluster, "
            "wild_bootstrap, selection_ratio, e_value, average_effect and average_effect_bootstrap, with the category "
            "of an outcome of several; simple_slopes or johnson_neyman of a product without them; importance and "
            "ridge of regressors together; share_moved and other_noughts of parts of a whole; "
            "cross_validated_error, error_against_first, vuong, aic, bic and akaike_weight of competing forms; "
            "plain_mean, the coefficient with plain organisation means; of two corrected views "
            "latent_difference_mean, latent_difference_variance, latent_difference_reliability and "
            "latent_views_correlation; of mixed models deviation, correlation on another effect and "
            "residual_deviation, by ML, with profile intervals; of imputed values delta D on a variable, the "
            "coefficient when D is added to it, and tipping_point",
        ),
        "value": number("Value; a p-value for equivalence and wild_bootstrap; a standard error for a bootstrap effect"),
        "conf_low": number("Lower end of its interval or range; missing where there is none"),
        "conf_high": number("Upper end"),
        "verdict": ColumnOf(TEXT, "equivalent, relevant, undecided, better, worse, ok, look, not_covered; else empty"),
    },
)

REFUSALS = Table(
    name="out.refusals",
    grain="One row a variant of a model that the data cannot carry",
    key=("model", "variant"),
    columns={
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant; main is the model as written"),
        "is_declared": DECLARED,
        "reason": ColumnOf(TEXT, "What was found, what was expected, what to do"),
    },
)

TABLES = (
    RESPONSE_RATES,
    RELIABILITY,
    ITEMS,
    MISSING,
    AGREEMENT,
    SCALE_MEANS,
    DISTRIBUTIONS,
    FITS,
    ESTIMATES,
    DIAGNOSTICS,
    READINGS,
    *fitted.TABLES,
    REFUSALS,
    *shapes.TABLES,
    *screening.OUT_TABLES,
)
