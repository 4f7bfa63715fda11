"""XLSForms of KoboToolbox, ODK and SurveyCTO as structures."""

import csv
from collections import Counter
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipelines.readers.kobo.structure import KoboStructureReader
from pipelines.readers.plan import ReadingError
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.structures import read_structure
from tests.writers.kobo_export import Form, Row, as_csv, choices_sheet, survey_sheet

KOBO = "data/kobo"
YES_NO = {"yn": (("yes", "Yes"), ("no", "No"))}
AGREE = {"agree": (("1", "Disagree"), ("2", "Agree"), ("-999", "Don't know"), ("-888", "Refused"), ("-666", "Other"))}


def structure_of(*rows: Row, **lists):
    form = Form(rows, {**YES_NO, **AGREE, **lists})
    files = [("survey.csv", survey_sheet(form)), ("choices.csv", choices_sheet(form))]
    return KoboStructureReader().read([StructureFile(name, as_csv(sheet).encode()) for name, sheet in files])


def question(type_, **given):
    return structure_of(Row(type_, "q", **given)).questions["q"]


@pytest.fixture(scope="module")
def cleaning(reference: Path):
    folder = reference / KOBO / "cleaningtools"
    return read_structure([folder / "cleaningtools_survey.csv", folder / "cleaningtools_choices.csv"])


@pytest.fixture(scope="module")
def backcheck(reference: Path):
    return read_structure([reference / KOBO / "ipa-backcheck/Household_Back_Check_Survey.xlsx"])


@pytest.mark.reference
def test_a_form_as_two_csv_files_has_its_questions_and_languages(reference, cleaning):
    with (reference / KOBO / "cleaningtools/cleaningtools_survey.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 235
    groups = sum(row["type"].startswith(("begin", "end")) and row["type"] != "end" for row in rows)
    assert len(cleaning.questions) == len(rows) - groups == 223
    kinds = Counter(each.kind for each in cleaning.questions.values())
    assert (kinds["choice"], kinds["multiple_choice"], kinds["number"]) == (89, 24, 56)
    assert (kinds["open_text"] + kinds["other_text"], kinds["metadata"], kinds["date"]) == (43, 10, 1)
    assert (cleaning.platform, cleaning.language, cleaning.warnings) == ("kobo", "en", ())


@pytest.mark.reference
def test_options_keep_the_order_of_the_form_and_their_labels_in_both_languages(cleaning):
    found = cleaning.questions["satisfaction_piped"]
    assert [each.code for each in found.options] == [
        "very_satisfied", "somewhat_satisfied", "neither_satisfied", "somewhat_dissatisfied", "very_dissatisfied",
    ]  # fmt: skip
    assert (found.options[0].label, found.options[0].also) == ("Very satisfied", ("راضٍ جدًا",))
    assert set(found.texts) == {"en", "ar"}
    assert found.shown_if == "selected(${water_sources},'piped')"
    assert (found.section, found.path, found.is_required) == ("Water Sources", "water_source/satisfaction_piped", True)


@pytest.mark.reference
def test_opt_outs_of_a_real_form_are_those_whose_labels_say_so(cleaning):
    reasons = {each.code: each.reason for each in cleaning.questions["primary_livelihood"].options if each.reason}
    assert reasons == {"dont_know": "dont_know", "prefer_not_answer": "refused"}
    assert cleaning.questions["primary_livelihood_other"].kind == "other_text"


@pytest.mark.reference
def test_limits_and_personal_data_of_a_real_form(cleaning):
    assert (cleaning.questions["age_hoh"].least, cleaning.questions["age_hoh"].most) == (18, 119)
    assert cleaning.questions["tot_expenses"].least is None
    personal = {name for name, each in cleaning.questions.items() if each.is_personal_data}
    assert {"deviceid", "audit", "telephone_number", "gpslocation"} <= personal
    assert not {"consent_remote", "consent_telephone_number", "age_hoh", "num_hh_member"} & personal


@pytest.mark.reference
def test_a_surveycto_workbook_has_its_codes_batteries_and_dynamic_lists(backcheck):
    assert (backcheck.title, backcheck.language, len(backcheck.questions)) == (
        "Household Back Check Survey", "english", 62,
    )  # fmt: skip
    kinds = Counter(each.kind for each in backcheck.questions.values())
    assert kinds == {
        "metadata": 21,
        "embedded": 14,
        "choice": 12,
        "number": 7,
        "open_text": 1,
        "other_text": 3,
        "code": 4,
    }
    native = backcheck.questions["e_hhh_native"]
    assert [(each.code, each.label, each.reason) for each in native.options] == [
        ("1", "Yes", None), ("0", "No", None), ("-999", "Don't Know", "dont_know"),
    ]  # fmt: skip
    other = next(each for each in backcheck.questions["e_hhh_relig"].options if each.code == "-666")
    assert (other.label.lower().startswith("other"), other.reason) == (True, None)
    assert (native.shown_if, native.section, native.is_required) == ("${c_consent} = 1", "Consented", True)
    assert "<b>" not in native.text
    assert "${a_pl_hhh_fn}" in native.text
    assert (backcheck.questions["hhid"].kind, backcheck.questions["hhid"].options) == ("code", ())


@pytest.mark.reference
def test_a_table_of_a_surveycto_form_is_a_battery_below_its_heading(backcheck):
    rows = [each for each in backcheck.questions.values() if each.battery]
    assert [each.id for each in rows] == ["i_radio", "i_mosquito_net"]
    assert {each.stem for each in rows} == {"(I02-00) Does anyone in your household own a functioning:"}
    assert backcheck.questions["tmp_i_label"].kind == "metadata"


@pytest.mark.reference
def test_special_codes_of_numbers_are_told_and_not_decided(backcheck):
    warning = next(each for each in backcheck.warnings if "-999" in each)
    for name in ("e_hhh_howlong", "j_land_size", "j_land_value", "m_mon_exp", "m_mon_inc"):
        assert name in warning
    assert "give the reason under missing" in warning
    assert backcheck.questions["e_hhh_howlong"].least is None
    assert (backcheck.questions["f_hhm_cnt"].least, backcheck.questions["f_hhm_cnt"].most) == (2, 60)


@pytest.mark.reference
def test_devices_and_full_names_of_a_surveycto_form_are_personal(backcheck):
    personal = {name for name, each in backcheck.questions.items() if each.is_personal_data}
    assert {"deviceid", "subscriberid", "simid", "devicephonenum", "username", "gps", "a_pl_hhh_fn"} <= personal


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("select_one agree", "choice"), ("select one agree", "choice"), ("select_multiple agree", "multiple_choice"),
        ("select all that apply agree", "multiple_choice"), ("rank agree", "ranking"), ("integer", "number"),
        ("decimal", "number"), ("range", "number"), ("text", "open_text"), ("date", "date"), ("dateTime", "date"),
        ("geopoint", "metadata"), ("calculate", "embedded"), ("note", "metadata"), ("start", "metadata"),
        ("select_one_from_file towns.csv", "code"), ("image", "metadata"), ("barcode", "code"), ("time", "open_text"),
        ("start-geopoint", "metadata"), ("hologram", "unknown"),
    ],
)  # fmt: skip
def test_every_type_has_a_kind(type_, kind):
    assert question(type_).kind == kind


@pytest.mark.parametrize(
    "type_",
    ["deviceid", "username", "phonenumber", "audit", "email", "geopoint", "image", "start-geopoint", "simserial"],
)
def test_what_a_device_or_a_picture_tells_is_personal(type_):
    assert question(type_).is_personal_data
    assert not question("integer").is_personal_data


def test_a_negative_code_is_an_opt_out_only_when_its_label_says_so():
    reasons = {each.code: each.reason for each in question("select_one agree").options}
    assert reasons == {"1": None, "2": None, "-999": "dont_know", "-888": "refused", "-666": None}
    odd = structure_of(Row("select_one odd", "q"), odd=(("1", "Low"), ("2", "Don't know"), ("-777", "Skipped")))
    assert [each.reason for each in odd.questions["q"].options] == [None, None, None]
    assert "-777 (Skipped)" in odd.warnings[0]


def test_another_answer_adds_an_option_and_a_field():
    structure = structure_of(Row("select_one agree or_other", "q", "Agree?"))
    assert structure.questions["q"].options[-1].code == "other"
    assert structure.questions["q_other"].kind == "other_text"


def test_a_text_asked_only_after_other_belongs_to_it():
    structure = structure_of(
        Row("select_one agree", "q"),
        Row("text", "why", relevant="${q} = -666"),
        Row("text", "which", relevant="selected(${q}, '1')"),
    )
    assert (structure.questions["why"].kind, structure.questions["which"].kind) == ("other_text", "open_text")


@pytest.mark.parametrize(
    ("constraint", "limits"),
    [
        (". >= 0 and . <= 120", (0, 120)), (".> 17 and .< 120", (18, 119)), ("(. >= 1 and . <= 5)", (1, 5)),
        (". = -999 or (. >= 0 and . <= 120)", (None, None)), ("", (None, None)), (". < ${other}", (None, None)),
    ],
)  # fmt: skip
def test_limits_are_read_only_where_the_constraint_is_plain(constraint, limits):
    found = question("integer", constraint=constraint)
    assert (found.least, found.most) == limits


@pytest.mark.parametrize(
    ("group", "rows"), [("field-list", ""), ("table-list", ""), ("", "likert"), ("", "list-nolabel")]
)
def test_choices_with_one_list_that_stand_together_are_a_battery(group, rows):
    structure = structure_of(
        Row("begin_group", "g", "Your unit", appearance=group),
        *(Row("select_one agree", name, name, appearance=rows) for name in ("a", "b")),
        Row("select_one yn", "c", appearance=rows),
        Row("end_group"),
        Row("select_one agree", "d"),
        Row("select_one agree", "e"),
    )
    assert [(each.id, each.battery, each.stem) for each in structure.questions.values() if each.battery] == [
        ("a", "g:agree", "Your unit"), ("b", "g:agree", "Your unit"),
    ]  # fmt: skip


def test_kobos_rating_matrix_is_a_battery_with_the_options_of_its_list():
    survey = (
        "type,name,label,kobo--score-choices\nbegin_score,unit,My unit,agree\nscore__row,a,Plans,\n"
        "score__row,b,Shares,\nend_score,,,\n"
    )
    choices = "list_name,name,label\nagree,1,No\nagree,2,Yes\n"
    files = [StructureFile("survey.csv", survey.encode()), StructureFile("choices.csv", choices.encode())]
    structure = KoboStructureReader().read(files)
    assert [(each.battery, each.stem, len(each.options)) for each in structure.questions.values()] == [
        ("unit", "My unit", 2), ("unit", "My unit", 2),
    ]  # fmt: skip


def test_questions_of_one_name_in_two_groups_have_their_path_as_id():
    structure = structure_of(
        Row("begin group", "a"), Row("text", "why"), Row("end group"),
        Row("begin repeat", "b", relevant="${x} = 1"), Row("text", "why", relevant="${y} = 2"), Row("end repeat"),
    )  # fmt: skip
    assert list(structure.questions) == ["a/why", "b/why"]
    assert structure.questions["b/why"].repeated_block == "b"
    assert structure.questions["b/why"].shown_if == "(${x} = 1) and (${y} = 2)"


def test_a_workbook_says_the_same_as_csv_files(tmp_path):
    form = Form((Row("select_one agree", "q", "Agree?", "Enig?", required="true"), Row("integer", "n")), AGREE)
    book = openpyxl.Workbook()
    for name, rows in (("survey", survey_sheet(form)), ("choices", choices_sheet(form))):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([int(cell) if cell.lstrip("-").isdigit() else cell for cell in row])
    content = BytesIO()
    book.save(content)
    (tmp_path / "form.xlsx").write_bytes(content.getvalue())
    assert read_structure([tmp_path / "form.xlsx"]).questions == structure_of(*form.rows).questions


def test_a_form_without_the_options_it_uses_is_refused():
    form = Form((Row("select_one agree", "q"),), {})
    files = [StructureFile("survey.csv", as_csv(survey_sheet(form)).encode())]
    with pytest.raises(ReadingError, match="agree; give the sheet choices too"):
        KoboStructureReader().read(files)


@pytest.mark.parametrize("names", [("choices",), ("survey", "survey"), ("survey", "other")], ids="+".join)
def test_files_that_do_not_make_up_a_form_are_not_recognised(names):
    form = Form((Row("text", "q", "Why?"),), YES_NO)
    texts = {"survey": as_csv(survey_sheet(form)), "choices": as_csv(choices_sheet(form)), "other": "a,b\n1,2\n"}
    files = [StructureFile(f"{name}.csv", texts[name].encode()) for name in names]
    assert not KoboStructureReader().recognises(files)
