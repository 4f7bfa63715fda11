"""A small survey → SurveyXact's data set, structure and labels, in its three dialects and as a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.writers.delimited import delimited, write_workbook

DIALECTS: Mapping[str, tuple[str, str]] = {
    "tab_utf16": ("\t", "utf-16"), "semicolon_ansi": (";", "cp1252"), "comma_ansi": (",", "cp1252"),
}  # fmt: skip
STATES = ("new", "distributed", "partial", "completed", "excused")
NOT_CHOSEN, CHOSEN = "Ikke valgt", "Valgt"


@dataclass(frozen=True)
class Single:
    """A question with one answer: variable, text, value → label."""

    name: str
    text: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Multiple:
    """A question with any number of answers: value → label; the columns are numbered from 1, whatever the values."""

    name: str
    text: str
    labels: Mapping[str, str]

    @property
    def variables(self) -> list[str]:
        return [f"{self.name}_{number}" for number in range(1, len(self.labels) + 1)]


@dataclass(frozen=True)
class Open:
    """A question answered in words or, with another sub-type, by a number or a date."""

    name: str
    text: str
    sub_type: str = "String"


Asked = Single | Multiple | Open


@dataclass(frozen=True)
class Respondent:
    """One row: its state, and by question a value, ticked values or a text; absent where nothing was answered."""

    id: str
    state: str
    answers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    started: str = ""
    closed: str = ""
    email: str = ""


def dataset_rows(questions: Sequence[Asked], respondents: Sequence[Respondent], *, labels: bool = False) -> list:
    """Write the data set; SurveyXact writes 0 for every option that is not ticked, shown or not."""
    head = ["respondentid"]
    for question in questions:
        head += question.variables if isinstance(question, Multiple) else [question.name]
    head += [f"statoverall_{number}" for number in range(1, 6)] + ["starttime", "closetime", "email"]
    rows = [head]
    for each in respondents:
        cells = [each.id]
        for question in questions:
            cells += _cells(question, each.answers.get(question.name, ""), labels=labels)
        cells += [_tick(state == each.state, labels=labels) for state in STATES]
        rows.append([*cells, each.started, each.closed, each.email])
    return rows


def structure_rows(questions: Sequence[Asked]) -> list:
    """Write the structure, with the empty column at the end that SurveyXact leaves."""
    rows = [
        ["questionName", "variableName", "questionType", "subType", "questionText", "choiceValue", "choiceText", ""]
    ]
    for question in questions:
        if isinstance(question, Multiple):
            for variable, (value, label) in zip(question.variables, question.labels.items(), strict=True):
                rows.append([question.name, variable, "Closed", "Multiple", question.text, value, label, ""])
        else:
            kind = ("Closed", "Single") if isinstance(question, Single) else ("Open", question.sub_type)
            rows.append([question.name, question.name, *kind, question.text, "", "", ""])
    return rows


def label_rows(questions: Sequence[Asked]) -> list:
    """Write the labels, without headers."""
    rows = []
    for question in questions:
        if isinstance(question, Multiple):
            for variable in question.variables:
                rows += [[variable, "0", NOT_CHOSEN], [variable, "1", CHOSEN]]
        elif isinstance(question, Single):
            rows += [[question.name, value, label] for value, label in question.labels.items()]
    return rows


def write_bundle(
    folder: Path, questions: Sequence[Asked], respondents: Sequence[Respondent], dialect: str, *, labels: bool = False
) -> tuple[Path, Path, Path]:
    """Write dataset.csv, structure.csv and labels.csv; return their paths."""
    delimiter, encoding = DIALECTS[dialect]
    tables = {
        "dataset": dataset_rows(questions, respondents, labels=labels),
        "structure": structure_rows(questions),
        "labels": label_rows(questions),
    }
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_bytes(delimited(rows, delimiter, encoding))
    return folder / "dataset.csv", folder / "structure.csv", folder / "labels.csv"


def write_bundle_workbook(
    path: Path, questions: Sequence[Asked], respondents: Sequence[Respondent], *, widths: Sequence[int] = ()
) -> Path:
    """Write a workbook; with widths the data set is spread over sheets of that many columns after the id."""
    rows = dataset_rows(questions, respondents)
    data = {"Dataset": rows}
    if widths:
        data, start = {}, 1
        for number, width in enumerate((*widths, len(rows[0])), start=1):
            data[f"Dataset({number})"] = [[row[0], *row[start : start + width]] for row in rows]
            start += width
    return write_workbook(path, {"Labels": label_rows(questions), **data, "Structure": structure_rows(questions)})


def _cells(question: Asked, answer: str | tuple[str, ...], *, labels: bool) -> list[str]:
    if isinstance(question, Multiple):
        return [_tick(value in answer, labels=labels) for value in question.labels]
    if labels and isinstance(question, Single):
        return [question.labels.get(str(answer), "")]
    return [str(answer)]


def _tick(is_ticked: bool, *, labels: bool) -> str:
    if labels:
        return CHOSEN if is_ticked else NOT_CHOSEN
    return str(int(is_ticked))
