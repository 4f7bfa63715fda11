"""Tables of respondents across waves: links, doubtful pairs, attrition, and what changed in the questionnaire."""

from pipelines.tables.base import TEXT, TRUTH, ColumnOf, Table
from pipelines.tables.out import GROUP, SCALE, WAVE, count, number

RULES = ("key", "decision", "code", "code_less_one", "none")
REASONS_FOR_DOUBT = ("not_unique", "one_element_differs", "contradicts_other_links")
ASPECTS = ("wording", "option_labels", "option_codes", "options_added", "options_removed", "not_asked")

LINK_CODES = Table(
    name="core.link_codes",
    grain="One row a response and element of its self-generated code",
    key=("response_id", "element"),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "element": ColumnOf(TEXT, "Element of the code"),
        "pseudonym": ColumnOf(TEXT, "Keyed hash of the normalised element; the same text gives the same hash"),
    },
)

LINKS = Table(
    name="core.links",
    grain="One row a response: the person it belongs to",
    key=("response_id",),
    columns={
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "person_id": ColumnOf(TEXT, "Person; the first response_id of the person"),
        "rule": ColumnOf(TEXT, "Strongest rule that links it to another wave", is_among=RULES),
        "is_used": ColumnOf(TRUTH, "Whether it stands for the person in its wave; false for a repeated answer"),
    },
)

LINK_CANDIDATES = Table(
    name="core.link_candidates",
    grain="One row a pair of responses that a person has to decide",
    key=("response_id", "other_response_id"),
    columns={
        "response_id": ColumnOf(TEXT, "Response of the earlier wave"),
        "other_response_id": ColumnOf(TEXT, "Response of the later wave"),
        "wave": ColumnOf(TEXT, "Earlier wave"),
        "other_wave": ColumnOf(TEXT, "Later wave"),
        "n_equal": count("Elements of the code that agree"),
        "n_elements": count("Elements of the code"),
        "reason": ColumnOf(TEXT, "Why it was not linked", is_among=REASONS_FOR_DOUBT),
    },
)

ATTRITION = Table(
    name="out.attrition",
    grain="One row a respondent group and pair of waves",
    key=("respondent_group", "wave_from", "wave_to"),
    columns={
        "respondent_group": GROUP,
        "wave_from": WAVE,
        "wave_to": WAVE,
        "n_from": count("People analysed in the earlier wave"),
        "n_to": count("People analysed in the later wave"),
        "n_linked": count("People of the earlier wave who are analysed in the later one"),
        "n_linked_by_key": count("Of those, linked by key or by decision"),
        "n_linked_by_code": count("Of those, linked by an equal code"),
        "n_linked_by_code_less_one": count("Of those, linked by a code that differs in one element"),
        "n_lost": count("People of the earlier wave who are not found in the later one"),
        "n_new": count("People of the later wave who are not found in the earlier one"),
        "n_doubtful": count("People of the earlier wave in a pair that waits for a decision"),
        "retention_rate": number("Linked share of the earlier wave, 0 to 1"),
        "expected_false_links": number("Links by code that chance alone would make; missing without a code"),
    },
)

ATTRITION_DIFFERENCES = Table(
    name="out.attrition_differences",
    grain="One row a scale, respondent group and pair of waves: who left against who stayed",
    key=("scale", "respondent_group", "wave_from", "wave_to"),
    columns={
        "scale": SCALE,
        "respondent_group": GROUP,
        "wave_from": WAVE,
        "wave_to": WAVE,
        "n_stayed": count("Scores of those who stayed"),
        "n_left": count("Scores of those who left"),
        "mean_stayed": number("Mean in the earlier wave of those who stayed"),
        "mean_left": number("Mean in the earlier wave of those who left"),
        "std_difference": number("Stayed minus left, in pooled standard deviations"),
    },
)

INSTRUMENT_CHANGES = Table(
    name="out.instrument_changes",
    grain="One row an item, pair of waves and aspect that changed",
    key=("item", "wave_from", "wave_to", "aspect"),
    columns={
        "item": ColumnOf(TEXT, "Item"),
        "wave_from": WAVE,
        "wave_to": WAVE,
        "aspect": ColumnOf(TEXT, "What changed", is_among=ASPECTS),
        "before": ColumnOf(TEXT, "As the earlier wave asked it"),
        "after": ColumnOf(TEXT, "As the later wave asked it"),
        "blocks_pooling": ColumnOf(TRUTH, "Whether models over both waves refuse the item"),
        "because": ColumnOf(TEXT, "Why it may be compared all the same; empty when nobody said so"),
    },
)

TABLES = (LINK_CODES, LINKS, LINK_CANDIDATES, ATTRITION, ATTRITION_DIFFERENCES, INSTRUMENT_CHANGES)
