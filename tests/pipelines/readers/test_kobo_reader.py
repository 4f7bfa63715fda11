"""KoboToolbox, ODK Central and SurveyCTO exports as they write them, and as R writes them again."""

import csv
import io
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from instruments.spec import Instrument
from pipelines.readers.kobo.headers import FormHeaders
from pipelines.readers.kobo.names import original_name, r_name
from pipelines.readers.opening import Settings
from pipelines.readers.plan import ReadingError, Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structure import Question, Structure
from pipelines.readers.structures import read_structure
from pipelines.receive import inspect_export
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_of
from tests.writers.kobo_export import (
    Form,
    Row,
    Style,
    Written,
    as_csv,
    choices_sheet,
    export,
    survey_sheet,
)

CLEANING = "data/kobo/cleaningtools"
CHOICES = {
    "tools": (("phone", "By phone"), ("in_person", "In person"), ("-999", "Don't know")),
    "agree": (("1", "Disagree"), ("2", "Agree")),
}
FORM = Form(
    (
        Row("start", "start"),
        Row("end", "end"),
        Row("begin_group", "unit", "Unit"),
        Row("select_one agree", "trust", "Do you trust?", required="yes"),
        Row("begin_group", "ways", "Ways"),
        Row("select_multiple tools", "contact", "How do you meet?", relevant="${trust} = 2"),
        Row("text", "contact_other", "How else?"),
        Row("end_group"),
        Row("integer", "size", "How many?"),
        Row("end_group"),
        Row("begin_repeat", "partners", "Partners"),
        Row("text", "partner_name", "Name"),
        Row("select_multiple tools", "by", "By what means?"),
        Row("end_repeat"),
    ),
    CHOICES,
)
RECORDS = [
    {
        "start": "2026-03-01T09:00:00.000+01:00", "end": "2026-03-01T09:20:00.000+01:00", "trust": "2",
        "contact": "phone -999", "size": "12", "partner_name": "A", "by": "phone",
    },
    {"start": "2026-03-01T09:00:00.000+01:00", "end": "2026-03-01T09:20:00.000+01:00", "trust": "1", "by": "in_person"},
]  # fmt: skip


def written(tmp_path: Path, found: Written, *, with_form: bool = True) -> list[Path]:
    sheets = {"export.csv": found.text}
    if with_form:
        sheets |= {"survey.csv": as_csv(survey_sheet(FORM)), "choices.csv": as_csv(choices_sheet(FORM))}
    for name, text in sheets.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in sheets]


@pytest.fixture(scope="module")
def real(reference: Path):
    folder = reference / CLEANING
    path = folder / "cleaningtools_raw_data.csv"
    plan = plan_of(path, folder / "cleaningtools_survey.csv", folder / "cleaningtools_choices.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return plan, rows


def cells(real, name: str) -> list[str]:
    plan, rows = real
    column = next(each for each in plan.columns if name in (each.name, each.source_id) and not each.option)
    return [row[column.position - 1] for row in rows]


@pytest.mark.reference
def test_a_real_export_that_r_saved_again_is_recognised_by_its_changed_names(real):
    plan, rows = real
    assert (plan.platform, plan.layout, plan.encoding, plan.delimiter) == (
        "kobo", "kobo_submissions_r_names", "utf-8", ",",
    )  # fmt: skip
    assert (len(rows), len(plan.columns)) == (632, 348)
    assert dict(plan.keys) == {
        "response_id": "X_uuid", "started_at": "X.U.FEFF.start", "ended_at": "end",
        "recorded_at": "X_submission_time", "is_finished": "X_submission_time",
    }  # fmt: skip
    assert len(set(cells(real, "X_uuid"))) == 632
    assert plan.time_zone == "UTC"


@pytest.mark.reference
def test_every_column_of_the_real_export_is_placed(real):
    plan, _ = real
    roles = Counter(column.role for column in plan.columns)
    assert roles == {"item": 119, "multiple_choice_option": 188, "metadata": 30, "other_text": 9, "open_text": 2}
    dotted = [column.name for column in plan.columns if "." in column.name]
    assert len(dotted) == 189
    assert [name for name in dotted if not plan.column(name).option] == ["X.U.FEFF.start"]
    kinds = Counter(c.question.kind for c in plan.columns if c.question and not c.option)
    assert (kinds["choice"], kinds["multiple_choice"]) == (80, 0)
    assert len({column.question.id for column in plan.columns if column.option}) == 19


@pytest.mark.reference
def test_each_option_of_a_real_export_ticks_what_the_summary_says(real):
    plan, rows = real
    options = [column for column in plan.columns if column.option]
    summaries = {column.name: column for column in plan.columns if column.role == "metadata"}
    odd = []
    for column in options:
        summary = summaries[column.question.id].position - 1
        for row in rows:
            text = row[column.position - 1].lower()
            assert text in column.ticked | column.unticked | {""}
            if (text in column.ticked) != (column.option in row[summary].split(" ")):
                odd.append((column.name, text, row[summary]))
    assert odd == []


@pytest.mark.reference
def test_answers_of_the_real_export_are_those_that_the_index_states(real):
    plan, _ = real
    assert set(cells(real, "consent_remote")) == {"yes"}
    satisfied = Counter(cells(real, "satisfaction_piped"))
    assert satisfied == {
        "very_dissatisfied": 83, "somewhat_dissatisfied": 223, "neither_satisfied": 108, "somewhat_satisfied": 133,
        "very_satisfied": 19, "": 66,
    }  # fmt: skip
    codes = [option.code for option in plan.column("satisfaction_piped").question.options]
    assert (codes[0], set(codes)) == ("very_satisfied", set(satisfied) - {""})
    assert plan.column("satisfaction_piped").blank_means == "not_administered"
    members = [float(text) for text in cells(real, "num_hh_member")]
    assert round(sum(members) / len(members), 4) == 7.4114
    assert not any("consent_remote" in warning for warning in plan.warnings)


@pytest.mark.reference
def test_personal_data_of_the_real_export_are_marked(real):
    plan, _ = real
    assert {column.name for column in plan.columns if column.is_personal_data} == {"deviceid", "X_submitted_by"}


@pytest.mark.reference
def test_without_the_form_options_are_told_by_their_summary(reference):
    plan = plan_of(reference / CLEANING / "cleaningtools_raw_data.csv")
    assert sum(column.role == "multiple_choice_option" for column in plan.columns) == 188
    assert plan.column("primary_livelihood").role == "metadata"
    assert (plan.column("primary_livelihood.loans").source_id, plan.column("primary_livelihood.loans").option) == (
        "primary_livelihood", "loans",
    )  # fmt: skip
    assert len(plan.column("primary_livelihood.loans").question.options) == 18


@pytest.mark.reference
def test_inspect_counts_the_submissions_of_the_real_export(reference):
    folder = reference / CLEANING
    found = inspect_export(
        folder / "cleaningtools_raw_data.csv",
        (folder / "cleaningtools_survey.csv", folder / "cleaningtools_choices.csv"),
    )
    assert (found["platform"], found["n_responses"], found["n_finished"]) == ("kobo", 632, 632)


STYLES = [
    Style(joint, several, platform, delimiter, ticks, through_r)
    for joint, several, platform, delimiter, ticks, through_r in [
        ("/", "both", "kobo", ";", ("0", "1"), False),
        ("", "both", "kobo", ";", ("False", "True"), False),
        ("/", "details", "kobo", ",", ("0.0", "1.0"), False),
        ("/", "summary", "kobo", ";", ("0", "1"), False),
        (".", "both", "kobo", ";", ("0", "1"), False),
        ("/", "both", "kobo", ",", ("FALSE", "TRUE"), True),
        ("", "details", "kobo", ",", ("FALSE", "TRUE"), True),
        ("-", "both", "odk", ",", ("0", "1"), False),
        ("-", "summary", "odk", ",", ("0", "1"), False),
        ("", "details", "odk", ",", ("0", "1"), False),
        ("-", "both", "odk", ",", ("0", "1"), True),
    ]
]


@pytest.mark.parametrize("repeat", ["", "partners"])
@pytest.mark.parametrize("style", STYLES, ids=str)
def test_headers_in_every_style_name_the_same_questions(tmp_path, style, repeat):
    found = export(FORM, RECORDS, style, repeat)
    plan = plan_of(*written(tmp_path, found))
    assert plan.platform == "kobo"
    read = [(c.question.id, c.option) if c.question else ("", "") for c in plan.columns]
    assert read == list(found.columns)
    assert all(c.source_id == meant for c, (meant, _) in zip(plan.columns, found.columns, strict=True) if meant)
    several = [column for column in plan.columns if column.question and column.question.kind == "multiple_choice"]
    assert several
    for column in several:
        assert column.role == ("multiple_choice_option" if column.option else "item")
        assert column.separator == ("" if column.option else " ")
        if column.option:
            assert {each.lower() for each in style.ticks} <= column.ticked | column.unticked


@pytest.mark.parametrize("several", ["both", "details"])
def test_labels_as_headers_name_the_same_questions(tmp_path, several):
    found = export(FORM, RECORDS, Style("", several, labels=True))
    plan = plan_of(*written(tmp_path, found))
    assert plan.layout == "kobo_submissions_labels"
    assert [(c.question.id, c.option) if c.question else ("", "") for c in plan.columns] == list(found.columns)


@pytest.mark.parametrize(
    ("header", "changed"),
    [
        ("unit/trust", "unit.trust"), ("_uuid", "X_uuid"), ("2nd", "X2nd"), ("__version__", "X__version__"),
        ("meta-instanceID", "meta.instanceID"), ("tools/-999", "tools..999"), (".1", "X.1"), (".a", ".a"),
    ],
)  # fmt: skip
def test_r_changes_names_by_its_own_rules(header, changed):
    """A name begins with a letter, or a dot that no digit follows; see ``?make.names``."""
    assert r_name(header) == changed


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("X_uuid", "_uuid"), ("X.U.FEFF.start", "start"), ("ï..start", "start"), ("X__version__", "__version__"),
        ("meta.instanceID", "instanceID"), ("meta/instanceID", "instanceID"), ("formhub.uuid", "formhub/uuid"),
        ("X_mine", "X_mine"), ("start", "start"),
    ],
)  # fmt: skip
def test_names_that_r_changed_are_those_of_the_platform(header, name):
    assert original_name(header) == name


def test_a_spelling_that_two_questions_share_finds_neither():
    twins = (Question("a", "Why?", "open_text", path="g/a"), Question("b", "Why?", "open_text", path="h/b"))
    headers = FormHeaders(Structure("kobo", "", "en", {each.id: each for each in twins}))
    assert headers.find("Why?") is None
    assert headers.find("h/b").question.id == headers.find("b").question.id == headers.find("h.b").question.id == "b"


def test_submissions_have_their_keys_and_only_whole_forms_are_sent(tmp_path):
    plan = plan_of(*written(tmp_path, export(FORM, RECORDS)))
    assert dict(plan.keys) == {
        "response_id": "_uuid", "started_at": "start", "ended_at": "end", "recorded_at": "_submission_time",
        "is_finished": "_submission_time", "status": "_validation_status",
    }  # fmt: skip
    assert (plan.finished_texts, plan.time_zone, plan.layout) == (frozenset(), "UTC", "kobo_submissions")
    assert plan.column("unit/trust").blank_means == "not_administered"
    assert plan.column("unit/size").blank_means == "unknown_blank"
    assert [column.name for column in plan.columns if column.is_personal_data] == ["_submitted_by"]


def test_a_summary_beside_its_options_is_no_second_answer(tmp_path):
    plan = plan_of(*written(tmp_path, export(FORM, RECORDS)))
    summary = plan.column("unit/ways/contact")
    assert (summary.role, summary.question, summary.separator) == ("metadata", None, " ")
    assert [column.option for column in plan.columns if column.source_id == "contact"] == ["phone", "in_person", "-999"]


def test_a_child_table_belongs_to_the_submissions(tmp_path):
    plan = plan_of(*written(tmp_path, export(FORM, RECORDS, repeat="partners")))
    assert dict(plan.keys) == {"response_id": "_submission__uuid", "repeat_instance": "_index"}
    assert (plan.layout, plan.repeated_block) == ("kobo_repeats", "partners")
    assert plan.column("partners/partner_name").question.repeated_block == "partners"


@pytest.mark.parametrize("with_form", [True, False])
def test_a_child_table_of_odk_names_its_parent_and_its_block(tmp_path, with_form):
    found = export(FORM, RECORDS, Style("-", platform="odk", delimiter=","), "partners")
    plan = plan_of(*written(tmp_path, found, with_form=with_form))
    assert dict(plan.keys) == {"response_id": "PARENT_KEY"}
    assert (plan.layout, plan.repeated_block) == ("odk_repeats", "partners")


def test_submissions_of_odk_have_their_keys(tmp_path):
    plan = plan_of(*written(tmp_path, export(FORM, RECORDS, Style("-", platform="odk", delimiter=","))))
    assert dict(plan.keys) == {
        "response_id": "KEY", "started_at": "start", "ended_at": "end", "recorded_at": "SubmissionDate",
        "is_finished": "SubmissionDate", "status": "ReviewState",
    }  # fmt: skip
    assert plan.column("SubmitterName").is_personal_data


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_workbook_holds_submissions_and_repeats_as_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, repeat in (("Form", ""), ("partners", "partners")):
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(export(FORM, RECORDS, repeat=repeat).text), delimiter=";"):
            sheet.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    book.save(tmp_path / "export.xlsx")
    structure = read_structure(written(tmp_path, export(FORM, RECORDS))[1:])
    for name, repeat in (("Form", ""), ("partners", "partners")):
        head = opened_export(tmp_path / "export.xlsx", Settings(sheet=name)).head
        plan = make_plan(head, Request(structure=structure))
        assert (plan.platform, plan.repeated_block) == ("kobo", repeat)
        read = [(c.question.id, c.option) if c.question else ("", "") for c in plan.columns]
        assert read == list(export(FORM, RECORDS, repeat=repeat).columns)


def test_repeats_within_repeats_are_told(tmp_path):
    plan = plan_of(table(tmp_path, "item,PARENT_KEY,KEY", "a,uuid:1/outer[1],uuid:1/outer[1]/inner[1]"))
    assert any("within a repeat" in warning for warning in plan.warnings)
    assert plan.repeated_block == "inner"


def test_old_child_tables_name_the_row_of_the_other_table(tmp_path):
    plan = plan_of(
        table(tmp_path, "name,_id,_uuid,_submission_time,_index,_parent_table_name,_parent_index", "x,,,,1,main,7")
    )
    assert plan.keys["response_id"] == "_parent_index"
    assert any("identifiers.response_id: _index" in warning for warning in plan.warnings)


def test_old_main_tables_that_have_no_parent_are_no_child_tables(tmp_path):
    plan = plan_of(
        table(tmp_path, "q,_id,_uuid,_submission_time,_index,_parent_table_name,_parent_index", "x,1,u,,1,,-1")
    )
    assert plan.keys["response_id"] == "_uuid"


def test_options_follow_surveyctos_spelling_and_questions_go_before_them(tmp_path):
    rows = (
        "SubmissionDate,trust,contact,contact_phone,contact__999,contact_other,formdef_version,KEY",
        ",2,,1,0,x,1,uuid:1",
    )
    files = written(tmp_path, export(FORM, RECORDS))
    plan = plan_of(table(tmp_path, *rows), *files[1:])
    found = {column.name: (column.role, column.option) for column in plan.columns[1:6]}
    assert found == {
        "trust": ("item", ""), "contact": ("metadata", ""), "contact_phone": ("multiple_choice_option", "phone"),
        "contact__999": ("multiple_choice_option", "-999"), "contact_other": ("open_text", ""),
    }  # fmt: skip
    assert plan.layout == "surveycto_submissions"


def test_repeats_that_stand_side_by_side_are_called_so(tmp_path):
    files = written(tmp_path, export(FORM, RECORDS))
    plan = plan_of(table(tmp_path, "trust,partner_name_1,partner_name_2,_id,_uuid,_index", "1,a,b,1,u,1"), *files[1:])
    assert [column.role for column in plan.columns[:3]] == ["item", "repeat", "repeat"]


def test_places_and_pictures_are_personal_data(tmp_path):
    header = "home,_home_latitude,_home_longitude,photo,photo_URL,site-Latitude,_id,_uuid,_index"
    plan = plan_of(table(tmp_path, header, "x,0,0,a.jpg,b,0,1,u,1"))
    personal = [column.name for column in plan.columns if column.is_personal_data]
    assert personal == ["_home_latitude", "_home_longitude", "photo", "photo_URL", "site-Latitude"]


def test_columns_of_another_version_of_the_form_are_named(tmp_path):
    files = written(tmp_path, export(FORM, RECORDS))
    plan = plan_of(table(tmp_path, "unit/trust,unit/age,_id,_uuid,_index", "1,30,1,u,1"), *files[1:])
    assert plan.column("unit/age").role == "unknown"
    assert any("another version: unit/age" in warning for warning in plan.warnings)


def test_rows_that_differ_in_consent_are_told(tmp_path):
    plan = plan_of(table(tmp_path, "consent,q,_id,_uuid,_index", "yes,1,1,u,1", "no,,2,v,2"))
    assert any("consent: consent" in warning for warning in plan.warnings)


def test_labels_in_a_summary_cannot_be_taken_apart_and_this_is_told(tmp_path):
    records = [{**RECORDS[0], "contact": "By phone In person"}]
    plan = plan_of(*written(tmp_path, export(FORM, records, Style(several="summary"))))
    assert any("export XML values" in warning and "contact" in warning for warning in plan.warnings)


def test_a_group_of_ones_and_zeros_without_a_summary_is_no_multiple_choice(tmp_path):
    plan = plan_of(table(tmp_path, "unit/a,unit/b,_id,_uuid,_index", "1,0,1,u,1"))
    assert [column.role for column in plan.columns[:2]] == ["item", "item"]


def test_a_summary_that_names_other_options_is_none(tmp_path):
    plan = plan_of(table(tmp_path, "unit,unit/a,unit/b,_id,_uuid,_index", "c,1,0,1,u,1"))
    assert [column.role for column in plan.columns[:3]] == ["item", "item", "item"]


def test_times_of_a_device_without_a_zone_are_not_taken_as_utc(tmp_path):
    rows = ("start,q,_id,_uuid,_submission_time", "2026-03-01 09:00:00,1,1,u,2026-03-01T08:00:00")
    assert plan_of(table(tmp_path, *rows)).time_zone == ""


def test_a_study_binds_items_to_questions(tmp_path):
    instrument = Instrument.model_validate(
        {
            "name": "unit", "version": "1", "title": {"en": "Unit"},
            "response_scales": {"agree": {"points": {1: {}, 2: {}}}},
            "items": {"trust": {"response_scale": "agree"}},
        }
    )  # fmt: skip
    source = Source(wave="w1", files="export.csv", columns={"trust": "unit/trust"})
    plan = plan_of(*written(tmp_path, export(FORM, RECORDS)), source=source, instruments=(instrument,))
    assert plan.column("unit/trust").item == "trust"
    assert {text: plan.column("unit/trust").codes[text] for text in "12"} == {"1": 1, "2": 2}


def test_stated_header_rows_that_kobo_never_writes_are_refused(tmp_path):
    source = Source(wave="w1", files="export.csv", header_rows=3)
    with pytest.raises(ReadingError, match="one header row"):
        plan_of(*written(tmp_path, export(FORM, RECORDS)), source=source)


@pytest.mark.parametrize(
    "rows",
    [
        ("start,end,group.item_a", "1,2,3"),
        ("KEY,VALUE", "a,b"),
        ("_id,name,_index", "1,x,1"),
        ("start,end,q", "2026-03-01 09:00:00,2026-03-01 09:20:00,1"),
    ],
)
def test_other_tables_are_not_taken_for_kobo(tmp_path, rows):
    assert plan_of(table(tmp_path, *rows)).platform == "generic"
