"""Files that LimeSurvey wrote for real studies, against what section 2 of ``data/INDEX.md`` says (read 2026-11-25)."""

import csv
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plan import PlannedColumn, ReadingPlan
from pipelines.readers.structures import read_structure
from pipelines.receive import inspect_export
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_of

pytestmark = pytest.mark.reference

FOLDER = "data/limesurvey"
AGREEMENT = ("Strongly disagree", "Disagree", "Neither agree or disagree", "Agree", "Strongly Agree")


@cache
def inspected(path: Path) -> dict[str, Any]:
    """Inspect a file once for all tests."""
    return inspect_export(path)


def engineers(reference: Path, country: str) -> Path:
    return reference / FOLDER / f"rse-2017-{country}/public_data.csv"


@pytest.mark.parametrize(
    ("path", "n_rows", "n_columns", "encoding"),
    [
        ("limonaid-998192/survey_998192_R_data_file.csv", 7, 71, "utf-8-sig"),
        ("rse-2017-uk/public_data.csv", 253, 245, "utf-8"),
        ("rse-2017-us/public_data.csv", 164, 242, "utf-8"),
        ("rse-2017-can/public_data.csv", 110, 62, "utf-8"),
    ],
)
def test_every_row_and_column_is_there(reference: Path, path: str, n_rows: int, n_columns: int, encoding: str) -> None:
    head = opened_export(reference / FOLDER / path).head
    plan = plan_of(reference / FOLDER / path)
    assert (plan.platform, plan.encoding, plan.delimiter, plan.header_rows) == ("limesurvey", encoding, ",", 1)
    assert (len(head.rows) - 1, len(plan.columns)) == (n_rows, n_columns)


def test_the_resilience_survey_is_read_by_its_full_texts(reference: Path) -> None:
    path = reference / FOLDER / "limonaid-998192/survey_998192_R_data_file.csv"
    found = inspected(path)
    assert (found["n_responses"], found["n_finished"], found["n_partial"]) == (7, 2, 5)
    plan = plan_of(path)
    rows = opened_export(path).head.rows[1:]
    languages = {row[plan.column(plan.keys["language"]).position - 1] for row in rows}
    assert languages == {"en", "nl-informal"}
    assert plan.keys["last_page"] == "Last page"
    assert plan.keys["recorded_at"] == "Date last action"
    upload = next(column for column in plan.columns if column.name.startswith("Upload an image"))
    assert (upload.role, upload.is_personal_data) == ("metadata", True)
    assert rows[0][upload.position - 1].startswith('[{ "title":')
    assert len([column for column in plan.columns if column.role == "timing"]) == 20
    ranks = [column for column in plan.columns if column.question and column.question.kind == "ranking"]
    assert [column.name[-8:] for column in ranks] == [f"[Rank {k}]" for k in range(1, 6)]


def test_a_row_of_the_structure_folder_is_a_survey(reference: Path) -> None:
    blank = read_structure([reference / FOLDER / "imex-structures/blank-survey.lss"])
    assert [(each.id, each.kind) for each in blank.questions.values()] == [("Q00", "open_text")]
    two = read_structure([reference / FOLDER / "imex-structures/survey-one-question-two-languages.lss"])
    assert list(two.questions) == ["Q1"]
    assert [column.aliases for column in two.columns if column.question] == [("Q1", "435933X641X1933", "Q1933")]


def test_a_structure_in_tabs_keeps_both_languages(reference: Path) -> None:
    minimal = read_structure([reference / FOLDER / "limonaid-structure/export-of-minimal-survey-as-tsv.txt"])
    assert (minimal.title, minimal.language, len(minimal.questions)) == ("Your COVID-19 Risk: minimal survey", "en", 21)
    assert minimal.questions["age"].texts["nl"] == "Hoe oud ben je?"
    assert [option.code for option in minimal.questions["gender"].options] == ["fem", "male", "enby", "unknw", "-oth-"]
    assert [option.code for option in minimal.questions["work"].options] == ["ptnts", "chldr", "publc", "home"]
    assert minimal.questions["AttExExWeird"].shown_if == "self.gseq - 10 < nrOfDMQs_nr"
    assert minimal.questions["AttExExWeird"].page is None
    assert minimal.questions["nrOfDMQs[nr]"].most == 50
    both = read_structure([reference / FOLDER / "limonaid-structure/testing-multilingual-export.txt"])
    assert both.title == "Test Survey"
    assert both.questions["onlyQuestion"].options[1].also == ("Antwoordoptie 2",)


def test_a_group_alone_is_read(reference: Path) -> None:
    group = read_structure([reference / FOLDER / "limonaid-structure/limesurvey_group_1370.lsg"])
    assert list(group.questions) == [
        "questionCode1", *(f"questionCode2[subQuestion{k}]" for k in range(1, 4))
    ]  # fmt: skip
    assert group.questions["questionCode1"].section == "Group Title"


def test_an_old_structure_is_read(reference: Path) -> None:
    core = read_structure([reference / FOLDER / "rse-2017-us/uk_core_survey.lss"])
    assert (core.title, len(core.questions)) == ("UK-RSE Survey", 101)
    assert core.questions["edu1"].options[4].label == "Doctorate"
    assert core.questions["edu2"].shown_if.startswith('((245554X1X2.NAOK == "3"')
    assert core.questions["prevEmp2[1]"].kind == "ranking"
    assert len(core.questions["currentEmp13"].options) == 66


@pytest.mark.parametrize(("country", "n_items"), [("uk", 15), ("us", 20)])
def test_agreement_items_form_one_scale_of_five_and_rankings_none(reference: Path, country: str, n_items: int) -> None:
    scales = inspected(engineers(reference, country))["scales"]
    agreement = [scale for scale in scales if tuple(scale["labels"]) == AGREEMENT]
    assert [len(scale["items"]) for scale in agreement] == [n_items]
    assert not [item for scale in scales for item in scale["items"] if item.startswith("prevEmp2")]


def test_what_is_known_of_the_british_engineers(reference: Path) -> None:
    found = inspected(engineers(reference, "uk"))
    assert (found["n_finished"], found["n_partial"]) == (None, None)
    assert found["columns"][0]["name"] == "column_1"
    times = next(scale for scale in found["scales"] if scale["items"][0].startswith("time1can"))
    assert (times["points"], times["labels"][0], times["labels"][-1]) == (10, "1 (None at all)", "10 (All my time)")
    ticks = [each for each in found["columns"] if each["name"].startswith("currentEmp13[")]
    assert len(ticks) == 65
    assert {each["role"] for each in ticks} == {"multiple_choice_option"}
    assert {value for each in ticks for value in each["values"]} == {"Yes", "No"}


def satisfaction() -> Instrument:
    points = {code: Point(label={"en": label}) for code, label in enumerate(AGREEMENT, start=1)}
    items = {f"aff_sat_{k}": Item(text={"en": "x"}, response_scale="agreement") for k in range(1, 5)}
    scales = {"agreement": ResponseScale(points=points)}
    return Instrument(name="sat", version="1", title={"en": "x"}, response_scales=scales, items=items)


def codes_of(plan: ReadingPlan, rows: tuple[tuple[str, ...], ...]) -> np.ndarray:
    """Return n rows of four codes, NaN where there is no answer."""
    columns: list[PlannedColumn] = [column for column in plan.columns if column.item]
    found = [[resolve_text(column, row[column.position - 1], plan).value for column in columns] for row in rows]
    return np.array(found, dtype=float)


def alpha(codes: np.ndarray) -> float:
    """Cronbach's alpha: k / (k - 1) · (1 - Σ variances / variance of the sum)."""
    k = codes.shape[1]
    return k / (k - 1) * (1 - codes.var(axis=0, ddof=1).sum() / codes.sum(axis=1).var(ddof=1))


@pytest.mark.parametrize(
    ("country", "n_complete", "expected", "means"),
    [("uk", 208, 0.9055, [4.196, 3.848, 3.581, 3.874]), ("us", 132, 0.8914, None)],
)
def test_satisfaction_has_the_reliability_of_the_index(
    reference: Path, country: str, n_complete: int, expected: float, means: list[float] | None
) -> None:
    path = engineers(reference, country)
    loose = plan_of(path)
    columns = {
        f"aff_sat_{k}": next(each.name for each in loose.columns if each.name.endswith(f"[affSat{k}]"))
        for k in range(1, 5)
    }
    plan = plan_of(path, source=Source(wave="w1", files="e.csv", columns=columns), instruments=(satisfaction(),))
    items = [column.item for column in plan.columns if column.item]
    codes = codes_of(plan, opened_export(path).head.rows[1:])
    complete = codes[~np.isnan(codes).any(axis=1)]
    assert len(complete) == n_complete
    assert alpha(complete) == pytest.approx(expected, abs=5e-5)
    if means is not None:
        by_item = dict(zip(items, np.nanmean(codes, axis=0), strict=True))
        assert [by_item[f"aff_sat_{k}"] for k in range(1, 5)] == pytest.approx(means, abs=5e-4)


def test_the_canadian_file_keeps_its_193_cells_of_several_lines(reference: Path) -> None:
    rows = opened_export(engineers(reference, "can")).head.rows[1:]
    assert sum("\n" in cell for row in rows for cell in row) == 193
    text = engineers(reference, "can").read_text(encoding="utf-8")
    assert [list(row) for row in rows] == list(csv.reader(io.StringIO(text, newline="")))[1:]


def test_a_structure_that_fits_partly_says_which_columns_it_does_not_know(reference: Path) -> None:
    structure = reference / FOLDER / "rse-2017-us/uk_core_survey.lss"
    plan = plan_of(engineers(reference, "uk"), structure)
    assert any("does not know these columns: time1can[time6can]" in text for text in plan.warnings)
    ticks = [column for column in plan.columns if column.question and column.question.id == "currentEmp13"]
    assert len({column.option for column in ticks}) == 65
    assert not ticks[0].blank_is_unticked
    assert plan.column("paper5").role == "item"
