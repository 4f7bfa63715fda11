"""Cells of a Qualtrics export's head → how it was exported: codes or labels, and which sign means seen but unanswered.

Only signs that the platform writes are looked for; no question is typed from its answers.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from instruments.counted import counted
from pipelines.readers.plan import Head, KeyName, PlannedColumn, Written, fold
from pipelines.readers.qualtrics.columns import FINISHED_TEXTS, UNFINISHED_TEXTS, known_status_texts

SEEN_UNANSWERED = "-99"
_SIGN = re.compile(r"-\d{1,4}")
_FEWEST_COLUMNS = 2
_QUESTIONS = ("item", "multiple_choice_option", "open_text", "other_text")


def texts_below(head: Head, header_rows: int, column: PlannedColumn) -> frozenset[str]:
    """Return the different folded texts of a column in the head of the file, blanks left out."""
    index = column.position - 1
    cells = {row[index] for row in head.rows[header_rows:] if index < len(row)}
    return frozenset(filter(None, map(fold, cells)))


def how_written(head: Head, header_rows: int, keys: Mapping[KeyName, PlannedColumn]) -> Written:
    """Say whether the export holds codes or labels, by its status and finished columns; empty when they do not say."""
    for key, codes in (("status", frozenset(map(str, range(64)))), ("is_finished", frozenset({"0", "1"}))):
        column = keys.get(key)
        texts = texts_below(head, header_rows, column) if column else frozenset[str]()
        if texts:
            return "codes" if texts <= codes else "labels"
    return ""


def status_warnings(head: Head, header_rows: int, keys: Mapping[KeyName, PlannedColumn]) -> tuple[str, ...]:
    """Warn of status and finished columns in a language that is not known here."""
    warnings: list[str] = []
    if "status" in keys:
        n_unknown = len(texts_below(head, header_rows, keys["status"]) - known_status_texts())
        if n_unknown:
            warnings.append(
                f"the status column holds {counted(n_unknown, 'text')} outside Qualtrics' English labels and numbers; "
                "previews among them cannot be recognised; export numeric values or English labels"
            )
    if "is_finished" in keys:
        n_unknown = len(texts_below(head, header_rows, keys["is_finished"]) - FINISHED_TEXTS - UNFINISHED_TEXTS)
        if n_unknown:
            warnings.append(
                f"the finished column holds {counted(n_unknown, 'text')} for neither yes nor no, taken as not "
                "finished; export numeric values or English labels"
            )
    return tuple(warnings)


def mark_seen_unanswered(
    head: Head, header_rows: int, columns: Sequence[PlannedColumn], stated: frozenset[str]
) -> tuple[PlannedColumn, ...]:
    """Mark what an export with a recode for seen but unanswered questions says by that sign and by blank cells.

    Args:
        head: The beginning of the file.
        header_rows: Rows above the first answer.
        columns: Every column.
        stated: Folded texts that the study itself says mean seen but unanswered.

    Returns:
        The columns. Where the sign is not the code or label of an option, it means seen but unanswered (not ticked, for
        an option) and a blank cell means not administered. Without a sign in the file nothing changes.
    """
    questions = [column for column in columns if column.role in _QUESTIONS]
    texts = {column.position: texts_below(head, header_rows, column) for column in questions}
    signs = stated or _signs(questions, texts)
    zeros = _questions_with_zeros(questions, texts)
    return tuple(_marked(column, signs, zeros) if column.role in _QUESTIONS else column for column in columns)


def _signs(columns: Sequence[PlannedColumn], texts: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """Find the sign: -99, or another negative number that stands in several closed questions and is no recode there."""
    n_columns: Counter[str] = Counter()
    is_closed: set[str] = set()
    for column in columns:
        found = {text for text in texts[column.position] if _SIGN.fullmatch(text)} - _own_texts(column)
        n_columns.update(found)
        is_closed |= found if _options_known(column) else set()
    if n_columns[SEEN_UNANSWERED] >= _FEWEST_COLUMNS or SEEN_UNANSWERED in is_closed:
        return frozenset({SEEN_UNANSWERED})
    others = [text for text, n in n_columns.items() if n >= _FEWEST_COLUMNS and text in is_closed]
    return frozenset(others) if len(others) == 1 else frozenset()


def _questions_with_zeros(columns: Sequence[PlannedColumn], texts: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """Find multiple choices whose options that were not ticked are written as 0."""
    return frozenset(
        _question(column)
        for column in columns
        if column.role == "multiple_choice_option" and "0" in texts[column.position] - _own_texts(column)
    )


def _marked(column: PlannedColumn, signs: frozenset[str], zeros: frozenset[str]) -> PlannedColumn:
    own = signs - _own_texts(column)
    if column.role == "multiple_choice_option":
        has_zeros = _question(column) in zeros
        unticked = own | (frozenset({"0"}) - _own_texts(column))
        return replace(
            column, unticked=unticked, blank_means="not_administered" if own or has_zeros else column.blank_means
        )
    if not own:
        return column
    opt_outs = {**dict.fromkeys(own, "seen_unanswered"), **column.opt_outs}
    blank_means = column.blank_means if column.role == "other_text" else "not_administered"
    return replace(column, opt_outs=opt_outs, blank_means=blank_means)


def _own_texts(column: PlannedColumn) -> frozenset[str]:
    """Return codes and labels of the options that the column may hold."""
    options = column.question.options if column.question else ()
    if column.role == "multiple_choice_option":
        options = tuple(option for option in options if option.code == column.option)
    return frozenset(fold(text) for option in options for text in (option.code, option.label, *option.also))


def _options_known(column: PlannedColumn) -> bool:
    return column.question is not None and bool(column.question.options)


def _question(column: PlannedColumn) -> str:
    return column.question.id if column.question else column.source_id.rpartition("_")[0]
