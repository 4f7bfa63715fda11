"""Times, orders shown and scores of the platform on their way from an export to core.paradata."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from instruments.spec import Instrument
from pipelines.readers.cells.paradata import paradata_columns
from pipelines.readers.plan import Request
from pipelines.readers.registry import make_plan
from pipelines.receive import ReceiveContext, read_export
from pipelines.sections.screening import DEFAULT_FRAUD_SCORES
from pipelines.sections.sources import Source
from pipelines.tables.screening import PARADATA
from tests.opened import opened_export

QUALITY = frozenset(DEFAULT_FRAUD_SCORES)
COLUMNS = (
    ("ResponseId", "_recordId"),
    ("IPAddress", "ipAddress"),
    ("Duration (in seconds)", "duration"),
    ("Progress", "progress"),
    ("Q1_1", "QID1_1"),
    ("Q1_2", "QID1_2"),
    ("Q1_DO_1", "QID1_DO_1"),
    ("Q1_DO_2", "QID1_DO_2"),
    ("T1_First Click", "QID2_FIRST_CLICK"),
    ("T1_Page Submit", "QID2_PAGE_SUBMIT"),
    ("Q_RecaptchaScore", "Q_RecaptchaScore"),
    ("Q_BallotBoxStuffing", "Q_BallotBoxStuffing"),
    ("Q3", "QID3_TEXT"),
    ("Q3 - Topics", "QID3_TEXT_f2e_TOPICS"),
)
ROWS = (
    ("R_1", "192.0.2.7", "61", "100", "4", "2", "2", "1", "0.5", "12.25", "0.9", "false", "well", "money"),
    ("R_2", "192.0.2.8", "59", "100", "5", "", "1", "2", "", " 8 ", "1e-05", "true", "", ""),
)


def instrument() -> Instrument:
    scales = {"agree": {"points": {key: {} for key in range(1, 6)}}}
    items = {name: {"response_scale": "agree"} for name in ("Q1_1", "Q1_2")}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": scales}
    return Instrument.model_validate(raw, strict=False)


def read(path: Path, each: Instrument, **settings: object) -> pd.DataFrame:
    source = Source.model_validate(
        {"wave": "w1", "files": path.name, "respondent_group": "A", **settings}, strict=False
    )
    export = opened_export(path)
    plan = make_plan(export.head, Request(source, (each,)))
    context = ReceiveContext("s", source, (each,), "w1", "f" * 64, quality_columns=QUALITY)
    return read_export(export, plan, context).paradata


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    names, ids = zip(*COLUMNS, strict=True)
    header = [list(names), list(names), [json.dumps({"ImportId": each}) for each in ids]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*header, *ROWS])
    return path


def test_times_orders_and_scores_are_kept_and_nothing_else(export: Path) -> None:
    found = read(export, instrument(), platform="qualtrics")
    PARADATA.schema().validate(found)
    first = found[found["response_id"] == "s/R_1"].set_index("name")
    assert first["kind"].to_dict() == {
        "Q1_DO_1": "display_order",
        "Q1_DO_2": "display_order",
        "T1_First Click": "timing",
        "T1_Page Submit": "timing",
        "Q_RecaptchaScore": "quality",
        "Q_BallotBoxStuffing": "quality",
    }
    assert first["page"].dropna().to_dict() == {"Q1_DO_1": "Q1_1", "Q1_DO_2": "Q1_2", "T1_Page Submit": "QID2"}
    assert first.loc["T1_Page Submit", "value"] == 12.25
    assert first.loc["Q_BallotBoxStuffing", "text"] == "false"


def test_a_blank_cell_makes_no_row_and_numbers_are_read_in_every_spelling(export: Path) -> None:
    found = read(export, instrument(), platform="qualtrics")
    second = found[found["response_id"] == "s/R_2"].set_index("name")
    assert "T1_First Click" not in second.index
    assert second.loc["T1_Page Submit", "value"] == 8
    assert second.loc["Q_RecaptchaScore", "value"] == 1e-05
    assert second.loc["Q_BallotBoxStuffing", "text"] == "true"


def test_no_cell_of_a_person_or_of_an_open_answer_is_kept(export: Path) -> None:
    found = read(export, instrument(), platform="qualtrics")
    assert not found["text"].isin(["192.0.2.7", "well", "money"]).any()
    assert not found["name"].isin(["IPAddress", "Q3", "Q3 - Topics"]).any()


def test_personal_data_are_never_paradata_even_when_a_study_names_them(export: Path) -> None:
    source = Source(wave="w1", files="e.csv", platform="qualtrics", respondent_group="A")
    plan = make_plan(opened_export(export).head, Request(source, (instrument(),)))
    named = {"IPAddress", "ResponseId", "Q1_1", "Progress"}
    kept = {plan.columns[position - 1].name for position in paradata_columns(plan, named)}
    assert kept & named == {"Progress"}


@pytest.mark.reference
def test_scores_of_a_real_export_are_read(reference: Path) -> None:
    # data/INDEX.md section 2: porter-rescue, 171 responses, Q_RecaptchaScore is metadata
    path = reference / "data/qualtrics/porter-rescue/full_anonymized.csv"
    raw = {
        "name": "x",
        "version": "1",
        "title": {"en": "t"},
        "items": {"age": {"kind": "number", "is_required": False}},
    }
    each = Instrument.model_validate(raw, strict=False)
    found = read(path, each, identifiers={"response_id": "newID"})
    scores = found[found["name"] == "Q_RecaptchaScore"]
    by_pandas = pd.read_csv(path)["Q_RecaptchaScore"]
    assert len(scores) == by_pandas.notna().sum()
    assert scores["value"].sum() == pytest.approx(by_pandas.sum())
    assert (scores["value"] < 0.5).sum() == (by_pandas < 0.5).sum()
