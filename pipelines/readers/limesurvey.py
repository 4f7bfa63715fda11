"""LimeSurvey response exports → reading plan: headers as codes, as codes with texts, or as full texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import cell, unique_names
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Role

_KEY_OF_HEADER: dict[str, tuple[KeyName, ...]] = {
    "id": ("response_id",),
    "response id": ("response_id",),
    "submitdate": ("ended_at", "is_finished"),
    "date submitted": ("ended_at", "is_finished"),
    "startlanguage": ("language",),
    "start language": ("language",),
    "startdate": ("started_at",),
    "date started": ("started_at",),
    "interviewtime": ("response_seconds",),
    "total time": ("response_seconds",),
}
_DISTINCTIVE = frozenset(
    {
        "submitdate", "lastpage", "startlanguage", "date submitted", "last page", "start language", "date last action",
        "datestamp", "refurl",
    }
)  # fmt: skip
_PERSONAL = frozenset(
    {
        "ipaddr", "ip address", "refurl", "referrer url", "token", "access code", "firstname", "first name", "lastname",
        "last name", "email", "email address",
    }
)  # fmt: skip
_METADATA = frozenset(_KEY_OF_HEADER) | _DISTINCTIVE | _PERSONAL | {"seed"}
_ATTRIBUTE = re.compile(r"attribute_\d+")
_TIMING = re.compile(r"(Group time: .*|Question time: .*|groupTime\d*|questionTime\d*|\w+Time)")
_CODE = re.compile(r"[A-Za-z]\w*(?:\[[^\[\]]*\])*")
_CODE_AND_TEXT = re.compile(r"([A-Za-z]\w*(?:\[[^\[\]]*\])*)\. (.*)|([A-Za-z]\w*(?:\[[^\[\]]*\])*)\.$", re.DOTALL)
_LEAST_METADATA = 3
_LEAST_SHARE_OF_CODES = 0.8
_ANONYMISED_TIMES = ("1980-01-01 00:00:00", "1980-01-01 00:00", "1980-01-01")


@dataclass(frozen=True)
class _Heading:
    """One header, taken apart: the code, or the whole header when it has none, and the question's text."""

    code: str
    text: str


class LimeSurveyReader:
    """Reader of LimeSurvey CSV exports."""

    platform = "limesurvey"

    def recognises(self, head: Head) -> bool:
        """Say whether LimeSurvey's own columns, or headers made of codes with sub-question codes, are there."""
        headers = _header_texts(head)
        known = {header.lower() for header in headers} & _METADATA
        if len(known) >= _LEAST_METADATA and known & _DISTINCTIVE:
            return True
        filled = [header for header in headers if header]
        coded = [header for header in filled if _CODE_AND_TEXT.match(header) or _has_sub_question(header)]
        has_sub_questions = any(_has_sub_question(_heading(header).code) for header in coded)
        return has_sub_questions and len(coded) >= _LEAST_SHARE_OF_CODES * len(filled)

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        if request.source and request.source.header_rows not in (None, 1):
            raise ReadingError(head.file_name, "a LimeSurvey export has one header row; leave header_rows out")
        headings = [_heading(header) for header in _header_texts(head)]
        columns = _columns(headings)
        keys = _keys(headings, columns)
        plan = ReadingPlan(
            platform=self.platform,
            layout=_layout(headings),
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone="",
            header_rows=1,
            columns=columns,
            keys=keys,
            warnings=() if "is_finished" in keys else _NO_SUBMISSION_DATE,
        )
        return bind_plan(plan, head, request)


_NO_SUBMISSION_DATE = ("the export has no submission date, so it does not say who reached the end",)


def _header_texts(head: Head) -> list[str]:
    return [cell(head.rows[0], index) for index in range(len(head.rows[0]))]


def _heading(header: str) -> _Heading:
    parts = _CODE_AND_TEXT.fullmatch(header)
    if parts is None:
        return _Heading(header, "" if _CODE.fullmatch(header) else header)
    return _Heading(parts.group(1) or parts.group(3), (parts.group(2) or "").strip())


def _has_sub_question(code: str) -> bool:
    return "[" in code and _CODE.fullmatch(code) is not None


def _layout(headings: Sequence[_Heading]) -> str:
    questions = [each for each in headings if each.code and each.code.lower() not in _METADATA]
    with_text = [each for each in questions if each.text]
    if not with_text:
        return "codes"
    return "full_texts" if all(each.code == each.text for each in with_text) else "codes_and_texts"


def _columns(headings: Sequence[_Heading]) -> tuple[PlannedColumn, ...]:
    names = unique_names([heading.code for heading in headings])
    return tuple(
        PlannedColumn(
            position=position,
            name=name,
            source_id=heading.code or name,
            role=_role(heading.code),
            question_text=heading.text,
            opt_outs=dict.fromkeys(_ANONYMISED_TIMES, "redacted") if _is_submission_date(heading.code) else {},
            is_personal_data=heading.code.lower() in _PERSONAL or _ATTRIBUTE.fullmatch(heading.code) is not None,
        )
        for position, (name, heading) in enumerate(zip(names, headings, strict=True), start=1)
    )


def _role(code: str) -> Role:
    lower = code.lower()
    if not code:
        return "unknown"
    if lower in _METADATA or _ATTRIBUTE.fullmatch(code) or lower.startswith("filecount") or "[filecount]" in lower:
        return "metadata"
    if _TIMING.fullmatch(code):
        return "timing"
    return "other_text" if lower.endswith(("[other]", "comment]", "_other")) else "item"


def _is_submission_date(code: str) -> bool:
    return "is_finished" in _KEY_OF_HEADER.get(code.lower(), ())


def _keys(headings: Sequence[_Heading], columns: Sequence[PlannedColumn]) -> dict[KeyName, str]:
    keys: dict[KeyName, str] = {}
    for heading, column in zip(headings, columns, strict=True):
        for key in _KEY_OF_HEADER.get(heading.code.lower(), ()):
            keys.setdefault(key, column.name)
    return keys
