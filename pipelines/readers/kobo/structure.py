"""XLSForms of KoboToolbox, ODK and SurveyCTO → structure: a workbook, or its sheets as two or three CSV files."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.readers.files.definition_tables import (
    Rows,
    first_headers,
    is_workbook,
    rows_of_sheets,
    rows_of_text,
    sheet_names,
)
from pipelines.readers.headers import listed
from pipelines.readers.kobo.batteries import with_batteries
from pipelines.readers.kobo.options import lists_of_options, odd_codes
from pipelines.readers.kobo.xlsform import (
    GROUP_BEGINS,
    GROUP_ENDS,
    KINDS,
    PERSONAL_TYPES,
    FormRow,
    FormType,
    Group,
    Placed,
    form_rows,
    form_type,
    header_names,
    is_yes,
    limits,
)
from pipelines.readers.personal_names import identifies
from pipelines.readers.plan import ReadingError, fold
from pipelines.readers.structure import Option, Question, Structure
from pipelines.readers.structure_file import StructureFile

_SHEETS = ("survey", "choices", "settings")
_OTHER_SUFFIX = "_other"
_CONDITION = re.compile(r"(?:selected\(\s*)?\$\{(\w+)\}\s*(?:,|=)\s*['\"]?([^'\"()]+?)['\"]?\s*\)?")
_SPECIAL_NUMBER = re.compile(r"\.\s*=\s*(-(?:999|998|888|777|666|99|98|97|88|77|66))\b")


class KoboStructureReader:
    """Reader of XLSForms."""

    platform = "kobo"

    def recognises(self, files: Sequence[StructureFile]) -> bool:
        """Say whether a workbook has the sheets of an XLSForm, or text files have their headers."""
        if len(files) == 1 and is_workbook(files[0].content):
            return "survey" in {name.strip().lower() for name in sheet_names(files[0].content)}
        kinds = [_kind_of_text(file.content) for file in files]
        return all(kinds) and kinds.count("survey") == 1 and len(set(kinds)) == len(kinds)

    def read(self, files: Sequence[StructureFile]) -> Structure:
        """Read the form.

        Raises:
            ReadingError: When a sheet is damaged or lacks its columns, or options are missing.
        """
        sheets = _sheets(files)
        name = files[0].name
        survey, choices = form_rows(sheets["survey"]), form_rows(sheets.get("choices", []))
        settings = next(iter(form_rows_of_settings(sheets.get("settings", []))), {})
        if not any(row.text("type") for row in survey):
            raise ReadingError(name, "expected questions in the sheet survey, found none; download the form again")
        language = _first_language(survey, settings.get("default_language", ""))
        options = lists_of_options(choices, language)
        placed, warnings = _Form(language, options).placed(survey)
        _refuse_missing_lists(name, placed, options)
        questions = {each.question.id: each.question for each in with_batteries(_with_other_texts(_with_ids(placed)))}
        return Structure(
            platform=self.platform,
            title=settings.get("form_title", ""),
            language=language or fold(settings.get("default_language", "")),
            questions=questions,
            warnings=(*warnings, *odd_codes(options, placed), *_special_numbers(survey)),
        )


def form_rows_of_settings(rows: Rows) -> list[dict[str, str]]:
    """Read the sheet settings, which has one row."""
    if len(rows) < 2:  # noqa: PLR2004
        return []
    return [dict(zip(header_names(rows[0]), map(str.strip, row), strict=False)) for row in rows[1:]]


def _kind_of_text(content: bytes) -> str:
    """Return which sheet of an XLSForm a text file holds, or nothing."""
    for headers in first_headers(content):
        names = set(header_names(headers))
        has_label = any(name.startswith("label") for name in names)
        if {"type", "name"} <= names and has_label and "list_name" not in names:
            return "survey"
        if "list_name" in names and names & {"name", "value"} and has_label:
            return "choices"
        if {"form_id", "form_title"} & names and "type" not in names:
            return "settings"
    return ""


def _sheets(files: Sequence[StructureFile]) -> Mapping[str, Rows]:
    if is_workbook(files[0].content):
        return rows_of_sheets(files[0], _SHEETS)
    return {_kind_of_text(file.content): rows_of_text(file) for file in files}


def _first_language(survey: Sequence[FormRow], default: str) -> str:
    """Return the language of the first labels; the default one where the form has labels in it."""
    languages = list(dict.fromkeys(language for row in survey for language in row.labels))
    wanted = [language for language in languages if language and fold(default).startswith(fold(language))]
    named = re.fullmatch(r".*\(([A-Za-z]{2,3})\)", default)
    wanted += [language for language in languages if named and language == named[1].lower()]
    return next(iter([*wanted, *languages]), "")


def label_in(labels: Mapping[str, str], language: str) -> str:
    """Return a label in a language, else in the first one that there is."""
    return labels.get(language) or next(iter(labels.values()), "")


class _Form:
    """The rows of one form, read from top to bottom."""

    def __init__(self, language: str, options: Mapping[str, tuple[Option, ...]]) -> None:
        self._language = language
        self._options = options

    def placed(self, survey: Sequence[FormRow]) -> tuple[list[Placed], list[str]]:
        """Read every row that is a question; return them, and what could not be understood."""
        groups: list[Group] = []
        found: list[Placed] = []
        unknown: list[str] = []
        for row in survey:
            kind = form_type(row.text("type"))
            if is_yes(row.text("disabled")):
                continue
            if kind.name in GROUP_BEGINS:
                groups.append(self._group(kind, row))
            elif kind.name in GROUP_ENDS:
                groups = groups[:-1]
            elif row.text("name") and kind.name:
                found += self._with_other(self._place(kind, row, tuple(groups)))
                unknown += [row.text("type")] if kind.name not in KINDS else []
        warnings = [f"types that are not known: {listed(list(dict.fromkeys(unknown)))}"] if unknown else []
        return found, warnings

    def _group(self, kind: FormType, row: FormRow) -> Group:
        return Group(
            name=row.text("name"),
            label=label_in(row.labels, self._language),
            kind=kind.name,
            appearance=row.text("appearance"),
            relevant=row.text("relevant"),
            choices=row.text("score_choices"),
        )

    def _place(self, kind: FormType, row: FormRow, groups: tuple[Group, ...]) -> Placed:
        name = row.text("name")
        shared = groups[-1].choices if groups and kind.name == "score__row" else kind.choices
        is_fixed = "search(" not in row.text("appearance") and not kind.is_from_file
        conditions = [each for each in (*(group.relevant for group in groups), row.text("relevant")) if each]
        least, most = limits(kind.name, row)
        question_kind = KINDS.get(kind.name, "unknown")
        question = Question(
            id=name,
            text=label_in(row.labels, self._language) or (kind.name if question_kind == "metadata" else ""),
            kind=question_kind if is_fixed or question_kind != "choice" else "code",
            options=self._options.get(shared, ()) if is_fixed else (),
            section=next((group.label or group.name for group in reversed(groups)), ""),
            shown_if=conditions[0] if len(conditions) == 1 else " and ".join(f"({each})" for each in conditions),
            is_required=is_yes(row.text("required")),
            is_personal_data=kind.name in PERSONAL_TYPES,
            least=least,
            most=most,
            texts={language: text for language, text in row.labels.items() if language},
            path="/".join((*(group.name for group in groups), name)),
            repeated_block=next((group.name for group in reversed(groups) if group.kind == "begin_repeat"), ""),
        )
        question = replace(question, is_personal_data=question.is_personal_data or identifies(question))
        return Placed(question, replace(kind, choices=shared), row.text("appearance"), row.text("relevant"), groups)

    @staticmethod
    def _with_other(placed: Placed) -> list[Placed]:
        """Add the option and the field that ``or_other`` stands for."""
        if not placed.type.has_other:
            return [placed]
        question = placed.question
        text = replace(
            question, id=question.id + _OTHER_SUFFIX, kind="other_text", options=(), path=question.path + _OTHER_SUFFIX
        )
        with_option = replace(question, options=(*question.options, Option("other", "Other")))
        return [replace(placed, question=with_option), Placed(text, FormType("text"), "", "", placed.groups)]


def _with_ids(placed: Sequence[Placed]) -> list[Placed]:
    """Give questions in different groups that share a name their path as id."""
    times = Counter(each.question.id for each in placed)
    return [
        replace(each, question=replace(each.question, id=each.question.path)) if times[each.question.id] > 1 else each
        for each in placed
    ]


def _with_other_texts(placed: Sequence[Placed]) -> list[Placed]:
    """Mark texts that are asked only after an option such as "Other (specify)"."""
    labels = {
        (each.question.id, option.code): fold(option.label) for each in placed for option in each.question.options
    }
    found: list[Placed] = []
    for each in placed:
        condition = _CONDITION.fullmatch(each.relevant)
        label = labels.get((condition[1], condition[2].strip()), "") if condition else ""
        is_other = each.question.kind == "open_text" and label.startswith(("other", "andet", "autre", "otro"))
        found.append(replace(each, question=replace(each.question, kind="other_text")) if is_other else each)
    return found


def _refuse_missing_lists(name: str, placed: Sequence[Placed], options: Mapping[str, tuple[Option, ...]]) -> None:
    wanted = {each.type.choices for each in placed if each.type.choices and not each.type.is_from_file}
    absent = sorted(wanted - set(options))
    if absent:
        message = f"the form uses lists of options that its choices lack: {listed(absent)}; give the sheet choices too"
        raise ReadingError(name, message)


def _special_numbers(survey: Sequence[FormRow]) -> list[str]:
    """Warn of numbers outside the range that a form lets through, which may stand for no answer."""
    found = {row.text("name"): _SPECIAL_NUMBER.findall(row.text("constraint")) for row in survey}
    special = {name: codes for name, codes in found.items() if codes}
    if not special:
        return []
    codes = sorted({code for each in special.values() for code in each})
    return [
        f"these numbers may also be {', '.join(codes)}, and the form does not say what that means: "
        f"{listed(list(special))}; if it means no answer, give the reason under missing"
    ]
