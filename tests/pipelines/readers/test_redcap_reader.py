"""REDCap exports as REDCap writes them."""

import csv
from pathlib import Path

import pytest

from instruments.spec import Instrument
from pipelines.readers.plan import ReadingError, fold
from pipelines.sections.sources import Identifiers, Source
from tests.opened import plan_of
from tests.writers.redcap_export import Field, Project, Written, dictionary, export

REDCAP = "data/redcap"
ID = Field("record_id", "people", label="Record ID")
PETS = Field("pets", "people", "checkbox", "Pets", (("0", "None"), ("1", "Cat"), ("-1", "Other"), ("B", "Dog")))
MOOD = Field("mood", "people", "radio", "Mood", (("1", "Low"), ("2", "High")))
NOTE = Field("note", "people", "notes", "Note")


def written(tmp_path: Path, found: Written, *projects: Project):
    path = tmp_path / "export.csv"
    path.write_text(found.text, encoding="utf-8")
    if not projects:
        return (path,)
    (tmp_path / "dictionary.csv").write_text(dictionary(projects[0]), encoding="utf-8")
    return path, tmp_path / "dictionary.csv"


def records(*rows, **everywhere):
    return [{"record_id": str(number), **everywhere, **row} for number, row in enumerate(rows, start=1)]


def real(reference: Path, project: str, *, with_dictionary: bool = True):
    folder = reference / REDCAP / f"redcapr-{project}"
    return plan_of(folder / "data.csv", *([folder / "dictionary.csv"] if with_dictionary else []))


def cells(reference: Path, project: str) -> list[dict[str, str]]:
    with (reference / REDCAP / f"redcapr-{project}/data.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
@pytest.mark.parametrize("with_dictionary", [True, False])
@pytest.mark.parametrize(
    ("project", "n_rows", "n_columns", "n_options"),
    [
        ("simple", 5, 24, 6), ("checkboxes-1", 4, 13, 9), ("longitudinal", 18, 125, 25),
        ("repeating-instruments", 6, 15, 0), ("survey", 2, 33, 1), ("decimal-comma-and-dot", 4, 9, 0),
    ],
)  # fmt: skip
def test_real_exports_have_their_check_boxes(reference, project, n_rows, n_columns, n_options, with_dictionary):
    plan = real(reference, project, with_dictionary=with_dictionary)
    assert (plan.platform, plan.layout, plan.header_rows) == ("redcap", "variable_names", 1)
    assert len(cells(reference, project)) == n_rows
    assert len(plan.columns) == n_columns
    assert sum(column.role == "multiple_choice_option" for column in plan.columns) == n_options
    assert not any(column.role == "unknown" for column in plan.columns)


@pytest.mark.reference
def test_a_row_of_a_longitudinal_project_is_a_record_and_an_event(reference):
    plan = real(reference, "longitudinal")
    assert (plan.keys["response_id"], plan.key_parts["response_id"]) == ("study_id", ("redcap_event_name",))
    assert plan.keys["respondent_key"] == "study_id"
    rows = cells(reference, "longitudinal")
    ids = {(row["study_id"], row["redcap_event_name"]) for row in rows}
    assert (len(ids), len({record for record, _ in ids})) == (18, 3)
    assert sorted(event.endswith("arm_1") for _, event in ids).count(True) == 12
    assert len({event for _, event in ids if event.endswith("arm_1")}) == 6
    assert "is_finished" not in plan.keys
    assert any("a record and an event" in warning for warning in plan.warnings)


@pytest.mark.reference
def test_repeated_instruments_have_the_record_as_their_response(reference):
    plan = real(reference, "repeating-instruments")
    assert dict(plan.keys) == {
        "response_id": "record_id",
        "repeat_instrument": "redcap_repeat_instrument",
        "repeat_instance": "redcap_repeat_instance",
        "is_finished": "demographics_complete",
    }
    assert plan.key_parts == {}
    rows = cells(reference, "repeating-instruments")
    repeats = [row for row in rows if row[plan.keys["repeat_instrument"]]]
    assert (len(rows) - len(repeats), len(repeats), {row["redcap_repeat_instrument"] for row in repeats}) == (
        2,
        4,
        {"bp"},
    )


@pytest.mark.reference
def test_the_last_survey_says_who_finished_and_its_timestamp_may_say_not_completed(reference):
    plan = real(reference, "survey")
    assert plan.keys["response_id"] == "participant_id"
    assert plan.keys["is_finished"] == "participant_morale_questionnaire_complete"
    assert plan.keys["ended_at"] == "participant_morale_questionnaire_timestamp"
    statuses = [row[plan.keys["is_finished"]] for row in cells(reference, "survey")]
    assert sum(status in plan.finished_texts for status in statuses) == 0
    assert {row["prescreening_survey_complete"] for row in cells(reference, "survey")} <= plan.finished_texts
    assert plan.column(plan.keys["ended_at"]).opt_outs == {"[not completed]": "not_reached"}
    personal = {column.name for column in plan.columns if column.is_personal_data}
    assert {"dob", "email", "first_name", "last_name", "address", "redcap_survey_identifier"} <= personal
    assert not {"has_diabetes", "race", "weight", "pmq1"} & personal


@pytest.mark.reference
def test_names_are_personal_data_without_a_dictionary_too(reference):
    plan = real(reference, "survey", with_dictionary=False)
    personal = {column.name for column in plan.columns if column.is_personal_data}
    assert {"dob", "email", "first_name", "last_name", "address", "telephone_1"} <= personal


@pytest.mark.reference
def test_numbers_keep_the_decimal_sign_of_their_column(reference):
    plan = real(reference, "decimal-comma-and-dot")
    assert plan.decimal == "."
    assert {column.name: column.decimal for column in plan.columns if column.decimal} == {
        "height_comma": ",", "weight_comma": ",",
    }  # fmt: skip
    assert cells(reference, "decimal-comma-and-dot")[0]["height_comma"] == "1,54"


@pytest.mark.reference
def test_check_boxes_belong_to_the_form_that_was_opened(reference):
    plan = real(reference, "longitudinal")
    shown = {column.name: column.shown_if for column in plan.columns}
    assert {shown[name] for name in ("gym___0", "meds___5")} == {"demographics_complete"}
    assert (shown["pmq1"], shown["study_id"], shown["redcap_event_name"]) == (
        "patient_morale_questionnaire_complete", "", "",
    )  # fmt: skip
    unopened = [row for row in cells(reference, "longitudinal") if not row["demographics_complete"]]
    assert len(unopened) == 15


@pytest.mark.reference
@pytest.mark.parametrize(
    ("project", "counted"),
    [("checkboxes-1", "form_2 (1 of 4)"), ("simple", ""), ("longitudinal", ""), ("survey", "")],
)
def test_forms_that_may_never_have_been_opened_are_counted(reference, project, counted):
    """Record 4 of checkboxes-1 has the status 0, no text and no tick; the export wrote 0 into nine check boxes."""
    found = [warning for warning in real(reference, project).warnings if "gray status" in warning]
    assert len(found) == bool(counted)
    assert all(counted in warning for warning in found)


@pytest.mark.reference
def test_a_choice_of_0_and_1_that_another_program_saved_as_truths_keeps_its_codes(reference):
    plan = real(reference, "simple")
    options = plan.column("sex").question.options
    assert [(each.code, each.label, each.also) for each in options] == [
        ("0", "Female", ("false",)), ("1", "Male", ("true",)),
    ]  # fmt: skip
    assert {row["sex"] for row in cells(reference, "simple")} == {"TRUE", "FALSE"}


def test_options_are_found_in_the_dictionary_and_not_by_splitting(tmp_path):
    project = Project((ID, PETS))
    found = export(project, records({"pets": {"-1", "B"}}, {"pets": set()}, people_complete="2"))
    plan = plan_of(*written(tmp_path, found, project))
    options = {column.name: (column.source_id, column.option) for column in plan.columns if column.option}
    assert options == {
        "pets___0": ("pets", "0"), "pets___1": ("pets", "1"), "pets____1": ("pets", "-1"), "pets___b": ("pets", "B"),
    }  # fmt: skip
    column = plan.column("pets____1")
    assert (column.role, column.shown_if, column.question.kind) == (
        "multiple_choice_option", "people_complete", "multiple_choice",
    )  # fmt: skip
    assert column.ticked >= {"1", "checked"}
    assert column.unticked >= {"0", "unchecked"}


def test_without_a_dictionary_options_are_what_headers_say_with_a_warning(tmp_path):
    found = export(Project((ID, PETS)), records({"pets": {"-1"}}))
    plan = plan_of(*written(tmp_path, found))
    assert [column.option for column in plan.columns if column.option] == ["0", "1", "_1", "b"]
    assert [each.code for each in plan.column("pets___0").question.options] == ["0", "1", "_1", "b"]
    assert any("give the dictionary" in warning for warning in plan.warnings)


def test_missing_data_codes_are_options_that_give_a_reason_once_the_study_says_which(tmp_path):
    project = Project((ID, PETS, MOOD), missing_codes=("UNK", "-999"))
    paths = written(tmp_path, export(project, records({"pets": {"UNK"}}, {"pets": {"1"}})), project)
    unsaid = plan_of(*paths)
    assert [column.name for column in unsaid.columns if column.role == "unknown"] == ["pets___unk", "pets____999"]
    assert any("give their reasons under missing" in warning for warning in unsaid.warnings)
    source = Source(wave="w1", files="export.csv", missing={"UNK": "dont_know", "-999": "refused"})
    plan = plan_of(*paths, source=source, instruments=(INSTRUMENT,))
    question = plan.column("pets___unk").question
    assert {option.code: option.reason for option in question.options if option.reason} == {
        "UNK": "dont_know", "-999": "refused",
    }  # fmt: skip
    assert (plan.column("pets___unk").option, plan.column("pets____999").option) == ("UNK", "-999")
    assert plan.column("pets___1").question == question


def test_fields_that_keep_missing_codes_have_no_option_for_them(tmp_path):
    exempt = Field("pets", "people", "checkbox", "Pets", (("1", "Cat"),), annotation="@NOMISSING")
    project = Project((ID, exempt, MOOD))
    source = Source(wave="w1", files="export.csv", missing={"UNK": "dont_know"})
    plan = plan_of(*written(tmp_path, export(project, records({})), project), source=source, instruments=(INSTRUMENT,))
    assert plan.column("pets___1").question.keeps_missing_codes
    assert [each.code for each in plan.column("pets___1").question.options] == ["1"]


INSTRUMENT = Instrument.model_validate(
    {
        "name": "moods",
        "version": "1",
        "title": {"en": "Moods"},
        "response_scales": {"low_high": {"points": {1: {"label": {"en": "Low"}}, 2: {"label": {"en": "High"}}}}},
        "items": {"mood": {"response_scale": "low_high"}},
    }
)


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("label_headers", [False, True])
def test_codes_or_labels_as_cells_and_as_headers_name_the_same_fields(tmp_path, labels, label_headers):
    fields = (ID, MOOD, PETS, Field("again", "later", "radio", "Mood", (("1", "Low"), ("2", "High"))))
    project = Project(fields, surveys=frozenset({"later"}), special=("redcap_data_access_group",))
    rows = records(
        {"mood": "1", "again": "2", "pets": {"0"}, "later_timestamp": "2026-03-01 10:00:00", "later_complete": "2"},
        {"mood": "", "later_timestamp": "[not completed]", "later_complete": "0", "people_complete": "2"},
    )
    plan = plan_of(*written(tmp_path, export(project, rows, labels=labels, label_headers=label_headers), project))
    assert (plan.platform, plan.layout) == ("redcap", "field_labels" if label_headers else "variable_names")
    asked = [(c.source_id, c.option, c.role) for c in plan.columns if c.question and c.role != "identifier"]
    assert asked == [
        ("mood", "", "item"),
        *(("pets", code, "multiple_choice_option") for code in ("0", "1", "-1", "B")),
        ("again", "", "item"),
    ]
    status = plan.column(plan.keys["is_finished"])
    assert status.position == len(plan.columns)
    assert plan.column(plan.keys["ended_at"]).position == len(plan.columns) - 2
    assert {"2", "complete"} <= plan.finished_texts
    pets = [column for column in plan.columns if column.source_id == "pets"]
    assert {plan.column(column.shown_if).name for column in pets} == {
        "Complete?" if label_headers else "people_complete"
    }


def test_equal_labels_that_cannot_be_told_apart_are_left_alone(tmp_path):
    twin = Field("mood_2", "people", "radio", "Mood", (("1", "Low"),))
    shown = export(Project((ID, MOOD)), records({"mood": "1"}), label_headers=True)
    plan = plan_of(*written(tmp_path, shown, Project((ID, MOOD, twin))))
    column = plan.column("Mood")
    assert (column.role, column.question) == ("unknown", None)
    assert any("the dictionary does not know these columns: Mood" in warning for warning in plan.warnings)


def test_options_whose_labels_cannot_be_told_apart_are_left_alone(tmp_path):
    twin = Field("pets_2", "people", "checkbox", "Pets", (("1", "Cat"),))
    shown = export(Project((ID, PETS)), records({"pets": {"1"}}), label_headers=True)
    plan = plan_of(*written(tmp_path, shown, Project((ID, PETS, twin))))
    found = {column.name: (column.role, column.option) for column in plan.columns}
    assert found["Pets (choice=Cat)"] == ("unknown", "")
    assert found["Pets (choice=Dog)"] == ("multiple_choice_option", "B")


def test_labels_without_a_dictionary_still_tell_options_from_questions(tmp_path):
    shown = export(Project((ID, MOOD, PETS)), records({"mood": "1", "pets": {"1"}}), labels=True, label_headers=True)
    plan = plan_of(*written(tmp_path, shown))
    assert [(column.source_id, column.option) for column in plan.columns if column.option] == [
        ("Pets", "None"), ("Pets", "Cat"), ("Pets", "Other"), ("Pets", "Dog"),
    ]  # fmt: skip


FOLLOW_UP = (
    Field("seen", "follow_up", label="Seen"), Field("tick", "follow_up", "checkbox", "Ticks", (("1", "A"), ("2", "B"))),
    Field("again", "visit", label="Again"),
)  # fmt: skip


def repeated(text, **cells):
    return {"redcap_repeat_instrument": text, "redcap_repeat_instance": "1", **cells}


@pytest.mark.parametrize(
    ("text", "cells", "form"),
    [
        ("Follow Up", {"seen": "x", "follow_up_complete": "0"}, "follow_up"),
        ("Third time", {"follow_up_complete": "2"}, "follow_up"),
        ("Third time", {"seen": "x"}, "follow_up"),
        ("Visit", {"seen": "x", "follow_up_complete": "2"}, "follow_up"),
        ("Follow-up", {"again": "x", "visit_complete": "2"}, "visit"),
        ("Follow-up!", {}, "follow_up"),
        ("Third time", {}, None),
        ("Third time", {"seen": "x", "again": "x"}, None),
    ],
)
def test_a_repeated_form_has_its_name_also_where_the_export_writes_its_title(tmp_path, text, cells, form):
    special = ("redcap_repeat_instrument", "redcap_repeat_instance")
    project = Project((ID, *FOLLOW_UP), special=special)
    plan = plan_of(
        *written(tmp_path, export(project, records({}, repeated(text, **cells)), label_headers=True), project)
    )
    assert plan.repeated_blocks.get(fold(text)) == form
    assert any("core.repeats has the titles" in each and text in each for each in plan.warnings) == (form is None)


@pytest.mark.parametrize(
    ("label_headers", "with_dictionary", "text", "form", "is_told"),
    [
        (False, True, "follow_up", None, False), (False, False, "follow_up", None, False),
        (False, False, "Follow Up", "follow_up", False), (True, False, "Follow Up", None, True),
    ],
)  # fmt: skip
def test_without_a_dictionary_the_headers_say_which_form_is_repeated(
    tmp_path, label_headers, with_dictionary, text, form, is_told
):
    project = Project((ID, *FOLLOW_UP), special=("redcap_repeat_instrument", "redcap_repeat_instance"))
    rows = records({}, repeated(text, seen="x", follow_up_complete="2"))
    files = written(
        tmp_path, export(project, rows, label_headers=label_headers), *([project] if with_dictionary else [])
    )
    plan = plan_of(*files)
    assert plan.repeated_blocks.get(fold(text)) == form
    assert any("core.repeats has the titles" in each for each in plan.warnings) == is_told


def test_a_title_that_begins_below_the_first_rows_is_taken_for_the_name_like_it(tmp_path):
    project = Project((ID, *FOLLOW_UP), special=("redcap_repeat_instrument", "redcap_repeat_instance"))
    plan = plan_of(*written(tmp_path, export(project, records({}), label_headers=True), project))
    assert plan.repeated_blocks["follow up"] == "follow_up"


def test_an_event_that_repeats_counts_its_instance_into_the_response(tmp_path):
    special = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
    project = Project((ID, MOOD), special=special)
    rows = records({"redcap_event_name": "visit_arm_1", "redcap_repeat_instance": "2", "mood": "1"})
    plan = plan_of(*written(tmp_path, export(project, rows), project))
    assert plan.key_parts["response_id"] == ("redcap_event_name", "redcap_repeat_instance")


def test_a_study_that_names_a_form_status_counts_complete_alone_as_finished(tmp_path):
    project = Project((ID, MOOD, Field("x", "later")))
    path, structure = written(tmp_path, export(project, records({"mood": "1"}, people_complete="1")), project)
    source = Source(wave="w1", files="export.csv", identifiers=Identifiers(is_finished="people_complete"))
    plan = plan_of(path, structure, source=source, instruments=(INSTRUMENT,))
    assert plan.finished_texts == {"2", "complete"}
    assert (plan.column("mood").item, plan.column("mood").role) == ("mood", "item")
    assert plan.column("mood").question.options[0].label == "Low"
    named = Source(wave="w1", files="export.csv", identifiers=Identifiers(is_finished="x"))
    assert "1" in plan_of(path, structure, source=named, instruments=(INSTRUMENT,)).finished_texts


def test_several_forms_without_a_survey_do_not_say_who_finished(tmp_path):
    project = Project((ID, MOOD, Field("x", "later")))
    plan = plan_of(*written(tmp_path, export(project, records({"mood": "1"})), project))
    assert "is_finished" not in plan.keys
    assert any("several forms" in warning for warning in plan.warnings)


@pytest.mark.parametrize(("text", "expected"), [("1,5", ","), ("1.5", ""), ("15", ","), ("", ",")])
def test_an_export_that_forces_another_decimal_sign_is_believed(tmp_path, text, expected):
    number = Field("height", "people", label="Height", validation="number_comma_decimal")
    project = Project((ID, number))
    plan = plan_of(*written(tmp_path, export(project, records({"height": text})), project))
    assert plan.column("height").decimal == expected


@pytest.mark.parametrize(
    "text",
    [
        "record_id,treatment_complete\n1,yes\n",
        "unit,score,form_complete\n1,4,1\n",
        "Record Id,Form_complete\n1,2\n",
        "record_id,name\n1,x\n",
        "Complete?,Name\nperhaps,x\n",
    ],
)
def test_other_tables_are_not_taken_for_redcap(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert plan_of(path).platform == "generic"


def test_stated_header_rows_that_redcap_never_writes_are_refused(tmp_path):
    paths = written(tmp_path, export(Project((ID, MOOD)), records({"mood": "1"})))
    with pytest.raises(ReadingError, match="one header row"):
        plan_of(*paths, source=Source(wave="w1", files="export.csv", header_rows=2), instruments=(INSTRUMENT,))
