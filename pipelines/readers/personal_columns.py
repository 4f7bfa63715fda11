"""Columns of a plan → those marked that seem to identify people, whatever the platform says of them.

Put here which evidence counts for which column; words are in ``personal_names``, patterns in
``personal_cells``.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from pipelines.readers.first_cells import counted_below
from pipelines.readers.headers import listed
from pipelines.readers.personal_cells import count_cpr, holds_cpr, holds_email
from pipelines.readers.personal_names import identifies, is_personal_header, names_a_person
from pipelines.readers.plan import Head, PlannedColumn, ReadingPlan, Role

_ASKED: tuple[Role, ...] = ("item", "open_text", "other_text", "unknown", "embedded")
_SHORT_CODE = re.compile(r"-?\d{1,2}")
_FEW, _OFTEN = 10, 3


def with_personal_columns(plan: ReadingPlan, head: Head, spared: Collection[str] = ()) -> ReadingPlan:
    """Mark columns as personal data whose name, wording or first cells identify a person.

    Args:
        plan: The plan; what it marks already stays marked.
        head: The beginning of the file.
        spared: Names of columns that no evidence counts for.

    Returns:
        The plan, with a warning that names columns in which civil registration numbers occur among other texts.
    """
    among: list[str] = []

    def change(column: PlannedColumn) -> PlannedColumn:
        if column.name in spared:
            return column
        counted = counted_below(head, plan.header_rows, column.position)
        different = list(counted)
        is_number = holds_cpr(different)
        if not is_number and count_cpr(different):
            among.append(column.name)
        is_personal = is_number or holds_email(different) or _is_named(column, counted)
        return replace(column, is_personal_data=column.is_personal_data or is_personal)

    changed = replace(plan, columns=tuple(map(change, plan.columns)))
    if not among:
        return changed
    warning = f"some cells of {listed(among)} hold what looks like a civil registration number (CPR)"
    return replace(changed, warnings=(*changed.warnings, warning))


def _is_named(column: PlannedColumn, counted: Counter[str]) -> bool:
    """Say whether what the column is called, or what was asked, promises a direct identifier.

    A word within a longer name is no evidence where the cells look like answers to a choice: short codes, or few texts
    that come often.
    """
    if column.option or _has_few_options(column):
        return False
    if is_personal_header(column.name) or is_personal_header(column.question_text):
        return True
    if column.role not in _ASKED:
        return False
    if column.question is not None and identifies(replace(column.question, id="")):
        return True
    return " " not in column.name and names_a_person(column.name) and not _looks_like_a_choice(counted)


def _has_few_options(column: PlannedColumn) -> bool:
    return column.question is not None and 0 < len(column.question.options) <= _FEW


def _looks_like_a_choice(counted: Counter[str]) -> bool:
    if not counted:
        return False
    is_repeated = len(counted) <= _FEW and counted.total() >= _OFTEN * len(counted)
    return is_repeated or all(_SHORT_CODE.fullmatch(text) for text in counted)
