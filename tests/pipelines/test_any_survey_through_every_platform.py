"""Any survey that is drawn, written as each platform writes it, is stored as it was drawn: every answer, every gap.

The writers share nothing with the readers. One choice, one multiple choice, one number and one free text, whose options
and answers hold what breaks parsers: separators, quotation marks, line breaks, leading zeros, NA, None, -99.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.readers.plan import fold
from tests.received import Delivery, answers_of, reasons_of, receive
from tests.writers import kobo_export, limesurvey_export, qualtrics_export, redcap_export, surveyxact
from tests.writers.delimited import delimited

QUICK, THOROUGH = 4, int(os.environ.get("SENSEMAKING_ROUND_TRIP_EXAMPLES", "40"))
BLANK, SEEN = "unknown_blank", "seen_unanswered"
STRANGE = (
    "NA", "None", "-99", "007", "N/A", "null", "True", "a, b", "a; b", 'say "no"', "'", "x\ny", "Bøf & Æg", "ß <b>",
    "你好", "😀", "-", "...", "1.5", "=1+1", "\\n", "%s", "{0}", "Ikke valgt?", "#REF!",
)  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
LETTERED = st.tuples(st.sampled_from("abcøÅ"), WORDS).map("".join)
TEXTS = st.one_of(st.sampled_from(STRANGE), LETTERED, st.tuples(LETTERED, LETTERED).map("\n".join))


@dataclass(frozen=True)
class Answered:
    """One response: code of the choice, ticked codes, number, text; None where nothing was answered."""

    single: int | None
    several: frozenset[int] | None
    hours: float | None
    text: str | None


@dataclass(frozen=True)
class Survey:
    """Labels of the options, by code from 1, and the responses."""

    labels: tuple[str, ...]
    responses: tuple[Answered, ...]

    def instrument(self) -> dict[str, Any]:
        points = {code: {"label": {"en": label}} for code, label in enumerate(self.labels, start=1)}
        return {
            "response_scales": {"s": {"points": points, "ordered": False}},
            "items": {
                "single": {"response_scale": "s"},
                "several": {"response_scale": "s", "kind": "multiple_choice"},
                "hours": {"kind": "number"},
                "text": {"kind": "open_text"},
            },
        }

    def answers(self, each: Answered) -> dict[str, Any]:
        """Return what ``core`` must hold of a response."""
        found: dict[str, Any] = {"single": each.single, "hours": each.hours, "text": each.text}
        if each.several is not None:
            found |= {f"several_{code}": int(code in each.several) for code in range(1, len(self.labels) + 1)}
        return {name: value for name, value in found.items() if value is not None}

    def with_nothing_ticked(self) -> "Survey":
        """Return what a platform can say that writes out every option that is not ticked."""
        return replace(
            self, responses=tuple(replace(each, several=each.several or frozenset()) for each in self.responses)
        )


def missing(each: Answered) -> set[str]:
    return {name for name in ("single", "several", "hours", "text") if getattr(each, name) is None}


@st.composite
def surveys(
    draw: st.DrawFn,
    text: st.SearchStrategy[str],
    label: st.SearchStrategy[str],
    takes_answer: Callable[[object], bool],
) -> Survey:
    labels = draw(st.lists(label, min_size=2, max_size=4, unique_by=fold))
    codes = st.integers(1, len(labels))
    hours = st.one_of(st.integers(-5, 2_000).map(float), st.sampled_from([0.5, 1.25, 99.0, -99.0]))
    answered = st.builds(
        Answered,
        single=st.none() | codes,
        several=st.none() | st.frozensets(codes, min_size=1),
        hours=st.none() | hours.filter(takes_answer),
        text=st.none() | text,
    )
    return Survey(tuple(labels), tuple(draw(st.lists(answered, min_size=1, max_size=3))))


def number(hours: float | None) -> str:
    return "" if hours is None else f"{hours:g}"


def ids(survey: Survey) -> list[str]:
    return [str(place) for place in range(1, len(survey.responses) + 1)]


Make = Callable[[Survey], Delivery]


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
        )
        responses = []
        for name, each in zip(ids(survey), survey.responses, strict=True):
            found: dict[str, Any] = {}
            found |= {"QID1": str(10 - each.single)} if each.single else {}
            found |= {"QID2": frozenset(str(10 - code) for code in each.several)} if each.several else {}
            found |= {} if each.hours is None else {"QID3": number(each.hours)}
            found |= {} if each.text is None else {"QID4": each.text}
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
        )
        group = limesurvey_export.Group(5, {"en": "Group"}, asks)
        form = limesurvey_export.Survey(77, ("en",), {"en": "Survey"}, (group,))
        rows = []
        for number_of, each in zip(ids(survey), survey.responses, strict=True):
            own = {"id": number_of, "submitdate": "2026-03-01 09:12:00", "lastpage": "1", "startlanguage": "en"}
            ticks = ["Y" if each.several and code in each.several else "" for code in range(1, len(parts) + 1)]
            texts = [f"A{each.single}" if each.single else "", *ticks, number(each.hours), each.text or ""]
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
            redcap_export.Field("text", "first", "notes", "In your words?"),
        )
        project = redcap_export.Project(fields)
        rows = [
            {"record_id": name, "single": str(each.single or ""), "several": {str(code) for code in each.several or ()},
             "hours": number(each.hours), "text": each.text or "", "first_complete": "2"}
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
            kobo_export.Row("text", "text", "In your words?"),
        )
        form = kobo_export.Form(
            rows, {"s": tuple((str(code), label) for code, label in enumerate(survey.labels, start=1))}
        )
        records = [
            {"single": str(each.single or ""), "several": " ".join(map(str, sorted(each.several or ()))),
             "hours": number(each.hours), "text": each.text or ""}
            for each in survey.responses
        ]  # fmt: skip
        sheets = {
            "survey.csv": kobo_export.as_csv(kobo_export.survey_sheet(form)).encode(),
            "choices.csv": kobo_export.as_csv(kobo_export.choices_sheet(form)).encode(),
        }
        content = kobo_export.export(form, records, kobo_export.Style(**how)).text.encode()
        return Delivery("e.csv", content, sheets, {"platform": "kobo"})

    return make


def xact(dialect: str, **how: bool) -> Make:
    def make(survey: Survey) -> Delivery:
        labels = {str(code): label for code, label in enumerate(survey.labels, start=1)}
        questions = (
            surveyxact.Single("single", "One?", labels),
            surveyxact.Multiple("several", "Any?", labels),
            surveyxact.Open("hours", "How long?", "Number"),
            surveyxact.Open("text", "In your words?"),
        )
        people = [
            surveyxact.Respondent(
                name,
                "completed",
                {"single": str(each.single or ""), "several": tuple(map(str, each.several or ())),
                 "hours": number(each.hours), "text": each.text or ""},
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
        rows = [["id", "single", *(f"several_{code}" for code in range(1, len(survey.labels) + 1)), "hours", "text"]]
        for name, each in zip(ids(survey), survey.responses, strict=True):
            ticks = ["1" if each.several and code in each.several else "" for code in range(1, len(survey.labels) + 1)]
            single = (survey.labels[each.single - 1] if labels else str(each.single)) if each.single else ""
            rows.append([name, single, *ticks, number(each.hours), each.text or ""])
        columns = {code: f"several_{code}" for code in range(1, len(survey.labels) + 1)}
        source = {"platform": "generic", "identifiers": {"response_id": "id"}, "columns": {"several": columns}}
        return Delivery("e.csv", delimited(rows, delimiter, encoding), {}, source)

    return make


@dataclass(frozen=True)
class Form:
    """One form of export.

    Attributes:
        make: Writes a survey.
        reason: Why an answer that is not there is missing, as far as the form says it.
        writes_unticked: Whether it writes out what was not ticked, also where nothing was.
        takes_label: Whether the platform's definition can hold a label.
        takes_answer: Whether the export can hold a text or a number as an answer.
    """

    make: Make
    reason: str = BLANK
    writes_unticked: bool = False
    takes_label: Callable[[str], bool] = lambda _: True
    takes_answer: Callable[[object], bool] = lambda _: True


def is_not_its_sign(answer: object) -> bool:
    """Say whether Qualtrics can export an answer: -99 is its own sign of a question that was seen and not answered."""
    return answer not in ("-99", -99.0)


def fits_a_dictionary(label: str) -> bool:
    """Say whether a label can stand in a field of REDCap, where options are separated by strokes or line breaks."""
    return "|" not in label and "\n" not in label


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
    "LimeSurvey, codes": Form(limesurvey_csv()),
    "LimeSurvey, labels": Form(limesurvey_csv(answers="long"), writes_unticked=True),
    "LimeSurvey, VV": Form(limesurvey(limesurvey_export.write_vv), SEEN),
    "LimeSurvey, XML": Form(limesurvey(limesurvey_export.write_lsr, "e.lsr"), SEEN),
    "REDCap, codes": of_redcap(),
    "REDCap, labels": of_redcap(labels=True),
    "Kobo, both": Form(kobo(several="both")),
    "Kobo, summary": Form(kobo(several="summary")),
    "Kobo, labels": Form(kobo(several="details", labels=True)),
    "ODK": Form(kobo(joint="-", platform="odk", delimiter=",")),
    "SurveyXact, codes": Form(xact("tab_utf16")),
    "plain, labels": Form(plain(",", "utf-8", labels=True)),
    "plain, codes, UTF-16": Form(plain("\t", "utf-16", labels=False)),
}


def check(form: Form, survey: Survey) -> None:
    """Write a survey as a platform does and compare what is stored with what was drawn, cell for cell."""
    said = survey.with_nothing_ticked() if form.writes_unticked else survey
    with tempfile.TemporaryDirectory() as folder:
        result = receive(Path(folder), form.make(survey), {"x": survey.instrument()})
    assert list(answers_of(result).values()) == [said.answers(each) for each in said.responses]
    reasons = [dict.fromkeys(missing(each), form.reason) for each in said.responses]
    assert list(reasons_of(result).values()) == reasons
    assert result.rejects.empty


def held(form: Form, n_examples: int) -> None:
    drawn = surveys(TEXTS.filter(form.takes_answer), TEXTS.filter(form.takes_label), form.takes_answer)

    @settings(max_examples=n_examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def holds(survey: Survey) -> None:
        check(form, survey)

    holds()


@pytest.mark.parametrize("form", FORMS)
def test_any_survey_is_stored_as_it_was_drawn(form: str) -> None:
    held(FORMS[form], QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_many_surveys_are_stored_as_they_were_drawn(form: str) -> None:
    held(FORMS[form], THOROUGH)
