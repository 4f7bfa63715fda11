"""KoboToolbox, ODK Central and SurveyCTO exports → reading plan: submissions, or the repeats of one group as a table.

Put here the plan; columns are told in ``kobo_columns``, the form in ``kobo_structure``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from instruments.sections.response_scale import MissingReason
from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import cell, listed, unique_names
from pipelines.readers.kobo.columns import BETWEEN_CODES, TICKED, UNTICKED, KoboColumn, columns_of
from pipelines.readers.kobo.names import ENDS, KOBO, KOBO_OWN, ODK, OLD_KOBO, STARTS, SURVEYCTO, original_name
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, fold

_LEAST_OWN_NAMES = 3
_ODK_COMPANIONS = frozenset({"PARENT_KEY", "SubmissionDate", "SubmitterID", "instanceID", "formdef_version"})
_RESPONSE_IDS = ("_uuid", "KEY", "instanceID", "_id")
_PARENT_IDS = ("_submission__uuid", "PARENT_KEY", "_submission__id", "_parent_index")
_NO_PARENT = frozenset({"", "-1"})
_RECORDED = ("_submission_time", "SubmissionDate")
_STATUSES = ("_validation_status", "ReviewState", "review_status")
_ZONED_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})")
_UNZONED_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ][\d:.]+")
_REPETITION = re.compile(r".*/([^/\[\]]+)\[\d+\]")
_NOT_ASKED = "n/a"


class KoboReader:
    """Reader of KoboToolbox, ODK Central and SurveyCTO exports."""

    platform = "kobo"

    def recognises(self, head: Head) -> bool:
        """Say whether the platforms' own columns are there, or start and end with the zone that a device adds."""
        if head.container not in ("text", "workbook") or not head.rows:
            return False
        headers = [original_name(cell(head.rows[0], index)) for index in range(len(head.rows[0]))]
        names = set(headers)
        if names & KOBO_OWN and len(names & KOBO) >= _LEAST_OWN_NAMES:
            return True
        if "KEY" in names and names & _ODK_COMPANIONS and len(names & (ODK | {"instanceID"})) > 1:
            return True
        times = [headers.index(name) for name in ("start", "end") if name in names]
        below = [row[index].strip() for row in head.rows[1:] for index in times if index < len(row)]
        filled = [text for text in below if text]
        return len(times) == len(("start", "end")) and bool(filled) and all(map(_ZONED_TIME.fullmatch, filled))

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        if request.source and request.source.header_rows not in (None, 1):
            raise ReadingError(head.file_name, "a Kobo or ODK export has one header row; leave header_rows out")
        found = columns_of(head, request.structure)
        names = unique_names([column.header for column in found])
        is_child = _is_child(head, found)
        keys = _keys(found, names, is_child=is_child)
        is_old = any(column.name in OLD_KOBO for column in found)
        plan = ReadingPlan(
            platform=self.platform,
            layout=_layout(found, is_child=is_child),
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone=_time_zone(head, found, keys, names),
            header_rows=1,
            columns=tuple(
                _planned(column, name, position, is_old=is_old)
                for position, (column, name) in enumerate(zip(found, names, strict=True), start=1)
            ),
            keys=keys,
            repeated_block=_repeated_block(head, found) if is_child else "",
            warnings=_warnings(head, found, request, is_child=is_child),
        )
        return bind_plan(_without_labels_in_summaries(plan, head), head, request)


def _planned(column: KoboColumn, name: str, position: int, *, is_old: bool) -> PlannedColumn:
    question = column.question
    blank: MissingReason = "not_administered" if question is not None and question.is_required else "unknown_blank"
    planned = PlannedColumn(
        position=position,
        name=name,
        source_id=question.id if question and not column.is_summary else column.name or name,
        role="metadata" if column.is_summary else column.role,
        question_text=question.text if question else "",
        opt_outs={_NOT_ASKED: blank} if is_old and question is not None else {},
        blank_means=blank,
        is_personal_data=column.is_personal_data,
        question=None if column.is_summary else question,
    )
    if column.option:
        return replace(planned, option=column.option, ticked=TICKED, unticked=UNTICKED)
    is_several = question is not None and question.kind == "multiple_choice"
    return replace(planned, separator=BETWEEN_CODES) if is_several else planned


def _is_child(head: Head, found: Sequence[KoboColumn]) -> bool:
    """Say whether rows belong to rows of another table; old exports have the columns for it in the main one too."""
    names = [column.name for column in found]
    if any(name.startswith("_submission__") or name == "PARENT_KEY" for name in names):
        return True
    if "_parent_index" not in names:
        return False
    index = names.index("_parent_index")
    return any(cell(row, index) not in _NO_PARENT for row in head.rows[1:])


def _keys(found: Sequence[KoboColumn], names: Sequence[str], *, is_child: bool) -> dict[KeyName, str]:
    """Return the columns of the keys; whoever has a time of submission has finished, as only whole forms are sent."""
    places = {column.name: name for column, name in zip(reversed(found), reversed(names), strict=True)}
    kinds = {
        column.question.text: name
        for column, name in zip(found, names, strict=True)
        if column.question is not None and column.question.kind == "metadata"
    }

    def first(*wanted: str) -> str:
        return next((places[name] for name in wanted if name in places), "")

    if is_child:
        keys: dict[KeyName, str] = {"response_id": first(*_PARENT_IDS), "repeat_instance": first("_index")}
    else:
        ended = kinds.get("end", "") or first(*ENDS)
        keys = {
            "response_id": first(*_RESPONSE_IDS),
            "started_at": kinds.get("start", "") or first(*STARTS),
            "ended_at": ended,
            "recorded_at": first(*_RECORDED),
            "response_seconds": first("_duration"),
            "is_finished": first(*_RECORDED) or ended,
            "status": first(*_STATUSES),
        }
    return {key: name for key, name in keys.items() if name}


def _layout(found: Sequence[KoboColumn], *, is_child: bool) -> str:
    names = {column.name for column in found}
    family = "surveycto" if names & SURVEYCTO else "odk" if "KEY" in names else "kobo"
    spellings = {column.spelling for column in found}
    after_r = any(column.header != column.name for column in found if not column.name.startswith("instance"))
    how = "_labels" if "label" in spellings else "_r_names" if after_r or "r_name" in spellings else ""
    return f"{family}_{'repeats' if is_child else 'submissions'}{how}"


def _time_zone(head: Head, found: Sequence[KoboColumn], keys: Mapping[KeyName, str], names: Sequence[str]) -> str:
    """Return UTC where times of the device state their own zone: those of the server state none and are in UTC."""
    places = [names.index(keys[key]) for key in ("started_at", "ended_at") if key in keys]
    texts = [cell(row, index) for row in head.rows[1:] for index in places]
    is_server_time = any(column.name == "_submission_time" for column in found)
    return "UTC" if is_server_time and not any(map(_UNZONED_TIME.fullmatch, texts)) else ""


def _repeated_block(head: Head, found: Sequence[KoboColumn]) -> str:
    """Return the name of the group that a child table repeats: as the form says, or as ODK's keys spell it."""
    blocks = [column.question.repeated_block for column in found if column.question is not None]
    if any(blocks):
        return next(block for block in reversed(blocks) if block)
    places = [index for index, column in enumerate(found) if column.name == "KEY"]
    matches = [_REPETITION.fullmatch(cell(row, index)) for row in head.rows[1:] for index in places]
    return next((match[1] for match in matches if match), "")


def _without_labels_in_summaries(plan: ReadingPlan, head: Head) -> ReadingPlan:
    """Warn of summaries whose cells are labels, since blanks inside labels cannot be told from those between them."""
    unclear: list[str] = []
    for column in plan.columns:
        if not column.separator or column.question is None or not column.question.options:
            continue
        texts = {fold(cell(row, column.position - 1)) for row in head.rows[1:]} - {"", _NOT_ASKED}
        codes = {fold(option.code) for option in column.question.options}
        if any(code not in codes for text in texts for code in text.split(column.separator)):
            unclear.append(column.name)
    if not unclear:
        return plan
    message = (
        f"cells hold options that the form does not list by these codes: {listed(unclear)}; export XML values with one "
        "column an option, and give the form of the same version"
    )
    return replace(plan, warnings=(*plan.warnings, message))


def _warnings(head: Head, found: Sequence[KoboColumn], request: Request, *, is_child: bool) -> tuple[str, ...]:
    warnings = list(request.structure.warnings) if request.structure else []
    strangers = [column.header for column in found if column.role == "unknown" and column.header]
    if strangers:
        warnings.append(f"the form does not know these columns, perhaps from another version: {listed(strangers)}")
    asked = [column.header for index, column in enumerate(found) if _is_divided_consent(head, index, column)]
    if asked:
        warnings.append(
            f"rows differ in whether they consent: {listed(asked)}; leave those out that do not, with the source's only"
        )
    if is_child:
        warnings += _child_warnings(head, found)
    return tuple(warnings)


def _is_divided_consent(head: Head, index: int, column: KoboColumn) -> bool:
    if "consent" not in column.name.lower() or column.role != "item" or column.option:
        return False
    return len({fold(cell(row, index)) for row in head.rows[1:]} - {""}) > 1


def _child_warnings(head: Head, found: Sequence[KoboColumn]) -> list[str]:
    names = [column.name for column in found]
    if "PARENT_KEY" in names:
        parents = [cell(row, names.index("PARENT_KEY")) for row in head.rows[1:]]
        if any("/" in parent for parent in parents):
            return ["the rows repeat within a repeat: PARENT_KEY names the outer repetition, not the response"]
    elif not {"_submission__uuid", "_submission__id"} & set(names):
        return ["rows name their response by its _index only: give identifiers.response_id: _index to the other source"]
    return []
