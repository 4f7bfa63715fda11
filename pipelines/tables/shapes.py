"""Tables of how effects depend on other variables and how outcomes bend. One row a figure of a fit, no respondent.

Curves reach from the lowest to the highest value observed: they are for the warehouse and are not released.
"""

from pipelines.tables.base import NUMBER, TEXT, TRUTH, WHOLE, ColumnOf, Table

FIT: dict[str, ColumnOf] = {
    "fit_id": ColumnOf(TEXT, "Fit"),
    "model": ColumnOf(TEXT, "Model"),
    "variant": ColumnOf(TEXT, "Variant"),
    "is_declared": ColumnOf(TRUTH, "Whether the study declares the model; false for a fit made by hand"),
}
FOCAL = ColumnOf(TEXT, "Term of the focal regressor, as in out.estimates; empty for a curve of the outcome")
MODERATOR = ColumnOf(TEXT, "Moderator: column of the analysis table; empty without one")
AT = ColumnOf(TEXT, "mean_less_sd, mean or mean_plus_sd of a number, a value, or a category; empty without a moderator")
POSITION = ColumnOf(WHOLE, "Order", least=0)


def number(meaning: str) -> ColumnOf:
    """Describe a figure that may be missing."""
    return ColumnOf(NUMBER, meaning, may_be_missing=True)


TESTED: dict[str, ColumnOf] = {
    "estimate": number("Estimate"),
    "std_error": number("Standard error, with the covariance of the fit"),
    "df": number("Degrees of freedom of the t distribution; missing for the normal"),
    "p_value": number("Two-sided p-value"),
    "conf_low": number("Lower end of the interval"),
    "conf_high": number("Upper end of the interval"),
}

SLOPES = Table(
    name="out.slopes",
    grain="One row a focal term of a fit, moderator and value of it: the simple slope",
    key=("fit_id", "focal_term", "moderator", "at"),
    columns={
        **FIT,
        "focal_term": FOCAL,
        "moderator": MODERATOR,
        "at": AT,
        "value": number("Value of the moderator in its own unit; missing for a category"),
        **TESTED,
    },
)

SLOPE_REGIONS = Table(
    name="out.slope_regions",
    grain="One row a stretch of a moderator of a fit on which the slope is, or is not, significant (Johnson-Neyman)",
    key=("fit_id", "focal_term", "moderator", "position"),
    columns={
        **FIT,
        "focal_term": FOCAL,
        "moderator": MODERATOR,
        "position": POSITION,
        "low": number("Where it begins, in the unit of the moderator; missing for minus infinity"),
        "high": number("Where it ends; missing for infinity"),
        "is_significant": ColumnOf(TRUTH, "Whether the slope differs from nought at the model's confidence level"),
        "share_of_responses": ColumnOf(NUMBER, "Share of the responses used on it, 0 to 1", least=0, most=1),
    },
)

CURVES = Table(
    name="out.curves",
    grain="One row a point of a curve of a fit",
    key=("fit_id", "curve", "focal_term", "over", "moderator", "at", "position"),
    columns={
        **FIT,
        "curve": ColumnOf(
            TEXT,
            "effect: the slope of the focal term over a moderator; outcome: the fitted outcome over a variable, all "
            "else at its mean",
            is_among=("effect", "outcome"),
        ),
        "focal_term": FOCAL,
        "over": ColumnOf(TEXT, "Variable along which the curve runs: column of the analysis table"),
        "moderator": MODERATOR,
        "at": AT,
        "position": POSITION,
        "value": number("Value of the variable, in its own unit"),
        "estimate": number("Height of the curve"),
        "std_error": number("Standard error; missing for a probability or count"),
        "conf_low": number("Lower end of the pointwise interval"),
        "conf_high": number("Upper end"),
        "unit": ColumnOf(
            TEXT,
            "What the height is in",
            is_among=("slope", "outcome", "probability", "count", "linear_predictor"),
        ),
    },
)

SURFACE = Table(
    name="out.surface",
    grain="One row a feature of the response surface of a fit",
    key=("fit_id", "feature"),
    columns={
        **FIT,
        "position": POSITION,
        "feature": ColumnOf(
            TEXT,
            "a1 to a5; of a plane a1, a3 and difference, a3 / 2; x0, y0: stationary point, in points from the "
            "midpoint; p10, p11, p20, p21: first and second principal axis y = p10 + p11 x; as1 to as4: slope and "
            "curvature along them; kind; broad_congruence; strict_congruence; share_self_higher, share_other_higher, "
            "share_in_agreement: half a pooled standard deviation apart",
        ),
        **TESTED,
        "against": number("What the p-value and the condition compare it with; missing where nothing is tested"),
        "expected_sign": ColumnOf(TEXT, "As the model expects it; empty where it says nothing"),
        "verdict": ColumnOf(
            TEXT,
            "met or not_met, of a condition of congruence; peak, valley, saddle or no_axes of kind; else empty",
        ),
    },
)

TABLES = (SLOPES, SLOPE_REGIONS, CURVES, SURFACE)
