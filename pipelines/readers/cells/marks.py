"""What stands in place of an answer while an export is read: whole numbers above every code, one for each meaning.

A mark says why there is no answer and whether the cell was filled, so that every cell can be accounted for.
"""

from typing import get_args

from instruments.sections.response_scale import LARGEST_CODE, MissingReason

REASONS: tuple[MissingReason, ...] = get_args(MissingReason)
RULES: dict[str, str] = {
    "not_an_answer_option": "the text is no answer option of the item, and no code",
    "ambiguous_options": "the text can be cut into answer options in several ways",
    "not_a_number": "the text is no number",
    "not_a_date": "the text is no date such as 2026-03-01 or as the column's first rows have them, year in full",
    "outside_response_scale": "the answer is not among those the instrument allows",
    "outside_range": "the number is smaller or larger than the instrument allows",
    "opt_out_beside_answers": "the option stands for no answer, but others are ticked too; their answers were kept",
}
FILLED, BLANK, BROKEN = LARGEST_CODE + 1, LARGEST_CODE + 101, LARGEST_CODE + 201
_RULE_NAMES = tuple(RULES)


def filled_mark(reason: MissingReason) -> int:
    """Return the mark of a cell whose text stands for a missing reason."""
    return FILLED + REASONS.index(reason)


def broken_mark(rule: str) -> int:
    """Return the mark of a cell whose text breaks a rule."""
    return BROKEN + _RULE_NAMES.index(rule)


def reason_number(mark: str, blank: str) -> str:
    """Write the index in ``REASONS`` that a mark stands for; an empty cell without a mark has the index ``blank``."""
    invalid = REASONS.index("invalid")
    return (
        f"CASE WHEN {mark} IS NULL THEN {blank} WHEN {mark} >= {BROKEN} THEN {invalid} "
        f"WHEN {mark} >= {BLANK} THEN {mark} - {BLANK} ELSE {mark} - {FILLED} END"
    )
