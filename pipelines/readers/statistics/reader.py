"""An SPSS or Stata file → reading plan: what each variable is, which codes are missing, which are ticks.

Put here what holds of both programs' files once they are opened; how they are opened is in ``statistics_file``.
"""

from collections.abc import Mapping
from dataclasses import replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import unique_names
from pipelines.readers.plan import Head, PlannedColumn, ReadingPlan, Request, Role, fold
from pipelines.readers.statistics.structure import missing_options
from pipelines.readers.structure import Question, QuestionKind, Structure, StructureColumn

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
        return bind_plan(plan, head, request)


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
        written="codes",
    )
    found = next((each for each in structure.columns if each.name == name), None)
    return column if found is None else _as_option(column, structure.questions[found.question], found)


def _as_option(column: PlannedColumn, multiple: Question, found: StructureColumn) -> PlannedColumn:
    """Make a variable the column of one option of a multiple response set."""
    own = column.question.options if column.question else ()
    valid = {fold(each.code) for each in own if each.reason is None}
    ticked = frozenset({fold(found.ticked)})
    return replace(
        column,
        role="multiple_choice_option",
        question=multiple,
        option=found.option,
        ticked=ticked,
        unticked=frozenset((valid | {"0"}) - ticked),
    )
