"""Tables of fieldwork: contacts, what is known of units, weights, representativity, progress. None is released."""

from pipelines.tables.base import DAY, MOMENT, TEXT, TRUTH, WHOLE, ColumnOf, Table
from pipelines.tables.out import GROUP, RESPONSE_RATES, WAVE, count, number

UNIT = ColumnOf(TEXT, "Pseudonym of the unit, as in core.sampled_units")

CONTACTS = Table(
    name="core.contacts",
    grain="One row an attempt to reach a unit",
    key=("row_number",),
    columns={
        "row_number": ColumnOf(WHOLE, "Row of the contact log, header counted", least=2),
        "unit_id": UNIT,
        "wave": WAVE,
        "contacted_at": ColumnOf(MOMENT, "When, UTC", may_be_missing=True),
        "outcome": ColumnOf(TEXT, "What came of it, name of the disposition"),
    },
)

UNIT_VARIABLES = Table(
    name="core.unit_variables",
    grain="One row an invited unit, wave and variable that study.yaml names for weights or representativity",
    key=("unit_id", "wave", "variable"),
    columns={
        "unit_id": UNIT,
        "wave": WAVE,
        "variable": ColumnOf(TEXT, "Column of the frame"),
        "value": ColumnOf(TEXT, "Its text; missing where the cell is blank", may_be_missing=True),
    },
)

WEIGHTS = Table(
    name="core.weights",
    grain="One row an analysed response",
    key=("response_id",),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": WAVE,
        "respondent_group": GROUP,
        "design_weight": number("One over the probability of having been drawn; missing for nobody of the frame"),
        "nonresponse_weight": number("Design weight times the factor for nonresponse"),
        "calibrated_weight": number("The same after calibration and trimming"),
        "is_trimmed": ColumnOf(TRUTH, "Whether the weight was cut"),
        "analysis_weight": number("The same scaled as study.yaml says; missing for a response without a weight"),
    },
)

RATES_BY_ORGANISATION = Table(
    name="out.response_rates_by_organisation",
    grain="One row a wave, respondent group and organisation; e is that of the wave and group",
    key=("wave", "respondent_group", "organisation_id"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "organisation_id": ColumnOf(TEXT, "Organisation; empty where it is not known"),
        **{
            name: column
            for name, column in RESPONSE_RATES.columns.items()
            if name not in ("wave", "respondent_group", "n_responses", "n_repeated", "n_outside_frame")
        },
    },
)

WEIGHTING = Table(
    name="out.weighting",
    grain="One row a wave and respondent group",
    key=("wave", "respondent_group"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "weighted_by": ColumnOf(TEXT, "Steps taken, joined by ' + '; none where every weight is 1"),
        "n_responses": count("Analysed responses"),
        "n_without_weight": count(
            "Of these, without a weight: of nobody in the frame, or beyond a unit's best response"
        ),
        "sum": number("Sum of the analysis weights"),
        "least": number("Smallest analysis weight"),
        "most": number("Largest analysis weight"),
        "cv": number("Standard deviation of the analysis weights over their mean"),
        "deff_kish": number("Design effect of unequal weights, Kish: 1 + cv^2"),
        "n_effective": number("Equally weighted responses that tell as much"),
        "share_trimmed": number("Share of the weights that were cut, 0 to 1"),
        "n_iterations": ColumnOf(
            WHOLE, "Cycles of raking or steps to totals; missing without", may_be_missing=True, least=1
        ),
        "largest_deviation": number("Largest relative deviation from a margin or total after calibration"),
    },
)

WEIGHTING_CELLS = Table(
    name="out.weighting_cells",
    grain="One row a weighting cell, wave and respondent group",
    key=("wave", "respondent_group", "cell"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "cell": ColumnOf(TEXT, "Categories of the variables; cells that were joined stand beside each other"),
        "n_joined": ColumnOf(WHOLE, "Cells it was joined from; 1 when it was not", least=1),
        "n_units": count("Invited units"),
        "n_responses": count("Units with an analysed response"),
        "response_rate": number("Design-weighted share of the eligible units that responded"),
        "factor": number("By which design weights were multiplied; missing where nobody is eligible"),
    },
)

WEIGHTING_MARGINS = Table(
    name="out.weighting_margins",
    grain="One row a category of a margin, wave and respondent group",
    key=("wave", "respondent_group", "variable", "category"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "variable": ColumnOf(TEXT, "Variable, or variables joined by ' x '"),
        "category": ColumnOf(TEXT, "Category; empty for responses of which it is not known"),
        "n_responses": count("Responses"),
        "share_before": number("Share of the weights before calibration, 0 to 1"),
        "share_target": number("Share asked for; that before where the category is not known"),
        "share_after": number("Share of the weights after calibration"),
    },
)

WEIGHTING_TOTALS = Table(
    name="out.weighting_totals",
    grain="One row a number whose total weights are calibrated to, wave and respondent group",
    key=("wave", "respondent_group", "variable"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "variable": ColumnOf(TEXT, "Variable"),
        "n_responses": count("Responses with a weight, all of which have it"),
        "total_before": number("Sum of weight times number before calibration"),
        "total_target": number("Sum over the population asked for"),
        "total_after": number("Sum of weight times number after calibration"),
    },
)

REPRESENTATIVITY = Table(
    name="out.representativity",
    grain="One row an indicator, wave, respondent group, variable and category",
    key=("wave", "respondent_group", "indicator", "variable", "category"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "indicator": ColumnOf(
            TEXT,
            "r_indicator is adjusted for bias; cv is that of the response propensities; partial_r is unconditional",
            is_among=("r_indicator", "r_indicator_unadjusted", "cv", "mean_propensity", "partial_r"),
        ),
        "variable": ColumnOf(TEXT, "Variable of partial_r; empty otherwise"),
        "category": ColumnOf(TEXT, "Category of partial_r; empty for the variable as a whole"),
        "estimate": number("Estimate"),
        "std_error": number("Standard error, where there is one"),
        "n_units": count("Units that are not known to be not eligible"),
        "n_responses": count("Of these, with a complete or partial response"),
        "reason": ColumnOf(TEXT, "Why there is no estimate", may_be_missing=True),
    },
)

FIELDWORK_BY_DAY = Table(
    name="out.fieldwork_by_day",
    grain="One row a day in the field, wave and respondent group",
    key=("wave", "respondent_group", "day"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "day": ColumnOf(DAY, "Day, UTC; responses without a time are left out"),
        "n_started": count("Responses that were started"),
        "n_complete": count("Of all, complete responses that ended"),
        "n_partial": count("Of all, partial responses that ended"),
        "n_break_off": count("Of all, break-offs that ended"),
        "n_started_so_far": count("Responses started until the end of the day"),
        "n_complete_so_far": count("Complete responses until the end of the day"),
        "share_of_invited_so_far": number("Complete and partial responses until then over invited units"),
    },
)

BREAK_OFF_ITEMS = Table(
    name="out.break_off_items",
    grain="One row an item at which responses broke off, wave, source and respondent group",
    key=("wave", "source", "respondent_group", "item"),
    columns={
        "wave": WAVE,
        "source": ColumnOf(TEXT, "Source, as forms ask different items"),
        "respondent_group": GROUP,
        "item": ColumnOf(TEXT, "Last item answered, in the order of the instruments; empty when none was"),
        "n_break_off": count("Break-offs"),
    },
)

TABLES = (
    CONTACTS,
    UNIT_VARIABLES,
    WEIGHTS,
    RATES_BY_ORGANISATION,
    WEIGHTING,
    WEIGHTING_CELLS,
    WEIGHTING_MARGINS,
    WEIGHTING_TOTALS,
    REPRESENTATIVITY,
    FIELDWORK_BY_DAY,
    BREAK_OFF_ITEMS,
)
