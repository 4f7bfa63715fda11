"""An SPSS or Stata file → reading plan: what each variable is, which codes are missing, which labels mean which code.

Put here what holds of both programs' files once they are opened; how they are opened is in ``statistics_file``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import listed, unique_names
from pipelines.readers.plan import Head, PlannedColumn, ReadingError, ReadingPlan, Request, Role, fold
from pipelines.readers.statistics_structure import missing_options
from pipelines.readers.structure import Option, Question, QuestionKind, Structure

_ROLES: Mapping[QuestionKind, Role] = {
    "choice": "item",
    "number": "item",
    "date": "item",
    "code": "item",
    "open_text": "open_text",
    "metadata": "metadata",
    "timing": "timing",
    "weight": "weight",
}


class StatisticsReader:
    """Reader of the files of one statistics program.

    Attributes:
        platform: ``spss`` or ``stata``, which is also the container of its files.
    """

    def __init__(self, platform: str) -> None:
        self.platform = platform

    def recognises(self, head: Head) -> bool:
        """Say whether the file came in the program's own format."""
        return head.container == self.platform

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan from the file's own labels.

        Raises:
            ReadingError: When required items have no column, or labels and instrument contradict each other.
        """
        structure = head.structure or Structure(self.platform, "", "", {})
        names = unique_names(head.rows[0])
        plan = ReadingPlan(
            platform=self.platform,
            layout="labelled_variables",
            encoding=head.encoding,
            delimiter="",
            decimal=".",
            time_zone="",
            header_rows=1,
            columns=tuple(_column(position, name, structure) for position, name in enumerate(names, start=1)),
            keys={},
        )
        return with_meanings_of_labels(bind_plan(plan, head, request), head.file_name)


def with_meanings_of_labels(plan: ReadingPlan, file_name: str) -> ReadingPlan:
    """Take codes as their labels mean them, where the labels are those of the instrument.

    A file may number the same options otherwise than the instrument does, so that a code alone would be misread.

    Raises:
        ReadingError: When two codes of a file come to the same point of the response scale.
    """
    matched = [_by_label(column, file_name) for column in plan.columns]
    renumbered = [each.column.name for each in matched if each.is_renumbered]
    unmatched = [each.column.name for each in matched if each.has_unknown_labels]
    warnings = list(plan.warnings)
    if renumbered:
        warnings.append(f"codes are other than the instrument's and are taken by their labels in {listed(renumbered)}")
    if unmatched:
        what_to_do = "their codes are taken as they stand: compare them, or add the labels under also"
        warnings.append(f"labels that the instrument does not know stand in {listed(unmatched)}; {what_to_do}")
    return replace(plan, columns=tuple(each.column for each in matched), warnings=tuple(warnings))


@dataclass(frozen=True)
class _Matched:
    """A column after its labels were compared with the instrument's."""

    column: PlannedColumn
    is_renumbered: bool = False
    has_unknown_labels: bool = False


def _column(position: int, name: str, structure: Structure) -> PlannedColumn:
    question = structure.questions.get(name, Question(name, "", "unknown"))
    column = PlannedColumn(
        position=position,
        name=name,
        source_id=name,
        role=_ROLES.get(question.kind, "unknown"),
        question_text=question.text,
        opt_outs=missing_options(question),
        is_personal_data=question.is_personal_data,
        question=question,
    )
    for multiple in structure.questions.values():
        for option in multiple.options:
            if multiple.kind == "multiple_choice" and option.code == name:
                return _as_option(column, multiple, option)
    return column


def _as_option(column: PlannedColumn, multiple: Question, option: Option) -> PlannedColumn:
    """Make a variable the column of one option of a multiple response set."""
    ticked = frozenset(map(fold, option.also))
    own = column.question.options if column.question else ()
    valid = {fold(each.code) for each in own if each.reason is None}
    return replace(
        column,
        role="multiple_choice_option",
        question=multiple,
        option=option.code,
        ticked=ticked,
        unticked=frozenset((valid | {"0"}) - ticked),
    )


def _by_label(column: PlannedColumn, file_name: str) -> _Matched:
    if column.kind != "choice" or column.question is None:
        return _Matched(column)
    codes = {text: code for text, code in column.codes.items() if text not in column.opt_outs}
    opt_outs = dict(column.opt_outs)
    options = [option for option in column.question.options if option.reason is None]
    unknown: list[Option] = []
    is_renumbered = False
    for option in options:
        text, label = fold(option.code), fold(option.label)
        if label in column.opt_outs:
            codes.pop(text, None)
            opt_outs[text] = column.opt_outs[label]
        elif label in column.codes:
            is_renumbered |= column.codes.get(text) != column.codes[label]
            codes[text] = column.codes[label]
        elif label:
            unknown.append(option)
    _refuse_shared(codes, options, column, file_name)
    return _Matched(replace(column, codes=codes, opt_outs=opt_outs), is_renumbered, bool(unknown))


def _refuse_shared(codes: Mapping[str, int], options: list[Option], column: PlannedColumn, file_name: str) -> None:
    """Refuse two codes of the file that mean the same point."""
    used = Counter(codes[fold(option.code)] for option in options if fold(option.code) in codes)
    shared = [code for code, times in used.items() if times > 1]
    if shared:
        raise ReadingError(
            file_name,
            f"in {column.name} two codes of the file come to the code {shared[0]} of the instrument, one by its label; "
            "correct the labels of the file, or those of the instrument",
        )
