"""The same survey in every layout, in codes and in labels: the plan gives every cell the answer that was written."""

import csv
import dataclasses
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import plan_of
from writers.qualtrics_export import Choice, Question, Response, Row, Settings, export_bytes, qsf_bytes

from instruments.spec import Instrument
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plan import PlannedColumn, ReadingPlan, fold
from pipelines.sections.sources import Source

SEEN = "-99"
LAYOUTS = ("modern", "python", "stripped", "legacy")


def survey(labels: list[str], recodes: list[str], names: list[str]) -> tuple[Question, ...]:
    """One question of every kind with the same options; ids run against the order shown."""
    ids = [str(len(labels) - place) for place in range(len(labels))]
    choices = tuple(map(Choice, ids, recodes, labels, names))
    rows = (Row("1", "First row"), Row("4", "Second row", "own_tag"))
    return (
        Question("QID1", "single", "One of these?", "single", choices),
        Question("QID2", "several", "Any of these?", "multiple", choices),
        Question("QID3", "grid", "Each of these?", "matrix", choices, rows),
        Question("QID4", "text", "In your words?", "text"),
    )


def instrument(labels: list[str]) -> Instrument:
    """Codes by place, whatever the recodes of the survey are."""
    points = {place: {"label": {"en": label}} for place, label in enumerate(labels, start=1)}
    items: dict[str, Any] = {
        "single": {"response_scale": "s"},
        "several": {"response_scale": "s", "kind": "multiple_choice"},
        "grid_1": {"response_scale": "s"},
        "own_tag": {"response_scale": "s"},
        "text": {"kind": "open_text"},
    }
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": items}
    return Instrument.model_validate({**raw, "response_scales": {"s": {"points": points}}}, strict=False)


def written_plan(
    folder: Path, questions: tuple[Question, ...], responses: tuple[Response, ...], settings: Settings, each: Instrument
) -> tuple[ReadingPlan, list[list[str]]]:
    """Write export and QSF, plan it for a study, and cut it into cells again as the plan says."""
    export, qsf = folder / "export.csv", folder / "survey.qsf"
    export.write_bytes(export_bytes(questions, responses, settings))
    qsf.write_bytes(qsf_bytes(questions))
    source = Source(wave="w1", files="export.csv", structure=("survey.qsf",), time_zone="Europe/Copenhagen")
    plan = plan_of(export, qsf, source=source, instruments=(each,))
    return plan, cells_of(export, plan)


def cells_of(path: Path, plan: ReadingPlan) -> list[list[str]]:
    text = path.read_bytes().decode(plan.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=plan.delimiter))[plan.header_rows :]


def answer(plan: ReadingPlan, cells: list[str], item: str) -> object:
    """What the plan says of an item in one row: code, codes of ticked options, text, or missing reason."""
    columns = [column for column in plan.columns if column.item == item]
    if len(columns) > 1 or columns[0].option:
        return ticked_options(columns, cells)
    (column,) = columns
    text = cells[column.position - 1]
    if column.kind != "multiple_choice":
        resolved = resolve_text(column, text, plan)
        assert resolved.rule is None, resolved.rule
        return resolved.reason or resolved.value
    if not fold(text):
        return column.blank_means
    if fold(text) in column.opt_outs:
        return column.opt_outs[fold(text)]
    return {column.codes[fold(part)] for part in text.split(column.separator)}


def ticked_options(columns: list[PlannedColumn], cells: list[str]) -> object:
    states = {int(column.option): fold(cells[column.position - 1]) for column in columns}
    ticked = {
        int(column.option)
        for column in columns
        if states[int(column.option)] and states[int(column.option)] not in column.unticked
    }
    if not ticked and not any(states.values()):
        return columns[0].blank_means
    return ticked


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
LABELS = st.lists(
    st.one_of(WORDS, st.sampled_from(["1", "2", "3", "Don't know", 'Enig & "helt"', "a < b", "x\n y", "0"])),
    min_size=2,
    max_size=5,
    unique_by=fold,
).filter(
    lambda labels: all(fold(each) and fold(each) != SEEN and "," not in each and "${" not in each for each in labels)
)


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[str], tuple[Question, ...], tuple[Response, ...], Settings, list[dict]]:
    labels = draw(LABELS)
    numbers = [str(number) for number in draw(st.permutations(range(1, len(labels) + 1)))]
    names = [f"name {place}" if draw(st.booleans()) else "" for place in range(len(labels))]
    questions = survey(labels, numbers, names)
    settings = Settings(
        layout=draw(st.sampled_from(LAYOUTS)),
        container=draw(st.sampled_from(["csv", "tsv"])),
        values=draw(st.sampled_from(["codes", "labels"])),
        is_split=draw(st.booleans()),
        repeats_choice=draw(st.booleans()),
        ticks_as_one=draw(st.booleans()),
        seen_unanswered=SEEN,
    )
    by_id = {each.id: place for place, each in enumerate(questions[0].choices, start=1)}
    one = st.sampled_from([*by_id, None, "not shown"])
    several = st.frozensets(st.sampled_from(list(by_id)))
    truths: list[dict[str, object]] = []
    responses: list[Response] = [Response("R_0", dict.fromkeys(("QID1", "QID3_1", "QID3_4", "QID4"), None))]
    for number in range(1, draw(st.integers(1, 3)) + 1):
        given_one = {key: draw(one) for key in ("QID1", "QID3_1", "QID3_4")}
        ticked = draw(st.one_of(st.just("not shown"), several))
        answers = {key: each for key, each in {**given_one, "QID2": ticked}.items() if each != "not shown"}
        responses.append(Response(f"R_{number}", {**answers, "QID4": "words"}))
        truth: dict[str, object] = {
            item: by_id.get(str(given_one[key])) or ("seen_unanswered" if key in answers else "not_administered")
            for item, key in (("single", "QID1"), ("grid_1", "QID3_1"), ("own_tag", "QID3_4"))
        }
        truth["several"] = {by_id[each] for each in ticked} if ticked != "not shown" else "not_administered"
        truths.append({**truth, "text": "words"})
    return labels, questions, tuple(responses), settings, truths


@given(exports())
def test_every_layout_reads_back_cell_for_cell(
    tmp_path_factory: pytest.TempPathFactory, given_export: tuple[Any, ...]
) -> None:
    labels, questions, responses, settings, truths = given_export
    plan, rows = written_plan(tmp_path_factory.mktemp("export"), questions, responses, settings, instrument(labels))
    for cells, truth in zip(rows[1:], truths, strict=True):
        is_unsplit_and_empty = not settings.is_split and truth["several"] == set()
        several = "seen_unanswered" if is_unsplit_and_empty else truth["several"]
        assert {item: answer(plan, cells, item) for item in truth} == {**truth, "several": several}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("is_split", [True, False])
def test_choice_text_and_numeric_exports_give_equal_answers(tmp_path: Path, layout: Any, is_split: bool) -> None:
    labels = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"]
    questions = survey(labels, ["9", "1", "30", "2"], ["", "", "fairly", ""])
    answers = {"QID1": "2", "QID2": frozenset({"1", "4"}), "QID3_1": "4", "QID3_4": None, "QID4": "7"}
    responses = (Response("R_1", answers), Response("R_2", {"QID1": "3", "QID3_1": "1"}, is_finished=False))
    found = []
    for values in ("codes", "labels"):
        folder = tmp_path / values
        folder.mkdir()
        settings = Settings(layout=layout, values=values, is_split=is_split, seen_unanswered=SEEN)
        plan, rows = written_plan(folder, questions, responses, settings, instrument(labels))
        found.append([{item: answer(plan, cells, item) for item in instrument(labels).items} for cells in rows])
    assert found[0] == found[1]
    assert found[0][0] == {"single": 3, "several": {1, 4}, "grid_1": 1, "own_tag": "seen_unanswered", "text": "7"}
    assert found[0][1]["single"] == 2
    assert found[0][1]["several"] == found[0][1]["own_tag"] == "not_administered"


def test_an_export_without_the_sign_leaves_blank_cells_unexplained(tmp_path: Path) -> None:
    labels = ["No", "Yes"]
    questions = survey(labels, ["1", "2"], ["", ""])
    responses = (Response("R_1", {"QID1": None, "QID3_1": "1"}), Response("R_2", {"QID1": "1", "QID4": "x"}))
    plan, rows = written_plan(tmp_path, questions, responses, Settings(), instrument(labels))
    assert [answer(plan, cells, "single") for cells in rows] == ["unknown_blank", 2]
    assert {answer(plan, cells, "several") for cells in rows} == {"unknown_blank"}


def test_a_sign_that_is_a_recode_of_the_question_stays_an_answer_there(tmp_path: Path) -> None:
    labels = ["No", "Yes", "Perhaps"]
    questions = survey(labels, ["1", "2", "3"], ["", "", ""])
    single = dataclasses.replace(questions[0], choices=(*questions[0].choices[:2], Choice("1", SEEN, "Perhaps")))
    questions = (single, *questions[1:])
    answers = {"QID1": "1", "QID3_1": None, "QID3_4": "2"}
    responses = (Response("R_1", answers), Response("R_2", {"QID3_1": "3"}))
    plan, rows = written_plan(tmp_path, questions, responses, Settings(seen_unanswered=SEEN), instrument(labels))
    assert answer(plan, rows[0], "single") == 3
    assert answer(plan, rows[1], "single") == "unknown_blank"
    assert answer(plan, rows[0], "grid_1") == "seen_unanswered"
    assert answer(plan, rows[1], "own_tag") == "not_administered"


def test_a_recode_of_99_in_several_questions_is_no_sign(tmp_path: Path) -> None:
    questions = survey(["No", "Yes"], ["1", SEEN], ["", ""])
    responses = (Response("R_1", {"QID1": "1", "QID3_1": "1"}), Response("R_2", {"QID1": "2", "QID4": "x"}))
    plan, rows = written_plan(tmp_path, questions, responses, Settings(), instrument(["No", "Yes"]))
    assert [answer(plan, cells, "single") for cells in rows] == [2, 1]
    assert plan.column("text").blank_means == "unknown_blank"
    assert plan.column("own_tag").opt_outs.get(SEEN) is None


def test_another_sign_than_99_is_recognised_where_the_options_are_known(tmp_path: Path) -> None:
    labels = ["No", "Yes"]
    questions = survey(labels, ["1", "2"], ["", ""])
    responses = (Response("R_1", {"QID1": None, "QID3_1": None}), Response("R_2", {"QID1": "1"}))
    plan, rows = written_plan(tmp_path, questions, responses, Settings(seen_unanswered="-7"), instrument(labels))
    assert [answer(plan, cells, "single") for cells in rows] == ["seen_unanswered", 2]
    assert [answer(plan, cells, "grid_1") for cells in rows] == ["seen_unanswered", "not_administered"]


def test_without_a_definition_the_instrument_alone_says_what_codes_and_labels_mean(tmp_path: Path) -> None:
    labels = ["No", "Yes"]
    questions = survey(labels, ["1", "2"], ["", ""])
    answers = {"QID1": "1", "QID2": frozenset({"1"}), "QID3_1": "2", "QID3_4": "1", "QID4": "x"}
    for values in ("codes", "labels"):
        path = tmp_path / f"{values}.csv"
        path.write_bytes(export_bytes(questions, (Response("R_1", answers),), Settings(values=values)))
        plan = plan_of(path, source=Source(wave="w1", files="e.csv"), instruments=(instrument(labels),))
        (cells,) = cells_of(path, plan)
        found = {item: answer(plan, cells, item) for item in instrument(labels).items}
        assert found == {"single": 2, "several": {2}, "grid_1": 1, "own_tag": 2, "text": "x"}
