"""SurveyMonkey's two header rows, condensed and expanded."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.plan import ReadingError, ReadingPlan, fold
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_of
from tests.writers.surveymonkey import OWN, Asked, responses

QUESTIONS = (
    Asked("What is your role?", "single", has_other=True),
    Asked("Which of these do you use?", "multiple", ("Meetings", "Pooled budgets", "None"), has_other=True),
    Asked("How far do you agree?", "grid", ("We are heard", "We decide")),
    Asked("Anything else?", "open"),
)
ANSWERS = (
    {
        "What is your role?": "Director", "Which of these do you use?": ["Meetings", "None"],
        "How far do you agree?": {"We are heard": "Agree", "We decide": "Disagree"}, "Anything else?": "No, thanks",
        "other: What is your role?": "Acting",
    },
    {"How far do you agree?": {"We are heard": "Agree"}},
)  # fmt: skip


def written(tmp_path: Path, *, expanded: bool) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(responses(QUESTIONS, ANSWERS, expanded=expanded))
    return path


def roles(plan: ReadingPlan) -> dict[str, str]:
    return {column.name: column.role for column in plan.columns[len(OWN) :]}


def test_an_expanded_export_has_a_column_an_option_and_a_column_a_row(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, expanded=True))
    assert (plan.platform, plan.layout, plan.header_rows) == ("surveymonkey", "expanded", 2)
    assert roles(plan) == {
        "What is your role?": "item",
        "What is your role? | Other (please specify)": "other_text",
        "Which of these do you use? | Meetings": "multiple_choice_option",
        "Which of these do you use? | Pooled budgets": "multiple_choice_option",
        "Which of these do you use? | None": "multiple_choice_option",
        "Which of these do you use? | Other (please specify)": "other_text",
        "How far do you agree? | We are heard": "item",
        "How far do you agree? | We decide": "item",
        "Anything else?": "open_text",
    }


def test_options_know_their_question_and_every_text_in_them_is_a_tick(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, expanded=True))
    options = [column for column in plan.columns if column.role == "multiple_choice_option"]
    assert {column.source_id for column in options} == {"Which of these do you use?"}
    assert [column.option for column in options] == ["Meetings", "Pooled budgets", "None"]
    assert all(column.ticked == column.unticked == frozenset() for column in options)


def test_rows_of_a_grid_share_a_battery(tmp_path: Path) -> None:
    questions = [column.question for column in plan_of(written(tmp_path, expanded=True)).columns]
    grid = [question for question in questions if question is not None and question.battery]
    assert [(each.stem, each.text) for each in grid] == [
        ("How far do you agree?", "We are heard"), ("How far do you agree?", "We decide"),
    ]  # fmt: skip


def test_a_condensed_export_has_one_column_a_question(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, expanded=False))
    assert plan.layout == "condensed"
    assert roles(plan)["Which of these do you use?"] == "item"
    assert "multiple_choice_option" not in roles(plan).values()


def test_own_columns_are_keys_and_personal(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, expanded=True))
    assert plan.keys == {"response_id": "Respondent ID", "started_at": "Start Date", "ended_at": "End Date"}
    assert {column.name for column in plan.columns if column.is_personal_data} == {
        "Collector ID", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1",
    }  # fmt: skip
    assert plan.column("End Date").time_formats == ("%m/%d/%Y %I:%M:%S %p",)


def test_another_number_of_header_rows_is_refused_with_what_is_there(tmp_path: Path) -> None:
    source = Source(wave="w1", files="e.csv", header_rows=1)
    with pytest.raises(ReadingError, match="header_rows says 1, but this export of SurveyMonkey has 2"):
        plan_of(written(tmp_path, expanded=True), source=source)


LABELS = st.text(st.sampled_from('abcæ ",;?-1'), min_size=1, max_size=10).filter(
    lambda text: text.strip() == text and fold(text)
)


@st.composite
def surveys(draw: st.DrawFn) -> tuple[list[Asked], list[dict[str, object]]]:
    texts = draw(st.lists(LABELS, min_size=1, max_size=4, unique_by=fold))
    questions, answers = [], []
    for text in texts:
        kind = draw(st.sampled_from(("single", "open", "multiple", "grid")))
        parts = draw(st.lists(LABELS, min_size=2, max_size=3, unique_by=fold)) if kind in ("multiple", "grid") else []
        questions.append(Asked(f"Question {text}", kind, tuple(f"part {part}" for part in parts)))
    for _ in range(draw(st.integers(1, 3))):
        answer: dict[str, object] = {}
        for each in questions:
            if each.kind == "multiple":
                answer[each.text] = list(draw(st.sets(st.sampled_from(each.parts))))
            elif each.kind == "grid":
                answer[each.text] = {part: draw(st.sampled_from(["", "Agree", "Disagree"])) for part in each.parts}
            else:
                answer[each.text] = draw(LABELS)
        answers.append(answer)
    return questions, answers


@given(surveys(), st.booleans())
def test_any_expanded_survey_comes_back(
    tmp_path_factory: pytest.TempPathFactory, survey: tuple[list[Asked], list[dict[str, object]]], bom: bool
) -> None:
    questions, answers = survey
    path = tmp_path_factory.mktemp("surveymonkey") / "export.csv"
    path.write_bytes(responses(questions, answers, expanded=True, bom=bom))
    plan, rows = plan_of(path), opened_export(path).head.rows[2:]
    for answer, row in zip(answers, rows, strict=True):
        for each in questions:
            own = [c for c in plan.columns if c.question_text.split(" | ")[0] == " ".join(each.text.split())]
            cells = [row[column.position - 1] for column in own]
            if each.kind == "multiple":
                is_told = any(any(a[each.text]) for a in answers)  # type: ignore[call-overload]
                assert [part for part, cell in zip(each.parts, cells, strict=True) if cell] == [
                    part
                    for part in each.parts
                    if part in answer[each.text]  # type: ignore[operator]
                ]
                assert {column.role for column in own} == {"multiple_choice_option" if is_told else "item"}
            elif each.kind == "grid":
                assert cells == list(answer[each.text].values())  # type: ignore[attr-defined]
            else:
                assert cells == [answer[each.text]]
