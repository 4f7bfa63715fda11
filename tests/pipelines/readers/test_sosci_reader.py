"""SoSci Survey data sets with their own variables and negative signs."""

from pathlib import Path
from typing import Any

import pytest

from instruments.spec import Instrument
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plan import ReadingPlan, Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structure import Option, Question, Structure
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_of
from tests.received import Delivery, receive
from tests.writers.sosci import data_set

QUESTIONS = {
    "A101_01": "Rat: Mut",
    "A101_02": "Rat: Maß",
    "B201": "Rolle",
    "B201_CP": "Rolle: Code",
    "B202_03a": "Sonst",
}
CASES = (
    {"A101_01": "5", "A101_02": "-9", "B201": "-1"},
    {"A101_01": "-8", "MODE": "pretest"},
    {"MODE": "qnrcheck", "FINISHED": "0", "LASTPAGE": "2"},
)


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    return path


def study_plan(path: Path, points: dict[int, Any], missing: dict[str, str] | None = None) -> ReadingPlan:
    raw = {
        "name": "a1", "version": "1", "title": {"en": "t"}, "items": {"A101_01": {"response_scale": "s"}},
        "response_scales": {"s": {"points": points}},
    }  # fmt: skip
    source = Source.model_validate(
        {"wave": "w1", "files": "d.csv", "time_zone": "Europe/Berlin", "missing": missing or {}}, strict=False
    )
    return plan_of(path, source=source, instruments=(Instrument.model_validate(raw, strict=False),))


@pytest.mark.parametrize("tab", [True, False])
@pytest.mark.parametrize("texts", [True, False])
def test_own_variables_are_told_from_questions_in_every_download(tmp_path: Path, tab: bool, texts: bool) -> None:
    plan = plan_of(written(tmp_path, data_set(QUESTIONS, CASES, texts=texts, tab=tab)))
    assert (plan.platform, plan.header_rows) == ("sosci", 2 if texts else 1)
    roles = {column.name: column.role for column in plan.columns}
    assert {name: roles[name] for name in ("CASE", "MODE", "TIME001", "TIME_RSI", *QUESTIONS)} == {
        "CASE": "identifier", "MODE": "metadata", "TIME001": "timing", "TIME_RSI": "metadata", "A101_01": "item",
        "A101_02": "item", "B201": "item", "B201_CP": "display_order", "B202_03a": "other_text",
    }  # fmt: skip
    assert plan.keys == {
        "response_id": "CASE", "status": "MODE", "started_at": "STARTED", "ended_at": "LASTDATA",
        "is_finished": "FINISHED", "last_page": "LASTPAGE",
    }  # fmt: skip
    assert {c.name for c in plan.columns if c.is_personal_data} == {"SERIAL", "REF", "MAILSENT"}


def test_texts_of_the_second_row_name_the_questions_and_the_time_zone(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, data_set(QUESTIONS, CASES, texts=True)))
    assert (plan.column("A101_02").question_text, plan.time_zone) == ("Rat: Maß", "Europe/Berlin")


def test_every_mode_but_interview_is_a_test(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, data_set(QUESTIONS, CASES)))
    assert {"pretest", "qnrcheck", "admin"} <= plan.test_statuses
    assert "interview" not in plan.test_statuses


@pytest.mark.parametrize(("text", "reason"), [("-9", "seen_unanswered"), ("-8", "invalid"), ("", "not_administered")])
def test_signs_become_reasons(tmp_path: Path, text: str, reason: str) -> None:
    plan = study_plan(written(tmp_path, data_set(QUESTIONS, CASES)), {1: {}, 5: {}})
    assert resolve_text(plan.column("A101_01"), text, plan).reason == reason


def test_a_sign_that_is_a_code_of_the_instrument_stays_an_answer_and_is_warned_of(tmp_path: Path) -> None:
    plan = study_plan(written(tmp_path, data_set(QUESTIONS, CASES)), {-9: {}, 5: {}})
    assert resolve_text(plan.column("A101_01"), "-9", plan).value == -9
    assert any(warning.startswith("-9 is an answer of A101_01") for warning in plan.warnings)


def test_what_the_source_states_goes_before_the_instrument(tmp_path: Path) -> None:
    plan = study_plan(written(tmp_path, data_set(QUESTIONS, CASES)), {-9: {}, 5: {}}, {"-9": "refused"})
    assert resolve_text(plan.column("A101_01"), "-9", plan).reason == "refused"


@pytest.mark.parametrize(
    ("label", "reason"),
    [("Weiß nicht", "dont_know"), ("Keine Angabe", "refused"), ("Not applicable", "not_applicable")],
)
def test_a_residual_option_means_what_its_label_says(tmp_path: Path, label: str, reason: str) -> None:
    question = Question("B201", "Rolle", "choice", options=(Option("1", "Leitung"), Option("-1", label)))
    head = opened_export(written(tmp_path, data_set(QUESTIONS, CASES))).head
    plan = make_plan(head, Request(structure=Structure("sosci", "", "de", {"B201": question})))
    assert plan.column("B201").opt_outs["-1"] == reason
    assert not any("residual" in warning for warning in plan.warnings)


def test_a_residual_option_without_a_label_is_not_guessed(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, data_set(QUESTIONS, CASES)))
    assert "-1" not in plan.column("B201").opt_outs
    assert any("residual options" in warning and "B201" in warning for warning in plan.warnings)


def test_one_is_not_ticked_and_two_is_in_the_column_of_an_option(tmp_path: Path) -> None:
    column = plan_of(written(tmp_path, data_set(QUESTIONS, CASES))).column("A101_01")
    assert "2" in column.ticked
    assert "1" in column.unticked


@pytest.mark.parametrize("stated", [{}, {"-9": "seen_unanswered"}])
def test_an_option_that_was_not_answered_is_not_the_same_as_one_not_ticked(
    tmp_path: Path, stated: dict[str, str]
) -> None:
    options = {f"A201_0{option}": f"Werkzeug {option}" for option in (1, 2)}
    cells = (("2", "1"), ("1", "1"), ("-9", "-9"), ("2", "-9"))
    cases = [dict(zip(options, each, strict=True)) for each in cells]
    source = {
        "time_zone": "Europe/Berlin", "columns": {"tools": {1: "A201_01", 2: "A201_02"}}, "missing": stated,
    }  # fmt: skip
    asked = {
        "items": {"tools": {"kind": "multiple_choice", "response_scale": "tools"}},
        "response_scales": {"tools": {"ordered": False, "points": {1: {}, 2: {}}}},
    }
    found = receive(tmp_path, Delivery("d.csv", data_set(options, cases), source=source), {"a": asked})
    ticks = found.answers[["tools_1", "tools_2"]].astype("object")
    assert ticks.where(ticks.notna(), None).to_numpy().tolist() == [[1, 0], [0, 0], [None, None], [1, None]]
    assert found.missing[["response_id", "reason"]].to_numpy().tolist() == [
        ["s/43", "seen_unanswered"], ["s/44", "seen_unanswered"],
    ]  # fmt: skip
