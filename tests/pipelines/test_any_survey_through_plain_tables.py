"""Any survey that is drawn, written as platforms write it that have no definition, is stored as it was drawn.

SoSci, EFS, SurveyMonkey, Microsoft Forms, Google Forms and Enalyzer. The writers share nothing with the readers.
"""

import io
from collections.abc import Callable, Mapping, Sequence

import openpyxl
import pytest

from tests.drawn_surveys import QUICK, SEEN, THOROUGH, Answered, Form, Make, Survey, held, ids, is_of_windows, number
from tests.received import Delivery
from tests.writers import efs, forms, sosci, surveymonkey
from tests.writers.delimited import delimited

NOT_SHOWN = "not_administered"
MOMENTS = ("2026-03-14 09:00:00", "2026-03-14 09:08:30")


def options(survey: Survey) -> dict[int, str]:
    """Name a column an option, by code."""
    return {code: f"several_{code:02}" for code in range(1, len(survey.labels) + 1)}


def codes(survey: Survey, each: Answered, ticks: tuple[str, str], blank: Mapping[str, str]) -> dict[str, str]:
    """Write a response in codes.

    Args:
        survey: The survey.
        each: The response.
        ticks: Cells of options that are not ticked and ticked.
        blank: Item → cell where it was not answered.
    """
    cells = {"single": str(each.single or ""), "hours": number(each.hours), "day": each.day or "", "text": each.text}
    cells |= {
        name: blank["several"] if each.several is None else ticks[code in each.several]
        for code, name in options(survey).items()
    }
    return {name: cell or blank.get(name, "") for name, cell in cells.items()}


def spoken(survey: Survey, each: Answered) -> dict[str, object]:
    """Write a response in labels; ticked options as a list."""
    return {
        "single": survey.labels[each.single - 1] if each.single else "",
        "several": [survey.labels[code - 1] for code in sorted(each.several or ())],
        "hours": number(each.hours),
        "day": each.day or "",
        "text": each.text or "",
    }


QUESTIONS = ("single", "several", "hours", "day", "text")


def soscis(*, texts: bool, tab: bool) -> Make:
    blank = {"single": "-9", "several": ""}

    def make(survey: Survey) -> Delivery:
        asked = {name: f"{name}?" for name in ("single", *options(survey).values(), "hours", "day", "text")}
        cases = [
            {"CASE": name} | codes(survey, each, ("1", "2"), blank)
            for name, each in zip(ids(survey), survey.responses, strict=True)
        ]
        content = sosci.data_set(asked, cases, texts=texts, tab=tab)
        return Delivery("e.csv", content, {}, {"time_zone": "UTC", "columns": {"several": options(survey)}})

    return make


def unipark(survey: Survey) -> Delivery:
    blank = {"single": "0", "several": "-77", "hours": "-77", "day": "-77", "text": "-99"}
    people = [codes(survey, each, ("0", "1"), blank) for each in survey.responses]
    content = efs.result_export(("single", *options(survey).values(), "hours", "day", "text"), people)
    return Delivery("e.csv", content, {}, {"time_zone": "UTC", "columns": {"several": options(survey)}})


def monkey(*, expanded: bool) -> Make:
    def make(survey: Survey) -> Delivery:
        kinds = {"single": "single", "several": "multiple"}
        asked = [
            surveymonkey.Asked(name, kinds.get(name, "open"), survey.labels if name == "several" else ())
            for name in QUESTIONS
        ]
        answers = [spoken(survey, each) for each in survey.responses]
        content = surveymonkey.responses(asked, answers, expanded=expanded)
        columns = {code: f"several | {' '.join(label.split())}" for code, label in enumerate(survey.labels, start=1)}
        source = {"time_zone": "UTC", "columns": {"several": columns}} if expanded else {"time_zone": "UTC"}
        return Delivery("e.csv", content, {}, source)

    return make


def microsoft(language: str, write: Callable[[Sequence[Sequence[str]]], bytes], name: str) -> Make:
    def make(survey: Survey) -> Delivery:
        answers = [spoken(survey, each) for each in survey.responses]
        content = write(forms.microsoft_rows(language, QUESTIONS, answers, moments=MOMENTS))
        return Delivery(name, content, {}, {"time_zone": "UTC"})

    return make


def google(survey: Survey) -> Delivery:
    answers = [spoken(survey, each) for each in survey.responses]
    rows = forms.google_rows("Timestamp", QUESTIONS, answers, ["2026/03/14 9:00:00 AM GMT+1"] * len(answers))
    return Delivery("e.csv", delimited(rows), {}, {"time_zone": "UTC"})


def enalyzer(delimiter: str) -> Make:
    def make(survey: Survey) -> Delivery:
        names = ("single", *options(survey).values(), "hours", "day", "text")
        rows = [["Respondent ID", *names]]
        for name, each in zip(ids(survey), survey.responses, strict=True):
            cells = codes(survey, each, ("0", "1"), {"several": ""})
            rows.append([name, *(cells[column] for column in names)])
        source = {"platform": "enalyzer", "columns": {"several": options(survey)}}
        return Delivery("e.csv", delimited(rows, delimiter, "utf-8-sig"), {}, source)

    return make


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Write a workbook in which every cell is a text, whatever it looks like."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for place, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            if text:
                sheet.cell(place, column, text).data_type = "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def is_no_sign(*signs: str) -> Callable[[object], bool]:
    """Say whether an answer is none of the signs a platform writes for a missing one."""
    return lambda answer: (number(answer) if isinstance(answer, float) else answer) not in signs


def joins_by(separator: str) -> Callable[[str], bool]:
    """Say whether a label can stand among ticked ones that are joined in one cell."""
    return lambda label: separator not in label


is_of_efs = is_no_sign("0", "-99", "-77", "-66")
FORMS: Mapping[str, Form] = {
    "SoSci, tabs": Form(soscis(texts=False, tab=True), NOT_SHOWN, {"single": SEEN},
                        takes_answer=is_no_sign("-8", "-9")),
    "SoSci, texts above": Form(soscis(texts=True, tab=False), NOT_SHOWN, {"single": SEEN},
                               takes_label=is_of_windows,
                               takes_answer=lambda answer: is_of_windows(answer) and is_no_sign("-8", "-9")(answer)),
    "EFS": Form(unipark, NOT_SHOWN, {"single": SEEN, "text": SEEN}, takes_label=is_of_windows,
                takes_answer=lambda answer: is_of_windows(answer) and is_of_efs(answer)),
    "SurveyMonkey, expanded": Form(monkey(expanded=True)),
    "SurveyMonkey, condensed": Form(monkey(expanded=False), takes_label=joins_by(",")),
    "Microsoft Forms": Form(microsoft("en", delimited, "e.csv"), takes_label=joins_by(";")),
    "Microsoft Forms, Danish workbook": Form(microsoft("da", workbook, "e.xlsx"), takes_label=joins_by(";")),
    "Google Forms": Form(google, takes_label=joins_by(",")),
    "Enalyzer": Form(enalyzer(",")),
    "Enalyzer, semicolons": Form(enalyzer(";")),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_any_survey_is_stored_as_it_was_drawn(form: str) -> None:
    held(FORMS[form], QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_many_surveys_are_stored_as_they_were_drawn(form: str) -> None:
    held(FORMS[form], THOROUGH)
