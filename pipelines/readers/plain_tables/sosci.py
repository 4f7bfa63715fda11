"""SoSci Survey data sets → reading plan: its own variables, page times and negative signs of missing answers."""

import re
from collections.abc import Mapping
from dataclasses import replace

from instruments.sections.response_scale import MissingReason
from pipelines.readers.bind import bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.headers import cell, listed
from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    first_row,
    keys_by_header,
    refuse_stated_header_rows,
    revised,
    table_plan,
    with_signs,
    with_warnings,
    without_signs_that_are_answers,
)
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingPlan, Request, Role, fold
from pipelines.readers.structure import Question

_NEEDED = frozenset({"CASE", "QUESTNNR", "MODE", "STARTED"})
_KEYS: Mapping[str, KeyName] = {
    "case": "response_id", "started": "started_at", "lastdata": "ended_at", "finished": "is_finished",
    "lastpage": "last_page", "mode": "status", "language": "language",
}  # fmt: skip
_METADATA = frozenset(
    {
        "CASE", "SERIAL", "REF", "QUESTNNR", "MODE", "LANGUAGE", "STARTED", "MAILSENT", "LASTDATA", "STATUS",
        "FINISHED", "Q_VIEWER", "LASTPAGE", "MAXPAGE", "MISSING", "MISSREL", "TIME_RSI", "DEG_TIME", "IP", "REFERER",
        "BROWSER", "LATITUDE", "LONGITUDE",
    }
)  # fmt: skip
_PERSONAL = frozenset({"SERIAL", "REF", "IP", "MAILSENT", "REFERER", "LATITUDE", "LONGITUDE"})
_PAGE_TIME = re.compile(r"TIME(\d{3}|_SUM)")
_ORDER = re.compile(r"[A-Z][A-Z0-9]\d{2}(_CP|x\d+)")
_OTHER_TEXT = re.compile(r"[A-Z][A-Z0-9]\d{2}(_\d{2})?a")
_SIGNS: Mapping[str, MissingReason] = {"-9": "seen_unanswered", "-8": "invalid"}
_RESIDUAL = frozenset({"-1", "-2", "-3"})
_TICKED = frozenset({"2", "ausgewählt", "gewählt", "checked", "selected"})
_NOT_TICKED = frozenset({"1", "nicht ausgewählt", "nicht gewählt", "not checked", "not selected"})
_TEST_MODES = frozenset({"pretest", "admin", "debug", "test", "qnrtest", "preview"})
_OWN_MODE = "interview"
_ZONE = re.compile(r"\(([A-Za-z]+/[A-Za-z_/]+)\)")


class SoSciReader:
    """Reader of SoSci Survey data sets, with codes or labels, with or without a second row of texts."""

    platform = "sosci"

    def recognises(self, head: Head) -> bool:
        """Say whether SoSci Survey's own variables are there, in its capitals."""
        return set(first_row(head)) >= _NEEDED

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        names = first_row(head)
        header_rows = 2 if _has_texts(head, names) else 1
        refuse_stated_header_rows(head, request, "SoSci Survey", header_rows)
        plan = table_plan(head, request, self.platform, names, header_rows)
        modes = {fold(text) for text in texts_below(head, header_rows, names.index("MODE") + 1)} - {_OWN_MODE}
        texts = [cell(head.rows[1], index) for index in range(len(names))] if header_rows > 1 else names
        zone = _ZONE.search(texts[names.index("STARTED")])
        plan = replace(
            plan,
            layout="names_and_texts" if header_rows > 1 else "names",
            time_zone=zone.group(1) if zone else "",
            keys=keys_by_header(plan.columns, _KEYS),
            test_statuses=_TEST_MODES | modes,
            finished_texts=frozenset({"1", "true", "ja", "yes", "finished", "abgeschlossen"}),
            unreached="after_last_answer",
        )
        questions = request.structure.questions if request.structure else {}
        plan = with_signs(revised(plan, lambda each: _as_sosci(each, texts, questions.get(each.name))), _SIGNS)
        plan = with_warnings(plan, _residual_warning(plan, head))
        bound = without_signs_that_are_answers(bind_plan(plan, head, request), request, _SIGNS)
        bound = revised(bound, _with_options_unanswered)
        return with_time_formats(bound, head, request)


def _has_texts(head: Head, names: list[str]) -> bool:
    """Say whether the second row holds the variables' texts: a case is always a number."""
    case = cell(head.rows[1], names.index("CASE")) if len(head.rows) > 1 else ""
    return bool(case) and not case.isdigit()


def _as_sosci(column: PlannedColumn, texts: list[str], question: Question | None) -> PlannedColumn:
    residual = _residual_reasons(question)
    return replace(
        column,
        role=_role(column) if column.role == "item" else column.role,
        question_text=(question.text if question else "") or texts[column.position - 1] or column.question_text,
        question=question,
        opt_outs=residual,
        blank_means="not_administered",
        ticked=_TICKED,
        unticked=_NOT_TICKED,
        is_personal_data=column.name in _PERSONAL or (question is not None and question.is_personal_data),
    )


def _with_options_unanswered(column: PlannedColumn) -> PlannedColumn:
    """Keep what is not answered apart from what is not ticked: SoSci Survey has a code of its own for each."""
    unanswered = {sign: why for sign, why in _SIGNS.items() if sign in column.unticked}
    return replace(column, unticked=column.unticked - set(unanswered), opt_outs={**unanswered, **column.opt_outs})


def _role(column: PlannedColumn) -> Role:
    if _PAGE_TIME.fullmatch(column.name):
        return "timing"
    if column.name in _METADATA:
        return "identifier" if column.name in ("CASE", "SERIAL") else "metadata"
    if _ORDER.fullmatch(column.name):
        return "display_order"
    return "other_text" if _OTHER_TEXT.fullmatch(column.name) else "item"


def _residual_reasons(question: Question | None) -> dict[str, MissingReason]:
    """Say what -1, -2 and -3 mean where the label says it: SoSci Survey gives them to any residual option."""
    found: dict[str, MissingReason] = {}
    for option in question.options if question else ():
        reason = option.reason or reason_of_label(option.label)
        if option.code in _RESIDUAL and reason is not None:
            found[option.code] = reason
    return found


def _residual_warning(plan: ReadingPlan, head: Head) -> str:
    """Name the columns in which a residual code occurs whose label nobody gave."""
    unclear = [
        column.name
        for column in plan.columns
        if column.role == "item"
        and (_RESIDUAL - set(column.opt_outs)) & set(texts_below(head, plan.header_rows, column.position))
    ]
    if not unclear:
        return ""
    return (
        f"-1, -2 or -3 stand for residual options such as 'don't know' in {listed(unclear)}, and no label says which; "
        "give them as opt-outs of the instrument, or under missing"
    )
