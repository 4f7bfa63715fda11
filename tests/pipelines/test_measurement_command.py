"""``sensemaking measurement`` and the check of measurement in Dagster: what they say, write and return."""

import xml.etree.ElementTree as ET
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from command_line import sensemaking
from run_steps import bring_up_to_date
from small_study import add_measurement, build_small_study

from pipelines.checks import MEASUREMENT_CHECK, measured, measurement_check
from pipelines.store import Store
from pipelines.tables.measurement import GATES, ITEM_FUNCTIONING

SPEC = """\
name: together
kind: measurement
title: {en: Teamwork and trust, da: Samarbejde og tillid}
scales: [teamwork, trust]
estimator: ml
clusters: false
comparisons:
  - {over: wave}
item_functioning: {over: [wave, language], alpha: 0.2}
gates:
  reliability: {coefficient: alpha, at_least: 0.99}
  agreement: {organisations_at_least: 9}
"""

ASSET = dg.AssetKey(["out", "measurement", "together"])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("measured") / "small")
    add_measurement(folder, SPEC)
    bring_up_to_date(folder, {"out/measurement/together"})
    return folder


def test_conditions_that_are_not_met_are_told_with_the_reason(study: Path):
    ended = sensemaking("measurement", study)
    assert (ended.code, ended.stderr) == (0, "")
    for title in ("Conditions", "Fit", "Invariance", "Validity", "Discriminant"):
        assert title in ended.stdout
    assert "not_met: alpha of trust in FRL is 0." in ended.stdout
    assert (
        "not_met: teamwork of FRL may not be averaged to the organisation: too few organisations have scores to average"
        in ended.stdout
    )


def test_the_document_holds_every_table_with_the_reasons(study: Path):
    document = sensemaking("measurement", study, "together", "--json").document
    assert set(document) == {
        *("conditions", "fit", "invariance", "validity", "discriminant", "item_functioning"),
        *("problems", "validation_status", "pictures"),
    }
    stored = Store(study / "warehouse").read(GATES)
    assert [row["reason"] for row in document["conditions"]] == stored["reason"].tolist()
    assert {row["verdict"] for row in document["conditions"]} <= {"met", "not_met", "unknown"}
    assert [row["first_scale"] for row in document["discriminant"]] == ["teamwork"]
    functioning = document["item_functioning"]
    stored = Store(study / "warehouse").read(ITEM_FUNCTIONING)
    assert [(row["over"], row["item"], row["p_value"]) for row in functioning] == [
        (row.over, row.item, None if pd.isna(row.p_value) else row.p_value) for row in stored.itertuples()
    ]
    assert {row["test"] for row in functioning} <= {"likelihood_ratio", ""}
    assert document["pictures"] == []


def test_the_validation_status_of_the_scales_is_told(study: Path):
    assert "Validation status, draft, not validated: " in sensemaking("measurement", study).stdout
    document = sensemaking("measurement", study, "together", "--json").document
    assert document["validation_status"] == {"teamwork": "draft", "trust": "draft"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["togehter"], "there is no measurement specification togehter; did you mean 'together'?"),
        (["together", "--pictures", "drawn", "--language", "sv"], "pictures have no language sv; expected en or da"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(study: Path, tmp_path: Path, arguments: list[str], told: str):
    arguments = [str(tmp_path / each) if each == "drawn" else each for each in arguments]
    ended = sensemaking("measurement", study, *arguments)
    assert ended.code == 2
    assert told in ended.stderr
    assert not (tmp_path / "drawn").exists()


def test_before_a_run_and_without_a_specification_it_says_what_to_do(tmp_path: Path):
    folder = build_small_study(tmp_path / "small")
    ended = sensemaking("measurement", folder)
    assert ended.code == 2
    assert "write measurement: [NAME] in study.yaml" in ended.stderr
    add_measurement(folder, SPEC)
    ended = sensemaking("measurement", folder)
    assert ended.code == 2
    assert "run the study first" in ended.stderr


@pytest.mark.parametrize(("language", "word"), [("en", "Teamwork and trust"), ("da", "Samarbejde og tillid")])
def test_pictures_are_svg_files_with_words_of_the_language(study: Path, tmp_path: Path, language: str, word: str):
    options = ["--pictures", tmp_path, "--language", language, "--json"]
    document = sensemaking("measurement", study, "together", *options).document
    written = sorted(tmp_path.iterdir())
    assert sorted(map(Path, document["pictures"])) == written
    assert {path.name for path in written} >= {
        *("together_FRL_path.svg", "together_FRL_loadings.svg", "together_FRL_wave_ladder.svg"),
        "together_trust_answers.svg",
    }
    assert all(ET.parse(path).getroot().tag.endswith("svg") for path in written)
    assert word in (tmp_path / "together_FRL_path.svg").read_text(encoding="utf-8")


def test_the_check_in_dagster_warns_of_every_condition_that_is_not_met_and_stops_nothing(study: Path):
    gates = Store(study / "warehouse").read(GATES)
    asset = ASSET
    result = measured(asset, gates)
    missed = gates[gates["verdict"] != "met"]
    assert not measurement_check(asset).blocking
    assert (result.passed, result.severity.value, result.check_name) == (False, "WARN", MEASUREMENT_CHECK)
    assert result.metadata["Conditions"].value == len(gates)
    assert result.metadata["Conditions that are not met"].value == len(missed)
    listed = [record.data["Reason"] for record in result.metadata["Which are not met, and why"].records]
    assert listed == missed["reason"].tolist()


def test_the_check_passes_where_everything_is_met(study: Path):
    gates = Store(study / "warehouse").read(GATES)
    result = measured(ASSET, gates[gates["verdict"] == "met"])
    assert result.passed
    assert result.metadata["Which are not met, and why"].records == []
