"""The validation status of an instrument stands wherever a score of it is reported."""

import csv
from pathlib import Path

import pytest

from instruments.validation import STATUS_LABELS
from pipelines.commands.run import Outcome
from pipelines.commands.shown_run import print_outcome
from pipelines.load import load_study
from tests.command_line import done, release_contents, sensemaking
from tests.end_to_end.test_fits_commands import fit_ids

DRAFT = STATUS_LABELS["draft"]["en"]
BOTH = {"trust": "draft", "teamwork": "draft"}


def test_fit_says_it_of_every_scale_in_the_model(study: Path):
    assert f"Validation status, {DRAFT}: trust, teamwork" in done(sensemaking("fit", study, "trust")).stdout
    settings = ("--set", "regressors=[tenure]", "--set", "focal=tenure", "--json")
    assert done(sensemaking("fit", study, "trust", "--json")).document["validation_status"] == BOTH
    fitted = done(sensemaking("fit", study, "trust", *settings)).document
    assert fitted["validation_status"] == {"trust": "draft"}


def test_compare_and_rerun_say_it(study: Path):
    first, second = fit_ids(study)["main", True], fit_ids(study)["classical", True]
    assert f"Validation status, {DRAFT}: trust, teamwork" in done(sensemaking("compare", study, first, second)).stdout
    assert done(sensemaking("compare", study, first, second, "--json")).document["validation_status"] == BOTH
    assert done(sensemaking("rerun", study, first, "--json")).document["validation_status"] == BOTH


def test_run_says_it_beside_every_reliability(study: Path, capsys: pytest.CaptureFixture[str]):
    print_outcome(load_study(study), Outcome(["autumn"], [("core/scores", "autumn", {"core.scores": 40})]))
    rows = [line for line in capsys.readouterr().out.splitlines() if "FRL" in line and "teamwork" in line]
    assert len(rows) == 2
    assert all(DRAFT in row for row in rows)


def test_check_says_it_of_every_instrument(study: Path):
    assert "instruments: teamwork (draft)" in done(sensemaking("check", study)).stdout


def test_a_release_holds_it_for_every_scale(study: Path):
    scales = release_contents(study)["meta.scales"]
    assert dict(zip(scales["scale"], scales["status"], strict=True)) == {"teamwork": "draft", "trust": "draft"}


def test_the_codebook_of_a_statistics_file_says_it_of_every_score(study: Path, tmp_path: Path):
    done(sensemaking("export", "spss", study, "--out", tmp_path / "analysis.sav"))
    with (tmp_path / "analysis.sav.codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {row["variable"]: row["validation_status"] for row in csv.DictReader(file)}
    scores = {f"{scale}{part}" for scale in BOTH for part in ("", "_organisation_mean", "_within_organisation")}
    assert {name for name, status in told.items() if status} == scores
    assert {told[name] for name in scores} == {DRAFT}
