"""Saying what an export is, without a study."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.readers.opening import Settings
from pipelines.readers.plan import ReadingError
from pipelines.receive import inspect_export

KEYS = {
    "platform", "layout", "encoding", "delimiter", "time_zone", "n_rows", "n_responses", "n_preview", "n_test",
    "n_finished", "n_partial", "columns", "scales", "warnings",
}  # fmt: skip
COLUMN_KEYS = {
    "position", "name", "source_id", "role", "item", "question_text", "values", "n_answered", "missing",
    "is_personal_data",
}  # fmt: skip


def inspected(path: Path, **settings: Any) -> dict[str, Any]:
    return json.loads(json.dumps(inspect_export(path, **settings)))


def columns_of(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in found["columns"]}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "e.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.reference
@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("qualtrics/qualtRics-sample/sample.csv", (1, 1, 0, 0, 1, 0)),
        ("qualtrics/excluder/qualtrics_raw.csv", (100, 98, 2, 0, 92, 6)),
        ("qualtrics/excluder/qualtrics_text.csv", (100, 98, 2, 0, 92, 6)),
        ("qualtrics/excluder/qualtrics_numeric.csv", (100, 98, 2, 0, 92, 6)),
        ("qualtrics/porter-rescue/full_anonymized.csv", (171, 171, 0, 0, 171, 0)),
        ("qualtrics/model-evaluation/Model+evaluation_February+26,+2021_01.25.csv", (65, 65, 0, 0, 64, 1)),
        ("qualtrics/qt-no-basis/No_Basis_for_Evaluation (Insights).csv", (15, 0, 0, 15, 0, 0)),
        ("qualtrics/qt-no-basis/No_Basis_for_Evaluation (Legacy).csv", (15, 0, 0, 15, 0, 0)),
        ("limesurvey/limonaid-998192/survey_998192_R_data_file.csv", (7, 7, 0, 0, 2, 5)),
        ("limesurvey/rse-2017-uk/public_data.csv", (253, 253, 0, 0, None, None)),
        ("limesurvey/rse-2017-us/public_data.csv", (164, 164, 0, 0, None, None)),
        ("limesurvey/rse-2017-can/public_data.csv", (110, 110, 0, 0, None, None)),
        ("substantive/lq2002/lq2002.csv", (2042, 2042, 0, 0, None, None)),
    ],
)
def test_rows_of_real_exports_are_counted_as_the_index_says(
    reference: Path, path: str, counts: tuple[int | None, ...]
) -> None:
    found = inspected(reference / "data" / path)
    names = ("n_rows", "n_responses", "n_preview", "n_test", "n_finished", "n_partial")
    assert tuple(found[name] for name in names) == counts
    assert set(found) == KEYS
    assert all(set(column) == COLUMN_KEYS for column in found["columns"])


@pytest.mark.reference
@pytest.mark.parametrize(("country", "n_items"), [("uk", 15), ("us", 20)])
def test_agreement_items_are_proposed_as_one_five_point_scale(reference: Path, country: str, n_items: int) -> None:
    found = inspected(reference / f"data/limesurvey/rse-2017-{country}/public_data.csv")
    labels = ["Strongly disagree", "Disagree", "Neither agree or disagree", "Agree", "Strongly Agree"]
    (agreement,) = [scale for scale in found["scales"] if scale["labels"] == labels]
    assert (len(agreement["items"]), agreement["points"]) == (n_items, 5)
    assert any("proposals" in warning for warning in found["warnings"])


@pytest.mark.reference
def test_answers_blanks_and_values_of_a_real_item(reference: Path) -> None:
    found = inspected(reference / "data/qualtrics/porter-rescue/full_anonymized.csv")
    conservatism = columns_of(found)["conserv"]
    assert (conservatism["role"], conservatism["item"]) == ("item", "conserv")
    assert (conservatism["n_answered"], conservatism["missing"]) == (170, {"unknown_blank": 1})
    assert conservatism["values"] == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.reference
def test_ticks_open_texts_and_identifiers_are_told_apart(reference: Path) -> None:
    columns = columns_of(inspected(reference / "data/limesurvey/rse-2017-can/public_data.csv"))
    assert columns["tool5_can[multi]"]["role"] == columns["tool5_can[multi]_7"]["role"] == "multiple_choice_option"
    assert columns["skill1"]["role"] == "open_text"
    assert columns["column_1"]["role"] == "identifier"
    assert columns["skill1"]["values"] is None
    assert columns["column_1"]["values"] is None


def test_values_stop_at_25_in_natural_order_and_stay_hidden_for_personal_data(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n % 40},192.0.2.{n}\n" for n in range(1, 90))
    found = inspected(written(tmp_path, "id,age,ipaddr,lastpage,submitdate\n" + rows.replace("\n", ",,\n")))
    columns = columns_of(found)
    assert columns["age"]["values"] == [str(age) for age in range(25)]
    assert (columns["ipaddr"]["values"], columns["ipaddr"]["is_personal_data"]) == (None, True)


def test_only_respondents_own_rows_count_in_columns(tmp_path: Path) -> None:
    text = "StartDate,EndDate,Status,Finished,Q1\n,,0,1,4\n,,Survey Preview,1,5\n,,2,1,5\n,,,,\n,,0,0,\n"
    found = inspected(written(tmp_path, text))
    assert (found["n_rows"], found["n_responses"], found["n_preview"], found["n_test"]) == (5, 2, 1, 1)
    assert (found["n_finished"], found["n_partial"]) == (1, 1)
    question = columns_of(found)["Q1"]
    assert (question["values"], question["n_answered"], question["missing"]) == (["4"], 1, {"unknown_blank": 1})


def test_headers_alone_are_an_export_without_rows(tmp_path: Path) -> None:
    found = inspected(written(tmp_path, "StartDate,EndDate,Status,Finished,Q1\n"))
    assert (found["platform"], found["n_rows"], found["n_responses"], found["n_partial"]) == ("qualtrics", 0, 0, 0)


def test_an_unrecognised_table_is_described_with_a_warning(tmp_path: Path) -> None:
    found = inspected(written(tmp_path, "a;b\n1;2\n"), settings=Settings(delimiter=";"))
    assert (found["platform"], found["delimiter"]) == ("generic", ";")
    assert any("not recognised" in warning for warning in found["warnings"])


def test_a_platform_that_the_content_contradicts_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "StartDate,EndDate,Status,Finished,Q1\n,,0,1,4\n")
    with pytest.raises(ReadingError, match="expected a LimeSurvey export, found headers of Qualtrics"):
        inspect_export(path, platform="limesurvey")


def test_a_structure_file_of_no_platform_is_refused_in_words(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n")
    with pytest.raises(ReadingError, match="expected the definition of a survey"):
        inspect_export(path, structure=[path])


@pytest.mark.reference
def test_a_definition_states_scales_and_what_is_no_answer(tmp_path: Path, reference: Path) -> None:
    folder = reference / "data/qualtrics/qt-no-basis"
    lines = (folder / "No_Basis_for_Evaluation (Insights).csv").read_text(encoding="utf-8")
    path = tmp_path / "real.csv"
    # The genuine answers are tests (status 2); as a respondent's own (status 0) they are looked at.
    rows = list(csv.reader(io.StringIO(lines)))
    status = rows[0].index("Status")
    own = [*rows[:3], *([*row[:status], "0", *row[status + 1 :]] for row in rows[3:])]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(own)
    (definition,) = folder.glob("*.qsf")
    found = inspected(path, structure=[definition])
    assert found["n_responses"] == 15
    points = {scale["points"] for scale in found["scales"]}
    assert points == {3}
    first = next(column for column in found["columns"] if column["name"] == "Q1")
    texts = [row[rows[0].index("Q1")] for row in own[3:]]
    assert first["n_answered"] == sum(text in ("1", "2", "3") for text in texts)
    assert sum(first["missing"].values()) == 15 - first["n_answered"]
