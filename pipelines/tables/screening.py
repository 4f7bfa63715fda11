"""Tables of screening: data about answering, flags and exclusions of responses (private), and how often they occur."""

from typing import get_args

from pipelines.sections.screening import CheckName
from pipelines.tables.base import DAY, NUMBER, TEXT, TRUTH, WHOLE, ColumnOf, Table

PARADATA_KINDS = ("timing", "display_order", "score", "quality")
REASONS = (
    "no_answer",
    "too_few_answers",
    "missing_answers",
    "too_few_items",
    "too_few_scales",
    "too_few_pairs",
    "too_few_responses",
    "no_variance",
    "no_time",
    "no_pages_declared",
    "no_score",
    "inactive",
    "no_key",
    "not_comparable",
    "no_limit",
)
_RESPONSE, _WAVE, _GROUP = ColumnOf(TEXT, "Response"), ColumnOf(TEXT, "Wave"), ColumnOf(TEXT, "Respondent group")
_CHECK = ColumnOf(TEXT, "Check", is_among=get_args(CheckName))
_BLOCK = ColumnOf(TEXT, "Block of items, item or column it looks at; empty for the response as a whole")
_RULE = ColumnOf(TEXT, "Exclusion rule")


def _count(meaning: str) -> ColumnOf:
    return ColumnOf(WHOLE, meaning, least=0)


PARADATA = Table(
    name="core.paradata",
    grain="One row a response and paradata column",
    key=("response_id", "kind", "name"),
    columns={
        "response_id": _RESPONSE,
        "wave": _WAVE,
        "kind": ColumnOf(TEXT, "What the column tells", is_among=PARADATA_KINDS),
        "name": ColumnOf(TEXT, "Column of the export"),
        "page": ColumnOf(TEXT, "Page or question it is about; for display_order the item", may_be_missing=True),
        "value": ColumnOf(NUMBER, "Number: seconds, position in the order shown, score", may_be_missing=True),
        "text": ColumnOf(TEXT, "Text, where it is no number", may_be_missing=True),
    },
)

QUALITY_FLAGS = Table(
    name="core.quality_flags",
    grain="One row an analysed response, check and block",
    key=("response_id", "check_name", "block"),
    columns={
        "response_id": _RESPONSE,
        "wave": _WAVE,
        "check_name": _CHECK,
        "block": _BLOCK,
        "value": ColumnOf(NUMBER, "Value; missing when it cannot be computed", may_be_missing=True),
        "threshold": ColumnOf(NUMBER, "Value from or below which the check flags", may_be_missing=True),
        "is_flagged": ColumnOf(
            TRUTH, "Whether the check flags; missing when it cannot say, which is no pass", may_be_missing=True
        ),
        "n_used": _count("Answers, pairs, scales or pages the value rests on"),
        "reason": ColumnOf(TEXT, "Why is_flagged is missing", may_be_missing=True, is_among=REASONS),
        "superseded_by": ColumnOf(TEXT, "Response of the same person that stands instead", may_be_missing=True),
    },
)

EXCLUSIONS = Table(
    name="core.exclusions",
    grain="One row a response that an exclusion rule leaves out",
    key=("response_id", "exclusions"),
    columns={
        "response_id": _RESPONSE,
        "wave": _WAVE,
        "exclusions": _RULE,
        "n_flags": ColumnOf(WHOLE, "Checks of the rule that flag it", least=1),
        "checks": ColumnOf(TEXT, "Their names, separated by commas"),
    },
)

SCREENING = Table(
    name="out.screening",
    grain="One row a wave, respondent group, check and block",
    key=("wave", "respondent_group", "check_name", "block"),
    columns={
        "wave": _WAVE,
        "respondent_group": _GROUP,
        "check_name": _CHECK,
        "block": _BLOCK,
        "n_responses": _count("Analysed responses the check was applied to"),
        "n_computable": _count("Of them, responses the value can be computed of"),
        "n_judged": _count("Of these, responses the check can judge"),
        "n_flagged": _count("Of the judged, flagged responses"),
        "share_flagged": ColumnOf(NUMBER, "Flagged share of the judged", may_be_missing=True, least=0, most=1),
        "threshold": ColumnOf(NUMBER, "Limit; missing when it differs by response", may_be_missing=True),
    },
)

SCREENING_OVERLAP = Table(
    name="out.screening_overlap",
    grain="One row a wave, respondent group and pair of checks",
    key=("wave", "respondent_group", "check_name", "other_check"),
    columns={
        "wave": _WAVE,
        "respondent_group": _GROUP,
        "check_name": _CHECK,
        "other_check": ColumnOf(TEXT, "Another check", is_among=get_args(CheckName)),
        "n_flagged": _count("Responses that the check flags in any block"),
        "n_flagged_other": _count("Responses that the other check flags"),
        "n_flagged_both": _count("Responses that both flag"),
    },
)

EXCLUDED = Table(
    name="out.exclusions",
    grain="One row a wave, respondent group and exclusion rule",
    key=("wave", "respondent_group", "exclusions"),
    columns={
        "wave": _WAVE,
        "respondent_group": _GROUP,
        "exclusions": _RULE,
        "n_responses": _count("Analysed responses"),
        "n_excluded": _count("Of them, responses the rule leaves out"),
        "n_not_judged": _count("Responses it keeps although one of its checks could not judge them"),
        "share_excluded": ColumnOf(NUMBER, "Share the rule leaves out", may_be_missing=True, least=0, most=1),
        "declared_on": ColumnOf(DAY, "Day on which the rule was fixed"),
        "because": ColumnOf(TEXT, "Why such responses are not to be trusted"),
    },
)

CORE_TABLES = (PARADATA, QUALITY_FLAGS, EXCLUSIONS)
OUT_TABLES = (SCREENING, SCREENING_OVERLAP, EXCLUDED)
