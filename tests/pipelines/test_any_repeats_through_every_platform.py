"""Repetitions that are drawn, written as REDCap and Kobo write them, are stored below their response as drawn."""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.drawn_surveys import QUICK, TEXTS, THOROUGH, Answered, Survey, fits_a_dictionary, number, surveys
from tests.received import Delivery, receive, repeats_of
from tests.writers import kobo_export, redcap_export

Make = Callable[[Survey, list[int]], Delivery]


def turns(parents: list[int]) -> list[int]:
    """Number the repetitions of each response from 1."""
    seen = Counter[int]()
    found: list[int] = []
    for parent in parents:
        seen[parent] += 1
        found.append(seen[parent])
    return found


def cells(each: Answered) -> dict[str, Any]:
    """Write a repetition in codes, ticked options left out."""
    return {
        "single": str(each.single or ""),
        "hours": number(each.hours),
        "day": each.day or "",
        "text": each.text or "",
    }


def redcap(*, labels: bool) -> Make:
    def make(survey: Survey, parents: list[int]) -> Delivery:
        choices = tuple((str(code), label) for code, label in enumerate(survey.labels, start=1))
        fields = (
            redcap_export.Field("record_id", "base", label="Record"),
            redcap_export.Field("remark", "base", "notes", "Anything else?"),
            redcap_export.Field("single", "visit", "radio", "One?", choices),
            redcap_export.Field("several", "visit", "checkbox", "Any?", choices),
            redcap_export.Field("hours", "visit", "text", "How long?", validation="number"),
            redcap_export.Field("day", "visit", "text", "When?", validation="date_ymd"),
            redcap_export.Field("text", "visit", "notes", "In your words?"),
        )
        project = redcap_export.Project(fields, special=("redcap_repeat_instrument", "redcap_repeat_instance"))
        base = [{"record_id": str(n), "remark": "x", "base_complete": "2"} for n in sorted(set(parents))]
        visits = [
            {"record_id": str(parent), "redcap_repeat_instrument": "Visit" if labels else "visit",
             "redcap_repeat_instance": str(turn), "several": {str(code) for code in each.several or ()},
             "visit_complete": "2", **cells(each)}
            for each, parent, turn in zip(survey.responses, parents, turns(parents), strict=True)
        ]  # fmt: skip
        rows = sorted([*base, *visits], key=lambda row: int(row["record_id"]))
        dictionary = redcap_export.dictionary(project).encode()
        content = redcap_export.export(project, rows, labels=labels).text.encode()
        return Delivery("e.csv", content, {"d.csv": dictionary})

    return make


def kobo(**how: Any) -> Make:
    def make(survey: Survey, parents: list[int]) -> Delivery:
        rows = (
            kobo_export.Row("text", "remark", "Anything else?"),
            kobo_export.Row("begin_repeat", "visit", "Visit"),
            kobo_export.Row("select_one s", "single", "One?"),
            kobo_export.Row("select_multiple s", "several", "Any?"),
            kobo_export.Row("decimal", "hours", "How long?"),
            kobo_export.Row("date", "day", "When?"),
            kobo_export.Row("text", "text", "In your words?"),
            kobo_export.Row("end_repeat"),
        )
        choices = tuple((str(code), label) for code, label in enumerate(survey.labels, start=1))
        form = kobo_export.Form(rows, {"s": choices})
        records = [
            {"_parent": parent, "several": " ".join(map(str, sorted(each.several or ()))), **cells(each)}
            for each, parent in zip(survey.responses, parents, strict=True)
        ]
        sheets = {
            "survey.csv": kobo_export.as_csv(kobo_export.survey_sheet(form)).encode(),
            "choices.csv": kobo_export.as_csv(kobo_export.choices_sheet(form)).encode(),
        }
        content = kobo_export.export(form, records, kobo_export.Style(**how), "visit").text.encode()
        return Delivery("e.csv", content, sheets, {"platform": "kobo", "repeats_of": "main"})

    return make


FORMS: Mapping[str, Make] = {
    "REDCap, codes": redcap(labels=False),
    "REDCap, labels": redcap(labels=True),
    "Kobo, both": kobo(several="both"),
    "Kobo, summary": kobo(several="summary"),
    "ODK": kobo(joint="-", platform="odk", delimiter=","),
}


def check(form: str, survey: Survey, parents: list[int]) -> None:
    """Write repetitions as a platform does and compare what is stored with what was drawn, cell for cell."""
    said = survey.with_nothing_ticked() if form.startswith("REDCap") else survey
    with tempfile.TemporaryDirectory() as folder:
        result = receive(Path(folder), FORMS[form](survey, parents), {"x": survey.instrument()})
    found = repeats_of(result)
    assert {block for _, block, _ in found} <= {"visit"}
    # Kobo numbers the rows of a child table throughout.
    numbers = range(1, len(parents) + 1) if form.startswith("Kobo") else turns(parents)
    drawn = zip(said.responses, parents, numbers, strict=True)
    stored = {(name.split("-")[-1].split(":")[-1], turn): each for (name, _, turn), each in found.items()}
    expected = {(str(parent), turn): answers for each, parent, turn in drawn if (answers := said.answers(each))}
    assert stored == expected
    assert result.rejects.empty


def held(form: str, n_examples: int) -> None:
    label = TEXTS.filter(fits_a_dictionary) if form.startswith("REDCap") else TEXTS
    drawn = surveys(TEXTS, label, lambda _: True)

    @settings(max_examples=n_examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn, st.lists(st.integers(1, 2), min_size=3, max_size=3))
    def holds(survey: Survey, parents: list[int]) -> None:
        check(form, survey, sorted(parents[: len(survey.responses)]))

    holds()


@pytest.mark.parametrize("form", FORMS)
def test_any_repetitions_are_stored_as_they_were_drawn(form: str) -> None:
    held(form, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_many_repetitions_are_stored_as_they_were_drawn(form: str) -> None:
    held(form, THOROUGH)
