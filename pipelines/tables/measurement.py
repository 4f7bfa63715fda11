"""Tables of measurement: factor models with their fit, invariance over groups, and which scores may be used."""

from pipelines.tables.base import NUMBER, TEXT, TRUTH, ColumnOf, Table
from pipelines.tables.out import GROUP, count, number

MEASUREMENT = ColumnOf(TEXT, "Measurement specification")
OVER = ColumnOf(TEXT, "What the compared groups are, such as wave; empty for all together")
PURPOSES = ("regression", "organisation_mean", "comparison")
VERDICTS = ("met", "not_met", "unknown")

LOADINGS = Table(
    name="out.loadings",
    grain="One row a parameter of a measurement model and respondent group",
    key=("measurement", "respondent_group", "kind", "left_name", "right_name"),
    columns={
        "measurement": MEASUREMENT,
        "respondent_group": GROUP,
        "kind": ColumnOf(TEXT, "Kind of parameter, such as loading"),
        "left_name": ColumnOf(TEXT, "Factor of a loading, first variable of a covariance, else the variable"),
        "right_name": ColumnOf(
            TEXT, "Item of a loading, second variable of a covariance, number of a threshold; else empty"
        ),
        "estimate": number("Estimate"),
        "std_error": number("Standard error; 0 where the value is fixed"),
        "conf_low": number("Lower end of the 95 % interval"),
        "conf_high": number("Upper end of the 95 % interval"),
        "standardised": number("Estimate with variables of variance 1"),
        "standardised_error": number("Its standard error, delta method"),
    },
)

FIT_INDICES = Table(
    name="out.fit_indices",
    grain="One row an index of fit of a measurement model, respondent group and level of a comparison",
    key=("measurement", "respondent_group", "over", "level", "fit_index"),
    columns={
        "measurement": MEASUREMENT,
        "respondent_group": GROUP,
        "over": OVER,
        "level": ColumnOf(TEXT, "Level of invariance; empty without a comparison"),
        "fit_index": ColumnOf(TEXT, "Index, such as cfi_robust"),
        "value": number("Value"),
    },
)

INVARIANCE = Table(
    name="out.invariance",
    grain="One row a level that was tried of a comparison, measurement model and respondent group",
    key=("measurement", "respondent_group", "over", "level"),
    columns={
        "measurement": MEASUREMENT,
        "respondent_group": GROUP,
        "over": OVER,
        "level": ColumnOf(TEXT, "Level of invariance"),
        "holds": ColumnOf(TRUTH, "Whether the level costs no more than the specification allows"),
        "n_groups": count("Groups compared"),
        "compared": ColumnOf(TEXT, "Names of the groups compared, joined by a semicolon"),
        "least_group_n": count("Responses of the smallest of them"),
        "chi_square_difference": number("Test against the level before"),
        "df": number("Its degrees of freedom"),
        "p_value": number("Its p-value"),
        "test": ColumnOf(TEXT, "Name of the test; empty at the first level"),
        "delta_cfi": number("CFI minus that of the level before, robust where there is one"),
        "delta_rmsea": number("RMSEA minus that of the level before"),
        "released": ColumnOf(TEXT, "Parameters that differ between groups all the same, joined by a semicolon"),
    },
)

PROBLEMS = Table(
    name="out.measurement_problems",
    grain="One row a reason to distrust a measurement model of a respondent group",
    key=("measurement", "respondent_group", "over", "level", "problem", "about"),
    columns={
        "measurement": MEASUREMENT,
        "respondent_group": GROUP,
        "over": OVER,
        "level": ColumnOf(TEXT, "Level of invariance; empty without a comparison"),
        "problem": ColumnOf(
            TEXT,
            "refused, not_converged, negative_variance, correlation_beyond_one, covariance_not_positive or "
            "item_correlation_at_bound",
        ),
        "about": ColumnOf(TEXT, "Variable or pair concerned; empty when it is the whole model"),
        "value": number("Its value"),
        "message": ColumnOf(TEXT, "In words, where the model was refused"),
    },
)

GATES = Table(
    name="out.gates",
    grain="One row a condition on a score of a scale, respondent group and purpose",
    key=("scale", "respondent_group", "purpose", "over", "measure", "measurement"),
    columns={
        "scale": ColumnOf(TEXT, "Scale"),
        "respondent_group": GROUP,
        "purpose": ColumnOf(TEXT, "What the score is wanted for", is_among=PURPOSES),
        "over": OVER,
        "measure": ColumnOf(TEXT, "What is measured, such as omega or scalar invariance"),
        "measurement": MEASUREMENT,
        "value": number("Value found"),
        "threshold": ColumnOf(NUMBER, "Value asked for", may_be_missing=True),
        "verdict": ColumnOf(TEXT, "met, not_met, or unknown where it could not be computed", is_among=VERDICTS),
        "when_not_met": ColumnOf(TEXT, "What follows: block or mark", is_among=("block", "mark")),
        "reason": ColumnOf(TEXT, "In words"),
    },
)

VALIDITY = Table(
    name="out.validity",
    grain="One row a scale of a measurement model and respondent group",
    key=("measurement", "respondent_group", "scale"),
    columns={
        "measurement": MEASUREMENT,
        "respondent_group": GROUP,
        "scale": ColumnOf(TEXT, "Scale"),
        "variance_extracted": number("AVE, mean squared standardised loading; missing where the model is in doubt"),
        "composite_reliability": number("CR, from standardised loadings; missing where the model is in doubt"),
    },
)

DISCRIMINANT = Table(
    name="out.discriminant",
    grain="One row a pair of scales of a measurement model and respondent group",
    key=("measurement", "respondent_group", "first_scale", "second_scale"),
    columns={
        "measurement": MEASUREMENT,
        "respondent_group": GROUP,
        "first_scale": ColumnOf(TEXT, "Scale"),
        "second_scale": ColumnOf(TEXT, "The other scale"),
        "correlation": number("Correlation of the factors; missing where the model is in doubt"),
        "smaller_extracted": number("Smaller AVE of the two"),
        "fornell_larcker": ColumnOf(
            TEXT, "Whether it exceeds the squared correlation (Fornell and Larcker)", is_among=VERDICTS
        ),
        "htmt": number("HTMT, Pearson correlations of complete responses"),
        "htmt_low": number("Lower end of its 95 % bootstrap interval"),
        "htmt_high": number("Upper end"),
        "htmt_below": ColumnOf(TEXT, "Whether the upper end is below 0.85", is_among=VERDICTS),
        "n_obs": count("Complete responses"),
    },
)

TABLES = (LOADINGS, FIT_INDICES, INVARIANCE, PROBLEMS, GATES, VALIDITY, DISCRIMINANT)
