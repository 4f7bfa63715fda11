"""LimeSurvey exports as LimeSurvey writes them."""

from pathlib import Path

import pytest

from pipelines.readers.files.head import read_head
from pipelines.readers.plan import ReadingPlan, Request
from pipelines.readers.registry import make_plan

LIMESURVEY = "data/limesurvey"


def plan_of(path: Path) -> ReadingPlan:
    return make_plan(read_head(path), Request())


def export(tmp_path: Path, text: str) -> ReadingPlan:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return plan_of(path)


@pytest.mark.reference
@pytest.mark.parametrize("country", ["uk", "us", "can"])
def test_codes_with_texts_are_recognised_without_any_metadata(reference: Path, country: str) -> None:
    plan = plan_of(reference / LIMESURVEY / f"rse-2017-{country}/public_data.csv")
    assert (plan.platform, plan.layout, plan.columns[0].name) == ("limesurvey", "codes_and_texts", "column_1")
    assert "is_finished" not in plan.keys
    assert any("does not say who reached the end" in warning for warning in plan.warnings)


@pytest.mark.reference
def test_the_name_is_the_code_and_the_text_keeps_the_sub_question(reference: Path) -> None:
    plan = plan_of(reference / LIMESURVEY / "rse-2017-uk/public_data.csv")
    column = plan.column("time1can[time1can]")
    assert column.source_id == "time1can[time1can]"
    assert column.question_text.endswith("how much time do you spend on: [Software development]")


@pytest.mark.reference
def test_repeated_codes_are_numbered(reference: Path) -> None:
    plan = plan_of(reference / LIMESURVEY / "rse-2017-can/public_data.csv")
    names = [column.name for column in plan.columns if column.source_id == "tool5_can[multi]"]
    assert names == ["tool5_can[multi]", *(f"tool5_can[multi]_{number}" for number in range(2, 8))]


@pytest.mark.reference
def test_full_text_headers_are_recognised_by_limesurveys_own_columns(reference: Path) -> None:
    plan = plan_of(reference / LIMESURVEY / "limonaid-998192/survey_998192_R_data_file.csv")
    assert (plan.platform, plan.layout, plan.encoding) == ("limesurvey", "full_texts", "utf-8-sig")
    assert plan.keys["response_id"] == "Response ID"
    assert plan.keys["is_finished"] == "Date submitted"
    assert plan.column("How do you identify? [Other]").role == "other_text"
    assert plan.column("Question time: mood").role == "timing"


def test_code_headers_are_recognised_and_personal_ones_marked(tmp_path: Path) -> None:
    plan = export(
        tmp_path, "id,submitdate,lastpage,startlanguage,token,ipaddr,Q1[SQ001],Q1_SQ002,Q2[other]\n1,,,,,,,,\n"
    )
    assert (plan.platform, plan.layout) == ("limesurvey", "codes")
    assert [column.name for column in plan.columns if column.is_personal_data] == ["token", "ipaddr"]
    assert [column.role for column in plan.columns[6:]] == ["item", "item", "other_text"]


@pytest.mark.parametrize(
    "header",
    [
        "Timestamp,How satisfied are you? [Pay],How satisfied are you? [Leadership]",
        "id,name,score",
        "start,end,group.item_a,group.item_b",
    ],
)
def test_other_tables_are_not_taken_for_limesurvey(tmp_path: Path, header: str) -> None:
    plan = export(tmp_path, header + "\n" + ",".join("1" * (header.count(",") + 1)) + "\n")
    assert plan.platform == "generic"
    assert any("not recognised" in warning for warning in plan.warnings)
