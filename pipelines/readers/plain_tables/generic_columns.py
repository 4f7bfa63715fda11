"""Headers and first cells of a plain table → planned columns, keys and missing signs: what simple platforms share.

Put here what the readers of several platforms need; the names and signs themselves belong to each platform's reader.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from instruments.sections.response_scale import MissingReason
from pipelines.readers.headers import cell, listed, unique_names
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Role, fold

_COMMA = ", "
NOT_TICKED = frozenset(
    {"0", "no", "nej", "nei", "false", "falsk", "unchecked", "not selected", "ikke valgt", "inte vald"}
)
"""Texts that mean not ticked in a table that nobody defines; any other text in an option's column is a tick."""
_TEXTS: tuple[Role, ...] = ("open_text", "other_text")


def table_plan(
    head: Head, request: Request, platform: str, headers: Sequence[str], header_rows: int = 1
) -> ReadingPlan:
    """Make a plan in which every column with a header is an item.

    Args:
        head: The beginning of the file.
        request: The source's settings.
        platform: Who wrote the file.
        headers: Clean headers, left to right.
        header_rows: Rows above the first answer.
    """
    columns = tuple(
        PlannedColumn(position, name, name, "item" if header else "unknown", question_text=header)
        for position, (name, header) in enumerate(zip(unique_names(headers), headers, strict=True), start=1)
    )
    return ReadingPlan(
        platform=platform,
        layout="one_header_row" if header_rows == 1 else f"{header_rows}_header_rows",
        encoding=head.encoding,
        delimiter=head.delimiter,
        decimal=request.source.decimal if request.source else ".",
        time_zone="",
        header_rows=header_rows,
        columns=columns,
        keys={},
    )


def first_row(head: Head) -> list[str]:
    """Return the clean texts of the first row."""
    return [cell(head.rows[0], index) for index in range(len(head.rows[0]))]


def has_headers(head: Head, wanted: Iterable[str]) -> bool:
    """Say whether all of some folded headers are in the first row."""
    return set(wanted) <= set(map(fold, first_row(head)))


def revised(plan: ReadingPlan, change: Callable[[PlannedColumn], PlannedColumn]) -> ReadingPlan:
    """Change every column of a plan."""
    return replace(plan, columns=tuple(map(change, plan.columns)))


def with_warnings(plan: ReadingPlan, *warnings: str) -> ReadingPlan:
    """Add warnings to a plan; empty texts are left out."""
    return replace(plan, warnings=(*plan.warnings, *filter(None, warnings)))


def keys_by_header(columns: Sequence[PlannedColumn], known: Mapping[str, KeyName]) -> dict[KeyName, str]:
    """Find the columns of keys by their folded headers; of several with the same key the first counts."""
    keys: dict[KeyName, str] = {}
    for column in columns:
        key = known.get(fold(column.question_text))
        if key is not None:
            keys.setdefault(key, column.name)
    return keys


def refuse_stated_header_rows(head: Head, request: Request, title: str, header_rows: int) -> None:
    """Refuse a source that states another number of header rows than the platform writes.

    Raises:
        ReadingError: When ``header_rows`` is stated and differs.
    """
    stated = request.source.header_rows if request.source else None
    if stated not in (None, header_rows):
        message = (
            f"header_rows says {stated}, but this export of {title} has {header_rows}; leave header_rows out, or set "
            "platform: generic when the table was changed by hand"
        )
        raise ReadingError(head.file_name, message)


def with_signs(plan: ReadingPlan, signs: Mapping[str, MissingReason]) -> ReadingPlan:
    """Let a platform's signs mean missing in every question's column; texts that a column has already stay."""
    roles = ("item", "multiple_choice_option", "open_text", "other_text")
    return revised(
        plan, lambda each: replace(each, opt_outs={**signs, **each.opt_outs}) if each.role in roles else each
    )


def without_signs_that_are_answers(
    plan: ReadingPlan, request: Request, signs: Mapping[str, MissingReason]
) -> ReadingPlan:
    """Take a platform's signs back where they are answers of the item or options of the question.

    What the source itself states under ``missing`` stays, and so do the instrument's opt-outs.

    Args:
        plan: The bound plan.
        request: The source's settings and instruments.
        signs: The platform's signs, as given to ``with_signs``.

    Returns:
        The plan, with a warning that names the columns.
    """
    stated = set(map(fold, request.source.missing)) if request.source else set[str]()
    taken_back: dict[str, list[str]] = {}

    def change(column: PlannedColumn) -> PlannedColumn:
        answers = {text for text in signs if text not in stated and _is_an_answer(column, text)}
        if column.role not in _TEXTS and column.kind != "number":
            for text in answers:
                taken_back.setdefault(text, []).append(column.name)
        kept = {text: why for text, why in column.opt_outs.items() if text not in answers or why != signs[text]}
        return replace(column, opt_outs=kept)

    return with_warnings(revised(plan, change), *(_ambiguous(text, names) for text, names in taken_back.items()))


def _is_an_answer(column: PlannedColumn, sign: str) -> bool:
    if column.question is not None and any(option.code == sign for option in column.question.options):
        return True
    if column.kind == "number":
        is_bounded = column.least is not None or column.most is not None
        lowest = column.least if column.least is not None else float("-inf")
        highest = column.most if column.most is not None else float("inf")
        return lowest <= float(sign) <= highest and (is_bounded or float(sign) >= 0)
    if column.role in _TEXTS or column.kind == "code":
        return not sign.startswith("-")
    return sign in column.codes


def _ambiguous(sign: str, names: Sequence[str]) -> str:
    return (
        f"{sign} is an answer of {listed(names)} and stays one, although the platform also writes it for a missing "
        "answer: the two cannot be told apart there; recode it on the platform, or state it under missing"
    )


def cut_at_commas(plan: ReadingPlan, title: str) -> ReadingPlan:
    """Cut the cells of a multiple choice at commas, which is only possible where the options are known.

    Args:
        plan: The bound plan; columns that hold one option or have another separator stay as they are.
        title: Which export joins ticked options by a comma and a blank, for the warning.

    Returns:
        The plan, with a warning that names the columns with an option that holds a comma itself.
    """
    whole = [
        each
        for each in plan.columns
        if each.kind == "multiple_choice" and not each.option and each.separator in ("", _COMMA.strip())
    ]
    names = {column.name for column in whole}
    torn = [column.name for column in whole if any("," in label for label in column.codes)]
    warning = (
        f"options of {listed(torn)} hold a comma, and {title} joins ticked options by commas: cells with such an "
        "option cannot be cut and are rejected; take the comma out of the option's label"
    )
    plan = revised(plan, lambda each: replace(each, separator=_COMMA) if each.name in names else each)
    return with_warnings(plan, warning if torn else "")
