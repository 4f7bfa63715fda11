"""What holds of every REDCap and Kobo export: columns are what was written, no other file is taken for one."""

import string
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.kobo.reader import KoboReader
from pipelines.readers.kobo.structure import KoboStructureReader
from pipelines.readers.plan import ReadingError, Request
from pipelines.readers.redcap.reader import RedcapReader
from pipelines.readers.redcap.structure import RedcapStructureReader
from pipelines.readers.registry import make_plan
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.structures import read_structure
from tests.opened import opened_export, plan_of
from tests.writers import kobo_export, redcap_export

NAMES = st.from_regex(r"[a-z](_?[a-z0-9]){0,4}", fullmatch=True)
CODES = st.one_of(st.integers(-3, 12).map(str), st.sampled_from(["A", "b", "UNK", "1.5", "x_1"]))
LABELS = st.text(string.ascii_letters + " ,()&;æøå'", max_size=12).map(str.strip).filter(bool)
PLAIN = st.text(string.ascii_letters + string.digits + ' ,;"\n', max_size=8).filter(lambda text: text.strip() != "")


@st.composite
def projects(draw):
    names = draw(st.lists(NAMES, min_size=2, max_size=7, unique=True))
    n_forms = draw(st.integers(1, 3))
    fields = [redcap_export.Field(names[0] + "_id", "form_0", label="Record ID")]
    for number, name in enumerate(names[1:]):
        kind = draw(st.sampled_from(["text", "notes", "radio", "checkbox", "yesno", "slider", "descriptive"]))
        codes = draw(st.lists(CODES, min_size=1, max_size=4, unique_by=redcap_export.spelled))
        has_choices = kind in ("radio", "checkbox")
        choices = tuple((code, draw(LABELS.map(lambda label: label.replace("|", "")))) for code in codes)
        form = f"form_{number * n_forms // len(names)}"
        fields.append(redcap_export.Field(name, form, kind, draw(LABELS), choices if has_choices else ()))
    surveys = draw(st.sets(st.sampled_from([field.form for field in fields])))
    return redcap_export.Project(tuple(fields), frozenset(surveys))


@st.composite
def redcap_records(draw, project):
    rows = []
    for number in range(draw(st.integers(1, 3))):
        row = {project.fields[0].name: str(number)}
        for field in project.fields[1:]:
            codes = [code for code, _ in field.choices]
            row[field.name] = draw(st.sets(st.sampled_from(codes)) if field.kind == "checkbox" else PLAIN)
        rows.append(row | {f"{form}_complete": draw(st.sampled_from(["", "0", "1", "2"])) for form in project.forms})
    return rows


def planned(text: str, *definitions: str):
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.csv" for number in range(1 + len(definitions))]
        for path, content in zip(paths, (text, *definitions), strict=True):
            path.write_text(content, encoding="utf-8")
        return plan_of(*paths)


@given(st.data())
def test_every_column_of_a_redcap_export_is_what_was_written(data):
    project = data.draw(projects())
    rows = data.draw(redcap_records(project))
    label_headers = data.draw(st.booleans())
    found = redcap_export.export(project, rows, labels=data.draw(st.booleans()), label_headers=label_headers)
    plan = planned(found.text, redcap_export.dictionary(project))
    assert plan.platform == "redcap"
    names = {field.name for field in project.fields}
    for column, (field, option) in zip(plan.columns, found.columns, strict=True):
        if field in names:
            assert (column.question.id, column.option) == (field, option)
            assert (column.role == "multiple_choice_option") == bool(option)
        else:
            assert (column.question, column.role) == (None, "metadata")


@given(st.data())
def test_labels_of_fields_that_an_export_leaves_out_are_never_given_to_others(data):
    project = data.draw(projects())
    kept = [field for field in project.fields[1:] if data.draw(st.booleans())]
    shorter = replace(project, fields=(project.fields[0], *kept))
    found = redcap_export.export(shorter, data.draw(redcap_records(shorter)), label_headers=True)
    plan = planned(found.text, redcap_export.dictionary(project))
    for column, (field, option) in zip(plan.columns, found.columns, strict=True):
        if column.question is not None:
            assert (column.question.id, column.option) == (field, option)


@st.composite
def forms(draw):
    names = iter(draw(st.lists(NAMES, min_size=9, max_size=9, unique=True)))
    codes = st.one_of(st.integers(-3, 12).map(str), st.sampled_from(["a", "b_1", "dont_know"]))
    lists = {
        name: tuple((code, draw(LABELS)) for code in draw(st.lists(codes, min_size=1, max_size=4, unique=True)))
        for name in ("l1", "l2")
    }
    kinds = st.sampled_from(["text", "integer", "select_one l1", "select_multiple l1", "select_multiple l2", "note"])
    rows = [kobo_export.Row(draw(kinds), next(names), draw(LABELS)) for _ in range(2)]
    for depth in range(draw(st.integers(0, 2))):
        rows += [kobo_export.Row("begin_group", next(names)), kobo_export.Row(draw(kinds), next(names), "Q")]
        rows += [kobo_export.Row("end_group")] if depth == 0 else []
    opened = sum(row.type == "begin_group" for row in rows) - sum(row.type == "end_group" for row in rows)
    rows += [kobo_export.Row("end_group")] * opened
    rows += [
        kobo_export.Row("begin_repeat", next(names)),
        kobo_export.Row("text", next(names)),
        kobo_export.Row("end_repeat"),
    ]
    return kobo_export.Form(tuple(rows), lists)


@st.composite
def kobo_records(draw, form):
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        row = {}
        for question, _, _ in kobo_export.leaves(form):
            codes = [code for code, _ in form.choices.get(question.type.partition(" ")[2], ())]
            several = st.lists(st.sampled_from(codes), unique=True).map(" ".join) if codes else PLAIN
            row[question.name] = draw(several)
        rows.append(row)
    return rows


@given(st.data())
def test_every_column_of_a_kobo_or_odk_export_is_what_was_written(data):
    form = data.draw(forms())
    style = kobo_export.Style(
        joint=data.draw(st.sampled_from(["", "/", "-"])),
        several=data.draw(st.sampled_from(["both", "details", "summary"])),
        platform=data.draw(st.sampled_from(["kobo", "odk"])),
        delimiter=data.draw(st.sampled_from([";", ","])),
        ticks=data.draw(st.sampled_from([("0", "1"), ("False", "True"), ("0.0", "1.0")])),
    )
    repeat = data.draw(st.sampled_from(["", next(row.name for row in form.rows if row.type == "begin_repeat")]))
    found = kobo_export.export(form, data.draw(kobo_records(form)), style, repeat)
    sheets = (kobo_export.survey_sheet(form), kobo_export.choices_sheet(form))
    plan = planned(found.text, *map(kobo_export.as_csv, sheets))
    assert plan.platform == "kobo"
    assert [(c.question.id, c.option) if c.question else ("", "") for c in plan.columns] == list(found.columns)


@given(st.data())
def test_names_that_r_changed_find_their_question_or_none(data):
    form = data.draw(forms())
    style = kobo_export.Style(joint="/", delimiter=",", ticks=("FALSE", "TRUE"), through_r=True)
    found = kobo_export.export(form, data.draw(kobo_records(form)), style)
    sheets = (kobo_export.survey_sheet(form), kobo_export.choices_sheet(form))
    plan = planned(found.text, *map(kobo_export.as_csv, sheets))
    for column, meant in zip(plan.columns, found.columns, strict=True):
        if column.question is not None:
            assert (column.question.id, column.option) == meant


REDCAP_START = b"record_id,redcap_event_name,a___1,form_complete\n1,x,1,2\n"
KOBO_START = b"start,_id,_uuid,_submission_time,a/b,a\n2026-03-01T09:00:00Z,1,u,2026-03-01T09:00:00,1,b\n"
DICTIONARY = redcap_export.dictionary(
    redcap_export.Project(
        (redcap_export.Field("record_id", "f"), redcap_export.Field("a", "f", "checkbox", "A", (("1", "B"),)))
    )
).encode()
SURVEY = kobo_export.as_csv(
    kobo_export.survey_sheet(kobo_export.Form((kobo_export.Row("text", "q", "Q"),), {}))
).encode()


def spliced(*starts: bytes):
    """Draw valid beginnings with random bytes put in somewhere, and random bytes alone."""
    whole = st.sampled_from([b"", *starts])
    return st.builds(
        lambda text, place, noise: text[: place % (len(text) + 1)] + noise + text[place % (len(text) + 1) :],
        whole, st.integers(0, 2_000), st.binary(max_size=60),
    )  # fmt: skip


@given(spliced(REDCAP_START, KOBO_START))
def test_no_bytes_crash_the_readers(content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(content)
        try:
            head = opened_export(path).head
            for platform in ("redcap", "kobo", None):
                make_plan(head, Request(), platform)
        except ReadingError:
            return


@given(spliced(DICTIONARY, SURVEY, b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b'[{"field_name": 1'))
def test_no_bytes_crash_the_readers_of_definitions(content):
    files = [StructureFile("definition", content)]
    for reader in (RedcapStructureReader(), KoboStructureReader()):
        if reader.recognises(files):
            try:
                assert reader.read(files).questions is not None
            except ReadingError:
                continue


def real_files(reference: Path) -> list[Path]:
    return [path for path in sorted((reference / "data").rglob("*")) if path.is_file()]


@pytest.mark.reference
def test_no_other_real_file_is_taken_for_an_export(reference: Path):
    looked_at = 0
    for path in real_files(reference):
        try:
            head = opened_export(path).head
        except ReadingError:
            continue
        looked_at += 1
        is_redcap = path.parent.parent.name == "redcap" and path.name == "data.csv"
        assert RedcapReader().recognises(head) == is_redcap, path
        assert KoboReader().recognises(head) == (path.name == "cleaningtools_raw_data.csv"), path
    assert looked_at > 40


@pytest.mark.reference
def test_no_other_real_file_is_taken_for_a_definition(reference: Path):
    for path in real_files(reference):
        files = [StructureFile(path.name, path.read_bytes())]
        assert RedcapStructureReader().recognises(files) == (path.name == "dictionary.csv"), path
        is_form = path.name in ("Household_Back_Check_Survey.xlsx", "cleaningtools_survey.csv")
        assert KoboStructureReader().recognises(files) == is_form, path


@pytest.mark.reference
def test_choices_alone_are_no_form(reference: Path):
    with pytest.raises(ReadingError):
        read_structure([reference / "data/kobo/cleaningtools/cleaningtools_choices.csv"])
