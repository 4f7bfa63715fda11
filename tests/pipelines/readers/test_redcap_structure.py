"""REDCap data dictionaries as structures."""

import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.readers.plan import ReadingError
from pipelines.readers.redcap.structure import RedcapStructureReader, choices
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.structures import read_structure
from tests.writers.redcap_export import Field, Project, dictionary

REDCAP = "data/redcap"
ID = Field("record_id", "people", label="Record ID")


def structure_of(*fields: Field, api: bool = False, delimiter: str = ","):
    text = dictionary(Project((ID, *fields)), api=api, delimiter=delimiter)
    return RedcapStructureReader().read([StructureFile("dictionary.csv", text.encode())])


def question(**given):
    return structure_of(Field(**{"name": "q", "form": "people", **given})).questions["q"]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("project", "kinds"),
    [
        (
            "simple",
            {"identifier": 1, "open_text": 7, "date": 1, "choice": 2, "number": 2, "score": 1, "metadata": 1,
             "multiple_choice": 1},
        ),
        ("checkboxes-1", {"identifier": 1, "multiple_choice": 2, "open_text": 1}),
        (
            "longitudinal",
            {"identifier": 1, "open_text": 13, "date": 8, "choice": 36, "number": 29, "score": 2, "metadata": 1,
             "multiple_choice": 5},
        ),
        ("repeating-instruments", {"identifier": 1, "date": 3, "open_text": 2, "choice": 3, "number": 2}),
        (
            "survey",
            {"identifier": 1, "date": 4, "open_text": 6, "choice": 11, "multiple_choice": 1, "number": 2},
        ),
        ("decimal-comma-and-dot", {"identifier": 1, "open_text": 1, "number": 4, "score": 2}),
    ],
)  # fmt: skip
def test_every_field_of_a_real_dictionary_has_a_kind(reference: Path, project, kinds):
    structure = read_structure([reference / REDCAP / f"redcapr-{project}/dictionary.csv"])
    assert structure.platform == "redcap"
    assert Counter(each.kind for each in structure.questions.values()) == kinds
    assert structure.warnings == ()


@pytest.mark.reference
def test_a_matrix_is_a_battery_below_its_section_header(reference: Path):
    questions = read_structure([reference / REDCAP / "redcapr-longitudinal/dictionary.csv"]).questions
    assert [name for name, each in questions.items() if each.battery] == ["gym", "aerobics", "eat", "drink"]
    assert {questions[name].stem for name in ("gym", "drink")} == {
        "Please provide the patient's weekly schedule for the activities below."
    }
    monday = questions["gym"].options[0]
    assert (monday.code, monday.label) == ("0", "Monday")
    assert questions["num_children"].shown_if == '[sex] = "0" and [given_birth] = "1"'
    assert (questions["specify_mood"].least, questions["specify_mood"].most) == (0, 100)
    assert questions["specify_mood"].options == ()


@pytest.mark.reference
def test_limits_and_decimal_signs_of_numbers_are_those_of_the_dictionary(reference: Path):
    questions = read_structure([reference / REDCAP / "redcapr-decimal-comma-and-dot/dictionary.csv"]).questions
    found = {name: (each.decimal, each.least, each.most) for name, each in questions.items() if each.kind == "number"}
    assert found == {
        "height_dot": ("", 0, 3),
        "height_comma": (",", None, None),
        "weight_dot": ("", 35, 200),
        "weight_comma": (",", 35, 200),
    }


@pytest.mark.reference
def test_fields_marked_as_identifiers_and_those_that_should_have_been_are_personal(reference: Path):
    questions = read_structure([reference / REDCAP / "redcapr-survey/dictionary.csv"]).questions
    assert [name for name, each in questions.items() if each.is_personal_data] == [
        "dob", "email", "first_name", "last_name", "address", "telephone_1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1, Low | 2, High", [("1", "Low"), ("2", "High")]),
        ("1, Low, very low | 2, High", [("1", "Low, very low"), ("2", "High")]),
        ("a,A|B-1,b", [("a", "A"), ("B-1", "b")]),
        ("-1, Don't know | 0, None", [("-1", "Don't know"), ("0", "None")]),
        ("1, <b>Bold</b> &amp; plain", [("1", "Bold & plain")]),
        ("1, Low\n2, High", [("1", "Low"), ("2", "High")]),
        ("Low | High", [("Low", "Low"), ("High", "High")]),
        ("", []),
    ],
)
def test_choices_are_codes_before_the_first_comma(text, expected):
    assert [(each.code, each.label) for each in choices(text)] == expected


@pytest.mark.parametrize(
    ("validation", "kind"),
    [
        ("", "open_text"), ("integer", "number"), ("number", "number"), ("number_1dp", "number"),
        ("number_comma_decimal", "number"), ("number_2dp_comma_decimal", "number"), ("date_dmy", "date"),
        ("date_mdy", "date"), ("date_ymd", "date"), ("datetime_dmy", "date"), ("datetime_seconds_ymd", "date"),
        ("time", "open_text"), ("email", "open_text"), ("phone", "open_text"), ("alpha_only", "open_text"),
    ],
)  # fmt: skip
def test_the_validation_of_a_text_decides_its_kind(validation, kind):
    assert question(validation=validation).kind == kind


@pytest.mark.parametrize("validation", ["email", "phone", "phone_australia", "ssn", "zipcode", "mrn_10d", "vmrn"])
def test_some_validations_mark_personal_data(validation):
    assert question(validation=validation).is_personal_data
    assert not question(validation="integer").is_personal_data


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("notes", "open_text"), ("radio", "choice"), ("dropdown", "choice"), ("checkbox", "multiple_choice"),
        ("yesno", "choice"), ("truefalse", "choice"), ("slider", "number"), ("calc", "score"), ("file", "metadata"),
        ("sql", "code"),
    ],
)  # fmt: skip
def test_every_type_of_field_has_a_kind(kind, expected):
    assert question(kind=kind, choices=(("1", "One"), ("2", "Two"))).kind == expected


def test_yes_and_no_have_the_codes_that_redcap_gives_them():
    assert [(each.code, each.label) for each in question(kind="yesno").options] == [("1", "Yes"), ("0", "No")]
    assert [(each.code, each.label) for each in question(kind="truefalse").options] == [("1", "True"), ("0", "False")]


def test_descriptive_fields_hold_no_data_and_unknown_types_are_named():
    structure = structure_of(Field("intro", "people", "descriptive"), Field("odd", "people", "hologram"))
    assert list(structure.questions) == ["record_id", "odd"]
    assert structure.questions["odd"].kind == "unknown"
    assert "odd (hologram)" in structure.warnings[0]


def test_headers_of_the_api_and_other_separators_say_the_same():
    field = Field(
        "q", "people", "radio", "How <b>often</b>?", (("1", "Never"), ("2", "Often")), required="y", identifier="y",
        branching="[x] = '1'", annotation="@HIDDEN @NOMISSING",
    )  # fmt: skip
    first = structure_of(field)
    assert first == structure_of(field, api=True) == structure_of(field, delimiter=";")
    found = first.questions["q"]
    assert (found.text, found.section, found.is_required, found.keeps_missing_codes) == (
        "How often?", "people", True, True,
    )  # fmt: skip
    assert found.shown_if == "[x] = '1'"


def test_the_api_may_write_json_and_the_projects_settings_hold_its_missing_codes(tmp_path: Path):
    records = [
        {"field_name": "record_id", "form_name": "f", "field_type": "text", "field_label": "Id"},
        {"field_name": "q", "form_name": "f", "field_type": "yesno", "field_label": "Ok?", "identifier": ""},
    ]
    (tmp_path / "fields.json").write_text(json.dumps(records))
    codes = "NA, Not applicable | UNK, Unknown | -9, Refused"
    settings = f'project_id,project_title,missing_data_codes\n1,Pilot,"{codes}"\n'
    (tmp_path / "project.csv").write_text(settings)
    structure = read_structure([tmp_path / "fields.json", tmp_path / "project.csv"])
    assert (structure.title, list(structure.questions)) == ("Pilot", ["record_id", "q"])
    assert structure.missing == {"NA": "not_applicable", "UNK": "unknown_blank", "-9": "refused"}
    assert "UNK (Unknown)" in structure.warnings[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n".join([dictionary(Project((ID,))), "record_id,people,,text,,,,,,,,,,,,,,"]), "twice"),
        (dictionary(Project(())), "found none"),
        (dictionary(Project((ID,))) + '"open', "cannot be cut"),
    ],
)
def test_broken_dictionaries_are_refused_with_a_reason(text, expected):
    with pytest.raises(ReadingError, match=expected):
        RedcapStructureReader().read([StructureFile("dictionary.csv", text.encode())])
