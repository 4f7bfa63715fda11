"""Tables of what fitted models say beside their coefficients: predictions along a regressor, joint tests."""

from pipelines.tables.base import TEXT, TRUTH, ColumnOf, Table, count, number

MODEL = ColumnOf(TEXT, "Model")
DECLARED = ColumnOf(TRUTH, "Whether the study declares the model; false for a fit made by hand")

PREDICTIONS = Table(
    name="out.predictions",
    grain="One row a fit of a categorical outcome, way of holding the other variables, value of the focal regressor "
    "and category of the outcome",
    key=("fit_id", "held", "position", "category"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant"),
        "is_declared": DECLARED,
        "held": ColumnOf(
            TEXT,
            "How the other variables are held: as_observed (mean over the responses, each with its own values) or "
            "at_means (one response with the means of numbers and the most frequent categories)",
            is_among=("as_observed", "at_means"),
        ),
        "position": count("Order of the values of the focal regressor, from 0"),
        "focal": ColumnOf(TEXT, "Column of the focal regressor"),
        "focal_value": number("Its value in its own unit; missing where it is a category"),
        "focal_category": ColumnOf(TEXT, "Its category in words; empty where it is a number"),
        "category": ColumnOf(TEXT, "Category of the outcome in words; empty for 0 and 1 (of the 1) and for counts"),
        "estimate": number("Probability of the category, 0 to 1, or expected count"),
        "std_error": number("Standard error by the delta method"),
        "conf_low": number("Lower end of the interval by the delta method"),
        "conf_high": number("Upper end"),
        "boot_low": number("Lower end of the bootstrap interval; missing where none was drawn"),
        "boot_high": number("Upper end"),
    },
)

JOINT_TESTS = Table(
    name="out.joint_tests",
    grain="One row a fit and a group of coefficients that are tested at once",
    key=("fit_id", "regressor"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant"),
        "is_declared": DECLARED,
        "position": count("Order of the tests"),
        "regressor": ColumnOf(
            TEXT,
            "Regressor with several coefficients, regressors joined by ' x ', either followed by ': beyond a straight "
            "line' for its bent part, or 'whole model', of imputed values also followed by ': from statistics "
            "alone'; 'a = a_other_member' that actor and partner effects are equal",
        ),
        "statistic": number("F, or chi-square; missing where so many coefficients cannot be tested at once"),
        "df_num": number("Coefficients tested"),
        "df_denom": number("Degrees of freedom of the denominator of F; missing for chi-square"),
        "p_value": number("Upper tail: p-value that all of them are nought"),
        "method": ColumnOf(
            TEXT,
            "AHT (F, corrected for few clusters), F, chi-square, or penalised likelihood ratio; of imputed values D1 "
            "(pooled Wald) and D2 (from the statistics of the completed sets alone)",
            is_among=("AHT", "F", "chi-square", "penalised likelihood ratio", "D1", "D2"),
        ),
    },
)

TABLES = (PREDICTIONS, JOINT_TESTS)
