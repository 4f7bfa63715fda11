"""Microsoft Forms in six languages, Google Forms in several, Enalyzer with what it must not let through."""

from pathlib import Path
from typing import Any

import pytest

from instruments.spec import Instrument
from pipelines.readers.plan import ReadingError, ReadingPlan
from pipelines.readers.registry import choose_reader
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_of
from tests.writers.delimited import delimited, write_workbook
from tests.writers.forms import MICROSOFT_HEADERS, google_rows, microsoft_rows

QUESTIONS = ("Role?", "Tools?", "Email2", "How far? [We are heard]", "How far? [We decide]")
ANSWERS = (
    {"Role?": "Director", "Tools?": ["Meetings", "Pooled budgets"], "Email2": "a@example.org",
     "How far? [We are heard]": "Agree", "How far? [We decide]": "Disagree"},
    {"Role?": "Head", "Tools?": ["Meetings"], "How far? [We are heard]": "Agree"},
)  # fmt: skip


def text_file(tmp_path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(delimited(rows, delimiter, "utf-8-sig"))
    return path


def source(**settings: Any) -> Source:
    return Source.model_validate(
        {"wave": "w1", "files": "e.csv", "time_zone": "Europe/Copenhagen", **settings}, strict=False
    )


@pytest.mark.parametrize("language", MICROSOFT_HEADERS)
@pytest.mark.parametrize("workbook", [False, True])
def test_microsoft_forms_is_recognised_in_every_language(tmp_path: Path, language: str, workbook: bool) -> None:
    rows = microsoft_rows(language, QUESTIONS, ANSWERS)
    path = write_workbook(tmp_path / "e.xlsx", {"Sheet1": rows}) if workbook else text_file(tmp_path, rows)
    plan = plan_of(path)
    own = MICROSOFT_HEADERS[language]
    assert plan.platform == "microsoft_forms"
    assert plan.keys == {"response_id": own[0], "started_at": own[1], "ended_at": own[2], "recorded_at": own[5]}
    assert [c.name for c in plan.columns if c.is_personal_data] == [own[3], own[4], "Email2"]
    assert [c.name for c in plan.columns if c.role == "item"] == list(QUESTIONS)


def test_ticked_options_are_cut_at_semicolons(tmp_path: Path) -> None:
    tools = plan_of(text_file(tmp_path, microsoft_rows("en", QUESTIONS, ANSWERS))).column("Tools?")
    assert tools.separator == ";"
    assert tools.question is None, "labels that occur are no definition: respondents type their own beside 'Other'"


def test_an_answer_with_a_semicolon_inside_is_not_cut(tmp_path: Path) -> None:
    answers = ({"Role?": "one; two"}, {"Role?": "three"})
    assert plan_of(text_file(tmp_path, microsoft_rows("en", ["Role?"], answers))).column("Role?").separator == ""


def test_points_and_feedback_of_a_quiz_are_scores(tmp_path: Path) -> None:
    questions = ("Total points", "Quiz feedback", "Role?", "Points - Role?", "Feedback - Role?")
    plan = plan_of(text_file(tmp_path, microsoft_rows("fr", questions, ({"Role?": "x", "Points - Role?": "1"},))))
    roles = {column.name: column.role for column in plan.columns[6:]}
    assert roles == {
        "Total points": "score", "Quiz feedback": "metadata", "Role?": "item", "Points - Role?": "score",
        "Feedback - Role?": "score",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "moments", "formats"),
    [
        ("Timestamp", ["12/12/2022 10:32:07", "12/13/2022 9:01:00"], ("%m/%d/%Y %H:%M:%S",)),
        ("Tidsstempel", ["13/12/2022 10.32.07", "01/12/2022 09.01.00"], ("%d/%m/%Y %H.%M.%S",)),
        ("Horodateur", ["31/01/2026 10:32:07", "01/02/2026 10:32:07"], ("%d/%m/%Y %H:%M:%S",)),
        ("Zeitstempel", ["13.12.2022 10:32:07", "01.12.2022 10:32:07"], ("%d.%m.%Y %H:%M:%S",)),
        ("Timestamp", ["2022/01/02 3:17:39 PM GMT+2", "2022/01/03 3:17:39 AM GMT+1"], ("%Y/%m/%d %I:%M:%S %p %z",)),
        ("Tidsstämpel", ["2022-01-02 10:32:07", "2022-01-03 10:32:07"], ()),
    ],
)  # fmt: skip
def test_google_forms_time_stamps_are_read_in_the_order_they_show(
    tmp_path: Path, header: str, moments: list[str], formats: tuple[str, ...]
) -> None:
    plan = plan_of(text_file(tmp_path, google_rows(header, QUESTIONS, ANSWERS, moments)))
    assert (plan.platform, plan.column(header).time_formats) == ("google_forms", formats)
    assert plan.keys == {"ended_at": header}


def test_time_stamps_that_leave_the_order_open_must_be_stated_in_a_study(tmp_path: Path) -> None:
    path = text_file(
        tmp_path, google_rows("Timestamp", QUESTIONS, ANSWERS, ["01/02/2026 10:00:00", "03/04/2026 10:00:00"])
    )
    assert any("give date_order" in warning for warning in plan_of(path).warnings)
    with pytest.raises(ReadingError, match="'Timestamp' do not show whether the day or the month comes first"):
        plan_of(path, source=source())
    plan = plan_of(path, source=source(date_order="day_first"))
    assert plan.column("Timestamp").time_formats == ("%d/%m/%Y %H:%M:%S",)


def test_a_stated_order_that_the_time_stamps_contradict_is_refused(tmp_path: Path) -> None:
    path = text_file(
        tmp_path, google_rows("Timestamp", QUESTIONS, ANSWERS, ["01/25/2026 10:00:00", "03/04/2026 10:00:00"])
    )
    with pytest.raises(ReadingError, match="can only have the month first; correct date_order"):
        plan_of(path, source=source(date_order="day_first"))


def test_time_stamps_of_both_orders_are_refused(tmp_path: Path) -> None:
    path = text_file(
        tmp_path, google_rows("Timestamp", QUESTIONS, ANSWERS, ["01/25/2026 10:00:00", "25/01/2026 10:00:00"])
    )
    with pytest.raises(ReadingError, match="some that can only have the day first"):
        plan_of(path)


def test_rows_of_a_google_grid_share_a_battery(tmp_path: Path) -> None:
    moments = ["12/12/2022 10:32:07", "12/13/2022 9:01:00"]
    plan = plan_of(text_file(tmp_path, google_rows("Timestamp", QUESTIONS, ANSWERS, moments)))
    row = plan.column("How far? [We decide]").question
    assert row is not None
    assert (row.battery, row.stem, row.text) == ("How far?", "How far?", "We decide")


def tools_plan(tmp_path: Path, *labels: str) -> ReadingPlan:
    points = {code: {"label": {"en": label}} for code, label in enumerate(labels, start=1)}
    raw = {
        "name": "t", "version": "1", "title": {"en": "t"},
        "items": {"tools": {"kind": "multiple_choice", "response_scale": "tools"}},
        "response_scales": {"tools": {"points": points}},
    }  # fmt: skip
    moments = ["12/12/2022 10:32:07", "12/13/2022 9:01:00"]
    path = text_file(tmp_path, google_rows("Timestamp", QUESTIONS, ANSWERS, moments))
    instrument = Instrument.model_validate(raw, strict=False)
    return plan_of(path, source=source(columns={"tools": "Tools?"}), instruments=(instrument,))


def test_google_check_boxes_are_cut_at_commas_only_where_the_options_are_known(tmp_path: Path) -> None:
    assert tools_plan(tmp_path, "Meetings", "Pooled budgets").column("Tools?").separator == ", "
    moments = ["12/12/2022 10:32:07", "12/13/2022 9:01:00"]
    unbound = plan_of(text_file(tmp_path, google_rows("Timestamp", QUESTIONS, ANSWERS, moments)))
    assert unbound.column("Tools?").separator == ""


def test_an_option_with_a_comma_is_warned_of(tmp_path: Path) -> None:
    plan = tools_plan(tmp_path, "Meetings", "Budgets, pooled")
    assert any("hold a comma" in warning and "Tools?" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    "rows",
    [
        [["Timestamp", "value"], ["41", "2"]],
        [["Timestamp"], ["12/12/2022 10:32:07"]],
        [["Time", "value"], ["12/12/2022 10:32:07", "2"]],
        [["ID", "Start time", "Duration"], ["1", "2026-03-14 09:00:00", "3"]],
        [["Start time", "ID", "Completion time"], ["2026-03-14 09:00:00", "1", "2026-03-14 09:00:00"]],
        [["Respondent ID", "Start Date", "End Date"], ["1", "2026-03-14", "2026-03-14"]],
        [["CASE", "MODE", "STARTED"], ["1", "interview", "2026-03-14"]],
        [["lfdn", "dispcode"], ["1", "31"]],
        [["respondentid", "s_1", "email"], ["1", "2", "x"]],
    ],
)
def test_tables_that_only_look_alike_are_not_recognised(tmp_path: Path, rows: list[list[str]]) -> None:
    assert choose_reader(opened_export(text_file(tmp_path, rows)).head, None).platform == "generic"


ENALYZER = [
    ["Respondent ID", "E-mail", "CPR-nummer", "Kode", "Start date", "Q1"],
    ["1", "a@example.org", "0102031234", "010203-1234", "03-04-2026", "4"],
    ["2", "b@example.org", "0102031235", "", "05-06-2026", "2"],
]


def test_enalyzer_is_declared_and_its_dates_have_the_month_first(tmp_path: Path) -> None:
    path = text_file(tmp_path, ENALYZER, ";")
    assert plan_of(path).platform == "generic"
    plan = plan_of(path, source=source(platform="enalyzer"))
    assert (plan.platform, plan.column("Start date").time_formats) == ("enalyzer", ("%m-%d-%Y",))
    assert plan.keys == {"response_id": "Respondent ID", "started_at": "Start date"}
    assert any("label numbers" in warning for warning in plan.warnings)


def test_civil_registration_numbers_are_found_by_header_and_by_content(tmp_path: Path) -> None:
    plan = plan_of(text_file(tmp_path, ENALYZER, ";"), platform="enalyzer")
    assert {column.name: column.role for column in plan.columns if column.is_personal_data} == {
        "E-mail": "metadata", "CPR-nummer": "metadata", "Kode": "identifier",
    }  # fmt: skip
    assert any("(CPR) seem to stand in Kode" in warning for warning in plan.warnings)
    assert not any("010203" in warning for warning in plan.warnings)
