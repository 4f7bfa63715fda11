"""The words of an XLSForm: its types, the names of its columns in every dialect, its languages, its limits.

ODK, KoboToolbox and SurveyCTO write the same form with small differences. Put here what single cells mean; how rows
become questions is in ``kobo_structure``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.readers.files.definition_tables import Rows
from pipelines.readers.markup import without_markup
from pipelines.readers.plan import fold
from pipelines.readers.structure import Question, QuestionKind

KINDS: Mapping[str, QuestionKind] = {
    "select_one": "choice",
    "score__row": "choice",
    "select_multiple": "multiple_choice",
    "rank": "ranking",
    "rank__level": "ranking",
    "integer": "number",
    "int": "number",
    "decimal": "number",
    "range": "number",
    "text": "open_text",
    "string": "open_text",
    "time": "open_text",
    "comments": "open_text",
    "date": "date",
    "datetime": "date",
    "barcode": "code",
    "acknowledge": "code",
    "trigger": "code",
    "calculate": "embedded",
    "calculate_here": "embedded",
    "hidden": "embedded",
    **dict.fromkeys(
        (
            "note", "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username",
            "email", "audit", "caseid", "geopoint", "geotrace", "geoshape", "location", "start_geopoint",
            "background_audio", "image", "photo", "audio", "video", "file", "text_audit", "audio_audit",
            "speed_violations_count", "speed_violations_list", "speed_violations_audit", "device_info", "csv_external",
            "xml_external", "enum_audit", "sensor_statistic", "sensor_stream",
        ),
        "metadata",
    ),
}  # fmt: skip
PERSONAL_TYPES = frozenset(
    {
        "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit", "geopoint", "geotrace",
        "geoshape", "location", "start_geopoint", "background_audio", "image", "photo", "audio", "video", "file",
        "text_audit", "audio_audit",
    }
)  # fmt: skip
GROUP_BEGINS = frozenset({"begin_group", "begin_repeat", "begin_score", "begin_rank", "begin_kobomatrix"})
GROUP_ENDS = frozenset({"end_group", "end_repeat", "end_score", "end_rank", "end_kobomatrix"})
_SELECT = re.compile(
    r"(?:add )?(?P<kind>select[_ ]one(?:[_ ]external)?|select1|select[_ ]multiple|select[_ ]all[_ ]that[_ ]apply|rank)"
    r"(?P<file>[_ ]from[_ ]file)?(?: (?:from|prompt using))? (?P<list>\S+)(?P<other> or[_ ](?:specify[_ ])?other)?",
    re.IGNORECASE,
)
_ALIASES = {
    "relevance": "relevant",
    "list name": "list_name",
    "bind::relevant": "relevant",
    "bind::required": "required",
    "bind::constraint": "constraint",
    "control::appearance": "appearance",
    "kobo--score-choices": "score_choices",
}
_LABEL = re.compile(r"label(?:::?\s*(?P<language>.+))?", re.IGNORECASE)
_LANGUAGE_CODE = re.compile(r".*\(([A-Za-z]{2,3}(?:-[A-Za-z]+)?)\)")
_BETWEEN = re.compile(
    r"\(?\s*\.\s*(>=?)\s*(-?\d+(?:\.\d+)?)\s+and\s+\.\s*(<=?)\s*(-?\d+(?:\.\d+)?)\s*\)?", re.IGNORECASE
)
_LIMIT_OF_RANGE = re.compile(r"\b(start|end)\s*=\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class FormRow:
    """One row of a sheet.

    Attributes:
        cells: Name of the column in ODK's spelling → text, outer blanks cut.
        labels: Language → label without mark-up; the language is empty where the column names none.
        raw_labels: The same with mark-up.
    """

    cells: Mapping[str, str]
    labels: Mapping[str, str]
    raw_labels: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return a cell; empty when the sheet has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class FormType:
    """What the type column says.

    Attributes:
        name: Type in ODK's spelling, such as ``select_one``.
        choices: Name of the list of options; empty for other types.
        is_from_file: Whether the options are in a file of their own.
        has_other: Whether a field for other answers is added.
    """

    name: str
    choices: str = ""
    is_from_file: bool = False
    has_other: bool = False


@dataclass(frozen=True)
class Group:
    """A group that is open at a row.

    Attributes:
        name: Its name.
        label: Its title.
        kind: ``begin_group``, ``begin_repeat`` or ``begin_score`` …
        appearance: How it is shown.
        relevant: Its condition.
        choices: The list of options that its rows share, for Kobo's rating matrix.
    """

    name: str
    label: str
    kind: str
    appearance: str
    relevant: str
    choices: str


@dataclass(frozen=True)
class Placed:
    """A question with what its row says beside it.

    Attributes:
        question: The question.
        type: Its type.
        appearance: How it is shown.
        relevant: Its own condition, without those of the groups.
        groups: The groups around it, outermost first.
    """

    question: Question
    type: FormType
    appearance: str
    relevant: str
    groups: tuple[Group, ...]


def header_names(headers: Sequence[str]) -> list[str]:
    """Return the names of the columns in ODK's spelling."""
    folded = [fold(header.replace("\ufeff", "")) for header in headers]
    return [_ALIASES.get(name, name) for name in folded]


def form_rows(rows: Rows) -> list[FormRow]:
    """Read the rows below the headers; rows with neither type, list nor name are left out."""
    if not rows:
        return []
    names = header_names(rows[0])
    languages = {index: _language(rows[0][index]) for index in range(len(rows[0])) if _LABEL.fullmatch(names[index])}
    found: list[FormRow] = []
    for row in rows[1:]:
        texts = [row[index].strip() if index < len(row) else "" for index in range(len(names))]
        raw = {languages[index]: texts[index] for index in languages if texts[index]}
        labels = {language: without_markup(text) for language, text in raw.items()}
        cells = {name: text for name, text in zip(reversed(names), reversed(texts), strict=True) if text}
        if cells.keys() & {"type", "name", "value", "list_name"}:
            found.append(FormRow(cells, labels, raw))
    return found


def form_type(text: str) -> FormType:
    """Read a cell of the type column."""
    plain = " ".join(text.split())
    select = _SELECT.fullmatch(plain)
    if select is None:
        return FormType(re.sub(r"[ -]", "_", plain.lower()))
    kind = re.sub(r"[ _]", "_", select["kind"].lower())
    is_single = kind.startswith(("select_one", "select1"))
    name = "rank" if kind == "rank" else "select_one" if is_single else "select_multiple"
    is_from_file = bool(select["file"]) or kind.endswith("external")
    return FormType(name, select["list"], is_from_file, bool(select["other"]))


def limits(kind: str, row: FormRow) -> tuple[float | None, float | None]:
    """Return the smallest and largest number that a form lets through, where it says so plainly.

    A constraint with ``or`` lets further codes through, such as -999, and then states no limits.
    """
    if kind == "range":
        ends = {name: float(number) for name, number in _LIMIT_OF_RANGE.findall(row.text("parameters"))}
        return ends.get("start"), ends.get("end")
    between = _BETWEEN.fullmatch(row.text("constraint"))
    if between is None or kind not in ("integer", "int", "decimal"):
        return None, None
    step = 1 if kind != "decimal" else 0
    least, most = float(between[2]), float(between[4])
    return least + step * (between[1] == ">"), most - step * (between[3] == "<")


def is_yes(text: str) -> bool:
    """Say whether a cell such as ``required`` says yes; a condition does not."""
    return text.strip().lower() in ("yes", "true", "true()", "1")


def _language(header: str) -> str:
    match = _LABEL.fullmatch(fold(header.replace("\ufeff", "")))
    language = (match["language"] or "") if match else ""
    code = _LANGUAGE_CODE.fullmatch(language)
    return code[1].lower() if code else language
