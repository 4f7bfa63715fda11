"""Tables of a release file: aggregates over all organisations, fits and texts; nothing about one respondent.

A figure that must not be shown keeps its row, with ``is_hidden`` true and no value, so that a page can say so.
"""

from pipelines.tables.base import NUMBER, SMALL, TEXT, TRUTH, WHOLE, ColumnOf, Table
from pipelines.tables.labels import LABELS
from pipelines.tables.measurement import PURPOSES, VERDICTS
from pipelines.tables.out import GROUP, MODEL, SCALE, WAVE, number

SCHEMA_VERSION = 5
COMPARED_OVER = ("wave", "language", "respondent_group", "source")
COMPARISON_VERDICTS = ("shown", "no_test", "not_looked_at", "too_few", "not_tested", "not_shown")
HIDDEN = ColumnOf(TRUTH, "Whether the figure is withheld because too few people stand behind it")


def _average(meaning: str) -> ColumnOf:
    return ColumnOf(NUMBER, f"{meaning}, of the term of interest, two decimals", may_be_missing=True, if_absent="nan")


def _said(meaning: str) -> ColumnOf:
    return ColumnOf(TEXT, f"{meaning}; empty without", if_absent="")


def _rounded(what: str) -> ColumnOf:
    return ColumnOf(WHOLE, f"{what}, rounded to 5", may_be_missing=True, least=0)


ROUNDED = _rounded("Answers behind the figure")
LEVEL = ColumnOf(TEXT, "How much the unit holds", is_among=("all", "region", "organisation"))
ENDS = "two decimals; rounded away from the mean where hidden means would follow from it"
UNIT = ColumnOf(TEXT, "Name of the region or organisation; empty for everybody")

MANIFEST = Table(
    name="meta.manifest",
    grain="One row a property of the release",
    key=("key",),
    columns={
        "key": ColumnOf(
            TEXT,
            "study, is_synthetic, schema_version, software_version, release, released_at, least_cell_size, "
            "policy_sha256 …",
        ),
        "value": ColumnOf(TEXT, "Its value"),
    },
)

TEXTS = Table(
    name="meta.texts",
    grain="One row a text and language",
    key=("kind", "name", "language"),
    columns={
        "kind": ColumnOf(
            TEXT,
            "study_title, wave_title, group_title, region_title, scale_title, high_score_means, item_text, "
            "point_label, model_title, hypothesis, estimand, term_label, limit, variant_title, outcome_title, "
            "answer_title, outcome_reference",
        ),
        "name": ColumnOf(
            TEXT,
            "What it names; point_label: item=code; term_label: model/term; variant_title: model/variant; "
            "answer_title: model/answer; outcome_reference: model/variant",
        ),
        "language": ColumnOf(TEXT, "Language; und for a text that exists in one language only"),
        "text": ColumnOf(TEXT, "Text"),
    },
)

SCALES = Table(
    name="meta.scales",
    grain="One row a scale",
    key=("scale",),
    columns={
        "scale": SCALE,
        "position": ColumnOf(WHOLE, "Order of appearance"),
        "instrument": ColumnOf(TEXT, "Instrument"),
        "status": ColumnOf(TEXT, "Validation status of the instrument"),
        "score": ColumnOf(TEXT, "mean or sum"),
        "lowest": ColumnOf(NUMBER, "Lowest possible score"),
        "highest": ColumnOf(NUMBER, "Highest possible score"),
    },
)

ITEMS = Table(
    name="meta.items",
    grain="One row an item of a scale",
    key=("scale", "item"),
    columns={
        "scale": SCALE,
        "item": ColumnOf(TEXT, "Item"),
        "position": ColumnOf(WHOLE, "Order in the scale"),
        "is_reverse_scored": ColumnOf(TRUTH, "Whether agreement means less of the construct"),
        "midpoint": ColumnOf(SMALL, "Code of the neutral answer", may_be_missing=True),
    },
)

RESPONSE_RATES_RELEASED = Table(
    name="out.response_rates",
    grain="One row a wave and respondent group, over all organisations",
    key=("wave", "respondent_group"),
    columns={
        "wave": WAVE,
        "respondent_group": GROUP,
        "n_invited": _rounded("Invited units"),
        "n_responses": _rounded("Complete and partial responses"),
        "n_organisations": _rounded("Organisations of the analysed responses"),
        "response_rate_2": number(
            "Responses out of the invited, from the two rounded counts, two decimals: AAPOR response rate 2 when all "
            "invited units are eligible; missing where very few did not answer"
        ),
        "is_hidden": HIDDEN,
    },
)

SCALE_MEANS_RELEASED = Table(
    name="out.scale_means",
    grain="One row a scale, respondent group and wave, over all organisations",
    key=("scale", "respondent_group", "wave"),
    columns={
        "scale": SCALE,
        "respondent_group": GROUP,
        "wave": WAVE,
        "n_obs": ROUNDED,
        "mean": number("Mean score, two decimals"),
        "conf_low": number(f"Lower end of the 95 % interval, {ENDS}"),
        "conf_high": number(f"Upper end of the 95 % interval, {ENDS}"),
        "alpha": number("Cronbach's alpha, two decimals; missing for a formative scale"),
        "omega": number(
            "Omega of one factor, two decimals; missing for a formative scale, for two items and where one factor "
            "cannot be estimated"
        ),
        "is_hidden": HIDDEN,
    },
)

UNITS = Table(
    name="meta.units",
    grain="One row a unit whose figures exist: everybody, regions and organisations",
    key=("level", "unit"),
    columns={
        "level": LEVEL,
        "unit": UNIT,
        "region": ColumnOf(TEXT, "Region of an organisation; empty without"),
    },
)

UNIT_MEANS = Table(
    name="out.unit_means",
    grain="One row a scale, respondent group, wave and unit; a hidden unit and one without people look alike",
    key=("scale", "respondent_group", "wave", "level", "unit"),
    columns={
        "scale": SCALE,
        "respondent_group": GROUP,
        "wave": WAVE,
        "level": LEVEL,
        "unit": UNIT,
        "n_obs": ROUNDED,
        "mean": number("Mean score, two decimals"),
        "conf_low": number(f"Lower end of the 95 % interval, {ENDS}"),
        "conf_high": number(f"Upper end of the 95 % interval, {ENDS}"),
        "percent_high": ColumnOf(
            WHOLE,
            "Share of scores half an answer option or more above the middle of the scale, in whole per cent; 5 stands "
            "for 5 and fewer, 95 for 95 and more",
            may_be_missing=True,
            least=5,
            most=95,
        ),
        "is_hidden": HIDDEN,
    },
)

DISTRIBUTIONS_RELEASED = Table(
    name="out.distributions",
    grain="One row an item, respondent group, wave and band of answer options, over all organisations",
    key=("item", "respondent_group", "wave", "code_from"),
    columns={
        "item": ColumnOf(TEXT, "Item"),
        "respondent_group": GROUP,
        "wave": WAVE,
        "code_from": ColumnOf(SMALL, "First answer option of the band; options chosen by very few are joined"),
        "code_to": ColumnOf(SMALL, "Last answer option of the band"),
        "n_obs": ROUNDED,
        "percent": ColumnOf(WHOLE, "Share of the answers in whole per cent", may_be_missing=True, least=0, most=100),
        "is_hidden": HIDDEN,
    },
)

COMPARISONS_RELEASED = Table(
    name="out.comparisons",
    grain="One row a scale, respondent group and kind of groups whose averages somebody may want to compare",
    key=("scale", "respondent_group", "over"),
    columns={
        "scale": SCALE,
        "respondent_group": ColumnOf(TEXT, "Respondent group; empty where respondent groups are compared"),
        "over": ColumnOf(TEXT, "What the groups are", is_among=COMPARED_OVER),
        "verdict": ColumnOf(
            TEXT,
            "shown: averages may be compared; no_test: a formative scale; not_looked_at: nobody asks; too_few: "
            "responses in a group, or people who came or went between waves; "
            "not_tested: the answers cannot carry the test; not_shown: the level does not hold",
            is_among=COMPARISON_VERDICTS,
        ),
        "level_asked": ColumnOf(TEXT, "Level of invariance asked for; empty where nobody asks"),
        "level_reached": ColumnOf(TEXT, "Highest level that holds; none without any"),
        "n_differing": ColumnOf(WHOLE, "Parameters that differ between groups all the same", least=0),
        "compared": ColumnOf(TEXT, "Names of the compared groups, joined by a semicolon; empty where withheld"),
    },
)

FITS_RELEASED = Table(
    name="out.fits",
    grain="One row a released fit",
    key=("fit_id",),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant; main is the model as written"),
        **LABELS,
        "estimator": ColumnOf(TEXT, "Estimator"),
        "covariance": ColumnOf(TEXT, "Covariance of the estimates"),
        "outcome": ColumnOf(TEXT, "Outcome"),
        "focal_term": ColumnOf(TEXT, "Term of interest", may_be_missing=True),
        "expected_sign": ColumnOf(TEXT, "positive, negative or none"),
        "level": ColumnOf(TEXT, "What n counts: response, organisation_and_wave or organisation"),
        "fixed_effects": ColumnOf(TEXT, "Columns whose groups' effects were taken out; empty without"),
        "random_effects": _said("Groups between which effects of a mixed model differ"),
        "random_slopes": _said("Regressors whose coefficient differs between the groups of a mixed model"),
        "corrections": _said("What organisation means are corrected for: few_answers, measurement, or both"),
        "dyads": _said("Kind of dyads whose other member's answers it reads"),
        "weights": _said("Column of weights"),
        "imputations": ColumnOf(WHOLE, "Sets completed by imputation; 0 without", least=0, if_absent="0"),
        "n_obs": ROUNDED,
        "n_clusters": _rounded("Clusters, or the fewest groups of a mixed model"),
        "r_squared": number("Share of variance explained, two decimals"),
        "conditions_not_met": ColumnOf(
            WHOLE, "Conditions on the measurement of its scores that are not met; missing where none is asked", True
        ),
        "spec_hash": ColumnOf(TEXT, "Hash of the model as fitted"),
        "data_hash": ColumnOf(TEXT, "Hash of the rows used"),
        "code_hash": ColumnOf(TEXT, "Hash of the software's source"),
        "env_hash": ColumnOf(TEXT, "Hash of the environment"),
        "digest": ColumnOf(TEXT, "Hash of the unrounded results"),
    },
)

CONDITIONS_RELEASED = Table(
    name="out.conditions",
    grain="One row a condition on the measurement of its scores that a released fit does not meet; no figures",
    key=("fit_id", "measurement", "scale", "respondent_group", "purpose", "over", "measure"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "measurement": ColumnOf(TEXT, "Measurement specification"),
        "scale": SCALE,
        "respondent_group": ColumnOf(TEXT, "Respondent group; empty where respondent groups are compared"),
        "purpose": ColumnOf(TEXT, "What the score is wanted for", is_among=PURPOSES),
        "over": ColumnOf(TEXT, "What the compared groups are; empty without a comparison"),
        "measure": ColumnOf(TEXT, "What is measured, such as omega"),
        "verdict": ColumnOf(TEXT, "not_met, or unknown where it could not be computed", is_among=VERDICTS),
    },
)

ESTIMATES_RELEASED = Table(
    name="out.estimates",
    grain="One row a term of a released fit",
    key=("fit_id", "term"),
    columns={
        "fit_id": ColumnOf(TEXT, "Fit"),
        "model": MODEL,
        "variant": ColumnOf(TEXT, "Variant"),
        "position": ColumnOf(WHOLE, "Order of the terms"),
        "term": ColumnOf(TEXT, "Term"),
        "estimate": number(
            "Coefficient, three decimals: points of the outcome; of logit and count models a logarithm of odds or rates"
        ),
        "std_error": number("Standard error, three decimals"),
        "p_value": number("Two-sided p-value, three decimals"),
        "conf_low": number("Lower end of the interval, three decimals"),
        "conf_high": number("Upper end of the interval, three decimals"),
        "average_effect": _average("Average difference in the share of an outcome of yes and no for one unit more"),
        "average_low": _average("Lower end of its interval"),
        "average_high": _average("Upper end of its interval"),
    },
)

TABLES = (
    MANIFEST,
    TEXTS,
    SCALES,
    ITEMS,
    RESPONSE_RATES_RELEASED,
    SCALE_MEANS_RELEASED,
    UNITS,
    UNIT_MEANS,
    DISTRIBUTIONS_RELEASED,
    COMPARISONS_RELEASED,
    FITS_RELEASED,
    CONDITIONS_RELEASED,
    ESTIMATES_RELEASED,
)
