"""A reading plan and counts of cells → what ``inspect`` says of an export. Proposals are marked as such.

Put here the shape of the answer; which answer options belong together is in ``batteries``.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.readers.cells.keys import finished, has_status
from pipelines.readers.cells.texts import cell_of, is_filled
from pipelines.readers.drafts.batteries import (
    Battery,
    are_numbered,
    find_batteries,
    is_yes_or_no,
    natural_order,
    order_is_known,
    question_of,
)
from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plan import PlannedColumn, ReadingPlan, Role, fold
from pipelines.readers.structure import Option

MOST_VALUES = 25
_FEWEST_OPEN_TEXTS = 25
_LEAST_MEAN_LENGTH, _LEAST_LENGTH_OF_REMARKS = 12, 4
_LEAST_SHARE_OF_DIFFERENT = 0.5
_FEWEST_IDENTIFIERS = 20
_QUESTIONS: tuple[Role, ...] = ("item", "multiple_choice_option", "unknown")
_PROPOSED = "roles, items and scales are proposals from column names and the answers that occur; check them"
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class RowCounts:
    """Rows of an export.

    Attributes:
        n_rows: Rows below the headers.
        n_preview: Previews.
        n_test: Test responses.
        n_finished: Respondents' own responses that reached the end; None when the export does not say.
        n_own: Respondents' own responses.
    """

    n_rows: int
    n_preview: int
    n_test: int
    n_finished: int | None
    n_own: int


@dataclass(frozen=True)
class ColumnCounts:
    """Cells of one column over respondents' own responses: how many are filled, and how often each text occurs."""

    n_answered: int
    texts: Mapping[str, int]


@dataclass(frozen=True)
class CellCounts:
    """Rows and, by position, columns of an export."""

    rows: RowCounts
    columns: Mapping[int, ColumnCounts]


def read_own_rows(plan: ReadingPlan, table: str, keys: Sequence[str]) -> str:
    """Write the query that keeps all cells and says of every row whether it is a respondent's own.

    Columns: ``c1`` …; ``is_preview``, ``is_test``, ``is_finished``; ``is_own``: no preview, no test, not blank.

    Args:
        plan: The plan.
        table: Table of the file's text cells.
        keys: The scanned columns of the keys.
    """
    cells = ", ".join(cell_of(column) for column in plan.columns)
    is_blank = f"coalesce({', '.join(is_filled(cell_of(column)) for column in plan.columns)}) IS NULL AS is_blank"
    scanned = f"SELECT {', '.join([cells, is_blank, *keys])} FROM {table}"  # noqa: S608 - texts are literals
    preview, test = has_status(plan, plan.preview_statuses), has_status(plan, plan.test_statuses)
    marked = (
        f"SELECT {cells}, is_blank, {preview} AS is_preview, {test} AS is_test, {finished(plan)} AS is_finished "  # noqa: S608
        f"FROM ({scanned})"
    )
    return f"SELECT *, NOT is_blank AND NOT is_preview AND NOT is_test AS is_own FROM ({marked})"  # noqa: S608


def count_own_rows(plan: ReadingPlan) -> str:
    """Write the query that counts rows, previews, tests, own rows and those of them that reached the end."""
    ended = "is_own AND is_finished" if "is_finished" in plan.keys else "false"
    counted = ", ".join(f"count(CASE WHEN {each} THEN 1 END)" for each in ("is_preview", "is_test", "is_own", ended))
    return f"SELECT count(*), {counted} FROM cells"  # noqa: S608 - names are ours


def row_counts(plan: ReadingPlan, counted: tuple[int, ...], n_odd: int) -> RowCounts:
    """Put the counts of ``count_own_rows`` and the rows set aside before together."""
    n_rows, n_preview, n_test, n_own, n_finished = counted
    return RowCounts(n_rows + n_odd, n_preview, n_test, n_finished if "is_finished" in plan.keys else None, n_own)


def needs_texts(column: PlannedColumn) -> bool:
    """Say whether the column's different texts are looked at: only for questions, never for personal data."""
    return column.role in _QUESTIONS and not column.is_personal_data


def describe(plan: ReadingPlan, counts: CellCounts) -> dict[str, Any]:
    """Say what an export is.

    Args:
        plan: The plan, made without a study.
        counts: Its rows and cells.

    Returns:
        ``platform, layout, encoding, delimiter, time_zone, n_rows, n_responses, n_preview, n_test, n_finished,
        n_partial`` (the last two None when unknowable), ``columns`` (one entry a column), ``scales`` (items that share
        answer options: ``items``, ``points`` their number, ``labels`` in order), ``warnings``. Plain values for JSON.
    """
    rows, n_own = counts.rows, counts.rows.n_own
    roles = proposed_roles(plan, counts)
    rated = [c for c in plan.columns if roles[c.position] == "item" and not _is_rank(c)]
    guessed = {c.name: _answers(c, counts.columns[c.position]) for c in rated if not _options(c)}
    batteries = [*_stated_batteries(rated), *find_batteries(guessed)]
    return {
        "platform": plan.platform,
        "layout": plan.layout,
        "encoding": plan.encoding,
        "delimiter": plan.delimiter,
        "time_zone": plan.time_zone or None,
        "n_rows": rows.n_rows,
        "n_responses": n_own,
        "n_preview": rows.n_preview,
        "n_test": rows.n_test,
        "n_finished": rows.n_finished,
        "n_partial": None if rows.n_finished is None else n_own - rows.n_finished,
        "columns": [_describe(c, roles[c.position], counts.columns[c.position], n_own) for c in plan.columns],
        "scales": [
            {"items": list(each.items), "points": len(each.labels), "labels": list(each.labels)} for each in batteries
        ],
        "warnings": [*plan.warnings, *([_PROPOSED] if guessed else [])],
    }


def _options(column: PlannedColumn) -> tuple[Option, ...]:
    """Return the answer options that the survey's definition states, without those that are no answers."""
    options = column.question.options if column.question is not None else ()
    return tuple(option for option in options if option.reason is None and reason_of_label(option.label) is None)


def _stated_batteries(columns: Sequence[PlannedColumn]) -> list[Battery]:
    """Return the matrices of the survey's definition: rows of one battery with the same options, in the order shown."""
    groups: dict[tuple[str, tuple[Option, ...]], list[str]] = {}
    for column in columns:
        options = _options(column)
        if column.question is not None and column.question.battery and options:
            groups.setdefault((column.question.battery, options), []).append(column.name)
    return [
        Battery(tuple(names), tuple(option.label or option.code for option in options))
        for (_, options), names in groups.items()
        if len(names) > 1
    ]


def _answers(column: PlannedColumn, counts: ColumnCounts) -> dict[str, int]:
    """Return the texts that are not signs of a missing answer."""
    reasons = _reasons(column)
    return {text: n for text, n in counts.texts.items() if fold(text) not in reasons}


def _describe(column: PlannedColumn, role: Role, counts: ColumnCounts, n_own: int) -> dict[str, Any]:
    missing = Counter({str(column.blank_means): n_own - counts.n_answered})
    reasons = _reasons(column)
    for text, n in counts.texts.items():
        if fold(text) in reasons:
            missing[reasons[fold(text)]] += n
    n_answered = n_own - missing.total()
    is_personal = column.is_personal_data or role == "identifier"
    shows_values = role in ("item", "multiple_choice_option") and not is_personal
    return {
        "position": column.position,
        "name": column.name,
        "source_id": column.source_id,
        "role": role,
        "item": column.name if role == "item" else None,
        "question_text": column.question_text,
        "values": natural_order(text.strip() for text in counts.texts)[:MOST_VALUES] if shows_values else None,
        "n_answered": n_answered,
        "missing": {reason: n for reason, n in missing.items() if n},
        "is_personal_data": is_personal,
    }


def _reasons(column: PlannedColumn) -> dict[str, str]:
    """Return the folded texts that mean no answer, by the plan and by the survey's definition."""
    options = column.question.options if column.question is not None else ()
    stated = {
        fold(text): str(option.reason)
        for option in options
        if option.reason is not None
        for text in (option.code, option.label, *option.also)
        if text
    }
    return {**stated, **{text: str(reason) for text, reason in column.opt_outs.items()}}


def proposed_roles(plan: ReadingPlan, counts: CellCounts) -> dict[int, Role]:
    """Propose roles from the answers that occur, where the platform itself does not tell questions apart."""
    roles: dict[int, Role] = {column.position: column.role for column in plan.columns}
    siblings: dict[str, list[int]] = {}
    shared = Counter(fold(text) for each in counts.columns.values() for text in each.texts)
    for column in plan.columns:
        found = counts.columns[column.position]
        if not needs_texts(column) or column.question is not None:
            continue
        if _looks_like_identifier(found, counts.rows.n_own):
            roles[column.position] = "identifier"
        elif column.role == "item" and (_looks_like_open_text(found) or _looks_like_remarks(found, shared)):
            roles[column.position] = "open_text"
        elif column.role == "item":
            is_repeated = column.name.startswith(column.source_id)
            question = question_of(column.source_id if is_repeated else column.name)
            siblings.setdefault(question, []).append(column.position)
    for positions in siblings.values():
        texts = [counts.columns[position].texts for position in positions]
        if len(positions) > 1 and is_yes_or_no(texts):
            roles |= dict.fromkeys(positions, "multiple_choice_option")
    return roles


def _is_rank(column: PlannedColumn) -> bool:
    """Say whether the cells name what was put in one place of a ranking: no scale, though all places share options."""
    return column.question is not None and column.question.kind == "ranking"


def _looks_like_open_text(counts: ColumnCounts) -> bool:
    words = [text for text in counts.texts if _LETTER.search(text)]
    if len(words) < max(_FEWEST_OPEN_TEXTS, _LEAST_SHARE_OF_DIFFERENT * counts.n_answered):
        return False
    return sum(map(len, words)) >= _LEAST_MEAN_LENGTH * len(words)


def _looks_like_remarks(counts: ColumnCounts, shared: Counter[str]) -> bool:
    """Say whether most answers are texts that nobody else gave, here or elsewhere: no options, and not printed."""
    texts = [text for text in counts.texts if text.strip()]
    if order_is_known(texts) or are_numbered(texts):
        return False
    alone = [text for text in texts if counts.texts[text] == shared[fold(text)] == 1 and _LETTER.search(text)]
    is_long = sum(map(len, alone)) >= _LEAST_LENGTH_OF_REMARKS * len(alone)
    return is_long and len(alone) > _LEAST_SHARE_OF_DIFFERENT * counts.n_answered


def _looks_like_identifier(counts: ColumnCounts, n_own: int) -> bool:
    """Say whether every response has a short text of its own."""
    all_differ = n_own >= _FEWEST_IDENTIFIERS and len(counts.texts) == n_own
    return all_differ and not any(" " in text or "." in text for text in counts.texts)
