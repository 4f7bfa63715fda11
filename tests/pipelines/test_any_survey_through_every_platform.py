"""Any survey that is drawn, written as each platform writes it, is stored as it was drawn: every answer, every gap.

The writers share nothing with the readers.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from pipelines.readers.plan import fold
from tests.drawn_surveys import (
    QUICK,
    SEEN,
    THOROUGH,
    Form,
    Make,
    Survey,
    fits_a_dictionary,
    held,
    ids,
    is_of_windows,
    number,
)
from tests.received import Delivery
from tests.writers import kobo_export, limesurvey_export, qualtrics_export, redcap_export, surveyxact
from tests.writers.delimited import delimited


def qualtrics(**how: Any) -> Make:
    def make(survey: Survey) -> Delivery:
        codes = range(1, len(survey.labels) + 1)
        choices = tuple(
            qualtrics_export.Choice(str(10 - code), str(code), label)
            for code, label in zip(codes, survey.labels, strict=True)
        )
        questions = (
            qualtrics_export.Question("QID1", "single", "One?", "single", choices),
            qualtrics_export.Question("QID2", "several", "Any?", "multiple", choices),
            qualtrics_export.Question("QID3", "hours", "How long?", "text"),
            qualtrics_export.Question("QID4", "text", "In your words?", "text"),
            qualtrics_export.Question("QID5", "day", "When?", "text"),
        )
        responses = []
        for name, each in zip(ids(survey), survey.responses, strict=True):
            found: dict[str, Any] = {}
            found |= {"QID1": str(10 - each.single)} if each.single else {}
            found |= {"QID2": frozenset(str(10 - code) for code in each.several)} if each.several else {}
            found |= {} if each.hours is None else {"QID3": number(each.hours)}
            found |= {} if each.text is None else {"QID4": each.text}
            found |= {} if each.day is None else {"QID5": each.day}
            responses.append(qualtrics_export.Response(name, found))
        content = qualtrics_export.export_bytes(questions, tuple(responses), qualtrics_export.Settings(**how))
        return Delivery("e.csv", content, {"s.qsf": qualtrics_export.qsf_bytes(questions)}, {"time_zone": "UTC"})

    return make


def limesurvey(write: Callable[..., bytes], name: str = "e.csv") -> Make:
    def make(survey: Survey) -> Delivery:
        parts = tuple(
            limesurvey_export.Part(40 + code, f"A{code}", {"en": label}, 0, code)
            for code, label in enumerate(survey.labels, start=1)
        )
        asks = (
            limesurvey_export.Ask(51, "single", "L", {"en": "One?"}, answers=parts),
            limesurvey_export.Ask(52, "several", "M", {"en": "Any?"}, rows=parts),
            limesurvey_export.Ask(53, "hours", "N", {"en": "How long?"}),
            limesurvey_export.Ask(54, "text", "T", {"en": "In your words?"}),
            limesurvey_export.Ask(55, "day", "D", {"en": "When?"}),
        )
        group = limesurvey_export.Group(5, {"en": "Group"}, asks)
        form = limesurvey_export.Survey(77, ("en",), {"en": "Survey"}, (group,))
        rows = []
        for number_of, each in zip(ids(survey), survey.responses, strict=True):
            own = {"id": number_of, "submitdate": "2026-03-01 09:12:00", "lastpage": "1", "startlanguage": "en"}
            ticks = ["Y" if each.several and code in each.several else "" for code in range(1, len(parts) + 1)]
            texts = [f"A{each.single}" if each.single else "", *ticks, number(each.hours), each.text or ""]
            texts.append(f"{each.day} 00:00:00" if each.day else "")
            rows.append(own | dict(zip((field.old for field in form.fields()), texts, strict=True)))
        return Delivery(name, write(form, rows), {"s.lss": limesurvey_export.write_lss(form)}, {"time_zone": "UTC"})

    return make


def limesurvey_csv(**how: Any) -> Make:
    return limesurvey(
        lambda form, rows: limesurvey_export.write_csv(form, rows, limesurvey_export.headings(form, "code"), **how)
    )


def redcap(**how: bool) -> Make:
    def make(survey: Survey) -> Delivery:
        choices = tuple((str(code), label) for code, label in enumerate(survey.labels, start=1))
        fields = (
            redcap_export.Field("record_id", "first", label="Record"),
            redcap_export.Field("single", "first", "radio", "One?", choices),
            redcap_export.Field("several", "first", "checkbox", "Any?", choices),
            redcap_export.Field("hours", "first", "text", "How long?", validation="number"),
            redcap_export.Field("day", "first", "text", "When?", validation="date_ymd"),
            redcap_export.Field("text", "first", "notes", "In your words?"),
        )
        project = redcap_export.Project(fields)
        rows = [
            {"record_id": name, "single": str(each.single or ""), "several": {str(code) for code in each.several or ()},
             "hours": number(each.hours), "day": each.day or "", "text": each.text or "", "first_complete": "2"}
            for name, each in zip(ids(survey), survey.responses, strict=True)
        ]  # fmt: skip
        dictionary = redcap_export.dictionary(project).encode()
        return Delivery("e.csv", redcap_export.export(project, rows, **how).text.encode(), {"d.csv": dictionary})

    return make


def kobo(**how: Any) -> Make:
    def make(survey: Survey) -> Delivery:
        rows = (
            kobo_export.Row("select_one s", "single", "One?"),
            kobo_export.Row("select_multiple s", "several", "Any?"),
            kobo_export.Row("decimal", "hours", "How long?"),
            kobo_export.Row("date", "day", "When?"),
            kobo_export.Row("text", "text", "In your words?"),
        )
        form = kobo_export.Form(
            rows, {"s": tuple((str(code), label) for code, label in enumerate(survey.labels, start=1))}
        )
        records = [
            {"single": str(each.single or ""), "several": " ".join(map(str, sorted(each.several or ()))),
             "hours": number(each.hours), "day": each.day or "", "text": each.text or ""}
            for each in survey.responses
        ]  # fmt: skip
        sheets = {
            "survey.csv": kobo_export.as_csv(kobo_export.survey_sheet(form)).encode(),
            "choices.csv": kobo_export.as_csv(kobo_export.choices_sheet(form)).encode(),
        }
        content = kobo_export.export(form, records, kobo_export.Style(**how)).text.encode()
        return Delivery("e.csv", content, sheets, {"platform": "kobo"})

    return make


def day_first(day: str | None) -> str:
    return "-".join(reversed(day.split("-"))) if day else ""


def xact(dialect: str, **how: bool) -> Make:
    def make(survey: Survey) -> Delivery:
        labels = {str(code): label for code, label in enumerate(survey.labels, start=1)}
        questions = (
            surveyxact.Single("single", "One?", labels),
            surveyxact.Multiple("several", "Any?", labels),
            surveyxact.Open("hours", "How long?", "Number"),
            surveyxact.Open("day", "When?", "Date"),
            surveyxact.Open("text", "In your words?"),
        )
        people = [
            surveyxact.Respondent(
                name,
                "completed",
                {"single": str(each.single or ""), "several": tuple(map(str, each.several or ())),
                 "hours": number(each.hours), "day": day_first(each.day), "text": each.text or ""},
            )
            for name, each in zip(ids(survey), survey.responses, strict=True)
        ]  # fmt: skip
        delimiter, encoding = surveyxact.DIALECTS[dialect]
        tables = {
            "e.csv": surveyxact.dataset_rows(questions, people, **how),
            "structure.csv": surveyxact.structure_rows(questions),
            "labels.csv": surveyxact.label_rows(questions),
        }
        files = {name: delimited(rows, delimiter, encoding) for name, rows in tables.items()}
        return Delivery("e.csv", files.pop("e.csv"), files, {"time_zone": "UTC"})

    return make


def plain(delimiter: str, encoding: str, *, labels: bool) -> Make:
    def make(survey: Survey) -> Delivery:
        options = [f"several_{code}" for code in range(1, len(survey.labels) + 1)]
        rows = [["id", "single", *options, "hours", "day", "text"]]
        for name, each in zip(ids(survey), survey.responses, strict=True):
            ticks = ["1" if each.several and code in each.several else "" for code in range(1, len(survey.labels) + 1)]
            single = (survey.labels[each.single - 1] if labels else str(each.single)) if each.single else ""
            rows.append([name, single, *ticks, number(each.hours), each.day or "", each.text or ""])
        columns = dict(enumerate(options, start=1))
        source = {"platform": "generic", "identifiers": {"response_id": "id"}, "columns": {"several": columns}}
        return Delivery("e.csv", delimited(rows, delimiter, encoding), {}, source)

    return make


def is_not_its_sign(answer: object) -> bool:
    """Say whether Qualtrics can export an answer: -99 is its own sign of a question that was seen and not answered."""
    return answer not in ("-99", -99.0)


def is_no_code(label: str) -> bool:
    """Say whether a label is none of the codes A1 ...: a file that does not say is refused where it is both."""
    return not re.fullmatch(r"a\d", fold(label))


def has_no_comma(label: str) -> bool:
    """Say whether labels joined by commas can be told apart."""
    return "," not in label


def of_windows(make: Make) -> Form:
    """Return a form in Windows' code page, without days."""
    return Form(make, takes_label=is_of_windows, takes_answer=is_of_windows, writes_iso_days=False)


def of_qualtrics(**how: Any) -> Form:
    return Form(qualtrics(**how), takes_answer=is_not_its_sign)


def of_redcap(**how: bool) -> Form:
    return Form(redcap(**how), writes_unticked=True, takes_label=fits_a_dictionary)


FORMS: Mapping[str, Form] = {
    "Qualtrics, codes": of_qualtrics(),
    "Qualtrics, labels": of_qualtrics(values="labels"),
    "Qualtrics, one cell": of_qualtrics(is_split=False),
    "Qualtrics, tabs": of_qualtrics(container="tsv", values="labels"),
    "Qualtrics, legacy": of_qualtrics(layout="legacy"),
    "LimeSurvey, codes": Form(limesurvey_csv(), takes_label=is_no_code),
    "LimeSurvey, labels": Form(limesurvey_csv(answers="long"), writes_unticked=True, takes_label=is_no_code),
    "LimeSurvey, VV": Form(limesurvey(limesurvey_export.write_vv), SEEN),
    "LimeSurvey, XML": Form(limesurvey(limesurvey_export.write_lsr, "e.lsr"), SEEN),
    "REDCap, codes": of_redcap(),
    "REDCap, labels": of_redcap(labels=True),
    "Kobo, both": Form(kobo(several="both")),
    "Kobo, summary": Form(kobo(several="summary")),
    "Kobo, labels": Form(kobo(several="details", labels=True)),
    "ODK": Form(kobo(joint="-", platform="odk", delimiter=",")),
    "Qualtrics, one cell of labels": replace(of_qualtrics(is_split=False, values="labels"), takes_label=has_no_comma),
    "SurveyXact, codes": Form(xact("tab_utf16"), writes_iso_days=False),
    "SurveyXact, labels": Form(xact("tab_utf16", labels=True), writes_iso_days=False),
    "SurveyXact, semicolons": of_windows(xact("semicolon_ansi", labels=True)),
    "SurveyXact, commas": of_windows(xact("comma_ansi")),
    "plain, labels": Form(plain(",", "utf-8", labels=True)),
    "plain, codes, UTF-16": Form(plain("\t", "utf-16", labels=False)),
}


@pytest.mark.parametrize("form", FORMS)
def test_any_survey_is_stored_as_it_was_drawn(form: str) -> None:
    held(FORMS[form], QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_many_surveys_are_stored_as_they_were_drawn(form: str) -> None:
    held(FORMS[form], THOROUGH)
