"""Real tables of the index: what was counted by hand or computed in R is what comes out."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from instruments.spec import Instrument
from models.measurement.reliability import alpha_of
from pipelines.readers.opening import Settings
from pipelines.readers.plan import ReadingPlan, Request
from pipelines.readers.registry import READERS, make_plan
from pipelines.receive import ReadResult, ReceiveContext, count_cells, count_filled_cells, read_export
from pipelines.sections.sources import Source
from tests.moments import read_moments
from tests.opened import opened_export, plan_of

pytestmark = pytest.mark.reference
CSPS = "data/generic/uk-csps/Civil-Service-People-Survey-2019-All-Organisation-Scores"
RSE = "data/generic/rse-group-leaders/survey_responses.csv"
BFI = "data/substantive/bfi/bfi.csv"
OTHERS = {
    "qualtrics": "qualtrics", "limonaid-998192/survey": "limesurvey", "rse-2017": "limesurvey",
    "rse-group-leaders": "google_forms",
}  # fmt: skip


def source(**settings: Any) -> Source:
    return Source.model_validate(
        {"wave": "w1", "files": "e.csv", "platform": "generic", "respondent_group": "g", **settings}, strict=False
    )


def numbers(*names: str, **bounds: float) -> Instrument:
    items = {name: {"kind": "number", **bounds} for name in names}
    return Instrument.model_validate({"name": "n", "version": "1", "title": {"en": "t"}, "items": items}, strict=False)


def choices(points: range, *names: str) -> Instrument:
    scale = {"points": {code: {} for code in points}}
    raw = {"name": "c", "version": "1", "title": {"en": "t"}, "items": {n: {"response_scale": "s"} for n in names}}
    return Instrument.model_validate({**raw, "response_scales": {"s": scale}}, strict=False)


def read(path: Path, instrument: Instrument, settings: Source) -> tuple[ReadingPlan, ReadResult]:
    export = opened_export(path)
    plan = make_plan(export.head, Request(settings, (instrument,)))
    context = ReceiveContext("s", settings, (instrument,), "w1", "0" * 64, path.name)
    return plan, read_export(export, plan, context)


def test_no_file_of_another_platform_is_taken_for_one_of_these(reference: Path) -> None:
    files = sorted(path for path in (reference / "data").rglob("*.csv"))
    assert len(files) > 40
    for path in files:
        head = opened_export(path).head
        found = {name for name, reader in READERS.items() if reader.recognises(head)}
        of_path = {platform for part, platform in OTHERS.items() if part in path.relative_to(reference).as_posix()}
        ours = {"surveyxact", "sosci", "efs", "surveymonkey", "microsoft_forms", "google_forms", "enalyzer", "generic"}
        assert found & ours == of_path & ours, path.name


def test_the_civil_service_people_survey_has_109_organisations_in_percent(reference: Path) -> None:
    path = reference / f"{CSPS}-CSV-format.csv"
    settings = source(
        without={"Organisation code": ["CS_MEDIAN", "CS_MEAN"]}, identifiers={"response_id": "Organisation"}
    )
    plan, result = read(path, numbers("B01", "W04", least=0, most=100), settings)
    rows = count_cells(opened_export(path), plan).rows
    assert (len(plan.columns), plan.encoding, plan.columns[0].name) == (95, "utf-8-sig", "Departmental Group")
    assert (rows.n_rows, rows.n_test, rows.n_own) == (111, 2, 109)
    answers = result.answers[~result.responses["is_preview"].to_numpy(dtype=bool)]
    cells = pd.read_csv(path, encoding="utf-8-sig", dtype="str").iloc[2:]
    for item in ("B01", "W04"):
        expected = cells[item].str.removesuffix("%").astype(float)
        assert list(answers[item].astype(float)) == list(expected)
    assert result.rejects.empty


def test_the_workbook_of_the_survey_is_read_by_sheet_with_its_group_headers(reference: Path) -> None:
    head = opened_export(reference / f"{CSPS}-Excel.xlsx", Settings(sheet="Table 2 - Question scores")).head
    plan = make_plan(head, Request(source(header_rows=5)))
    assert sum(column.name.split(" | ")[-1] in {f"B{n:02}" for n in range(1, 61)} for column in plan.columns) == 60
    assert any(column.name.endswith("My work | B01") for column in plan.columns)
    assert any(column.name.endswith("My work | B05") for column in plan.columns)


def test_group_leaders_answered_a_google_form_whose_dates_have_the_day_first(reference: Path) -> None:
    """The index calls the dates American, but 14/12/2022 stands among them, and only so do they ascend."""
    path = reference / RSE
    plan = plan_of(path)
    assert (plan.platform, len(plan.columns), count_filled_cells(opened_export(path), plan).n_rows) == (
        "google_forms",
        21,
        36,
    )
    formats = plan.column(plan.keys["ended_at"]).time_formats
    assert formats == ("%d/%m/%Y %H:%M:%S",)
    stamps = [row[0] for row in opened_export(path).head.rows[1:]]
    parsed = read_moments(stamps, "Europe/London", formats)
    assert parsed == sorted(parsed)
    assert [parsed[place].date().isoformat() for place in (0, -1)] == ["2022-12-12", "2023-01-19"]
    assert [column.name for column in plan.columns if column.is_personal_data] == ["Name"]
    demand = next(column for column in plan.columns if "level of demand" in column.name)
    found = {row[demand.position - 1] for row in opened_export(path).head.rows[1:]}
    assert len(found - {""}) == 3


def test_the_bfi_has_508_missing_cells_and_the_published_alphas(reference: Path) -> None:
    """Alphas: psych::alpha of R package psych 2.2.9 (pairwise covariances), on psychTools 2.2.9, as in the index."""
    items = [f"{scale}{number}" for scale in "ACENO" for number in range(1, 6)]
    plan, result = read(reference / BFI, choices(range(1, 7), *items), source())
    answers = result.answers[items].astype("Float64").astype(float)
    assert (len(plan.columns), answers.shape, int(answers.isna().to_numpy().sum())) == (28, (2800, 25), 508)
    agreeable = answers[[f"A{number}" for number in range(1, 6)]]
    assert alpha_of(np.asarray(agreeable.cov())) == pytest.approx(0.4315, abs=5e-5)
    assert alpha_of(np.asarray(agreeable.assign(A1=7 - agreeable["A1"]).cov())) == pytest.approx(0.7030, abs=5e-5)


def test_soldiers_of_49_companies_keep_zeros_and_precomputed_scores_stay_columns(reference: Path) -> None:
    """Alphas of R package multilevel 2.7, as in the index."""
    path = reference / "data/substantive/lq2002/lq2002.csv"
    lead, signs = [f"LEAD{n:02}" for n in range(1, 12)], [f"TSIG{n:02}" for n in range(1, 4)]
    hostile = [f"HOSTIL{n:02}" for n in range(1, 6)]
    plan, result = read(
        path, choices(range(6), *lead, *signs, *hostile), source(identifiers={"organisation_id": "COMPID"})
    )
    answers = result.answers
    assert (len(plan.columns), len(answers), result.responses["organisation_id"].nunique()) == (27, 2042, 49)
    for names, alpha in ((lead, 0.90224), (signs, 0.82314), (hostile, 0.87292)):
        assert alpha_of(np.asarray(answers[names].astype(float).cov())) == pytest.approx(alpha, abs=5e-6)
    assert int((answers["HOSTIL01"] == 0).sum()) > 0
    assert plan.column("GLEAD").role == "unknown"


@pytest.mark.parametrize(
    ("path", "shape", "names"),
    [
        ("holzinger-swineford/HolzingerSwineford1939.csv", (301, 15), [f"x{n}" for n in range(1, 10)]),
        ("political-democracy/PoliticalDemocracy.csv", (75, 11), [*(f"y{n}" for n in range(1, 9)), "x1", "x2", "x3"]),
    ],
)
def test_continuous_measures_keep_every_digit(
    reference: Path, path: str, shape: tuple[int, int], names: list[str]
) -> None:
    file = reference / "data/substantive" / path
    plan, result = read(file, numbers(*names), source())
    assert (len(result.answers), len(plan.columns)) == shape
    expected = pd.read_csv(file)[names]
    assert (result.answers[names].astype(float).to_numpy() == expected.to_numpy()).all()
    assert result.rejects.empty
