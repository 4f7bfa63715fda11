"""Unipark and EFS Survey (Tivian) exports → reading plan: disposition codes, test rows and signs of missing answers."""

import re
from collections.abc import Mapping
from dataclasses import replace

from instruments.sections.response_scale import MissingReason
from pipelines.readers.bind import bind_plan
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    first_row,
    has_headers,
    keys_by_header,
    refuse_stated_header_rows,
    revised,
    table_plan,
    with_signs,
    without_signs_that_are_answers,
)
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingPlan, Request, Role, fold
from pipelines.readers.structure import Question, QuestionKind

_NEEDED = ("lfdn", "external_lfdn", "tester", "dispcode")
_KEYS: Mapping[str, KeyName] = {
    "lfdn": "response_id", "tester": "status", "dispcode": "is_finished", "lastpage": "last_page",
    "duration": "response_seconds", "datetime": "started_at", "date_of_last_access": "ended_at",
}  # fmt: skip
_METADATA = re.compile(
    r"lfdn|external_lfdn|tester|dispcode|lastpage|quality|duration|browser|referer|device_type|"
    r"participant_(browser|browser_version|os|device|brand|model|isbot|continent|country|region|city|ip|host)|"
    r"quota|quota_assignment|quota_rejected_id|page_history|[hv]flip|output_mode|javascript|flash|session_id|language|"
    r"cleaned|ats|datetime|date_of_last_access|date_of_first_mail|ip_addr|host|codelink|dateofremind|dateofexpire"
)
_PERSONAL = re.compile(r"u_.*|ip_addr|host|participant_(ip|host)|referer|codelink|session_id|external_lfdn|p_\d{4}")
_TIMING = re.compile(r"rts\d+")
_PAGE_TIMES_AND_ORDER: Mapping[str, Role] = {"page_history": "display_order"}
_COMPLETE = frozenset({"31", "32", "completed", "completed after break", "beendet", "beendet nach unterbrechung"})
_SIGNS: Mapping[str, MissingReason] = {
    "0": "seen_unanswered", "-99": "seen_unanswered", "-77": "not_administered", "-66": "not_administered",
}  # fmt: skip
_ROLES: Mapping[QuestionKind, Role] = {"open_text": "open_text", "other_text": "other_text"}


class EfsReader:
    """Reader of Unipark and EFS Survey exports."""

    platform = "efs"

    def recognises(self, head: Head) -> bool:
        """Say whether the four columns that every result export begins with are there."""
        return has_headers(head, _NEEDED)

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        refuse_stated_header_rows(head, request, "EFS Survey", 1)
        plan = table_plan(head, request, self.platform, first_row(head))
        questions = request.structure.questions if request.structure else {}
        plan = revised(plan, lambda each: _as_efs(each, questions.get(each.name)))
        keys = keys_by_header(plan.columns, _KEYS)
        plan = replace(
            plan,
            layout="names",
            keys={**keys, "platform_disposition": keys["is_finished"]},
            test_statuses=frozenset({"1", "true", "yes", "ja"}),
            finished_texts=_COMPLETE,
            unreached="after_last_answer",
        )
        plan = with_signs(plan, _SIGNS)
        bound = _not_ticked(bind_plan(plan, head, request))
        return with_time_formats(without_signs_that_are_answers(bound, request, _SIGNS), head, request)


def _as_efs(column: PlannedColumn, question: Question | None) -> PlannedColumn:
    name = fold(column.name)
    role: Role = column.role
    if _METADATA.fullmatch(name) or name.startswith("u_"):
        role = "identifier" if name == "lfdn" else _PAGE_TIMES_AND_ORDER.get(name, "metadata")
    elif _TIMING.fullmatch(name):
        role = "timing"
    elif question is not None:
        role = _ROLES.get(question.kind, role)
    return replace(
        column,
        role=role,
        question=question,
        question_text=(question.text if question else "") or column.question_text,
        opt_outs={"-1": "technical"} if name == "duration" else {},
        is_personal_data=_PERSONAL.fullmatch(name) is not None or (question is not None and question.is_personal_data),
    )


def _not_ticked(plan: ReadingPlan) -> ReadingPlan:
    """Let 0 mean not ticked in the columns of a multiple choice's options, where it is no sign of a missing answer."""

    def change(column: PlannedColumn) -> PlannedColumn:
        if not column.option:
            return column
        opt_outs = {text: why for text, why in column.opt_outs.items() if text != "0"}
        return replace(column, opt_outs=opt_outs, ticked=frozenset({"1"}), unticked=frozenset({"0"}))

    return revised(plan, change)
