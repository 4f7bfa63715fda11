"""SurveyXact's structure and labels, as text files or sheets → the definition of a survey.

Put here what these two tables mean, in whichever of their dialects; how a data set is read is in ``surveyxact``.
"""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipelines.readers.files.head import csv_rows
from pipelines.readers.plan import ReadingError, fold
from pipelines.readers.structure import Option, Question, QuestionKind, Structure
from pipelines.readers.structure_file import StructureFile

TICKED = frozenset(
    {"1", "valgt", "vald", "valt", "selected", "chosen", "checked", "ausgewählt", "gewählt", "sélectionné", "valittu"}
)
NOT_TICKED = frozenset(
    {
        "0", "ikke valgt", "ikkje valgt", "ikkje vald", "ej valgt", "inte vald", "inte valt", "ej vald", "not selected",
        "not chosen", "not checked", "unchecked", "nicht ausgewählt", "nicht gewählt", "non sélectionné", "ei valittu",
    }
)  # fmt: skip
OF_AN_OPTION = re.compile(r"(.+)_(\d+)")
SYSTEM = re.compile(
    r"stat(internal|completion|creation|distribution|source|collect|overall|[icdso])_\d+|survey|organi[sz]a(tion)?|"
    r"created|modified|starttim(e)?|closetim(e)?|difftime|response(collectsessions)?|numberof(returnedmail)?|"
    r"importgr(oup)?|distribu(tionschedule)?|digitald(istribution(status|errormessage))?|responde(ntid)?|respondentkey"
)
_COLUMNS = ("questionname", "variablename", "questiontype", "subtype", "questiontext", "choicevalue", "choicetext")
_KINDS: Mapping[str, QuestionKind] = {
    "single": "choice", "multiple": "multiple_choice", "string": "open_text", "double": "number", "date": "date",
}  # fmt: skip
_BETWEEN_STEM_AND_ROW = " - "
_NAME = re.compile(r"[^\W\d]\w*")
_WHOLE = re.compile(r"-?\d+")
_NO_LABELS = "there are no labels, so the answer options are not known; give labels.csv too"
_NO_STRUCTURE = "there is no structure, so the texts of the questions are not known; give structure.csv too"
_CELLS_OF_A_LABEL = 3
_START = 200_000


@dataclass(frozen=True)
class Tables:
    """The tables that define a survey.

    Attributes:
        structure: One row a variable: its cells under the names of ``_COLUMNS``.
        labels: Variable → value → label.
        described: Variable → description, where a workbook has a sheet of variables and no structure.
    """

    structure: Sequence[Mapping[str, str]] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    described: Mapping[str, str] = field(default_factory=dict[str, str])


class SurveyXactStructureReader:
    """Reader of ``structure.csv`` and ``labels.csv``: either, or both, in any of three dialects."""

    platform = "surveyxact"

    def recognises(self, files: Sequence[StructureFile]) -> bool:
        """Say whether every file is a table of the structure or of labels."""
        texts = [_decoded(file.content[:_START]) for file in files]
        return any(map(str.strip, texts)) and all(_rows(text, is_start=True) for text in texts if text.strip())

    def read(self, files: Sequence[StructureFile]) -> Structure:
        """Read the definition.

        Raises:
            ReadingError: When a file cannot be cut into cells, or two files are of the same kind.
        """
        tables = Tables()
        for file in files:
            text = _decoded(file.content)
            if not text.strip():
                continue
            rows = _rows(text)
            if not rows:
                raise ReadingError(file.name, "the rows cannot be cut into cells; export it from SurveyXact again")
            part = "structure" if is_structure(rows) else "labels"
            if getattr(tables, part):
                raise ReadingError(file.name, f"expected one file of the {part}, found two; keep the newer one")
            content = structure_rows(rows) if part == "structure" else labels_by_variable(rows)
            tables = replace(tables, **{part: content})
        return structure_of(tables)


def structure_of_sheets(sheets: Mapping[str, Sequence[Sequence[str]]]) -> Structure:
    """Read the definition from the sheets ``Structure``, ``Labels`` and ``Variables`` of a workbook, as far as there.

    Args:
        sheets: Name → rows of text cells.
    """
    structure, labels = sheets.get("Structure", ()), sheets.get("Labels", ())
    return structure_of(
        Tables(
            structure=structure_rows(structure) if is_structure(structure) else (),
            labels=labels_by_variable(labels) if is_labels(labels) else {},
            described={row[0].strip(): _line(row[1]) for row in sheets.get("Variables", ())[1:] if len(row) > 1},
        )
    )


def is_structure(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a table has the headers of SurveyXact's structure."""
    return bool(rows) and tuple(fold(text) for text in rows[0][: len(_COLUMNS)]) == _COLUMNS


def is_labels(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a table has no headers and in every row a variable, a whole number and its label."""
    filled = [row for row in rows if any(row)]
    return bool(filled) and all(
        len(row) >= _CELLS_OF_A_LABEL
        and _NAME.fullmatch(row[0].strip()) is not None
        and _WHOLE.fullmatch(row[1].strip()) is not None
        and not any(row[_CELLS_OF_A_LABEL:])
        for row in filled
    )


def structure_rows(rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """Name the cells of the structure's rows; the extra empty column and blank rows are left out."""
    named = [{str(name): _line(text) for name, text in zip(_COLUMNS, row, strict=False)} for row in rows[1:]]
    return [row for row in named if row.get("variablename")]


def labels_by_variable(rows: Sequence[Sequence[str]]) -> dict[str, dict[str, str]]:
    """Collect the labels: variable → value → label in one line."""
    labels: dict[str, dict[str, str]] = {}
    for row in rows:
        if any(row):
            labels.setdefault(row[0].strip(), {})[row[1].strip()] = _line(row[2])
    return labels


def structure_of(tables: Tables) -> Structure:
    """Put the definition together from the tables there are."""
    questions: dict[str, Question] = {}
    for row in tables.structure:
        _add(questions, row, tables.labels)
    known = {row["variablename"] for row in tables.structure}
    for variable, labels in tables.labels.items():
        if variable not in known:
            _add(questions, _row_of_labels(variable, labels, tables.described), tables.labels)
    for variable, text in tables.described.items():
        if variable not in known and variable not in tables.labels:
            questions.setdefault(variable, Question(variable, text, _kind_of_system(variable) or "unknown"))
    warnings = () if tables.labels else (_NO_LABELS,)
    if not tables.structure and not tables.described:
        warnings = (*warnings, _NO_STRUCTURE)
    return Structure("surveyxact", "", "", _in_batteries(questions), warnings=warnings)


def _add(questions: dict[str, Question], row: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]) -> None:
    """Add a variable: a question of its own, or one option of a multiple choice."""
    name, text = row["variablename"], row.get("questiontext", "")
    kind = _kind_of_system(name) or _KINDS.get(fold(row.get("subtype", "")), "unknown")
    if kind == "multiple_choice":
        question = questions.setdefault(row["questionname"], Question(row["questionname"], text, kind))
        number = OF_AN_OPTION.fullmatch(name)
        code = row.get("choicevalue") or (number.group(2) if number else name)
        option = Option(code, row.get("choicetext", ""), also=(name,))
        questions[question.id] = replace(question, options=(*question.options, option))
        return
    is_background = "background" in fold(row.get("questiontype", ""))
    options = tuple(Option(value, label) for value, label in labels.get(name, {}).items())
    questions[name] = Question(
        name, text, "embedded" if is_background else kind, options=options, is_personal_data=is_background
    )


def _row_of_labels(variable: str, labels: Mapping[str, str], described: Mapping[str, str]) -> dict[str, str]:
    """Write the row that the structure would have for a variable of which only labels are known."""
    number = OF_AN_OPTION.fullmatch(variable)
    is_option = number is not None and fold(labels.get("0", "")) in NOT_TICKED
    return {
        "questionname": number.group(1) if number and is_option else variable,
        "variablename": variable,
        "subtype": "multiple" if is_option else "single",
        "questiontext": described.get(variable, ""),
    }


def _kind_of_system(variable: str) -> QuestionKind | None:
    return "metadata" if SYSTEM.fullmatch(variable.lower()) else None


def _in_batteries(questions: Mapping[str, Question]) -> dict[str, Question]:
    """Tell the text above a matrix from its rows: neighbours with equal options whose texts begin alike.

    SurveyXact writes ``stem - row`` as the text of every row.
    """
    stems: dict[str, str] = {}
    for one, other in pairwise(questions.values()):
        if one.kind == other.kind == "choice" and one.options and one.options == other.options:
            shared = max(_stems(one.text) & _stems(other.text), key=len, default="")
            for each in (one, other):
                stems[each.id] = max(stems.get(each.id, ""), shared, key=len)
    battery_of: dict[str, str] = {}
    found: dict[str, Question] = {}
    for name, question in questions.items():
        stem = stems.get(name, "")
        if stem:
            row = question.text.removeprefix(stem).removeprefix(_BETWEEN_STEM_AND_ROW).strip()
            question = replace(question, stem=stem, text=row, battery=battery_of.setdefault(stem, name))  # noqa: PLW2901
        found[name] = question
    return found


def _stems(text: str) -> set[str]:
    places = [match.start() for match in re.finditer(_BETWEEN_STEM_AND_ROW, text)]
    return {text[:place] for place in places if place}


def _line(text: str) -> str:
    """Return a text in one line: labels may hold line breaks and blanks at the end."""
    return " ".join(text.split())


def _decoded(content: bytes) -> str:
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    marked = [encoding for mark, encoding in marks if content.startswith(mark)]
    for encoding in marked or ["utf-8", "cp1252"]:
        try:
            return codecs.getincrementaldecoder(encoding)(errors="strict").decode(content, final=False)
        except UnicodeError:
            continue
    return ""


def _rows(text: str, *, is_start: bool = False) -> list[list[str]]:
    """Cut a text into rows with the first separator that makes it a table of either kind; none when no one does.

    Args:
        text: The text.
        is_start: Whether it is only the beginning of a file, so that its last row may be cut.
    """
    for delimiter in "\t;,":
        rows: list[list[str]] = []
        try:
            rows.extend(csv_rows(io.StringIO(text, newline=""), delimiter))
        except csv.Error:
            if not is_start:
                continue
        whole = rows[:-1] if is_start and len(rows) > 1 else rows
        if is_structure(whole) or is_labels(whole):
            return rows
    return []
